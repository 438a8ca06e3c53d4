"""One job runner for both faces: lanes, cancel, persistence, observers.

A job is an async generator function ``work(context, options)`` that yields events. The runner gives it a lane
(``account`` and ``library`` run one job at a time, across processes too), a row in the database, and sends its events
to the observers.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from mediatui.model.errors import Busy, MediatuiError
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, Phase, Progress, Said, Started
from mediatui.store import jobs as rows
from mediatui.store.database import Database, find_damage

Options = TypeVar("Options")
Observer = Callable[["Job", Event], None]

KEPT_EVENTS = 500
PROGRESS_TO_DISK_S = 2.0
PACE_WINDOW_S = 90.0
"""Longer than the window in which requests are counted, so that the waits for it are part of the rate."""
LANE_POLL_S = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobKind(Generic[Options]):
    """A kind of job: its name, the lane it needs, and the async generator that does the work.

    ``options`` are a frozen dataclass; they are stored with the job as JSON. ``title`` says for people what runs, where
    that depends on the options.
    """

    name: str
    lane: str
    work: Callable[[Context, Options], AsyncGenerator[Event, None]]
    title: Callable[[Options], str] | None = None


class Pace:
    """Computes the rate and the time left from the progress of the last seconds."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def restart(self, now: float) -> None:
        """Begins a new phase, at 0: the time until its first progress counts, a wait of the budget too."""
        self._marks.clear()
        self._marks.append((now, 0))

    def measure(self, progress: Progress, now: float) -> Progress:
        """``progress`` with ``rate`` (items a second) and ``eta_s`` (seconds) filled in once they are known."""
        self._marks.append((now, progress.done))
        while len(self._marks) > 2 and now - self._marks[0][0] > PACE_WINDOW_S:
            self._marks.popleft()
        began, done = self._marks[0]
        elapsed = now - began
        if elapsed <= 0 or progress.done <= done or not progress.steady:
            return progress
        rate = (progress.done - done) / elapsed
        left = None if progress.total is None else max(0, progress.total - progress.done) / rate
        return dataclasses.replace(progress, rate=rate, eta_s=left)


@dataclass(eq=False)
class Job:
    """A started job: its last events, and how to wait for it or stop it."""

    number: int
    name: str
    lane: str
    title: str
    events: deque[Event] = field(default_factory=lambda: deque(maxlen=KEPT_EVENTS))
    id: int | None = None
    state: str = "waiting"
    phase: Phase | None = None
    progress: Progress | None = None
    waiting_for: str = ""
    left_lane: bool = False
    """Whether it has released its lane and waits for other programs."""
    finished: Finished | None = None
    _task: asyncio.Task[Finished] | None = None

    @property
    def running(self) -> bool:
        """Whether the job has not ended yet (it may still wait for its lane)."""
        return self.finished is None

    def cancel(self) -> None:
        """Asks the job to stop; what it did is kept."""
        if self._task is not None and not self._task.done():
            self._task.cancel()

    async def wait(self) -> Finished:
        """Waits for the end; a job that fails ends with a Finished event, never with an exception."""
        assert self._task is not None
        with contextlib.suppress(asyncio.CancelledError):
            return await asyncio.shield(self._task)
        if self.finished is None:  # the waiting task was cancelled, not the job
            raise asyncio.CancelledError
        return self.finished


class _Holds:
    """The locks of a job (``context.Holds``): ``held`` are released at its end, the ``lane`` then or earlier."""

    def __init__(
        self, runner: JobRunner, job: Job, held: contextlib.AsyncExitStack, lane: contextlib.AsyncExitStack
    ) -> None:
        self._runner, self._job, self._held, self._lane = runner, job, held, lane
        self._name = ""

    async def hold(self, name: str) -> None:
        if self._runner.is_held(name):
            raise Busy(f"Another job of this program is working on {name}.", "Wait for it to end, or stop it.")
        await self._held.enter_async_context(self._runner._lock(self._job, name, wait=False))
        self._name = name

    async def leave_lane(self) -> None:
        await self._runner._leave(self._job, self._lane, self._name)


class JobRunner:
    """Runs jobs in their lanes and reports their events to observers.

    ``wait_for_lane`` decides what happens when another process holds the lane: wait (a screen), or end at once with
    Busy (a headless run).
    """

    def __init__(
        self,
        db: Database,
        make_context: Callable[[int], Context],
        *,
        wait_for_lane: bool = True,
        requests_sent: Callable[[], int] = lambda: 0,
    ) -> None:
        self._db = db
        self._make_context = make_context
        self._wait_for_lane = wait_for_lane
        self._requests_sent = requests_sent
        self._observers: list[Observer] = []
        self._locks: dict[str, asyncio.Lock] = {}
        self._numbers = itertools.count(1)
        self.jobs: list[Job] = []

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Calls ``observer(job, event)`` for every event from now on; returns a function that stops it."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    @property
    def running(self) -> list[Job]:
        """Jobs that have not ended, oldest first."""
        return [job for job in self.jobs if job.running]

    def start(self, kind: JobKind[Any], options: object) -> Job:
        """Starts a job in the background; it waits for its lane there."""
        title = kind.title(options) if kind.title is not None else kind.name
        job = Job(next(self._numbers), kind.name, kind.lane, title)
        self.jobs = [*self.running, job]
        job._task = asyncio.create_task(self._run(job, kind, options), name=f"job {kind.name}")
        job._task.add_done_callback(lambda task: self._end(job, _cancelled(job)) if task.cancelled() else None)
        return job

    async def stop(self) -> None:
        """Cancels every job and waits until each has written how it ended."""
        for job in self.running:
            job.cancel()
        for job in self.running:
            await job.wait()

    def is_held(self, name: str) -> bool:
        """Whether a job of this process holds the lane or lock ``name``."""
        return name in self._locks and self._locks[name].locked()

    async def _leave(self, job: Job, lane: contextlib.AsyncExitStack, held: str) -> None:
        """Releases the lane of a job, which goes on under the lock ``held``; does nothing the second time."""
        if job.left_lane:
            return
        assert job.id is not None
        await self._db.write(rows.leave_lane, job.id, held)
        job.lane, job.left_lane = held, True
        await lane.aclose()

    def report(self, job: Job, event: Event) -> None:
        """Reports an event of ``job`` to every observer; an observer that fails is logged and does not stop the job."""
        job.events.append(event)
        for observer in list(self._observers):
            try:
                observer(job, event)
            except Exception:
                log.exception("an observer of job %s failed", job.name)

    async def _run(self, job: Job, kind: JobKind[Any], options: object) -> Finished:
        began = self._requests_sent()
        try:
            async with contextlib.AsyncExitStack() as held:
                lane = await held.enter_async_context(contextlib.AsyncExitStack())
                await lane.enter_async_context(self._lock(job, kind.lane, wait=self._wait_for_lane))
                job.id = await self._create(kind, options)
                job.state = "running"
                self.report(job, Started(job.title))
                ctx = self._make_context(job.id)
                ctx.holds = _Holds(self, job, held, lane)
                finished = await self._drive(job, kind.work(ctx, options))
                finished = await self._settle(job, finished, self._requests_sent() - began)
        except asyncio.CancelledError:
            finished = _cancelled(job)
        except MediatuiError as error:
            finished = _failed(error)
        except Exception as error:
            log.exception("job %s broke", job.name)
            finished = await self._broken(error)
        self._end(job, finished)
        return finished

    def _end(self, job: Job, finished: Finished) -> None:
        """Notes and reports how a job ended; a job that was cancelled before its first step reports nothing itself."""
        if job.finished is None:
            job.finished = finished
            job.state = finished.outcome
            self.report(job, finished)

    async def _drive(self, job: Job, work: AsyncGenerator[Event, None]) -> Finished:
        """Iterates the job to its end and turns whatever ends it into a Finished event."""
        assert job.id is not None
        pace = Pace()
        written = 0.0
        try:
            async with contextlib.aclosing(work) as events:
                async for event in events:
                    if isinstance(event, Finished):
                        return event
                    if isinstance(event, Phase):
                        pace.restart(time.monotonic())
                        job.phase, job.progress = event, None
                    elif isinstance(event, Progress):
                        event = pace.measure(event, time.monotonic())
                        job.progress = event
                        if time.monotonic() - written > PROGRESS_TO_DISK_S:
                            written = time.monotonic()
                            await self._note(job)
                    self.report(job, event)
        except asyncio.CancelledError:
            return _cancelled(job)
        except MediatuiError as error:
            return _failed(error)
        except Exception as error:
            log.exception("job %s broke", job.name)
            return await self._broken(error)
        return Finished("done", "")

    async def _create(self, kind: JobKind[Any], options: object) -> int:
        return await self._db.write(rows.create_job, kind.name, kind.lane, _plain(options), time.time())

    async def _note(self, job: Job) -> None:
        assert job.id is not None
        progress = job.progress
        await self._db.write(
            rows.note_progress,
            job.id,
            job.phase.name if job.phase else None,
            progress.done if progress else None,
            progress.total if progress else None,
        )

    async def _settle(self, job: Job, finished: Finished, requests: int) -> Finished:
        """Writes the end of the job; a full disk must not hide how the job ended."""
        assert job.id is not None
        finished = dataclasses.replace(finished, counts={**finished.counts, "requests": requests})
        with contextlib.suppress(MediatuiError):
            await self._db.write(
                rows.end_job,
                job.id,
                finished.outcome,
                now=time.time(),
                requests=requests,
                counts=finished.counts,
                summary=finished.summary,
                error=finished.error,
            )
        return finished

    async def _broken(self, error: Exception) -> Finished:
        """The end of a job with an unexpected error; a damaged archive is named as the cause when there is one."""
        damage = await asyncio.to_thread(find_damage, self._db.path)
        return _broken(error) if damage is None else _failed(damage)

    @contextlib.asynccontextmanager
    async def _lock(self, job: Job, name: str, *, wait: bool) -> AsyncIterator[None]:
        """Holds a lane, or another lock by its name, in this process and, by a row in the database, among processes.
        ``wait``: wait for another process that holds it, instead of raising Busy."""
        lock = self._locks.setdefault(name, asyncio.Lock())
        if lock.locked():
            job.waiting_for = f"another {name} job"
            self.report(job, Said("info", f"{job.name} waits for {job.waiting_for} to end."))
        async with lock:
            heart: asyncio.Task[None] | None = None
            try:
                await self._take(job, name, wait)
                heart = asyncio.create_task(self._beat(job, name))
                yield
            finally:
                if heart is not None:
                    heart.cancel()
                with contextlib.suppress(MediatuiError):
                    await self._db.write(rows.release_lane, name)

    async def _take(self, job: Job, name: str, wait: bool) -> None:
        label = f"The {name} lane" if name == job.lane else name.capitalize()
        said = False
        while True:
            holder = await self._db.write(rows.take_lane, name, job.name, time.time())
            if holder is None:
                job.waiting_for = ""
                return
            since = time.strftime("%H:%M", time.localtime(holder.since))
            who = f"another mediatui ({holder.job_name}, pid {holder.pid} on {holder.host}, since {since})"
            if not wait:
                raise Busy(f"{label} is held by {who}.", "Wait for it to end, or stop that process.")
            job.waiting_for = who
            if not said:
                said = True
                self.report(job, Said("warning", f"{job.name} waits for {who}."))
            await asyncio.sleep(LANE_POLL_S)

    async def _beat(self, job: Job, lane: str) -> None:
        """Writes heartbeats. A job that lost its lane, because another mediatui took it after too long without a
        heartbeat, stops: two must not run at the same time."""
        while True:
            await asyncio.sleep(rows.HEARTBEAT_S)
            with contextlib.suppress(MediatuiError):
                if not await self._db.write(rows.beat, lane, time.time()):
                    self.report(job, Said("error", f"{job.name} stops: another mediatui has taken over {lane}."))
                    job.cancel()
                    return


def _plain(options: object) -> Mapping[str, object]:
    return dataclasses.asdict(options) if dataclasses.is_dataclass(options) and not isinstance(options, type) else {}


def _cancelled(job: Job) -> Finished:
    where = ""
    counts: dict[str, object] = {}
    if job.phase is not None and job.progress is not None:
        amount = job.progress.amount
        total = "" if job.progress.total is None else f" of {amount(job.progress.total)}"
        where = f" at {amount(job.progress.done)}{total} ({job.phase.name})"
        counts = {"done": job.progress.done, "total": job.progress.total}
    return Finished(
        "cancelled",
        f"Stopped{where}; what was done is kept.",
        counts,
        error="Interrupted; what was done is kept.",
        error_kind="interrupted",
        exit_code=130,
    )


def _failed(error: MediatuiError) -> Finished:
    return Finished(
        "failed",
        error.message,
        error=error.message,
        error_kind=error.kind,
        hint=error.hint,
        exit_code=error.exit_code,
    )


def _broken(error: Exception) -> Finished:
    return Finished(
        "failed",
        "An unexpected error ended this job.",
        error=f"An unexpected error ended this job ({type(error).__name__}).",
        error_kind="internal",
        hint="The details are in the log.",
        exit_code=1,
    )
