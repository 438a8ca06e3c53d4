"""Commands that meet the account or change the archive: sync, doctor, account, clear, export, import-redriva."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO, cast

from mediatui.headless.output import FOUND, Output
from mediatui.model.errors import UsageError
from mediatui.model.human import size_text
from mediatui.model.text import printable
from mediatui.runtime.events import FoundRow, Phase, Progress
from mediatui.runtime.invocation import Invocation

TELL_S = 1.0


def run_sync(invocation: Invocation, output: Output, options: Mapping[str, object]) -> int:
    """Brings the archive up to date; ``options`` are those of ``archive.sync.job.SyncOptions``."""
    return asyncio.run(_sync(invocation, output, options))


async def _sync(invocation: Invocation, output: Output, options: Mapping[str, object]) -> int:
    from mediatui.archive.sync.job import read_options
    from mediatui.commands.workspace import SYNC, open_workspace
    from mediatui.headless.changes import tell_unfinished
    from mediatui.headless.drive import drive_job

    wanted = read_options({**options, "all_examples": invocation.verbose > 0})
    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        await tell_unfinished(workspace, output)
        workspace.connect()  # a missing or odd token is told before anything starts
        return await drive_job(workspace.runner, SYNC, wanted, output, _describe)


def _describe(found: FoundRow) -> str:
    row = found.row
    if found.type == "plan":
        ids = row["ids"]
        shown = ", ".join(printable(str(one)) for one in ids) if isinstance(ids, list) else ""
        more = ", …" if isinstance(ids, list) and len(ids) < int(str(row["count"])) else ""
        return f"  {row['reason']!s:<16} {row['count']:>8,}  {shown}{more}"
    return f"  {printable(str(row.get('id', '')))}: {printable(str(row.get('reason', '')))}"


def run_doctor(invocation: Invocation, output: Output, *, exit_code: bool) -> int:
    """Checks Real-Debrid, the paths and the database; with ``exit_code`` a problem ends with 5."""
    return asyncio.run(_doctor(invocation, output, exit_code))


async def _doctor(invocation: Invocation, output: Output, exit_code: bool) -> int:
    from mediatui.commands.doctor import check_everything

    problems = warnings = 0
    async for check in check_everything(invocation):
        problems += check.state == "problem"
        warnings += check.state == "warning"
        fields = {"name": check.name, "state": check.state, "reason": check.text, "hint": check.hint}
        output.row("check", fields, f"{check.state:<8} {check.name:<12} {check.text}")
        if check.hint and not output.json:
            output.line(f"{'':<22}{check.hint}")
    found = [
        f"{count} {what}{'s' if count > 1 else ''}"
        for count, what in ((problems, "problem"), (warnings, "warning"))
        if count
    ]
    summary = f"{', '.join(found)}." if found else "All is well."
    output.result(summary, ok=True, counts={"problems": problems, "warnings": warnings})
    return FOUND if problems and exit_code else 0


def run_clear(invocation: Invocation, output: Output, *, confirmed: bool) -> int:
    """Empties the archive after the word CLEAR; the account itself is never touched."""
    from mediatui.headless.terminal_questions import ask_word
    from mediatui.store.database import check_file

    check_file(invocation.paths.database)
    if not invocation.paths.database.exists():
        output.result("There is no archive; nothing to clear.", counts={"cleared": 0})
        return 0
    question = "This empties the local archive; the Real-Debrid account is not touched."
    if not confirmed and not ask_word(question, "CLEAR", "--yes-clear-everything"):
        raise UsageError("Nothing was cleared.", "Type the word CLEAR, or give --yes-clear-everything.")
    return asyncio.run(_clear(invocation, output))


async def _clear(invocation: Invocation, output: Output) -> int:
    from mediatui.commands.workspace import CLEAR, open_workspace
    from mediatui.headless.drive import drive_job

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        return await drive_job(workspace.runner, CLEAR, None, output)


def run_adopt(invocation: Invocation, output: Output, *, confirmed: bool) -> int:
    """Lets the archive follow the configured token, after the word ADOPT when it is of another account."""
    return asyncio.run(_adopt(invocation, output, confirmed))


async def _adopt(invocation: Invocation, output: Output, confirmed: bool) -> int:
    from mediatui.archive.adopt import adopt_question
    from mediatui.changes.owner import owner_of, read_owner
    from mediatui.commands.workspace import ADOPT, open_workspace
    from mediatui.headless.drive import drive_job
    from mediatui.headless.terminal_questions import ask_word

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        given = owner_of(await workspace.connect().account())
        known = await workspace.db.read(read_owner)
        if known is not None and known.id == given.id:
            output.result(f"The archive is of {given} already.", counts={"account": given.id})
            return 0
        if not confirmed and not ask_word(adopt_question(known, given), "ADOPT", "--yes-adopt-account"):
            raise UsageError("Nothing was changed.", "Type the word ADOPT, or give --yes-adopt-account.")
        return await drive_job(workspace.runner, ADOPT, given, output)


def run_export(invocation: Invocation, output: Output, *, query: str, file_format: str, file: Path | None) -> int:
    """Writes the rows that match ``query`` to ``file``, or to standard output."""
    from mediatui.archive.backup import export_to_file, export_to_stream, read_format
    from mediatui.archive.query.parse import parse
    from mediatui.headless.archive import archive
    from mediatui.store.conditions import torrents_matching

    form = read_format(file_format)
    condition = torrents_matching(parse(query))
    if file is None and output.json:
        raise UsageError(
            "With --json the export needs a file.", "Name it with -o FILE; standard output holds the result."
        )
    with archive(invocation) as connection:
        if file is None:
            export_to_stream(connection, cast(TextIO, _ToOutput(output)), form, condition)
            return 0
        count = export_to_file(connection, file, form, condition)
    output.result(f"{count:,} torrents written to {file}.", counts={"count": count, "file": str(file)})
    return 0


class _ToOutput(io.TextIOBase):
    """Lets a writer of files write to the command's output."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def write(self, text: str) -> int:
        self._output.raw(text)
        return len(text)


def run_import_redriva(invocation: Invocation, output: Output, *, file: Path) -> int:
    """Takes over a Redriva database, which is only read."""

    with contextlib.suppress(OSError):
        output.event(Phase(f"reading {file} ({size_text(file.stat().st_size)})"))
    return asyncio.run(_import_redriva(invocation, output, file))


async def _import_redriva(invocation: Invocation, output: Output, file: Path) -> int:
    from mediatui.commands.workspace import open_workspace
    from mediatui.store.redriva import Reading, import_redriva

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        reading = Reading()
        work = asyncio.create_task(import_redriva(workspace.db, file, reading=reading))
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=TELL_S)
                output.event(Progress(reading.rows))
        except asyncio.CancelledError:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            raise
        taken = work.result()
    counts = dataclasses.asdict(taken)
    output.result(
        ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in counts.items()) + ".", counts=counts
    )
    return 0
