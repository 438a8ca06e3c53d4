"""Passes over the transfers: one, or one after the other."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mediatui.commands.transfers import Follow
from mediatui.headless.changes import describe_step
from mediatui.headless.output import Output
from mediatui.model.errors import Busy
from mediatui.model.text import printable
from mediatui.runtime.events import Finished, FoundRow
from mediatui.runtime.invocation import Invocation

if TYPE_CHECKING:
    from mediatui.commands.workspace import Workspace
    from mediatui.runtime.jobs import Job

SHORTEST_S: Final = 30.0
LONGEST_S: Final = 300.0
"""The pause between passes: doubled while nothing changes."""


def run_follow(invocation: Invocation, output: Output, options: Follow) -> int:
    """Moves transfers on, in one pass or until nothing is left that goes on by itself."""
    return asyncio.run(_follow(invocation, output, options))


async def _follow(invocation: Invocation, output: Output, options: Follow) -> int:
    from mediatui.acquire.follow import FollowOptions
    from mediatui.commands.job_kinds import FOLLOW
    from mediatui.headless.drive import follow_job
    from mediatui.headless.refresh import refresh_when_due

    async with output.workspace() as workspace:
        pause = SHORTEST_S
        while True:
            await refresh_when_due(workspace, output)
            job = workspace.runner.start(FOLLOW, FollowOptions())
            ended = await follow_job(workspace.runner, job, output, _describe)
            if ended.error is None and ended.outcome != "cancelled":
                ended = await _fetch(workspace, output, ended)
            if ended.error is None and ended.outcome != "cancelled":
                ended = await _import(workspace, output, ended)
            if ended.error is None and ended.outcome != "cancelled":
                ended = await _look_again(workspace, output, ended)
            if ended.outcome != "cancelled":
                ended = await _report(workspace, output, ended)
            if options.once or not _goes_on(ended):
                return output.finished(ended)
            changed = any(isinstance(event, FoundRow) for event in job.events)
            pause = SHORTEST_S if changed else min(pause * 2, LONGEST_S)
            output.said("info", f"{ended.summary} Next pass in {pause:.0f} s.")
            await asyncio.sleep(pause)


async def _fetch(workspace: Workspace, output: Output, ended: Finished) -> Finished:
    """Brings into staging what is due; returns how the pass ended, that included."""
    from mediatui.acquire.mount.fetch import QUICK_S, FetchOptions
    from mediatui.acquire.mount.holds import is_anything_due
    from mediatui.commands.job_kinds import FETCH

    if not await workspace.read(is_anything_due, workspace.settings, time.time()):
        return ended
    job = workspace.runner.start(FETCH, FetchOptions(QUICK_S))
    return await _joined(workspace, output, job, ended)


async def _import(workspace: Workspace, output: Output, ended: Finished) -> Finished:
    """Brings into the library what is staged and due; returns how the pass ended, that included."""
    from mediatui.acquire.importing.job import ImportDue, is_import_due
    from mediatui.commands.job_kinds import IMPORT

    if not await workspace.read(is_import_due, workspace.settings, time.time()):
        return ended
    return await _joined(workspace, output, workspace.runner.start(IMPORT, ImportDue()), ended)


async def _look_again(workspace: Workspace, output: Output, ended: Finished) -> Finished:
    """Looks again for files in place of dead links where that is due; returns how the pass ended, that included."""
    from mediatui.acquire.replacing.job import LookOptions, is_look_due
    from mediatui.commands.job_kinds import LOOK_AGAIN

    if not await workspace.read(is_look_due, workspace.settings, time.time()):
        return ended
    return await _joined(workspace, output, workspace.runner.start(LOOK_AGAIN, LookOptions()), ended)


async def _report(workspace: Workspace, output: Output, ended: Finished) -> Finished:
    """Reports to media servers what is due; returns how the pass ended, with what is still to be reported. A server
    that does not answer holds nothing."""
    from mediatui.changes.reporting.send import ReportOptions
    from mediatui.commands.server_reports import REPORT, is_due
    from mediatui.headless.drive import follow_job
    from mediatui.store.servers.reports import count_unended

    if await workspace.read(is_due, time.time(), kept=True):
        job = workspace.runner.start(REPORT, ReportOptions(kept=True))
        found = await follow_job(workspace.runner, job, output, _describe)
        if found.outcome == "cancelled":
            return found
        if found.error:
            output.said("warning", found.error)
    left = await workspace.read(count_unended)
    return replace(ended, counts={**ended.counts, "to_report": left}) if left else ended


async def _joined(workspace: Workspace, output: Output, job: Job, ended: Finished) -> Finished:
    """Follows a job that belongs to a pass; returns how the pass ended, that included."""
    from mediatui.acquire.follow import how_it_stands
    from mediatui.headless.drive import follow_job

    found = await follow_job(workspace.runner, job, output, _describe)
    if found.error is not None and found.error_kind != Busy.kind:
        return found
    if found.outcome == "cancelled":
        return found
    output.said("warning" if found.exit_code or found.error else "info", found.error or found.summary)
    now = await how_it_stands(workspace.db, time.time())
    return replace(now, counts={**ended.counts, **now.counts, **found.counts})


def _goes_on(ended: Finished) -> bool:
    """Whether another pass may find something to do."""
    at_work = any(ended.counts.get(name) for name in ("waits_for_time", "works", "to_report"))
    return ended.error is None and ended.outcome != "cancelled" and at_work


def _describe(found: FoundRow) -> str:
    row = found.row
    if found.type == "step":
        return describe_step(found)
    if found.type == "report":
        return f"reported to {row['server']}: {printable(str(row['folder']))}"
    return f"{row['id']}  {printable(str(row['name'] or row['hash']))}: {row['state']}, {row['why']}"
