"""The sizes of the targets of links, as far as they are on record, and the targets outside of the mounts."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping


def sizes_of_links(connection: sqlite3.Connection, place: bytes) -> Mapping[bytes, int]:
    """The size of the target of each link into a place when it was last seen, else the size according to its
    torrent."""
    rows = connection.execute(
        "SELECT l.path, l.target, l.size, l.torrent_id FROM library_links AS l "
        "WHERE l.target = ? OR (l.target >= ? AND l.target < ?)",
        (place, place + b"/", place + b"0"),
    ).fetchall()
    found: dict[bytes, int] = {}
    files: dict[str, dict[str, int]] = {}
    for path, target, size, torrent in rows:
        if size is None and torrent is not None:
            if torrent not in files:
                held = connection.execute("SELECT path, bytes FROM torrent_files WHERE torrent_id = ?", (torrent,))
                files[torrent] = {row[0].rpartition("/")[2]: int(row[1]) for row in held}
            size = files[torrent].get(bytes(target).rpartition(b"/")[2].decode("utf-8", "surrogateescape"))
        if size is not None:
            found[bytes(path)] = int(size)
    return found


def outside_targets(connection: sqlite3.Connection, scan: int, limit: int) -> list[bytes]:
    """Absolute targets of links that a scan found outside of the mounts: a sample, spread evenly."""
    rows = connection.execute(
        "SELECT target FROM library_links WHERE seen = ? AND state = 'outside' AND substr(target, 1, 1) = x'2f' "
        "ORDER BY path",
        (scan,),
    ).fetchall()
    return [bytes(row[0]) for row in rows[:: max(1, -(-len(rows) // limit))]]


def targets_of_sizes(connection: sqlite3.Connection, sizes: Collection[int]) -> list[tuple[bytes, int]]:
    """The files of these sizes (bytes) that links which were good when last seen lead to, each with its size."""
    rows = connection.execute("SELECT DISTINCT target, size FROM library_links WHERE state = 'ok' AND size > 0")
    return [(bytes(target), size) for target, size in rows if size in sizes]
