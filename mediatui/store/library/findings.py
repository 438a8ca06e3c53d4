"""Findings of reports as a screen lists them: positions by category and words, short rows, later changes to their
paths, and the findings that are ignored."""

from __future__ import annotations

import json
import os
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.model.link import from_name_on
from mediatui.model.text import fold
from mediatui.store.library.reports import not_ignored

if TYPE_CHECKING:
    import aiosqlite


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding as a row of a list; ``steps`` is how many changes it proposes."""

    position: int
    category: str
    path: bytes
    reason: str
    steps: int


def positions_of_findings(
    connection: sqlite3.Connection,
    report: int,
    category: str | None = None,
    *,
    ignored: bool = False,
) -> array[int]:
    """The positions of a report's findings, ascending: of one category or of all, without the ignored ones or, with
    ``ignored``, only those."""
    where, values = _where(connection, report, category, ignored)
    rows = connection.execute(f"SELECT position FROM report_findings WHERE {where} ORDER BY position", values)
    return array("q", (row[0] for row in rows))


def findings_holding(
    connection: sqlite3.Connection,
    report: int,
    words: Sequence[str],
    folders: Sequence[bytes],
    *,
    ignored: bool = False,
) -> Iterator[tuple[int, str]]:
    """Position and category of the findings of all categories whose path, target and reason hold each of the ``words``
    (folded), ascending; the part of a path above ``folders``, the roots and mounts of the library, is not searched."""
    where, values = _where(connection, report, None, ignored)
    rows = connection.execute(
        f"SELECT position, category, path, target, reason FROM report_findings WHERE {where} ORDER BY position", values
    )
    return ((row[0], row[1]) for row in rows if _holds(words, folders, row[2], row[3], row[4]))


def _where(
    connection: sqlite3.Connection, report: int, category: str | None, ignored: bool
) -> tuple[str, tuple[object, ...]]:
    where, values = (
        ("report = ?", (report,)) if category is None else ("report = ? AND category = ?", (report, category))
    )
    left_out = not_ignored(connection, report)
    if ignored:
        return where + (left_out.replace("NOT IN", "IN", 1) or " AND 0"), values
    return where + left_out, values


def _holds(words: Sequence[str], folders: Sequence[bytes], path: bytes, target: bytes | None, reason: str) -> bool:
    text = fold(f"{from_name_on(path, folders)} {from_name_on(target or b'', folders)} {reason}")
    return all(word in text for word in words)


def lines_of_findings(connection: sqlite3.Connection, report: int, positions: Sequence[int]) -> list[FindingLine]:
    """The findings at these positions, without facts and steps, which may be long."""
    marks = ", ".join("?" * len(positions))
    rows = connection.execute(
        "SELECT position, category, path, reason, json_array_length(steps) FROM report_findings "
        f"WHERE report = ? AND position IN ({marks}) ORDER BY position",
        (report, *positions),
    )
    return [FindingLine(row[0], row[1], bytes(row[2]), row[3], row[4]) for row in rows]


def paths_of_findings(connection: sqlite3.Connection, report: int) -> Iterator[tuple[int, bytes]]:
    """Position and path of the findings of a report that are not ignored, in their order."""
    where = f"report = ?{not_ignored(connection, report)}"
    rows = connection.execute(f"SELECT position, path FROM report_findings WHERE {where} ORDER BY position", (report,))
    return ((row[0], bytes(row[1])) for row in rows)


def count_steps(connection: sqlite3.Connection, report: int) -> dict[str, int]:
    """How many changes the findings of each category propose; categories that propose none are left out."""
    rows = connection.execute(
        "SELECT category, SUM(json_array_length(steps)) FROM report_findings "
        f"WHERE report = ?{not_ignored(connection, report)} GROUP BY category",
        (report,),
    )
    return {str(category): int(steps) for category, steps in rows if steps}


def changed_since(connection: sqlite3.Connection, at: float) -> dict[bytes, bytes | None]:
    """The paths of the library changed since ``at`` (epoch seconds), each with the new target of its link where it got
    one. Changes that were undone are left out."""
    rows = connection.execute(
        "SELECT j.before FROM journal j JOIN batches b ON b.batch = j.batch "
        "WHERE b.undoes IS NULL AND b.created_at >= ? AND j.outcome = 'done' AND j.undone_at IS NULL "
        "ORDER BY j.batch, j.seq",
        (at,),
    )
    changed: dict[bytes, bytes | None] = {}
    for (text,) in rows:
        before: Mapping[str, object] = json.loads(text or "{}")
        path, new = before.get("path"), before.get("new_target")
        if isinstance(path, str):
            changed.pop(os.fsencode(path), None)  # the newest comes last
            changed[os.fsencode(path)] = os.fsencode(new) if isinstance(new, str) else None
    return changed


def ignored_paths(connection: sqlite3.Connection, tool: str) -> set[bytes]:
    """The paths whose findings of a tool are ignored."""
    return {bytes(row[0]) for row in connection.execute("SELECT path FROM ignored_findings WHERE tool = ?", (tool,))}


async def ignore_findings(connection: aiosqlite.Connection, report: int, positions: Iterable[int], now: float) -> None:
    """Ignores the paths at these positions of a report, in every report of that tool."""
    await connection.executemany(
        "INSERT OR REPLACE INTO ignored_findings (tool, path, at) SELECT r.tool, f.path, ? FROM report_findings f "
        "JOIN reports r ON r.id = f.report WHERE f.report = ? AND f.position = ?",
        [(now, report, position) for position in positions],
    )


async def unignore_findings(connection: aiosqlite.Connection, report: int, positions: Iterable[int]) -> None:
    """Lists the paths at these positions again."""
    await connection.executemany(
        "DELETE FROM ignored_findings WHERE tool = (SELECT tool FROM reports WHERE id = ?) "
        "AND path = (SELECT path FROM report_findings WHERE report = ? AND position = ?)",
        [(report, report, position) for position in positions],
    )


def known_episode(connection: sqlite3.Connection, link_path: bytes) -> tuple[int, int] | None:
    """Season and episode of a link according to Sonarr; None when Sonarr does not know the link."""
    row = connection.execute(
        "SELECT season, episode FROM media WHERE link_path = ? AND kind = 'episode' AND source <> 'tree' "
        "AND season IS NOT NULL AND episode IS NOT NULL",
        (link_path,),
    ).fetchone()
    return None if row is None else (int(row[0]), int(row[1]))
