"""The findings of a report, read back with the steps they propose."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mediatui.changes.steps.registry import step_from_json
from mediatui.model.finding import Finding
from mediatui.store.library import reports


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding and its place in its report."""

    position: int
    finding: Finding


def window_of_findings(
    connection: sqlite3.Connection, report: int, category: str | None, first: int, count: int
) -> list[StoredFinding]:
    """The findings ``[first, first + count)`` of a report, of one category or of all, in their order; those that are
    ignored are left out."""
    return [_stored(row) for row in reports.window_of_findings(connection, report, category, first, count)]


def iterate_findings(
    connection: sqlite3.Connection, report: int, categories: Sequence[str] | None = None
) -> Iterator[StoredFinding]:
    """Every finding of a report, of these categories or of all, in their order; those that are ignored are left out."""
    return map(_stored, reports.iterate_findings(connection, report, categories))


def findings_at(connection: sqlite3.Connection, report: int, positions: Sequence[int]) -> list[StoredFinding]:
    """The findings at these places of a report, in their order, ignored or not."""
    return [_stored(row) for row in reports.findings_at(connection, report, positions)]


def _stored(row: reports.FindingRow) -> StoredFinding:
    steps = tuple(map(step_from_json, row.steps))
    return StoredFinding(row.position, Finding(row.category, row.path, row.reason, row.target, row.facts, steps))
