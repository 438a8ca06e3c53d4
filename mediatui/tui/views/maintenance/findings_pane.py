"""The pane with the findings of one tool: how it last went, categories with their totals, the list, and in its place
the choice of categories for a plan."""

from __future__ import annotations

import time
from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.worker import Worker

from mediatui.commands.workspace import Workspace
from mediatui.library.maintenance.job import left_out
from mediatui.library.maintenance.stored_findings import StoredFinding, findings_at
from mediatui.model.finding import Finding
from mediatui.model.text import printable
from mediatui.settings.places import configured_roots, library_folders
from mediatui.store.library.findings import ignore_findings, unignore_findings
from mediatui.tui.filtering import nothing_matches
from mediatui.tui.view import HasWorkers
from mediatui.tui.views.maintenance.rows import (
    FINDINGS,
    FindingRows,
    LastRun,
    Listed,
    chips_of,
    headline,
    read_listed,
)
from mediatui.tui.views.maintenance.tool_runs import CHOICES, choice_rows
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.lines import Choices, TextLine
from mediatui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from mediatui.tui.host import Host


class FindingsPane(HasWorkers, Vertical):
    """What one tool found. ``category`` (empty: all), ``words`` and ``ignored`` say which of it is listed."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(id="finding-pane")
        self._workspace = workspace
        self._title, self._chips = TextLine(id="maintenance-title"), Chips(id="finding-chips")
        self._rows, self._choice_rows = FindingRows(workspace, self._working), FixedRows()
        self.list = RowList(FINDINGS, self._rows, id="finding-list")
        self.choices = RowList(CHOICES, self._choice_rows, id="choice-list")
        self.run: LastRun | None = None
        self.listed: Listed | None = None
        self.category, self.words, self.ignored = "", "", False
        self._asked = ("", "", False)
        self._doing = ""
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._chips
        yield self.list
        yield self.choices

    def on_mount(self) -> None:
        self.choices.display = False

    # Findings

    def _working(self) -> Mapping[bytes, str]:
        return cast("Host", self.app).plans.working_paths

    def show_title(self, doing: str) -> None:
        """Says what the tool is doing, or how it last went."""
        self._doing = doing
        if self.run is not None:
            self._title.set_parts([(printable(headline(self.run, doing, time.time())), "")])

    def show(self, run: LastRun, doing: str) -> Worker[None]:
        """Shows the findings of a tool; the category and what was marked stay while it is the same one. Returns the
        worker that lists them."""
        if self.run is not None and self.run.tool is not run.tool:
            self.category, self.ignored = "", False
        if self.category not in run.counts:
            self.category = ""
        self.run = run
        self.show_title(doing)
        return self.read()

    @work(group="findings", exclusive=True, exit_on_error=False)
    async def read(self) -> None:
        """Reads which findings are to be listed, and lists them."""
        run, before = self.run, self.listed
        if run is None:
            return
        report = run.report
        if report is None:
            self.listed = None
        else:
            category, folders = "" if self.ignored else self.category, library_folders(self._workspace.settings)
            self.listed = await self._workspace.read(read_listed, report, category, self.words, self.ignored, folders)
        same = before is not None and report is not None and before.report.id == report.id
        asked, self._asked = self._asked, (self.category, self.words, self.ignored)
        if not same:
            self.list.marks.clear()
        self._take_rows()
        empty = self._nothing(run)
        with self.app.batch_update():
            self._show_chips()
            self.list.source_changed(to_top=not same, anew=asked != self._asked)
            if empty != self.list.empty_text:
                self.list.empty_text = empty
                self.list.refresh()

    def _take_rows(self) -> None:
        roots = configured_roots(self._workspace.settings)
        if self.listed is None:
            self._rows.take(0, array("q"), {}, roots)
        else:
            self._rows.take(self.listed.report.id, self.listed.positions, self.listed.changed, roots)

    def _nothing(self, run: LastRun) -> str:
        """The text of an empty list."""
        report = run.report
        if self._doing:
            return "Nothing was found so far."
        if report is None:
            return f"{run.tool.about}\nIt was never run here.\nS runs it, and changes nothing"
        if self.words:
            return nothing_matches(self.words)
        if self.ignored:
            return "Nothing is ignored.\nI shows what is not"
        if report.status != "done":
            return f"The last run was {report.status}.\nS runs it again"
        return "\n".join(("Nothing was found: all is well here.", *left_out(report.counts)))

    def _show_chips(self) -> None:
        run = self.run
        if run is None or run.report is None:
            self._chips.show((), "", query=self.words)
            return
        within = None if self.listed is None else self.listed.within
        found = None if within is None else sum(within.values())
        chosen = "" if self.ignored else self.category
        self._chips.show(chips_of(run, self.ignored, within), chosen, query=self.words, found=found)

    @property
    def found(self) -> int:
        """How many findings are listed."""
        return self._rows.count

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        message.stop()
        self.list_only(message.name)

    def list_only(self, category: str) -> Worker[None]:
        """Lists one category, or with an empty name all."""
        self.category = category
        return self.list_again()

    def next_category(self, by: int) -> Worker[None] | None:
        """Lists the next category, or the one before; what is ignored has none."""
        if self.run is None or self.ignored:
            return None
        names = ["", *self.run.counts]
        return self.list_only(names[(names.index(self.category) + by) % len(names)])

    def list_again(self) -> Worker[None]:
        """Lists the chosen findings, and drops the marks of others. Returns the worker that does."""
        self.list.marks.clear()
        return self.read()

    @property
    def why(self) -> str:
        """Why the finding under the cursor is listed, whole: the column may be too narrow for it."""
        line = self._rows.line(self.list.cursor)
        return "" if line is None else line.reason

    async def current(self) -> Finding | None:
        """The finding under the cursor, whole."""
        key, listed = self.list.cursor_key, self.listed
        if key is None or listed is None:
            return None
        found = await self._workspace.read(findings_at, listed.report.id, [key])
        return found[0].finding if found else None

    async def take_marked(self) -> Sequence[StoredFinding]:
        """The marked findings, whole, in the order of the report; their marks go."""
        keys, listed = self.list.marked(), self.listed
        self.list.marks.clear()
        return () if listed is None else await self._workspace.read(findings_at, listed.report.id, keys)

    async def ignore(self) -> int:
        """Ignores the marked findings, else the one under the cursor; among the ignored ones, lists them again. Returns
        how many."""
        keys, listed = self.list.targets(), self.listed
        if not keys or listed is None:
            return 0
        async with self._workspace.db.transaction() as connection:
            if self.ignored:
                await unignore_findings(connection, listed.report.id, keys)
            else:
                await ignore_findings(connection, listed.report.id, keys, time.time())
        self.list.marks.clear()
        return len(keys)

    # The choice for a plan

    def offer(self, run: LastRun, may_remove: bool) -> Sequence[str]:
        """Puts the categories that propose changes in the place of the list, all marked; returns their names."""
        self._names, rows = choice_rows(run, may_remove)
        self._choice_rows.take(rows)
        self.choices.marks.clear()
        self.choices.marks.add(key for key, name in enumerate(self._names) if name in run.steps)
        self.choices.source_changed(to_top=True)
        self.choices.refresh()
        return self._names

    @property
    def chosen(self) -> Sequence[str]:
        """The marked categories."""
        return [self._names[key] for key in self.choices.marks if key < len(self._names)]

    def swap(self, choosing: bool) -> None:
        """Shows the choice, or the list."""
        self.choices.display, self.list.display = choosing, not choosing
