"""What an earlier run left of a file: its part, and beside it a record of what of that is known."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mediatui.model.errors import StoreError
from mediatui.model.file_name import shortened
from mediatui.model.torrent_pieces import TorrentPieces
from mediatui.services.remote_files import RemoteFacts
from mediatui.system.partial_file import PartialFile
from mediatui.system.private_files import write_private

MOST_BYTES: Final = 16 * 1024 * 1024


@dataclass(slots=True)
class Record:
    """Of which remote file a part is (``size`` and ``mtime`` as they were), how many of its bytes are on the disk, and
    which pieces of those are known to be wrong."""

    size: int
    mtime: int
    flushed: int = 0
    wrong: list[int] = field(default_factory=list)

    def fits(self, facts: RemoteFacts) -> bool:
        """Whether the remote file is still that one."""
        return (self.size, self.mtime) == (facts.size, facts.mtime)


class Part:
    """The part of the file ``name`` in ``folder`` that comes from ``remote``. Every call may block, and raises
    StoreError, or Busy while another mediatui fetches the same."""

    def __init__(self, folder: Path, name: bytes, remote: bytes) -> None:
        self._key = hashlib.sha256(remote).hexdigest()[:8]
        self._name = shortened(os.fsdecode(name))
        self.final = folder / self._name
        self.file = self._closed()
        self._record = folder / shortened(self._name, f".{self._key}.state")

    def _closed(self) -> PartialFile:
        return PartialFile(self.final.parent, self._name, self._key)

    def open(self) -> None:
        """Opens the part, again after it was closed, or begins it in a folder that is made where it is missing."""
        _make_folder(self.final.parent)
        self.file = self._closed()
        self.file.open()

    def read_record(self) -> Record | None:
        """The record, None where there is none that can be read."""
        try:
            with open(self._record, encoding="ascii") as stream:
                read = json.loads(stream.read(MOST_BYTES))
            wrong = [int(one) for one in read["wrong"]]
            return Record(int(read["size"]), int(read["mtime"]), int(read["flushed"]), wrong)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def flush(self, record: Record) -> None:
        """Brings what is there to the disk, then keeps the record of it."""
        self.file.sync()
        text = json.dumps(
            {"size": record.size, "mtime": record.mtime, "flushed": record.flushed, "wrong": record.wrong}
        )
        write_private(self._record, text)

    def complete(self, mtime: int) -> None:
        """Gives the file its name. Raises UsageError when something has it by now."""
        self.file.complete(mtime)
        self.forget()

    def forget(self) -> None:
        """Removes the record."""
        with contextlib.suppress(OSError):
            os.unlink(self._record)


def resume_at(part: PartialFile, record: Record | None, pieces: TorrentPieces | None, position: int) -> int:
    """From which byte on to fetch: what is recorded as on the disk, back to where a piece begins, and further while the
    piece before is not what the torrent says. Blocks while it reads those."""
    have = min(part.have, record.flushed if record is not None else 0)
    if pieces is None:
        return have
    assert record is not None or have == 0
    start = pieces.files[position].start
    inner = pieces.inner(position)
    size = pieces.files[position].size
    at = have if have == size else _piece_start(pieces, inner, start, have)
    known_wrong = set(record.wrong) if record is not None else set()
    while at > 0:
        last = _last_before(pieces, inner, start, at)
        if last is None or last in known_wrong or is_piece_right(part, pieces, last, start):
            return at
        at = max(0, pieces.span(last)[0] - start)
    return 0


def is_piece_right(part: PartialFile, pieces: TorrentPieces, piece: int, start: int) -> bool:
    """Whether a piece that lies wholly in a part is right there; ``start`` is where its file begins."""
    begin, end = pieces.span(piece)
    data = part.read(begin - start, end - begin)
    return pieces.is_right(piece, hashlib.sha1(data, usedforsecurity=False).digest())


def _piece_start(pieces: TorrentPieces, inner: range, start: int, have: int) -> int:
    """The last place at or before ``have`` where an inner piece begins or ends; 0 without one."""
    if not inner:
        return 0
    piece = min((start + have) // pieces.length, inner.stop)
    return max(0, pieces.length * piece - start) if piece >= inner.start else 0


def _last_before(pieces: TorrentPieces, inner: range, start: int, at: int) -> int | None:
    """The last inner piece that ends at or before ``at``."""
    for piece in range(min((start + at) // pieces.length, inner.stop - 1), inner.start - 1, -1):
        if pieces.span(piece)[1] - start <= at:
            return piece
    return None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The folder {folder} cannot be made ({error.strerror}).", "Check staging.folder.") from error
