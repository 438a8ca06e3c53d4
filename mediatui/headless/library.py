"""Commands on the link library: scan, and what earlier scans found."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mediatui.commands.open_archive import open_archive
from mediatui.commands.options import NoOptions
from mediatui.commands.scan import HowToScan, OneScan, Scan, ScanAgain, options_of, scan_of
from mediatui.commands.scan_columns import SCAN_COLUMNS, ShownScan, wrong_of
from mediatui.headless.output import FOUND, HELD, Output
from mediatui.model.errors import UsageError
from mediatui.model.human import counted
from mediatui.model.link import BAD_STATES, KEPT_BY_GUARDS, NOT_JUDGED, NOT_PROBED
from mediatui.model.text import printable
from mediatui.runtime.events import Finished, FoundRow
from mediatui.runtime.invocation import Invocation

if TYPE_CHECKING:
    from mediatui.library.scan.job import ScanOptions
    from mediatui.model.plan import Plan
    from mediatui.store.library.scans import ScanFinding


def run_scan(invocation: Invocation, output: Output, options: Scan) -> int:
    """Checks every link of the library, or of the folders named; with ``apply`` removes what is broken."""
    return asyncio.run(_scan(invocation, output, options_of(options, options.roots), options))


def run_scan_again(invocation: Invocation, output: Output, options: ScanAgain) -> int:
    """Scans the folders of an earlier scan again, in its depth unless another is named."""
    with open_archive(invocation) as connection:
        before = scan_of(connection, options.number)
    wanted = options_of(options, before.roots, "full" if before.depth == "full" else "basic")
    return asyncio.run(_scan(invocation, output, wanted, options))


async def _scan(invocation: Invocation, output: Output, options: ScanOptions, asked: HowToScan) -> int:
    from mediatui.changes.notify import with_links_that_came_back
    from mediatui.commands.job_kinds import SCAN
    from mediatui.commands.workspace import open_workspace
    from mediatui.headless.changes import apply_plan, report_unfinished, show_notes
    from mediatui.headless.drive import follow_job
    from mediatui.library.links.unlink import parse_removable_states, plan_unlink
    from mediatui.library.roots import configured_library, find_roots
    from mediatui.library.scan.freshness import how_old, why_stale
    from mediatui.library.scan.history import mount_warning, require_typed_count
    from mediatui.services.mount_cache import cache_times
    from mediatui.store.library.views import read_views

    apply, allow = asked.apply, asked.allow
    states = parse_removable_states(asked.only)
    unattended = allow is None and not sys.stdin.isatty()
    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        workspace.start_log()
        await report_unfinished(workspace, output)
        folders = await find_roots(configured_library(workspace.settings), options.roots)
        refresh = apply and unattended  # what this scan finds may then be removed at once
        job = workspace.runner.start(SCAN, dataclasses.replace(options, refresh=refresh))
        finished = await follow_job(workspace.runner, job, output, _describe)
        if finished.outcome != "done":
            return output.finished(finished)
        times = await cache_times(workspace.settings)
        for problem in {time.problem for time in times.values() if time.problem}:
            output.said("warning", problem)
        views = await workspace.db.read(read_views)
        refreshed = [view for view in views.values() if view.refreshed_by == finished.counts.get("scan")]
        stale = functools.partial(why_stale, times, refreshed=refreshed)
        if old := how_old(times):
            finished = dataclasses.replace(finished, summary=f"{finished.summary} {old[0].upper()}{old[1:]}.")
        found = _states(finished.counts)
        kept = _kept_by_guards(finished.counts)
        share = workspace.settings.library.max_delete_share
        warning = await workspace.db.read(mount_warning, configured_library(workspace.settings).roots, share)
        if warning:
            output.said("warning", warning)
        plan = await workspace.db.read(
            lambda c: plan_unlink(c, folders, states, seen_twice=unattended, why_stale=stale)
        )
        if warning:
            plan = await workspace.db.read(require_typed_count, workspace.settings, plan)
        plan = await workspace.db.read(with_links_that_came_back, workspace.settings, plan)
        if apply and plan.steps:
            output.said("info", finished.summary)
            show_notes(output, plan)
            code = await apply_plan(workspace, output, plan, allow)
            return HELD if code in (0, 1) and kept else code
        if apply:
            show_notes(output, plan)
        _show_outcome(output, finished, plan, applied=apply, ok=not (apply and kept))
        if apply and kept:
            return HELD
        return FOUND if asked.exit_code and (_iswrong_of(found) or _unjudged_places(finished.counts)) else 0


def _show_outcome(output: Output, finished: Finished, plan: Plan, *, applied: bool, ok: bool) -> None:
    """The result of a scan that removes nothing now: what it found, what --apply would remove and, where it was
    given (``applied``), what it leaves for a second scan."""
    from mediatui.changes.apply import as_row

    for step in plan.steps if output.json else ():
        output.row("step", as_row(step, "planned", getattr(step, "reason", "")))
    more = f" --apply removes {plan.removals:,} of them." if plan.removals else ""
    more += "".join(f" --apply notifies {step.what}." for step in plan.steps if not step.REMOVES)
    if plan.notes and applied:
        more += f" {len(plan.notes):,} were not broken half an hour ago: in an unattended run they are left for now."
    counts = {"applied": False, "steps": len(plan.steps), "notes": len(plan.notes), "removals": plan.removals}
    output.result(finished.summary + more, ok=ok, counts={**finished.counts, **counts})


def _kept_by_guards(counts: Mapping[str, object]) -> int:
    """How many links a mount, a view or a witness kept from being judged. A file that ffprobe could not judge is none
    of them."""
    rows = counts.get("unjudged")
    states = [row for row in rows if row["state"] in KEPT_BY_GUARDS] if isinstance(rows, list) else []
    return sum(int(row["links"]) for row in states if row["reason"] not in NOT_PROBED.values())


def _iswrong_of(states: Mapping[str, int]) -> bool:
    """Whether a link is bad or could not be judged, or all links lead outside every mount: then none was judged."""
    if any(states.get(state) for state in (*BAD_STATES, *NOT_JUDGED)):
        return True
    return bool(states.get("outside")) and states["outside"] == sum(states.values())


def _unjudged_places(counts: Mapping[str, object]) -> bool:
    """Whether a mount was away, or a folder could not be read to its end."""
    return bool(counts.get("mounts_away") or counts.get("unread_folders"))


def _states(counts: object) -> dict[str, int]:
    states = counts.get("states") if isinstance(counts, dict) else None
    return dict(states) if isinstance(states, dict) else {}


def _describe(found: FoundRow) -> str:
    row = found.row
    if found.type == "unjudged":
        return str(row["text"])
    torrent = f"  torrent {row['torrent_id']}" if row["torrent_id"] else ""
    return f"{row['state']!s:<12} {printable(str(row['path']))} -> {printable(str(row['target']))}{torrent}"


def run_scan_list(invocation: Invocation, output: Output, options: NoOptions) -> int:
    """Earlier scans, the newest first."""
    from mediatui.store.library.scans import read_scans

    with open_archive(invocation) as connection:
        scans = read_scans(connection)
    for scan in scans:
        output.row("scan", dataclasses.asdict(scan))
    output.table(SCAN_COLUMNS, map(ShownScan, scans))
    output.result("" if scans else "Nothing was scanned yet.", counts={"scans": len(scans)})
    return 0


def run_scan_show(invocation: Invocation, output: Output, options: OneScan) -> int:
    """What one scan found wrong."""
    from mediatui.store.library.scan_history import NOT_KEPT, keeps_findings
    from mediatui.store.library.scans import read_findings

    number = options.number
    with open_archive(invocation) as connection:
        scan = scan_of(connection, number)
        findings = read_findings(connection, number)
        is_kept = keeps_findings(connection, scan)
    for finding in findings:
        fields = _finding_fields(finding)
        output.row("finding", fields, _describe(FoundRow("finding", fields)))
    for row in scan.unjudged:
        output.row("unjudged", row, printable(str(row["text"])))
    if not is_kept:
        output.line(f"{NOT_KEPT} scan.history says how many scans keep it.")
    counts = {"scan": number, "states": dict(scan.counts), "findings_kept": is_kept}
    output.result(f"{counted(scan.links, 'link')}: {wrong_of(scan.counts)}.", counts=counts)
    return 0


def run_scan_diff(invocation: Invocation, output: Output, options: OneScan) -> int:
    """What is newly broken, mended and gone since the scan before of the same folders."""
    from mediatui.store.library.scan_history import read_difference, scan_before

    number = options.number
    with open_archive(invocation) as connection:
        scan = scan_of(connection, number)
        before = scan_before(connection, scan)
        if before is None:
            raise UsageError(
                f"No scan of the same folders before scan {number} keeps what it found.",
                "scan.history says how many scans keep their findings.",
            )
        found = read_difference(connection, scan, before)
    changes = {"newly broken": found.appeared, "mended": found.mended, "gone": found.removed}
    for change, findings in changes.items():
        for finding in findings:
            fields = {**_finding_fields(finding), "change": change}
            output.row("finding", fields, f"{change:<14}{_describe(FoundRow('finding', fields))}")
    counts = {change: len(findings) for change, findings in changes.items()}
    changed = ", ".join(f"{count:,} {change}" for change, count in counts.items())
    output.result(
        f"Since scan {before.id}: {changed}.", counts={"scan": number, "before": before.id, "changes": counts}
    )
    return 0


def _finding_fields(finding: ScanFinding) -> dict[str, object]:
    from mediatui.library.scan.history import reason_of_finding

    return {
        "path": os.fsdecode(finding.path), "target": os.fsdecode(finding.target), "state": finding.state,
        "reason": reason_of_finding(finding), "torrent_id": finding.torrent_id,
    }  # fmt: skip


def run_scan_delete(invocation: Invocation, output: Output, options: OneScan) -> int:
    """Forgets a scan and what it found; links, and what is known of them, stay."""
    return asyncio.run(_delete_scan(invocation, output, options.number))


async def _delete_scan(invocation: Invocation, output: Output, number: int) -> int:
    from mediatui.commands.workspace import open_workspace
    from mediatui.store.library.scans import delete_scan

    async with open_workspace(invocation, wait_for_lane=False) as workspace:
        scan = await workspace.db.read(scan_of, number)
        if scan.status == "running":
            raise UsageError(f"Scan {number} is still running.", "Stop it first, or wait for its end.")
        async with workspace.db.transaction() as connection:
            await delete_scan(connection, number)
    output.result(f"Scan {number} is forgotten.", counts={"scan": number})
    return 0
