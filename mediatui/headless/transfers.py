"""Passes over the transfers: one, or one after the other."""

from __future__ import annotations

import asyncio
from typing import Final

from mediatui.commands.transfers import Follow
from mediatui.headless.changes import describe_step
from mediatui.headless.output import Output
from mediatui.model.text import printable
from mediatui.runtime.events import Finished, FoundRow
from mediatui.runtime.invocation import Invocation

SHORTEST_S: Final = 30.0
LONGEST_S: Final = 300.0
"""The pause between passes: doubled while nothing changes."""


def run_follow(invocation: Invocation, output: Output, options: Follow) -> int:
    """Moves transfers on, in one pass or until nothing is left that goes on by itself."""
    return asyncio.run(_follow(invocation, output, options))


async def _follow(invocation: Invocation, output: Output, options: Follow) -> int:
    from mediatui.acquire.follow import FollowOptions
    from mediatui.commands.workspace import FOLLOW
    from mediatui.headless.drive import follow_job
    from mediatui.headless.refresh import refresh_when_due

    async with output.workspace() as workspace:
        pause = SHORTEST_S
        while True:
            await refresh_when_due(workspace, output)
            job = workspace.runner.start(FOLLOW, FollowOptions())
            ended = await follow_job(workspace.runner, job, output, _describe)
            if options.once or not _goes_on(ended):
                return output.finished(ended)
            changed = any(isinstance(event, FoundRow) for event in job.events)
            pause = SHORTEST_S if changed else min(pause * 2, LONGEST_S)
            output.said("info", f"{ended.summary} Next pass in {pause:.0f} s.")
            await asyncio.sleep(pause)


def _goes_on(ended: Finished) -> bool:
    """Whether another pass may find something to do."""
    at_work = any(ended.counts.get(name) for name in ("waits_for_time", "works"))
    return ended.error is None and ended.outcome != "cancelled" and at_work


def _describe(found: FoundRow) -> str:
    row = found.row
    if found.type == "step":
        return describe_step(found)
    return f"{row['id']}  {printable(str(row['name'] or row['hash']))}: {row['state']}, {row['why']}"
