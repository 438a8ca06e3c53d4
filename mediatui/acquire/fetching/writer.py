"""Writing and checking what comes, in threads: the event loop only hands over."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import time
from typing import Final

from mediatui.acquire.fetching.part import Part, Record
from mediatui.model.errors import MediatuiError, StoreError
from mediatui.model.human import size_text
from mediatui.model.torrent_pieces import PieceCheck
from mediatui.services.sftp.errors import NoSpace
from mediatui.system.threads import in_thread

BATCH: Final = 2 * 1024 * 1024
"""So many bytes at least go to a thread at once: each call there may wait for the loop's thread."""
MOST: Final = 12 * 1024 * 1024
"""More than that does not wait to be written: then no more is read."""
FLUSH_BYTES: Final = 64 * 1024 * 1024
FLUSH_S: Final = 5.0


class PartWriter:
    """Appends to a part, and checks its pieces meanwhile; now and then what is there is brought to the disk and
    recorded. ``close`` it however it ends."""

    def __init__(self, part: Part, record: Record, check: PieceCheck | None) -> None:
        self._part, self._record, self._check = part, record, check
        self._waiting: list[bytes] = []
        self._size = 0
        self._task: asyncio.Task[None] | None = None
        self._flush: asyncio.Task[None] | None = None
        self._flushed_at = time.monotonic()
        self._flushed_to = part.file.have

    async def put(self, data: bytes) -> None:
        """Takes bytes over. Raises StoreError, NoSpace of what was taken over before."""
        self._waiting.append(data)
        self._size += len(data)
        if (self._size >= BATCH and (self._task is None or self._task.done())) or self._size >= MOST:
            await self._begin()

    async def drain(self) -> None:
        """Waits until everything is written."""
        while self._waiting:
            await self._begin()
        if self._task is not None:
            await self._task

    async def close(self, *, record: bool) -> None:
        """Writes what waits still, if it can be; with ``record`` what is there is recorded, unless there is nothing."""
        with contextlib.suppress(MediatuiError):
            await self.drain()
        for task in (self._task, self._flush):
            if task is not None:
                await asyncio.gather(task, return_exceptions=True)
        if record and self._part.file.have:
            with contextlib.suppress(StoreError):  # a full disk: then less is known of what is there
                await in_thread(lambda: self._part.flush(self._noted()))

    async def _begin(self) -> None:
        if self._task is not None:
            await self._task
        batch, self._waiting, self._size = self._waiting, [], 0
        self._task = asyncio.create_task(in_thread(lambda: self._write(batch)))
        have = self._part.file.have
        due = have - self._flushed_to >= FLUSH_BYTES or (
            have > self._flushed_to and time.monotonic() - self._flushed_at >= FLUSH_S
        )
        if due and (self._flush is None or self._flush.done()):
            if self._flush is not None:
                await self._flush
            self._flushed_to, self._flushed_at = have, time.monotonic()
            record = self._noted()
            self._flush = asyncio.create_task(in_thread(lambda: self._part.flush(record)))

    def _noted(self) -> Record:
        """What is known now, while nothing is being written."""
        record = self._record
        wrong = sorted({*record.wrong, *(self._check.wrong if self._check is not None else ())})
        return Record(record.size, record.mtime, self._part.file.have, wrong)

    def _write(self, batch: list[bytes]) -> None:
        data = b"".join(batch)
        batch.clear()
        try:
            self._part.file.append(data)
            if self._check is not None:
                self._check.update(data)
        except StoreError as error:
            raise as_no_space(error, self._part) from error


def as_no_space(error: StoreError, part: Part) -> StoreError | NoSpace:
    """A full disk is said as such: it is waited for, and what is there stays."""
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpace(
            f"The disk of {part.final.parent} is full after {size_text(part.file.have)}.", "What is there is kept."
        )
    return error
