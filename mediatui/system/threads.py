"""Blocking work of the library in daemon threads: batches come to the event loop, and nobody waits for a dead mount."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from mediatui.model.errors import MediatuiError

Item = TypeVar("Item")


async def in_thread(function: Callable[[], Item]) -> Item:
    """``function()`` in a daemon thread of its own, so that the end of the program never waits for it."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Item] = loop.create_future()

    def work() -> None:
        try:
            result = function()
        except Exception as raised:
            error = raised
            _tell(loop, lambda: None if future.cancelled() else future.set_exception(error))
        else:
            _tell(loop, lambda: None if future.cancelled() else future.set_result(result))

    threading.Thread(target=work, daemon=True).start()
    return await future


async def from_thread(batches: Callable[[], Iterator[Item]], stop: Callable[[], object]) -> AsyncIterator[Item]:
    """The items a blocking iterator gives, made in a daemon thread; ``stop`` ends it when nobody listens any more; an
    iterator that came to its end is not stopped."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[Item | BaseException | None] = asyncio.Queue()
    ended = False
    room = threading.Semaphore(32)

    def work() -> None:
        end: BaseException | None = None
        try:
            for item in batches():
                room.acquire()
                _tell(loop, lambda item=item: waiting.put_nowait(item))  # type: ignore[misc]  # bound at once
        except BaseException as error:
            end = error if isinstance(error, MediatuiError | OSError) else RuntimeError(str(error))
        _tell(loop, lambda: waiting.put_nowait(end))

    threading.Thread(target=work, daemon=True, name="library").start()
    try:
        while True:
            item = await waiting.get()
            if item is None:
                ended = True
                return
            if isinstance(item, BaseException):
                raise item
            room.release()
            yield item
    finally:
        if not ended:
            stop()
        for _ in range(64):
            room.release()


def _tell(loop: asyncio.AbstractEventLoop, function: Callable[[], object]) -> None:
    """Hands something to the event loop, unless that has ended."""
    try:
        loop.call_soon_threadsafe(function)
    except RuntimeError:
        return
