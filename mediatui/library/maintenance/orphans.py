"""Finds videos on storage that no link and no known item points at, by their resolved paths.

Only folders of films and series are looked at: a storage with such a name as a whole, else its first-level folders
that have such a name or that something points into. Mounts of torrents often show each torrent in several such folders
(views): a file that is pointed at in one of them is no orphan in another, and one that is in none is listed once.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mediatui.library.maintenance.media import Known
from mediatui.library.maintenance.reading import size_of
from mediatui.library.maintenance.snapshot import LibrarySnapshot
from mediatui.model.kinds import KIND_WORDS
from mediatui.model.path import is_below, is_within
from mediatui.model.text import fold
from mediatui.names.seasons import season_of_folder
from mediatui.store.conditions import links_below
from mediatui.store.library.links import iterate_links
from mediatui.system.mount_calls import Failed

PARTS = re.compile(
    r"(?:extras?|bonus|featurettes?|samples?|subs|trailers?|proof|bdmv|stream|video ts|(?:cd|dis[ck]|dvd) ?[0-9]+)$"
)
"""Names of folders inside torrents, folded."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A file, its size in bytes (None where it could not be read), and where else on its mount it is shown."""

    path: bytes
    size: int | None
    also: tuple[bytes, ...] = ()


def find_orphans(snapshot: LibrarySnapshot, known: Known) -> list[Orphan]:
    """The orphans by path. Only orphans are looked at on disk, each once."""
    pointed, folders = _pointed_at(snapshot, known)
    scopes = _Scopes(snapshot, pointed | folders)
    shown = _Views(snapshot)
    for path in pointed:
        shown.note(path)
    left: dict[object, list[bytes]] = {}
    for folder, names in snapshot.storage.folders.items():
        if not scopes.holds(folder) or _below(folder, folders) or snapshot.tree.root_of(folder + b"/x") is not None:
            continue
        for name in names:
            path = folder + b"/" + name
            if path in pointed or not snapshot.places.is_video(name) or shown.has(path):
                continue
            left.setdefault(shown.key(path) or path, []).append(path)
    found = sorted(sorted(paths) for paths in left.values())
    sizes = dict(snapshot.reader.all(size_of, [paths[0] for paths in found]))
    return [
        Orphan(first, None if isinstance(size := sizes.get(first), Failed) else size, tuple(also))
        for first, *also in found
        if sizes.get(first) != Failed(errno.ENOENT)  # the file is gone by now
    ]


def _pointed_at(snapshot: LibrarySnapshot, known: Known) -> tuple[set[bytes], set[bytes]]:
    """The files that something points at, and the folders that links point at as a whole, both as the storage lists
    them."""
    names = _Listed(snapshot)
    pointed: set[bytes] = set()
    for link in snapshot.tree.links:
        pointed.add(link.pointed)
        if link.state in ("ok", "wrong kind") and link.pointed not in snapshot.storage:
            pointed.add(names.of(snapshot.resolved(link)))
    pointed.update(link.pointed for link in snapshot.tree.hidden_links)
    for media in known.items:
        if media.file_path is not None:
            pointed.add(names.of(media.file_path))
    for folder, _ in snapshot.tree.unread:  # links that cannot be read now are where they were at the last scan
        for row in iterate_links(snapshot.connection, links_below(folder)):
            pointed.add(names.of(os.path.normpath(os.path.join(os.path.dirname(row.path), row.target))))
    files = {path for path in pointed if path in snapshot.storage}
    return files, pointed - files


class _Listed:
    """Paths as the storage lists them: a storage may be configured by a path that leads through links itself."""

    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._storage = snapshot.storage
        real = ((snapshot.places.through.get(top, top), top) for top in snapshot.storage.tops)
        self._tops = [(real_top, top) for real_top, top in real if real_top != top]

    def of(self, path: bytes) -> bytes:
        """``path`` as the storage lists it."""
        if path not in self._storage:
            for real_top, top in self._tops:
                if is_below(path, real_top):
                    return top + path[len(real_top) :]
        return path


class _Scopes:
    """The folders of the storage that hold films and series."""

    def __init__(self, snapshot: LibrarySnapshot, pointed: Iterable[bytes]) -> None:
        self._tops = snapshot.storage.tops
        self._whole = {top for top in self._tops if _is_kind(os.path.basename(top))}
        self._inside = {first for path in pointed if (first := self._first(os.path.dirname(path))) is not None}

    def holds(self, folder: bytes) -> bool:
        """Whether the files in a folder count."""
        top = next((top for top in self._tops if is_within(folder, top)), None)
        if top in self._whole:
            return True
        first = self._first(folder)
        return first is not None and (first in self._inside or _is_kind(os.path.basename(first)))

    def _first(self, folder: bytes) -> bytes | None:
        """The first-level folder of a storage that a folder is or lies in; a storage itself stands for the files
        directly in it."""
        for top in self._tops:
            if folder == top:
                return top
            if is_below(folder, top):
                return top + b"/" + folder[len(top) + 1 :].split(b"/", 1)[0]
        return None


def _is_kind(name: bytes) -> bool:
    return fold(os.fsdecode(name)).strip() in KIND_WORDS


class _Views:
    """The files of mounts by their path below a view: ``<torrent>/<file>``, the same in every view."""

    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._mounts = [top for top in snapshot.storage.tops if top in snapshot.places.mounts]
        self._shown: set[tuple[bytes, bytes]] = set()

    def key(self, path: bytes) -> tuple[bytes, bytes] | None:
        """The mount and the path below the view; None where a path cannot be one in a view. A folder of a season, or
        of extras, is no torrent: there are many of its name."""
        for mount in self._mounts:
            if is_below(path, mount):
                _, _, below = path[len(mount) + 1 :].partition(b"/")
                torrent, _, file = below.partition(b"/")
                name = os.fsdecode(torrent)
                if file and not PARTS.match(fold(name)) and season_of_folder(name) is None:
                    return mount, below
        return None

    def note(self, path: bytes) -> None:
        """Records that something points at a file."""
        if (key := self.key(path)) is not None:
            self._shown.add(key)

    def has(self, path: bytes) -> bool:
        """Whether something points at the file in one of its views."""
        return self.key(path) in self._shown


def _below(folder: bytes, folders: set[bytes]) -> bool:
    """Whether a folder is one of these or lies in one."""
    return any(above in folders for above in _and_above(folder))


def _and_above(folder: bytes) -> Iterator[bytes]:
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above
