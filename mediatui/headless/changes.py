"""Commands that change the account through a plan: shown, and with ``--apply`` done."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mediatui.commands.command import Command
from mediatui.commands.grab_columns import GRAB_COLUMNS, question_of, shown_grabs
from mediatui.commands.journal import Resume
from mediatui.commands.step_columns import STEP_COLUMNS, ShownStep, why_of
from mediatui.headless.output import Output
from mediatui.model.human import counted, duration
from mediatui.model.plan import Plan, Step, StoredStep
from mediatui.model.target import shown_targets, targets_from_text
from mediatui.runtime.events import FoundRow
from mediatui.runtime.invocation import Invocation

if TYPE_CHECKING:
    from mediatui.commands.workspace import Workspace
    from mediatui.store.changes.journal import Batch

MOST_ALIKE = 10
"""So many notes with the same reason are printed one by one."""
SIGNS = {"planned": "would", "done": "done", "skipped": "skipped", "failed": "FAILED"}


def run_plan(invocation: Invocation, output: Output, command: Command, options: Any) -> int:
    """Makes the plan of a command, shows it, and applies it when that is wanted."""
    return asyncio.run(_plan(invocation, output, command, options))


async def _plan(invocation: Invocation, output: Output, command: Command, options: Any) -> int:
    from mediatui.commands.propose import plan_of
    from mediatui.commands.workspace import open_workspace

    apply = command.at_once or options.apply
    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        await report_unfinished(workspace, output)
        plan = await plan_of(command, workspace, options, output)
        if apply and plan.steps:
            show_notes(output, plan)
            return await apply_plan(workspace, output, plan, getattr(options, "allow", None))
        return show_plan(workspace, output, plan, apply)


async def apply_plan(
    workspace: Workspace, output: Output, plan: Plan, allow: int | None, *, just_made: bool = False
) -> int:
    """Stores a plan and applies it to its end; returns the exit code. ``just_made`` as in ApplyOptions."""
    from mediatui.commands.propose import drop_unbegun, start, store
    from mediatui.headless.drive import follow_job

    batch = await store(workspace, plan, allow)
    job = start(workspace, plan.lane, batch, just_made=just_made)
    finished = await follow_job(workspace.runner, job, output, describe_step)
    if plan.unsettled and finished.outcome == "done":
        more = "" if plan.undoes is not None else f" {plan.unsettled:,} could not be sent, as said above."
        finished = replace(finished, outcome="partial", summary=f"{finished.summary}{more}", exit_code=1)
    code = output.finished(finished)
    await drop_unbegun(workspace, batch)
    return code


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
    from mediatui.changes.notify import notified_services
    from mediatui.changes.steps.symlinks import removed_by_state

    whys = [why_of(step) for step in plan.steps] if whys is None else whys
    shown = list(zip(plan.steps, whys, strict=True))
    for step, why in shown:
        output.row("step", {**as_row(step, "planned", why), **_cost(step), **target_fields(step)})
    if grabs := shown_grabs(workspace.reader, plan):
        output.table(GRAB_COLUMNS, grabs)
        shown = [(step, why) for step, why in shown if not any(step is grab.step for grab in grabs)]
    output.table(STEP_COLUMNS, (ShownStep(step, why) for step, why in shown))
    show_notes(output, plan)
    for sentence in plan.says:
        output.line(sentence)
    if removed := removed_by_state(plan):
        output.line(f"Links it would remove: {removed}")
    counts: dict[str, object] = {
        **(found or {}), "says": list(plan.says), "notified": notified_services(workspace.settings, plan),
        "applied": False, "steps": len(plan.steps), "notes": len(plan.notes), "requests": plan.requests,
        "removals": plan.removals, "bytes": plan.bytes, "not_undoable": len(plan.not_undoable), **plan.counts,
    }  # fmt: skip
    is_left = apply and plan.unsettled > 0
    output.result(_summary(workspace, plan, apply), ok=not is_left, counts=counts)
    return int(is_left)


def _cost(step: Step) -> dict[str, object]:
    return {"requests": step.requests, "risk": step.risk, "undoable": not step.cannot_undo}


def target_fields(step: Step) -> dict[str, object]:
    """What a step that sends something is for, for a program; nothing for another step."""
    from mediatui.changes.steps.adopt_entry import AdoptEntry
    from mediatui.changes.steps.arr_push import PushRelease
    from mediatui.changes.steps.begin_transfer import SendTransfer

    if not isinstance(step, SendTransfer | PushRelease | AdoptEntry):
        return {}
    mapped = targets_from_text(step.targets)
    return {
        "targets": [one.target.text for one in mapped], "for": shown_targets(mapped) if mapped else None,
        "score": mapped[0].score if mapped else None, "reasons": list(mapped[0].reasons) if mapped else [],
        "asks": None if step.is_sent else question_of(step),
    }  # fmt: skip


def show_notes(output: Output, plan: Plan) -> None:
    """What a plan leaves alone, and why. Of more than a few for the same reason their number is printed; all of them
    with ``-v`` and in JSON."""
    alike = Counter(_without_ids(reason) for _, reason in plan.notes)
    reported: set[str] = set()
    for what, reason in plan.notes:
        fields = {"kind": "none", "what": what, "outcome": "skipped", "reason": reason, "torrent_id": None}
        why = _without_ids(reason)
        text: str | None = f"{'left':<8} {what}  ({reason})"
        if alike[why] > MOST_ALIKE and not output.verbose:
            text = None if why in reported else f"{'left':<8} {alike[why]:,}  ({why}); -v lists them"
            reported.add(why)
        output.row("step", fields, text)


def _without_ids(reason: str) -> str:
    """A reason without the id in brackets at its end."""
    return re.sub(r" \(\w+\)$", "", reason)


def _summary(workspace: Workspace, plan: Plan, apply: bool) -> str:
    if not plan.steps:
        return f"{plan.title}: nothing to do."
    from mediatui.changes.notify import notified_services

    budget = workspace.settings.account
    seconds = plan.requests * budget.window_s / budget.requests_per_minute
    notified = notified_services(workspace.settings, plan)
    more = f"{' ' if notified else ''}{notified}{'' if apply else ' Nothing was changed; --apply does it.'}"
    return f"{plan.title}: {counted(plan.requests, 'request')}, about {duration(seconds)} at the budget.{more}"


async def report_unfinished(workspace: Workspace, output: Output) -> None:
    """Reports the batches that were begun and not ended, unless another mediatui may be working on them."""
    from mediatui.changes.undo import undoable
    from mediatui.commands.propose import find_unfinished

    for batch in await find_unfinished(workspace):
        can_undo = batch.standing > 0 and (await workspace.read(undoable, batch.batch)).steps > 0
        output.said("warning", unfinished_line(batch, can_undo))


def unfinished_line(batch: Batch, can_undo: bool) -> str:
    """What to say of a batch that was begun and not ended."""
    text = (
        f"Batch {batch.batch} ({batch.title}) is unfinished, {batch.left:,} of {batch.steps:,} left. "
        f"Carry on: mediatui --headless resume {batch.batch} --apply."
    )
    if not can_undo:
        return text
    return f"{text} Undo: mediatui --headless undo {batch.batch} --apply."


def run_resume(invocation: Invocation, output: Output, options: Resume) -> int:
    """Resumes an unfinished batch, or shows what is left of it."""
    return asyncio.run(_resume(invocation, output, options))


async def _resume(invocation: Invocation, output: Output, options: Resume) -> int:
    from mediatui.commands.propose import find_remainder, resume
    from mediatui.commands.workspace import open_workspace
    from mediatui.headless.drive import follow_job

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        remainder = await find_remainder(workspace, options.batch, failed=options.failed)
        if remainder is None:
            no_more = ", and none has steps that failed." if options.failed else "."
            output.result(f"No batch is unfinished{no_more}", counts={"steps": 0})
            return 0
        if not remainder.steps or not options.apply:
            return _show_left(workspace, output, remainder.batch, remainder.steps, options.apply)
        job = await resume(workspace, remainder, options.allow)
        return output.finished(await follow_job(workspace.runner, job, output, describe_step))


def _show_left(workspace: Workspace, output: Output, batch: Batch, steps: Sequence[StoredStep], apply: bool) -> int:
    """What is left of a batch, as a plan."""
    title = f"Carry on with batch {batch.batch} ({batch.title})"
    plan = Plan("resume", title, tuple(stored.step for stored in steps))
    return show_plan(workspace, output, plan, apply, [stored.reason or why_of(stored.step) for stored in steps])
