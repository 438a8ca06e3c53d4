"""Finds the torrent a link points into: by the names of the folders it leads through (an id or a hash before a name),
then by file name and size."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mediatui.store.library.matching import NamedTorrent, entries_identified, entries_named, files_named


def names_of(target: bytes, mounts: Sequence[bytes]) -> list[str]:
    """The names in a target that may be a torrent's, likeliest first: the folder of the file and those above it, down
    to the mount (``<mount>/<view>/<torrent>/<file>``), then the file itself (a torrent of one file without a folder).
    """
    mount = max((place for place in mounts if target.startswith(place.rstrip(b"/") + b"/")), key=len, default=b"")
    parts = [part for part in target[len(mount) :].split(b"/") if part]
    if not parts:
        return []
    *folders, file = parts
    names = [*reversed(folders), file]
    return [name.decode("utf-8", "surrogateescape") for name in names]


def choose_torrent(found: Sequence[NamedTorrent], file: str) -> str | None:
    """The torrent a link points into, of several with the same name: one still in the account before one that is gone,
    one that holds a file of this name before one that does not, then the newest."""
    if not found:
        return None
    best = max(found, key=lambda torrent: (torrent.stands, file in torrent.files, torrent.added_at or 0, torrent.id))
    return best.id


@dataclass(slots=True)
class Matcher:
    """Matches many targets over one connection; each folder name is looked up once, and kept in ``known``, by ids and
    hashes in ``identified``."""

    connection: sqlite3.Connection
    mounts: Sequence[bytes]
    known: dict[str, list[NamedTorrent]] = field(default_factory=dict)
    identified: dict[str, list[NamedTorrent]] = field(default_factory=dict)

    def match(self, target: bytes) -> str | None:
        """The id of the torrent a target (absolute) lies in, None when none has such a name."""
        return self.locate(target)[0]

    def locate(self, target: bytes) -> tuple[str | None, bytes]:
        """The id of the torrent a target (absolute) lies in, and which folder on its way (or the file) has its name;
        None and empty bytes when none has such a name. A folder called like the id or the hash of a torrent is that
        torrent's, on mounts that name them so. A torrent that holds the file takes precedence over one whose name is
        nearer to the file (``Season 1`` may be a torrent too)."""
        names = names_of(target, self.mounts)
        if not names:
            return None, b""
        file = names[-1]
        folder = target
        for name in names[:-1]:
            folder = os.path.dirname(folder)
            if identified := self._identified(name):
                return choose_torrent(identified, file), folder
        candidates = [(found, number) for number, name in enumerate(names) if (found := self._named(name))]
        holding = [candidate for candidate in candidates if any(file in named.files for named in candidate[0])]
        for found, number in (*holding, *candidates):
            folder = target
            for _ in range(number + 1 if number < len(names) - 1 else 0):
                folder = os.path.dirname(folder)
            return choose_torrent(found, file), folder
        return None, b""

    def match_by_file(self, wanted: Iterable[tuple[bytes, bytes, int | None]]) -> Iterator[tuple[bytes, str]]:
        """The torrents of links that no folder name led to, by file name and, where it is known, size: only where
        exactly one torrent holds such a file. ``wanted`` are path, target, size; yields path and id."""
        by_name: dict[str, list[tuple[bytes, int | None]]] = {}
        for path, target, size in wanted:
            name = target.rpartition(b"/")[2].decode("utf-8", "surrogateescape")
            by_name.setdefault(name, []).append((path, size))
        holders = files_named(self.connection, by_name.keys())
        for name, links in by_name.items():
            for path, size in links:
                fitting = {torrent for torrent, its_size in holders.get(name, ()) if size is None or its_size == size}
                if len(fitting) == 1:
                    yield path, fitting.pop()

    def _identified(self, name: str) -> list[NamedTorrent]:
        if name not in self.identified:
            if len(self.identified) > 50_000:
                self.identified.clear()
            self.identified[name] = entries_identified(self.connection, name)
        return self.identified[name]

    def _named(self, name: str) -> list[NamedTorrent]:
        if name not in self.known:
            if len(self.known) > 50_000:
                self.known.clear()
            self.known[name] = entries_named(self.connection, name)
        return self.known[name]
