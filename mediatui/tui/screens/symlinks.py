"""The symlink scanner: the library's folders with what is wrong in each, and the links that are wrong."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer

from mediatui.events import Changed, Event, Finished
from mediatui.jobs import Job
from mediatui.library.roots import configured_library, first_level
from mediatui.library.scan import Depth, ScanOptions, reason_of
from mediatui.library.unlink import unlink_step
from mediatui.model.errors import MediatuiError
from mediatui.model.link import BAD_STATES, REMOVABLE
from mediatui.model.plan import Plan
from mediatui.model.problems import ABOUT, diagnose
from mediatui.model.text import fold, printable
from mediatui.model.torrent import Torrent
from mediatui.store.library import LibraryLink, count_links, iterate_links, read_scans
from mediatui.store.listing import torrents_by_id
from mediatui.tui.torrent_actions import TorrentActions
from mediatui.tui.widgets.columns import Column
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.lines import Line
from mediatui.tui.widgets.row_list import Row, RowList
from mediatui.workspace import SCAN

WIDE = 110
DEPTHS: tuple[Depth, ...] = ("basic", "full")
MOST = 50_000
REFRESH_S = 0.7
WHY_S = 0.15
FOLDERS = (
    Column("Folder", 14, flexible=True),
    Column("Links", 9, right=True, rank=1),
    Column("Wrong", 7, right=True, rank=0),
)
LINKS = (
    Column("Link", 34, flexible=True),
    Column("Why", 26, rank=2, cut_end=True),
    Column("Torrent", 14, rank=1),
    Column("State", 13, rank=0),
)
SIGNS = {
    "broken": ("✗ broken", "broken"),
    "loop": ("✗ loop", "broken"),
    "small": ("! small", "attention"),
    "wrong kind": ("! wrong kind", "attention"),
    "truncated": ("! truncated", "attention"),
    "zeroed": ("! zeroed", "attention"),
    "not media": ("! not media", "attention"),
    "no video": ("! no video", "attention"),
    "unreadable": ("? unreadable", "attention"),
    "unreachable": ("? unreachable", "attention"),
    "outside": ("– outside", "quiet"),
    "unknown": ("? unknown", "quiet"),
}


@dataclass(frozen=True, slots=True)
class Folder:
    """A first-level folder of the library: its path, and how many links it holds and how many of them are wrong."""

    path: bytes
    links: int
    wrong: int


class SymlinksView(TorrentActions):
    """Folders at the left, what is wrong in the one under the cursor beside them, or over them on a narrow screen."""

    NAME = "Symlinks"
    KEY = "4"
    HELP = "Links of the library whose targets are gone. S scans, enter or tab goes to the links, d removes links only."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "S", "scan", "scan", id="symlinks.scan", tooltip="Scan the marked folders, else the one under the cursor"
        ),
        Binding("slash", "filter", "filter", id="symlinks.filter", tooltip="Show only links that hold these words"),
        Binding("tab", "other_pane", "links", id="symlinks.pane", tooltip="Between folders and links"),
        Binding(
            "d", "remove", "remove link", id="symlinks.remove", tooltip="Remove links, never their targets (undoable)"
        ),
        Binding("escape,backspace,h", "folders", show=False, id="symlinks.back", tooltip="Back to the folders"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual\'s own parameter name
        super().__init__(id=id)
        self._title = Line(id="symlinks-title")
        self._folder_rows, self._link_rows = FixedRows(), FixedRows()
        self._folder_list = RowList(FOLDERS, self._folder_rows, id="folder-list")
        self._link_list = RowList(LINKS, self._link_rows, id="link-list")
        self._folders: dict[int, Folder] = {}
        self._links: dict[int, LibraryLink] = {}
        self._torrents: dict[str, Torrent] = {}
        self._words = ""
        self._stale = True
        self._due: Timer | None = None
        self._why_due: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self._title
        with Horizontal(id="folders-and-links"):
            yield self._folder_list
            yield self._link_list

    def on_mount(self) -> None:
        self._folder_list.empty_text = "No library is configured.\n: or , library.roots names its folders"
        self._link_list.empty_text = "Nothing wrong is known here.\nS scans"
        self._arrange()

    async def shown(self) -> None:
        """Reads the folders when something changed since."""
        if self._stale:
            self._read_soon()
        self.take_keyboard(self._folder_list if self._folder_list.display else self._link_list)

    def on_resize(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """Both lists where there is room, else the one in use."""
        wide = self.size.width >= WIDE or not self.size.width
        on_links = self._link_list.has_focus
        self.set_class(not wide, "-narrow")
        self._folder_list.display = wide or not on_links
        self._link_list.display = wide or on_links

    def heard(self, job: Job, event: Event) -> None:
        """Reads again, a little later, when links or torrents changed."""
        if isinstance(event, Finished) or (isinstance(event, Changed) and event.table == "library_links"):
            self._stale = True
            if self.display and self._due is None:
                self._due = self.set_timer(REFRESH_S, self._read_soon)

    @work(group="symlinks", exclusive=True, exit_on_error=False)
    async def _read_soon(self) -> None:
        self._due = None
        self._stale = False
        try:
            library = configured_library(self.workspace.settings)
            paths = [os.path.join(root, name) for root in library.roots for name in first_level(root)]
            folders, title = await self.workspace.read(read_folders, paths)
        except MediatuiError as error:
            self.say(f"{error.message} {error.hint}", "error")
            return
        self._folders = dict(enumerate(folders))
        self._folder_rows.take([_folder_row(key, folder) for key, folder in self._folders.items()])
        with self.app.batch_update():
            self._title.set_parts([(title, "bold")])
            self._folder_list.source_changed()
        self.main.show_tab_count(self.NAME, sum(folder.wrong for folder in folders))
        self._read_links()

    @work(group="symlink-links", exclusive=True, exit_on_error=False)
    async def _read_links(self) -> None:
        key = self._folder_list.cursor_key
        folder = None if key is None else self._folders.get(key)
        if folder is None:
            return
        links, torrents = await self.workspace.read(read_wrong, folder.path)
        self._links = dict(enumerate(links))
        self._torrents = torrents
        self._link_list.marks.clear()
        self._show_links(folder)

    def _show_links(self, folder: Folder) -> None:
        """The links of a folder whose path, state or reason holds every word of the filter."""
        now = time.time()
        words = fold(self._words).split()
        rows = (self._link_row(key, link, folder.path, now) for key, link in self._links.items())
        self._link_rows.take([row for row in rows if all(word in fold(" ".join(row.cells)) for word in words)])
        with self.app.batch_update():
            self._link_list.source_changed()
            self._link_list.refresh()

    def _link_row(self, key: int, link: LibraryLink, folder: bytes, now: float) -> Row:
        torrent = self._torrents.get(link.torrent_id or "")
        word, tone = SIGNS.get(link.state, (link.state, "attention"))
        behind = "" if torrent is None else f"{ABOUT[diagnose(torrent, now).name].sign} {diagnose(torrent, now).name}"
        name = printable(os.fsdecode(link.path[len(folder) + 1 :]))
        return Row(key, (name, reason_of(link.state, link.code), behind, word), tone)

    # What is under the cursor

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        if self._folder_list.has_focus:
            self._read_links()
        elif self.display:
            if self._why_due is not None:
                self._why_due.stop()
            self._why_due = self.set_timer(WHY_S, self._say_why)

    def _say_why(self) -> None:
        key = self._link_list.cursor_key
        link = None if key is None else self._links.get(key)
        if link is None:
            return
        torrent = self._torrents.get(link.torrent_id or "")
        found = None if torrent is None else diagnose(torrent, time.time())
        behind = (
            "no torrent of that name"
            if found is None
            else f"torrent: {found.name}, {ABOUT[found.name].action or 'well'}"
        )
        self.say(f"→ {os.fsdecode(link.target)} · {behind}")

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        if self._folder_list.has_focus:
            self.action_other_pane()
        else:
            self._say_why()

    def action_other_pane(self) -> None:
        to_links = not self._link_list.has_focus
        shown = self._link_list if to_links else self._folder_list
        shown.display = True
        self.take_keyboard(shown)
        self._arrange()

    def action_folders(self) -> None:
        if self._link_list.has_focus:
            self.action_other_pane()

    def on_descendant_focus(self) -> None:
        self._arrange()

    # What can be done

    def targets(self) -> list[Torrent]:
        """The torrents behind the marked links, else behind the one under the cursor."""
        if not self._link_list.has_focus:
            return []
        ids = [self._links[key].torrent_id for key in self._link_list.targets() if key in self._links]
        return [self._torrents[one] for one in dict.fromkeys(ids) if one is not None and one in self._torrents]

    def action_repair(self) -> None:
        """Proposes to mend the marked links, else the one under the cursor, through their torrents."""
        if not self._link_list.has_focus:
            self.say("Choose links first: enter or tab goes to them.")
            return
        chosen = [self._links[key] for key in self._link_list.targets() if key in self._links]
        known = [link for link in chosen if link.torrent_id is not None]
        if known:
            self.main.changing.mend_links(known)
        else:
            self.say("No torrent is known behind this link; d removes it, undoably.", "warning")

    def action_filter(self) -> None:
        self.main.prompt.open("filter", "/ ", self._words)

    def filter_typed(self, text: str) -> None:
        """Shows only the links that hold what is typed."""
        self._words = text
        key = self._folder_list.cursor_key
        if key is not None and key in self._folders:
            self._show_links(self._folders[key])

    def filter_entered(self) -> None:
        """The filter stays; the links take the keyboard."""
        if not self._link_list.has_focus:
            self.action_other_pane()

    def action_scan(self) -> None:
        self.main.prompt.open("scan", "depth (enter: basic; f: full, do the files play?): ")

    def scan_entered(self, text: str) -> None:
        """Starts a scan of the marked folders, else of the one under the cursor, of the depth that was typed."""
        word = text.strip().lower()
        depth = next((known for known in DEPTHS if known.startswith(word)), None)
        if depth is None:
            self.say(f"There is no depth {printable(word)!r}: {', '.join(DEPTHS)}.", "error")
            return
        chosen = [self._folders[key] for key in self._folder_list.targets() if key in self._folders]
        self.start(tuple(os.fsdecode(folder.path) for folder in chosen), depth)

    def start(self, roots: tuple[str, ...], depth: Depth = "basic") -> None:
        """Starts a scan of these folders unless one runs."""
        runner = self.workspace.runner
        if any(job.name == SCAN.name for job in runner.running):
            self.say("A scan is already running; ctrl+c stops it.", "warning")
            return
        runner.start(SCAN, ScanOptions(roots, depth=depth))

    def action_remove(self) -> None:
        """Proposes to remove the marked links, else the one under the cursor; only such as are dead for sure."""
        if not self._link_list.has_focus:
            self.say("Choose links first: enter or tab goes to them.")
            return
        chosen = [self._links[key] for key in self._link_list.targets() if key in self._links]
        dead = [link for link in chosen if link.state in REMOVABLE]
        kept = [
            (printable(os.fsdecode(link.path)), f"it is {link.state}: that is not removed")
            for link in chosen
            if link.state not in REMOVABLE
        ]
        title = f"Remove {len(dead):,} link{'' if len(dead) == 1 else 's'}"
        plan = Plan("scan", title, tuple(unlink_step(link) for link in dead), tuple(kept))
        self.main.changing.propose(lambda connection: plan)


def read_folders(connection: sqlite3.Connection, paths: Sequence[bytes]) -> tuple[list[Folder], str]:
    """The folders with their counts, and what the last scan was."""
    marks = ", ".join("?" * len(BAD_STATES))
    wrong: dict[bytes, int] = {}
    for link in iterate_links(connection, f"state <> 'ok' AND state IN ({marks})", BAD_STATES):
        for path in paths:
            if link.path.startswith(path + b"/"):
                wrong[path] = wrong.get(path, 0) + 1
                break
    folders = [Folder(path, count_links(connection, path), wrong.get(path, 0)) for path in paths]
    scans = read_scans(connection, 1)
    if not scans:
        return folders, "never scanned: S scans the folder under the cursor, a S all"
    when = time.strftime("%d %b %H:%M", time.localtime(scans[0].started_at))
    return folders, f"{sum(one.links for one in folders):,} links · last scan {when}, {scans[0].status}"


def read_wrong(connection: sqlite3.Connection, folder: bytes) -> tuple[list[LibraryLink], dict[str, Torrent]]:
    """The links of a folder with which something is wrong or not known, and the torrents behind them."""
    links: list[LibraryLink] = []
    for link in iterate_links(connection, "path >= ? AND path < ? AND state <> 'ok'", (folder + b"/", folder + b"0")):
        links.append(link)
        if len(links) >= MOST:
            break
    rank = {state: number for number, state in enumerate(BAD_STATES)}
    links.sort(key=lambda link: (rank.get(link.state, len(rank)), link.path))
    ids = sorted({link.torrent_id for link in links if link.torrent_id is not None})
    return links, {torrent.id: torrent for torrent in torrents_by_id(connection, ids)}


def _folder_row(key: int, folder: Folder) -> Row:
    name = printable(os.fsdecode(os.path.basename(folder.path)))
    wrong = f"{folder.wrong:,}" if folder.wrong else "–" if folder.links else ""
    return Row(key, (name, f"{folder.links:,}" if folder.links else "", wrong), "broken" if folder.wrong else "quiet")
