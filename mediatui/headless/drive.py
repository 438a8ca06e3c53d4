"""Running one job to its end for a command: its events shown, interruptions obeyed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType

from mediatui.headless.output import INTERRUPTED, Describe, Output
from mediatui.runtime.events import Event, Finished
from mediatui.runtime.jobs import Job, JobKind, JobRunner, Options

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def drive_job(
    runner: JobRunner,
    kind: JobKind[Options],
    options: Options,
    output: Output,
    describe: Describe | None = None,
) -> int:
    """Starts a job, shows what it says, writes the result line, and returns the exit code.

    The first interruption (or a terminal that goes away) stops the job cleanly; a second one ends the process.
    """
    return output.finished(await follow_job(runner, runner.start(kind, options), output, describe))


async def follow_job(runner: JobRunner, job: Job, output: Output, describe: Describe | None = None) -> Finished:
    """Shows what a job that has just been started says, and returns how it ended."""

    def show(sender: Job, event: Event) -> None:
        if sender is job and not isinstance(event, Finished):
            output.event(event, describe)

    unobserve = runner.observe(show)
    with stop_on_signals(job, output):
        finished = await job.wait()
    unobserve()
    return finished


@contextlib.contextmanager
def stop_on_signals(job: Job, output: Output) -> Iterator[None]:
    """While it lasts, the first SIGINT, SIGTERM or SIGHUP cancels ``job`` and the second ends the process at once.

    Plain handlers, not the event loop's: they also work while the loop is busy.
    """
    loop = asyncio.get_running_loop()
    asked = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            os._exit(INTERRUPTED)
        asked = True
        loop.call_soon_threadsafe(output.said, "warning", "Stops after what is in flight; again to stop at once.")
        loop.call_soon_threadsafe(job.cancel)

    before = {number: signal.signal(number, stop) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
