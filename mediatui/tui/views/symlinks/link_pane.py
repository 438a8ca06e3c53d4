"""The pane of the links in a folder: their states as choices, the filter, the cursor and the marks."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Vertical

from mediatui.model.text import fold
from mediatui.model.torrent import Torrent
from mediatui.settings.places import library_folders
from mediatui.store.library.links import LibraryLink
from mediatui.system.threads import in_thread
from mediatui.tui.filtering import nothing_matches
from mediatui.tui.views.symlinks.folders import LibraryFolder, heading_of
from mediatui.tui.views.symlinks.links import (
    LINKS,
    Links,
    chips_of,
    count_states_holding,
    held_text,
    link_rows,
    nothing_wrong,
    read_links,
    why_line,
)
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.fixed_rows import WorkedRows
from mediatui.tui.widgets.lines import TextLine
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row

if TYPE_CHECKING:
    from mediatui.commands.workspace import Workspace
    from mediatui.tui.host import Host


class LinkPane(Vertical):
    """The links of one folder in one state, else all of its links that are wrong; links keep their marks as long as
    they are of what is listed, whatever words are asked for."""

    def __init__(self) -> None:
        super().__init__(id="link-pane")
        self._title, self._chips = TextLine(id="link-title"), Chips(id="link-chips")
        self._rows = WorkedRows(self._doing)
        self._done: tuple[int, Row] | None = None
        """The row under the cursor whose link is no longer among those listed, and where it stood."""
        self.list = RowList(LINKS, self._rows, id="link-list")
        self._shown: Links | None = None
        self._links: dict[int, LibraryLink] = {}
        self._keys: dict[bytes, int] = {}
        self._all_rows: list[Row] = []
        self._held: list[str] | None = None
        self._counts: Mapping[str, int] = {}
        self.state = ""
        """The state that is asked for; empty for all that are wrong."""
        self.words = ""
        """The filter."""

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._chips
        yield self.list

    @property
    def _workspace(self) -> Workspace:
        return cast("Host", self.app).workspace

    @property
    def folder(self) -> bytes | None:
        """The folder whose links are listed; None before the first is."""
        return None if self._shown is None else self._shown.folder

    async def load(self, of: LibraryFolder) -> None:
        """Reads the links of a folder and lists them."""
        folder = of.path
        before = self._shown
        if before is not None and before.folder != folder:
            self.state = ""
        shown = await self._workspace.read(read_links, folder, self.state)
        self._done = self._kept_row(shown)
        if self.state and not shown.links and self._done is None:  # the last one of that state went
            self.state = ""
            shown = await self._workspace.read(read_links, folder, "")
        self._shown = shown
        self._title.set_parts([(heading_of(of, time.time()), "")])
        if before is None or before.folder != shown.folder:
            self.list.keep_marks(())
            self._keys = {}
        keys = self._keys
        self._links = {keys.setdefault(link.path, len(keys)): link for link in shown.links}
        self.list.keep_marks(self._links)
        self._all_rows = await in_thread(lambda: link_rows(shown, keys, time.time()))
        self._held, self._counts = None, shown.counts
        to_top = before is None or (before.folder, before.state) != (shown.folder, shown.state)
        await self.filter(self.words, to_top=to_top)
        if self.words:
            await self.count_within()

    def _kept_row(self, shown: Links) -> tuple[int, Row] | None:
        """The row under the cursor, which stays until the cursor has left it, when its link is not listed any more."""
        before, row = self._shown, self._rows.row(self.list.cursor)
        if before is None or row is None or (before.folder, before.state) != (shown.folder, shown.state):
            return None
        link = self._links.get(row.key)
        if link is None:
            return self._done
        if any(one.path == link.path for one in shown.links):
            return None
        return self.list.cursor, replace(row, cells=(*row.cells[:-1], "✓ done"), tone="ok", also=())

    def leave(self) -> None:
        """Drops the row of a link that is done once the cursor is elsewhere."""
        if self._done is not None and self._done[1].key != self.list.cursor_key:
            self._done = None
            self._draw()

    @property
    def on_done(self) -> bool:
        """Whether the cursor is on a link that is done."""
        return self._done is not None and self._done[1].key == self.list.cursor_key

    def _doing(self, key: int) -> str:
        """What is being done with the link that has this key, or with the torrent behind it for its sake."""
        link, plans = self._links.get(key), cast("Host", self.app).plans
        if link is None:
            return ""
        mended = plans.working.get(link.torrent_id or "") == "repairing"
        return plans.working_paths.get(link.path, "repairing" if mended else "")

    def go_on(self) -> None:
        """Says in the rows what is being done, and goes from one that is worked on to the next that is not."""
        at = self.list.cursor
        if self.list.cursor_key is not None and self._doing(self.list.cursor_key):
            others = (*range(at + 1, self._rows.count), *range(at - 1, -1, -1))
            free = (one for one in others if (key := self._rows.key_at(one)) is not None and not self._doing(key))
            self.list.move_to(next(free, at))
        self.list.source_changed()

    async def filter(self, words: str, *, to_top: bool = False) -> None:
        """Lists only the links whose path, target, torrent, state or reason holds every one of these words."""
        if words != self.words:
            self._done = None
        self.words = words
        if words and self._held is None and self._shown is not None:
            self._held = await in_thread(functools.partial(self._search_texts, self._shown, self._all_rows))
        if self.words == words:
            self._draw(to_top=to_top, anew=True)

    def _search_texts(self, shown: Links, rows: Sequence[Row]) -> list[str]:
        folders = library_folders(self._workspace.settings)
        return [
            held_text(row, link, shown.torrent_of(link), folders) for row, link in zip(rows, shown.links, strict=True)
        ]

    async def count_within(self) -> None:
        """Counts the links of each state within the filter."""
        shown, words = self._shown, self.words
        if shown is None:
            return
        counts, asked = shown.counts, fold(words).split()
        if asked:
            folders = library_folders(self._workspace.settings)
            counts = await self._workspace.read(count_states_holding, shown.folder, asked, folders, time.time())
        if words == self.words and shown is self._shown:
            self._counts = counts
            self._show_chips()

    def _draw(self, *, to_top: bool = False, anew: bool = False) -> None:
        shown, words = self._shown, fold(self.words).split()
        if shown is None:
            return
        rows = self._all_rows
        if words and self._held is not None:
            texts = zip(rows, self._held, strict=True)
            rows = [row for row, text in texts if all(word in text for word in words)]
        if self._done is not None:
            at, done = self._done
            rows = [*rows[:at], done, *rows[at:]]
        self._rows.take(rows)
        known = nothing_wrong(shown)
        with self.app.batch_update():
            if not words:
                self._counts = shown.counts
            self._show_chips()
            self.list.empty_text = nothing_matches(self.words) if words else known
            self.list.source_changed(to_top=to_top, anew=anew)
            if not rows:
                self.list.refresh()

    @property
    def found(self) -> int:
        """How many links are listed."""
        return self._rows.count

    def _show_chips(self) -> None:
        shown = self._shown
        if shown is not None:  # every state keeps its chip: [ and ] go through them
            counts = {state: self._counts.get(state, 0) for state in shown.counts}
            total = sum(self._counts.values()) if self.words else None
            self._chips.show(chips_of(counts), self.state, query=self.words, found=total)

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
        return self._with_keys(self.list.targets())

    def _with_keys(self, keys: Iterable[int]) -> list[LibraryLink]:
        return [self._links[key] for key in keys if key in self._links]

    def torrent_of(self, link: LibraryLink) -> Torrent | None:
        """The torrent behind a link, None when none is known."""
        return None if self._shown is None else self._shown.torrent_of(link)

    @property
    def torrents(self) -> list[Torrent]:
        """The torrents behind the chosen links."""
        return [] if self._shown is None else self._shown.torrents_of(self.chosen)

    @property
    def torrents_behind_all(self) -> list[Torrent]:
        """The torrents behind the marked links, else behind all that are listed."""
        return [] if self._shown is None else self._shown.torrents_of(self._with_keys(self.list.marked_or_all()))

    @property
    def why(self) -> str:
        """Where the link under the cursor points, and what is the matter with the torrent behind it; empty when there
        is no link."""
        link = self.current
        if link is None or self._shown is None:
            return ""
        noted = self._shown.noted.get(link.path, "")
        return why_line(link, self._shown.torrent_of(link), time.time(), noted)
