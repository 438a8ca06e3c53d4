"""Commands that look for what is wrong: diagnose, check, unrestrict."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mediatui.headless.archive import archive
from mediatui.headless.output import FOUND, Output
from mediatui.headless.table import TableColumn, write_table
from mediatui.model.human import counted, date_time
from mediatui.model.problems import PROBLEM_INFO, PROBLEMS, diagnose
from mediatui.model.text import printable
from mediatui.runtime.events import FoundRow
from mediatui.runtime.invocation import Invocation

if TYPE_CHECKING:
    from mediatui.archive.links import FileLink
    from mediatui.model.torrent import TorrentFile
    from mediatui.services.realdebrid.client import RealDebrid


def run_diagnose(invocation: Invocation, output: Output, *, exit_code: bool) -> int:
    """Every torrent with a problem, worst first: class, reason, what to do and what that costs."""
    from mediatui.model.query_tree import ClassIn
    from mediatui.store.conditions import torrents_matching
    from mediatui.store.torrents.listing import iterate_torrents

    condition = torrents_matching(ClassIn(frozenset(PROBLEMS)))
    now = time.time()
    counts: Counter[str] = Counter()
    cells: list[tuple[str, ...]] = []
    with archive(invocation) as connection:
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
    return FOUND if total and exit_code else 0


def run_check(invocation: Invocation, output: Output, *, words: Sequence[str], limit: int | None) -> int:
    """Opens links within the budget: of the torrents named all of them, else the first of each that is due."""
    return asyncio.run(_check(invocation, output, words, limit))


async def _check(invocation: Invocation, output: Output, words: Sequence[str], limit: int | None) -> int:
    from mediatui.archive.check import CheckOptions
    from mediatui.archive.query.parse import parse
    from mediatui.archive.targets import read_targets
    from mediatui.commands.workspace import CHECK, open_workspace
    from mediatui.headless.drive import drive_job
    from mediatui.store.conditions import torrents_matching

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        targets = await workspace.db.read(read_targets, words) if words else None
        if targets is not None and targets.looked_at is None:
            options = CheckOptions(ids=tuple(torrent.id for torrent in targets.torrents), limit=limit)
        else:
            options = CheckOptions(torrents_matching(parse(" ".join(words))), limit=limit)
        workspace.connect()
        return await drive_job(workspace.runner, CHECK, options, output, _describe_check)


def _describe_check(found: FoundRow) -> str:
    row = found.row
    again = row.get("second_look_at")
    later = f", looked at again after {date_time(float(str(again)))}" if again else ""
    code = f" ({row['code']})" if row["code"] is not None else ""
    return (
        f"{row['verdict']!s:<8} {printable(str(row['torrent_id']))} link {int(str(row['position'])) + 1}{code}{later}"
    )


def run_unrestrict(
    invocation: Invocation, output: Output, *, wanted: str, files: Sequence[int], file: Path | None
) -> int:
    """Direct links of one torrent, one a line; to ``file`` (readable by its owner only) when one is given."""
    return asyncio.run(_unrestrict(invocation, output, wanted, files, file))


async def _unrestrict(
    invocation: Invocation, output: Output, wanted: str, files: Sequence[int], file: Path | None
) -> int:
    from mediatui.archive.links import choose_links, secret_file
    from mediatui.commands.workspace import open_workspace
    from mediatui.store.torrents.listing import files_of, find_torrent, links_of

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        torrent = await workspace.db.read(find_torrent, wanted)
        known: list[TorrentFile] = await workspace.db.read(files_of, torrent.id)
        links = await workspace.db.read(links_of, torrent.id)
        chosen = choose_links(torrent, known, links, files)
        client = workspace.connect()
        made = 0
        with contextlib.nullcontext(output.line) if file is None else secret_file(file) as write:
            for link in chosen:
                fields = await _direct_link(client, link, output)
                direct = fields["download"]
                shown = fields if file is None else {**fields, "download": None}
                output.row("link", {"torrent_id": torrent.id, "file": link.file_id, **shown})
                if isinstance(direct, str):
                    write(direct)
                    made += 1
    failed = len(chosen) - made
    where = f" written to {file}" if file is not None and made else ""
    counts = {"links": made, "failed": failed, "torrent_id": torrent.id}
    summary = f"{counted(made, 'link')}{where}." if file is not None or failed else ""
    output.result(summary, ok=not failed, counts=counts)
    return 1 if failed else 0


async def _direct_link(client: RealDebrid, link: FileLink, output: Output) -> dict[str, object]:
    """What the service makes of a link; without a ``download`` when it cannot be opened, which is said. Raises
    ServiceError when the others could not be opened either."""
    from mediatui.services.errors import ServiceError

    try:
        made = await client.unrestrict(link.link)
    except ServiceError as error:
        if error.kind not in ("dead-link", "not-found", "infringing", "permanent", "transient"):
            raise
        output.said("error", f"{link.name}: {error.message}")
        return {"filename": link.name, "bytes": None, "download": None, "reason": error.message}
    return {"filename": made.filename, "bytes": made.bytes, "download": made.download, "reason": ""}
