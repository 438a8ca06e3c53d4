"""Runs blocking work in daemon threads, and brings its results to the event loop; a hanging thread blocks nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from mediatui.model.errors import MediatuiError

Item = TypeVar("Item")


async def in_thread(function: Callable[[], Item]) -> Item:
    """``function()`` in a daemon thread of its own, which the end of the program does not wait for."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Item] = loop.create_future()

    def work() -> None:
        try:
            result = function()
        except Exception as raised:
            error = raised
            _post(loop, lambda: None if future.cancelled() else future.set_exception(error))
        else:
            _post(loop, lambda: None if future.cancelled() else future.set_result(result))

    threading.Thread(target=work, daemon=True).start()
    return await future


async def from_thread(batches: Callable[[], Iterator[Item]], stop: Callable[[], object]) -> AsyncIterator[Item]:
    """The items of a blocking iterator, produced in a daemon thread. ``stop`` is called when the consumer stops before
    the iterator has ended."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[Item | BaseException | None] = asyncio.Queue()
    ended = False
    room = threading.Semaphore(32)

    def work() -> None:
        end: BaseException | None = None
        try:
            for item in batches():
                room.acquire()
                _post(loop, lambda item=item: waiting.put_nowait(item))  # type: ignore[misc]  # bound at once
        except BaseException as error:
            end = error if isinstance(error, MediatuiError | OSError) else RuntimeError(str(error))
        _post(loop, lambda: waiting.put_nowait(end))

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


def _post(loop: asyncio.AbstractEventLoop, function: Callable[[], object]) -> None:
    """Schedules a call on the event loop, unless the loop has ended."""
    try:
        loop.call_soon_threadsafe(function)
    except RuntimeError:
        return
