"""The symlink scanner: the library's folders with what is wrong in each, and the links that are wrong."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker

from mediatui.commands.job_kinds import SCAN
from mediatui.library.links.relink import find_candidates
from mediatui.library.scan.counting import SIZE_CLASSES
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.runtime.events import Changed, Event, Finished, Progress
from mediatui.runtime.jobs import Job
from mediatui.store.library.links import LibraryLink
from mediatui.system.threads import in_thread
from mediatui.tui.filtering import filter_key
from mediatui.tui.panes_view import Pane, PanesView
from mediatui.tui.remembered import Value
from mediatui.tui.views.symlinks.actions import LinkActions
from mediatui.tui.views.symlinks.detail import identity_of, link_lines, read_whole_link
from mediatui.tui.views.symlinks.folders import SORTS
from mediatui.tui.views.symlinks.link_pane import LinkPane
from mediatui.tui.views.symlinks.scanning import ScansFolders
from mediatui.tui.views.torrents.playing import PLAYING
from mediatui.tui.widgets.lines import Choices
from mediatui.tui.widgets.menu import choices_of
from mediatui.tui.widgets.row_list import RowList

REFRESH_S = 0.7
COUNTERS_S = 0.5
COUNT_S = 0.15
"""How long nothing is typed before the states are counted within a filter."""
NOT_ASKED = ("unknown", "unreachable")
"""States of links whose targets are not read for the details: their mounts are away."""


class SymlinksView(LinkActions, ScansFolders, PanesView):
    """Folders at the left, what is wrong in the one under the cursor beside them, or over them on a narrow screen."""

    NAME = "Links"
    KEY = "4"
    DETAIL = "link-detail"
    HELP = (
        "Links of the library whose targets are gone. S scans, enter or tab goes to the links, H shows earlier scans."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "other_pane", "other pane", id="symlinks.pane", tooltip="Between folders, links and details"),
        Binding("H", "history", "history", id="symlinks.history", tooltip="Earlier scans"),
        filter_key("symlinks", "Show only links that hold these words"),
        Binding("number_sign", "pick", "pick", show=False, id="symlinks.pick", tooltip="Mark folders by their size"),
        Binding("o", "sort", "sort", show=False, id="symlinks.sort", tooltip="Sort the folders by another column"),
        Binding("O", "reverse", "sort other way", show=False, id="symlinks.reverse"),
        Binding("left_square_bracket", "chip(-1)", "previous state", show=False, id="symlinks.chip-left"),
        Binding("right_square_bracket", "chip(1)", "next state", show=False, id="symlinks.chip-right"),
        Binding("escape,backspace,h", "back", "back", show=False, id="symlinks.back", tooltip="To links, to folders"),
        *PLAYING,
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._warning = Static("", id="symlinks-warning", markup=False)
        self._links = LinkPane()
        self._stale = True
        self._due: Timer | None = None
        self._count_due: Timer | None = None
        self._counters_at = 0.0
        self._media: tuple[bytes, tuple[Content, ...]] | None = None

    def to_remember(self) -> Mapping[str, Value | None]:
        """The order of the folders, the one under the cursor, the state that is listed, and whether the details were
        opened."""
        folder = self._folders.current
        return {
            "sort": self._folders.sort,
            "reverse": self._folders.reversed,
            "folder": self.remembered.text("folder") if folder is None else os.fsdecode(folder.path),
            "state": self._links.state,
            "details": self._detail_wanted,
        }

    def compose(self) -> ComposeResult:
        self._folders.sort = self.remembered.word("sort", SORTS, self._folders.sort)
        self._folders.reversed = bool(self.remembered.flag("reverse"))
        self._folders.first = self.remembered.text("folder")
        self._links.state = self.remembered.text("state")
        self._detail_wanted = self.remembered.flag("details")
        yield self._warning
        with Horizontal(id="folders-and-links"):
            yield self._folders
            yield self._links
            yield self._detail
        yield self._folders.mounts

    def on_mount(self) -> None:
        self._warning.display = False

    async def on_front(self) -> None:
        """Reads the folders when something changed since."""
        if self._stale:
            self._read_soon()
        self.take(self._in)
        self._show_note()

    # Panes

    @property
    def panes(self) -> tuple[Widget, Widget]:
        """Folders, and the links of one."""
        return self._folders, self._links

    def widget_of(self, pane: Pane) -> Widget:
        """The list of folders, that of links, or the details."""
        return self._folders.list if pane == "first" else self._detail if pane == "detail" else self._links.list

    @property
    def first_width(self) -> int:
        """The cells in which no folder is cut."""
        return self._folders.wanted_width

    async def action_history(self) -> None:
        await self.host.open_view("scans")

    @property
    def place(self) -> str:
        """The folder whose links one looks at."""
        folder = self._folders.current
        return "" if folder is None or self._in == "first" else folder.name

    @property
    def first_keys(self) -> Sequence[str]:
        """Those of the pane that has the keyboard."""
        if self._in == "first":
            return ("open", "scan", "mark", "history", "filter", "sort", "sync", "undo")
        first: tuple[str, ...] = ("other_pane", "back") if self._in == "detail" else ("open", "mark")
        if self._in == "list" and self._detail.display:
            first = ("open", "other_pane", "back", "mark")
        return (*first, "repair", "replace", "relink", "remove", "filter", "ask", "other_pane", "copy", "undo", "scan")

    @property
    def key_words(self) -> Mapping[str, str]:
        """What acts on links is for the pane of the links."""
        if self._in != "first":
            tab = "links" if self._in == "detail" else "details" if self._detail.display else "folders"
            return {"other_pane": tab}
        here = {"open": "links", "scan": "scan (a S: all)", "sort": "sort"}
        return here | dict.fromkeys(
            ("repair", "replace", "ask", "relink", "remove", "copy", "play", "media", "download"), ""
        )

    # What changed

    def on_job_event(self, job: Job, event: Event) -> None:
        """Reads again, a little later, when links or torrents changed; shows what a running scan found so far."""
        if isinstance(event, Finished) or (isinstance(event, Changed) and event.table == "library_links"):
            self._stale = True
            if self.display and self._due is None:
                self._due = self.set_timer(REFRESH_S, self._read_soon)
        elif isinstance(event, Progress) and job.name == SCAN.name and self.display:
            now = time.monotonic()
            if now - self._counters_at >= COUNTERS_S:
                self._counters_at = now
                so_far = event.current or "nothing wrong so far"
                self._folders.say(f"scanning: {printable(so_far)}")

    @work(group="symlinks", exclusive=True, exit_on_error=False)
    async def _read_soon(self) -> None:
        self._due = None
        self._stale = False
        try:
            await self._folders.load(self.workspace)
        except MediatuiError as error:
            self._folders.list.empty_text = f"{error.message}\n: or , library.roots names its folders"
            self._folders.list.refresh()
            self.say(error.sentence, "error")
            return
        overview = self._folders.overview
        with self.app.batch_update():
            if overview.warning != str(self._warning.content):
                self._warning.update(overview.warning)
                self._warning.display = bool(overview.warning)
            self._folders.show()
            self.show_panes()
        self.load_rows(self._read_links, from_key=False)

    # Links

    @work(group="symlink-links", exclusive=True, exit_on_error=False)
    async def _read_links(self) -> None:
        folder = self._folders.current
        if folder is None:
            return
        await self._links.load(folder)
        if self._detail.display:
            self.show_detail()

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        message.stop()
        self._choose_state(message.name)

    def action_chip(self, by: int) -> None:
        self._choose_state(self._links.state_beside(by))

    def _choose_state(self, state: str) -> None:
        self._links.state = state
        self.load_rows(self._read_links)

    def cursor_moved(self) -> None:
        """A link that is done is left."""
        self._links.leave()

    def work_begun(self, ids: Collection[str]) -> None:
        """Says so in the rows, and goes on to the next link that is not worked on."""
        self._links.go_on()

    def work_ended(self) -> None:
        """Reads again what became of them."""
        self._read_soon()

    def follow(self) -> None:
        """Lists the links of the folder under the cursor, or says what is known of the link."""
        if self.load_rows(self.follow_first, from_key=False):
            return
        if self._detail.display:
            self.show_detail()
        elif self._in == "list":
            self.say_of_row(self._links.why)

    def follow_first(self) -> Worker[None] | None:
        """Lists the links of the folder under the cursor, unless those are listed."""
        folder = self._folders.current
        if folder is None or self._links.folder == folder.path:
            return None
        return self._read_links()

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        if self._in == "first":
            self.take("list")
        else:
            self.say("")
            self.open_detail(into=message.into)

    @work(group="symlink-detail", exclusive=True, exit_on_error=False)
    async def show_detail(self) -> None:
        link, library = self._links.current, self._folders.library
        if link is None or library is None:
            return
        file = None if link.state in NOT_ASKED else await in_thread(lambda: identity_of(link.path))
        whole = await self.workspace.read(read_whole_link, link, file)
        media = self._media[1] if self._media is not None and self._media[0] == link.path else ()
        self._detail.show(link.path, link_lines(whole, None, time.time(), media))
        if link.state != "ok":
            candidates = await in_thread(lambda: find_candidates(whole.like, library.mounts))
            self._detail.show(link.path, link_lines(whole, candidates, time.time(), media))

    # What can be done

    @property
    def no_links(self) -> str:
        """What is said when an action has no links."""
        return "Nothing is left to do here: j goes on." if self._links.on_done else super().no_links

    def chosen_links(self) -> list[LibraryLink]:
        """The marked links, else the one under the cursor; none while the keyboard is on the folders."""
        return [] if self._in == "first" else self._links.chosen

    def torrent_of(self, link: LibraryLink) -> Torrent | None:
        """The torrent behind a link, None when none is known."""
        return self._links.torrent_of(link)

    async def show_media(self, torrent: Torrent, lines: tuple[Content, ...]) -> None:
        """Shows them in the details of the link under the cursor, if it leads into that torrent."""
        link = self._links.current
        if self.display and link is not None and link.torrent_id == torrent.id:
            self._media = link.path, lines
            self.open_detail(into=False)

    def targets(self) -> list[Torrent]:
        """The torrents behind the chosen links."""
        return [] if self._in == "first" else self._links.torrents

    def exported(self) -> Sequence[int]:
        """The torrents behind the marked links, else behind all that are listed."""
        return [] if self._in == "first" else [torrent.key for torrent in self._links.torrents_behind_all]

    def on_row_list_marks_changed(self, message: RowList.MarksChanged) -> None:
        message.stop()
        self._show_note()

    def _show_note(self) -> None:
        """How much is marked."""
        marked = self._folders.marked
        parts = [f"{counted(len(marked), 'folder')}, {sum(one.links or 0 for one in marked):,} links"] if marked else []
        parts += [f"{len(self._links.list.marks):,} links marked"] if self._links.list.marks else []
        self.host.prompt.set_right(" · ".join(parts))

    def show_filtered(self) -> None:
        """Shows only the links that hold the words of the filter."""
        self.load_rows(self._filter_links)
        if self._count_due is not None:
            self._count_due.stop()
        self._count_due = self.set_timer(COUNT_S, self._count_links)

    @work(group="symlink-filter", exclusive=True, exit_on_error=False)
    async def _filter_links(self) -> None:
        await self._links.filter(self.filter_text, to_top=True)
        self.host.prompt.say_found(counted(self._links.found, "link"))

    @work(group="symlink-count", exclusive=True, exit_on_error=False)
    async def _count_links(self) -> None:
        await self._links.count_within()

    def filter_entered(self) -> None:
        """The filter stays; the links take the keyboard."""
        if self._in == "first":
            self.take("list")

    def action_pick(self) -> None:
        self.say("")
        notes = ("more than 1,000 links", "100 to 1,000", "fewer than 100")
        self.host.prompt.choose("mark folders that are", choices_of(SIZE_CLASSES, notes), self._pick_taken)

    def action_sort(self) -> None:
        self.say("")
        self.host.prompt.choose("sort folders by", choices_of(SORTS), self._folders.sort_by, at=self._folders.sort)

    def action_reverse(self) -> None:
        self._folders.reverse()

    def _pick_taken(self, size: str) -> None:
        picked = self._folders.pick(size)
        self._show_note()
        self.say(f"Marked: {counted(picked, 'folder')} ({size}).")
