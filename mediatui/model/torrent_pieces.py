"""The pieces of a torrent: which bytes of which files each covers, and whether bytes that came are the right ones."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mediatui.model.errors import UsageError
from mediatui.model.torrent_file import Value, read_info

HASH: Final = 20
LONGEST: Final = 256 * 1024 * 1024
"""No piece is larger (bytes)."""


@dataclass(frozen=True, slots=True)
class PieceFile:
    """A file of a torrent: its path in parts, as bytes; ``start`` is where it begins in the row of all files. Padding
    (BEP 47) is zeros that nobody keeps."""

    path: tuple[bytes, ...]
    size: int
    start: int
    padding: bool = False

    @property
    def end(self) -> int:
        """Where it ends in the row of all files."""
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class Part:
    """So many bytes of a file, from ``offset`` on; ``position`` is the file's, from 0."""

    position: int
    offset: int
    size: int


@dataclass(frozen=True)
class TorrentPieces:
    """The pieces of a torrent: each of ``length`` bytes, the last may be shorter; ``hashes`` are their SHA-1 in a row.
    ``single`` says that the torrent is one file, which has no folder."""

    name: bytes
    length: int
    hashes: bytes
    files: tuple[PieceFile, ...]
    single: bool = False

    @cached_property
    def total(self) -> int:
        """The bytes of all files together."""
        return self.files[-1].end

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return len(self.hashes) // HASH

    def is_right(self, piece: int, digest: bytes) -> bool:
        """Whether a SHA-1 is that of a piece."""
        return self.hashes[piece * HASH : (piece + 1) * HASH] == digest

    def span(self, piece: int) -> tuple[int, int]:
        """Where a piece begins and ends in the row of all files."""
        return piece * self.length, min((piece + 1) * self.length, self.total)

    def inner(self, position: int) -> range:
        """The pieces that lie wholly in one file."""
        file = self.files[position]
        first = -(-file.start // self.length)
        last = self.count if file.end == self.total else file.end // self.length
        return range(first, max(first, last))

    def borders(self, position: int) -> tuple[int, ...]:
        """The pieces that lie in a file and in others beside it: none, one or two."""
        file, inner = self.files[position], self.inner(position)
        if not file.size:
            return ()
        touched = range(file.start // self.length, (file.end - 1) // self.length + 1)
        return tuple(piece for piece in sorted({touched[0], touched[-1]}) if piece not in inner)

    def parts(self, piece: int) -> Iterator[Part]:
        """The files that a piece lies in, in order."""
        start, end = self.span(piece)
        position = max(0, bisect_right(self._starts, start) - 1)
        while position and self.files[position - 1].end > start:
            position -= 1
        for at in range(position, len(self.files)):
            file = self.files[at]
            if file.start >= end:
                return
            begin = max(start, file.start)
            if (size := min(end, file.end) - begin) > 0:
                yield Part(at, begin - file.start, size)

    @cached_property
    def _starts(self) -> list[int]:
        return [file.start for file in self.files]


class PieceCheck:
    """Checks the inner pieces of a file while its bytes come, in order, from ``offset`` on, which is 0 or where a piece
    begins: ``right`` counts, ``wrong`` names them."""

    def __init__(self, pieces: TorrentPieces, position: int, offset: int = 0) -> None:
        self.right = 0
        self.wrong: list[int] = []
        self._pieces = pieces
        self._inner = pieces.inner(position)
        self._at = pieces.files[position].start + offset
        self._hash = hashlib.sha1(usedforsecurity=False)
        self._whole = False

    def update(self, data: bytes) -> None:
        """Takes the bytes that follow."""
        view = memoryview(data)
        while view:
            piece = self._at // self._pieces.length
            start, end = self._pieces.span(piece)
            if self._at == start and piece in self._inner:
                self._hash, self._whole = hashlib.sha1(usedforsecurity=False), True
            taken = view[: end - self._at]
            if self._whole:
                self._hash.update(taken)
            self._at += len(taken)
            view = view[len(taken) :]
            if self._at == end and self._whole:
                self._whole = False
                if self._pieces.is_right(piece, self._hash.digest()):
                    self.right += 1
                else:
                    self.wrong.append(piece)


def read_torrent_pieces(data: bytes) -> TorrentPieces:
    """The pieces of a ``.torrent`` file. Raises UsageError for one that is damaged, whose pieces do not fit its files,
    or whose paths lead elsewhere."""
    info = read_info(data)
    length, hashes, name = info.get(b"piece length"), info.get(b"pieces"), info.get(b"name") or info.get(b"name.utf-8")
    if not isinstance(length, int) or not 0 < length <= LONGEST:
        raise UsageError("The torrent file gives its pieces no usable length.")
    if not isinstance(name, bytes) or not isinstance(hashes, bytes):
        raise UsageError("The torrent file gives the torrent no name.")
    check_path((name,))
    listed = info.get(b"files")
    if listed is None:
        files: tuple[PieceFile, ...] = (PieceFile((name,), _size(info), 0),)
    else:
        assert isinstance(listed, list)  # read_info has seen to it
        files = tuple(_files(listed))
    total = files[-1].end
    if len(hashes) // HASH != -(-total // length):
        raise UsageError("The torrent file has not as many pieces as its files need.")
    return TorrentPieces(name, length, hashes, files, single=listed is None)


def check_path(parts: tuple[bytes, ...]) -> None:
    """Raises UsageError for a path that is empty, absolute, or leads out of its folder."""
    if not parts or any(part in (b"", b".", b"..") or b"/" in part or b"\0" in part for part in parts):
        raise UsageError("A path in the torrent leads out of its folder, or is empty.", "Nothing of it is fetched.")


def _files(listed: list[Value]) -> Iterator[PieceFile]:
    at = 0
    for facts in listed:
        assert isinstance(facts, dict)
        raw = facts.get(b"path") or facts.get(b"path.utf-8")
        parts = tuple(part for part in raw if isinstance(part, bytes)) if isinstance(raw, list) else ()
        attributes = facts.get(b"attr")
        padding = isinstance(attributes, bytes) and b"p" in attributes
        if not padding:
            check_path(parts)
        yield PieceFile(parts, _size(facts), at, padding)
        at += _size(facts)


def _size(facts: dict[bytes, Value]) -> int:
    size = facts.get(b"length")
    return size if isinstance(size, int) else 0
