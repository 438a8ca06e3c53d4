"""The class of each row, kept in the table: computed again when its facts change or its class is due to change with
time."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mediatui.model.problems import CLASS_INPUT, ClassInput, classify
from mediatui.store.conditions import EVERY_TORRENT, TorrentCondition
from mediatui.store.database import open_reader

CHUNK = 5000
BUSY_S = 2.0


def due_count(connection: sqlite3.Connection, now: float) -> int:
    """How many rows have to be classified."""
    query = (
        "SELECT (SELECT count(*) FROM torrents WHERE class IS NULL)"
        " + (SELECT count(*) FROM torrents WHERE class IS NOT NULL AND class_due <= ?)"
    )
    return int(connection.execute(query, (now,)).fetchone()[0])


def _classified(rows: Iterable[Sequence[Any]], now: float) -> list[tuple[str, int | None, int]]:
    """Class, due time and key of rows that were selected as key and facts."""
    classified: list[tuple[str, int | None, int]] = []
    for key, *facts in rows:
        diagnosis = classify(ClassInput._make(facts), now)
        classified.append((diagnosis.name, diagnosis.due, int(key)))
    return classified


_WRITE = "UPDATE torrents SET class = ?, class_due = ? WHERE key = ?"


def classify_ids(connection: sqlite3.Connection, ids: Sequence[str], now: float) -> None:
    """Classifies these rows, inside a transaction."""
    rows = connection.execute(
        f"SELECT key, {CLASS_INPUT} FROM torrents WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    ).fetchall()
    connection.executemany(_WRITE, _classified(rows, now))


def classify_due(connection: sqlite3.Connection, now: float) -> int:
    """Classifies every row that is due, over a connection that may write; returns how many."""
    count = 0
    for condition, parameters in (("class IS NULL", ()), ("class_due <= ?", (now,))):
        classified = CHUNK
        while classified == CHUNK:
            classified = _classify_chunk(connection, condition, parameters, now)
            count += classified
            time.sleep(0)  # leave the interpreter to the screen
    return count


def _classify_chunk(connection: sqlite3.Connection, condition: str, parameters: Sequence[float], now: float) -> int:
    """Facts are read inside the transaction, so that no newer class of another writer is overwritten."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        rows = connection.execute(
            f"SELECT key, {CLASS_INPUT} FROM torrents WHERE {condition} LIMIT {CHUNK}", parameters
        ).fetchall()
        connection.executemany(_WRITE, _classified(rows, now))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return len(rows)


def classify_archive(path: Path) -> int:
    """Classifies every row of the archive that is due; returns how many. An archive that is locked by another program
    or cannot be written stays as it is: its classes are at most a little old."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(open_reader(path)) as reader:
        if not due_count(reader, time.time()):
            return 0
    writer = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    with contextlib.closing(writer), contextlib.suppress(sqlite3.Error):
        return classify_due(writer, time.time())
    return 0


def class_counts(connection: sqlite3.Connection, condition: TorrentCondition = EVERY_TORRENT) -> dict[str, int]:
    """How many of the rows that match are in each class, the gone among them; rows not classified yet count as ok."""
    if condition == EVERY_TORRENT:
        return _counts_of_all(connection)
    rows = connection.execute(
        f"SELECT coalesce(class, 'ok'), count(*) FROM torrents WHERE {condition.text} GROUP BY 1", condition.values
    )
    return {row[0]: int(row[1]) for row in rows}


def _counts_of_all(connection: sqlite3.Connection) -> dict[str, int]:
    """The counts of the whole archive, from indexes alone: ok is what is left over. A row with a tombstone is gone."""
    counts: dict[str, int] = dict(
        connection.execute("SELECT class, count(*) FROM torrents WHERE class NOT IN ('ok', 'gone') GROUP BY class")
    )
    every, counts["gone"] = connection.execute(
        "SELECT (SELECT count(*) FROM torrents), (SELECT count(*) FROM torrents WHERE gone_at IS NOT NULL)"
    ).fetchone()
    counts["ok"] = every - sum(counts.values())
    return {name: count for name, count in counts.items() if count}
