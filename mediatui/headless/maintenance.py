"""The tools of maintenance: analyse, list, and with ``--apply`` repair."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from mediatui.commands.finding_columns import FINDING_COLUMNS, ShownFinding
from mediatui.commands.maintain import Asked, options_of
from mediatui.headless.output import FOUND, HELD, Output
from mediatui.model.human import counted
from mediatui.runtime.invocation import Invocation

if TYPE_CHECKING:
    from mediatui.commands.workspace import Workspace
    from mediatui.library.maintenance.tools import ToolOptions
    from mediatui.model.plan import Plan
    from mediatui.runtime.events import Finished, FoundRow


def run_tool(invocation: Invocation, output: Output, options: Asked) -> int:
    """Runs the tool whose command it is, prints what it found (at most ``limit`` rows of it, with the true totals) and
    the plan; with ``apply`` does it."""
    wanted = options_of(invocation.command, options)
    return asyncio.run(_tool(invocation, output, wanted, options))


async def _tool(invocation: Invocation, output: Output, options: ToolOptions, asked: Asked) -> int:
    from mediatui.commands.job_kinds import MAINTAIN
    from mediatui.commands.workspace import open_workspace
    from mediatui.headless.changes import apply_plan, report_unfinished, show_plan
    from mediatui.headless.drive import follow_job
    from mediatui.library.maintenance.job import plan_report
    from mediatui.library.maintenance.tools import TOOLS

    apply, limit = getattr(asked, "apply", False), asked.limit
    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        await report_unfinished(workspace, output)
        job = workspace.runner.start(MAINTAIN, options)
        finished = await follow_job(workspace.runner, job, output, _describe)
        report = finished.counts.get("report")
        if finished.outcome != "done" or not isinstance(report, int):
            return output.finished(finished)
        await _show_findings(workspace, output, options.tool, report, limit)
        plan = await workspace.db.read(plan_report, options.tool, options.only, report)
        summary = f"{TOOLS[options.tool].title}: {finished.summary}"
        kept = bool(finished.counts.get("unjudged"))
        if apply and plan.steps:
            output.said("info", summary)
            for sentence in plan.says:
                output.said("info", sentence)
            code = await apply_plan(workspace, output, plan, getattr(asked, "allow", None), just_made=True)
            return HELD if kept and code in (0, 1) else code
        _show_paths(workspace, output, plan, limit)
        if plan.steps and output.json:
            show_plan(workspace, output, plan, apply, found=_counts(finished))
        else:
            more = f" --apply would make {counted(len(plan.steps), 'change')}." if plan.steps else ""
            output.result(summary + more, ok=not (apply and kept), counts=_counts(finished))
        if apply and kept:
            return HELD
        wrong = kept or finished.counts.get("mounts_away") or finished.counts.get("findings")
        return FOUND if getattr(asked, "exit_code", False) and wrong else 0


def _show_paths(workspace: Workspace, output: Output, plan: Plan, limit: int | None) -> None:
    """Whose paths a plan changes at Sonarr and Radarr (at most ``limit`` of them), what it says, which services are
    notified, and how many links of each state it removes; with ``--json`` its steps hold all of that."""
    from mediatui.changes.notify import notified_services
    from mediatui.changes.steps.moves import ArrPath
    from mediatui.changes.steps.symlinks import removed_by_state

    for step in [step for step in plan.steps if isinstance(step, ArrPath)][:limit]:
        output.line(f"{step.what} ({step.reason})")
    for sentence in filter(None, (*plan.says, notified_services(workspace.settings, plan))):
        output.line(sentence)
    if removed := removed_by_state(plan):
        output.line(f"Links it would remove: {removed}")


def _describe(found: FoundRow) -> str:
    return str(found.row["text"])


def _counts(finished: Finished) -> dict[str, object]:
    """The counts of a run. ``looked_at`` has another name there: in output names that end in ``_at`` are times."""
    return {"looked_through" if name == "looked_at" else name: value for name, value in finished.counts.items()}


async def _show_findings(workspace: Workspace, output: Output, tool: str, report: int, limit: int | None) -> None:
    """The findings, and below them what to do about each category."""
    from mediatui.library.maintenance.stored_findings import window_of_findings
    from mediatui.library.maintenance.tools import TOOLS
    from mediatui.store.library.reports import count_findings

    advice = TOOLS[tool].advice
    shown = await workspace.db.read(window_of_findings, report, None, 0, -1 if limit is None else limit)
    found = [stored.finding for stored in shown]
    for finding in found:
        fields = {
            "category": finding.category, "path": os.fsdecode(finding.path), "target": os.fsdecode(finding.target),
            "reason": finding.reason, "torrent_id": finding.facts.get("torrent_id"),
            "steps": [step.KIND for step in finding.steps], **finding.facts,
        }  # fmt: skip
        if finding.category in advice:
            fields["suggestion"], fields["command"] = advice[finding.category]
        output.row("finding", fields)
    output.table(FINDING_COLUMNS, (ShownFinding(one.category, os.fsdecode(one.path), one.reason) for one in found))
    if not output.json:
        counts = await workspace.db.read(count_findings, report)
        for category, (suggestion, command) in advice.items():
            if count := counts.get(category):
                output.line(f"{category} {count:,}: {suggestion} {command}")
