"""The pane of the links in a folder: their states as choices, the filter, the cursor and the marks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Vertical

from mediatui.model.link import from_name_on
from mediatui.model.text import fold, printable
from mediatui.model.torrent import Torrent
from mediatui.settings.places import library_folders
from mediatui.store.library.links import LibraryLink
from mediatui.tui.views.symlinks.links import LINKS, Links, chips_of, link_row, read_links, why_line
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.lines import Choices
from mediatui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from mediatui.commands.workspace import Workspace
    from mediatui.tui.host import Host


class LinkPane(Vertical):
    """The links of one folder in one state, else all of its links that are not ok; links keep their marks as long as
    the folder stays."""

    def __init__(self) -> None:
        super().__init__(id="link-pane")
        self._chips = Choices(id="link-chips")
        self._rows = FixedRows()
        self.list = RowList(LINKS, self._rows, id="link-list")
        self._shown: Links | None = None
        self._links: dict[int, LibraryLink] = {}
        self._keys: dict[bytes, int] = {}
        self.state = ""
        """The state that is asked for; empty for all that are not ok."""
        self.words = ""
        """The filter."""

    def compose(self) -> ComposeResult:
        yield self._chips
        yield self.list

    @property
    def _workspace(self) -> Workspace:
        return cast("Host", self.app).workspace

    @property
    def folder(self) -> bytes | None:
        """The folder whose links are listed; None before the first is."""
        return None if self._shown is None else self._shown.folder

    async def load(self, folder: bytes) -> None:
        """Reads the links of a folder and lists them."""
        before = self._shown
        if before is not None and before.folder != folder:
            self.state = ""
        shown = await self._workspace.read(read_links, folder, self.state)
        if self.state and not shown.links:  # the last one of that state went
            self.state = ""
            shown = await self._workspace.read(read_links, folder, "")
        self._shown = shown
        if before is None or before.folder != shown.folder:
            self.list.marks.clear()
            self._keys = {}
        keys = self._keys
        self._links = {keys.setdefault(link.path, len(keys)): link for link in shown.links}
        self._draw(to_top=before is None or (before.folder, before.state) != (shown.folder, shown.state))

    def filter(self, words: str) -> None:
        """Lists only the links whose path, target, torrent, state or reason holds every one of these words."""
        self.words = words
        self._draw(anew=True)

    def _draw(self, *, to_top: bool = False, anew: bool = False) -> None:
        shown, now = self._shown, time.time()
        if shown is None:
            return
        words, folders = fold(self.words).split(), library_folders(self._workspace.settings)
        rows = []
        for key, link in self._links.items():
            torrent = shown.torrent_of(link)
            row = link_row(key, link, torrent, shown.folder, now)
            if words:
                held = fold(
                    " ".join((*row.cells, from_name_on(link.target, folders), torrent.filename if torrent else ""))
                )
                if not all(word in held for word in words):
                    continue
            rows.append(row)
        self._rows.take(rows)
        known = "Nothing wrong is known here." if shown.scanned else "Not scanned yet."
        with self.app.batch_update():
            self.list.empty_text = f"No link here holds {printable(self.words)!r}." if words else f"{known}\nS scans"
            self._chips.set_choices(chips_of(shown.counts), self.state)
            self.list.source_changed(to_top=to_top, anew=anew)

    def state_beside(self, by: int) -> str:
        """The state so many choices further on; the first one when none of them is chosen."""
        names = [name for name, _ in chips_of(self._shown.counts)] if self._shown is not None else [""]
        return names[(names.index(self.state) + by) % len(names)] if self.state in names else ""

    @property
    def current(self) -> LibraryLink | None:
        """The link under the cursor."""
        key = self.list.cursor_key
        return None if key is None else self._links.get(key)

    @property
    def chosen(self) -> list[LibraryLink]:
        """The marked links, else the one under the cursor."""
        return [self._links[key] for key in self.list.targets() if key in self._links]

    def torrent_of(self, link: LibraryLink) -> Torrent | None:
        """The torrent behind a link, None when none is known."""
        return None if self._shown is None else self._shown.torrent_of(link)

    @property
    def torrents(self) -> list[Torrent]:
        """The torrents behind the chosen links."""
        return [] if self._shown is None else self._shown.torrents_of(self.chosen)

    @property
    def why(self) -> str:
        """Where the link under the cursor points, and what is the matter with the torrent behind it; empty when there
        is no link."""
        link = self.current
        return "" if link is None or self._shown is None else why_line(link, self._shown.torrent_of(link), time.time())
