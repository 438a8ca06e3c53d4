"""Searching releases: rows as the indexers answer, what is known of each, narrowed, sorted, marked and sent."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from mediatui.acquire.search.query import SORTS, completions, parse
from mediatui.acquire.search.row import ReleaseRow
from mediatui.commands.library import how_old
from mediatui.commands.search import read_search
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted, short_moment
from mediatui.model.query_tree import QueryError
from mediatui.model.release import IndexerAnswer, Search
from mediatui.model.text import printable
from mediatui.runtime.events import Event, Finished, FoundRow
from mediatui.runtime.jobs import Job
from mediatui.tui.chipped_view import ChippedView, chip_keys
from mediatui.tui.filtering import filter_key, nothing_matches
from mediatui.tui.remembered import Value
from mediatui.tui.view import in_background
from mediatui.tui.views.search.acts import ReleaseActs
from mediatui.tui.views.search.detail import detail_lines
from mediatui.tui.views.search.media import MediaSearch
from mediatui.tui.views.search.rows import COLUMNS, Releases
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.detail_pane import DetailPane
from mediatui.tui.widgets.lines import Part, TextLine
from mediatui.tui.widgets.list_and_detail import ListAndDetail
from mediatui.tui.widgets.menu import Choice, choices_of
from mediatui.tui.widgets.pane_lines import PaneLine
from mediatui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from mediatui.acquire.search.options import SearchOptions
    from mediatui.tui.views.settings.view import SettingsView

REFRESH_S, FIRST_S = 0.15, 0.01
"""How long after an indexer's answer the rows are read, longer where that takes long; and where none are shown yet."""
READING_SHARE = 4
CHANGE_WHAT_IS_KNOWN = ("apply", "sync", "maintain", "library refresh")
"""The jobs after which more, or less, may be known of releases."""
MOST_EARLIER = 30
NOT_SET_UP = (
    "Releases are searched with Prowlarr, which is not set up here.\n"
    "P leads to its settings: address, key, and that it is to be used\n"
    "+ sends a magnet, a hash or a .torrent file without it; :grab does the same"
)
NOTHING_YET = (
    "Nothing was searched yet.\ns searches the indexers of Prowlarr\n+ sends a magnet, a hash or a .torrent file"
)
NOT_BEGUN = "The search came to nothing; the log (0) says why.\ns searches again, e shows earlier searches"
UNRELATED = "Nothing that was found has to do with it.\n] shows what was found, s searches other words"
NOT_FOUND = "No indexer has it.\nThe line below says how each answered; s searches other words"


class SearchView(ReleaseActs, MediaSearch, ChippedView):
    """The releases of one search, the last one unless another is opened."""

    NAME = "Search"
    KEY = "7"
    HELP = (
        "Releases of the indexers of Prowlarr. s searches: words, and --film, --series, --season N, --episode N. What "
        "was found is kept for seven days (e); t begins with a film or series. + sends what is marked, else what is "
        "under the cursor; m chooses first what it is for, w which way it comes."
    )
    STAYS = True
    FIRST_KEYS = (
        "open", "grab", "map", "new", "pick", "filter", "mark", "earlier", "sort", "route", "other_pane", "prowlarr",
        "undo",
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "new", "search", id="search.new", tooltip="Search releases"),
        Binding("e", "earlier", "earlier", id="search.earlier", tooltip="Searches that are kept"),
        Binding("P", "prowlarr", "Prowlarr", show=False, id="search.prowlarr", tooltip="The settings of Prowlarr"),
        Binding("o", "sort", "sort", id="search.sort", tooltip="Sort by another column"),
        Binding("O", "reverse", "sort other way", show=False, id="search.reverse"),
        *chip_keys("search"),
        filter_key("search", "Words, res:1080, lang:french, is:pack …"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._releases = Releases()
        self._title = TextLine(id="search-title")
        self._chips = Chips(id="search-chips")
        self._list = RowList(COLUMNS, self._releases, id="release-list")
        self._panes = ListAndDetail(self._list, DetailPane("release-detail"), self._lines_of, name="search-panes")
        self._indexers = TextLine(id="search-indexers")
        self._chip, self._sort, self._reverse = "", "score", False
        self._copies = ""
        """How old the copy of what Sonarr and Radarr know is."""
        self._number = 0
        """The search that is shown; 0 for none."""
        self._kept: Search | None = None
        self._answers: list[IndexerAnswer] = []
        self._job: Job | None = None
        self._searched = ""
        self._opens_newest = True
        """Whether the newest search is shown while there is none of its own: until one was begun here."""
        self._due: Timer | None = None
        self._took_s = 0.0

    def to_remember(self) -> Mapping[str, Value | None]:
        """The order, the search, and whether the details were opened."""
        return {
            "sort": self._sort, "reverse": self._reverse, "search": str(self._number or ""),
            "details": self._panes.wanted,
        }  # fmt: skip

    def compose(self) -> ComposeResult:
        self._sort = self.remembered.word("sort", SORTS, "score")
        self._reverse = self.remembered.flag("reverse") is True
        self._panes.wanted = self.remembered.flag("details")
        number = self.remembered.text("search")
        self._number = int(number) if number.isdecimal() and len(number) < 16 else 0
        yield self._title
        yield self._chips
        yield self._panes
        yield self._indexers

    async def on_front(self) -> None:
        """Reads the search again: what is known of its releases may have changed."""
        self.load_rows(self._read_soon, from_key=not self._releases.count)
        self.take_keyboard(self._list)
        self.say_marked(len(self._list.marks))

    # Searching

    def action_new(self) -> None:
        if not self._is_set_up:
            self.say("Releases are searched with Prowlarr, which is not set up: P leads to its settings.", "warning")
            return
        self.host.action_command("search ")

    def start(self, wanted: SearchOptions, where: str = "", sort: str | None = None) -> None:
        """Begins a search, its releases narrowed and sorted as a command says."""
        from mediatui.commands.job_kinds import SEARCH

        self._chip, self.filter_text = "", where
        self._sort, self._reverse = (sort, False) if sort else (self._sort, self._reverse)
        self._number, self._kept, self._answers, self._opens_newest = 0, None, [], False
        if self._job is not None:
            self._job.cancel()
        self._take(())
        self._searched = f"{wanted.called} {wanted.shown}".strip()
        self._job = self.workspace.runner.start(SEARCH, wanted)
        self._list.action_unmark()
        self._show(anew=True)
        in_background(self, self.refresh_what_is_due, "search-due", exclusive=True)

    def show_search(self, number: int, where: str = "", sort: str | None = None) -> None:
        """Shows a search that is kept."""
        self._chip, self.filter_text = "", where
        self._sort, self._reverse = (sort, False) if sort else (self._sort, self._reverse)
        self._number, self._job, self._opens_newest = number, None, False
        self.load_rows(self._read_soon)

    def on_job_event(self, job: Job, event: Event) -> None:
        """Takes the answers of indexers, and reads releases a little later."""
        if job is self._job and isinstance(event, FoundRow):
            if event.type == "indexer":
                self._answers.append(IndexerAnswer(**cast("dict[str, object]", event.row)))  # type: ignore[arg-type]
                self._show_lines()
            elif not self._number:
                self._number = int(str(event.row["search"]))
            self._read_later()
        elif job is self._job and isinstance(event, Finished):
            self._number = int(str(event.counts.get("search", self._number)))
            self._job = None
            self._read_later()
        elif isinstance(event, Finished) and job.name in CHANGE_WHAT_IS_KNOWN:
            self._read_later()

    def _read_later(self) -> None:
        if self.display and self._due is None:
            wait_s = max(REFRESH_S, READING_SHARE * self._took_s) if self._releases.all_keys else FIRST_S
            self._due = self.set_timer(wait_s, self._read_soon)

    @work(group="search", exclusive=True, exit_on_error=False)
    async def _read_soon(self) -> None:
        self._due = None
        began = time.monotonic()
        try:
            await self._read()
        except MediatuiError as error:
            self._number, self._kept = 0, None
            self._take(())
            self.say(error.sentence, "error")
        self._took_s = time.monotonic() - began
        self._show()

    async def _read(self) -> None:
        from mediatui.store.releases.rows import all_searches

        self._copies = await self.workspace.read(how_old, self.workspace.settings, time.time())
        if self._opens_newest:
            kept = await self.workspace.read(all_searches)
            numbers = [one.id for one in kept]
            self._number = self._number if self._number in numbers else numbers[0] if numbers else 0
        if self._number:
            kept_one, rows = await self.workspace.read(read_search, self._number, self.workspace.settings)
            self._kept = kept_one
            self._take(rows)
            if self._job is None:
                self._answers = list(kept_one.indexers)
            self._list.keep_marks(self._releases.all_keys)

    # What is shown

    def show_filtered(self) -> None:
        """Lists the releases that match chip and filter."""
        self._show()

    def _take(self, rows: Sequence[ReleaseRow]) -> None:
        self._releases.take(rows, self._sort, reverse=self._reverse)

    def _show(self, *, anew: bool = False) -> None:
        query = self.filter_text
        try:
            self._releases.narrow(self._chip, query)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self._list.empty_text = self._empty_text()
        anew = self.narrowed_anew() or anew
        with self.app.batch_update():
            counts = self._releases.counts
            self._chips.show(self._releases.chips(self._chip), self._chip, query=query, found=counts.get(self._chip))
            self._list.source_changed(anew=anew)
            title = next((column.title for column in COLUMNS if column.sort == self._sort), "")
            self._list.set_sort(title, self._reverse != (self._sort not in ("title", "indexer")))
            if not self._releases.count:
                self._list.refresh()
            self._show_lines()
        self._panes.show()
        self.host.prompt.say_found(counted(self._releases.count, "release"))

    def _empty_text(self) -> str:
        if self._job is not None:
            return "Asking the indexers …"
        if self.filter_text:
            return nothing_matches(self.filter_text)
        if self._number:
            return UNRELATED if self._releases.counts.get("all") and not self._chip else NOT_FOUND
        if not self._is_set_up:
            return NOT_SET_UP
        return NOTHING_YET if self._opens_newest else NOT_BEGUN

    @property
    def _is_set_up(self) -> bool:
        return self.workspace.settings.prowlarr.enabled

    def _show_lines(self) -> None:
        """The line of what was searched, and that of how the indexers answered."""
        if self._job is not None:
            self._title.set_parts([(f"searching {printable(self._searched)} …", "$working")])
        elif self._kept is not None:
            from mediatui.acquire.search.options import read_options

            searched = f"{self._kept.text} {read_options(self._kept).shown}".strip()
            known: list[Part] = [(printable(searched), "$heading")]
            known.append((f"  search {self._kept.id}, {short_moment(self._kept.at)}", "$quiet"))
            known.append((f"  {self._copies}" if self._copies else "", "$quiet"))
            self._title.set_parts(known)
        else:
            self._title.set_parts([("releases", "$heading"), (f"  {self._copies}" if self._copies else "", "$quiet")])
        parts: list[Part] = []
        for one in sorted(self._answers, key=lambda answer: answer.outcome == "answered"):
            parts += [("  ", "")] if parts else []
            took = f" in {one.ms / 1000:.1f} s" if one.queries and one.outcome == "answered" else ""
            said = f"{one.rows:,}{took}" if one.outcome == "answered" else one.outcome
            parts.append((f"{printable(one.indexer)} {said}", "$quiet" if one.outcome == "answered" else "$attention"))
        self._indexers.set_parts(parts)

    def _lines_of(self, key: int | None) -> Iterable[PaneLine]:
        return detail_lines(self._releases.of(key), self._answers)

    # Narrowing and sorting

    def fault_of(self, text: str) -> str:
        """Why a text is no query; empty when it is one."""
        try:
            parse(text)
        except QueryError as error:
            return error.sentence
        return ""

    def open_filter(self, text: str) -> None:
        """Opens the field for a query, whose fields and values are completed."""
        self.host.prompt.open("filter", "/ ", text, hint=self.completed_hint(), complete=completions)

    @property
    def chips(self) -> Sequence[str]:
        """The chips there are rows of."""
        return [name for name, _ in self._releases.chips(self._chip)]

    def show_chip(self, chip: str) -> None:
        """Lists the releases of a chip."""
        self._chip = chip
        self._show(anew=True)

    def action_sort(self) -> None:
        notes = [("↑" if self._reverse else "↓") if sort == self._sort else "" for sort in SORTS]
        self.host.prompt.choose("sort by", choices_of(SORTS, notes), self._sort_by, at=self._sort)

    def _sort_by(self, sort: str) -> None:
        self._reverse = not self._reverse if sort == self._sort else False
        self._sort = sort
        self._releases.sort(sort, reverse=self._reverse)
        self._show()

    def action_reverse(self) -> None:
        self._sort_by(self._sort)

    def on_row_list_sort_requested(self, message: RowList.SortRequested) -> None:
        message.stop()
        self._sort_by(message.sort)

    # Earlier searches, and the settings

    def action_earlier(self) -> None:
        in_background(self, self._offer_earlier, "search-earlier", exclusive=True)

    async def _offer_earlier(self) -> None:
        from mediatui.acquire.search.options import read_options
        from mediatui.store.releases.rows import all_searches

        kept = (await self.workspace.read(all_searches))[:MOST_EARLIER]
        if not kept:
            self.say("No search is kept yet: s searches.")
            return
        keys = [*"123456789abcdefghilmnopqrstuvwxyz"]
        choices = [
            Choice(
                key, printable(f"{one.text} {read_options(one).shown}".strip()),
                f"{short_moment(one.at)}  {counted(one.rows, 'release')}", str(one.id),
            )
            for key, one in zip(keys, kept, strict=False)
        ]  # fmt: skip
        self.host.prompt.choose(
            "earlier searches", choices, lambda name: self.show_search(int(name)), at=str(self._number)
        )

    def action_prowlarr(self) -> None:
        in_background(self, functools.partial(self._open_settings), "search-settings", exclusive=True)

    async def _open_settings(self) -> None:
        view = cast("SettingsView", await self.host.show_view("settings", load=False))
        await self.host.open_view("settings")
        view.set_filter("prowlarr")

    @property
    def first_keys(self) -> Sequence[str]:
        """The way to the settings of Prowlarr first where it is not set up."""
        return self.FIRST_KEYS if self._is_set_up else ("prowlarr", "grab", *self.FIRST_KEYS)

    @property
    def key_words(self) -> Mapping[str, str]:
        """Where ``tab`` goes; the way to the settings of Prowlarr only where it is not set up."""
        return {"other_pane": self.tab_word, "prowlarr": "" if self._is_set_up else "Prowlarr"}

    # The rows

    def targets(self) -> Sequence[ReleaseRow]:
        """The marked releases, else the one under the cursor."""
        return [row for key in self._list.targets() if (row := self._releases.of(key)) is not None]

    def acted(self) -> None:
        """Takes the marks, and reads what is known of the releases again."""
        self._list.action_unmark()
        self._read_soon()

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
