"""What a step works with: the services, and the journal that is written before anything is done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from mediatui.model.plan import Step
from mediatui.runtime.context import Context
from mediatui.runtime.events import Changed, Event, Said, Waiting
from mediatui.services.errors import Exhausted, Refused, SlowDown, Unreachable
from mediatui.store.changes.journal import NOTIFIED, Line, LineOutcome, close_line, end_line, open_line, read_lines

if TYPE_CHECKING:
    from mediatui.changes.arr_clients import ArrClients
    from mediatui.model.account import DebridAccount

Ended = Literal["done", "skipped", "failed", "planned"]
"""A step that ends as planned waits for something: it is left to a later run, and the batch goes on."""
ENDS_BATCH = (Refused, Unreachable, SlowDown, Exhausted)
"""What would meet every other step too: it ends the batch, and the step is left to the next run."""


class Stopped(Exception):
    """The step was asked to stop while it only waited; it is as it was and can be resumed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended and, unless ``done`` says it all, why. ``already``: it was skipped because things are as it was
    to make them, or can never be so again. ``apart`` are the words under which it is counted in the summary, when those
    of ``ended`` would say too much. ``guarded``: a guard kept it from being done."""

    ended: Ended
    reason: str = ""
    already: bool = False
    apart: str = ""
    guarded: bool = False


@dataclass(slots=True)
class StepRun:
    """One step being done. Every change goes between ``before`` and ``after``, so that a program that is killed
    leaves a line which says what was begun."""

    ctx: Context
    batch: int
    position: int
    step: Step
    arrs: ArrClients
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    status: str = ""
    ahead: int | None = None
    """The number of the line that was written for this step together with those of other steps, until it is begun."""
    called_off: list[int] = field(default_factory=list)
    """The positions of earlier steps of the batch that this one undid: they have failed after all."""

    @property
    def account(self) -> DebridAccount:
        """The account of the archive."""
        return self.ctx.account

    async def lines(self, *, undone: bool = False) -> list[Line]:
        """What the journal holds of this step: more than nothing when it was begun before. What was ``undone``
        counts as never begun unless it is asked for: done again it gets lines that can be undone again."""
        lines = await self.ctx.db.read(read_lines, self.batch, self.position)
        return [line for line in lines if line.seq != self.ahead and (undone or line.undone_at is None)]

    async def before(self, kind: str, what: str, record: Mapping[str, object]) -> int:
        """Commits what is about to be done and what undoes it; returns the line's number. It is on the disk before
        anything is done: a machine that loses its power must not come back with the change and without the line. One
        that was written ahead (``changes.ahead``) is there already."""
        if self.ahead is not None:
            seq, self.ahead = self.ahead, None
            return seq
        async with self.ctx.db.transaction(synced=True) as connection:
            return await open_line(connection, self.batch, self.position, kind, what, record, self.ctx.clock())

    async def after(self, seq: int, outcome: LineOutcome, **result: object) -> None:
        """Commits how it ended: closes the line."""
        await self.ctx.db.write(end_line, self.batch, seq, outcome, result)

    async def note(self, kind: str, record: Mapping[str, object]) -> None:
        """Commits that another program was notified; there is nothing to undo."""
        async with self.ctx.db.transaction() as connection:
            now = self.ctx.clock()
            seq = await open_line(connection, self.batch, self.position, kind, self.step.what, {}, now)
            await close_line(connection, self.batch, seq, NOTIFIED, record)

    def changed(self, ids: Sequence[str]) -> None:
        """Reports that rows of the archive changed."""
        self.events.put_nowait(Changed("torrents", tuple(ids)))

    def report_wait(self, reason: str, seconds: float, first: str = "") -> None:
        """Reports that the step waits for so long (as ``pause`` does) and why; ``first`` is a sentence said when
        waits for this reason begin."""
        if first:
            self.events.put_nowait(Said("info", f"{self.step.what}: {first}"))
        self.report_status(reason)
        self.events.put_nowait(Waiting(reason, time.time() + seconds * self.scale))

    def report_status(self, status: str) -> None:
        """Says what the step is doing now."""
        self.status = status

    @property
    def scale(self) -> float:
        """By how much waits are shortened where the request window is (simulators and benchmarks)."""
        return min(1.0, self.ctx.settings.account.window_s / 60.0)

    async def pause(self, seconds: float, *, scaled: bool = True) -> None:
        """Waits, shorter when the request window is unless not ``scaled``; raises Stopped as soon as the batch is asked
        to stop."""
        try:
            async with asyncio.timeout(seconds * self.scale if scaled else seconds):
                await self.stopping.wait()
        except TimeoutError:
            return
        raise Stopped
