"""Bringing into the library what is staged and may go on by itself: what a killed run left first, then what is due."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mediatui.acquire.importing.plan import (
    ImportOptions,
    PlannedImport,
    is_staged,
    leftover_steps,
    plan_imports,
)
from mediatui.acquire.mount.holds import hold_mount, present_hold
from mediatui.acquire.rows import as_row
from mediatui.changes.apply import ApplyOptions, apply
from mediatui.changes.steps.importing import ImportStep
from mediatui.changes.steps.stored import read_steps
from mediatui.library.maintenance.job import find_places
from mediatui.library.maintenance.library_paths import LibraryPaths
from mediatui.model.errors import GuardTripped
from mediatui.model.human import counted
from mediatui.model.plan import Plan, Step
from mediatui.model.text import printable
from mediatui.model.transfer import Event as Happened
from mediatui.model.transfer import Hold, HoldKind, State, Transfer
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, Phase, Said
from mediatui.settings import Settings
from mediatui.store.changes.journal import set_outcome, store_plan, unfinished_batches
from mediatui.store.database import open_reader
from mediatui.store.transfers.change import MovedOn, change
from mediatui.store.transfers.files import files_of
from mediatui.store.transfers.holds import service_holds
from mediatui.store.transfers.rows import transfers_by_id, under_way
from mediatui.store.transfers.targets import targets_of
from mediatui.store.writer import run
from mediatui.system import own_process
from mediatui.system.threads import in_thread

COMMAND = "transfers import"
"""The command of the batches that import by themselves."""


@dataclass(frozen=True, slots=True)
class ImportDue:
    """The options of a run: it has none."""


def is_import_due(connection: sqlite3.Connection, settings: Settings, now: float) -> bool:
    """Whether a transfer could be imported now, or was being imported when a program ended."""
    if not settings.library.roots or settings.staging.folder is None or present_hold(connection, now) is not None:
        return False
    return any(
        one.state in (State.IMPORTING, State.IMPORTED) or _is_due(one, now) for one in under_way(connection, "debrid")
    )


def _is_due(transfer: Transfer, now: float) -> bool:
    return is_staged(transfer) and transfer.auto == "import" and transfer.has_target and transfer.is_due(now)


async def plan_staged(
    ctx: Context, transfers: Sequence[Transfer], options: ImportOptions
) -> tuple[list[PlannedImport], str]:
    """What becomes of staged transfers, and why a mount cannot be used (empty: all can). Raises UsageError."""
    places, away = await find_places(ctx)
    if away:
        return [], away[0]
    known = (ctx.db.path, places, ctx.settings, transfers, options, ctx.clock())
    return await own_process.run_apart(_read_and_plan, *known), ""


def _read_and_plan(
    database: Path,
    places: LibraryPaths,
    settings: Settings,
    transfers: Sequence[Transfer],
    options: ImportOptions,
    now: float,
) -> list[PlannedImport]:
    """What becomes of staged transfers. Runs in a process of its own: reading a big library takes seconds."""
    with contextlib.closing(open_reader(database)) as connection:
        return plan_imports(connection, places, settings, transfers, options, now)


async def import_due(ctx: Context, options: ImportDue) -> AsyncGenerator[Event, None]:
    """The job. Ends with exit code 1 when something waits for a person."""
    before = {one.id: one for one in await ctx.db.read(under_way, "debrid")}
    for batch in await ctx.db.read(unfinished_batches):
        if batch.command == COMMAND and batch.undoes is None:
            async for event in _apply(ctx, batch.batch):
                yield event
    await _put_back(ctx, "start")
    now = ctx.clock()
    present = await ctx.db.read(under_way, "debrid")
    due = [one for one in present if _is_due(one, now)]
    steps: list[Step] = []
    for one in present:
        if one.state == State.IMPORTED:
            files = await ctx.db.read(files_of, one.id)
            steps += await in_thread(lambda one=one, files=files: leftover_steps(ctx.settings, one, files))  # type: ignore[misc]
    asked = 0
    if due:
        yield Phase("choosing where what is staged goes")
        planned, away = await plan_staged(ctx, due, ImportOptions(by="job"))
        if away:
            await ctx.db.write(hold_mount, "mount-away", {"problem": away.rstrip(".")}, now)
            yield Said("warning", away)
        for found in planned:
            steps += found.steps
            if found.asks is not None:
                asked += 1
                await _ask(ctx, found)
    if steps:
        count = sum(isinstance(step, ImportStep) and step.KIND == "close_import" for step in steps)
        plan = Plan(COMMAND, f"Import {counted(count, 'transfer')}", tuple(steps))
        async with ctx.db.transaction() as connection:
            batch_number = await store_plan(connection, plan, now)
        async for event in _apply(ctx, batch_number):
            yield event
    done = 0
    holds = await ctx.db.read(service_holds)
    for after in await ctx.db.read(transfers_by_id, before):
        was = before[after.id]
        if (after.state, after.hold) != (was.state, was.hold):
            done += after.state == State.DONE
            yield FoundRow("transfer", as_row(after, holds, ctx.clock(), await ctx.db.read(targets_of, after.id)))
    parts = [f"{counted(done, 'transfer')} imported"] if done else []
    parts += [f"{asked:,} to be looked at"] if asked else []
    said = ", ".join(parts) or "nothing imported"
    yield Finished(
        "partial" if asked else "done", f"{said[0].upper()}{said[1:]}.", {"imported": done, "asked": asked},
        exit_code=int(asked > 0),
    )  # fmt: skip


async def _ask(ctx: Context, found: PlannedImport) -> None:
    """Leaves a transfer to a person."""
    assert found.asks is not None
    now = ctx.clock()
    hold = Hold(HoldKind.CHOICE, found.asks.code, found.asks.detail, since=now)
    with contextlib.suppress(MovedOn):
        await ctx.db.write(change, found.transfer.id, Happened.HELD, "job", State.STAGED, hold=hold, now=now)


async def _apply(ctx: Context, batch: int) -> AsyncGenerator[Event, None]:
    """Applies a batch; what a guard keeps from being done waits for the mounts."""
    try:
        async for event in apply(ctx, ApplyOptions(batch)):
            if not isinstance(event, Finished):
                yield event
    except GuardTripped as trip:
        await ctx.db.write(hold_mount, "mount-away", {"problem": printable(trip.message.rstrip("."))}, ctx.clock())
        yield Said("warning", trip.message)
    finally:  # what is left is not the batch's to carry on: the next run does what is due then
        async with ctx.db.transaction() as connection:
            for stored in await run(connection, read_steps, batch, ("planned",)):
                await set_outcome(connection, batch, stored.position, "skipped", "left to the next run")
    await _put_back(ctx, "job")


async def _put_back(ctx: Context, who: str) -> None:
    """Puts transfers that are being imported by no batch back in staging; their links are looked at again then."""
    held: set[int] = set()
    for batch in await ctx.db.read(unfinished_batches):
        steps = await ctx.db.read(read_steps, batch.batch, ("planned", "acting"))
        held |= {one.step.transfer for one in steps if isinstance(one.step, ImportStep)}
    for one in await ctx.db.read(under_way, "debrid"):
        if one.state == State.IMPORTING and one.id not in held:
            with contextlib.suppress(MovedOn):
                await ctx.db.write(
                    change, one.id, Happened.NOT_IMPORTED, "start" if who == "start" else "job", State.IMPORTING,
                    State.STAGED, why="the import ended before all of it was there", now=ctx.clock(),
                )  # fmt: skip
