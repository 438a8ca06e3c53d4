"""Commands that find what is wrong: diagnose and check."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from mediatui.commands.open_archive import open_archive
from mediatui.commands.problem_columns import PROBLEM_COLUMNS, Problem
from mediatui.commands.torrents import Check, Diagnose, classes_of
from mediatui.headless.output import FOUND, Output
from mediatui.model.human import counted, date_time, size_text
from mediatui.model.problems import PROBLEM_INFO, PROBLEMS, diagnose
from mediatui.model.text import printable
from mediatui.runtime.events import FoundRow
from mediatui.runtime.invocation import Invocation

SECOND_CHECK: Final = "mediatui --headless check class:temporary"
"""What decides about a link that failed once, when it is due; a sync does not."""


def run_diagnose(invocation: Invocation, output: Output, options: Diagnose) -> int:
    """Every torrent with a problem, worst first: class, reason, what to do and what that costs; the totals last."""
    from mediatui.model.query_tree import ClassIn
    from mediatui.store.conditions import torrents_matching
    from mediatui.store.torrents.listing import iterate_torrents

    wanted = classes_of(options)
    condition = torrents_matching(ClassIn(frozenset(wanted)))
    now = time.time()
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    commands: dict[str, dict[str, None]] = {}
    problems: list[Problem] = []
    with open_archive(invocation) as connection:
        for torrent in iterate_torrents(connection, condition, sort="class", reverse=False):
            found = diagnose(torrent, now)
            about = PROBLEM_INFO[found.name]
            command = about.command
            if found.name == "temporary" and torrent.health_code is not None:
                command = SECOND_CHECK
            commands.setdefault(found.name, {})[command] = None
            counts[found.name] += 1
            sizes[found.name] += torrent.bytes
            output.row(
                "finding",
                {
                    "torrent_id": torrent.id, "name": torrent.filename, "path": torrent.filename, "target": None,
                    "state": found.name, "class": found.name, "reason": found.reason, "suggestion": about.action,
                    "command": command, "requests": about.requests, "undo": about.undo, "due_at": found.due,
                    "status": torrent.status, "progress": torrent.progress, "added_at": torrent.added_at,
                    "bytes": torrent.bytes,
                },
            )  # fmt: skip
            problems.append(Problem(torrent, found))
    if not output.json:
        output.table(PROBLEM_COLUMNS, problems)
        for line in _totals(counts, sizes, commands):
            output.line(line)
    total, size = sum(counts.values()), sum(sizes.values())
    summary = f"{counted(total, 'torrent')} with a problem, {size_text(size)}." if total else "No problem was found."
    output.result(
        summary, counts={"problems": total, "bytes": size, "classes": dict(counts), "class_bytes": dict(sizes)}
    )
    return FOUND if total and options.exit_code else 0


def _totals(
    counts: Mapping[str, int], sizes: Mapping[str, int], commands: Mapping[str, Collection[str]]
) -> Iterator[str]:
    """What each class means and what helps, then how many are of each and how big they are."""
    found = [name for name in PROBLEMS if counts.get(name)]
    for name in found:
        about = PROBLEM_INFO[name]
        cost = f", {counted(about.requests, 'request')} each" if about.requests else ""
        yield ""
        yield f"{name} {counts[name]:,}: {about.meaning}"
        yield f"  to do: {about.action}{cost}"
        yield from (f"  {command}" for command in commands[name] if command)
    if found:
        yield ""
    for name in found:
        yield f"{name:<15} {counts[name]:>8,}  {size_text(sizes[name]):>9}"


def run_check(invocation: Invocation, output: Output, options: Check) -> int:
    """Opens links within the budget: of the torrents named all of them, else the first of each that is due."""
    return asyncio.run(_check(invocation, output, options))


async def _check(invocation: Invocation, output: Output, options: Check) -> int:
    from mediatui.commands.job_kinds import CHECK
    from mediatui.commands.torrents import job_options
    from mediatui.commands.workspace import open_workspace
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
