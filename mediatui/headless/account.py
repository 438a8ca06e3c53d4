"""Commands on the account or the archive as a whole: sync, account, clear."""

from __future__ import annotations

import asyncio

from mediatui.commands.account import CLEAR_QUESTION, Adopt, Clear
from mediatui.commands.play import Download
from mediatui.commands.sync import Sync
from mediatui.headless.output import Output
from mediatui.model.errors import UsageError
from mediatui.model.text import printable
from mediatui.runtime.events import FoundRow
from mediatui.runtime.invocation import Invocation


def run_sync(invocation: Invocation, output: Output, options: Sync) -> int:
    """Brings the archive up to date."""
    return asyncio.run(_sync(invocation, output, options))


async def _sync(invocation: Invocation, output: Output, options: Sync) -> int:
    from mediatui.commands.job_kinds import SYNC
    from mediatui.commands.sync import job_options
    from mediatui.commands.workspace import open_workspace
    from mediatui.headless.changes import report_unfinished
    from mediatui.headless.drive import drive_job

    wanted = job_options(options, all_examples=invocation.verbose > 0)
    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        await report_unfinished(workspace, output)
        workspace.connect()  # a missing or malformed token is reported before anything starts
        return await drive_job(workspace.runner, SYNC, wanted, output, _describe)


def _describe(found: FoundRow) -> str:
    row = found.row
    if found.type == "plan":
        ids = row["ids"]
        shown = ", ".join(printable(str(one)) for one in ids) if isinstance(ids, list) else ""
        more = ", …" if isinstance(ids, list) and len(ids) < int(str(row["count"])) else ""
        return f"  {row['reason']!s:<16} {row['count']:>8,}  {shown}{more}"
    return f"  {printable(str(row.get('id', '')))}: {printable(str(row.get('reason', '')))}"


def run_download(invocation: Invocation, output: Output, options: Download) -> int:
    """Fetches files of a torrent."""
    return asyncio.run(_download(invocation, output, options))


async def _download(invocation: Invocation, output: Output, options: Download) -> int:
    from mediatui.commands.job_kinds import DOWNLOAD
    from mediatui.commands.play import job_options
    from mediatui.headless.drive import drive_job

    wanted = job_options(options)
    async with output.workspace() as workspace:
        workspace.connect()
        return await drive_job(workspace.runner, DOWNLOAD, wanted, output, _describe_download)


def _describe_download(found: FoundRow) -> str:
    row = found.row
    return f"{row['outcome']!s:<7} {printable(str(row['path'] or row['name']))}"


def run_clear(invocation: Invocation, output: Output, options: Clear) -> int:
    """Empties the archive after the word CLEAR; the account itself is never touched."""
    from mediatui.headless.terminal_questions import ask_word
    from mediatui.store.database import check_file

    check_file(invocation.paths.database)
    if not invocation.paths.database.exists():
        output.result("There is no archive; nothing to clear.", counts={"cleared": 0})
        return 0
    if not options.confirmed and not ask_word(CLEAR_QUESTION, "CLEAR", "--yes-clear-everything"):
        raise UsageError("Nothing was cleared.", "Type the word CLEAR, or give --yes-clear-everything.")
    return asyncio.run(_clear(invocation, output))


async def _clear(invocation: Invocation, output: Output) -> int:
    from mediatui.commands.job_kinds import CLEAR
    from mediatui.commands.workspace import open_workspace
    from mediatui.headless.drive import drive_job

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        return await drive_job(workspace.runner, CLEAR, None, output)


def run_adopt(invocation: Invocation, output: Output, options: Adopt) -> int:
    """Lets the archive follow the configured token, after the word ADOPT when it is of another account."""
    return asyncio.run(_adopt(invocation, output, options.confirmed))


async def _adopt(invocation: Invocation, output: Output, confirmed: bool) -> int:
    from mediatui.archive.adopt import adopt_question
    from mediatui.changes.owner import owner_of, read_owner
    from mediatui.commands.job_kinds import ADOPT
    from mediatui.commands.workspace import open_workspace
    from mediatui.headless.drive import drive_job
    from mediatui.headless.terminal_questions import ask_word

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        given = owner_of(await workspace.connect().account())
        known = await workspace.db.read(read_owner)
        if known is not None and known.id == given.id:
            output.result(f"The archive belongs to {given} already.", counts={"account": given.id})
            return 0
        if not confirmed and not ask_word(adopt_question(known, given), "ADOPT", "--yes-adopt-account"):
            raise UsageError("Nothing was changed.", "Type the word ADOPT, or give --yes-adopt-account.")
        return await drive_job(workspace.runner, ADOPT, given, output)
