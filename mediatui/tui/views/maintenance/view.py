"""Library maintenance: the tools with how they last went, and what the newest report of each lists."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from mediatui.commands.job_kinds import MAINTAIN
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.runtime.events import Changed, Event, Finished, Progress
from mediatui.runtime.jobs import Job
from mediatui.tui.filtering import filter_key
from mediatui.tui.panes_view import Pane, PanesView
from mediatui.tui.remembered import Value
from mediatui.tui.views.maintenance.detail import finding_lines
from mediatui.tui.views.maintenance.findings_pane import FindingsPane
from mediatui.tui.views.maintenance.repairing import RepairView
from mediatui.tui.views.maintenance.rows import (
    SECTIONS,
    TOOL_COLUMNS,
    LastRun,
    read_last_runs,
    tool_rows,
    tools_headline,
)
from mediatui.tui.views.maintenance.tool_runs import ToolRuns
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.lines import TextLine
from mediatui.tui.widgets.row_list import RowList

REFRESH_S = 0.7
REST_S = 0.15
"""How long nothing is typed before the findings are narrowed."""
AGES_S = 30.0


class MaintenanceView(ToolRuns, PanesView):
    """Tools at the left, the findings of the one under the cursor beside them, or over them on a narrow screen."""

    NAME = "Tidy"
    KEY = "5"
    DETAIL = "finding-detail"
    HELP = (
        "Tools that maintain the library. S runs one (on a heading: all below it), tab goes to what it found, p "
        "makes a plan of it, or of what is marked there: nothing is changed without a yes. → says that a change is "
        "proposed, ✗ that something cannot be watched."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("S", "run", "run", id="maintenance.run", tooltip="Run the tool at the cursor, or all below a heading"),
        Binding("tab", "other_pane", "other pane", id="maintenance.pane", tooltip="Tools, findings, details"),
        Binding(
            "p",
            "plan",
            "plan",
            id="maintenance.plan",
            tooltip="Propose what is marked, else categories",
        ),
        Binding("R", "repair", "one by one", id="maintenance.repair", tooltip="Repair dead links one by one"),
        Binding("I", "ignored", "ignored", show=False, id="maintenance.ignored", tooltip="Show what is ignored"),
        Binding("X", "ignore", "ignore", id="maintenance.ignore", tooltip="Never list these again; among those: do"),
        filter_key("maintenance", "Only findings that hold these words"),
        Binding("left_square_bracket", "chip(-1)", "previous category", show=False, id="maintenance.left"),
        Binding("right_square_bracket", "chip(1)", "next category", show=False, id="maintenance.right"),
        Binding("escape,backspace,h", "back", "back", show=False, id="maintenance.back", tooltip="Findings, tools"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._tool_rows = FixedRows()
        self._tool_pane = Vertical(id="tool-pane")
        self._tools_title, self._tools_line = TextLine(id="tool-title"), TextLine(id="tool-line")
        self._tools = RowList(TOOL_COLUMNS, self._tool_rows, id="tool-list")
        self._runs: list[LastRun] = []
        self._wanted = ""
        self._due: Timer | None = None
        self._filter_due: Timer | None = None

    def to_remember(self) -> Mapping[str, Value | None]:
        """The tool under the cursor, the category that is listed, and whether the details were opened."""
        return {
            "tool": self._wanted if self._run is None else self._run.tool.name,
            "category": self._pane.category,
            "details": self._detail_wanted,
        }

    def compose(self) -> ComposeResult:
        self._pane = FindingsPane(self.workspace)
        self._wanted = self.remembered.text("tool")
        self._pane.category = self.remembered.text("category")
        self._detail_wanted = self.remembered.flag("details")
        with Horizontal(id="tools-and-findings"):
            with self._tool_pane:
                yield self._tools_title
                yield self._tools_line
                yield self._tools
            yield self._pane
            yield self._detail

    def on_mount(self) -> None:
        self.set_interval(AGES_S, self._show_tools)

    async def on_front(self) -> None:
        """Reads how the tools last went: links may have been repaired or ignored since."""
        self._read_soon()
        self.take(self._in)

    # Panes

    @property
    def panes(self) -> tuple[Widget, Widget]:
        """Tools, and the findings of one."""
        return self._tool_pane, self._pane

    def widget_of(self, pane: Pane) -> Widget:
        """The list of tools, that of findings, the choice of categories, or the details."""
        lists = {"first": self._tools, "list": self._pane.list, "choice": self._pane.choices}
        return lists.get(pane, self._detail)

    @property
    def first_width(self) -> int:
        """The cells in which no tool is cut."""
        return self._tools.wanted_width + 2

    def pane_taken(self) -> None:
        """Shows the choice of categories in the place of the findings, as long as it is being made."""
        if self._in != "detail":
            self._pane.swap(self._in == "choice")

    def list_left(self) -> bool:
        """From what is ignored back to what is not."""
        if self._pane.ignored:
            self.action_ignored()
            return True
        return False

    # What changed

    def on_job_event(self, job: Job, event: Event) -> None:
        """Follows the tools, and reads again a little later when reports or the library changed."""
        self.on_run_event(job, event)
        changed = isinstance(event, Changed) and event.table in ("reports", "library_links")
        if changed or isinstance(event, Finished) or (isinstance(event, Progress) and job.name == MAINTAIN.name):
            self._read_later()

    def runs_changed(self) -> None:
        """Shows at once what the tools are doing."""
        if self.display:
            self._show_tools()
        self._read_later()

    def _read_later(self) -> None:
        if self.display and self._due is None:
            self._due = self.set_timer(REFRESH_S, self._read_soon)

    @work(group="maintenance", exclusive=True, exit_on_error=False)
    async def _read_soon(self) -> None:
        self._due = None
        first = not self._runs
        try:
            self._runs = await self.workspace.read(read_last_runs)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self._show_tools()
        if first:
            self.go_to(self._wanted)
        self.load_rows(self._show_findings, from_key=False)

    def _show_tools(self) -> None:
        self._tool_rows.take(tool_rows(self._runs, self.doing, time.time()))
        title, line = tools_headline(self._runs)
        self._tools_title.set_parts([(title, "")])
        self._tools_line.set_parts([(line, "$quiet")])
        self._tools.source_changed()
        self.show_panes()
        run = self._pane.run
        if run is not None:
            self._pane.show_title(self.doing.get(run.tool.name, ""))

    def _show_findings(self) -> Worker[None] | None:
        run = self._run
        if run is None:
            return None
        worker = self._pane.show(run, self.doing.get(run.tool.name, ""))
        if self._detail.display:
            self.show_detail()
        return worker

    def follow_first(self) -> Worker[None] | None:
        """Lists the findings of the tool under the cursor, unless those are listed."""
        run, shown = self._run, self._pane.run
        if run is None or (shown is not None and shown.tool is run.tool):
            return None
        return self._show_findings()

    @property
    def place(self) -> str:
        """The tool."""
        return "" if self._run is None else self._run.tool.title

    @property
    def first_keys(self) -> Sequence[str]:
        """Those of the pane that has the keyboard."""
        if self._in == "first":
            return ("run", "open", "plan", "repair", "other_pane", "undo", "mark")
        if self._in == "choice":
            return ("open", "mark", "mark_all", "back")
        inside = self._in == "detail"
        way = ("other_pane", "back") if inside else ("open", "other_pane") if self._detail.display else ("open",)
        return (
            *way,
            "plan",
            "repair",
            "ignore",
            "filter",
            "other_pane",
            "undo",
            "mark",
            "run",
        )

    @property
    def key_words(self) -> Mapping[str, str]:
        """What enter does in the pane that has the keyboard."""
        if self._in == "choice":
            return {"open": "show the plan", "mark": "in or out", "run": "", "plan": "", "repair": "", "ignore": ""}
        if self._in == "first":
            return {"ignore": "", "filter": ""}
        tab = "findings" if self._in == "detail" else "details" if self._detail.display else "tools"
        return {"open": "details", "other_pane": tab}

    @property
    def _run(self) -> LastRun | None:
        """The tool under the cursor; on a heading the first below it."""
        key = self._tools.cursor_key
        if key is None or not self._runs:
            return None
        return self._runs[key] if key >= 0 else self._of_section(key)[0]

    def go_to(self, tool: str) -> None:
        """Puts the cursor on a tool, at once or as soon as they are read; on the first without a name."""
        if tool != self._wanted:
            self._wanted, self._pane.category = tool, ""
        key = next((key for key, run in enumerate(self._runs) if run.tool.name == tool), 0)
        position = self._tool_rows.position_of(key)
        if position is not None:
            self._tools.move_to(position)

    def _of_section(self, key: int) -> list[LastRun]:
        section = list(SECTIONS)[-key - 1]
        return [run for run in self._runs if run.tool.section == section]

    # Findings

    def work_begun(self, ids: Collection[str]) -> None:
        """Says in the rows what is being done with them."""
        self._pane.list.source_changed()

    def work_ended(self) -> None:
        """Reads again what became of them."""
        self._read_soon()

    def action_chip(self, by: int) -> None:
        self.load_rows(lambda: self._pane.next_category(by))

    def show_filtered(self) -> None:
        """Narrows the findings, while one types a little after the last letter: there may be a hundred thousand."""
        self._pane.words = self.filter_text
        if self._filter_due is not None:
            self._filter_due.stop()
        if self.host.prompt.mode == "filter":
            self._filter_due = self.set_timer(REST_S, self._list_filtered)
        else:
            self.load_rows(self._pane.list_again)

    @work(group="findings-filter", exclusive=True, exit_on_error=False)
    async def _list_filtered(self) -> None:
        with contextlib.suppress(WorkerFailed, WorkerCancelled):  # that it failed is reported
            await self._pane.list_again().wait()
        self.host.prompt.say_found(counted(self._pane.found, "finding"))

    def filter_entered(self) -> None:
        """The filter stays; the findings take the keyboard."""
        if self._filter_due is not None:
            self._filter_due.stop()
        self.take("list")
        self.load_rows(self._pane.list_again)

    def action_ignored(self) -> None:
        self._pane.ignored = not self._pane.ignored
        self.take("list")
        self.load_rows(self._pane.list_again)

    def follow(self) -> None:
        """Lists the findings of the tool under the cursor, or says why the finding there is listed."""
        run = self._run
        if run is None:
            return
        if self.load_rows(self.follow_first, from_key=False):
            self.say_of_row(run.tool.about)
        elif self._detail.display:
            self.show_detail()
        elif self._in == "list" and not self.host.prompt.mode:
            self.say_of_row(self._pane.why)

    async def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        run = self._run
        if self._in == "choice":
            self._choice_made()
        elif self._in == "list" and run is not None:
            if run.tool.name == "repair-links" and not self._pane.ignored:
                await self.action_repair()
            else:
                self.open_detail(into=message.into)
        elif run is not None and (message.key < 0 or not run.is_fresh(time.time())):
            self.action_run()
        else:
            self.take("list")

    @work(group="finding-detail", exclusive=True, exit_on_error=False)
    async def show_detail(self) -> None:
        finding, run = await self._pane.current(), self._pane.run
        if finding is not None and run is not None:
            self._detail.show(finding.path, finding_lines(run.tool.name, finding))

    # What can be done

    def action_run(self) -> None:
        """Runs the marked tools, those below the heading, or the one under the cursor."""
        key = self._tools.cursor_key
        if key is None or not self._runs:
            return
        marked = [self._runs[one] for one in self._tools.marks if one >= 0]
        chosen = marked or (self._of_section(key) if key < 0 else [self._runs[key]])
        self._tools.marks.clear()
        for run in chosen:
            self.start(ToolOptions(run.tool.name))
        self._tools.refresh()

    async def action_plan(self) -> None:
        """Proposes the marked findings; without marks opens the choice of categories, all chosen, and where there is
        but one proposes at once."""
        run = self._run
        if self._in == "choice":
            self._choice_made()
        elif run is not None and self._pane.list.marks and not self._pane.ignored:
            if self.begin_plan(run):
                self.propose_findings(run, await self._pane.take_marked())
        elif run is not None and self.begin_plan(run):
            names = self._pane.offer(run, self.may_remove(run))
            if len(names) == 1 and names[0] in run.steps:
                self.propose_choice(run, names)
            else:
                self.take("choice")
                self.say("space takes a category in or out, enter makes the plan, h goes back.")

    def _choice_made(self) -> None:
        run, chosen = self._run, self._pane.chosen
        self.take("list")
        if run is not None:
            self.propose_choice(run, chosen)

    async def action_repair(self) -> None:
        """Opens the one-by-one repair, at the finding under the cursor."""
        run = next((one for one in self._runs if one.tool.name == "repair-links"), None)
        if run is None or run.report is None or not run.found:
            self.say("No dead link is known here: S on Repair links finds them.", "warning")
            return
        listed = self._pane.listed
        here = self._in == "list" and listed is not None and listed.report.id == run.report.id
        self.go_to(run.tool.name)
        view = await self.host.show_view("repairing", load=False)
        cast(RepairView, view).begin(run.report, self._pane.list.cursor_key if here else None)
        await self.host.open_view("repairing")

    @work(group="ignore", exit_on_error=False)
    async def action_ignore(self) -> None:
        """Ignores the chosen findings, or lists them again."""
        if self._in not in ("list", "detail"):
            self.say("Choose findings first: tab goes to them.")
            return
        again = self._pane.ignored
        count = await self._pane.ignore()
        if count:
            self.say(f"{count:,} listed again." if again else f"{count:,} ignored; I shows what is.")
            self._read_soon()
