"""The torrent list: chips with live counts, filter, sort, marks, and the detail beside or over it."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer

from mediatui.model.choices import TORRENT_SORTS, TorrentSort
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted, size_text
from mediatui.model.query_tree import QueryError
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.runtime.events import Changed, Event
from mediatui.runtime.jobs import Job
from mediatui.store.torrents.classes import class_counts
from mediatui.store.torrents.listing import bytes_of_keys, read_sort
from mediatui.tui.filtering import filter_key
from mediatui.tui.hints import with_keys
from mediatui.tui.remembered import Value
from mediatui.tui.views.torrents.listed import ListsTorrents
from mediatui.tui.views.torrents.playing import PLAYING
from mediatui.tui.views.torrents.rows import COLUMNS, TorrentRows, chip_counts, read_chip_counts
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.detail_pane import DetailPane
from mediatui.tui.widgets.lines import Choices, TextLine
from mediatui.tui.widgets.list_and_detail import ListAndDetail
from mediatui.tui.widgets.menu import choices_of
from mediatui.tui.widgets.panes import BESIDE
from mediatui.tui.widgets.row_list import RowList

WIDEST_NOTE = 70
REFRESH_S = 0.3
COUNT_S = 0.15
"""How long nothing is typed before the chips are counted within a filter."""
ADDED_UP_AT_ONCE = 20_000
"""Of more torrents than these, the size is added up when the chips are counted, not at every letter."""
CHIPS = (
    ("", "all"),
    ("class:ok", "ok"),
    ("class:working", "working"),
    ("class:problem", "problem"),
    ("is:gone", "gone"),
)
NEWEST_FIRST = ("size", "files", "added", "links", "progress", "seeders")
"""Sort keys whose largest value is wanted first."""


class TorrentsView(ListsTorrents):
    """The torrents of the account as a list."""

    NAME = "Torrents"
    KEY = "1"
    HELP = "Every torrent of the account, from the local archive. Type / to filter, o to sort, enter for details."
    FIRST_KEYS = ("open", "mark", "repair", "delete", "filter", "sort", "sync", "copy", "undo", "command", "add")
    BINDINGS: ClassVar[list[BindingType]] = [
        filter_key("torrents", "Words, status:problem, size:>10gb …"),
        Binding("left_square_bracket", "chip(-1)", "previous chip", show=False, id="torrents.chip-left"),
        Binding("right_square_bracket", "chip(1)", "next chip", show=False, id="torrents.chip-right"),
        Binding("o", "sort", "sort", id="torrents.sort", tooltip="Sort by another column"),
        Binding("O", "reverse", "sort other way", show=False, id="torrents.reverse"),
        Binding("n", "next(1)", "next problem", show=False, id="torrents.next"),
        Binding("N", "next(-1)", "previous problem", show=False, id="torrents.previous"),
        Binding("tab", "other_pane", "other pane", show=False, id="torrents.pane", tooltip="Between list and details"),
        Binding(
            "escape,backspace,h",
            "back",
            "back",
            show=False,
            id="torrents.back",
            tooltip="Close details, show all",
        ),
        *PLAYING,
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._chips = Chips(id="chips")
        self._meter = TextLine(id="meter")
        self._detail = DetailPane("detail")
        self._chip = ""
        self._numbers = [0] * len(CHIPS)
        """How many torrents each chip would show, within the filter."""
        self._count_due: Timer | None = None
        self._to_add_up = False
        self._changed: set[str] = set()
        self._all_changed = False
        self._due: Timer | None = None
        self._marked = ""

    def compose(self) -> ComposeResult:
        self._chip = self.remembered.word("chip", [chip for chip, _ in CHIPS], "")
        sort = self.remembered.word("sort", TORRENT_SORTS, "added")
        self._rows = TorrentRows(self.workspace, self._chip, sort, self.remembered.flag("reverse") is not False)
        self._list = RowList(COLUMNS, self._rows, id="torrent-list")
        with Horizontal(id="chip-line"):
            yield self._chips
            yield self._meter
        self._panes = ListAndDetail(self._list, self._detail, self.torrent_lines, name="list-and-detail")
        self._panes.wanted = self.remembered.flag("details")
        yield self._panes

    def on_mount(self) -> None:
        self._show_sort()
        self._show_counts()
        self._show_empty()
        self._list.focus()
        self.set_interval(1.0, self._show_meter)
        self.call_after_refresh(self._load)

    def to_remember(self) -> Mapping[str, Value | None]:
        """The chip, the order, and whether the details were opened."""
        return {
            "chip": self._chip,
            "sort": self._rows.sort,
            "reverse": self._rows.reverse,
            "details": self._panes.wanted,
        }

    async def on_front(self) -> None:
        """Gives the list the keyboard."""
        self._show_note()
        self.work_ended()
        self.take_keyboard(self._list)

    def work_begun(self, ids: Collection[str]) -> None:
        """Says in the rows what is being done with them."""
        self.work_ended()

    def work_ended(self) -> None:
        """Says in the rows what is still being done."""
        if self._rows.working != self.host.working:
            self._rows.working = self.host.working
            self._list.source_changed()

    @work(group="torrents-load", exit_on_error=False)
    async def _load(self) -> None:
        await self._rows.load()
        self._list.source_changed()

    @property
    def first_keys(self) -> Sequence[str]:
        """With the details open, the way into them and out of them too."""
        return ("open", "other_pane", "back", *self.FIRST_KEYS[1:]) if self._panes.is_open else self.FIRST_KEYS

    @property
    def key_words(self) -> Mapping[str, str]:
        """Where ``tab`` goes."""
        return {"other_pane": self.tab_word}

    # Filter

    @property
    def wanted(self) -> str:
        """The chip and the typed filter together."""
        typed = f"({self.filter_text})" if self._chip and " OR " in self.filter_text else self.filter_text
        return f"{self._chip} {typed}".strip()

    def show_filtered(self) -> None:
        """Shows the rows that match chip and filter."""
        self._rows.limit = None
        self.rows_coming = self._show_query(to_top=True)

    def open_query(self, query: str, order: tuple[TorrentSort, bool] | None = None, limit: int | None = None) -> None:
        """Shows the rows of a query, as a card or a command asks for: in an order, at most ``limit`` of them."""
        sort, reverse = order if order is not None else (None, None)
        self._rows.limit = limit
        chips = [chip for chip, _ in CHIPS]
        self._chip, self.filter_text = (query, "") if query in chips else ("", query)
        self.rows_coming = self._show_query(to_top=True, sort=sort, reverse=reverse)

    @work(group="torrents-query", exclusive=True, exit_on_error=False)
    async def _show_query(
        self, *, to_top: bool = False, sort: TorrentSort | None = None, reverse: bool | None = None
    ) -> None:
        try:
            shown = await self._rows.show(
                self.wanted,
                self._rows.sort if sort is None else sort,
                self._rows.reverse if reverse is None else reverse,
            )
        except QueryError as error:
            self.say(error.sentence, "error")
            return
        except MediatuiError as error:
            self.say(error.message, "error")
            return
        if not shown:
            return
        with self.app.batch_update():
            self._list.source_changed(to_top=to_top)
            self._show_sort()
            if not self._chip:
                self._numbers[0] = self._rows.found
            self._show_chips()
            self._show_empty()
            self._to_add_up = self._rows.found > ADDED_UP_AT_ONCE
            self._say_found()
        self._count_soon()

    def _say_found(self) -> None:
        """How much matches: how many torrents, and how big they are together unless that is still to be added up."""
        rows = self._rows
        size = "" if self._to_add_up else f", {size_text(rows.bytes)}"
        part = f", {rows.count:,} shown" if rows.count < rows.found else ""
        found = f"{counted(rows.found, 'torrent')}{size}{part}"
        if rows.unknown:
            self.say(rows.unknown, "warning")
        else:
            self.say_of_row(found if self.wanted or part else "")
        self.host.prompt.say_found(found)

    def action_chip(self, by: int) -> None:
        names = [chip for chip, _ in CHIPS]
        self._rows.limit = None
        self._chip = names[(names.index(self._chip) + by) % len(names)] if self._chip in names else ""
        self.rows_coming = self._show_query(to_top=True)

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        message.stop()
        self._rows.limit = None
        self._chip = message.name
        self.rows_coming = self._show_query(to_top=True)

    def _show_counts(self) -> None:
        """Counts all there is, for the tabs, and for the chips unless a filter holds."""
        counts = chip_counts(class_counts(self.workspace.reader))
        self.host.show_tab_count("problems", counts[3])
        if self.filter_text:
            self._count_soon()
        else:
            self._numbers = counts
            self._show_chips()

    def _count_soon(self) -> None:
        """Counts within the filter, once nothing has been typed for a moment."""
        if self._count_due is not None:
            self._count_due.stop()
        self._count_due = self.set_timer(COUNT_S, self._count_within)

    @work(group="torrents-count", exclusive=True, exit_on_error=False)
    async def _count_within(self) -> None:
        query = self.filter_text
        try:
            numbers = await self.workspace.read(read_chip_counts, query, self.workspace.library_roots)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        if query == self.filter_text:
            self._numbers = numbers
            self._show_chips()
            if self._to_add_up:
                self._to_add_up = False
                self._say_found()

    def _show_chips(self) -> None:
        choices = [(query, f"{word} {number:,}") for (query, word), number in zip(CHIPS, self._numbers, strict=True)]
        self._chips.show(choices, self._chip, query=self.filter_text, found=self._numbers[0])

    def _show_empty(self) -> None:
        if self._rows.unknown:
            self._list.empty_text = "\n".join(textwrap.wrap(with_keys(self._rows.unknown), WIDEST_NOTE))
        elif self.wanted:
            self._list.empty_text = f"No torrent matches {printable(self.wanted)}\nesc clears {self._narrowing}"
        else:
            self._list.empty_text = "The archive is empty.\ns fills it from the account"
        if self._rows.count == 0:
            self._list.refresh()

    def _show_meter(self) -> None:
        state = self.workspace.budget_state
        if state is None:
            return
        paused = state.paused_until > time.time()
        text = f"paused {state.paused_until - time.time():.0f}s  " if paused else ""
        text += f"{state.waiting} wait  " if state.waiting > 1 else ""
        unit = " requests a minute" if self.size.width >= BESIDE else ""
        self._meter.set_parts([(f"{text}{state.used}/{state.limit}{unit}", "$attention" if paused else "$quiet")])

    @property
    def _narrowing(self) -> str:
        """What esc takes away first."""
        return "the filter" if self.filter_text else "the chip"

    # Sort

    def _show_sort(self) -> None:
        column = next((column.title for column in COLUMNS if column.sort == self._rows.sort), "")
        self._list.set_sort(column, self._rows.reverse)

    def action_sort(self) -> None:
        now = self._rows.sort
        notes = [("↓" if self._rows.reverse else "↑") if sort == now else "" for sort in TORRENT_SORTS]
        self.host.prompt.choose("sort by", choices_of(TORRENT_SORTS, notes), self._sort_taken, at=now)

    def _sort_taken(self, name: str) -> None:
        self._sort_by(read_sort(name))

    def _sort_by(self, sort: TorrentSort) -> None:
        same = sort == self._rows.sort
        self.rows_coming = self._show_query(sort=sort, reverse=not self._rows.reverse if same else sort in NEWEST_FIRST)

    def action_reverse(self) -> None:
        self.rows_coming = self._show_query(reverse=not self._rows.reverse)

    def on_row_list_sort_requested(self, message: RowList.SortRequested) -> None:
        message.stop()
        self._sort_by(read_sort(message.sort))

    def action_next(self, by: int) -> None:
        """To the next row with a problem."""
        at = self._rows.next_problem(self._list.cursor, by)
        if at is None:
            self.say("No torrent with a problem that way.")
        else:
            self._list.move_to(at)

    # Rows that change

    def refreshed(self, ids: Sequence[str]) -> None:
        """Takes over rows that were fetched again."""
        self._changed.update(ids)
        self._take_changes()

    def on_job_event(self, job: Job, event: Event) -> None:
        """Collects changed rows and takes them over a few times a second."""
        if isinstance(event, Changed) and event.table == "library_links" and self._rows.asks_for_links:
            self._show_query()
        if not isinstance(event, Changed) or event.table != "torrents":
            return
        if event.ids is None:
            self._all_changed = True
        else:
            self._changed.update(event.ids)
        if self._due is None:
            self._due = self.set_timer(REFRESH_S, self._take_changes)

    @work(group="torrents-refresh", exit_on_error=False)
    async def _take_changes(self) -> None:
        changed, self._changed = self._changed, set()
        everything, self._all_changed = self._all_changed, False
        self._due = None
        await self._rows.refresh(None if everything else sorted(changed))
        self._list.source_changed()
        self._show_counts()
        self._show_empty()
        self._panes.show()

    # Details

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()

    def action_back(self) -> None:
        if self._panes.step_back() or self.clear_filter():
            pass
        elif self._chip or self._rows.limit is not None:
            self._chip = ""
            self._rows.limit = None
            self._show_query()
        elif self._list.marks:
            self._list.action_unmark()
        else:
            self._panes.close()

    # Marks and what acts on them

    def targets(self) -> list[Torrent]:
        """The marked torrents, else the one under the cursor."""
        return self._rows.torrents(self._list.targets())

    def exported(self) -> Sequence[int]:
        """The marked torrents, else all that are listed."""
        return self._list.marked_or_all()

    def on_row_list_marks_changed(self, message: RowList.MarksChanged) -> None:
        message.stop()
        self._marked = ""
        if message.count:
            size = size_text(bytes_of_keys(self.workspace.reader, self._list.marks))
            self._marked = f"{message.count:,} marked, {size}"
        self._show_note()

    def _show_note(self) -> None:
        """How much is marked."""
        self.host.prompt.set_right(self._marked)
