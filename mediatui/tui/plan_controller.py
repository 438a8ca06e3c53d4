"""Changes from the screen: a plan is made, its cost and risk are said, and only a yes applies it."""

from __future__ import annotations

import functools
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mediatui.archive.add import plan_add
from mediatui.archive.check import CheckOptions
from mediatui.archive.delete import plan_delete
from mediatui.archive.query.parse import parse
from mediatui.archive.targets import Targets, read_targets, targets_by_id
from mediatui.changes.apply import ApplyOptions
from mediatui.changes.guard import check_removals, check_shares
from mediatui.changes.steps.arr import notified_services
from mediatui.changes.steps.moves import ArrPath, whose_paths_change
from mediatui.changes.steps.stored import read_steps
from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.changes.steps.torrents import DeleteTorrent, SelectFiles
from mediatui.changes.undo import plan_undo
from mediatui.commands.repair import plan_mend
from mediatui.commands.workspace import APPLY, CHECK
from mediatui.model.errors import GuardTripped, MediatuiError
from mediatui.model.human import duration, size_text
from mediatui.model.plan import Plan, lane_of
from mediatui.model.text import cut_middle, printable
from mediatui.store.changes.journal import Batch
from mediatui.store.conditions import torrents_matching
from mediatui.store.library.links import LibraryLink
from mediatui.store.torrents.listing import torrents_by_id
from mediatui.tui.view import in_background

if TYPE_CHECKING:
    from mediatui.settings import Settings
    from mediatui.tui.host import Host

MakePlan = Callable[[sqlite3.Connection], Plan]
LONGEST_TITLE = 60


class PlanController:
    """What the action keys do. Nothing here changes anything by itself: a job does, after a yes."""

    def __init__(self, app: Host) -> None:
        self._app = app
        self.plan: Plan | None = None
        self.batch: int | None = None

    # What can be asked for

    def repair(self, ids: Sequence[str], *, force: bool = False, may_download: bool = False) -> None:
        """Proposes to mend these torrents."""
        self.propose(lambda c: plan_mend(c, targets_by_id(c, ids), force=force, may_download=may_download))

    def mend_links(self, links: Sequence[LibraryLink]) -> None:
        """Proposes to mend these broken links through the torrents behind them."""
        ids = list(dict.fromkeys(link.torrent_id for link in links if link.torrent_id is not None))
        self.propose(lambda c: plan_mend(c, targets_by_id(c, ids), links))

    def repair_targets(
        self, find: Callable[[sqlite3.Connection], Targets], *, force: bool = False, may_download: bool = False
    ) -> None:
        """Proposes to mend what ``find`` finds."""
        self.propose(lambda c: plan_mend(c, find(c), force=force, may_download=may_download))

    def delete(self, ids: Sequence[str]) -> None:
        """Proposes to delete these torrents."""
        self.propose(lambda c: plan_delete(c, targets_by_id(c, ids)))

    def delete_targets(self, find: Callable[[sqlite3.Connection], Targets]) -> None:
        """Proposes to delete what ``find`` finds."""
        self.propose(lambda c: plan_delete(c, find(c)))

    def undo(self, batch: int | None = None) -> None:
        """Proposes to take a batch back, the last one unless one is named."""
        self.propose(lambda c: plan_undo(c, batch))

    def add(self, text: str, select: str = "video") -> None:
        """Proposes to add what was typed: magnets, hashes, paths, parted by blanks."""
        words = [text] if text.startswith("magnet:") or "/" in text else text.split()
        if words:
            self.propose(lambda c: plan_add(c, words, select))

    def select_files(self, torrent_id: str, files: Sequence[int]) -> None:
        """Proposes to select these files of a torrent that waits for it."""

        def make(connection: sqlite3.Connection) -> Plan:
            torrent = torrents_by_id(connection, [torrent_id])[0]
            name = printable(torrent.filename)
            step = SelectFiles(
                what=name, id=torrent.id, hash=torrent.hash, name=torrent.filename, selection=tuple(files),
                cannot_undo="a selection cannot be taken back",
            )  # fmt: skip
            return Plan("select", f"Select {len(files):,} files of {cut_middle(name, LONGEST_TITLE)}", (step,))

        self.propose(make)

    def check(self, ids: Sequence[str]) -> None:
        """Looks at the links of these torrents; this changes nothing, and costs two requests a link."""
        self._start_check(CheckOptions(ids=tuple(ids)), f"Looking at the links of {len(ids):,}: 2 requests each.")

    async def check_words(self, words: Sequence[str], limit: int | None = None) -> None:
        """Looks at all links of the torrents named by id, or at those that are due of what a query finds. Raises
        UsageError."""
        targets = await self._app.workspace.read(read_targets, words) if words else None
        if targets is not None and targets.looked_at is None:
            self.check([torrent.id for torrent in targets.torrents])
            return
        options = CheckOptions(torrents_matching(parse(" ".join(words))), limit=limit)
        self._start_check(options, "Looking at links that are due: 2 requests each.")

    def _start_check(self, options: CheckOptions, said: str) -> None:
        app = self._app
        try:
            app.workspace.connect()
        except MediatuiError as error:
            app.prompt.say(error.sentence, "error")
            return
        app.prompt.say(said)
        app.workspace.runner.start(CHECK, options)

    # Proposing and applying

    def propose(self, make: MakePlan) -> None:
        """Makes a plan off the event loop and asks whether to apply it."""
        in_background(self._app, functools.partial(self._propose, make), "propose", exclusive=True)

    async def _propose(self, make: MakePlan) -> None:
        app = self._app
        try:
            plan = await app.workspace.read(make)
        except MediatuiError as error:
            app.prompt.say(error.sentence, "error")
            return
        if not plan.steps:
            app.prompt.say(nothing_to_do(plan), "warning")
            return
        typed = await app.workspace.read(self._needs_number, plan)
        if app.workspace.settings.ui.confirm == "destructive" and not (typed or plan.removals or plan.not_undoable):
            await self._apply(plan, typed)
            return
        app.prompt.ask(
            question(plan, app.workspace.settings),
            lambda: self._apply_soon(plan, typed),
            plan.removals if typed else len(plan.steps),
            typed=typed,
            look=lambda: self.look(plan),
        )

    def _needs_number(self, connection: sqlite3.Connection, plan: Plan) -> bool:
        """Whether a guard would stop the plan unless the number is typed."""
        settings = self._app.workspace.settings
        unlinks = [step for step in plan.steps if isinstance(step, UnlinkSymlink)]
        try:
            check_removals(plan.removals, plan.looked_at, settings, None)
            if plan.looked_at is not None:
                check_shares(connection, settings, unlinks, None)
        except GuardTripped:
            return True
        return False

    def look(self, plan: Plan) -> None:
        """Shows the steps of the plan that was being asked about."""
        self.plan, self.batch = plan, None
        self._app.call_later(self._app.open_view, "plan", again=True)

    def _apply_soon(self, plan: Plan, typed: bool) -> None:
        in_background(self._app, functools.partial(self._apply, plan, typed), "apply")

    async def _apply(self, plan: Plan, typed: bool) -> None:
        app = self._app
        try:
            if plan.lane == "account":
                app.workspace.connect()
            batch = await app.workspace.store_plan(plan, plan.removals if typed else None)
        except MediatuiError as error:
            app.prompt.say(error.sentence, "error")
            return
        self.plan, self.batch = plan, batch
        app.workspace.runner.start(APPLY[plan.lane], ApplyOptions(batch))
        if len(plan.steps) > 1 and not app.prompt.mode:
            await app.open_view("plan")

    # What was begun before

    def offer(self, batch: Batch) -> None:
        """Asks whether to carry on with a batch."""
        self._app.prompt.ask(
            f"{batch.title} is unfinished, {batch.left:,} of {batch.steps:,} left. Carry on? (6 shows it, u undoes it)",
            lambda: self.carry_on(batch.batch),
            1,
        )

    def carry_on(self, batch: int, *, failed: bool = False) -> None:
        """Carries on with a batch; with ``failed`` tries what failed again."""
        in_background(self._app, functools.partial(self._carry_on, batch, failed), "apply")

    async def _carry_on(self, batch: int, failed: bool) -> None:
        app = self._app
        try:
            lane = lane_of([stored.step for stored in await app.workspace.read(read_steps, batch)])
            if lane == "account":
                app.workspace.connect()
        except MediatuiError as error:
            app.prompt.say(error.sentence, "error")
            return
        self.plan, self.batch = None, batch
        app.workspace.runner.start(APPLY[lane], ApplyOptions(batch, retry_failed=failed))


def question(plan: Plan, settings: Settings) -> str:
    """What is asked before a plan is applied: counts, bytes, what points at it, cost, who hears of it, and what cannot
    be undone."""
    size = f" ({size_text(plan.bytes)})" if plan.bytes else ""
    title = f"{cut_middle(plan.title, LONGEST_TITLE)}{size}?"
    parts = [title]
    if len(plan.steps) == 1:
        parts = [f"{title} {cut_middle(plan.steps[0].what, 40)}."]
    links = sum(step.links for step in plan.steps if isinstance(step, DeleteTorrent))
    if links:
        parts.append(f"{links:,} library links point at them.")
    if plan.requests:
        parts.append(
            f"{plan.requests:,} requests, {duration(plan.requests * 60 / settings.realdebrid.requests_per_minute)}."
        )
    counts = Counter(type(step) for step in plan.steps if not isinstance(step, ArrPath))
    if not plan.requests and len(counts) > 1:
        parts.append(f"{', '.join(kind.counted(count) for kind, count in counts.items())}.")
    if changes := whose_paths_change(plan):
        parts.append(changes)
    if told := notified_services(settings, plan):
        parts.append(told)
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
