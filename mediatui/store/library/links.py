"""The links of the library in the archive, and their states."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from errno import ENODATA
from typing import TYPE_CHECKING

from mediatui.model.link import NOT_ON_MOUNT, REMOVABLE
from mediatui.store.conditions import EVERY_LINK, LinkCondition, links_below, links_in_states, links_seen_by
from mediatui.system.machine import clock_mark, seconds_apart

if TYPE_CHECKING:
    import aiosqlite

_KEPT = (
    "state", "size", "code", "root", "seen", "checked_at", "torrent_id", "bad_since", "verdict", "verdict_size",
    "bad_clock", "checked_clock",
)  # fmt: skip
"""The columns that are kept of a link that is removed."""

WalkedLink = tuple[bytes, bytes, str, int | None, int]
"""path, target, state, size, error number: a link as a walk found it (``system.symlinks``)."""


@dataclass(frozen=True, slots=True)
class LibraryLink:
    """A row of ``library_links``; ``size`` and ``code`` are None when they are not known. ``bad_since`` is when a scan
    first saw it in a removable state, if every scan since then did; ``bad_clock`` and ``checked_clock`` are the clock
    marks (``machine.clock_mark``) of that scan and of the last one."""

    path: bytes
    target: bytes
    state: str
    size: int | None
    checked_at: int | None
    torrent_id: str | None
    root: bytes | None
    code: int | None
    bad_since: int | None
    bad_clock: str | None = None
    checked_clock: str | None = None

    @property
    def bad_for_s(self) -> float | None:
        """The seconds between the scan that first saw it in a removable state and the last scan, also when the clock
        was set in between; None when it is in no such state."""
        if self.bad_since is None:
            return None
        return seconds_apart(self.bad_since, self.bad_clock, self.checked_at or 0, self.checked_clock)


_LINK = "path, target, state, size, checked_at, torrent_id, root, code, bad_since, bad_clock, checked_clock"
_REMOVABLE = f"({', '.join(repr(state) for state in REMOVABLE)})"


def iterate_links(connection: sqlite3.Connection, condition: LinkCondition = EVERY_LINK) -> Iterator[LibraryLink]:
    """The links that match a condition, by path, read one by one."""
    rows = connection.execute(
        f"SELECT {_LINK} FROM library_links WHERE {condition.text} ORDER BY path", condition.values
    )
    for row in rows:
        yield LibraryLink(*tuple(row))


def bad_links(connection: sqlite3.Connection, scan: int, folder: bytes | None = None) -> list[LibraryLink]:
    """The links a scan saw, all or those below a folder, that are in a state in which they may be removed."""
    condition = links_seen_by(scan) & links_in_states(REMOVABLE)
    return list(iterate_links(connection, condition if folder is None else links_below(folder) & condition))


def page_of_bad_links(connection: sqlite3.Connection, scan: int, after: bytes, limit: int) -> list[LibraryLink]:
    """The links a scan saw that are not good, by path, beginning after a path; of those unknown the ones whose own file
    could not be read or probed (a mount or a view that cannot be judged is reported once)."""
    rows = connection.execute(
        f"SELECT {_LINK} FROM library_links WHERE state <> 'ok' AND seen = ? "
        f"AND (state <> 'unknown' OR coalesce(code, {ENODATA}) <> {ENODATA}) "
        "AND path > ? ORDER BY path LIMIT ?",
        (scan, after, limit),
    )
    return [LibraryLink(*tuple(row)) for row in rows]


def good_targets_of_scan(
    connection: sqlite3.Connection, scan: int, after: bytes, limit: int
) -> list[tuple[bytes, bytes]]:
    """Path and target of the good links of a scan, by path, beginning after a path."""
    rows = connection.execute(
        "SELECT path, target FROM library_links WHERE path > ? AND seen = ? AND state = 'ok' ORDER BY path LIMIT ?",
        (after, scan, limit),
    )
    return [(bytes(path), bytes(target)) for path, target in rows]


def read_link(connection: sqlite3.Connection, path: bytes) -> LibraryLink | None:
    """The link at a path, or None."""
    return next(iterate_links(connection, LinkCondition("path = ?", (path,))), None)


def links_into(connection: sqlite3.Connection, torrent_id: str) -> list[LibraryLink]:
    """The links into a torrent."""
    return list(iterate_links(connection, LinkCondition("torrent_id = ?", (torrent_id,))))


def broken_links_into(connection: sqlite3.Connection, torrent_id: str) -> list[LibraryLink]:
    """The links into a torrent whose targets were missing when last seen: broken or not on the mount."""
    into_it = LinkCondition("torrent_id = ?", (torrent_id,))
    return list(iterate_links(connection, into_it & links_in_states(["broken", NOT_ON_MOUNT])))


def count_links(connection: sqlite3.Connection, folder: bytes, *, removable: bool = True) -> int:
    """How many links are known below a folder; with ``removable`` false, without those in a removable state."""
    query = "SELECT count(*) FROM library_links WHERE path >= ? AND path < ?"
    query += "" if removable else f" AND state NOT IN {_REMOVABLE}"
    return int(connection.execute(query, (folder + b"/", folder + b"0")).fetchone()[0])


def count_in_states(connection: sqlite3.Connection, folder: bytes, states: Sequence[str]) -> int:
    """How many links below a folder are in one of these states."""
    condition = links_below(folder) & links_in_states(states)
    query = f"SELECT count(*) FROM library_links WHERE {condition.text}"
    return int(connection.execute(query, condition.values).fetchone()[0])


def folders_with_links(connection: sqlite3.Connection, root: bytes) -> list[bytes]:
    """The folders directly in a root that have known links below them; one index lookup for each."""
    found: list[bytes] = []
    after = root + b"/"
    query = "SELECT path FROM library_links WHERE path >= ? AND path < ? ORDER BY path LIMIT 1"
    while row := connection.execute(query, (after, root + b"0")).fetchone():
        path = bytes(row[0])
        first, below, _ = path[len(root) + 1 :].partition(b"/")
        if below:
            found.append(root + b"/" + first)
        after = root + b"/" + first + b"0" if below else path + b"\0"
    return found


def links_not_judged(connection: sqlite3.Connection, scan: int, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
    """Path and target of links a scan saw and has not judged yet, by path, beginning after a path."""
    rows = connection.execute(
        "SELECT path, target FROM library_links WHERE path > ? AND seen = ? AND state = 'unknown' "
        "ORDER BY path LIMIT ?",
        (after, scan, limit),
    )
    return [(bytes(path), bytes(target)) for path, target in rows]


def targets_of_scan(
    connection: sqlite3.Connection, scan: int, after: bytes, limit: int
) -> Iterator[tuple[bytes, bytes, int | None]]:
    """Path, target and size of links a scan saw, by path, beginning after a path, for matching."""
    yield from connection.execute(
        "SELECT path, target, size FROM library_links WHERE path > ? AND seen = ? ORDER BY path LIMIT ?",
        (after, scan, limit),
    )


async def store_links(
    connection: aiosqlite.Connection,
    rows: Sequence[WalkedLink],
    root_of: Callable[[bytes], bytes | None],
    scan: int,
    now: int,
) -> None:
    """Stores links as a walk found them, each with its root. A bad link keeps the time when it was first bad; an
    unknown one may be judged later in the same scan."""
    clock = clock_mark(now)
    stays_bad = (
        f"library_links.target = excluded.target AND excluded.state IN ('unknown', {_REMOVABLE[1:]} "
        "AND library_links.bad_since IS NOT NULL"
    )
    await connection.executemany(
        "INSERT INTO library_links "
        "(path, target, state, size, code, root, seen, checked_at, bad_since, bad_clock, checked_clock) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET state = excluded.state, "
        f"bad_since = CASE WHEN {stays_bad} THEN library_links.bad_since ELSE excluded.bad_since END, "
        f"bad_clock = CASE WHEN {stays_bad} THEN library_links.bad_clock ELSE excluded.bad_clock END, "
        "checked_clock = excluded.checked_clock, "
        "torrent_id = CASE WHEN library_links.target = excluded.target THEN torrent_id END, "
        "verdict = CASE WHEN library_links.target = excluded.target THEN verdict END, "
        "target = excluded.target, size = excluded.size, code = excluded.code, root = excluded.root, "
        "seen = excluded.seen, checked_at = excluded.checked_at",
        (  # made one by one in the writer's thread: all at once they would hold up the screen
            (
                path,
                target,
                state,
                size,
                code or None,
                root_of(path) or b"",
                scan,
                now,
                *((now, clock, clock) if state in REMOVABLE else (None, None, None)),
            )
            for path, target, state, size, code in rows
        ),
    )


async def set_states(connection: aiosqlite.Connection, rows: Sequence[tuple[bytes, str, int]], now: int) -> None:
    """Writes the states of links whose targets were read later: ``(path, state, error number)``."""
    clock = clock_mark(now)
    await connection.executemany(
        "UPDATE library_links SET state = ?, code = ?, checked_at = ?, checked_clock = ?, "
        "bad_since = CASE WHEN ? THEN coalesce(bad_since, ?) END, "
        "bad_clock = CASE WHEN bad_since IS NULL THEN ? ELSE bad_clock END WHERE path = ?",
        [(state, code or None, now, clock, state in REMOVABLE, now, clock, path) for path, state, code in rows],
    )


async def set_torrents(connection: aiosqlite.Connection, rows: Sequence[tuple[bytes, str | None]]) -> None:
    """Writes which torrent each link points into."""
    await connection.executemany(
        "UPDATE library_links SET torrent_id = ? WHERE path = ? AND torrent_id IS NOT ?",
        [(torrent_id, path, torrent_id) for path, torrent_id in rows],
    )


async def drop_unseen(connection: aiosqlite.Connection, prefix: bytes, scan: int, unknown: Sequence[bytes] = ()) -> int:
    """Forgets links below ``prefix`` that a walk no longer found, except those in the folders it could not read
    (``unknown``); returns how many."""
    if unknown:  # they are few; the negative number keeps them from being deleted
        await connection.executemany(
            "UPDATE library_links SET seen = ? WHERE path >= ? AND path < ? AND seen IS NOT ?",
            [(-scan, folder + b"/", folder + b"0", scan) for folder in unknown],
        )
    cursor = await connection.execute(
        "DELETE FROM library_links WHERE path >= ? AND path < ? AND seen IS NOT ? AND seen IS NOT ?",
        (prefix + b"/", prefix + b"0", scan, -scan),
    )
    return cursor.rowcount


async def mark_unseen_unknown(
    connection: aiosqlite.Connection, folder: bytes, scan: int, states: Sequence[str]
) -> None:
    """Makes the links below a folder that a scan could not read, and that were in one of ``states``, unknown. The
    negative number of the scan marks all links of the folder as not seen by it."""
    marks = ", ".join("?" * len(states))
    await connection.execute(
        f"UPDATE library_links SET state = 'unknown', code = NULL, bad_since = NULL "
        f"WHERE path >= ? AND path < ? AND seen IS NOT ? AND state IN ({marks})",
        (folder + b"/", folder + b"0", scan, *states),
    )
    await connection.execute(
        "UPDATE library_links SET seen = ? WHERE path >= ? AND path < ? AND seen IS NOT ?",
        (-scan, folder + b"/", folder + b"0", scan),
    )


async def mark_link_repaired(
    connection: aiosqlite.Connection, path: bytes, target: bytes, torrent_id: str | None, now: int
) -> None:
    """Notes that a link is good again, where it points now, and into which torrent."""
    await connection.execute(
        "UPDATE library_links SET state = 'ok', verdict = NULL, code = NULL, bad_since = NULL, target = ?, "
        "torrent_id = ?, checked_at = ? WHERE path = ?",
        (target, torrent_id, now, path),
    )


async def relink_row(
    connection: aiosqlite.Connection,
    path: bytes,
    target: bytes,
    state: str,
    now: int,
    media_files: Sequence[tuple[str, str]] = (),
) -> None:
    """Notes that a link points elsewhere now; the next scan finds the torrent it points into. ``media_files``
    (``media_files_of``) are the files of films and episodes that are noted instead of where it points."""
    await connection.execute(
        "UPDATE library_links SET state = ?, verdict = NULL, code = NULL, size = NULL, target = ?, torrent_id = NULL, "
        "checked_at = ? WHERE path = ?",
        (state, target, now, path),
    )
    await connection.execute(
        "UPDATE media SET file_path = ? WHERE link_path = ?", (absolute_target(path, target), path)
    )
    await connection.executemany(
        "UPDATE media SET file_path = ? WHERE id = ? AND link_path = ?",
        [(os.fsencode(file) or None, int(media), path) for media, file in media_files],
    )


def media_files_of(connection: sqlite3.Connection, path: bytes) -> list[tuple[str, str]]:
    """The file noted for each film or episode of a link, as text: its number, and the path (empty: none)."""
    rows = connection.execute("SELECT id, file_path FROM media WHERE link_path = ? ORDER BY id", (path,))
    return [(str(row[0]), os.fsdecode(row[1] or b"")) for row in rows]


def absolute_target(path: bytes, target: bytes) -> bytes:
    """The absolute path a target text means; a relative one is resolved against the folder of the link."""
    return os.path.normpath(os.path.join(os.path.dirname(path), target))


async def move_rows(connection: aiosqlite.Connection, path: bytes, new: bytes) -> None:
    """Notes that a link, or a folder with all its links, was moved."""
    below = (new, len(path) + 1, path, path + b"/", path + b"0")
    for table, column in (("library_links", "path"), ("media", "link_path"), ("media", "file_path")):
        await connection.execute(
            f"UPDATE OR REPLACE {table} SET {column} = CAST(? || SUBSTR({column}, ?) AS BLOB) "
            f"WHERE {column} = ? OR ({column} >= ? AND {column} < ?)",
            below,
        )


def read_link_row(connection: sqlite3.Connection, path: bytes) -> dict[str, object] | None:
    """All that is stored of a link but its paths, to be stored again by ``restore_link_row``; None when nothing is."""
    row = connection.execute(f"SELECT {', '.join(_KEPT)} FROM library_links WHERE path = ?", (path,)).fetchone()
    if row is None:
        return None
    kept: dict[str, object] = dict(zip(_KEPT, tuple(row), strict=True))
    root = kept["root"]
    return kept | {"root": os.fsdecode(root) if isinstance(root, bytes) else None}


def restore_link_row(
    connection: sqlite3.Connection, path: bytes, target: bytes, known: Mapping[str, object], now: int
) -> None:
    """Stores a link that was made again, with what was ``known`` of it (``read_link_row``) before it was removed."""
    kept = {name: known.get(name) for name in _KEPT}
    root = kept["root"]
    kept |= {
        "root": os.fsencode(root) if isinstance(root, str) else None, "state": kept["state"] or "unknown",
        "checked_at": kept["checked_at"] or now,
    }  # fmt: skip
    connection.execute(
        f"INSERT OR REPLACE INTO library_links (path, target, {', '.join(_KEPT)}) "
        f"VALUES (?, ?, {', '.join('?' * len(_KEPT))})",
        (path, target, *kept.values()),
    )


def remove_link_row(connection: sqlite3.Connection, path: bytes) -> None:
    """Forgets a link that was removed."""
    connection.execute("DELETE FROM library_links WHERE path = ?", (path,))


def playable_candidates(connection: sqlite3.Connection, scan: int) -> Iterator[tuple[bytes, bytes, int | None]]:
    """Path and target of the good links of a scan, and the size of the file of that name according to their torrent."""
    links = connection.execute(
        "SELECT path, target, torrent_id FROM library_links WHERE seen = ? AND state = 'ok' ORDER BY torrent_id",
        (scan,),
    )
    known: tuple[str | None, dict[str, int]] = (None, {})
    for path, target, torrent_id in links.fetchall():
        if torrent_id is not None and torrent_id != known[0]:
            files = connection.execute("SELECT path, bytes FROM torrent_files WHERE torrent_id = ?", (torrent_id,))
            known = (torrent_id, {row[0].rpartition("/")[2]: int(row[1]) for row in files})
        name = bytes(target).rpartition(b"/")[2].decode("utf-8", "surrogateescape")
        yield bytes(path), bytes(target), known[1].get(name) if torrent_id is not None else None
