"""A plan: its steps, what each costs and risks, and, once it is applied, what became of each as it happens."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from mediatui.changes.steps.stored import read_steps
from mediatui.commands.columns import screen_cells, shown_on_screen
from mediatui.commands.step_columns import STEP_COLUMNS, ShownStep, why_of
from mediatui.model.arr import NOTHING_FOUND
from mediatui.model.errors import MediatuiError
from mediatui.model.plan import Plan, Step, StoredStep
from mediatui.model.text import printable
from mediatui.runtime.events import Event, Finished, Progress, Said
from mediatui.runtime.jobs import Job
from mediatui.settings.places import library_folders
from mediatui.store.changes.journal import Batch, read_batch
from mediatui.system.threads import in_thread
from mediatui.tui.view import View
from mediatui.tui.views.changes.plan_tree import COLUMNS as TREE_COLUMNS
from mediatui.tui.views.changes.plan_tree import TreeRows, make_tree, shortened, totals_of
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.plain_list import PlainList
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row
from mediatui.tui.widgets.trail_line import TrailLine

COLUMNS = shown_on_screen(STEP_COLUMNS)
REFRESH_S = 0.3
STATES = {
    "planned": ("· planned", ""),
    "acting": ("… acting", "working"),
    "done": ("✓ done", "ok"),
    "skipped": ("– skipped", "attention"),
    "failed": ("✗ failed", "broken"),
}


class PlanView(View):
    """The plan that is asked about, or the batch that runs or ran last."""

    NAME = "Plan"
    HELP = "The steps of a plan: before, while and after it is applied. Nothing is changed from here without a yes."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "apply", "apply", id="plan.apply", tooltip="Ask whether to apply this plan"),
        Binding("tab", "tree", "steps or tree", id="plan.tree", tooltip="The steps, or what they change"),
        Binding("t", "retry", "retry failed", id="plan.retry", tooltip="Try what failed again"),
        Binding("u", "undo", "undo", id="plan.undo", tooltip="Take this batch back"),
        Binding("escape,backspace,h", "leave", "back", id="plan.back", tooltip="Back to where you were"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._list = PlainList(COLUMNS, self._rows, id="plan-list")
        self._title = TrailLine(id="plan-title")
        self._tree_rows = TreeRows()
        self._tree = PlainList(TREE_COLUMNS, self._tree_rows, id="plan-tree")
        self._shown: tuple[object, int | None] = (None, None)
        self._due: Timer | None = None
        self._status = ""
        self._done = 0
        self._failed = 0

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._list
        yield self._tree

    def on_mount(self) -> None:
        self._tree.display = False
        self._list.empty_text = "There is no plan.\nr, d or D in a list of torrents makes one"

    @property
    def crumb(self) -> str:
        """The plan, or by its number the batch that is or was applied."""
        batch = self.host.plans.batch
        return "plan" if batch is None else f"batch {batch}"

    @property
    def first_keys(self) -> Sequence[str]:
        """Before it is applied, and after."""
        return ("apply", "tree", "leave") if self.host.plans.batch is None else ("undo", "retry", "tree", "leave")

    @property
    def key_words(self) -> Mapping[str, str]:
        """What can be done before it is applied, and after."""
        unused = ("undo", "retry") if self.host.plans.batch is None else ("apply",)
        return {"open": "whole line", **dict.fromkeys(unused, "")}

    async def on_front(self) -> None:
        """Shows the plan in question, or the batch that is applied: a plan for the library as a tree, at first, a batch
        with what became of each step."""
        shown = (self.host.plans.plan, self.host.plans.batch)
        as_tree = shown[1] is None if shown != self._shown else self._tree.display
        self._shown = shown
        if not (as_tree and await self._read_tree()):
            as_tree = False
            await self._read()
        self._show_steps(not as_tree)

    def on_job_event(self, job: Job, event: Event) -> None:
        """Follows the batch that runs, a few times a second."""
        if job.name != "apply":
            return
        if isinstance(event, Progress) and event.done != self._done:
            self._done, self._status = event.done, ""  # what was said is of the step before
        if isinstance(event, Said) and event.level == "debug":
            self._status = event.text.rpartition(": ")[2]
        watched = self.display and not self._tree.display
        if isinstance(event, Said | Progress | Finished) and watched and self._due is None:
            self._due = self.set_timer(REFRESH_S, self._read_soon)

    @work(group="plan", exclusive=True, exit_on_error=False)
    async def _read_soon(self) -> None:
        self._due = None
        await self._read()

    async def _read(self) -> None:
        changing = self.host.plans
        if changing.batch is not None:
            try:
                batch, steps = await self.workspace.read(_read_stored, changing.batch)
            except MediatuiError as error:
                self.say(error.sentence, "error")
                return
            if batch is not None:
                self._failed = batch.failed
                self._show(_batch_line(batch), [self._step_row(one, self._status) for one in steps])
        elif changing.plan is not None:
            plan = changing.plan
            stored = [StoredStep(number, step) for number, step in enumerate(plan.steps, 1)]
            rows = [self._step_row(one) for one in stored]
            self._show(plan_line(plan), [*rows, *_notes(plan, self._folders), *_said(plan)])

    @property
    def _folders(self) -> Sequence[bytes]:
        """Paths are shown from these folders on."""
        return library_folders(self.workspace.settings)

    def _step_row(self, stored: StoredStep, status: str = "") -> Row:
        """A step, what it costs, why it is there or what came of it."""
        step = stored.step
        word, tone = STATES[stored.outcome]
        why = status if stored.outcome == "acting" and status else stored.reason or why_of(step)
        what, *rest = screen_cells(COLUMNS, ShownStep(step, printable(why, empty=""), word))
        return Row(stored.position, (shortened(what, self._folders), *rest), tone)

    def _show(self, title: str, rows: Sequence[Row]) -> None:
        self._rows.take(rows)
        with self.app.batch_update():
            self._title.set_parts([(printable(title), "$heading")])
            self._list.source_changed()

    # As a tree

    def _show_steps(self, steps: bool) -> None:
        self._list.display, self._tree.display = steps, not steps
        self.take_keyboard(self._list if steps else self._tree)

    @work(group="plan", exclusive=True, exit_on_error=False)
    async def action_tree(self) -> None:
        """From the steps to the tree of what they change, and back."""
        if self._tree.display:
            self._show_steps(True)
            await self._read()
        elif await self._read_tree():
            self._show_steps(False)
        else:
            self.say("Nothing here changes the tree of the library.")

    async def _read_tree(self) -> bool:
        """Makes the tree; False when the steps change none."""
        changing = self.host.plans
        steps: Sequence[Step] = () if changing.plan is None else changing.plan.steps
        if changing.batch is not None:
            try:
                _, stored = await self.workspace.read(_read_stored, changing.batch)
            except MediatuiError as error:
                self.say(error.sentence, "error")
                return False
            steps = [one.step for one in stored]
        tree = await in_thread(lambda: make_tree(steps))
        if not len(tree):
            return False
        self._tree_rows.take(tree, self._folders)
        plan = changing.plan if changing.batch is None else None
        title = totals_of(tree) if plan is None else plan_line(plan)
        root = printable(shortened(f"{tree.root}/", self._folders).rstrip("/"), empty="")
        with self.app.batch_update():
            self._title.set_parts([(title, "$heading"), (f" · in {root}" if root else "", "$quiet")])
            self._tree.source_changed(to_top=True)
            self._tree.refresh()
        return True

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        """Shows the row whole: its columns may be too narrow for it."""
        message.stop()
        rows = self._rows if self._list.display else self._tree_rows
        position = rows.position_of(message.key)
        row = None if position is None else rows.row(position)
        if row is not None:
            self.host.prompt.show_whole(" · ".join(cell.strip() for cell in row.cells if cell.strip()))

    def action_apply(self) -> None:
        changing = self.host.plans
        if changing.batch is not None:
            self.say("This plan was applied; t tries what failed again, u undoes it.")
        else:
            changing.propose_shown()

    def action_retry(self) -> None:
        batch = self.host.plans.batch
        if batch is None or not self._failed:
            self.say("Nothing failed here.")
        else:
            self.host.plans.carry_on(batch, failed=True)

    def action_undo(self) -> None:
        self.host.plans.undo(self.host.plans.batch)

    async def action_leave(self) -> None:
        await self.host.go_back()


def _read_stored(connection: sqlite3.Connection, batch: int) -> tuple[Batch | None, list[StoredStep]]:
    return read_batch(connection, batch), read_steps(connection, batch)


def _batch_line(batch: Batch) -> str:
    parts = [f"{batch.done - batch.nothing_found:,} done"]
    parts += [f"{batch.nothing_found:,} {NOTHING_FOUND}"] if batch.nothing_found else []
    parts += [f"{batch.skipped:,} skipped"] if batch.skipped else []
    parts += [f"{batch.failed:,} failed"] if batch.failed else []
    parts += [f"{batch.left:,} left"] if batch.left else []
    return f"batch {batch.batch} · {batch.title} · {batch.state}: {', '.join(parts)}"


def plan_line(plan: Plan) -> str:
    """What a plan that is not applied would do, and how much of what it was made from it leaves alone."""
    counts = Counter(type(step) for step in plan.steps)
    steps = ", ".join(kind.counted(count) for kind, count in counts.items())
    what = "" if plan.undoes is None else f"undo of batch {plan.undoes}, "
    return f"{what}not applied: {steps}" + (f"; {len(plan.notes):,} left alone" if plan.notes else "")


def _notes(plan: Plan, folders: Sequence[bytes]) -> list[Row]:
    return [
        Row(-number, (shortened(what, folders), "none", "", printable(reason), "– left alone"), "quiet")
        for number, (what, reason) in enumerate(plan.notes, 1)
    ]


def _said(plan: Plan) -> list[Row]:
    """The sentences about the whole of a plan, below its steps and what it leaves."""
    first = len(plan.notes) + 1
    return [Row(-number, (printable(text), "", "", "", ""), "quiet") for number, text in enumerate(plan.says, first)]
