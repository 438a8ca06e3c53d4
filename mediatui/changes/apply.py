"""Applying a stored plan: guard, step by step, journal, report. Resumable at any point."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mediatui.changes.ahead import LinesAhead
from mediatui.changes.arr_clients import ArrClients
from mediatui.changes.folder_guard import KnownFolders
from mediatui.changes.guard import GUARD_EVERY, check_removals, check_shares, pointed
from mediatui.changes.hash_backup import write_hash_backup
from mediatui.changes.in_root_dir import OUTSIDE, expect_root, strerror
from mediatui.changes.left_roots import forget_left_roots
from mediatui.changes.mount_guard import check_mounts, check_mounts_of_moves, check_witnesses
from mediatui.changes.notify import append_notify_steps, plan_waited_for_again
from mediatui.changes.owner import check_owner
from mediatui.changes.roots import expect_places
from mediatui.changes.servers.note import moved_paths, write_end
from mediatui.changes.servers.watch_state import keep_watched
from mediatui.changes.step_run import ENDS_BATCH, Outcome, StepRun, Stopped
from mediatui.changes.steps.aside import recover_name
from mediatui.changes.steps.bases import ArrStep, LibraryStep
from mediatui.changes.steps.importing import PlaceInLibrary
from mediatui.changes.steps.moves import ArrPath, MovePath
from mediatui.changes.steps.registry import kind_of
from mediatui.changes.steps.staging import PlaceLink
from mediatui.changes.steps.store_file import StoreFile, within_step
from mediatui.changes.steps.stored import read_steps
from mediatui.changes.steps.symlinks import RelinkSymlink, UnlinkSymlink
from mediatui.changes.undo import Undoable, undoable
from mediatui.changes.view_refresh import refresh_before_removal
from mediatui.model.arr import NOTHING_FOUND
from mediatui.model.errors import GuardTripped, StoreError, UsageError
from mediatui.model.plan import Step, StepOutcome, StoredStep
from mediatui.model.text import printable
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, Phase, Progress, Said
from mediatui.services.errors import ServiceError
from mediatui.store.changes.journal import (
    Batch,
    Line,
    begin_batch,
    end_batch,
    lines_in,
    plan_again,
    read_batch,
)
from mediatui.store.jobs import lock_of_batch

GRACE_S = 20.0
"""How long a step may take to end cleanly when the batch is stopped; after that it is left to the next run."""
STATUS_S = 1.0
BULK = 2
"""From so many steps on that delete or re-insert, the hashes of the account are saved before the first one."""
BACKUPS = "backups"


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """Which stored plan to apply, or to resume; ``retry_failed`` also retries what failed before. ``just_made``:
    nothing was changed since the plan was made, so what Sonarr and Radarr answered for it holds for its steps too.
    ``keeps_lane``: it is a part of a job that does more after it, and for which nobody else may have the lane."""

    batch: int
    retry_failed: bool = False
    just_made: bool = False
    keeps_lane: bool = False


@dataclass(slots=True)
class _Tally:
    """How many steps ended how; ``planned`` are those that wait, ``apart`` what is counted in words of its own."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    standing: int = 0
    """How many steps of an undo undid nothing, and found nothing undone already."""
    planned: int = 0
    guarded: int = 0
    apart: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        self.guarded += outcome.guarded
        if outcome.apart:
            self.apart[outcome.apart] += 1
            return
        setattr(self, outcome.ended, getattr(self, outcome.ended) + 1)
        if outcome.reason and outcome.ended != "done":
            self.reasons[outcome.reason] += 1


async def apply(ctx: Context, options: ApplyOptions) -> AsyncGenerator[Event, None]:
    """The job. A failed step never ends the batch; a guard, a refusal of the service, or a stop does. Once all that is
    left is to notify Sonarr and Radarr, and to wait for them, other jobs may have the lane."""
    if ctx.holds is not None:
        await ctx.holds.hold(lock_of_batch(options.batch))
    batch = await ctx.db.read(read_batch, options.batch)
    if batch is None:
        raise UsageError(f"There is no batch {options.batch}.", "List them with: mediatui --headless journal")
    due: tuple[StepOutcome, ...] = ("planned", "acting", "failed") if options.retry_failed else ("planned", "acting")
    if not options.just_made:
        ctx.recall(KnownFolders).folders = None
    steps = await ctx.db.read(read_steps, batch.batch, due)
    for said in await forget_left_roots(ctx):
        yield said
    for warning in await _guard(ctx, batch, steps, gone=0, is_first=True):
        yield Said("warning", warning)
    if sum(stored.step.BACKUP_BEFORE for stored in steps) >= BULK:
        backup = await ctx.db.read(write_hash_backup, ctx.db.path.parent / BACKUPS, ctx.clock())
        yield Said("info", f"Every hash of the account was saved before: {printable(str(backup))}")
    for warning in await keep_watched(ctx, batch.batch, moved_paths(steps)):
        yield Said("warning", warning)
    async with ctx.db.transaction() as connection:
        await begin_batch(connection, batch.batch, ctx.clock())
        if options.retry_failed:
            await plan_again(connection, batch.batch, ("failed",))
    if await plan_waited_for_again(ctx, batch.batch, steps) | await append_notify_steps(ctx, batch, steps):
        steps = await ctx.db.read(read_steps, batch.batch, ("planned", "acting"))
    yield Phase(batch.title, len(steps))
    tally, ahead = _Tally(), LinesAhead(ctx, batch.batch)
    arrs = ArrClients(ctx)
    in_lane = sum(not stored.step.NOTIFIES_ONLY for stored in steps)
    state: Any = "failed"
    try:
        if any(stored.step.LANE == "account" and stored.step.NEEDS_ACCOUNT for stored in steps):
            await check_owner(ctx)
        gone = number = 0
        while number < len(steps):
            now = _together(steps, number)
            if number // GUARD_EVERY != (number + len(now)) // GUARD_EVERY:
                await _guard(ctx, batch, steps[number:], gone)
            # A service takes as long as it takes, whatever the steps before it took.
            steady = not isinstance(steps[-1].step, ArrStep)
            yield Progress(number, len(steps), current=now[0].step.what, steady=steady)
            if not in_lane and ctx.holds is not None and not options.keeps_lane:
                await ctx.holds.leave_lane()
            in_lane -= sum(not stored.step.NOTIFIES_ONLY for stored in now)
            running = _Running(ctx, batch, now, arrs)
            await ahead.give(running.act, steps[number:])
            number += len(now)
            async for event in running.run():
                yield within_step(event, number - len(now), len(steps))
            for stored, outcome in running.ended:
                gone += stored.step.REMOVES and outcome.ended == "done"
                tally.add(outcome)
                yield FoundRow("step", as_row(stored.step, outcome.ended, outcome.reason))
            tally.standing += running.left_standing
            if now[-1].step.APPENDS:
                planned = await ctx.db.read(read_steps, batch.batch, ("planned",))
                more = [one for one in planned if one.position > steps[-1].position]
                steps += more
                in_lane += sum(not one.step.NOTIFIES_ONLY for one in more)
            yield Progress(number, len(steps), current=now[-1].step.what, steady=steady)
            if running.stopped:
                raise asyncio.CancelledError
        undone = None if batch.undoes is None else await ctx.db.read(read_batch, batch.undoes)
        tally.standing = max(tally.standing, undone.unended if undone is not None else 0)
        state = "partial" if tally.failed or tally.standing or tally.planned else "done"
    except (asyncio.CancelledError, GeneratorExit):
        state = "cancelled"
        raise
    finally:
        await arrs.close()
        with contextlib.suppress(StoreError):
            await ahead.drop()
            async with ctx.db.transaction() as connection:
                await end_batch(connection, batch.batch, state, ctx.clock())
    yield _finished(batch, tally, await ctx.db.read(undoable, batch.batch))


async def _guard(
    ctx: Context, batch: Batch, steps: list[StoredStep], gone: int, *, is_first: bool = False
) -> Sequence[str]:
    """Raises GuardTripped unless the rest may be done. Before the ``is_first`` check views are refreshed: returns what
    went wrong with that, in sentences."""
    warnings: Sequence[str] = ()
    removals = gone + sum(1 for stored in steps if stored.step.REMOVES)
    check_removals(removals, batch.looked_at, ctx.settings, batch.allowed)
    links = [stored.step for stored in steps if isinstance(stored.step, UnlinkSymlink)]
    if links:
        if batch.looked_at is not None:
            await ctx.db.read(check_shares, ctx.settings, links, batch.allowed)
        if is_first:
            warnings = await refresh_before_removal(ctx, [pointed(link) for link in links])
        await check_mounts(ctx, [pointed(link) for link in links])
        if not gone:
            await check_witnesses(ctx, {pointed(link): link.torrent for link in links if not link.keeper})
    stored_here = {stored.step.path for stored in steps if isinstance(stored.step, StoreFile)}
    links_to = [stored.step.target for stored in steps if isinstance(stored.step, PlaceLink | PlaceInLibrary)]
    placed = [os.fsencode(target) for target in links_to if target not in stored_here]
    if placed:
        await check_mounts(ctx, placed)
    if batch.undoes is None:  # an undo puts things where they were, whatever the mounts are
        await _guard_moves(ctx, steps)
    return warnings


async def _guard_moves(ctx: Context, steps: Sequence[StoredStep]) -> None:
    """Raises GuardTripped unless the mounts are alive that links lead to which are moved or pointed elsewhere."""
    moves = [stored.step for stored in steps if isinstance(stored.step, MovePath)]
    relinks = [stored.step for stored in steps if isinstance(stored.step, RelinkSymlink)]
    links = [(one.path, one.target) for one in moves if one.target]
    links += [(one.path, target) for one in relinks for target in (one.new_target, one.target)]
    folders = [os.fsencode(one.path) for one in moves if not one.target]
    if moves or relinks:
        await check_mounts_of_moves(ctx, [(os.fsencode(path), os.fsencode(to)) for path, to in links], folders)


def _together(steps: Sequence[StoredStep], number: int) -> Sequence[StoredStep]:
    """The step at a place, and the one after it where nothing may come between the two: a folder that moves, and the
    change of a service's path of it."""
    bound = isinstance(steps[number].step, MovePath) and number + 1 < len(steps)
    bound = bound and isinstance(steps[number + 1].step, ArrPath)
    return steps[number : number + 1 + bound]


class _Running:
    """One step on its way, or two that belong together. Stopping the batch lets them end cleanly, for a while."""

    def __init__(self, ctx: Context, batch: Batch, steps: Sequence[StoredStep], arrs: ArrClients) -> None:
        self._ctx = ctx
        self._batch = batch
        self._steps = steps
        self._stored = steps[0]
        self.act = StepRun(ctx, batch.batch, self._stored.position, self._stored.step, arrs)
        self.ended: list[tuple[StoredStep, Outcome]] = []
        self.stopped = False
        self.left_standing = 0

    async def run(self) -> AsyncGenerator[Event, None]:
        task = asyncio.create_task(self._work_all())
        reported = ""
        event: asyncio.Future[Event] | None = None
        try:
            while not task.done():
                event = asyncio.ensure_future(self.act.events.get())
                await asyncio.wait({task, event}, timeout=STATUS_S, return_when=asyncio.FIRST_COMPLETED)
                if event.done():
                    yield event.result()
                else:
                    event.cancel()
                if self.act.status != reported:
                    reported = self.act.status
                    yield Said("debug", f"{self._stored.step.what}: {reported}")
        except (asyncio.CancelledError, GeneratorExit) as stop:
            self.act.stopping.set()
            await asyncio.wait({task}, timeout=GRACE_S)
            ended = task.done() and not task.cancelled() and task.exception() is None
            if not ended or isinstance(stop, GeneratorExit):
                raise
            self.stopped = True  # it came to its end all the same: that is reported before the batch stops
        finally:
            ends = [one for one in (task, event) if one is not None and not one.done()]
            for one in ends:
                one.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
        task.result()
        while not self.act.events.empty():
            yield self.act.events.get_nowait()

    async def _work_all(self) -> None:
        """Does the steps one after the other; one of them may call an earlier one off."""
        for stored in self._steps:
            self._stored = stored
            self.act = replace(self.act, position=stored.position, step=stored.step)
            await self._write("acting", "")
            outcome = await self._work()
            self.ended = [(one, outcome if one.position in self.act.called_off else was) for one, was in self.ended]
            self.ended.append((stored, outcome))

    async def _work(self) -> Outcome:
        """Does the step and writes how it ended; raises what has to end the whole batch, the step left due."""
        try:
            outcome = await self._do()
        except Stopped:
            await self._write("planned", "stopped before it was done")
            raise asyncio.CancelledError from None
        except (*ENDS_BATCH, GuardTripped) as error:
            await self._write("planned", error.message)
            raise
        except (ServiceError, UsageError) as error:
            outcome = Outcome("failed", error.message)
        lines = await self._lines_to_undo()
        is_back = outcome.ended == "done" or outcome.already
        self.left_standing += not is_back and any(line.outcome in ("done", None) for line in lines)
        await self._write(outcome.ended, outcome.reason, [line.seq for line in lines] if is_back else (), is_back)
        return outcome

    async def _do(self) -> Outcome:
        """Does the step and returns how it ended. For one that did nothing, checks whether things are as it was to make
        them, and whether the places it is about could be read."""
        step = self._stored.step
        if isinstance(step, LibraryStep):
            await expect_root(self.act, os.fsencode(step.path))
        if await self._is_undone():
            return Outcome("skipped", "it was undone already", already=True)
        paths = (step.path, *step.library_paths) if isinstance(step, LibraryStep) else ()
        if step.MAKES:
            await expect_places(self.act, paths)
        if isinstance(step, LibraryStep) and (why := await self._recover_name()):
            return Outcome("failed", why)
        outcome = await kind_of(step).do(self.act, step)
        if outcome.ended == "done" or not isinstance(step, LibraryStep):
            return outcome
        if step.TOUCHES_FILES:
            await expect_places(self.act, paths)
        if self._batch.undoes is None or outcome.ended == "failed":
            return outcome
        is_as_wanted = kind_of(step).is_as_wanted
        if is_as_wanted is not None and await is_as_wanted(self.act, step):
            return replace(outcome, already=True)
        return Outcome("failed", OUTSIDE) if outcome.reason == OUTSIDE else outcome

    async def _recover_name(self) -> str:
        """Recovers the names that a killed run left half changed, in this step or in what it undoes; returns why it
        cannot."""
        try:
            for line in (*await self.act.lines(), *await self._lines_to_undo()):
                await recover_name(self.act, line)
        except OSError as error:
            return strerror(error)
        return ""

    async def _write(self, outcome: Any, reason: str, undone: Sequence[int] = (), is_changed: bool = False) -> None:
        """Writes what became of the step, and in the same moment which lines of the batch it undoes it undid,
        or found to be undone already (they are not to be offered again), and what media servers are to be told."""
        dropped = [] if outcome == "acting" or self.act.ahead is None else [self.act.ahead]  # nothing was done
        changed = self._stored.step if is_changed else None
        await self._ctx.db.write(
            write_end, self._ctx.settings, changed, self._batch.batch, self._stored.position, outcome, reason,
            dropped=dropped, undoes=self._batch.undoes, undone=undone, now=self._ctx.clock(),
        )  # fmt: skip
        if dropped:
            self.act.ahead = None

    async def _lines_to_undo(self) -> list[Line]:
        """The lines that this step undoes, of the batch that is undone; none in a batch that undoes nothing."""
        reverses = self._stored.step.reverses
        if self._batch.undoes is None or reverses is None:
            return []
        if isinstance(reverses, int):
            return await self._ctx.db.read(lines_in, self._batch.undoes, seq=reverses)
        return await self._ctx.db.read(lines_in, self._batch.undoes, torrent_id=reverses)

    async def _is_undone(self) -> bool:
        """Whether another undo of the same batch was faster; a step that was begun is resumed all the same."""
        lines = [line for line in await self._lines_to_undo() if line.outcome in ("done", None)]
        return bool(lines) and all(line.undone_at is not None for line in lines) and not await self.act.lines()


def as_row(step: Step, outcome: str, reason: str = "") -> dict[str, object]:
    """A step as a row of output."""
    return {"kind": step.KIND, "what": step.what, "outcome": outcome, "reason": reason, "torrent_id": step.torrent_id}


def _undo_hint(batch: int, can: Undoable) -> str:
    """What is said of undoing a batch: nothing when nothing of it can be undone."""
    if not can.steps:
        return f"It cannot be undone: {printable(can.why)}." if can.why else ""
    some = "" if can.steps == can.of else f" {can.steps:,} of {can.of:,}"
    return f"Undo{some}: mediatui --headless undo {batch} --apply"


def _finished(batch: Batch, tally: _Tally, can_undo: Undoable) -> Finished:
    counts: dict[str, object] = {
        "batch": batch.batch, "done": tally.done, "skipped": tally.skipped, "failed": tally.failed,
        **({"left": tally.planned} if tally.planned else {}),
        **({} if batch.undoes is None else {"undoes": batch.undoes}),
        **({"nothing_found": tally.apart[NOTHING_FOUND]} if tally.apart[NOTHING_FOUND] else {}),
    }  # fmt: skip
    words = {"done": tally.done, **tally.apart, "skipped": tally.skipped, "failed": tally.failed, "left": tally.planned}
    parts = [f"{count:,} {word}" for word, count in words.items() if count or word == "done"]
    why = "; ".join(f"{printable(reason)}" + (f" ({count:,}x)" if count > 1 else "") for reason, count in
                    tally.reasons.most_common(3))  # fmt: skip
    summary = f"{batch.title}: {', '.join(parts)}." + (f" {why}" if why else "")
    hint = ""
    if tally.failed or tally.planned:
        again, what = (" --failed", "Try the failed again") if tally.failed else ("", "Carry on later")
        hint = f"{what}: mediatui --headless resume {batch.batch}{again} --apply"
    elif tally.standing:
        hint = f"What was not undone can be later: mediatui --headless undo {batch.undoes} --apply"
    elif tally.done:
        hint = _undo_hint(batch.batch, can_undo)
    is_partial = bool(tally.failed or tally.standing or tally.planned)
    code = GuardTripped.exit_code if tally.guarded else int(is_partial)
    return Finished("partial" if is_partial else "done", summary, counts, hint=hint, exit_code=code)
