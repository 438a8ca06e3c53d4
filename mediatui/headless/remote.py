"""Fetching from the seedbox, with its progress."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from mediatui.commands.remote import RemoteFetch, job_options
from mediatui.headless.output import Output
from mediatui.model.text import printable
from mediatui.runtime.events import FoundRow

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation


def run_fetch(invocation: Invocation, output: Output, options: RemoteFetch) -> int:
    """Fetches what lies at a path of the seedbox."""
    return asyncio.run(_fetch(output, options))


async def _fetch(output: Output, options: RemoteFetch) -> int:
    from mediatui.commands.job_kinds import REMOTE_FETCH
    from mediatui.headless.drive import drive_job

    async with output.workspace() as workspace:
        wanted = job_options(workspace.settings, options)
        return await drive_job(workspace.runner, REMOTE_FETCH, wanted, output, _describe)


def _describe(found: FoundRow) -> str:
    row = found.row
    reason = f"  {row['reason']}" if row["reason"] else ""
    return f"{row['outcome']!s:<7} {printable(str(row['path']))}{reason}"
