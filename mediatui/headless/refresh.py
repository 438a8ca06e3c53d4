"""Reading what Sonarr and Radarr know."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from mediatui.commands.library import LibraryRefresh, job_options
from mediatui.headless.output import Output
from mediatui.model.human import counted
from mediatui.model.text import printable
from mediatui.runtime.events import FoundRow
from mediatui.runtime.invocation import Invocation

if TYPE_CHECKING:
    from mediatui.commands.workspace import Workspace


def run_refresh(invocation: Invocation, output: Output, options: LibraryRefresh) -> int:
    """Reads what the enabled services know, or those that are named."""
    return asyncio.run(_refresh(output, options))


async def _refresh(output: Output, options: LibraryRefresh) -> int:
    from mediatui.commands.job_kinds import REFRESH
    from mediatui.headless.drive import drive_job

    async with output.workspace() as workspace:
        return await drive_job(workspace.runner, REFRESH, job_options(options), output, _describe)


async def refresh_when_due(workspace: Workspace, output: Output) -> None:
    """Reads the services whose copy is older than the settings want it to be; what fails is said, and ends nothing."""
    from mediatui.commands.job_kinds import REFRESH
    from mediatui.headless.drive import follow_job
    from mediatui.library.refresh import RefreshOptions, due_services

    if due := await workspace.read(due_services, workspace.settings, time.time()):
        job = workspace.runner.start(REFRESH, RefreshOptions(due))
        await follow_job(workspace.runner, job, output, _describe)


def _describe(found: FoundRow) -> str:
    row = found.row
    items = counted(int(str(row["items"])), *(("series",) * 2 if row["kind"] == "sonarr" else ("film",)))
    episodes = f", {counted(int(str(row['episodes'])), 'episode')}" if row["kind"] == "sonarr" else ""
    return f"{printable(str(row['service']))}: {items}{episodes}, in {counted(int(str(row['requests'])), 'request')}"
