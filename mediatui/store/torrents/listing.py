"""Reading the archive: rows that match a condition, one torrent whole, counts for the chips."""

from __future__ import annotations

import json
import os
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.model.choices import TORRENT_SORTS, TorrentSort
from mediatui.model.errors import UsageError
from mediatui.model.problems import BY_RANK
from mediatui.model.text import printable
from mediatui.model.torrent import STATUSES, Torrent, TorrentFile
from mediatui.store.conditions import STANDING, TorrentCondition
from mediatui.store.torrents.rows import COLUMNS, torrent_from_row

_STATUS_ORDER = " ".join(f"WHEN '{status}' THEN {rank}" for rank, status in enumerate(STATUSES))
_CLASS_ORDER = " ".join(f"WHEN '{name}' THEN {rank}" for rank, name in enumerate(BY_RANK))
# Unknown values sort as the smallest; equal rows sort by key, so that a reversed order is the exact reverse.
_ORDERS: Final[dict[TorrentSort, str]] = {
    "name": "folded",
    "size": "bytes",
    "files": "files_count",
    "progress": "progress",
    "added": "added_at",
    "status": f"CASE status {_STATUS_ORDER} ELSE {len(STATUSES)} END",
    "class": f"CASE coalesce(class, 'ok') {_CLASS_ORDER} ELSE {len(BY_RANK)} END",
    "health": "CASE health WHEN 'dead' THEN 0 WHEN 'ok' THEN 2 ELSE 1 END",
    "links": "links_count",
    "seeders": "seeders",
}

_STANDING: Final = STANDING.text
_AT_ONCE: Final = 500
"""How many rows are read at once where all of them would take much memory."""


class UnknownTorrent(UsageError):
    """The given text means no torrent, or more than one."""

    kind = "unknown-torrent"


def read_sort(name: str) -> TorrentSort:
    """The sort key called ``name``; raises UsageError that lists what is allowed."""
    for sort in TORRENT_SORTS:
        if sort == name:
            return sort
    raise UsageError(f'Unknown sort key "{printable(name)}".', f"Sort keys: {', '.join(TORRENT_SORTS)}.")


def _ordered(sort: TorrentSort, reverse: bool) -> str:
    direction = "DESC" if reverse else "ASC"
    return f"ORDER BY {_ORDERS[sort]} {direction}, key {direction}"


def _in_order(condition: TorrentCondition) -> str:
    """The condition; for all standing rows written so that SQLite does not use the index of standing rows, which has no
    useful order."""
    return f"+{condition.text}" if condition == STANDING else condition.text


def iterate_torrents(
    connection: sqlite3.Connection,
    condition: TorrentCondition = STANDING,
    *,
    sort: TorrentSort = "added",
    reverse: bool = True,
    limit: int | None = None,
    offset: int = 0,
) -> Iterator[Torrent]:
    """The rows of ``list_torrents`` one by one, so that a whole archive is never held in memory."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM torrents WHERE {_in_order(condition)} {_ordered(sort, reverse)} LIMIT ? OFFSET ?",
        (*condition.values, -1 if limit is None else limit, offset),
    )
    for row in rows:
        yield torrent_from_row(row)


def list_torrents(
    connection: sqlite3.Connection,
    condition: TorrentCondition = STANDING,
    *,
    sort: TorrentSort = "added",
    reverse: bool = True,
    limit: int | None = None,
    offset: int = 0,
) -> list[Torrent]:
    """The rows that match, ascending by ``sort`` (descending with ``reverse``); by default the newest first."""
    return list(iterate_torrents(connection, condition, sort=sort, reverse=reverse, limit=limit, offset=offset))


def count_torrents(connection: sqlite3.Connection, condition: TorrentCondition = STANDING) -> int:
    """How many rows match."""
    query = f"SELECT count(*) FROM torrents WHERE {condition.text}"
    if condition == STANDING:  # nearly all rows: counted without a look at any, less the few with a tombstone
        query = "SELECT count(*) - (SELECT count(*) FROM torrents WHERE gone_at IS NOT NULL) FROM torrents"
    return int(connection.execute(query, condition.values).fetchone()[0])


def bytes_together(connection: sqlite3.Connection, condition: TorrentCondition = STANDING) -> int:
    """The size of all rows that match together, in bytes."""
    query = f"SELECT CAST(total(bytes) AS INTEGER) FROM torrents WHERE {condition.text}"
    return int(connection.execute(query, condition.values).fetchone()[0])


def sorted_keys(
    connection: sqlite3.Connection,
    condition: TorrentCondition = STANDING,
    *,
    sort: TorrentSort = "added",
    reverse: bool = True,
) -> array[int]:
    """The keys of the rows that match, in order (an ``array('q')``: 8 bytes a row)."""
    rows = connection.execute(
        f"SELECT key FROM torrents WHERE {_in_order(condition)} {_ordered(sort, reverse)}", condition.values
    )
    return array("q", (row[0] for row in rows))


def matching_keys(connection: sqlite3.Connection, condition: TorrentCondition) -> set[int]:
    """The keys of the rows that match, in no order."""
    return {row[0] for row in connection.execute(f"SELECT key FROM torrents WHERE {condition.text}", condition.values)}


IndexRow = tuple[
    int, str, int, int | None, float, int | None, int | None, int | None, str, str | None, int | None, str | None
]
"""key, folded, bytes, added_at, progress, links_count, files_count, seeders, status, health, gone_at, class."""

_INDEX_ROWS: Final = (
    "SELECT key, folded, bytes, added_at, progress, links_count, files_count, seeders, status, health, gone_at, class "
    "FROM torrents WHERE "
)


def index_rows(connection: sqlite3.Connection, keys: Sequence[int]) -> list[IndexRow]:
    """The columns of the in-memory index for the rows with these keys, in the order of ``keys``."""
    rows = connection.execute(f"{_INDEX_ROWS} key IN (SELECT value FROM json_each(?))", (json.dumps(list(keys)),))
    found: dict[int, IndexRow] = {row[0]: tuple(row) for row in rows}
    return [found[key] for key in keys if key in found]


def index_rows_by_id(connection: sqlite3.Connection, ids: Sequence[str]) -> list[IndexRow]:
    """The same for rows by torrent id, in no order."""
    rows = connection.execute(f"{_INDEX_ROWS} id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),))
    return [tuple(row) for row in rows]


def torrents_by_key(connection: sqlite3.Connection, keys: Sequence[int]) -> list[Torrent]:
    """The rows with these keys, in the order of ``keys``; a key that is no longer there is left out."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM torrents WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(list(keys)),)
    )
    found = {torrent.key: torrent for torrent in map(torrent_from_row, rows)}
    return [found[key] for key in keys if key in found]


def iterate_by_key(connection: sqlite3.Connection, keys: Sequence[int]) -> Iterator[Torrent]:
    """The rows of ``torrents_by_key`` some at a time, so that a whole archive is never held in memory."""
    for first in range(0, len(keys), _AT_ONCE):
        yield from torrents_by_key(connection, keys[first : first + _AT_ONCE])


def bytes_of_keys(connection: sqlite3.Connection, keys: Iterable[int]) -> int:
    """The bytes of the rows with these keys together; a key that is no longer there counts nothing."""
    row = connection.execute(
        "SELECT CAST(total(bytes) AS INTEGER) FROM torrents WHERE key IN (SELECT value FROM json_each(?))",
        (json.dumps(list(keys)),),
    ).fetchone()
    return int(row[0])


def torrents_by_id(connection: sqlite3.Connection, ids: Sequence[str]) -> list[Torrent]:
    """The rows with these ids, in the order of ``ids``; an id that is not in the archive is left out."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM torrents WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
    )
    found = {torrent.id: torrent for torrent in map(torrent_from_row, rows)}
    return [found[torrent_id] for torrent_id in ids if torrent_id in found]


def find_torrent(connection: sqlite3.Connection, wanted: str) -> Torrent:
    """The torrent, gone ones included, with this id, hash, or the beginning of one (letter case does not matter).

    An exact id wins; several rows of one hash are ambiguous. Raises UnknownTorrent.
    """
    wanted = wanted.strip().encode("utf-8", "replace").decode("utf-8")
    exact = torrents_by_id(connection, [wanted])
    if exact:
        return exact[0]
    shown = printable(wanted, empty="")
    if not wanted:
        raise UnknownTorrent("No torrent id was given.", "Give an id, an info-hash, or the beginning of one.")
    beginning = TorrentCondition("instr(lower(id), lower(?)) = 1 OR instr(lower(hash), lower(?)) = 1", (wanted, wanted))
    found = list_torrents(connection, beginning, limit=6)
    if len(found) == 1:
        return found[0]
    if not found:
        raise UnknownTorrent(
            f'No torrent in the archive has the id or hash "{shown}".',
            "List ids with: mediatui --headless torrents --json. A sync may be due.",
        )
    some = ", ".join(printable(torrent.id) for torrent in found[:5]) + (", …" if len(found) > 5 else "")
    raise UnknownTorrent(f'"{shown}" is the beginning of more than one torrent: {some}.', "Give the whole id.")


def torrents_sharing_hash(connection: sqlite3.Connection) -> list[Torrent]:
    """The standing rows whose info-hash another standing row has too, those of one hash side by side."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM torrents WHERE {_STANDING} AND hash IN (SELECT hash FROM torrents "
        f"WHERE {_STANDING} AND hash <> '' GROUP BY hash HAVING count(*) > 1) ORDER BY hash, key"
    )
    return [torrent_from_row(row) for row in rows]


def standing_names(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """The key and the name of every standing row, by key."""
    rows = connection.execute(f"SELECT key, filename FROM torrents WHERE {_STANDING} ORDER BY key")
    return [(row[0], row[1]) for row in rows]


def file_selections(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
    """The selected files (file id, path) of these torrents by torrent id.

    A torrent is left out when its files, or whether each of them is selected, are not known.
    """
    rows = connection.execute(
        "SELECT torrent_id, file_id, path, selected FROM torrent_files "
        "WHERE torrent_id IN (SELECT value FROM json_each(?)) ORDER BY torrent_id, file_id",
        (json.dumps(list(ids)),),
    )
    found: dict[str, list[tuple[int, str]]] = {}
    unknown: set[str] = set()
    for torrent_id, file_id, path, selected in rows:
        chosen = found.setdefault(torrent_id, [])
        if selected is None:
            unknown.add(torrent_id)
        elif selected:
            chosen.append((file_id, path))
    return {torrent_id: chosen for torrent_id, chosen in found.items() if torrent_id not in unknown}


@dataclass(frozen=True, slots=True)
class StandingTorrent:
    """A standing row of a hash: its id, its status, health and class, and the ids of its selected files (None when not
    known)."""

    id: str
    status: str
    health: str | None
    class_name: str | None
    selection: tuple[int, ...] | None


def entries_of_hash(connection: sqlite3.Connection, info_hash: str) -> list[StandingTorrent]:
    """The standing rows of a hash, newest first."""
    if not info_hash:
        return []
    rows = connection.execute(
        f"SELECT id, status, health, class, details_at FROM torrents WHERE hash = ? AND {_STANDING} "
        "ORDER BY added_at DESC, key",
        (info_hash,),
    ).fetchall()
    return [StandingTorrent(row[0], row[1], row[2], row[3], selection_of(connection, row[0])) for row in rows]


def selection_of(connection: sqlite3.Connection, torrent_id: str) -> tuple[int, ...] | None:
    """The ids of the selected files of a torrent; None while they are not known."""
    files = files_of(connection, torrent_id)
    if not files or any(file.selected is None for file in files):
        return None
    return tuple(file.file_id for file in files if file.selected)


def files_of(connection: sqlite3.Connection, torrent_id: str) -> list[TorrentFile]:
    """The files inside a torrent in the order in which the service lists them; empty while they are not known."""
    rows = connection.execute(
        "SELECT file_id, path, bytes, selected FROM torrent_files WHERE torrent_id = ? ORDER BY position, file_id",
        (torrent_id,),
    )
    return [TorrentFile(row[0], row[1], row[2], None if row[3] is None else bool(row[3])) for row in rows]


def links_of(connection: sqlite3.Connection, torrent_id: str) -> list[str]:
    """The links of a torrent, the i-th for the i-th selected file; empty also while they are not known."""
    rows = connection.execute("SELECT link FROM torrent_links WHERE torrent_id = ? ORDER BY position", (torrent_id,))
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class LinkInto:
    """A symlink of the library that points into a torrent: its path, and the text of its target."""

    path: str
    target: str


def library_links_of(connection: sqlite3.Connection, torrent_id: str) -> list[LinkInto]:
    """The library's symlinks that point into a torrent, by path; bytes that are no UTF-8 as surrogates."""
    query = "SELECT path, target FROM library_links WHERE torrent_id = ? ORDER BY path"
    return [LinkInto(*map(os.fsdecode, row)) for row in connection.execute(query, (torrent_id,))]


def library_link_counts(connection: sqlite3.Connection, torrent_ids: Sequence[str]) -> dict[str, int]:
    """How many of the library's symlinks point into each of these torrents, where any do."""
    rows = connection.execute(
        "SELECT torrent_id, count(*) FROM library_links "
        "WHERE torrent_id IN (SELECT value FROM json_each(?)) GROUP BY torrent_id",
        (json.dumps(list(torrent_ids)),),
    )
    return {row[0]: int(row[1]) for row in rows}
