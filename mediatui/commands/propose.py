"""A plan from the request to its end: made, guarded, stored, applied, resumed. A face only asks and shows."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mediatui.changes.apply import ApplyOptions
from mediatui.changes.guard import check_removals, check_shares
from mediatui.changes.steps.stored import read_steps
from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.commands.command import Command, load
from mediatui.commands.job_kinds import APPLY
from mediatui.model.errors import GuardTripped, UsageError
from mediatui.model.plan import JobLane, Plan, StepOutcome, StoredStep, lane_of
from mediatui.store.changes.journal import (
    Batch,
    end_batch,
    failed_batches,
    failed_undos,
    raise_limit,
    read_batch,
    unfinished_batches,
)
from mediatui.store.jobs import is_alive, read_holder

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.runtime.jobs import Job
    from mediatui.settings import Settings


async def plan_of(command: Command, workspace: Workspace, options: Any, answer: Answer) -> Plan:
    """The plan a command makes with its options; raises what it refuses."""
    plan: Plan = await load(f"commands.{command.plan}")(workspace, options, answer)
    return plan


async def needs_number(workspace: Workspace, plan: Plan) -> bool:
    """Whether a guard of numbers would stop the plan unless a person types how many things go."""
    return await workspace.read(_is_stopped, workspace.settings, plan)


def _is_stopped(connection: sqlite3.Connection, settings: Settings, plan: Plan) -> bool:
    unlinks = [step for step in plan.steps if isinstance(step, UnlinkSymlink)]
    try:
        check_removals(plan.removals, plan.looked_at, settings, None)
        if plan.looked_at is not None:
            check_shares(connection, settings, unlinks, None)
    except GuardTripped:
        return True
    return False


async def store(workspace: Workspace, plan: Plan, allowed: int | None) -> int:
    """Stores a plan to be applied and returns the number of its batch; ``allowed`` is the limit on what may go that a
    person typed. Raises UsageError, before anything is stored, for a token that is missing or cannot be one."""
    if plan.lane == "account":
        workspace.connect()
    return await workspace.store_plan(plan, allowed)


def start(
    workspace: Workspace, lane: JobLane, batch: int, *, retry_failed: bool = False, just_made: bool = False
) -> Job:
    """Begins to apply a stored batch; the options are those of ``ApplyOptions``."""
    return workspace.runner.start(APPLY[lane], ApplyOptions(batch, retry_failed, just_made))


async def drop_unbegun(workspace: Workspace, number: int) -> None:
    """Drops a batch that a guard or another mediatui kept from beginning: the journal holds what was done."""
    batch = await workspace.read(read_batch, number)
    if batch is not None and batch.state == "planned":
        async with workspace.db.transaction() as connection:
            await end_batch(connection, number, "dropped", time.time())


async def find_unfinished(workspace: Workspace) -> list[Batch]:
    """The batches that were begun and not ended, none while another mediatui may be working on them."""
    for lane in APPLY:
        holder = await workspace.read(read_holder, lane)
        if holder is not None and is_alive(holder, time.time()):
            return []
    return await workspace.read(unfinished_batches)


async def find_batch(workspace: Workspace, number: int) -> Batch:
    """A batch of the journal; raises UsageError for one that does not exist."""
    batch = await workspace.read(read_batch, number)
    if batch is None:
        raise UsageError(f"There is no batch {number}.", "List them with: mediatui --headless journal")
    return batch


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left of a batch, with what failed when that is to be tried again (``retry_failed``)."""

    batch: Batch
    steps: Sequence[StoredStep]
    retry_failed: bool

    @property
    def lane(self) -> JobLane:
        """The lane its steps need."""
        return lane_of([stored.step for stored in self.steps])


async def find_remainder(workspace: Workspace, number: int | None, *, failed: bool) -> Remainder | None:
    """What is left of a batch, by default of the oldest one with something left, with ``failed`` else of the newest one
    with steps that failed; None when none has. An undo is always wanted to its end. Raises UsageError for a batch that
    does not exist."""
    if number is None:
        unfinished = await workspace.read(unfinished_batches) or await workspace.read(failed_undos)
        if failed and not unfinished:
            unfinished = await workspace.read(failed_batches)
        if not unfinished:
            return None
        number = unfinished[0].batch
    batch = await find_batch(workspace, number)
    failed = failed or batch.undoes is not None
    outcomes: tuple[StepOutcome, ...] = ("planned", "acting", "failed") if failed else ("planned", "acting")
    return Remainder(batch, await workspace.read(read_steps, number, outcomes), failed)


async def resume(workspace: Workspace, remainder: Remainder, allowed: int | None = None) -> Job:
    """Resumes a batch; ``allowed`` is a limit on what may go that a person typed now. Raises UsageError for a
    token that is missing or cannot be one."""
    if remainder.lane == "account":
        workspace.connect()
    if allowed is not None:
        async with workspace.db.transaction() as connection:
            await raise_limit(connection, remainder.batch.batch, allowed)
    return start(workspace, remainder.lane, remainder.batch.batch, retry_failed=remainder.retry_failed)
