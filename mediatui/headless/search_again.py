"""The ask command: another release, in place of dead links, from Sonarr and Radarr."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from mediatui.headless.changes import apply_plan, show_notes, show_plan, tell_unfinished
from mediatui.headless.output import Output
from mediatui.runtime.invocation import Invocation


def run_ask(invocation: Invocation, output: Output, *, paths: Sequence[str], apply: bool, allow: int | None) -> int:
    """Has another release looked for in place of these dead links."""
    return asyncio.run(_ask(invocation, output, paths, apply, allow))


async def _ask(invocation: Invocation, output: Output, paths: Sequence[str], apply: bool, allow: int | None) -> int:
    from mediatui.commands.workspace import open_workspace
    from mediatui.library.links.search_again import asked_links, plan_ask
    from mediatui.library.scan.history import require_typed_count

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        await tell_unfinished(workspace, output)
        links = await workspace.db.read(asked_links, paths)
        plan = await plan_ask(workspace.settings, links, tell=lambda text: output.said("info", text))
        plan = await workspace.db.read(require_typed_count, workspace.settings, plan)
        if apply and plan.steps:
            show_notes(output, plan)
            return await apply_plan(workspace, output, plan, allow)
        return show_plan(workspace, output, plan, apply)
