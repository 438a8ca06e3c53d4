"""Torrents by the names of their folders and files, to match links with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedTorrent:
    """A torrent of a name: whether the account still has it, when it was added, and the names of its files."""

    id: str
    stands: bool
    added_at: int | None
    files: frozenset[str]


def entries_named(connection: sqlite3.Connection, name: str) -> list[NamedTorrent]:
    """The torrents whose shown or original name is ``name``; empty for a name that is not UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return []
    rows = connection.execute(
        "SELECT id, gone_at IS NULL, added_at FROM torrents WHERE filename = ? "
        "UNION SELECT id, gone_at IS NULL, added_at FROM torrents WHERE original_filename = ?",
        (name, name),
    ).fetchall()
    return [NamedTorrent(row[0], bool(row[1]), row[2], _file_names(connection, row[0])) for row in rows]


def entries_identified(connection: sqlite3.Connection, name: str) -> list[NamedTorrent]:
    """The torrents whose id or hash is ``name``; empty for a name that can be neither."""
    if not (name.isascii() and name.isalnum()):
        return []
    rows = connection.execute(
        "SELECT id, gone_at IS NULL, added_at FROM torrents WHERE id IN (?, ?) "
        "UNION SELECT id, gone_at IS NULL, added_at FROM torrents WHERE hash = ?",
        (name, name.upper(), name.lower()),
    ).fetchall()
    return [NamedTorrent(row[0], bool(row[1]), row[2], _file_names(connection, row[0])) for row in rows]


def _file_names(connection: sqlite3.Connection, torrent_id: str) -> frozenset[str]:
    rows = connection.execute("SELECT path FROM torrent_files WHERE torrent_id = ?", (torrent_id,))
    return frozenset(row[0].rpartition("/")[2] for row in rows)


def names_of_hash(connection: sqlite3.Connection, info_hash: str) -> list[tuple[str, str]]:
    """The names of the standing torrents of a hash, with their ids, newest first."""
    rows = connection.execute(
        "SELECT id, filename, original_filename FROM torrents WHERE hash = ? AND gone_at IS NULL "
        "ORDER BY added_at DESC, key DESC",
        (info_hash,),
    )
    found = [(row[0], name) for row in rows for name in (row[1], row[2]) if name]
    return list(dict.fromkeys(found))


def files_named(connection: sqlite3.Connection, names: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    """For each of these file names the torrents with such a file, and its size in bytes; one pass over all files."""
    wanted = set(names)
    found: dict[str, list[tuple[str, int]]] = {}
    if not wanted:
        return found
    rows = connection.execute(
        "SELECT f.torrent_id, f.path, f.bytes FROM torrent_files f JOIN torrents t ON t.id = f.torrent_id "
        "WHERE t.gone_at IS NULL"
    )
    for torrent_id, path, size in rows:
        name = path.rpartition("/")[2]
        if name in wanted:
            found.setdefault(name, []).append((torrent_id, int(size)))
    return found


@dataclass(frozen=True, slots=True)
class FileOnRecord:
    """A file of a standing torrent: its path in the torrent, its size in bytes, and both names of the torrent."""

    torrent_id: str
    torrent: str
    original: str
    path: str
    bytes: int

    @property
    def name(self) -> str:
        """The name without folders."""
        return self.path.rpartition("/")[2]


def files_like(connection: sqlite3.Connection, names: Collection[str], sizes: Collection[int]) -> list[FileOnRecord]:
    """The files of standing torrents that have one of these names or sizes, of the newest torrents first."""
    rows = connection.execute(
        "SELECT f.torrent_id, t.filename, coalesce(t.original_filename, ''), f.path, f.bytes FROM torrent_files f "
        "JOIN torrents t ON t.id = f.torrent_id WHERE t.gone_at IS NULL ORDER BY t.added_at DESC, t.key DESC"
    )
    return [
        FileOnRecord(row[0], row[1], row[2], row[3], int(row[4]))
        for row in rows
        if row[4] in sizes or row[3].rpartition("/")[2] in names
    ]


def sizes_on_record(connection: sqlite3.Connection, torrent_id: str | None, name: str) -> list[int]:
    """The sizes in bytes of the files of this name in a torrent, which may be gone; empty when it is not known."""
    rows = connection.execute("SELECT path, bytes FROM torrent_files WHERE torrent_id = ?", (torrent_id,))
    return [int(row[1]) for row in rows if row[0].rpartition("/")[2] == name]


def torrents_of_links(connection: sqlite3.Connection, links: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str]:
    """The torrents that these links, ``(path, target)``, point into, as far as a scan has found them."""
    found: dict[bytes, str] = {}
    for path, target in links:
        row = connection.execute(
            "SELECT torrent_id FROM library_links WHERE path = ? AND target = ? AND torrent_id IS NOT NULL",
            (path, target),
        ).fetchone()
        if row is not None:
            found[path] = row[0]
    return found
