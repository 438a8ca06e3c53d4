"""Problems: every torrent with one, grouped by class, worst first, each group with what helps and what that costs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from mediatui.archive.check import CheckOptions
from mediatui.commands.columns import screen_cells, shown_on_screen
from mediatui.commands.problem_columns import PROBLEM_COLUMNS, Problem
from mediatui.model.errors import MediatuiError
from mediatui.model.problems import PROBLEM_INFO, PROBLEMS, Class, Diagnosis, ProblemInfo, diagnose
from mediatui.model.query_tree import ClassIn
from mediatui.model.torrent import Torrent
from mediatui.runtime.events import Changed, Event, Finished
from mediatui.runtime.jobs import Job
from mediatui.store.conditions import torrents_matching
from mediatui.store.torrents.listing import library_link_counts, list_torrents
from mediatui.tui.view import OpenList
from mediatui.tui.views.torrents.playing import PLAYING, Meant, PlaysTorrents
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row

COLUMNS = shown_on_screen(PROBLEM_COLUMNS)
_ONE_WORD = {"r": "repair", "d": "delete", "y": "copy", "f": "choose files", "ctrl+r": "check again"}
REFRESH_S = 0.5
WHY_S = 0.15


class ProblemsView(PlaysTorrents):
    """What is wrong, and the key that helps."""

    NAME = "Problems"
    KEY = "2"
    HELP = "Torrents with a problem, worst first. On a heading a key acts on the whole class; enter opens the list."
    FIRST_KEYS = (
        "open",
        "mark",
        "repair",
        "delete",
        "files",
        "view('duplicates')",
        "undo",
        "copy",
        "sync",
        "check_due",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next(1)", "next problem", show=False, id="problems.next"),
        Binding("N", "next(-1)", "previous problem", show=False, id="problems.previous"),
        Binding("C", "check_due", "check all", show=False, id="problems.check-due", tooltip="Every link that is due"),
        Binding("D", "view('duplicates')", "duplicates", id="problems.duplicates", tooltip="What is held twice"),
        *PLAYING,
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._list = RowList(COLUMNS, self._rows, id="problem-list")
        self._torrents: dict[int, Torrent] = {}
        self._groups: dict[int, Class] = {}
        self._stale = True
        self._due: Timer | None = None
        self._why_due: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self._list

    def on_mount(self) -> None:
        self._list.empty_text = "No problem is known.\nC checks links that are due"

    async def on_front(self) -> None:
        """Reads the problems when something changed since."""
        if self._stale:
            self._read_soon()
        self.take_keyboard(self._list)

    def on_job_event(self, job: Job, event: Event) -> None:
        """Reads again, a little later, when rows changed."""
        if isinstance(event, Changed | Finished):
            self._stale = True
            if self.display and self._due is None:
                self._due = self.set_timer(REFRESH_S, self._read_soon)

    @work(group="problems", exclusive=True, exit_on_error=False)
    async def _read_soon(self) -> None:
        self._due = None
        self._stale = False
        try:
            rows, links = await self.workspace.read(read_problems)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self._rows.take(self._lay_out(rows, links))
        with self.app.batch_update():
            self._list.source_changed()
            self._list.refresh()

    def _lay_out(self, torrents: Sequence[Torrent], links: dict[str, int]) -> list[Row]:
        """A heading for each class, its torrents below; headings have negative keys."""
        now = time.time()
        self._torrents = {torrent.key: torrent for torrent in torrents}
        self._groups = {}
        by_class: dict[Class, list[tuple[Torrent, Diagnosis]]] = {}
        for torrent in torrents:
            found = diagnose(torrent, now)
            by_class.setdefault(found.name, []).append((torrent, found))
        rows: list[Row] = []
        for number, name in enumerate(PROBLEMS, 1):
            members = by_class.get(name, [])
            if not members:
                continue
            about = PROBLEM_INFO[name]
            self._groups[-number] = name
            heading = f"{name} {len(members):,} · {about.meaning}"
            key = f"{about.key} {_ONE_WORD.get(about.key, '')}"
            rows.append(Row(-number, (heading, "", "", "", key), heading=True))
            for torrent, found in members:
                problem = Problem(torrent, found, links.get(torrent.id, 0))
                rows.append(Row(torrent.key, screen_cells(COLUMNS, problem), "quiet", also=((0, about.tone),)))
        return rows

    # What is under the cursor

    def targets(self) -> list[Torrent]:
        """The marked torrents, or those of the class whose heading is under the cursor, or the one under it."""
        wanted: list[Torrent] = []
        for key in self._list.targets():
            if key in self._groups:
                name = self._groups[key]
                wanted += [torrent for torrent in self._torrents.values() if torrent.class_ == name]
            elif key in self._torrents:
                wanted.append(self._torrents[key])
        return list({torrent.id: torrent for torrent in wanted}.values())

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        if message.key in self._groups:
            self.post_message(OpenList(f"class:{self._groups[message.key].replace(' ', '-')}"))
        elif message.key in self._torrents:
            self.post_message(OpenList(f"id:{self._torrents[message.key].id}"))

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        if self._why_due is not None:
            self._why_due.stop()
        self._why_due = self.set_timer(WHY_S, self._say_why)

    def _say_why(self) -> None:
        key = self._list.cursor_key
        if not self.display or key is None:
            return
        if key in self._groups:
            self.say(what_helps(PROBLEM_INFO[self._groups[key]]))
        elif key in self._torrents:
            found = diagnose(self._torrents[key], time.time())
            self.say(f"{found.reason}. {what_helps(PROBLEM_INFO[found.name])}")

    def files_meant(self) -> list[Meant]:
        """What is to be played or fetched: torrents, never a whole class by its heading."""
        if self._list.cursor_key in self._groups and not self._list.marks:
            self.say("This is for one torrent: go to it, or mark several.", "warning")
            return []
        return super().files_meant()

    def refreshed(self, ids: Sequence[str]) -> None:
        """Reads the problems again: one may be gone."""
        self._read_soon()

    def action_next(self, by: int) -> None:
        """To the next row that is no heading."""
        at = self._list.cursor + by
        while (key := self._rows.key_at(at)) is not None:
            if key in self._torrents:
                self._list.move_to(at)
                return
            at += by

    def action_check_due(self) -> None:
        self.host.plans.start_check(CheckOptions())

    async def action_view(self, name: str) -> None:
        await self.host.open_view(name)


def read_problems(connection: sqlite3.Connection) -> tuple[list[Torrent], dict[str, int]]:
    """The torrents with a problem, worst first, and how many library links point at each."""
    condition = torrents_matching(ClassIn(frozenset(PROBLEMS)))
    rows = list_torrents(connection, condition, sort="class", reverse=False)
    return rows, library_link_counts(connection, [torrent.id for torrent in rows])


def what_helps(about: ProblemInfo) -> str:
    """What can be done about a class, its key, cost, and whether it can be undone."""
    cost = f", {about.requests} requests each" if about.requests > 1 else ", 1 request" if about.requests else ""
    undo = {"yes": ", undoable", "no": ", not undoable", "nothing to undo": ""}[about.undo]
    undo = ", the entry is replaced" if about.key == "r" else undo
    return f"{about.key} {about.action}{cost}{undo}"
