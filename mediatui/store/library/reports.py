"""Reports of the maintenance tools: what each run examined and found, window by window."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from mediatui.model.finding import Finding
from mediatui.model.plan import step_to_json

if TYPE_CHECKING:
    import aiosqlite

ReportStatus = Literal["running", "done", "cancelled", "failed"]
KEPT = 3
"""So many reports of each tool keep their findings."""


@dataclass(frozen=True, slots=True)
class Report:
    """One run of a tool; times are epoch seconds. ``counts`` are the findings of each category and the number of things
    examined."""

    id: int
    tool: str
    options: Mapping[str, object]
    started_at: float
    ended_at: float | None
    status: ReportStatus
    summary: str
    counts: Mapping[str, object]


class FindingRow(NamedTuple):
    """A finding of a report: its position, the fields of ``Finding``, and its steps as JSON."""

    position: int
    category: str
    path: bytes
    reason: str
    target: bytes
    facts: Mapping[str, object]
    steps: Sequence[str]


async def create_report(connection: aiosqlite.Connection, tool: str, options: Mapping[str, object], now: float) -> int:
    """Writes a report that is being made; returns its number."""
    await connection.execute(
        "UPDATE reports SET status = 'failed', ended_at = started_at WHERE status = 'running' AND tool = ?", (tool,)
    )
    cursor = await connection.execute(
        "INSERT INTO reports (tool, options, started_at, status) VALUES (?, ?, ?, 'running')",
        (tool, json.dumps(options), now),
    )
    return int(cursor.lastrowid or 0)


async def add_findings(connection: aiosqlite.Connection, report: int, first: int, findings: Sequence[Finding]) -> None:
    """Adds findings to a report, from the position ``first`` on."""
    await connection.executemany(
        "INSERT INTO report_findings (report, position, category, path, target, reason, facts, steps) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (report, first + number, finding.category, finding.path, finding.target, finding.reason,
             json.dumps(finding.facts), json.dumps([step_to_json(step) for step in finding.steps]))
            for number, finding in enumerate(findings)
        ],
    )  # fmt: skip


async def end_report(
    connection: aiosqlite.Connection,
    report: int,
    status: ReportStatus,
    summary: str,
    counts: Mapping[str, object],
    now: float,
) -> None:
    """Writes how a report ended, and drops the findings of old ones of the same tool; their numbers stay."""
    await connection.execute(
        "UPDATE reports SET status = ?, summary = ?, counts = ?, ended_at = ? WHERE id = ?",
        (status, summary, json.dumps(counts), now, report),
    )
    await connection.execute(
        "DELETE FROM report_findings WHERE report IN (SELECT id FROM reports WHERE tool = "
        "(SELECT tool FROM reports WHERE id = ?) ORDER BY id DESC LIMIT -1 OFFSET ?)",
        (report, KEPT),
    )


def newest_report(connection: sqlite3.Connection, tool: str) -> Report | None:
    """The newest report of a tool, None when it never ran."""
    row = connection.execute("SELECT * FROM reports WHERE tool = ? ORDER BY id DESC LIMIT 1", (tool,)).fetchone()
    return None if row is None else _report(row)


def read_report(connection: sqlite3.Connection, report: int) -> Report | None:
    """A report by its number."""
    row = connection.execute("SELECT * FROM reports WHERE id = ?", (report,)).fetchone()
    return None if row is None else _report(row)


def not_ignored(connection: sqlite3.Connection, report: int) -> str:
    """The end of a WHERE that leaves out the findings of a report that are ignored; empty when none is."""
    report = int(report)
    ignored = f"SELECT path FROM ignored_findings WHERE tool = (SELECT tool FROM reports WHERE id = {report})"
    any_is = connection.execute(f"{ignored} LIMIT 1").fetchone() is not None
    return f" AND path NOT IN ({ignored})" if any_is else ""


def count_findings(connection: sqlite3.Connection, report: int) -> dict[str, int]:
    """How many findings of each category a report holds, without those that are ignored."""
    rows = connection.execute(
        "SELECT category, COUNT(*) FROM report_findings "
        f"WHERE report = ?{not_ignored(connection, report)} GROUP BY category",
        (report,),
    )
    return {str(category): int(count) for category, count in rows}


def window_of_findings(
    connection: sqlite3.Connection, report: int, category: str | None, first: int, count: int
) -> list[FindingRow]:
    """The findings ``[first, first + count)`` of a report, of one category or of all, in their order; those that are
    ignored are left out."""
    where, values = (
        ("report = ?", [report]) if category is None else ("report = ? AND category = ?", [report, category])
    )
    where += not_ignored(connection, report)
    rows = connection.execute(
        f"SELECT * FROM report_findings WHERE {where} ORDER BY position LIMIT ? OFFSET ?", (*values, count, first)
    )
    return [_finding(row) for row in rows]


def iterate_findings(
    connection: sqlite3.Connection, report: int, categories: Sequence[str] | None = None
) -> Iterator[FindingRow]:
    """Every finding of a report, of these categories or of all, in their order; those that are ignored are left out."""
    marks = ", ".join("?" * len(categories or ()))
    where = f" AND category IN ({marks})" if categories is not None else ""
    where += not_ignored(connection, report)
    rows = connection.execute(
        f"SELECT * FROM report_findings WHERE report = ?{where} ORDER BY position", (report, *(categories or ()))
    )
    for row in rows:
        yield _finding(row)


def findings_at(connection: sqlite3.Connection, report: int, positions: Sequence[int]) -> list[FindingRow]:
    """The findings at these positions of a report, in their order, ignored or not."""
    rows = connection.execute(
        "SELECT * FROM report_findings WHERE report = ? AND position IN (SELECT value FROM json_each(?)) "
        "ORDER BY position",
        (report, json.dumps(list(positions))),
    )
    return [_finding(row) for row in rows]


def _report(row: sqlite3.Row) -> Report:
    return Report(
        row["id"], row["tool"], json.loads(row["options"]), row["started_at"], row["ended_at"], row["status"],
        row["summary"], json.loads(row["counts"]),
    )  # fmt: skip


def _finding(row: sqlite3.Row) -> FindingRow:
    path, target = os.fsencode(row["path"]), os.fsencode(row["target"] or b"")
    facts, steps = json.loads(row["facts"]), json.loads(row["steps"])
    return FindingRow(row["position"], row["category"], path, row["reason"], target, facts, steps)
