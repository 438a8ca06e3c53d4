"""Bringing into the library what is staged and may go on by itself: what a killed run left first, then what is due."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mediatui.acquire.importing.assign import Question
from mediatui.acquire.importing.catalog_facts import CatalogFacts, Key, read_catalog_facts
from mediatui.acquire.importing.plan import (
    ImportOptions,
    PlannedImport,
    is_staged,
    leftover_steps,
    plan_imports,
    service_of,
    targets_at_services,
    wanted_targets,
)
from mediatui.acquire.importing.through_arr.plan import plan_through_arr
from mediatui.acquire.mount.holds import hold_mount, note_mount_alive, present_hold, problem_in
from mediatui.acquire.rows import as_row
from mediatui.changes.apply import ApplyOptions, apply
from mediatui.changes.arr_holds import why_held
from mediatui.changes.steps.arr_import import sent_imports
from mediatui.changes.steps.arr_refresh import ArrRefresh
from mediatui.changes.steps.import_records import ArrImport, EndArrImport
from mediatui.changes.steps.importing import ImportStep
from mediatui.changes.steps.stored import read_steps
from mediatui.library.maintenance.job import find_places
from mediatui.library.maintenance.library_paths import LibraryPaths
from mediatui.model.arr import roots_of
from mediatui.model.errors import GuardTripped
from mediatui.model.human import counted
from mediatui.model.plan import Plan, Step
from mediatui.model.target import Target
from mediatui.model.transfer import Event as Happened
from mediatui.model.transfer import Hold, HoldKind, State, Transfer
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, Phase, Said
from mediatui.settings import Settings
from mediatui.store.changes.journal import Batch, set_outcome, store_plan, unfinished_batches
from mediatui.store.database import open_reader
from mediatui.store.transfers.change import MovedOn, change
from mediatui.store.transfers.files import files_of
from mediatui.store.transfers.holds import service_holds
from mediatui.store.transfers.replaced import replaced_by
from mediatui.store.transfers.rows import transfers_by_id, under_way
from mediatui.store.transfers.targets import targets_of
from mediatui.store.writer import run
from mediatui.system import own_process
from mediatui.system.threads import in_thread

COMMAND = "transfers import"
"""The command of the batches that import by themselves."""
LOOKS: Final = 2
"""A transfer is planned so often: again once its series was read anew."""


@dataclass(slots=True)
class _Applied:
    """The batches that this program has applied: while a job runs they are not among those that are unfinished."""

    batches: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class ImportDue:
    """The options of a run: it has none."""


def is_import_due(connection: sqlite3.Connection, settings: Settings, now: float) -> bool:
    """Whether a transfer could be imported now, or was being imported when a program ended."""
    if not settings.library.roots or settings.staging.folder is None or present_hold(connection, now) is not None:
        return False
    wanted = [
        one
        for one in under_way(connection, "debrid")
        if one.state in (State.IMPORTING, State.IMPORTED) or _is_due(one, now)
    ]
    left = [one for one in wanted if one.state == State.IMPORTED or not _is_left_alone(connection, one, now)]
    return bool(left)


def _is_left_alone(connection: sqlite3.Connection, transfer: Transfer, now: float) -> bool:
    """Whether the service that has what a transfer is for is asked for nothing now."""
    service = transfer.looked_after_by
    return bool(service) and any(why_held(connection, one, now) for one in (service, roots_of(service)))


def _is_due(transfer: Transfer, now: float) -> bool:
    return is_staged(transfer) and transfer.auto == "import" and transfer.has_target and transfer.is_due(now)


async def plan_staged(
    ctx: Context, transfers: Sequence[Transfer], options: ImportOptions
) -> tuple[list[PlannedImport], str]:
    """What becomes of staged transfers, and why a mount cannot be used (empty: all can). Raises UsageError."""
    places, away = await find_places(ctx)
    if away:
        return [], away[0]
    sorted_out = await _sort_out(ctx, transfers, options)
    planned = sorted_out.asked
    for service, wanted in sorted_out.services.items():
        planned += await plan_through_arr(ctx, service, wanted, options)
    planned += await _plan_links(ctx, places, sorted_out.others, options)
    order = {transfer.id: place for place, transfer in enumerate(transfers)}
    return sorted(planned, key=lambda one: order[one.transfer.id]), ""


@dataclass(slots=True)
class _SortedOut:
    """Transfers by how they are imported: those of each service with what they are for, ``others`` as links of ours,
    and those of which that is ``asked`` first."""

    services: dict[str, list[tuple[Transfer, Sequence[Target]]]] = field(default_factory=dict)
    others: list[Transfer] = field(default_factory=list)
    asked: list[PlannedImport] = field(default_factory=list)


async def _sort_out(ctx: Context, transfers: Sequence[Transfer], options: ImportOptions) -> _SortedOut:
    found = _SortedOut()
    for transfer in transfers:
        mapped = await ctx.db.read(targets_at_services, transfer.id, ctx.settings, options)
        is_swap = bool(await ctx.db.read(replaced_by, transfer.id))
        service = "" if is_swap else service_of(ctx.settings, mapped, options)
        if isinstance(service, Question):
            found.asked.append(PlannedImport(transfer, asks=service))
        elif service:
            found.services.setdefault(service, []).append((transfer, [one.target for one in mapped]))
        else:
            found.others.append(transfer)
    return found


async def _plan_links(
    ctx: Context, places: LibraryPaths, transfers: Sequence[Transfer], options: ImportOptions
) -> list[PlannedImport]:
    """What becomes of transfers whose links we place ourselves."""
    if not transfers:
        return []
    mapped = [one for transfer in transfers for one in await ctx.db.read(wanted_targets, transfer.id, options)]
    catalog = await read_catalog_facts(ctx, [one.target for one in mapped])
    known = (ctx.db.path, places, ctx.settings, transfers, options, ctx.clock(), catalog)
    return await own_process.run_apart(_read_and_plan, *known)


def _read_and_plan(
    database: Path,
    places: LibraryPaths,
    settings: Settings,
    transfers: Sequence[Transfer],
    options: ImportOptions,
    now: float,
    catalog: Mapping[Key, CatalogFacts],
) -> list[PlannedImport]:
    """What becomes of staged transfers. Runs in a process of its own: reading a big library takes seconds."""
    with contextlib.closing(open_reader(database)) as connection:
        return plan_imports(connection, places, settings, transfers, options, now, catalog)


async def import_due(ctx: Context, options: ImportDue) -> AsyncGenerator[Event, None]:
    """The job. Ends with exit code 1 when something waits for a person."""
    before = {one.id: one for one in await ctx.db.read(under_way, "debrid")}
    for batch in await ctx.db.read(unfinished_batches):
        if batch.undoes is None and await ctx.db.read(_is_carried_on, batch, ctx.clock()):
            async for event in _apply(ctx, batch.batch):
                yield event
    await _put_back(ctx, "start")
    async for event in _import_present(ctx):
        yield event
    done = asked = 0
    holds = await ctx.db.read(service_holds)
    for after in await ctx.db.read(transfers_by_id, before):
        was = before[after.id]
        if (after.state, after.hold) != (was.state, was.hold):
            done += after.state == State.DONE
            asked += after.hold.kind == HoldKind.CHOICE
            yield FoundRow("transfer", as_row(after, holds, ctx.clock(), await ctx.db.read(targets_of, after.id)))
    parts = [f"{counted(done, 'transfer')} imported"] if done else []
    parts += [f"{asked:,} to be looked at"] if asked else []
    said = ", ".join(parts) or "nothing imported"
    yield Finished(
        "partial" if asked else "done", f"{said[0].upper()}{said[1:]}.", {"imported": done, "asked": asked},
        exit_code=int(asked > 0),
    )  # fmt: skip


async def _import_present(ctx: Context) -> AsyncGenerator[Event, None]:
    """Imports what is due: what we place ourselves in one batch; through services one transfer after the other, each
    planned by what the one before has left."""
    present = await ctx.db.read(under_way, "debrid")
    due = [one for one in present if _is_due(one, ctx.clock())]
    steps: list[Step] = []
    for one in present:
        if one.state == State.IMPORTED:
            files = await ctx.db.read(files_of, one.id)
            steps += await in_thread(lambda one=one, files=files: leftover_steps(ctx.settings, one, files))  # type: ignore[misc]
    options = ImportOptions(by="job")
    services: dict[str, list[tuple[Transfer, Sequence[Target]]]] = {}
    if due:
        yield Phase("choosing where what is staged goes")
        places, away = await find_places(ctx)
        if away:
            await ctx.db.write(hold_mount, "mount-away", {"problem": problem_in(away[0])}, ctx.clock())
            yield Said("warning", away[0])
        else:
            await ctx.db.write(note_mount_alive, reads=False)
            sorted_out = await _sort_out(ctx, due, options)
            services = sorted_out.services
            for found in (*sorted_out.asked, *await _plan_links(ctx, places, sorted_out.others, options)):
                steps += found.steps
                await _hold(ctx, found)
    async for event in _do(ctx, steps):
        yield event
    said: set[str] = set()
    for service, wanted in services.items():
        for one_of_it in wanted:
            for _ in range(LOOKS):
                (found,) = await plan_through_arr(ctx, service, [one_of_it], options)
                await _hold(ctx, found)
                if found.away and found.away not in said:
                    said.add(found.away)
                    yield Said("warning", f"{found.away[0].upper()}{found.away[1:]}.")
                async for event in _do(ctx, found.steps):
                    yield event
                if not any(isinstance(step, ArrRefresh) for step in found.steps):
                    break


async def _do(ctx: Context, steps: Sequence[Step]) -> AsyncGenerator[Event, None]:
    """Does steps as a batch of their own."""
    if not steps:
        return
    count = sum(isinstance(step, ImportStep) and step.KIND == "close_import" for step in steps)
    plan = Plan(COMMAND, f"Import {counted(count, 'transfer')}", tuple(steps))
    async with ctx.db.transaction() as connection:
        batch_number = await store_plan(connection, plan, ctx.clock())
    async for event in _apply(ctx, batch_number):
        yield event


def _is_carried_on(connection: sqlite3.Connection, batch: Batch, now: float) -> bool:
    """Whether a batch that a killed run left is carried on: one of this job, or one whose import a service has taken;
    not while that service is left alone."""
    if sent := sent_imports(connection, batch.batch):
        held = [name for one in sent for name in (one.service, roots_of(one.service))]
        return not any(why_held(connection, name, now) for name in held)
    return batch.command == COMMAND


async def _hold(ctx: Context, found: PlannedImport) -> None:
    """Leaves a transfer to a person, or to a later time."""
    now = ctx.clock()
    hold = found.hold
    if found.asks is not None:
        hold = Hold(HoldKind.CHOICE, found.asks.code, found.asks.detail, since=now)
    if hold is not None:
        with contextlib.suppress(MovedOn):
            await ctx.db.write(change, found.transfer.id, Happened.HELD, "job", State.STAGED, hold=hold, now=now)


async def _apply(ctx: Context, batch: int) -> AsyncGenerator[Event, None]:
    """Applies a batch; what a guard keeps from being done waits for the mounts."""
    ctx.recall(_Applied).batches.add(batch)
    try:
        async for event in apply(ctx, ApplyOptions(batch, keeps_lane=True)):
            if not isinstance(event, Finished):
                yield event
    except GuardTripped as trip:
        await ctx.db.write(hold_mount, "mount-away", {"problem": problem_in(trip.message)}, ctx.clock())
        yield Said("warning", trip.message)
    finally:
        # What is left is not the batch's to carry on: the next run does what is due then. But what a service has
        # taken cannot be called back: its batch looks what became of it before anything is sent again.
        async with ctx.db.transaction() as connection:
            if not await run(connection, sent_imports, batch):
                for stored in await run(connection, read_steps, batch, ("planned",)):
                    await set_outcome(connection, batch, stored.position, "skipped", "left to the next run")
    await _put_back(ctx, "job")


async def _put_back(ctx: Context, who: str) -> None:
    """Puts transfers that are being imported by no batch back in staging; their links are looked at again then."""
    held: set[int] = set()
    batches = {one.batch for one in await ctx.db.read(unfinished_batches)} | ctx.recall(_Applied).batches
    for batch in sorted(batches):
        steps = await ctx.db.read(read_steps, batch, ("planned", "acting"))
        held |= {one.step.transfer for one in steps if isinstance(one.step, ImportStep | ArrImport | EndArrImport)}
    for one in await ctx.db.read(under_way, "debrid"):
        if one.state == State.IMPORTING and one.id not in held:
            with contextlib.suppress(MovedOn):
                await ctx.db.write(
                    change, one.id, Happened.NOT_IMPORTED, "start" if who == "start" else "job", State.IMPORTING,
                    State.STAGED, why="the import ended before all of it was there", now=ctx.clock(),
                )  # fmt: skip
