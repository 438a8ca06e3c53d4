"""What the account holds more than once: which copy is kept, by rule or by hand, and what deleting the others frees."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from mediatui.archive.dedupe import plan_dedupe
from mediatui.archive.duplicates import DuplicateGroup, find_alike, kept_by_rule
from mediatui.model.choices import BYS, KEEPS, By, Keep
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.plan import Plan
from mediatui.runtime.events import Event, Finished
from mediatui.runtime.jobs import Job
from mediatui.store.torrents.listing import library_link_counts
from mediatui.tui.details_view import DetailsView
from mediatui.tui.filtering import filter_key, nothing_matches
from mediatui.tui.query_filter import QueryView, keys_found
from mediatui.tui.remembered import Value
from mediatui.tui.views.torrents.copies import COLUMNS, Copies, rule_notes, totals_of
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.detail_pane import DetailPane
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.lines import Choices
from mediatui.tui.widgets.list_and_detail import ListAndDetail
from mediatui.tui.widgets.menu import choices_of
from mediatui.tui.widgets.pane_lines import PaneLine
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.trail_line import TrailLine

BY_CHIPS = tuple((by, f"by {by}") for by in BYS)
DEBOUNCE_S = 0.06


class DuplicatesView(DetailsView, QueryView):
    """Groups of copies; which one of each is kept can be changed before anything is deleted."""

    NAME = "Duplicates"
    HELP = (
        "Copies of the same thing. K keeps the copy under the cursor in place of the other; d deletes the others of its"
        " group, or of the marked ones (a d: all), after a yes. A copy with files the kept one lacks is kept too."
    )
    FIRST_KEYS = ("open", "other_pane", "drop", "keep_this", "mark", "rule", "by", "filter", "leave")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "drop", "delete copies", id="duplicates.drop", tooltip="Delete the copies that are not kept"),
        Binding("K", "keep_this", "keep this one", id="duplicates.keep-this", tooltip="Keep it in place of the other"),
        Binding("b", "by", "hash or title", id="duplicates.by", tooltip="Compare by info-hash or by title"),
        Binding("o", "rule", "rule", id="duplicates.keep", tooltip="Which copy is kept: newest, oldest, largest …"),
        Binding("tab", "other_pane", "details", show=False, id="duplicates.pane", tooltip="Between list and details"),
        filter_key("duplicates", "Groups with a copy that matches"),
        Binding("escape,backspace,h", "leave", "back", id="duplicates.back", tooltip="Back to where you were"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._list = RowList(COLUMNS, self._rows, id="duplicate-list")
        self._panes = ListAndDetail(self._list, DetailPane("duplicate-detail"), self._lines, name="duplicates-panes")
        self._title = TrailLine(id="duplicates-title")
        self._chips = Chips(id="duplicates-chips")
        self._by_rule: Mapping[Keep, Sequence[DuplicateGroup]] = {}
        self._links: Mapping[str, int] = {}
        self._copies = Copies()
        self._searching = False
        self.by: By = "hash"
        self.keep: Keep = "newest"

    def to_remember(self) -> Mapping[str, Value | None]:
        """What is compared, and whether the details were opened. Which copy is kept is not remembered: it decides what
        is deleted."""
        return {"by": self.by, "details": self._panes.wanted}

    def compose(self) -> ComposeResult:
        self.by = self.remembered.word("by", BYS, self.by)
        self._panes.wanted = self.remembered.flag("details")
        yield self._title
        yield self._chips
        yield self._panes

    async def on_front(self) -> None:
        """Searches for copies again."""
        self._find()
        self.take_keyboard(self._list)
        self.say_marked(len(self._list.marks))

    def on_job_event(self, job: Job, event: Event) -> None:
        """Searches again when a batch has ended."""
        if job.name == "apply" and isinstance(event, Finished) and self.display:
            self._find()

    # Which there are

    @work(group="duplicates", exclusive=True, exit_on_error=False)
    async def _find(self) -> None:
        self._searching = True
        self._title.set_parts([("searching for copies …", "$quiet")])
        self._chips.show(BY_CHIPS, self.by, query=self.filter_text)
        try:
            languages = tuple(self.workspace.settings.account.languages)
            self._by_rule, self._links = await self.workspace.read(read_copies, self.by, languages)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self._searching = False
        await self._take_groups()

    async def _take_groups(self) -> None:
        """Lists what the rule keeps."""
        self._copies.take(self._by_rule.get(self.keep, ()), self._links, self._list.cursor_key)
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
        query, keys = self.filter_text, None
        if query:
            keys = await self.workspace.read(keys_found, query, self.workspace.library_roots)
        self._copies.narrow(keys)
        self._list.keep_marks(self._copies.keys)
        self._show(anew=self.narrowed_anew())
        self.host.prompt.say_found(counted(len(self._copies.shown), "group"))

    def _show(self, *, anew: bool = False) -> None:
        shown, query = self._copies.shown, self.filter_text
        self._rows.take([*self._copies.rows(self.keep, self.host.working, time.time())])
        nothing = f"Nothing is held twice by {self.by}.\nb compares by the other"
        self._list.empty_text = nothing_matches(query) if query else nothing
        with self.app.batch_update():
            self._title.set_parts([(f"keep the {self.keep} · delete {totals_of(shown)}", "$heading")])
            self._chips.show(BY_CHIPS, self.by, query=query, found=len(shown))
            self._list.source_changed(anew=anew)
            self._list.refresh()
        self._panes.show()

    def _lines(self, key: int | None) -> Iterable[PaneLine]:
        return self._copies.lines(self.workspace.reader, key)

    # What is being worked on

    def work_begun(self, ids: Collection[str]) -> None:
        """Says so in the rows, and goes on to the next group that is not worked on."""
        here = self._copies.group_at(self._list.cursor_key)
        if here is not None and any(torrent.id in ids for torrent in here.dropped):
            later = range(self._list.cursor + 1, self._rows.count)
            for at in (*later, *range(self._list.cursor - 1, -1, -1)):
                key = self._rows.key_at(at)
                if key is not None and key >= 0 and self._copies.chosen([key], self.host.working):
                    self._list.move_to(at)
                    break
        self._show()

    def work_ended(self) -> None:
        """Reads again what became of them."""
        self._find()

    def on_row_list_marks_changed(self, message: RowList.MarksChanged) -> None:
        message.stop()
        self.say_marked(message.count)

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        if self._copies.leave(message.key):
            self._show()

    # What can be done

    @property
    def key_words(self) -> Mapping[str, str]:
        """Where ``tab`` goes."""
        return {"other_pane": self.tab_word}

    def action_keep_this(self) -> None:
        """Has the copy under the cursor kept."""
        if self._copies.keep(self._list.cursor_key):
            self._narrow_soon()
        else:
            self.say("Go to a copy first: this is the heading of a group.")

    def action_drop(self) -> None:
        if self._searching:
            self.say("The copies are still being searched for.", "warning")
            return
        groups = self._copies.chosen(self._list.targets(), self.host.working)
        if not any(group.dropped for group in groups):
            self.say("There is nothing to delete here.")
            return

        def make(connection: sqlite3.Connection) -> Plan:
            return plan_dedupe(connection, groups)

        self.host.plans.propose(make)

    def action_by(self) -> None:
        self._compare_by("title" if self.by == "hash" else "hash")

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        message.stop()
        self._compare_by(cast(By, message.name))

    def _compare_by(self, by: By) -> None:
        self.by = by
        self._copies.forget_choices()
        self._find()

    def action_rule(self) -> None:
        notes = rule_notes(self._by_rule)
        self.host.prompt.choose("which copy is kept", choices_of(KEEPS, notes), self._rule_taken, at=self.keep)

    @work(group="duplicates", exclusive=True, exit_on_error=False)
    async def _take_rule(self, keep: Keep) -> None:
        self.keep = keep
        self._copies.forget_choices()
        await self._take_groups()

    def _rule_taken(self, name: str) -> None:
        self._take_rule(cast(Keep, name))

    async def action_leave(self) -> None:
        if not self._panes.step_back() and not self.clear_filter():
            await self.host.go_back()


def read_copies(
    connection: sqlite3.Connection, by: By, languages: tuple[str, ...]
) -> tuple[Mapping[Keep, Sequence[DuplicateGroup]], dict[str, int]]:
    """The groups of copies under each rule, and how many links of the library point into each torrent of them."""
    alike = find_alike(connection, by)
    by_rule = {rule: kept_by_rule(alike, rule, languages) for rule in KEEPS}
    return by_rule, library_link_counts(connection, [torrent.id for _, rows in alike.named for torrent in rows])
