"""Earlier scans in the archive: the difference between two of them, and the changes made after each."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.model.link import BAD_STATES
from mediatui.model.text import printable
from mediatui.store.changes.journal import Line, read_lines
from mediatui.store.library.scans import EVERY_SCAN, Scan, ScanFinding, read_findings, read_scans

if TYPE_CHECKING:
    pass

BY_CONTENT = ("truncated", "zeroed", "not media", "no video")
"""States that only a scan of the full depth can find."""
_ON_LINKS = ("unlink_symlink", "unlink_when_blocked", "relink_symlink", "restore_symlink", "mend_link")


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference between two scans of the same folders: links that are bad now and were well (``appeared``), that
    were bad and are well now (``mended``), and that were bad and are no longer there (``removed``). Links that were
    unknown in the first scan are left out."""

    appeared: tuple[ScanFinding, ...]
    mended: tuple[ScanFinding, ...]
    removed: tuple[ScanFinding, ...]


def scan_before(connection: sqlite3.Connection, scan: Scan) -> Scan | None:
    """The newest complete scan of the same folders before this one whose findings are kept."""
    for earlier in read_scans(connection, EVERY_SCAN):
        same = earlier.id < scan.id and set(earlier.roots) == set(scan.roots)
        if same and earlier.status == "done":
            return earlier if keeps_findings(connection, earlier) else None
    return None


NOT_KEPT = "What it found is no longer kept."


def keeps_findings(connection: sqlite3.Connection, scan: Scan) -> bool:
    """Whether the findings of a scan are still stored: the newest scans keep them, the others keep their counts."""
    wrong = sum(count for state, count in scan.counts.items() if state != "ok")
    if not wrong:
        return True
    query = "SELECT EXISTS (SELECT 1 FROM scan_findings WHERE scan_id = ?)"
    return bool(connection.execute(query, (scan.id,)).fetchone()[0])


def read_difference(connection: sqlite3.Connection, scan: Scan, before: Scan) -> Difference:
    """What changed from ``before`` to ``scan``. States that only one of the two depths can find are left out when the
    depths differ."""
    states = [state for state in BAD_STATES if scan.depth == before.depth or state not in BY_CONTENT]
    now = {finding.path: finding for finding in read_findings(connection, scan.id)}
    then = {finding.path: finding for finding in read_findings(connection, before.id)}
    bad_now = {path for path, finding in now.items() if finding.state in states}
    bad_then = {path for path, finding in then.items() if finding.state in states}
    well = [path for path in sorted(bad_then) if path not in now]
    query = "SELECT 1 FROM library_links WHERE path = ?"
    existing = {path for path in well if connection.execute(query, (path,)).fetchone()}
    return Difference(
        tuple(now[path] for path in sorted(bad_now - then.keys())),
        tuple(then[path] for path in well if path in existing),
        tuple(then[path] for path in well if path not in existing),
    )


def newly_bad(connection: sqlite3.Connection, scan: int, before: int, root: bytes, states: Sequence[str]) -> int:
    """How many links below a root a scan found in one of ``states`` while the scan ``before`` had no finding on them. A
    link that was unknown then, because a mount was away, is not counted: it may have been bad for long."""
    marks = ", ".join("?" * len(states))
    row = connection.execute(
        f"SELECT count(*) FROM scan_findings f WHERE scan_id = ? AND path >= ? AND path < ? AND state IN ({marks}) "
        f"AND NOT EXISTS (SELECT 1 FROM scan_findings b WHERE b.scan_id = ? AND b.path = f.path)",
        (scan, root + b"/", root + b"0", *states, before),
    ).fetchone()
    return int(row[0])


def bad_since(connection: sqlite3.Connection, path: bytes) -> float | None:
    """The start (epoch seconds) of the oldest scan since which every scan found this link bad, among those whose
    findings are kept; None when the newest did not find it bad."""
    rows = connection.execute(
        "SELECT s.started_at, f.state FROM scans s LEFT JOIN scan_findings f ON f.scan_id = s.id AND f.path = ? "
        "WHERE s.status = 'done' AND EXISTS (SELECT 1 FROM scan_findings o WHERE o.scan_id = s.id) ORDER BY s.id DESC",
        (path,),
    )
    since: float | None = None
    for started_at, state in rows:
        if state not in BAD_STATES:
            break
        since = float(started_at)
    return since


def changes_after(connection: sqlite3.Connection, scans: Sequence[Scan]) -> dict[int, Counter[str]]:
    """How many steps on links were done between each scan and the next one, by kind."""
    ordered = sorted(scans, key=lambda scan: scan.started_at)
    begun = [scan.started_at for scan in ordered]
    found: dict[int, Counter[str]] = {}
    rows = connection.execute(
        f"SELECT coalesce(b.started_at, b.created_at), p.kind, count(*) FROM plan_steps p "
        f"JOIN batches b ON b.batch = p.batch WHERE p.outcome = 'done' AND b.undoes IS NULL "
        f"AND p.kind IN ({', '.join('?' * len(_ON_LINKS))}) GROUP BY b.batch, p.kind",
        _ON_LINKS,
    )
    for at, kind, count in rows:
        place = bisect_right(begun, at)
        if place:
            found.setdefault(ordered[place - 1].id, Counter())[str(kind)] += int(count)
    return found


def lines_on_path(connection: sqlite3.Connection, path: str, limit: int = 20) -> list[Line]:
    """The journal of one path of the library (text with undecodable bytes as surrogates), newest first."""
    steps = connection.execute(
        "SELECT batch, position FROM journal WHERE what = ? GROUP BY batch, position ORDER BY max(at) DESC LIMIT ?",
        (printable(path), limit),
    )
    found = [line for batch, position in steps.fetchall() for line in reversed(read_lines(connection, batch, position))]
    return [line for line in found if line.before.get("path") == path]


def states_below(connection: sqlite3.Connection, folder: bytes) -> dict[str, int]:
    """How many links below a folder are in each state."""
    rows = connection.execute(
        "SELECT state, count(*) FROM library_links WHERE path >= ? AND path < ? GROUP BY state",
        (folder + b"/", folder + b"0"),
    )
    return {str(state): int(count) for state, count in rows}
