"""Changes from the screen: a plan is made, its cost and risk are said, and only a yes applies it."""

from __future__ import annotations

import functools
import os
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mediatui.archive.check import CheckOptions
from mediatui.archive.delete import plan_delete
from mediatui.archive.select import plan_select
from mediatui.archive.targets import targets_by_id
from mediatui.changes.notify import notified_services
from mediatui.changes.steps.importing import BeginImport
from mediatui.changes.steps.moves import ArrPath, whose_paths_change
from mediatui.changes.steps.symlinks import removed_by_state
from mediatui.changes.steps.torrents import DeleteTorrent, SelectFiles
from mediatui.commands import propose
from mediatui.commands.add import Add
from mediatui.commands.catalog import COMMANDS
from mediatui.commands.command import Command
from mediatui.commands.job_kinds import CHECK
from mediatui.commands.journal import Undo
from mediatui.commands.repair import plan_mend
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted, duration, size_text
from mediatui.model.plan import Plan, Step
from mediatui.model.text import cut_middle
from mediatui.model.tree_diff import ChangeKind
from mediatui.store.changes.journal import Batch
from mediatui.store.library.links import LibraryLink
from mediatui.store.torrents.listing import torrents_by_id
from mediatui.tui.answer import ScreenAnswer
from mediatui.tui.grabbing import GrabPlans, sending
from mediatui.tui.to_grab import ToGrab
from mediatui.tui.view import View, in_background
from mediatui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from mediatui.runtime.jobs import Job
    from mediatui.settings import Settings
    from mediatui.tui.host import Host

MakePlan = Callable[[sqlite3.Connection], Plan]
LONGEST_TITLE = 60
_DOING: Mapping[type[Step], str] = {DeleteTorrent: "deleting", SelectFiles: "selecting"}
_CHANGING: Mapping[ChangeKind, str] = {"remove": "removing", "add": "adding", "move": "moving", "relink": "relinking"}


class Begun(NamedTuple):
    """What is being done by one plan, with torrents by id and with links of the library by path."""

    torrents: Mapping[str, str]
    paths: Mapping[bytes, str]


class PlanController(GrabPlans):
    """What the action keys do. Nothing here changes anything by itself: a job does, after a yes."""

    def __init__(self, app: Host) -> None:
        self._app = app
        self.plan: Plan | None = None
        self.batch: int | None = None
        self._marked_in: RowList | None = None
        self.working: Mapping[str, str] = {}
        self.working_paths: Mapping[bytes, str] = {}

    # What can be asked for

    def repair(self, ids: Sequence[str], *, force: bool = False, may_download: bool = False) -> None:
        """Proposes to mend these torrents."""
        self.propose(lambda c: plan_mend(c, targets_by_id(c, ids), force=force, may_download=may_download))

    def mend_links(self, links: Sequence[LibraryLink]) -> None:
        """Proposes to mend these broken links through the torrents behind them."""
        ids = list(dict.fromkeys(link.torrent_id for link in links if link.torrent_id is not None))
        self.propose(lambda c: plan_mend(c, targets_by_id(c, ids), links))

    def delete(self, ids: Sequence[str]) -> None:
        """Proposes to delete these torrents."""
        self.propose(lambda c: plan_delete(c, targets_by_id(c, ids)))

    def undo(self, batch: int | None = None) -> None:
        """Proposes to take a batch back, the last one unless one is named."""
        self.propose_command(COMMANDS["undo"], Undo(batch=batch))

    def add(self, text: str) -> None:
        """Proposes to add what was typed: magnets, hashes, paths, parted by blanks."""
        if words := words_of(text):
            self.propose_command(COMMANDS["add"], Add(tuple(words)))

    def ask_what_to_grab(self) -> None:
        """Asks for magnets, hashes, paths to send as transfers."""
        self._app.prompt.open("grab", "send magnet, hash or .torrent file: ")

    def grab_typed(self, text: str) -> None:
        """Proposes to send what was typed."""
        self.grab(ToGrab(tuple(words_of(text))))

    def take_on(self, ids: Sequence[str]) -> None:
        """Proposes to make transfers of these torrents, which are on the account."""
        from mediatui.commands.import_ import Import

        self.propose_command(COMMANDS["import"], Import(words=tuple(ids)))

    def import_staged(self, numbers: Sequence[int]) -> None:
        """Proposes to bring these transfers, which are staged, into the library."""
        from mediatui.commands.import_ import Import

        self.propose_command(COMMANDS["import"], Import(words=tuple(map(str, numbers))))

    def replace(self, paths: Sequence[str]) -> None:
        """Proposes to have the dead links at these paths lead to other files."""
        from mediatui.commands.replace import Replace

        command, options = COMMANDS["replace"], Replace(tuple(paths))
        answer = ScreenAnswer(self._app)
        self._app.prompt.say("Looking for other files …")
        make = functools.partial(propose.plan_of, command, self._app.workspace, options, answer)
        self._propose_soon(make, self._marked_list())

    def replace_links_into(self, ids: Sequence[str]) -> None:
        """Proposes the same for the dead links into these torrents."""
        from mediatui.commands.replace import plan_links_into

        answer = ScreenAnswer(self._app)
        self._app.prompt.say("Looking for other files …")
        self._propose_soon(functools.partial(plan_links_into, self._app.workspace, ids, answer), self._marked_list())

    def select_files(self, torrent_id: str, files: Sequence[int]) -> None:
        """Proposes to select these files of a torrent that waits for it."""

        def make(connection: sqlite3.Connection) -> Plan:
            return plan_select(connection, torrents_by_id(connection, [torrent_id])[0], files)

        self.propose(make)

    def check(self, ids: Sequence[str]) -> None:
        """Checks the links of these torrents; this changes nothing, and costs two requests a link."""
        self.start_check(CheckOptions(ids=tuple(ids)))

    def start_check(self, options: CheckOptions) -> None:
        """Checks links: all of torrents named by id, else those that are due."""
        app = self._app
        try:
            app.workspace.connect()
        except MediatuiError as error:
            app.prompt.say(error.sentence, "error")
            return
        what = f"the links of {len(options.ids):,}" if options.ids else "links that are due"
        app.prompt.say(f"Checking {what}: 2 requests each.")
        app.workspace.runner.start(CHECK, options)

    # Proposing and applying

    def propose(self, make: MakePlan) -> None:
        """Makes a plan off the event loop and asks whether to apply it. The marks of the list that has the keyboard are
        used up once it is applied."""
        self._propose_soon(lambda: self._app.workspace.read(make), self._marked_list())

    def propose_shown(self) -> None:
        """Asks whether to apply the plan whose steps are shown."""
        if (plan := self.plan) is not None:
            read = functools.partial(self._app.workspace.read, lambda connection: plan)
            self._propose_soon(read, self._marked_in, seen=True)

    def preview(self, make: MakePlan) -> None:
        """Makes a plan off the event loop and shows it; it is asked about from there."""
        in_background(self._app, functools.partial(self._preview, make, self._marked_list()), "propose", exclusive=True)

    async def _preview(self, make: MakePlan, marked_in: RowList | None) -> None:
        plan = await self._made(lambda: self._app.workspace.read(make))
        if plan is not None:
            self.show_steps(plan, marked_in)

    def _marked_list(self) -> RowList | None:
        """The list that has the keyboard."""
        view = self._app.view
        focused = None if view is None else view.screen.focused
        return focused if isinstance(focused, RowList) else None

    async def _made(self, make: Callable[[], Awaitable[Plan]]) -> Plan | None:
        """The plan; None, with the reason on the message line, when there is nothing to do."""
        try:
            plan = await make()
        except MediatuiError as error:
            self._app.prompt.say(error.sentence, "error")
            return None
        if not plan.steps:
            self._app.prompt.say(nothing_to_do(plan), "warning")
            return None
        return plan

    def propose_command(self, command: Command, options: Any) -> None:
        """Makes the plan of a command and asks whether to apply it."""
        answer = ScreenAnswer(self._app)
        self._propose_soon(lambda: propose.plan_of(command, self._app.workspace, options, answer))

    def _propose_soon(
        self, make: Callable[[], Awaitable[Plan]], marked_in: RowList | None = None, *, seen: bool = False
    ) -> None:
        in_background(self._app, functools.partial(self._propose, make, marked_in, seen), "propose", exclusive=True)

    async def _propose(self, make: Callable[[], Awaitable[Plan]], marked_in: RowList | None, seen: bool) -> None:
        app = self._app
        plan = await self._made(make)
        if plan is None:
            return
        typed = await propose.needs_number(app.workspace, plan)
        if app.workspace.settings.ui.confirm == "destructive" and not (typed or plan.removals or plan.not_undoable):
            await self._apply(plan, typed, marked_in, self._begin(plan))
            return
        app.prompt.ask(
            question(plan, app.workspace.settings),
            lambda: self._apply_soon(plan, typed, marked_in),
            plan.removals if typed else len(plan.steps),
            typed=typed,
            show=None if seen else lambda: self.show_steps(plan, marked_in),
            change=self.how_to_change(plan, marked_in, seen),
        )

    def show_steps(self, plan: Plan, marked_in: RowList | None = None) -> None:
        """Shows the steps of the plan that was being asked about."""
        self.plan, self.batch, self._marked_in = plan, None, marked_in
        self._app.call_later(self._app.open_view, "plan", again=True)

    def _apply_soon(self, plan: Plan, typed: bool, marked_in: RowList | None) -> None:
        begun = self._begin(plan)
        in_background(self._app, functools.partial(self._apply, plan, typed, marked_in, begun), "apply")

    def _begin(self, plan: Plan) -> Begun:
        """Has the view in front say what is being worked on, at once: the next key is not for that."""
        steps = [step for step in plan.steps if not step.NOTIFIES_ONLY]
        begun = Begun(
            {step.torrent_id: doing(step) for step in steps if step.torrent_id and not step.library_paths},
            {os.fsencode(path): doing(step) for step in steps for path in step.library_paths},
        )
        self.working = {**self.working, **begun.torrents}
        self.working_paths = {**self.working_paths, **begun.paths}
        if any(begun) and isinstance(view := self._app.view, View):
            view.work_begun(begun.torrents)
        return begun

    def _end(self, begun: Begun) -> None:
        self.working = {name: word for name, word in self.working.items() if name not in begun.torrents}
        self.working_paths = {path: word for path, word in self.working_paths.items() if path not in begun.paths}
        if any(begun) and isinstance(view := self._app.view, View):
            view.work_ended()

    async def _apply(self, plan: Plan, typed: bool, marked_in: RowList | None, begun: Begun) -> None:
        app = self._app
        try:
            batch = await propose.store(app.workspace, plan, plan.removals if typed else None)
        except MediatuiError as error:
            self._end(begun)
            app.prompt.say(error.sentence, "error")
            return
        self.plan, self.batch = plan, batch
        if marked_in is not None:
            marked_in.action_unmark()
        job = propose.start(app.workspace, plan.lane, batch)
        in_background(app, functools.partial(self._wait_for, job, begun), "working")
        view = app.view
        if view is not None and view.id == "files":  # what was chosen there is on its way
            await app.go_back()
        elif view is not None and view.id == "plan":
            await app.open_view("plan", again=True)
        elif len(plan.steps) > 1 and not app.prompt.mode and not (isinstance(view, View) and view.STAYS):
            await app.open_view("plan")

    async def _wait_for(self, job: Job, begun: Begun) -> None:
        try:
            await job.wait()
        finally:
            self._end(begun)

    # What was begun before

    async def show_batch(self, number: int) -> None:
        """Shows a batch of the journal; raises UsageError for one that does not exist."""
        await propose.find_batch(self._app.workspace, number)
        self.plan, self.batch = None, number
        await self._app.open_view("plan", again=True)

    async def resume(self, number: int | None, *, failed: bool) -> None:
        """Asks whether to resume a batch, by default the first with something left; with ``failed`` also what
        failed. Raises UsageError."""
        remainder = await propose.find_remainder(self._app.workspace, number, failed=failed)
        if remainder is None:
            self._app.prompt.say("No batch is unfinished.")
        elif not remainder.steps:
            self._app.prompt.say(f"Nothing is left to do in batch {remainder.batch.batch}.")
        else:
            batch = remainder.batch
            self._app.prompt.ask(
                f"{batch.title}: {len(remainder.steps):,} of {batch.steps:,} steps left. Carry on?",
                lambda: self.carry_on(batch.batch, failed=failed),
                1,
            )

    def offer(self, batch: Batch) -> None:
        """Asks whether to resume a batch."""
        self._app.prompt.ask(
            f"{batch.title} is unfinished, {batch.left:,} of {batch.steps:,} left. Carry on? (6 shows it, u undoes it)",
            lambda: self.carry_on(batch.batch),
            1,
        )

    def carry_on(self, batch: int, *, failed: bool = False) -> None:
        """Resumes a batch; with ``failed`` also retries what failed."""
        in_background(self._app, functools.partial(self._carry_on, batch, failed), "apply")

    async def _carry_on(self, number: int, failed: bool) -> None:
        app = self._app
        try:
            remainder = await propose.find_remainder(app.workspace, number, failed=failed)
            if remainder is None or not remainder.steps:
                app.prompt.say(f"Nothing is left to do in batch {number}.")
                return
            await propose.resume(app.workspace, remainder)
        except MediatuiError as error:
            app.prompt.say(error.sentence, "error")
            return
        self.plan, self.batch = None, number


def words_of(text: str) -> list[str]:
    """What was typed as magnets, hashes and paths; a magnet and a path are whole."""
    return [text] if text.startswith("magnet:") or "/" in text else text.split()


def doing(step: Step) -> str:
    """What a row says while the step is due."""
    change = step.tree_change
    return _DOING.get(type(step), "repairing") if change is None else _CHANGING[change.kind]


def question(plan: Plan, settings: Settings) -> str:
    """What is asked before a plan is applied: counts, bytes, what points at it, cost, which services are notified, and
    what cannot be undone."""
    size = f" ({size_text(plan.bytes)})" if plan.bytes else ""
    title = f"{cut_middle(plan.title, LONGEST_TITLE)}{size}?"
    parts = [title]
    if len(plan.steps) == 1 and cut_middle(plan.steps[0].what, 40) not in title:
        parts = [f"{title} {cut_middle(plan.steps[0].what, 40)}."]
    parts += sending(plan, len(plan.notes))
    links = sum(step.links for step in plan.steps if isinstance(step, DeleteTorrent))
    if links:
        going = sum(isinstance(step, DeleteTorrent) for step in plan.steps)
        verb, at = "points" if links == 1 else "point", "it" if going == 1 else "them"
        parts.append(f"{counted(links, 'library link')} {verb} at {at}.")
    if plan.requests:
        seconds = plan.requests * 60 / settings.account.requests_per_minute
        parts.append(f"{counted(plan.requests, 'request')}, {duration(seconds)}.")
    counts = Counter(type(step) for step in plan.steps if not isinstance(step, ArrPath))
    if BeginImport in counts:
        parts += plan.says
    elif not plan.requests and len(counts) > 1:
        parts.append(f"{', '.join(kind.counted(count) for kind, count in counts.items())}.")
    if removed := removed_by_state(plan):
        parts.append(removed)
    if changes := whose_paths_change(plan):
        parts.append(changes)
    if notified := notified_services(settings, plan):
        parts.append(notified)
    lost = plan.not_undoable
    if not lost:
        parts.append("Undoable.")
    elif len({step.cannot_undo for step in lost}) == 1:
        which = "Not undoable" if len(lost) == len(plan.steps) else f"{len(lost):,} not undoable"
        parts.append(f"{which}: {lost[0].cannot_undo}.")
    else:
        parts.append(f"{len(lost):,} not undoable (p shows why).")
    return " ".join(parts)


def nothing_to_do(plan: Plan) -> str:
    """Why a plan has no steps."""
    if not plan.notes:
        return f"{plan.title}: nothing to do."
    what, why = plan.notes[0]
    more = f" (and {len(plan.notes) - 1:,} more)" if len(plan.notes) > 1 else ""
    return f"Nothing to do: {cut_middle(what, 40)}: {why}{more}."
