"""The pane of library folders: counts, sorting, picking by size, and the mounts below."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from mediatui.commands.workspace import Workspace
from mediatui.library.roots import Library, configured_library, first_level
from mediatui.library.scan.counting import count_symlinks
from mediatui.system.threads import from_thread, in_thread
from mediatui.tui.view import HasWorkers
from mediatui.tui.views.symlinks import folders
from mediatui.tui.views.symlinks.folders import FOLDERS, LibraryFolder, Overview, folder_row
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.lines import TextLine
from mediatui.tui.widgets.row_list import RowList

DRAW_S = 0.7


class FolderPane(HasWorkers, Vertical):
    """The first-level folders of the library; folders keep their marks whatever the order."""

    def __init__(self) -> None:
        super().__init__(id="folder-pane")
        self._rows = FixedRows()
        self._title, self._line = TextLine(id="folder-title"), TextLine(id="folder-line")
        self.list = RowList(FOLDERS, self._rows, id="folder-list")
        self.mounts = Static("", id="symlinks-mounts", markup=False)
        """A line for each mount; it has a place of its own on the screen."""
        self._folders: dict[int, LibraryFolder] = {}
        self._keys: dict[bytes, int] = {}
        self._counted: dict[bytes, int] = {}
        self.sort, self.reversed = "name", False
        self.first = ""
        """The path of the folder the cursor is to be on at first."""
        self.library: Library | None = None
        self.overview = Overview((), (), {}, "")

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._line
        yield self.list

    def on_mount(self) -> None:
        self.list.empty_text = "There is no folder in the library."
        self._show_sort()

    async def load(self, workspace: Workspace) -> None:
        """Reads folders, scans and mounts; raises MediatuiError, such as when no library is configured."""
        settings = workspace.settings
        library = self.library = configured_library(settings)
        paths = await in_thread(
            lambda: [os.path.join(root, name) for root in library.roots for name in first_level(root)]
        )
        share, counted = settings.library.max_delete_share, dict(self._counted)
        self.overview = await workspace.read(folders.read_overview, library, paths, counted, share)

    def show(self) -> None:
        """Draws what was read, and counts what was never scanned."""
        if self.library is not None:
            lines = [
                Content.styled(text, f"${tone}" if tone == "attention" else "$quiet")
                for text, tone in folders.mount_lines(self.library, self.overview, time.time(), self.app.size.width)
            ]
            content = Content("\n").join(lines)
            if content != self.mounts.content:
                self.mounts.update(content)
        self.say(folders.last_scan_line(self.overview))
        self._draw()
        if any(folder.links is None for folder in self.overview.folders):
            self._count()

    def say(self, text: str) -> None:
        """Says something of the scans below the heading."""
        self._line.set_parts([(text, "$quiet")])

    def _draw(self) -> None:
        now = time.time()
        self._title.set_parts([(folders.title_of(self.overview.folders), "")])
        self._folders = {}
        for folder in folders.sorted_folders(self.overview.folders, self.sort, self.reversed):
            self._folders[self._keys.setdefault(folder.path, len(self._keys))] = folder
        self._rows.take([folder_row(key, folder, now) for key, folder in self._folders.items()])
        self.list.source_changed()
        if self.first and self._folders:
            first, self.first = self.first, ""
            at = [os.fsdecode(folder.path) for folder in self._folders.values()]
            if first in at:
                self.list.stay_at(at.index(first))

    @work(group="count", exclusive=True, exit_on_error=False)
    async def _count(self) -> None:
        """Counts the links of folders that were never scanned, one folder after the other."""
        stop = threading.Event()
        todo = [folder.path for folder in self.overview.folders if folder.links is None]
        drawn = time.monotonic()
        async for path, links in from_thread(lambda: count_symlinks(todo, stop), stop.set):
            self._counted[path] = links
            if time.monotonic() - drawn >= DRAW_S:
                drawn = time.monotonic()
                self._take_counts()
        self._take_counts()

    def _take_counts(self) -> None:
        counted = [
            replace(one, links=self._counted.get(one.path)) if one.links is None else one
            for one in self.overview.folders
        ]
        self.overview = replace(self.overview, folders=tuple(counted))
        self._draw()

    @property
    def wanted_width(self) -> int:
        """The cells in which no folder is cut, with the margin beside them."""
        return self.list.wanted_width + 2

    @property
    def current(self) -> LibraryFolder | None:
        """The folder under the cursor."""
        key = self.list.cursor_key
        return None if key is None else self._folders.get(key)

    @property
    def marked(self) -> list[LibraryFolder]:
        """The marked folders."""
        return [self._folders[key] for key in self.list.marks if key in self._folders]

    @property
    def chosen(self) -> list[LibraryFolder]:
        """The marked folders, else the one under the cursor."""
        return self.marked or ([self.current] if self.current is not None else [])

    # Sorting and picking

    def sort_by(self, sort: str, reverse: bool | None = None) -> None:
        """Sorts; by the same column again the other way round."""
        if reverse is None:
            reverse = not self.reversed if sort == self.sort else sort in folders.LARGEST_FIRST
        self.sort, self.reversed = sort, reverse
        self._draw()
        self._show_sort()

    def _show_sort(self) -> None:
        self.list.set_sort(next(column.title for column in FOLDERS if column.sort == self.sort), self.reversed)

    def reverse(self) -> None:
        """Sorts the other way round."""
        self.sort_by(self.sort, not self.reversed)

    def on_row_list_sort_requested(self, message: RowList.SortRequested) -> None:
        message.stop()
        self.sort_by(message.sort)

    def pick(self, size: str) -> int:
        """Marks the folders of this size class too; returns how many."""
        picked = [key for key, folder in self._folders.items() if folder.size_class == size]
        self.list.marks.add(picked)
        self.list.refresh()
        return len(picked)

    def question(self) -> tuple[str, list[str]]:
        """What is asked before a scan of the chosen folders, and what is said of each depth."""
        return folders.scan_question(self.chosen, self.overview.scans, len(self._folders))
