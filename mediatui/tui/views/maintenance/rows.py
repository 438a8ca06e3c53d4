"""The maintenance screen's rows: the tools with how they last went, and the findings of a report, window by window."""

from __future__ import annotations

import os
import sqlite3
from array import array
from bisect import bisect_left
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mediatui.commands.columns import screen_cells, shown_on_screen
from mediatui.commands.finding_columns import FINDING_COLUMNS, ShownFinding
from mediatui.commands.workspace import Workspace
from mediatui.library.maintenance.job import EXPIRES_S
from mediatui.library.maintenance.tools import IN_PART, TOOLS, Tool
from mediatui.model.human import ago, counted, short_moment
from mediatui.model.link import below
from mediatui.model.text import fold, printable
from mediatui.store.library.findings import (
    FindingLine,
    changed_since,
    count_steps,
    findings_holding,
    lines_of_findings,
    positions_of_findings,
)
from mediatui.store.library.reports import Report, count_findings, newest_report
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.rows import Row, worked_on

TOOL_COLUMNS: tuple[AnyColumn, ...] = (
    Column("Tool", cut="end", least=13),
    Column("Found", right=True, rank=1),
    Column("Last run", stays=True),
)
FINDINGS = shown_on_screen(FINDING_COLUMNS)
SECTIONS: Mapping[str, str] = {
    "integrity": "Integrity: reads only, changes nothing",
    "cleanup": "Order: one plan for everything",
    "repair": "Repair tools",
}
BAD = ("broken", "ghost", "not found", "no candidate", "no live target", "error")
"""Categories whose findings mean that something cannot be watched."""
PAGE = 64
PAGES = 12


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest report of a tool (None: it never ran), its findings of each category, those that are ignored, and how
    many changes the categories propose."""

    tool: Tool
    report: Report | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    ignored: int = 0
    steps: Mapping[str, int] = field(default_factory=dict)

    @property
    def found(self) -> int:
        """How many findings there are, without the ignored ones."""
        return sum(self.counts.values())

    def age_s(self, now: float) -> float | None:
        """Seconds since it ended; None when there is no end."""
        report = self.report
        return None if report is None or report.ended_at is None else max(0.0, now - report.ended_at)

    def is_fresh(self, now: float) -> bool:
        """Whether changes may rest on it."""
        age = self.age_s(now)
        return self.report is not None and self.report.status == "done" and age is not None and age <= EXPIRES_S


def read_last_runs(connection: sqlite3.Connection) -> list[LastRun]:
    """How each tool last went, in their order."""
    return [_last_run(connection, tool) for tool in TOOLS.values()]


def _last_run(connection: sqlite3.Connection, tool: Tool) -> LastRun:
    report = newest_report(connection, tool.name)
    if report is None:
        return LastRun(tool)
    known = count_findings(connection, report.id)
    counts = {name: known.pop(name) for name in tool.categories if name in known} | known
    ignored = len(positions_of_findings(connection, report.id, ignored=True))
    return LastRun(tool, report, counts, ignored, count_steps(connection, report.id))


def tool_rows(runs: Sequence[LastRun], running: Mapping[str, str], now: float) -> list[Row]:
    """A heading for each section, its tools below; the key of a tool is its place among them, that of a heading is
    negative. ``running`` maps tools that run to what they are doing."""
    rows: list[Row] = []
    for number, (section, title) in enumerate(SECTIONS.items(), 1):
        rows.append(Row(-number, (title, "", ""), heading=True))
        for key, run in enumerate(runs):
            if run.tool.section == section:
                found = f"{run.found:,}" if run.report is not None and run.report.status != "running" else ""
                word, tone = when_of(run, running, now)
                rows.append(Row(key, (f"  {run.tool.title}", found, word), tone))
    return rows


def when_of(run: LastRun, running: Mapping[str, str], now: float) -> tuple[str, str]:
    """When a tool last ran, for people, and the tone of it."""
    report, age = run.report, run.age_s(now)
    if run.tool.name in running:
        return "… running", "working"
    if report is None:
        return "never", "quiet"
    if report.status == "running" or age is None:
        return "! unfinished", "attention"
    if report.status != "done":
        return f"! {report.status}", "attention"
    if age > EXPIRES_S:
        return f"{ago(age).removesuffix(' ago')}, expired", "quiet"
    return ago(age), ""


def tools_headline(runs: Sequence[LastRun]) -> tuple[str, str]:
    """The heading of the tools, and the line below it: what their newest reports hold altogether."""
    if all(run.report is None for run in runs):
        return "Tools", "none was run here: S runs one"
    changes = sum(sum(run.steps.values()) for run in runs)
    proposed = f", {counted(changes, 'change')} proposed" if changes else ""
    return "Tools", f"{counted(sum(run.found for run in runs), 'finding')}{proposed}"


def headline(run: LastRun, phase: str, now: float) -> str:
    """The line over the findings: how the run went, and whether anything can rest on it."""
    report, tool = run.report, run.tool
    if phase:
        return f"{tool.title}: {phase}"
    if report is None:
        return f"{tool.title} · never run · S runs it"
    age = run.age_s(now)
    if report.status != "done" or age is None:
        return f"{tool.title} · the last run was {report.status} · S runs it again"
    parts = [tool.title]
    changes = sum(run.steps.values())
    if age > EXPIRES_S:
        parts.append(f"expired, older than {EXPIRES_S / 60:.0f} minutes: S runs it again")
    elif changes:
        parts.append(f"p makes a plan of {counted(changes, 'change')}")
    parts.append(short_moment(report.ended_at or 0))
    only = report.options.get("only")
    parts += [f"only {', '.join(map(str, only))}"] if isinstance(only, list) and only else []
    parts += [f"in {_places(scope)} only"] if isinstance(scope := report.options.get("paths"), list) and scope else []
    looked_at = report.counts.get("looked_at")
    parts += [f"{looked_at:,} checked"] if isinstance(looked_at, int) and looked_at else []
    skipped = report.counts.get("not_looked_for")
    if isinstance(skipped, dict):
        in_part = [word for word, why in skipped.items() if str(why).startswith(IN_PART)]
        not_at_all = [word for word in skipped if word not in in_part]
        parts += [f"not checked: {', '.join(not_at_all)}"] if not_at_all else []
        parts += [f"checked in part: {', '.join(in_part)}"] if in_part else []
    return " · ".join(parts)


def _places(paths: Sequence[object]) -> str:
    """The folders and links a run was limited to, by their names; of many the first two."""
    names = [printable(os.path.basename(str(path).rstrip("/"))) for path in paths[:2]]
    return ", ".join(names) + (f" and {len(paths) - 2:,} more" if len(paths) > 2 else "")


def chips_of(run: LastRun, ignored: bool, within: Mapping[str, int] | None = None) -> list[tuple[str, str]]:
    """The categories with their true totals, all of them first; of the ignored findings there is one chip. ``within``
    is how many of each category the filter finds."""
    total = None if within is None else sum(within.values())
    if ignored:
        return [("", f"ignored {run.ignored if total is None else total:,}")]
    counts = run.counts if within is None else {name: within.get(name, 0) for name in run.counts}
    chips = [("", f"all {run.found if total is None else total:,}")]
    return chips + [(name, f"{name} {count:,}") for name, count in counts.items()]


class FindingRows:
    """A RowSource over the findings of a report: their places are known, what is seen is fetched page by page."""

    def __init__(self, workspace: Workspace, working: Callable[[], Mapping[bytes, str]]) -> None:
        """``working`` gives what is being done with links of the library now, by path."""
        self._workspace = workspace
        self._working = working
        self._pages: OrderedDict[int, Sequence[FindingLine]] = OrderedDict()
        self._positions: array[int] = array("q")
        self._changed: Mapping[bytes, bytes | None] = {}
        self._roots: tuple[bytes, ...] = ()
        self.report = 0

    def take(
        self, report: int, positions: array[int], changed: Mapping[bytes, bytes | None], roots: tuple[bytes, ...]
    ) -> None:
        """Other findings from now on; the list has to be notified (``RowList.source_changed``)."""
        self.report, self._positions, self._changed, self._roots = report, positions, changed, roots
        self._pages.clear()

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._positions)

    def key_at(self, position: int) -> int | None:
        """The place in the report of the finding at a position."""
        return self._positions[position] if 0 <= position < len(self._positions) else None

    def position_of(self, key: int) -> int | None:
        """The position of such a place."""
        at = bisect_left(self._positions, key)
        return at if at < len(self._positions) and self._positions[at] == key else None

    def keys(self) -> Iterable[int]:
        """Every key, in order."""
        return self._positions

    def row(self, position: int) -> Row | None:
        """The row at a position."""
        line = self.line(position)
        if line is None:
            return None
        if line.path in self._changed:
            word, tone = "✓ done", "ok"
        else:
            word = f"{'→' if line.steps else '✗' if line.category in BAD else '·'} {line.category}"
            tone = "broken" if line.category in BAD else "attention" if line.steps else "quiet"
        path = os.fsdecode(line.path)
        shown = ShownFinding(line.category, path, line.reason, below(line.path, self._roots), word)
        return worked_on(Row(line.position, screen_cells(FINDINGS, shown), tone), self._working().get(line.path, ""))

    def line(self, position: int) -> FindingLine | None:
        """The finding at a position, as far as a list shows it."""
        if not 0 <= position < len(self._positions):
            return None
        number, offset = divmod(position, PAGE)
        page = self._pages.get(number)
        if page is None:
            wanted = self._positions[number * PAGE : (number + 1) * PAGE]
            page = self._pages[number] = lines_of_findings(self._workspace.reader, self.report, wanted)
            if len(self._pages) > PAGES:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(number)
        return page[offset] if offset < len(page) else None


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list of findings shows: the report, the places of its findings, which paths were changed since, and how
    many of each category the filter finds (None without one)."""

    report: Report
    positions: array[int]
    changed: Mapping[bytes, bytes | None]
    within: Mapping[str, int] | None = None


def read_listed(
    connection: sqlite3.Connection, report: Report, category: str, words: str, ignored: bool, folders: Sequence[bytes]
) -> Listed:
    """The findings of a report, of one category unless that is empty, that hold the words; ``folders`` are the roots
    and mounts of the library."""
    asked, counts = fold(words).split(), None
    if asked:
        held = list(findings_holding(connection, report.id, asked, folders, ignored=ignored))
        counts = Counter(name for _, name in held)
        found = array("q", (position for position, name in held if not category or name == category))
    else:
        found = positions_of_findings(connection, report.id, category or None, ignored=ignored)
    return Listed(report, found, changed_since(connection, report.started_at), counts)
