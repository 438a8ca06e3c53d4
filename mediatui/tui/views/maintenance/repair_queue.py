"""The dead links that are repaired one by one: which are still open, and how they and their candidates are shown."""

from __future__ import annotations

import os
import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from mediatui.library.maintenance.repair_links.series_batch import SeriesOf, series_of
from mediatui.library.maintenance.stored_findings import findings_at
from mediatui.model.candidate import Candidate
from mediatui.model.finding import Finding
from mediatui.model.link import below
from mediatui.model.text import printable, printable_path
from mediatui.names.shortened import shorten, shorten_path
from mediatui.store.library.findings import changed_since, lines_of_findings, paths_of_findings, positions_of_findings
from mediatui.store.library.reports import Report
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.rows import Row

COLUMNS: tuple[AnyColumn, ...] = (
    Column("Score", right=True),
    Column("File", cut="name", least=30),
    Column("In", cut="name", least=24, rank=3, spare=True),
    Column("Why", cut="end", least=20, rank=1),
    Column("Allowed", rank=2),
)
FEW = 5
"""How many candidates are listed before more are asked for."""
CHUNK = 200
LABEL = 4


@dataclass(frozen=True, slots=True)
class Queue:
    """``open`` are the places in the report of the links nothing was done about, ascending; ``changed`` the paths that
    were changed since the report was begun, with their new targets; the others count."""

    report: Report
    open: array[int]
    relinked: int
    removed: int
    ignored: int
    changed: Mapping[bytes, bytes | None]

    def next_after(self, position: int) -> int | None:
        """The next open place, from the beginning again behind the last; None when none is open."""
        at = bisect_right(self.open, position)
        return self.open[at % len(self.open)] if self.open else None

    def before(self, position: int) -> int | None:
        """The open place before, the last one before the first."""
        return self.open[bisect_left(self.open, position) - 1] if self.open else None

    def number_of(self, position: int) -> int:
        """The number of a place among the open ones, from 1."""
        return bisect_left(self.open, position) + 1

    def __contains__(self, position: int) -> bool:
        at = bisect_left(self.open, position)
        return at < len(self.open) and self.open[at] == position


def read_queue(connection: sqlite3.Connection, report: Report) -> Queue:
    """The open links of a report of repair-links."""
    changed = changed_since(connection, report.started_at)
    relinked = removed = 0
    left = array("q")
    for position, path in paths_of_findings(connection, report.id):
        if path not in changed:
            left.append(position)
        elif changed[path] is None:
            removed += 1
        else:
            relinked += 1
    ignored = len(positions_of_findings(connection, report.id, ignored=True))
    return Queue(report, left, relinked, removed, ignored, changed)


def read_finding(connection: sqlite3.Connection, report: int, position: int) -> Finding | None:
    """The finding at a place."""
    found = findings_at(connection, report, [position])
    return found[0].finding if found else None


def next_series(connection: sqlite3.Connection, queue: Queue, position: int) -> int | None:
    """The first open place behind this one whose link is of another series; None when there is none."""
    current = lines_of_findings(connection, queue.report.id, [position])
    if not current:
        return queue.next_after(position)
    series = series_of(current[0].path)
    behind = queue.open[bisect_right(queue.open, position) :] + queue.open[: bisect_left(queue.open, position)]
    return next((place for place, path in _paths(connection, queue, behind) if series_of(path) != series), None)


def open_of_series(connection: sqlite3.Connection, queue: Queue, series: SeriesOf) -> list[Finding]:
    """The open findings of a series."""
    places = [place for place, path in _paths(connection, queue, queue.open) if series_of(path) == series]
    found: list[Finding] = []
    for first in range(0, len(places), CHUNK):
        stored = findings_at(connection, queue.report.id, places[first : first + CHUNK])
        found += [one.finding for one in stored]
    return found


def _paths(connection: sqlite3.Connection, queue: Queue, places: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    for first in range(0, len(places), CHUNK):
        chunk = places[first : first + CHUNK]
        paths = {line.position: line.path for line in lines_of_findings(connection, queue.report.id, chunk)}
        yield from ((place, paths[place]) for place in chunk if place in paths)


def confirmed_file(queue: Queue, series: SeriesOf) -> bytes | None:
    """The file that a link of this series was pointed at since the report, the last one; None when there is none."""
    for path, target in reversed(list(queue.changed.items())):
        if target is not None and series_of(path) == series:
            return target
    return None


def link_lines(finding: Finding, to: Candidate | None, roots: Sequence[bytes], width: int) -> Iterator[Content]:
    """The dead link in lines of ``width`` cells: its name, where it is, where it pointed, where it would point."""
    folder, name = os.path.split(finding.path)
    room = max(20, width - LABEL)
    yield Content.styled(shorten(printable_path(name), width, 0, cell_len), "$heading")
    yield _path_line("in", printable(below(folder, roots)), room, "$quiet")
    yield _path_line("was", printable_path(finding.target), room, "$broken")
    if to is not None and to.allowed:
        yield _path_line("to", printable_path(to.path), room, "$ok")


def _path_line(name: str, path: str, room: int, style: str) -> Content:
    shown = shorten_path(path, room, 0, cell_len, folders=True)
    return Content.assemble((f"{name:<{LABEL}}", "$quiet"), (shown, style))


def listed(candidates: Sequence[Candidate], more: bool) -> list[Candidate]:
    """The candidates to show: the best of those that may be taken, or with ``more`` all, the others last."""
    if more:
        return list(candidates)
    return [one for one in candidates if one.allowed][:FEW]


def candidate_row(key: int, one: Candidate) -> Row:
    """A candidate as a row."""
    folder, name = os.path.split(one.path)
    word, tone = ("✓ yes", "ok") if one.allowed else ("✗ no", "broken")
    return Row(key, (f"{one.score}", os.fsdecode(name), os.fsdecode(os.path.basename(folder)), one.why, word), tone)
