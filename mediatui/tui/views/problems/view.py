"""Problems: every torrent with one, grouped by class, worst first, each group with what helps and what that costs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from mediatui.archive.check import CheckOptions
from mediatui.archive.query.known_links import Roots, answerable
from mediatui.archive.query.parse import parse
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.problems import PROBLEMS
from mediatui.model.query_tree import ClassIn, conjunction
from mediatui.model.torrent import Torrent
from mediatui.runtime.events import Changed, Event, Finished
from mediatui.runtime.jobs import Job
from mediatui.store.conditions import torrents_matching
from mediatui.store.torrents.listing import library_link_counts, list_torrents, matching_keys, torrents_by_key
from mediatui.tui.filtering import filter_key, nothing_matches
from mediatui.tui.remembered import Value
from mediatui.tui.view import OpenList
from mediatui.tui.views.problems.groups import COLUMNS, Groups, class_lines
from mediatui.tui.views.torrents.listed import ListsTorrents
from mediatui.tui.views.torrents.playing import PLAYING, Meant
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.detail_pane import DetailPane
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.list_and_detail import ListAndDetail
from mediatui.tui.widgets.pane_lines import PaneLine
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import RowSource

REFRESH_S = 0.5


class ProblemList(RowList):
    """Enter and space fold a heading, at once; space marks torrents only."""

    def __init__(self, source: RowSource, fold: Callable[[int], None], *, id: str) -> None:  # noqa: A002
        """``fold`` folds the class whose heading has a key, or unfolds it."""
        super().__init__(COLUMNS, source, id=id)
        self._fold = fold

    def action_open(self, into: bool = False) -> None:
        if not into and self.cursor_key is not None and self.cursor_key < 0:
            self._fold(self.cursor_key)
        else:
            super().action_open(into)

    def action_mark(self) -> None:
        if self.cursor_key is not None and self.cursor_key < 0:
            self._fold(self.cursor_key)
        else:
            super().action_mark()


class ProblemsView(ListsTorrents):
    """What is wrong, and the key that helps."""

    NAME = "Problems"
    KEY = "2"
    HELP = (
        "Torrents with a problem, what can be mended first. On a heading a key acts on the whole class; enter folds it."
    )
    STAYS = True
    NO_TARGET = "Nothing is left to do here: j goes on, ] goes to the next class."
    FIRST_KEYS = (
        "open",
        "other_pane",
        "repair",
        "group(1)",
        "delete",
        "replace",
        "files",
        "mark",
        "view('duplicates')",
        "filter",
        "undo",
        "copy",
        "sync",
        "check_due",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next(1)", "next problem", show=False, id="problems.next"),
        Binding("N", "next(-1)", "previous problem", show=False, id="problems.previous"),
        Binding("right_square_bracket,right_curly_bracket", "group(1)", "next class", show=False, id="problems.group"),
        Binding(
            "left_square_bracket,left_curly_bracket",
            "group(-1)",
            "class before",
            show=False,
            id="problems.group-before",
        ),
        Binding(
            "o", "list", "list", show=False, id="problems.list", tooltip="Show the class or the torrent in Torrents"
        ),
        Binding("tab", "other_pane", "details", show=False, id="problems.pane", tooltip="Between list and details"),
        Binding("escape,backspace,h", "back", "back", show=False, id="problems.back", tooltip="Close the details"),
        Binding("C", "check_due", "check all", show=False, id="problems.check-due", tooltip="Every link that is due"),
        Binding("E", "replace", "replace links", id="problems.replace", tooltip="Other files for dead links into it"),
        Binding("D", "view('duplicates')", "duplicates", id="problems.duplicates", tooltip="What is held twice"),
        filter_key("problems", "Words, class:partial, size:>10gb …"),
        *PLAYING,
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._chips = Chips(id="problem-chips")
        self._list = ProblemList(self._rows, self._fold, id="problem-list")
        self._panes = ListAndDetail(self._list, DetailPane("problem-detail"), self._detail_lines, name="problems-panes")
        self._groups = Groups()
        self._found = 0
        self._stale = True
        self._due: Timer | None = None

    def to_remember(self) -> Mapping[str, Value | None]:
        """Whether the details were opened."""
        return {"details": self._panes.wanted}

    def compose(self) -> ComposeResult:
        self._panes.wanted = self.remembered.flag("details")
        yield self._chips
        yield self._panes

    def show_filtered(self) -> None:
        """Lists the problems that match the filter."""
        self.load_rows(self._read_soon)

    async def on_front(self) -> None:
        """Reads the problems when something changed since."""
        if self._stale:
            self._read_soon()
        self.take_keyboard(self._list)
        self.say_marked(len(self._list.marks))

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
            query = self.filter_text
            rows, links = await self.workspace.read(read_problems, query, self.workspace.library_roots)
            every = await self.workspace.read(matching_keys, torrents_matching(ClassIn(frozenset(PROBLEMS))))
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        anew = self.narrowed_anew()
        self._groups.take(rows, links, time.time(), None if anew else self._list.cursor_key)
        self._list.keep_marks(every)  # a filter hides marked torrents; the others have no problem any more
        self._found = len(rows)
        self._show_rows(anew=anew)
        self.host.prompt.say_found(counted(self._found, "torrent"))

    def _show_rows(self, *, anew: bool = False) -> None:
        """Lists the groups; all are open while a filter holds."""
        query = self.filter_text
        self._rows.take(self._groups.rows(self.host.working, unfold=bool(query)))
        nothing = "No problem is known.\nC checks links that are due"
        self._list.empty_text = nothing_matches(query) if query else nothing
        with self.app.batch_update():
            self._chips.show([("", f"all {self._found:,}")], "", query=query, found=self._found)
            self._list.source_changed(anew=anew)
            self._list.refresh()
        self._panes.show()

    # What is being worked on

    def work_begun(self, ids: Collection[str]) -> None:
        """Says so in the rows, and goes on from a torrent to the next of its class that is not worked on, never to a
        heading."""
        torrent = self._groups.torrent(self._list.cursor_key)
        if torrent is not None and torrent.id in ids:
            self._go_to_next()
        self._show_rows()

    def _go_to_next(self) -> None:
        for by in (1, -1):
            at = self._list.cursor + by
            while (torrent := self._groups.torrent(self._rows.key_at(at))) is not None:
                if torrent.id not in self.host.working:
                    self._list.move_to(at)
                    return
                at += by

    def work_ended(self) -> None:
        """Reads again what became of them."""
        self._read_soon()

    # What is under the cursor

    def targets(self) -> list[Torrent]:
        """The marked torrents, or those of the class whose heading is under the cursor, or the one under it."""
        if self._list.marks:
            return torrents_by_key(self.workspace.reader, self._list.marked())
        name = self._groups.class_of(self._list.cursor_key)
        if name is not None:
            return self._groups.torrents_of(name)
        torrent = self._groups.torrent(self._list.cursor_key)
        return [] if torrent is None else [torrent]

    def on_row_list_marks_changed(self, message: RowList.MarksChanged) -> None:
        message.stop()
        self.say_marked(message.count)

    def exported(self) -> Sequence[int]:
        """The marked torrents, else all that are listed, those of folded classes too."""
        return self._list.marked() or self._groups.keys()

    def _detail_lines(self, key: int | None) -> Iterable[PaneLine]:
        name = self._groups.class_of(key)
        if name is not None:
            return class_lines(name, self._groups.torrents_of(name))
        return self.torrent_lines(key)

    def _fold(self, key: int) -> None:
        if (name := self._groups.class_of(key)) is not None:
            self._groups.fold(name)
            self._show_rows()

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        if self._groups.leave(message.key):
            self._show_rows()
        self.host.show_keys()

    @property
    def key_words(self) -> Mapping[str, str]:
        """What enter does with the row under the cursor, and where ``tab`` goes."""
        heading = self._groups.class_of(self._list.cursor_key) is not None
        return {"other_pane": self.tab_word, "open": "fold" if heading else "open"}

    def action_back(self) -> None:
        if not self._panes.step_back() and not self.clear_filter():
            self._panes.close()

    def action_list(self) -> None:
        """Shows the class under the cursor, or the torrent, among the torrents."""
        key = self._list.cursor_key
        name, torrent = self._groups.class_of(key), self._groups.torrent(key)
        if name is not None:
            self.post_message(OpenList(f"class:{name.replace(' ', '-')}"))
        elif torrent is not None:
            self.post_message(OpenList(f"id:{torrent.id}"))

    def action_group(self, by: int) -> None:
        """To the heading of the next class, or of the one before; from the last on to the first."""
        count = self._rows.count
        for step in range(1, count + 1):
            at = (self._list.cursor + by * step) % count
            if self._groups.class_of(self._rows.key_at(at)) is not None:
                self._list.move_to(at)
                return

    def files_meant(self) -> list[Meant]:
        """What is to be played or fetched: torrents, never a whole class by its heading."""
        if self._groups.class_of(self._list.cursor_key) is not None and not self._list.marks:
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
            if self._groups.torrent(key) is not None:
                self._list.move_to(at)
                return
            at += by

    def action_check_due(self) -> None:
        self.host.plans.start_check(CheckOptions())

    def action_replace(self) -> None:
        """Proposes to have the dead links into these torrents lead to other files."""
        ids = [torrent.id for torrent in self.targets()]
        if ids:
            self.host.plans.replace_links_into(ids)
        else:
            self.say(self.NO_TARGET)

    async def action_view(self, name: str) -> None:
        await self.host.open_view(name)


def read_problems(connection: sqlite3.Connection, query: str, roots: Roots) -> tuple[list[Torrent], dict[str, int]]:
    """The torrents with a problem that match a query, worst first, and how many library links point at each. Raises
    QueryError."""
    tree, _ = answerable(connection, parse(query), roots)
    condition = torrents_matching(conjunction([ClassIn(frozenset(PROBLEMS)), tree]))
    rows = list_torrents(connection, condition, sort="class", reverse=False)
    return rows, library_link_counts(connection, [torrent.id for torrent in rows])
