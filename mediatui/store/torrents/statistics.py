"""The figures of the archive, counted by SQLite. Gone rows count only where it says so; sizes are bytes."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Final

from mediatui.model.link import REMOVABLE
from mediatui.model.problems import PROBLEMS

DAY_S: Final = 86_400
SLOW_MS: Final = 1000.0
"""An answer slower than a second counts as slow."""

_BYTES = "CAST(total(bytes) AS INTEGER)"
"""The sum of all sizes: SQL's ``sum`` fails where unchecked sizes exceed 64 bits, ``total`` does not."""
_STANDING: Final = "gone_at IS NULL"


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole account in one row; ``smallest`` leaves rows without a size out, None where nothing has one."""

    count: int
    details: int
    bytes: int
    smallest: int | None
    largest: int | None
    mean_progress: float
    added_day: int
    added_week: int
    incomplete: int
    dead_links: int
    gone: int


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the account under one name: rows (or files), their percentage of all, and bytes."""

    name: str
    count: int
    percent: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows of one info-hash: ``groups`` of them, ``extra`` copies beyond the largest of each, and their bytes."""

    groups: int
    extra: int
    wasted_bytes: int


@dataclass(frozen=True, slots=True)
class SyncRun:
    """A sync that ended: when (epoch seconds), how, and what it changed in the account's list."""

    ended_at: float
    state: str
    summary: str
    new: int
    gone: int
    revived: int
    requests: int


@dataclass(frozen=True, slots=True)
class SlowRequest:
    """One kind of request and its slowest answer, with how many took longer than a second."""

    what: str
    slowest_ms: float
    slow: int


@dataclass(frozen=True, slots=True)
class RequestFigures:
    """The requests of the last 24 hours, as far as the record goes back.

    ``errors`` counts by class, ``mean_ms`` and ``p95_ms`` are None when nothing was answered.
    """

    count: int
    errors: tuple[tuple[str, int], ...]
    mean_ms: float | None
    p95_ms: float | None
    slowest: tuple[SlowRequest, ...]


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _shares(rows: list[sqlite3.Row], whole: int | None = None) -> tuple[Share, ...]:
    """Rows of (name, count, bytes) as shares of ``whole`` (default: of their own sum)."""
    total = sum(row[1] for row in rows) if whole is None else whole
    return tuple(Share(str(row[0]), int(row[1]), _percent(row[1], total), int(row[2] or 0)) for row in rows)


def read_totals(connection: sqlite3.Connection, now: float) -> Totals:
    """The whole account as seen at ``now`` (epoch seconds)."""
    row = connection.execute(
        f"SELECT count(*), count(details_at), {_BYTES}, min(nullif(bytes, 0)), max(nullif(bytes, 0)), "
        "coalesce(avg(progress), 0.0), coalesce(sum(added_at > ?), 0), coalesce(sum(added_at > ?), 0), "
        "coalesce(sum(status = 'downloaded' AND links_count < selected_count), 0), "
        "coalesce(sum(health = 'dead'), 0), "
        "(SELECT count(*) FROM torrents WHERE gone_at IS NOT NULL) "
        f"FROM torrents WHERE {_STANDING}",
        (now - DAY_S, now - 7 * DAY_S),
    ).fetchone()
    return Totals(*tuple(row))


def read_statuses(connection: sqlite3.Connection) -> tuple[tuple[Share, ...], int]:
    """The account by status, most first, and how many rows have details; answered from an index alone."""
    rows = connection.execute(
        f"SELECT status, count(*) AS n, {_BYTES}, count(details_at) FROM torrents "
        f"WHERE {_STANDING} GROUP BY status ORDER BY n DESC, status"
    ).fetchall()
    return _shares(rows), sum(int(row[3]) for row in rows)


def read_classes(connection: sqlite3.Connection) -> tuple[Share, ...]:
    """The account by class, most first; rows not classified yet count as ok."""
    rows = connection.execute(
        f"SELECT coalesce(class, 'ok'), count(*) AS n, {_BYTES} FROM torrents WHERE {_STANDING} "
        "GROUP BY 1 ORDER BY n DESC, 1"
    ).fetchall()
    return _shares(rows)


def count_problems(connection: sqlite3.Connection) -> int:
    """How many rows of the account have a problem; answered from an index of the rows that are not well."""
    marks = ", ".join("?" * len(PROBLEMS))
    query = f"SELECT count(*) FROM torrents WHERE class NOT IN ('ok', 'gone') AND class IN ({marks})"
    return int(connection.execute(query, PROBLEMS).fetchone()[0])


def count_dead_links(connection: sqlite3.Connection) -> int:
    """How many links of the library are broken or lead to a very small file, as of the last scan of each."""
    marks = ", ".join("?" * len(REMOVABLE))
    query = f"SELECT count(*) FROM library_links WHERE state <> 'ok' AND state IN ({marks})"
    return int(connection.execute(query, REMOVABLE).fetchone()[0])


def read_hosts(connection: sqlite3.Connection, limit: int = 10) -> tuple[Share, ...]:
    """The hosts with the most torrents, as shares of the account."""
    rows = connection.execute(
        f"SELECT host, count(*) AS n, {_BYTES} FROM torrents WHERE {_STANDING} GROUP BY host ORDER BY n DESC, host"
    ).fetchall()
    return _shares(rows)[:limit]


def read_months(connection: sqlite3.Connection) -> tuple[Share, ...]:
    """The account by local month added (``2025-03``), oldest first; rows without a date are left out."""
    rows = connection.execute(
        f"SELECT strftime('%Y-%m', added_at, 'unixepoch', 'localtime') AS month, count(*), {_BYTES} "
        f"FROM torrents WHERE {_STANDING} AND added_at IS NOT NULL "
        "GROUP BY month HAVING month IS NOT NULL ORDER BY month"
    ).fetchall()
    return _shares(rows)


def read_duplicates(connection: sqlite3.Connection) -> Duplicates:
    """The duplicates by info-hash; the bytes are what would be freed by keeping the largest of each group."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(n - 1), 0), CAST(total(total - largest) AS INTEGER) FROM "
        f"(SELECT count(*) AS n, {_BYTES} AS total, max(bytes) AS largest FROM torrents "
        f"WHERE +{_STANDING} AND hash IN "
        "(SELECT hash FROM torrents WHERE hash <> '' GROUP BY hash HAVING count(*) > 1) "
        "GROUP BY hash HAVING n > 1)"
    ).fetchone()
    return Duplicates(*map(int, row))


# The part behind the last dot: everything up to it is trimmed as characters of the path without its dots.
_EXTENSION: Final = "lower(replace(path, rtrim(path, replace(path, '.', '')), ''))"


def read_extensions(connection: sqlite3.Connection, limit: int = 12) -> tuple[Share, ...]:
    """The files inside by extension, most first, as shares of all files; deselected files do not count."""
    rows = connection.execute(
        f"SELECT {_EXTENSION} AS ext, count(*) AS n, CAST(total(f.bytes) AS INTEGER) FROM torrent_files f "
        f"JOIN torrents t ON t.id = f.torrent_id WHERE t.{_STANDING} AND f.selected IS NOT 0 "
        "GROUP BY ext ORDER BY n DESC, ext"
    ).fetchall()
    named = [row for row in rows if row[0] and len(row[0]) <= 10 and "/" not in row[0]]
    return _shares(named, sum(row[1] for row in rows))[:limit]


_RESOLUTION: Final = (
    "CASE WHEN instr(folded, '2160p') OR instr(folded || ' ', ' 4k ') OR instr(folded || ' ', ' uhd ') THEN '2160p' "
    "WHEN instr(folded, '1080p') OR instr(folded, '1080i') THEN '1080p' "
    "WHEN instr(folded, '720p') THEN '720p' WHEN instr(folded, '576p') OR instr(folded, '576i') THEN '576p' "
    "WHEN instr(folded, '480p') OR instr(folded, '480i') THEN '480p' ELSE 'not named' END"
)


def read_resolutions(connection: sqlite3.Connection) -> tuple[Share, ...]:
    """The account by the resolution in the names, most first."""
    rows = connection.execute(
        f"SELECT {_RESOLUTION} AS resolution, count(*) AS n, {_BYTES} FROM torrents WHERE {_STANDING} "
        "GROUP BY resolution ORDER BY n DESC, resolution"
    ).fetchall()
    return _shares(rows)


def read_sync_runs(connection: sqlite3.Connection, limit: int = 500) -> list[SyncRun]:
    """The last syncs that ended, without dry runs, oldest first."""
    rows = connection.execute(
        "SELECT ended_at, state, coalesce(summary, ''), counts, requests FROM jobs "
        "WHERE name = 'sync' AND state IN ('done', 'partial') AND ended_at IS NOT NULL "
        "ORDER BY ended_at DESC LIMIT ?",
        (limit,),
    )
    runs: list[SyncRun] = []
    for ended_at, state, summary, counts, requests in rows:
        known = json.loads(counts)
        if isinstance(known, dict) and not known.get("dry_run"):
            new, gone, revived = (_whole(known.get(name)) for name in ("new", "gone", "revived"))
            runs.append(SyncRun(float(ended_at), state, summary, new, gone, revived, int(requests)))
    return runs[::-1]


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def read_request_figures(connection: sqlite3.Connection, now: float) -> RequestFigures:
    """The requests of the 24 hours before ``now``."""
    since = now - DAY_S
    outcomes = connection.execute(
        "SELECT coalesce(outcome, 'unanswered') AS o, count(*) AS n FROM requests WHERE at > ? "
        "GROUP BY o ORDER BY n DESC, o",
        (since,),
    ).fetchall()
    answered, mean = connection.execute(
        "SELECT count(ms), avg(ms) FROM requests WHERE at > ? AND ms IS NOT NULL", (since,)
    ).fetchone()
    p95 = None
    if answered:
        p95 = connection.execute(
            "SELECT ms FROM requests WHERE at > ? AND ms IS NOT NULL ORDER BY ms LIMIT 1 OFFSET ?",
            (since, min(answered - 1, answered * 95 // 100)),
        ).fetchone()[0]
    slowest = connection.execute(
        "SELECT what, max(ms) AS slowest, sum(ms > ?) FROM requests WHERE at > ? AND ms IS NOT NULL "
        "GROUP BY what ORDER BY slowest DESC LIMIT 5",
        (SLOW_MS, since),
    )
    return RequestFigures(
        count=sum(int(row[1]) for row in outcomes),
        errors=tuple((str(row[0]), int(row[1])) for row in outcomes if row[0] != "ok"),
        mean_ms=mean,
        p95_ms=p95,
        slowest=tuple(SlowRequest(row[0], float(row[1]), int(row[2])) for row in slowest),
    )
