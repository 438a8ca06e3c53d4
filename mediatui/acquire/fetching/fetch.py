"""Fetching the wanted files of a transfer: some at once over one connection or several, with one limit and one room.

A file has its name once every byte is here and every piece that can be proven is right; what shares a piece with the
file beside it waits for that. Whatever ends a fetch, parts stay, and the next one goes on from them.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mediatui.acquire.fetching.borders import Borders
from mediatui.acquire.fetching.gate import Gate
from mediatui.acquire.fetching.one_file import FileFetch, FileProgress, Source, Wanted
from mediatui.acquire.fetching.room import Room
from mediatui.model.errors import MediatuiError
from mediatui.model.torrent_pieces import TorrentPieces
from mediatui.services.remote_files import RemoteFiles
from mediatui.services.sftp.errors import (
    BadPiece,
    FileTaken,
    RemoteChanged,
    RemoteMissing,
    RemoteRefused,
    SeveralFit,
    SftpAway,
)
from mediatui.system.threads import in_thread

SMALL: Final = 1024 * 1024
AT_ONCE: Final = 32
"""So many small files count as one: each is little more than its round trips."""
BREAKS: Final = 3
BREAK_S: Final = 600.0
CHANGES: Final = 3
ROOM_S: Final = 60.0
_OF_A_FILE: Final = (RemoteMissing, RemoteRefused, RemoteChanged, SeveralFit, BadPiece, FileTaken)
"""What ends one file, and no other."""


@dataclass(slots=True)
class FetchProgress:
    """How far a fetch is. ``unproven`` are pieces that lie in files that are not wanted and could not be read."""

    files: list[FileProgress]
    unproven: set[int] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)
    _marks: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=64))

    @property
    def done(self) -> int:
        """The bytes that are here."""
        return sum(file.done for file in self.files)

    @property
    def total(self) -> int:
        """The bytes of all files, as far as they are known."""
        return sum(file.size or file.wanted.size or 0 for file in self.files)

    @property
    def came(self) -> int:
        """The bytes that this run read."""
        return sum(file.came for file in self.files)

    @property
    def whole(self) -> bool:
        """Whether every file is here and has its name."""
        return all(file.state in ("done", "there") for file in self.files)

    def rate(self, now: float, over_s: float = 10.0) -> float:
        """Bytes a second, the mean of the last seconds between the calls of this."""
        self._marks.append((now, self.came))
        while len(self._marks) > 2 and now - self._marks[0][0] > over_s:
            self._marks.popleft()
        since, before = self._marks[0]
        return (self.came - before) / (now - since) if now > since else 0.0


class Fetch:
    """The fetch of ``wanted`` files into ``folder``. ``unwanted`` are the paths there of the torrent's other files, by
    position: where they end in a piece of a wanted one, that bit is read for the proof."""

    def __init__(
        self,
        files: RemoteFiles,
        folder: Path,
        wanted: Sequence[Wanted],
        *,
        roots: Sequence[bytes],
        room: Room,
        gate: Gate | None = None,
        pieces: TorrentPieces | None = None,
        unwanted: Mapping[int, bytes] | None = None,
        parallel: int = 2,
        retry_s: float = 1.0,
    ) -> None:
        """Raises UsageError for names that lead out of the folder."""
        self.gate = gate or Gate()
        self.progress = FetchProgress([FileProgress(one, size=one.size or 0) for one in wanted])
        self._room, self._parallel, self._retry_s = room, parallel, retry_s
        self._source = Source(files, roots, self.gate, pieces)
        self._jobs = list(_jobs(self.progress.files))
        self._fetches = {
            file: FileFetch(self._source, folder, file, way) for way, job in enumerate(self._jobs) for file in job
        }
        self._borders: Borders | None = None
        if pieces is not None:
            by_position = {
                file.wanted.position: fetch for file, fetch in self._fetches.items() if file.wanted.position is not None
            }
            self._borders = Borders(pieces, files, self.gate, by_position, unwanted or {})
        self._by_position = {file.wanted.position: file for file in self.progress.files}
        self._left_of = {piece: len(at) for piece, at in self._borders.files_of.items()} if self._borders else {}
        self._right: dict[int, bool | None] = {}

    async def run(self) -> FetchProgress:
        """Fetches what is not here yet. A file that fails by itself is said in its progress; raises SftpAway, NoSpace
        and StoreError for what concerns all. Cancelled, it keeps what came."""
        self._room.claim(self, self._left)
        try:
            await self._room.check()
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(self._watch_room())
                await self._run_jobs()
                watching.cancel()
        except BaseExceptionGroup as errors:
            raise _first(errors) from errors
        finally:
            self._room.release(self)
        return self.progress

    def _left(self) -> int:
        return sum(
            max(0, (file.size or file.wanted.size or 0) - file.done)
            for file in self.progress.files
            if file.state in ("waiting", "fetching")
        )

    async def _watch_room(self) -> None:
        while True:
            await asyncio.sleep(ROOM_S)
            await self._room.check()

    async def _run_jobs(self) -> None:
        waiting = iter(self._jobs)

        async def work() -> None:
            for job in waiting:
                async with asyncio.TaskGroup() as group:
                    for file in job:
                        group.create_task(self._fetch_one(file))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._parallel, len(self._jobs))):
                group.create_task(work())

    async def _fetch_one(self, file: FileProgress) -> None:
        fetch = self._fetches[file]
        try:
            await self._again(file, fetch.run)
        except _OF_A_FILE as error:
            file.state, file.error = "failed", error
        if file.state == "fetching":
            file.state = "fetched"
        if self._borders is not None and file.wanted.position is not None:
            await self._settle(self._borders, file.wanted.position)

    async def _again(self, file: FileProgress, run: Callable[[], Awaitable[None]]) -> None:
        """Runs, again after a connection broke (three times in ten minutes at most) or the file changed."""
        breaks: list[float] = []
        changes = 0
        while True:
            try:
                return await run()
            except SftpAway:
                now = time.monotonic()
                breaks = [*(at for at in breaks if now - at < BREAK_S), now]
                if len(breaks) >= BREAKS:
                    raise
                await asyncio.sleep((len(breaks) - 1) * self._retry_s)
            except RemoteChanged:
                changes += 1
                if changes >= CHANGES:
                    raise
            file.note = file.note or "begun again"

    async def _settle(self, borders: Borders, position: int) -> None:
        """A file is here, or has failed: proves the pieces that no other file is waited for in, and gives names to the
        files that have become whole by that."""
        concerned = {position}
        for piece in borders.of_file[position]:
            self._left_of[piece] -= 1
            if self._left_of[piece]:
                continue
            beside = borders.files_of[piece]
            if not any(self._by_position[one].state == "failed" for one in beside):
                self._right[piece] = right = await borders.prove(piece)
                self.progress.unproven |= {piece} if right is None else set()
                concerned |= set(beside)
        whole = [one for one in sorted(concerned) if all(piece in self._right for piece in borders.of_file[one])]
        await self._complete(borders, [one for one in whole if self._by_position[one].state == "fetched"])

    async def _complete(self, borders: Borders, positions: Sequence[int]) -> None:
        right = []
        for position in positions:
            file, shared = self._by_position[position], borders.of_file[position]
            file.proven += sum(self._right[piece] is True for piece in shared)
            wrong = tuple(piece for piece in shared if self._right[piece] is False)
            if wrong:
                file.state = "failed"
                file.error = BadPiece(
                    f"Piece {wrong[0]} came twice and differs from the torrent; it lies in several files.",
                    "Fetch them again, or have the seedbox check it.", wrong,
                )  # fmt: skip
            else:
                right.append(file)

        def complete() -> None:
            for file in right:
                try:
                    self._fetches[file].complete_again()
                except FileTaken as error:
                    file.state, file.error = "failed", error

        if right:
            await in_thread(complete)


def _jobs(files: Iterable[FileProgress]) -> Iterable[list[FileProgress]]:
    """The files in their order, small ones together."""
    small: list[FileProgress] = []
    for file in files:
        if file.wanted.size is not None and file.wanted.size <= SMALL:
            small.append(file)
            if len(small) == AT_ONCE:
                yield small
                small = []
        else:
            yield [file]
    if small:
        yield small


def _first(errors: BaseExceptionGroup) -> BaseException:
    """One error of a group, however deep; one that is none of ours before others."""
    ours, rest = errors.split(MediatuiError)
    found: BaseException = rest or ours or errors
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
