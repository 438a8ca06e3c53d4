"""The torrents as rows of the big table: from SQLite at once, from the in-memory index as soon as it is loaded."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from mediatui.archive.query.index import Index, Matches, resolve_with
from mediatui.archive.query.known_links import Roots, answerable
from mediatui.archive.query.parse import parse
from mediatui.commands.columns import screen_cells, shown_on_screen
from mediatui.commands.torrent_columns import TORRENT_COLUMNS, Shown, status_sign
from mediatui.commands.workspace import Workspace
from mediatui.model.choices import TorrentSort
from mediatui.model.problems import PROBLEMS
from mediatui.model.query_tree import (
    Age,
    ClassIn,
    HealthIn,
    Is,
    Node,
    Range,
    StatusIn,
    Word,
    asks_for_links,
    conjunction,
    leaves,
)
from mediatui.model.torrent import Torrent
from mediatui.store.conditions import torrents_matching
from mediatui.store.database import open_reader
from mediatui.store.torrents.classes import class_counts
from mediatui.store.torrents.listing import (
    bytes_together,
    count_torrents,
    index_rows_by_id,
    library_link_counts,
    list_torrents,
    matching_keys,
    sorted_keys,
    torrents_by_key,
)
from mediatui.tui.widgets.rows import Row, worked_on

COLUMNS = shown_on_screen(TORRENT_COLUMNS)
PAGE = 64
PAGES = 12
CHUNK = 2000
REST_S = 0.004
"""How long the loading thread leaves the interpreter to the screen between chunks."""
DEBOUNCE_S = 0.06


def as_row(torrent: Torrent, now: float, library_links: int = 0) -> Row:
    """A torrent as a row of ``COLUMNS``; ``library_links`` point into it."""
    shown = Shown(torrent, now, library_links)
    return Row(torrent.key, screen_cells(COLUMNS, shown), status_sign(torrent)[1])


def chip_counts(counts: Mapping[str, int]) -> list[int]:
    """How many torrents the chips show, by how many are in each class: all, ok, working, with a problem, gone."""
    problems = sum(counts.get(name, 0) for name in PROBLEMS)
    gone = counts.get("gone", 0)
    return [sum(counts.values()) - gone, counts.get("ok", 0), counts.get("working", 0), problems, gone]


def read_chip_counts(connection: sqlite3.Connection, query: str, roots: Roots) -> list[int]:
    """How many torrents each chip shows within a query. Raises QueryError."""
    tree, _ = answerable(connection, parse(query), roots)
    counts = class_counts(connection, torrents_matching(tree))
    of_gone = count_torrents(connection, torrents_matching(conjunction([Is("gone"), tree])))
    return [sum(counts.values()), *chip_counts(counts)[1:4], of_gone]


def is_fast(tree: Node) -> bool:
    """Whether the index answers a query from its columns alone."""
    return all(isinstance(leaf, Word | StatusIn | ClassIn | HealthIn | Range | Age) for leaf in leaves(tree))


def _give_back_memory() -> None:
    """Has the C library return what was freed to the system: of the index, half of its size. Only glibc can."""
    import ctypes

    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


class TorrentRows:
    """A RowSource over the archive: filter, sort, and rows that change while they are shown.

    Until the index is loaded rows come from SQLite by position; after that from the keys the index found.
    """

    def __init__(self, workspace: Workspace, text: str = "", sort: TorrentSort = "added", reverse: bool = True) -> None:
        """The rows of a query that is not about links, in an order."""
        self._workspace = workspace
        self._reader = workspace.reader
        self._pages: OrderedDict[int, Sequence[Torrent]] = OrderedDict()
        self._index: Index | None = None
        self._matches: Matches | None = None
        self._tree: Node = parse(text)
        self._condition = torrents_matching(self._tree)
        self._listed: Matches | None = None
        """What is listed, whatever becomes of the index meanwhile; None: rows are read by their position."""
        self._library: dict[str, int] = {}
        self._busy = asyncio.Lock()
        self.working: Mapping[str, str] = {}
        """What is being done with torrents, by id, in place of their status."""
        self.text = text
        self.sort: TorrentSort = sort
        self.reverse = reverse
        self.limit: int | None = None
        """At most so many rows are shown; ``found`` counts all that match."""
        self.found = 0
        self.unknown = ""
        """Why the query cannot be answered in whole; empty when it can."""
        self.asks_for_links = False
        """Whether the query is about links of the library."""
        self._bytes: int | None = None
        self._take(count_torrents(self._reader, self._condition))

    def _take(self, found: int) -> None:
        """Takes how many rows match, and how many of them are shown."""
        self.found = found
        self.count = self.found if self.limit is None else min(self.found, self.limit)
        self._bytes = None

    @property
    def bytes(self) -> int:
        """The size of all that match together, added up when it is asked for."""
        if self._bytes is None:
            if self._index is not None and self._matches is not None:
                self._bytes = self._index.bytes_of(self._matches)
            else:
                self._bytes = bytes_together(self._reader, self._condition)
        return self._bytes

    @property
    def ready(self) -> bool:
        """Whether the index is loaded."""
        return self._index is not None

    # RowSource

    def row(self, position: int) -> Row | None:
        """The row at a position."""
        torrent = self.torrent_at(position)
        if torrent is None:
            return None
        row = as_row(torrent, time.time(), self._library.get(torrent.id, 0))
        return worked_on(row, self.working.get(torrent.id, ""))

    def key_at(self, position: int) -> int | None:
        """The key at a position."""
        if self._listed is not None:
            return self._listed.key(position) if 0 <= position < min(self.count, len(self._listed)) else None
        torrent = self.torrent_at(position)
        return None if torrent is None else torrent.key

    def position_of(self, key: int) -> int | None:
        """The position of a key among the rows."""
        if self._index is not None and self._matches is not None:
            position = self._index.row_of(self._matches, key)
            return position if position is not None and position < self.count else None
        for number, page in self._pages.items():
            for offset, torrent in enumerate(page):
                if torrent.key == key:
                    return number * PAGE + offset
        return None

    def keys(self) -> Iterable[int]:
        """Every key, in order."""
        if self._listed is not None:
            return self._listed.keys(0, self.count)
        return sorted_keys(self._reader, self._condition, sort=self.sort, reverse=self.reverse)[: self.count]

    def torrent_at(self, position: int) -> Torrent | None:
        """The torrent at a position, from a page of rows kept for a while."""
        if not 0 <= position < self.count:
            return None
        number, offset = divmod(position, PAGE)
        page = self._pages.get(number)
        if page is None:
            page = self._pages[number] = self._fetch(number)
            if len(self._pages) > PAGES:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(number)
        return page[offset] if offset < len(page) else None

    def _fetch(self, number: int) -> Sequence[Torrent]:
        """A page of rows, and how many library links point into each."""
        page = self._read_page(number)
        if len(self._library) > PAGE * PAGES:
            self._library.clear()
        self._library.update(library_link_counts(self._reader, [torrent.id for torrent in page]))
        return page

    def _read_page(self, number: int) -> Sequence[Torrent]:
        if self._listed is not None:
            last = min(self.count, (number + 1) * PAGE)
            return torrents_by_key(self._reader, self._listed.keys(number * PAGE, last))
        return list_torrents(
            self._reader,
            self._condition,
            sort=self.sort,
            reverse=self.reverse,
            limit=PAGE,
            offset=number * PAGE,
        )

    def next_problem(self, at: int, by: int) -> int | None:
        """The position of the next row with a problem after ``at`` (before it when ``by`` is -1), None without one."""
        broken = matching_keys(self._reader, torrents_matching(ClassIn(frozenset(PROBLEMS))))
        positions = range(at + 1, self.count) if by > 0 else range(at - 1, -1, -1)
        return next((position for position in positions if self.key_at(position) in broken), None) if broken else None

    def torrents(self, keys: Sequence[int]) -> list[Torrent]:
        """The torrents with these keys."""
        return torrents_by_key(self._reader, keys)

    # Filter, sort, change

    async def load(self) -> None:
        """Loads the index in a thread that leaves the interpreter to the screen between chunks."""
        async with self._busy:
            self._index = await asyncio.to_thread(self._load)
            gc.collect()
            gc.freeze()
            self._find()

    def _load(self) -> Index:
        connection = open_reader(self._workspace.paths.database)
        index = Index(resolve_with(connection))
        for _ in index.load(connection, sort=self.sort, reverse=self.reverse, chunk=CHUNK):
            time.sleep(REST_S)
        _give_back_memory()
        return index

    async def show(self, text: str, sort: TorrentSort, reverse: bool) -> bool:
        """Shows the rows of a query in an order; False when a newer query came meanwhile. Raises QueryError.

        What the columns of the index cannot answer is asked of SQLite in a thread.
        """
        asked = parse(text)
        self.text = text
        tree, unknown = answerable(self._reader, asked, self._workspace.library_roots)
        if not is_fast(tree):
            await asyncio.sleep(DEBOUNCE_S)  # SQLite is not asked for every letter of a word being typed
        async with self._busy:
            if self.text != text:
                return False
            if self.asks_for_links or asks_for_links(asked):
                self._matches = None
                if self._index is not None:
                    self._index.forget_answers()
            self._tree, self.unknown, self.asks_for_links = tree, unknown, asks_for_links(asked)
            self._condition = torrents_matching(tree)
            if self._index is None:
                self.sort, self.reverse = sort, reverse
                self._pages.clear()
                self._take(await asyncio.to_thread(self._count))
                return True
            if (sort, reverse) != (self.sort, self.reverse):
                await asyncio.to_thread(self._index.sort, sort, reverse)
                self.sort, self.reverse = sort, reverse
                self._matches = None
            if is_fast(tree):
                self._find()
            else:
                await asyncio.to_thread(self._find)
        return True

    def _count(self) -> int:
        connection = open_reader(self._workspace.paths.database)
        try:
            return count_torrents(connection, self._condition)
        finally:
            connection.close()

    def _find(self) -> None:
        assert self._index is not None
        matches = self._index.filter(self._tree, self._matches)
        self._take(len(matches))
        self._matches = self._listed = matches
        self._pages.clear()

    async def refresh(self, ids: Sequence[str] | None) -> None:
        """Takes over rows that changed (``None``: any may have), keeping filter and order."""
        async with self._busy:
            self._pages.clear()
            self._library.clear()
            if self._index is None:
                self._take(await asyncio.to_thread(self._count))
                return
            if ids is None:
                self._index = await asyncio.to_thread(self._load)
                self._matches = None
            else:
                self._index.update(index_rows_by_id(self._reader, ids))
            if is_fast(self._tree):
                self._find()
            else:
                await asyncio.to_thread(self._find)
