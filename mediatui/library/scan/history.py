"""Compares scans: estimates how long the next one takes, and finds out whether too much broke since the last."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mediatui.library.scan.mount_loss import Loss, looks_like_a_mount_problem
from mediatui.library.scan.reasons import reason_of
from mediatui.model.link import BAD_STATES
from mediatui.model.path import is_below, is_within
from mediatui.settings.places import configured_roots
from mediatui.store.library.links import count_links
from mediatui.store.library.scan_history import BY_CONTENT, keeps_findings, newly_bad
from mediatui.store.library.scans import EVERY_SCAN, Scan, ScanFinding, read_scans

if TYPE_CHECKING:
    from mediatui.model.plan import Plan
    from mediatui.settings import Settings

SHORTEST_S = 0.05
_SEEN_BY_EVERY_SCAN = tuple(state for state in BAD_STATES if state not in BY_CONTENT)


def covers(scan: Scan, folder: bytes) -> bool:
    """Whether a completed scan covers a whole folder."""
    return any(is_within(folder, root) for root in map(os.fsencode, scan.roots))


def last_scan_of(scans: Sequence[Scan], folder: bytes, depth: str = "") -> Scan | None:
    """The newest of these scans (newest first) that covers a whole folder, of a ``depth`` if one is named."""
    done = (scan for scan in scans if scan.status == "done" and depth in ("", scan.depth))
    return next((scan for scan in done if covers(scan, folder)), None)


def took_s(scan: Scan) -> float | None:
    """How many seconds a scan took, None while it runs."""
    return None if scan.ended_at is None else max(SHORTEST_S, scan.ended_at - scan.started_at)


def rate_of(scan: Scan) -> float | None:
    """Links per second of a scan, None while it runs or when it saw none."""
    seconds = took_s(scan)
    return None if seconds is None or not scan.links else scan.links / seconds


def estimate_s(scans: Sequence[Scan], folders: Sequence[tuple[bytes, int]], depth: str) -> float | None:
    """How many seconds a scan of these folders (path, links) takes, by the newest scan of this depth that covers each;
    None when one of them was never scanned."""
    total = 0.0
    for path, links in folders:
        scan = last_scan_of(scans, path, depth)
        rate = None if scan is None else rate_of(scan)
        if rate is None:
            return None
        total += links / rate
    return total


def reason_of_finding(finding: ScanFinding) -> str:
    """Why a link was in its state, in a few words; a scan stores the error number."""
    return reason_of(finding.state, int(finding.reason) if finding.reason.isdecimal() else None)


def mount_warning(connection: sqlite3.Connection, roots: Sequence[bytes], share: float) -> str:
    """A sentence when more than ``share`` of the links below a root are newly broken, else empty: since the scan before
    or an earlier one that keeps its findings, so that scanning again does not end the warning. Files that merely do not
    play are not counted: no mount problem causes that."""
    return looks_like_a_mount_problem(list(_losses(connection, roots)), share)


def require_typed_count(connection: sqlite3.Connection, settings: Settings, plan: Plan) -> Plan:
    """The plan, changed so that the number of removals has to be typed when so much broke since the last scan that the
    mount is the likelier cause, however few links were chosen."""
    warned = mount_warning(connection, configured_roots(settings), settings.library.max_delete_share)
    return replace(plan, looked_at=plan.removals) if warned and plan.removals else plan


def _losses(connection: sqlite3.Connection, roots: Sequence[bytes]) -> Iterator[Loss]:
    scans = [scan for scan in read_scans(connection, EVERY_SCAN) if scan.status == "done"]
    for root in roots:
        last = next((scan for scan in scans if covers(scan, root) or _is_inside(scan, root)), None)
        if last is None:
            continue
        looked_at = [root] if covers(last, root) else [os.fsencode(root_text) for root_text in last.roots]
        looked_at = [path for path in looked_at if is_within(path, root)]
        earlier = [
            earlier_scan
            for earlier_scan in scans
            if earlier_scan.id < last.id and all(covers(earlier_scan, path) for path in looked_at)
        ]
        known = count_links(connection, root)
        losses = [
            Loss(
                root,
                known,
                sum(newly_bad(connection, last.id, one.id, path, _SEEN_BY_EVERY_SCAN) for path in looked_at),
                one.id,
            )
            for one in earlier
            if keeps_findings(connection, one)
        ]
        if losses:
            worst = max(losses, key=lambda loss: (loss.newly, loss.since))
            yield replace(worst, since=0) if worst.since == earlier[0].id else worst


def _is_inside(scan: Scan, root: bytes) -> bool:
    return any(is_below(path, root) for path in map(os.fsencode, scan.roots))
