"""What the account holds more than once: which copy stays, by rule or by hand, and what dropping the others frees."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Mapping
from typing import ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from mediatui.archive.dedupe import plan_dedupe
from mediatui.archive.duplicates import DuplicateGroup, find_duplicates
from mediatui.model.choices import BYS, KEEPS, By, Keep
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted, short_date, size_text
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.runtime.events import Event, Finished
from mediatui.runtime.jobs import Job
from mediatui.store.torrents.listing import library_link_counts
from mediatui.tui.filtering import filter_key, nothing_matches
from mediatui.tui.query_filter import QueryView, keys_found
from mediatui.tui.remembered import Value
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.lines import Choices
from mediatui.tui.widgets.menu import choices_of
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row
from mediatui.tui.widgets.trail_line import TrailLine

COLUMNS: tuple[AnyColumn, ...] = (
    Column("Copies", cut="name", least=34),
    Column("Size", right=True, rank=2),
    Column("Files", right=True, rank=4, spare=True),
    Column("Added", right=True, rank=1),
    Column("Lib", right=True, rank=3, spare=True),
    Column("Id", rank=5, spare=True),
    Column("Then"),
)

BY_CHIPS = tuple((by, f"by {by}") for by in BYS)
DEBOUNCE_S = 0.06
KEPT = (
    "added last", "added first", "the most bytes", "the fewest bytes",
    "the quality its name says, then the languages of realdebrid.languages",
)  # fmt: skip
"""What each rule keeps, in the order of ``KEEPS``."""


class DuplicatesView(QueryView):
    """Groups of copies; the keeper of each can be changed before anything is dropped."""

    NAME = "Duplicates"
    HELP = "Copies of the same thing. Enter makes the row the one that stays, d drops the others after a yes."
    FIRST_KEYS = ("open", "drop", "mark", "by", "keep", "filter", "leave")
    KEY_WORDS: ClassVar[Mapping[str, str]] = {"open": "keep this one"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "drop", "drop the others", id="duplicates.drop", tooltip="Delete the copies that do not stay"),
        Binding("b", "by", "hash or title", id="duplicates.by", tooltip="Compare by info-hash or by title"),
        Binding("o", "keep", "rule", id="duplicates.keep", tooltip="Which copy stays: newest, oldest, largest …"),
        filter_key("duplicates", "Groups with a copy that matches"),
        Binding("escape,backspace,h", "leave", "back", id="duplicates.back", tooltip="Back to where you were"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._list = RowList(COLUMNS, self._rows, id="duplicate-list")
        self._title = TrailLine(id="duplicates-title")
        self._chips = Chips(id="duplicates-chips")
        self._groups: list[DuplicateGroup] = []
        self._links: dict[str, int] = {}
        self._shown: list[int] = []
        self._members: dict[int, tuple[int, Torrent]] = {}
        self._searching = False
        self.by: By = "hash"
        self.keep: Keep = "newest"

    def to_remember(self) -> Mapping[str, Value | None]:
        """What is compared. Which copy stays is not remembered: it decides what is deleted."""
        return {"by": self.by}

    def compose(self) -> ComposeResult:
        self.by = self.remembered.word("by", BYS, self.by)
        yield self._title
        yield self._chips
        yield self._list

    async def on_front(self) -> None:
        """Searches for copies again."""
        self._find()
        self.take_keyboard(self._list)

    def on_job_event(self, job: Job, event: Event) -> None:
        """Searches again when a batch has ended."""
        if job.name == "apply" and isinstance(event, Finished) and self.display:
            self._find()

    @work(group="duplicates", exclusive=True, exit_on_error=False)
    async def _find(self) -> None:
        self._searching = True
        self._title.set_parts([("searching for copies …", "$quiet")])
        self._chips.show(BY_CHIPS, self.by, query=self.filter_text)
        try:
            languages = tuple(self.workspace.settings.account.languages)
            self._groups, self._links = await self.workspace.read(_read, self.by, self.keep, languages)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self._searching = False
        await self._narrow()

    def show_filtered(self) -> None:
        """Lists the groups with a copy that matches."""
        self.load_rows(self._narrow_soon)

    @work(group="duplicates-filter", exclusive=True, exit_on_error=False)
    async def _narrow_soon(self) -> None:
        await asyncio.sleep(DEBOUNCE_S)  # SQLite is not asked for every letter of a word being typed
        if not self._searching:
            await self._narrow()

    async def _narrow(self) -> None:
        """Finds which groups the filter leaves, and lists them."""
        query, numbers = self.filter_text, range(len(self._groups))
        if query:
            keys = await self.workspace.read(keys_found, query, self.workspace.library_roots)
            numbers = [at for at in numbers if any(one.key in keys for one in _copies(self._groups[at]))]  # type: ignore[assignment]
        self._shown = list(numbers)
        self._show()
        self.host.prompt.say_found(counted(len(self._shown), "group"))

    def _show(self) -> None:
        self._members = {}
        rows: list[Row] = []
        now = time.time()
        for number in self._shown:
            group = self._groups[number]
            because = f" · {group.kept_because}" if group.kept_because else ""
            why = f"none goes: {group.doubt}" if group.doubt else f"{group.why}{because}"
            heading = f"{printable(group.name)} · {why}"
            rows.append(Row(-number - 1, (heading, ""), heading=True))
            for torrent in _copies(group):
                self._members[torrent.key] = (number, torrent)
                rows.append(_torrent_row(torrent, group, now, self._links.get(torrent.id, 0)))
        shown = [self._groups[number] for number in self._shown]
        copies = counted(sum(len(group.dropped) for group in shown), "copy", "copies")
        groups = sum(bool(group.dropped) for group in shown)
        freed = size_text(sum(group.wasted_bytes for group in shown))
        title = f"{self.keep} stays · {copies} in {counted(groups, 'group')}, {freed}"
        self._rows.take(rows)
        nothing = f"Nothing is held twice by {self.by}.\nb compares by the other"
        self._list.empty_text = nothing_matches(self.filter_text) if self.filter_text else nothing
        with self.app.batch_update():
            self._title.set_parts([(title, "$heading")])
            self._chips.show(BY_CHIPS, self.by, query=self.filter_text, found=len(shown))
            self._list.source_changed(anew=self.narrowed_anew())
            self._list.refresh()

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        """Makes the row under the cursor the one that stays."""
        message.stop()
        if message.key in self._members:
            number, torrent = self._members[message.key]
            self._groups[number] = self._groups[number].keeping(torrent.id)
            self._show()

    def action_drop(self) -> None:
        if self._searching:
            self.say("The copies are still being searched for.", "warning")
            return
        groups = self._chosen()
        if not groups:
            self.say("There is nothing to drop.")
            return

        def make(connection: sqlite3.Connection) -> Plan:
            return plan_dedupe(connection, groups)

        self.host.plans.propose(make)

    def _chosen(self) -> list[DuplicateGroup]:
        """The groups with a marked row, else all that are listed."""
        marked = {self._members[key][0] for key in self._list.marks if key in self._members}
        marked |= {-key - 1 for key in self._list.marks if key < 0}
        return [self._groups[number] for number in self._shown if not marked or number in marked]

    def action_by(self) -> None:
        self.by = "title" if self.by == "hash" else "hash"
        self._find()

    def action_keep(self) -> None:
        self.host.prompt.choose("which copy stays", choices_of(KEEPS, KEPT), self._keep_taken, at=self.keep)

    def _keep_taken(self, name: str) -> None:
        self.keep = cast(Keep, name)
        self._find()

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        message.stop()
        self.by = cast(By, message.name)
        self._find()

    async def action_leave(self) -> None:
        if not self.clear_filter():
            await self.host.go_back()


def _copies(group: DuplicateGroup) -> tuple[Torrent, ...]:
    """All of a group, the one that stays first."""
    return (group.keeper, *group.others, *group.left_out)


def _read(
    connection: sqlite3.Connection, by: By, keep: Keep, languages: tuple[str, ...]
) -> tuple[list[DuplicateGroup], dict[str, int]]:
    """The groups, and how many links of the library point into each torrent of them."""
    groups = find_duplicates(connection, by, keep, languages)
    ids = [torrent.id for group in groups for torrent in _copies(group)]
    return groups, library_link_counts(connection, ids)


def _torrent_row(torrent: Torrent, group: DuplicateGroup, now: float, links: int) -> Row:
    if torrent.id == group.keeper.id:
        word, tone = "✓ stays", "ok"
    elif torrent in group.dropped:
        word, tone = "✗ goes", "attention"
    else:
        word, tone = ("– stays too" if torrent in group.others else "– own files"), "quiet"
    files = "" if torrent.selected_count is None else f"{torrent.selected_count:,}"
    cells = (
        f"  {printable(torrent.filename)}", size_text(torrent.bytes), files, short_date(torrent.added_at, now),
        f"{links:,}" if links else "", torrent.id, word,
    )  # fmt: skip
    return Row(torrent.key, cells, tone)
