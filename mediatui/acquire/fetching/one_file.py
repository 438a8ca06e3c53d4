"""Fetching one file: looked at, resumed, streamed, its pieces proven on the way, wrong ones fetched once more."""

from __future__ import annotations

import contextlib
import os
import posixpath
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from mediatui.acquire.fetching.gate import Gate
from mediatui.acquire.fetching.part import Part, Record, is_piece_right, resume_at
from mediatui.acquire.fetching.stream import read_range, stream
from mediatui.acquire.fetching.writer import PartWriter
from mediatui.model.errors import StoreError, UsageError
from mediatui.model.human import counted
from mediatui.model.text import printable
from mediatui.model.torrent_pieces import PieceCheck, TorrentPieces, check_path
from mediatui.services.remote_files import RemoteFacts, RemoteFiles
from mediatui.services.sftp.errors import BadPiece, FileTaken, RemoteChanged, RemoteMissing, RemoteRefused, SeveralFit
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.services.remote_files import OpenRemoteFile

State = Literal["waiting", "fetching", "fetched", "done", "there", "failed"]
"""``fetched`` waits for files beside it that share a piece, ``there`` had been fetched before."""
NAME_BYTES: Final = 255
MOST_ENTRIES: Final = 100_000
NO_RECORD: Final = 1024 * 1024
"""Of a file up to this size no record is kept: it comes again as fast as that is written (bytes)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file to be fetched: its path there, its path here in parts, and of a torrent its position and size."""

    remote: bytes
    name: tuple[bytes, ...]
    position: int | None = None
    size: int | None = None


@dataclass(slots=True, eq=False)
class FileProgress:
    """How far a file is, in bytes: ``done`` lies here, ``came`` was read by this run. ``proven`` and ``provable`` count
    pieces. ``note`` says what was special, ``error`` why it failed."""

    wanted: Wanted
    size: int = 0
    done: int = 0
    came: int = 0
    proven: int = 0
    provable: int = 0
    state: State = "waiting"
    note: str = ""
    error: Exception | None = None


class Source:
    """Where files come from: only below ``roots``, where their links lead counted."""

    def __init__(
        self, files: RemoteFiles, roots: Sequence[bytes], gate: Gate, pieces: TorrentPieces | None = None
    ) -> None:
        self.files, self.gate, self.pieces = files, gate, pieces
        self._roots = tuple(roots)
        self._real: dict[bytes, bytes] = {}

    async def look(self, path: bytes, size: int | None = None) -> tuple[bytes, RemoteFacts]:
        """A regular file below the roots and where it really lies; a link is followed once. One that is not there by
        its bytes is the one beside it of the same name in another Unicode form, and of that size. Raises RemoteMissing,
        RemoteRefused, SeveralFit."""
        shown = printable(path.decode("utf-8", "surrogateescape"))
        if posixpath.normpath(path) != path or b"\0" in path or not is_below(path, self._roots):
            raise RemoteRefused(f"{shown} is not below seedbox.roots.", "Nothing outside of them is fetched.")
        folder, name = posixpath.split(path)
        try:
            facts = await self.files.lstat(path)
        except RemoteMissing:
            if size is None or (other := await self._other_form(folder, name, size)) is None:
                raise
            name, path = other, posixpath.join(folder, other)
            facts = await self.files.lstat(path)
        if facts.kind == "link":
            real = await self.files.real_path(path)
            facts = await self.files.lstat(real)
        else:
            real = posixpath.join(await self._real_path(folder), name)
        if not is_below(real, [await self._real_path(root) for root in self._roots]):
            raise RemoteRefused(f"{shown} leads out of seedbox.roots.", "It is not fetched.")
        if facts.kind != "file":
            raise RemoteRefused(f"{shown} is no file, but a {_WORDS[facts.kind]}.", "It is left out.")
        return real, facts

    async def _other_form(self, folder: bytes, name: bytes, size: int) -> bytes | None:
        """The only file of a folder whose name is the same after NFC, and whose size is that."""
        wanted = _normal(name)
        entries = await self.files.listing(folder, MOST_ENTRIES)
        fitting = [one.name for one in entries if one.facts.size == size and _normal(one.name) == wanted]
        if len(fitting) > 1:
            raise SeveralFit(f"{len(fitting)} files there fit {_shown(name)}.", "Say which one, or leave it out.")
        return fitting[0] if fitting else None

    async def _real_path(self, folder: bytes) -> bytes:
        """Where a folder leads, asked once; one that is not there leads nowhere else."""
        if folder not in self._real:
            try:
                self._real[folder] = await self.files.real_path(folder)
            except (RemoteMissing, RemoteRefused):
                self._real[folder] = folder
        return self._real[folder]


_WORDS: Final = {"link": "link to a link", "folder": "folder", "other": "device, socket or pipe", "file": "file"}


def is_below(path: bytes, roots: Sequence[bytes]) -> bool:
    """Whether a path lies strictly below one of some folders, by whole parts."""
    return any(path.startswith(root.rstrip(b"/") + b"/") and len(path) > len(root.rstrip(b"/")) + 1 for root in roots)


class FileFetch:
    """The fetch of one file into ``folder``; ``way`` is the connection it takes."""

    def __init__(self, source: Source, folder: Path, progress: FileProgress, way: int = 0) -> None:
        wanted = progress.wanted
        check_path(wanted.name)
        self._source, self._progress, self._way, self._wanted = source, progress, way, wanted
        self.part = Part(folder.joinpath(*map(_local_name, wanted.name[:-1])), wanted.name[-1], wanted.remote)
        self._pieces = source.pieces if wanted.position is not None else None
        self._position = wanted.position or 0
        self._facts = RemoteFacts("file", 0, 0)

    @property
    def needs_borders(self) -> bool:
        """Whether it shares pieces with the files beside it."""
        return self._pieces is not None and bool(self._pieces.borders(self._position))

    @property
    def wanted(self) -> Wanted:
        """What is fetched."""
        return self._wanted

    @property
    def is_named(self) -> bool:
        """Whether the file has its name already: then it is not written to any more."""
        return self._progress.state in ("there", "done")

    def read_here(self, offset: int, size: int) -> bytes:
        """Some of the bytes that are here, fewer when there are fewer. Blocks; raises StoreError."""
        try:
            with open(self.part.final if self.is_named else self.part.file.part, "rb") as stream:
                stream.seek(offset)
                return stream.read(size)
        except OSError as error:
            raise StoreError(f"{self.part.final} cannot be read ({error.strerror}).") from error

    def write_here(self, data: bytes, offset: int) -> None:
        """Writes over bytes of the part. Blocks; raises StoreError."""
        self.part.open()
        try:
            self.part.file.put(data, offset)
        finally:
            self.part.file.close()

    async def run(self) -> None:
        """Fetches until every byte is here and every piece of its own is right. Raises ServiceError, StoreError; what
        came is kept."""
        progress = self._progress
        progress.state, progress.error = "fetching", None
        path, self._facts = await self._source.look(self._wanted.remote, self._wanted.size)
        if posixpath.basename(path) != posixpath.basename(self._wanted.remote) and progress.note == "":
            progress.note = f"there it is {_shown(posixpath.basename(path))}"
        progress.size = self._facts.size
        if self._pieces is not None:
            progress.provable = len(self._pieces.inner(self._position)) + len(self._pieces.borders(self._position))
        if self._wanted.size not in (None, self._facts.size):
            raise RemoteMissing(
                f"{_shown(path)} has {self._facts.size:,} bytes, the torrent says {self._wanted.size:,}.",
                "Have the seedbox check it again.",
            )
        begun = await in_thread(self._begin)
        if begun is None:
            progress.state, progress.done = "there", progress.size
            return
        whole = False
        try:
            await self._fetch(path, *begun)
            whole = not self.needs_borders
        finally:
            await in_thread(self._complete if whole else self.part.file.close)

    def complete_again(self) -> None:
        """Gives a file its name, once what it shares with others is proven. Blocks; raises FileTaken, StoreError."""
        self.part.open()
        self._complete()

    def _complete(self) -> None:
        try:
            self.part.complete(self._facts.mtime)
        except UsageError as error:
            raise FileTaken(error.message, error.hint) from error
        finally:
            self.part.file.close()
        self._progress.state = "done"

    def _begin(self) -> tuple[Record, int] | None:
        """Opens the part and says what is known of it, and where to go on; None where the file is here already."""
        if self._is_there():
            return None
        self.part.open()
        try:
            return self._resume()
        except BaseException:
            self.part.file.close()
            raise

    async def _fetch(self, path: bytes, record: Record, start: int) -> None:
        facts, progress = self._facts, self._progress
        progress.done = start
        check = None if self._pieces is None else PieceCheck(self._pieces, self._position, start)
        proven = self._inner_before(start) - len(record.wrong)
        remote = await self._source.files.open(path, self._way)
        writer = PartWriter(self.part, record, check)
        ended = False
        try:
            async with contextlib.aclosing(stream(remote, start, facts.size, self._source.gate)) as pieces:
                async for data in pieces:
                    progress.came += len(data)
                    progress.done += len(data)
                    await writer.put(data)
                    progress.proven = proven + (check.right if check is not None else 0)
            await writer.drain()
            if check is not None:
                record.wrong, check.wrong = record.wrong + check.wrong, []
            progress.proven = proven + (check.right if check is not None else 0)
            await self._mend(remote, record)
            ended = True
        finally:
            await writer.close(record=facts.size > NO_RECORD and (not ended or self.needs_borders))
            await remote.close()
        await self._look_again(path, facts)

    def _resume(self) -> tuple[Record, int]:
        """What is known of the part, and where to go on. A part of another file there begins anew."""
        facts, file = self._facts, self.part.file
        record = self.part.read_record()
        if record is not None and not record.fits(facts):
            self._progress.note = "it has changed there: fetched anew"
            record = None
        start = resume_at(file, record, self._pieces, self._position)
        if file.have != start:
            file.keep(start)
        wrong = [] if record is None else [one for one in record.wrong if self._end_of(one) <= start]
        return Record(facts.size, facts.mtime, start, wrong), start

    async def _mend(self, remote: OpenRemoteFile, record: Record) -> None:
        """Fetches the wrong pieces once more. Raises BadPiece for those that are wrong again."""
        if self._pieces is None or not record.wrong:
            return
        still = []
        begin = self._pieces.files[self._position].start
        for piece in list(record.wrong):
            start, end = self._pieces.span(piece)
            data = await read_range(remote, start - begin, end - start, self._source.gate)
            self._progress.came += len(data)
            await in_thread(lambda data=data, at=start - begin: self.part.file.put(data, at))  # type: ignore[misc]
            if await in_thread(lambda piece=piece: is_piece_right(self.part.file, self._pieces, piece, begin)):  # type: ignore[misc]
                record.wrong.remove(piece)
                self._progress.proven += 1
            else:
                still.append(piece)
        if still:
            name = _shown(self._wanted.name[-1])
            raise BadPiece(
                f"{counted(len(still), 'piece')} of {name} came twice and differs from the torrent: {still[0]}.",
                "Fetch it again, or have the seedbox check it.",
                tuple(still),
            )

    async def _look_again(self, path: bytes, facts: RemoteFacts) -> None:
        """Raises RemoteChanged when the file is not any more what was fetched."""
        now = await self._source.files.lstat(path)
        if (now.kind, now.size, now.mtime) != (facts.kind, facts.size, facts.mtime):
            raise RemoteChanged(f"{_shown(path)} changed while it was fetched.", "It is fetched anew.")

    def _is_there(self) -> bool:
        """Whether the file is here already: of the same size, and of the pieces of the torrent, or of the same time.
        Raises FileTaken for another one."""
        final = self.part.final
        try:
            found = os.lstat(final)
        except OSError:
            return False
        same = stat.S_ISREG(found.st_mode) and found.st_size == self._facts.size
        if same and self._pieces is not None:
            same = self._is_proven(final)
        elif same:
            same = int(found.st_mtime) == self._facts.mtime
        if not same:
            raise FileTaken(f"Another file has the name {printable(str(final))}.", "It is left as it is; remove it.")
        return True

    def _is_proven(self, final: Path) -> bool:
        """Whether the inner pieces of a file here are right."""
        assert self._pieces is not None
        check = PieceCheck(self._pieces, self._position)
        with open(final, "rb") as stream:
            while data := stream.read(1024 * 1024):
                check.update(data)
        self._progress.proven = check.right
        return not check.wrong

    def _inner_before(self, offset: int) -> int:
        if self._pieces is None:
            return 0
        begin, inner = self._pieces.files[self._position].start, self._pieces.inner(self._position)
        return sum(self._end_of(piece) <= offset for piece in inner) if begin >= 0 else 0

    def _end_of(self, piece: int) -> int:
        assert self._pieces is not None
        return self._pieces.span(piece)[1] - self._pieces.files[self._position].start


def _normal(name: bytes) -> str:
    return unicodedata.normalize("NFC", name.decode("utf-8", "surrogateescape"))


def _local_name(name: bytes) -> str:
    """A name of a folder here: the same bytes, cut where it is too long."""
    return os.fsdecode(name[:NAME_BYTES])


def _shown(name: bytes) -> str:
    return printable(name.decode("utf-8", "surrogateescape"))
