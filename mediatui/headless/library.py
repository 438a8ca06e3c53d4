"""Commands on the link library: scan, and what earlier scans found."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediatui.events import Found
from mediatui.headless.archive import archive, moment
from mediatui.headless.output import Output
from mediatui.headless.table import Column, write_table
from mediatui.invocation import Invocation
from mediatui.model.errors import UsageError
from mediatui.model.link import BAD_STATES
from mediatui.model.text import printable

if TYPE_CHECKING:
    from mediatui.library.scan import Depth
    from mediatui.store.library import Scan

FOUND = 5
"""Exit code: problems were found."""


def run_scan(
    invocation: Invocation,
    output: Output,
    *,
    roots: Sequence[str],
    apply: bool,
    only: Sequence[str],
    allow: int | None,
    exit_code: bool,
    depth: Depth = "basic",
) -> int:
    """Looks at every link of the library, or of the folders named; with ``apply`` removes what is broken."""
    return asyncio.run(_scan(invocation, output, roots, apply, only, allow, exit_code, depth))


async def _scan(
    invocation: Invocation,
    output: Output,
    roots: Sequence[str],
    apply: bool,
    only: Sequence[str],
    allow: int | None,
    exit_code: bool,
    depth: Depth,
) -> int:
    from mediatui.headless.changes import apply_plan, show_plan, tell_unfinished
    from mediatui.headless.drive import stop_on_signals
    from mediatui.library.roots import configured_library, scan_roots
    from mediatui.library.scan import ScanOptions
    from mediatui.library.unlink import plan_unlink, read_only
    from mediatui.workspace import SCAN, open_workspace

    states = read_only(only)
    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        await tell_unfinished(workspace, output)
        folders = scan_roots(configured_library(workspace.settings), roots)
        job = workspace.runner.start(SCAN, ScanOptions(tuple(roots), "apply" if apply else "dry-run", depth))
        unobserve = workspace.runner.observe(
            lambda told, event: output.event(event, _describe) if told is job else None
        )
        with stop_on_signals(job, output):
            finished = await job.wait()
        unobserve()
        if finished.outcome != "done":
            return output.finished(finished)
        found = _states(finished.counts)
        wrong = sum(count for state, count in found.items() if state in BAD_STATES)
        plan = await workspace.db.read(plan_unlink, folders, states)
        if apply and plan.steps:
            output.said("info", finished.summary)
            return await apply_plan(workspace, output, plan, allow)
        if plan.steps and output.json:
            show_plan(workspace, output, plan, apply)
        else:
            more = f" --apply removes {plan.removals:,} of them." if plan.steps else ""
            output.result(finished.summary + more, counts=finished.counts)
        return FOUND if wrong and exit_code else 0


def _states(counts: object) -> dict[str, int]:
    states = counts.get("states") if isinstance(counts, dict) else None
    return dict(states) if isinstance(states, dict) else {}


def _describe(found: Found) -> str:
    row = found.row
    torrent = f"  torrent {row['torrent_id']}" if row["torrent_id"] else ""
    return f"{row['state']!s:<12} {printable(str(row['path']))} -> {printable(str(row['target']))}{torrent}"


def run_scan_list(invocation: Invocation, output: Output) -> int:
    """Earlier scans, the newest first."""
    from mediatui.store.library import read_scans

    with archive(invocation) as connection:
        scans = read_scans(connection)
    for scan in scans:
        output.row("scan", dataclasses.asdict(scan))
    if not output.json and scans:
        columns = (Column("Scan", right=True), Column("When"), Column("Status"), Column("Links", right=True),
                   Column("Found", elastic=True), Column("Roots"))  # fmt: skip
        cells = (
            (f"{scan.id}", moment(scan.started_at), scan.status, f"{scan.links:,}", _wrong(scan.counts),
             ", ".join(os.path.basename(root) for root in scan.roots))
            for scan in scans
        )  # fmt: skip
        write_table(output.line, columns, cells, output.width)
    output.result("" if scans else "Nothing was scanned yet.", counts={"scans": len(scans)})
    return 0


def _wrong(counts: object) -> str:
    found = dict(counts) if isinstance(counts, dict) else {}
    return ", ".join(f"{count:,} {state}" for state, count in found.items() if state != "ok") or "nothing wrong"


def run_scan_show(invocation: Invocation, output: Output, *, number: int) -> int:
    """What one scan found wrong."""
    from mediatui.store.library import read_findings

    with archive(invocation) as connection:
        scan = _scan_of(connection, number)
        findings = read_findings(connection, number)
    for finding in findings:
        fields = {"path": os.fsdecode(finding.path), "target": os.fsdecode(finding.target), "state": finding.state,
                  "reason": finding.reason, "torrent_id": finding.torrent_id}  # fmt: skip
        output.row("finding", fields, _describe(Found("finding", fields)))
    output.result(f"{scan.links:,} links: {_wrong(scan.counts)}.", counts={"scan": number, "states": dict(scan.counts)})
    return 0


def roots_of_scan(invocation: Invocation, number: int) -> tuple[str, ...]:
    """The folders a scan looked at; raises UsageError for one that is not known."""
    with archive(invocation) as connection:
        return _scan_of(connection, number).roots


def _scan_of(connection: sqlite3.Connection, number: int) -> Scan:
    from mediatui.store.library import read_scans

    found = next((scan for scan in read_scans(connection, 10_000) if scan.id == number), None)
    if found is None:
        raise UsageError(f"There is no scan {number}.", "List them with: mediatui --headless scan list")
    return found
