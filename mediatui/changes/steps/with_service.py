"""Asking Sonarr and Radarr in a step of a batch, with a stop that does not wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from mediatui.changes.step_run import Outcome, StepRun, Stopped
from mediatui.model.errors import UsageError
from mediatui.runtime.events import Said
from mediatui.services.errors import ServiceError

if TYPE_CHECKING:
    from mediatui.services.arr.library import ArrLibrary


async def with_service(act: StepRun, name: str, work: Callable[[ArrLibrary], Awaitable[Outcome]]) -> Outcome:
    """What comes of ``work`` with a service; one that fails, or is no longer configured, is a failed step. Raises
    Stopped as soon as the batch is asked to stop: the next run checks what became of what was sent."""
    try:
        library = act.arrs.library(name)
    except UsageError as error:
        return Outcome("failed", error.sentence)
    library.arr.on_wait = lambda text: act.events.put_nowait(Said("info", text))
    task = asyncio.ensure_future(work(library))
    stop = asyncio.create_task(act.stopping.wait())
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Stopped
        return task.result()
    except (ServiceError, UsageError) as error:
        return Outcome("failed", error.sentence)
    finally:
        for one in (task, stop):
            one.cancel()
        await asyncio.gather(task, stop, return_exceptions=True)
