"""Commands that find what is wrong: diagnose and check."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from mediatui.commands.open_archive import open_archive
from mediatui.commands.table import TableColumn, write_table
from mediatui.commands.torrents import Check, Diagnose
from mediatui.headless.output import FOUND, Output
from mediatui.model.human import counted, date_time
from mediatui.model.problems import PROBLEM_INFO, PROBLEMS, diagnose
from mediatui.model.text import printable
from mediatui.runtime.events import FoundRow
from mediatui.runtime.invocation import Invocation


def run_diagnose(invocation: Invocation, output: Output, options: Diagnose) -> int:
    """Every torrent with a problem, worst first: class, reason, what to do and what that costs."""
    from mediatui.model.query_tree import ClassIn
    from mediatui.store.conditions import torrents_matching
    from mediatui.store.torrents.listing import iterate_torrents

    condition = torrents_matching(ClassIn(frozenset(PROBLEMS)))
    now = time.time()
    counts: Counter[str] = Counter()
    cells: list[tuple[str, ...]] = []
    with open_archive(invocation) as connection:
        for torrent in iterate_torrents(connection, condition, sort="class", reverse=False):
            found = diagnose(torrent, now)
            about = PROBLEM_INFO[found.name]
            counts[found.name] += 1
            output.row(
                "finding",
                {
                    "torrent_id": torrent.id, "name": torrent.filename, "path": torrent.filename, "target": None,
                    "state": found.name, "class": found.name, "reason": found.reason, "suggestion": about.action,
                    "command": about.command, "requests": about.requests, "undo": about.undo, "due_at": found.due,
                },
            )  # fmt: skip
            cells.append((found.name, printable(torrent.filename), found.reason, torrent.id))
    if not output.json:
        columns = (TableColumn("Class"), TableColumn("Name", elastic=True), TableColumn("Why"), TableColumn("Id"))
        write_table(output.line, columns, cells, output.width)
        for name in PROBLEMS:
            if counts[name]:
                about = PROBLEM_INFO[name]
                output.line()
                output.line(f"{name} {counts[name]:,}: {about.meaning}")
                cost = f", {counted(about.requests, 'request')} each" if about.requests else ""
                output.line(f"  to do: {about.action}{cost}")
                output.line(f"  {about.command}")
    total = sum(counts.values())
    summary = f"{counted(total, 'torrent')} with a problem." if total else "No problem was found."
    output.result(summary, counts={"problems": total, "classes": dict(counts)})
    return FOUND if total and options.exit_code else 0


def run_check(invocation: Invocation, output: Output, options: Check) -> int:
    """Opens links within the budget: of the torrents named all of them, else the first of each that is due."""
    return asyncio.run(_check(invocation, output, options))


async def _check(invocation: Invocation, output: Output, options: Check) -> int:
    from mediatui.commands.torrents import job_options
    from mediatui.commands.workspace import CHECK, open_workspace
    from mediatui.headless.drive import drive_job

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        wanted = await workspace.db.read(job_options, options, workspace.library_roots)
        workspace.connect()
        return await drive_job(workspace.runner, CHECK, wanted, output, _describe_check)


def _describe_check(found: FoundRow) -> str:
    row = found.row
    again = row.get("second_look_at")
    later = f", checked again after {date_time(float(str(again)))}" if again else ""
    code = f" ({row['code']})" if row["code"] is not None else ""
    return (
        f"{row['verdict']!s:<8} {printable(str(row['torrent_id']))} link {int(str(row['position'])) + 1}{code}{later}"
    )
