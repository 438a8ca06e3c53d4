"""Commands that change the account through a plan: shown, and with ``--apply`` done."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mediatui.headless.output import Output
from mediatui.headless.table import TableColumn, write_table
from mediatui.model.errors import UsageError
from mediatui.model.human import duration, size_text
from mediatui.model.plan import Plan, Step, StepOutcome, StoredStep, lane_of
from mediatui.runtime.events import FoundRow
from mediatui.runtime.invocation import Invocation

if TYPE_CHECKING:
    from mediatui.commands.workspace import Workspace
    from mediatui.store.changes.journal import Batch

MakePlan = Callable[[sqlite3.Connection], Plan]
SIGNS = {"planned": "would", "done": "done", "skipped": "skipped", "failed": "FAILED"}


def run_repair(
    invocation: Invocation,
    output: Output,
    *,
    words: Sequence[str],
    apply: bool,
    force: bool,
    may_download: bool,
    allow: int | None,
) -> int:
    """Mends broken torrents, those named or all with a problem."""
    from mediatui.archive.repair import REPAIRABLE
    from mediatui.archive.targets import read_targets
    from mediatui.commands.repair import plan_mend

    def make(connection: sqlite3.Connection) -> Plan:
        targets = read_targets(connection, words, default=REPAIRABLE)
        return plan_mend(connection, targets, force=force, may_download=may_download)

    return asyncio.run(_plan(invocation, output, make, apply, allow))


def run_delete(invocation: Invocation, output: Output, *, words: Sequence[str], apply: bool, allow: int | None) -> int:
    """Deletes torrents from the account."""
    from mediatui.archive.delete import plan_delete
    from mediatui.archive.targets import read_targets

    def make(connection: sqlite3.Connection) -> Plan:
        return plan_delete(connection, read_targets(connection, words))

    return asyncio.run(_plan(invocation, output, make, apply, allow))


def run_dedupe(invocation: Invocation, output: Output, *, by: str, keep: str, apply: bool, allow: int | None) -> int:
    """Shows what the account holds twice, and drops the copies."""
    from mediatui.archive.dedupe import plan_dedupe
    from mediatui.archive.duplicates import find_duplicates, read_by, read_keep

    wanted = read_by(by), read_keep(keep)

    def make(connection: sqlite3.Connection) -> Plan:
        groups = find_duplicates(connection, *wanted)
        for group in groups:
            size = size_text(group.wasted_bytes)
            fields = {
                "name": group.name,
                "reason": group.why,
                "keeper": group.keeper.id,
                "others": [torrent.id for torrent in group.others],
                "left_out": [torrent.id for torrent in group.left_out],
                "wasted_bytes": group.wasted_bytes,
            }
            output.row("group", fields, f"{group.name}: {group.keeper.id} stays, {len(group.others)} go, {size}")
        return plan_dedupe(connection, groups)

    return asyncio.run(_plan(invocation, output, make, apply, allow))


def run_add(invocation: Invocation, output: Output, *, sources: Sequence[str], select: str) -> int:
    """Adds magnets, hashes and .torrent files at once."""
    from mediatui.archive.add import plan_add

    return asyncio.run(_plan(invocation, output, lambda connection: plan_add(connection, sources, select), True, None))


def run_restore(invocation: Invocation, output: Output, *, file: Path, apply: bool) -> int:
    """Puts back what a backup holds and the account lacks."""
    from mediatui.archive.add import plan_restore
    from mediatui.archive.restore_file import read_backup

    backup = read_backup(file)

    def make(connection: sqlite3.Connection) -> Plan:
        return plan_restore(connection, backup, str(file))

    return asyncio.run(_plan(invocation, output, make, apply, None))


def run_undo(invocation: Invocation, output: Output, *, batch: int | None, apply: bool, allow: int | None) -> int:
    """Takes a batch back, the last one unless one is named."""
    from mediatui.changes.undo import plan_undo

    return asyncio.run(_plan(invocation, output, lambda connection: plan_undo(connection, batch), apply, allow))


async def _plan(invocation: Invocation, output: Output, make: MakePlan, apply: bool, allow: int | None) -> int:
    """Makes a plan, shows it, and applies it when that is wanted."""
    from mediatui.commands.workspace import open_workspace

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        await tell_unfinished(workspace, output)
        plan = await workspace.db.read(make)
        if apply and plan.steps:
            show_notes(output, plan)
            return await apply_plan(workspace, output, plan, allow)
        return show_plan(workspace, output, plan, apply)


async def apply_plan(
    workspace: Workspace, output: Output, plan: Plan, allow: int | None, *, just_made: bool = False
) -> int:
    """Stores a plan and applies it to its end; returns the exit code. ``just_made`` as in ApplyOptions."""
    from mediatui.changes.apply import ApplyOptions
    from mediatui.commands.workspace import APPLY
    from mediatui.headless.drive import drive_job

    if plan.lane == "account":
        workspace.connect()  # a missing or odd token is told before anything is stored
    batch = await workspace.store_plan(plan, allow)
    code = await drive_job(
        workspace.runner, APPLY[plan.lane], ApplyOptions(batch, just_made=just_made), output, describe_step
    )
    await _drop_unbegun(workspace, batch)
    return code


async def _drop_unbegun(workspace: Workspace, number: int) -> None:
    """Drops a batch that a guard or another mediatui kept from beginning: the journal tells what was done."""
    from mediatui.store.changes.journal import end_batch, read_batch

    batch = await workspace.db.read(read_batch, number)
    if batch is not None and batch.state == "planned":
        async with workspace.db.transaction() as connection:
            await end_batch(connection, number, "dropped", time.time())


def describe_step(found: FoundRow) -> str:
    """A step as a line."""
    row = found.row
    reason = f"  ({row['reason']})" if row["reason"] else ""
    return f"{SIGNS.get(str(row['outcome']), row['outcome'])!s:<8} {row['kind']!s:<17} {row['what']}{reason}"


def show_plan(
    workspace: Workspace,
    output: Output,
    plan: Plan,
    apply: bool,
    whys: Sequence[str] | None = None,
    found: Mapping[str, object] | None = None,
) -> int:
    """A plan that is not applied: its steps, what they cost and risk (or ``whys``), and what is left alone. ``found``
    are counts of what it was made from."""
    from mediatui.changes.apply import as_row
    from mediatui.changes.steps.arr import notified_services

    whys = [_why(step) for step in plan.steps] if whys is None else whys
    shown = list(zip(plan.steps, whys, strict=True))
    for step, why in shown:
        output.row("step", {**as_row(step, "planned", why), **_cost(step)})
    if not output.json:
        columns = (
            TableColumn("Would"),
            TableColumn("What", elastic=True),
            TableColumn("Requests", right=True),
            TableColumn("Why and risk"),
        )
        write_table(
            output.line,
            columns,
            ((step.WORDS.does, step.what, f"{step.requests}", why) for step, why in output.while_read(shown)),
            output.width,
        )
    show_notes(output, plan)
    for sentence in plan.says:
        output.line(sentence)
    counts: dict[str, object] = {
        **(found or {}), "says": list(plan.says), "told": notified_services(workspace.settings, plan),
        "applied": False, "steps": len(plan.steps), "notes": len(plan.notes), "requests": plan.requests,
        "removals": plan.removals, "bytes": plan.bytes, "not_undoable": len(plan.not_undoable), **plan.counts,
    }  # fmt: skip
    is_left = apply and plan.unsettled > 0
    output.result(_summary(workspace, plan, apply), ok=not is_left, counts=counts)
    return int(is_left)


def _why(step: Step) -> str:
    parts = [
        getattr(step, "reason", ""),
        step.risk,
        f"cannot be undone: {step.cannot_undo}" if step.cannot_undo else "",
    ]
    return "; ".join(part for part in parts if part)


def _cost(step: Step) -> dict[str, object]:
    return {"requests": step.requests, "risk": step.risk, "undoable": not step.cannot_undo}


def show_notes(output: Output, plan: Plan) -> None:
    """What a plan leaves alone, and why."""
    for what, reason in plan.notes:
        fields = {"kind": "none", "what": what, "outcome": "skipped", "reason": reason, "torrent_id": None}
        output.row("step", fields, f"{'left':<8} {what}  ({reason})")


def _summary(workspace: Workspace, plan: Plan, apply: bool) -> str:
    if not plan.steps:
        return f"{plan.title}: nothing to do."
    from mediatui.changes.steps.arr import notified_services

    budget = workspace.settings.realdebrid
    seconds = plan.requests * budget.window_s / budget.requests_per_minute
    told = notified_services(workspace.settings, plan)
    more = f"{' ' if told else ''}{told}{'' if apply else ' Nothing was changed; --apply does it.'}"
    return f"{plan.title}: {plan.requests:,} requests, about {duration(seconds)} at the budget.{more}"


async def tell_unfinished(workspace: Workspace, output: Output) -> None:
    """Says which batches were begun and not ended, unless another mediatui may be at it just now."""
    from mediatui.commands.workspace import APPLY
    from mediatui.store.changes.journal import unfinished_batches
    from mediatui.store.jobs import is_alive, read_holder

    for lane in APPLY:
        holder = await workspace.db.read(read_holder, lane)
        if holder is not None and is_alive(holder, time.time()):
            return
    for batch in await workspace.db.read(unfinished_batches):
        output.said("warning", unfinished_line(batch))


def unfinished_line(batch: Batch) -> str:
    """What to say of a batch that was begun and not ended."""
    text = (
        f"Batch {batch.batch} ({batch.title}) is unfinished, {batch.left:,} of {batch.steps:,} left. "
        f"Carry on: mediatui --headless resume {batch.batch} --apply."
    )
    if not batch.standing:
        return text
    return f"{text} Take back: mediatui --headless undo {batch.batch} --apply."


def run_resume(
    invocation: Invocation, output: Output, *, batch: int | None, failed: bool, apply: bool, allow: int | None
) -> int:
    """Carries on with an unfinished batch; with ``failed`` tries what failed again."""
    return asyncio.run(_resume(invocation, output, batch, failed, apply, allow))


async def _resume(
    invocation: Invocation, output: Output, number: int | None, failed: bool, apply: bool, allow: int | None
) -> int:
    from mediatui.changes.apply import ApplyOptions
    from mediatui.changes.steps.stored import read_steps
    from mediatui.commands.workspace import APPLY, open_workspace
    from mediatui.headless.drive import drive_job
    from mediatui.store.changes.journal import failed_undos, raise_limit, read_batch, unfinished_batches

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        if number is None:
            unfinished = await workspace.db.read(unfinished_batches) or await workspace.db.read(failed_undos)
            if not unfinished:
                output.result("No batch is unfinished.", counts={"steps": 0})
                return 0
            number = unfinished[0].batch
        batch = await workspace.db.read(read_batch, number)
        if batch is None:
            raise UsageError(f"There is no batch {number}.", "List them with: mediatui --headless journal")
        failed = failed or batch.undoes is not None  # what was to be taken back is wanted to the end
        outcomes: tuple[StepOutcome, ...] = ("planned", "acting", "failed") if failed else ("planned", "acting")
        steps = await workspace.db.read(read_steps, number, outcomes)
        if not steps or not apply:
            return _show_left(workspace, output, batch, steps, apply)
        lane = lane_of([stored.step for stored in steps])
        if lane == "account":
            workspace.connect()
        if allow is not None:
            async with workspace.db.transaction() as connection:
                await raise_limit(connection, number, allow)
        return await drive_job(workspace.runner, APPLY[lane], ApplyOptions(number, failed), output, describe_step)


def _show_left(workspace: Workspace, output: Output, batch: Batch, steps: Sequence[StoredStep], apply: bool) -> int:
    """What is left of a batch, as a plan."""
    title = f"Carry on with batch {batch.batch} ({batch.title})"
    plan = Plan("resume", title, tuple(stored.step for stored in steps))
    return show_plan(workspace, output, plan, apply, [stored.reason or _why(stored.step) for stored in steps])
