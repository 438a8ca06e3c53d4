"""Which files of a folder are the same as another of it, or as one that the library has: by their content.

Only files of equal sizes are read, by BLAKE2b: their beginnings and ends, and each once whole where these are equal.
What lies on a network or FUSE file system is not read for it: that would fetch all of it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mediatui.system.file_mover import PIECE
from mediatui.system.mount_table import MountTable

END = 256 * 1024
"""So many of the first and the last bytes tell most files of one size apart."""


@dataclass(frozen=True, slots=True)
class Same:
    """The file that another is the same as; ``proven`` by the content, else only of the same size because that was not
    read. ``in_library``: it is one that a link of the library leads to."""

    path: bytes
    proven: bool
    in_library: bool


class Digests:
    """The digests of files, each read once. ``stopped`` ends reading; ``said`` is told of every file and its bytes."""

    def __init__(
        self, stopped: Callable[[], bool] = lambda: False, said: Callable[[bytes, int], None] = lambda path, done: None
    ) -> None:
        self._stopped, self._said = stopped, said
        self._known: dict[bytes, str] = {}
        self._known_ends: dict[bytes, str] = {}

    def of(self, path: bytes) -> str:
        """The digest of a file in hexadecimal; empty for what cannot be read, and once it is stopped. Blocks."""
        if path not in self._known:
            read = self._read(path)
            if self._stopped():
                return ""
            self._known[path] = read
        return self._known[path]

    def are_same(self, one: bytes, other: bytes) -> bool:
        """Whether two files of one size are the same; read whole only where their beginnings and ends are. Blocks."""
        ends = self._ends(one)
        return bool(ends) and ends == self._ends(other) and self.of(one) == self.of(other) != ""

    def _ends(self, path: bytes) -> str:
        if path not in self._known_ends:
            self._known_ends[path] = _digest_of_ends(path)
        return self._known_ends[path]

    def _read(self, path: bytes) -> str:
        digest, done = hashlib.blake2b(digest_size=32), 0
        try:
            file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return ""
        try:
            while piece := os.pread(file, PIECE, done):
                digest.update(piece)
                done += len(piece)
                self._said(path, done)
                if self._stopped():
                    return ""
        except OSError:
            return ""
        finally:
            os.close(file)
        return digest.hexdigest()


def _digest_of_ends(path: bytes) -> str:
    """The digest of the first and the last bytes of a file; empty for what cannot be read."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        size = os.fstat(file).st_size
        return hashlib.blake2b(os.pread(file, END, 0) + os.pread(file, END, max(0, size - END))).hexdigest()
    except OSError:
        return ""
    finally:
        os.close(file)


def find_same(
    files: Sequence[tuple[bytes, int]], library: Iterable[tuple[bytes, int]], digests: Digests
) -> Mapping[bytes, Same]:
    """The files (path and size in bytes) that are the same as an earlier one of them, or as one of the library. Blocks
    as long as reading takes."""
    by_size: dict[int, list[bytes]] = {}
    for path, size in files:
        by_size.setdefault(size, []).append(path)
    theirs: dict[int, list[bytes]] = {}
    for path, size in library:
        if size in by_size:
            theirs.setdefault(size, []).append(path)
    table, found = MountTable(), dict[bytes, Same]()
    for size, paths in by_size.items():
        known = [(path, True) for path in theirs.get(size, ()) if size]
        for path in paths:
            if size and path not in found and (same := _same(path, known, table, digests)) is not None:
                found[path] = same
            known.append((path, False))
    return found


def _same(path: bytes, known: Sequence[tuple[bytes, bool]], table: MountTable, digests: Digests) -> Same | None:
    unread: Same | None = None
    is_far = bool(table.remote_at(path))
    for other, in_library in known:
        if other == path:
            return Same(other, True, in_library)
        if is_far or table.remote_at(other):
            unread = unread or Same(other, False, in_library)
        elif digests.are_same(path, other):
            return Same(other, True, in_library)
    return unread
