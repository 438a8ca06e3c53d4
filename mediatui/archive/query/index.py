"""The archive's list in memory, so that a keystroke filters 200,000 rows within a frame.

Parallel columns, no object per row. Columns stay in the order they were loaded in (names that lie next to each other in
memory are three times as fast to search), ``order`` holds positions in the order shown. Leaves the columns cannot
answer (files, hashes, duplicates) are answered by SQLite through a callback; ``store.conditions`` gives the same rows
in the same order.
"""

from __future__ import annotations

import math
import sqlite3
import time
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final

from mediatui.archive.query.columns import CLASS_CODES, HEALTH_CODES, NEW_STATUS, STATUS_CODES, UNKNOWN_TIME, Columns
from mediatui.model.choices import TorrentSort
from mediatui.model.query_tree import (
    NOT_GONE,
    Age,
    And,
    ClassIn,
    HealthIn,
    Is,
    Leaf,
    Node,
    Not,
    NumberColumn,
    Or,
    Range,
    StatusIn,
    Word,
    hiding_gone,
    leaves,
)
from mediatui.store.conditions import EVERY_TORRENT, torrents_matching_leaf
from mediatui.store.torrents.listing import IndexRow, index_rows, matching_keys, sorted_keys

Resolve = Callable[[Leaf, float], Collection[int]]
"""Answers a leaf that the columns cannot, seen at a time (epoch seconds): the keys of its rows, tombstones included."""

_HELD: Final = ("bytes", "progress", "links_count", "added_at")
"""The numbers that the columns hold."""

FEW: Final = 64
"""Up to this many moved rows are inserted one by one; for more, sorting all rows is faster."""

_SEPARATOR: Final = "\r"
"""Never in a folded name: folding turns every line break into a blank, and joins two names with a line feed."""


@dataclass(frozen=True, slots=True)
class Matches:
    """The result of a query, in the order shown. Which rows it holds stays the same whatever becomes of the index."""

    tree: Node
    rows: array[int]
    stamp: int
    column: array[int]
    """The key at each position; rows are only ever added to it."""

    def __len__(self) -> int:
        return len(self.rows)

    def key(self, number: int) -> int:
        """The key of one of the rows, counted from 0; raises IndexError."""
        return self.column[self.rows[number]]

    def keys(self, first: int = 0, last: int | None = None) -> array[int]:
        """The keys of the rows ``[first, last)``, in the order shown."""
        return array("q", map(self.column.__getitem__, self.rows[first:last]))


def resolve_with(connection: sqlite3.Connection) -> Resolve:
    """The callback that answers leaves from this connection."""

    def resolve(leaf: Leaf, now: float) -> Collection[int]:
        return matching_keys(connection, torrents_matching_leaf(leaf, now))

    return resolve


class Index:
    """The columns, their order, and the queries over them. Not for two threads at once."""

    def __init__(self, resolve: Resolve) -> None:
        self.sort_key: TorrentSort = "added"
        self.reverse = True
        self._resolve = resolve
        self._columns = Columns()
        self._order = array("i")
        self._rank: array[int] | None = None
        self._in_place = True
        self._stamp = 0
        self._resolved: dict[Leaf, Collection[int]] = {}

    def __len__(self) -> int:
        return len(self._columns)

    def load(
        self, connection: sqlite3.Connection, *, sort: TorrentSort = "added", reverse: bool = True, chunk: int = 2000
    ) -> Iterator[int]:
        """Fills an empty index, ``chunk`` rows a step; yields the number of rows so far.

        The index is usable at the end. A thread may sleep between steps to leave the interpreter to the screen.
        Searching is fastest in the order of loading.
        """
        keys = sorted_keys(connection, EVERY_TORRENT, sort=sort, reverse=reverse)
        self.sort_key, self.reverse = sort, reverse
        names: list[str] = []
        for first in range(0, len(keys), chunk):
            rows = index_rows(connection, keys[first : first + chunk])
            if rows:
                names.append(_SEPARATOR.join(row[1].replace(_SEPARATOR, " ") for row in rows))
            for row in rows:
                self._columns.append((row[0], "", *row[2:]))
            yield len(self)
        # Split only now, so that the names lie next to each other in memory, in this order.
        self._columns.names = [name for block in names for name in block.split(_SEPARATOR)]
        self._columns.order_by_key()
        self._order = array("i", range(len(self)))
        self._changed_order(in_place=True)

    def forget_answers(self) -> None:
        """Has SQLite answer its leaves again: what they are about has changed, not the rows."""
        self._resolved.clear()

    def sort(self, sort: TorrentSort, reverse: bool = False) -> None:
        """Puts the rows in ascending (``reverse``: the exact reverse) order; equal rows are in order of their keys."""
        self.sort_key, self.reverse = sort, reverse
        self._order = array("i", sorted(self._columns.by_key, key=self._columns.sort_value(sort)))
        if reverse:
            self._order.reverse()
        self._changed_order()

    def _changed_order(self, *, in_place: bool = False) -> None:
        self._in_place = in_place
        self._rank = None
        self._stamp += 1

    def update(self, rows: Iterable[IndexRow]) -> None:
        """Adds new rows and replaces changed ones (``index_rows_by_id`` of the store); each moves to its place in the
        order."""
        value = self._columns.sort_value(self.sort_key)
        moved: set[int] = set()
        for row in rows:
            known = self._columns.position(row[0])
            before = None if known is None else value(known)
            at, is_new = self._columns.place(row)
            if is_new or value(at) != before:
                moved.add(at)
        self._resolved.clear()
        self._stamp += 1
        if len(moved) > FEW:
            self.sort(self.sort_key, self.reverse)
        elif moved:
            self._move(moved)

    def _move(self, moved: Collection[int]) -> None:
        """Removes a few rows from the order and inserts each at its new place."""
        order = array("i", [at for at in self._order if at not in moved])
        value = self._columns.sort_value(self.sort_key)
        for at in moved:
            low, high = 0, len(order)
            while low < high:
                middle = (low + high) // 2
                if self._comes_before(value, order[middle], at):
                    low = middle + 1
                else:
                    high = middle
            order.insert(low, at)
        self._order = order
        self._changed_order()

    def _comes_before(self, value: Callable[[int], str | float], row: int, other: int) -> bool:
        mine, theirs = value(row), value(other)
        if mine == theirs:
            smaller = self._columns.keys[row] < self._columns.keys[other]
        else:
            smaller = mine < theirs  # type: ignore[operator]  # one column holds one type
        return smaller != self.reverse

    def remove(self, keys: Collection[int]) -> None:
        """Removes rows that left the archive (tombstones stay: they are ``update``d); earlier Matches have no
        place in it any more."""
        self._columns.remove(set(keys))
        self._resolved.clear()
        self.sort(self.sort_key, self.reverse)

    def row_of(self, matches: Matches, key: int) -> int | None:
        """The row number of a torrent among the matches; None when it is not among them."""
        at = self._columns.position(key)
        try:
            return None if at is None else matches.rows.index(at)
        except ValueError:
            return None

    def bytes_of(self, matches: Matches) -> int:
        """The size of all matches together, in bytes."""
        if len(matches) == len(self):
            return sum(self._columns.bytes)
        return sum(map(self._columns.bytes.__getitem__, matches.rows))

    def filter(self, tree: Node, previous: Matches | None = None, now: float | None = None) -> Matches:
        """The rows of a query (tombstones hidden unless it mentions ``is:gone``) seen at ``now`` (epoch seconds).

        When the query only narrows that of ``previous``, only the rows of ``previous`` are searched.
        """
        now = time.time() if now is None else now
        tree = hiding_gone(tree)
        if previous is not None and self._may_narrow(previous, tree):
            rows = array("i", self._select(tree, previous.rows, now))
        else:
            rows = self._in_order(self._select(tree, None, now))
        return Matches(tree, rows, self._stamp, self._columns.keys)

    def _may_narrow(self, previous: Matches, tree: Node) -> bool:
        few = self._in_place or len(previous) * 4 < len(self)
        return previous.stamp == self._stamp and few and narrows(tree, previous.tree)

    def _in_order(self, found: Sequence[int]) -> array[int]:
        """Positions in the order of the columns → in the order shown."""
        count = len(self)
        if len(found) == count:
            return self._order
        if self._in_place:
            return array("i", found)
        if len(found) * 8 < count:
            if self._rank is None:
                self._rank = array("i", bytes(4 * count))
                for rank, at in enumerate(self._order):
                    self._rank[at] = rank
            return array("i", sorted(found, key=self._rank.__getitem__))
        mask = bytearray(count)
        for at in found:
            mask[at] = 1
        return array("i", [at for at in self._order if mask[at]])

    def _select(self, node: Node, among: Sequence[int] | None, now: float) -> Sequence[int]:
        """The positions (of ``among``, else of all) that match a node, in the order given."""
        if isinstance(node, And):
            return self._all_of(node.parts, among, now)
        if isinstance(node, Or):
            found = [self._select(part, among, now) for part in node.parts]
            return self._where(self._columns.mask(found), among, wanted=1)
        if node == NOT_GONE:
            return self._where(self._columns.gone, among, wanted=0)
        if isinstance(node, Not) and isinstance(node.part, Word):
            return self._not_named(node.part.text, among)
        if isinstance(node, Not):
            return self._where(self._columns.mask([self._select(node.part, among, now)]), among, wanted=0)
        return self._leaf(node, among, now)

    def _all_of(self, parts: Sequence[Node], among: Sequence[int] | None, now: float) -> Sequence[int]:
        """Evaluates names first: they are fast and leave few rows for the other parts."""
        words = sorted((part.text for part in parts if isinstance(part, Word)), key=len, reverse=True)
        for first in range(0, len(words), 3):
            among = self._named(words[first : first + 3], among)
        for part in parts:
            if not isinstance(part, Word):
                among = self._select(part, among, now)
        return range(len(self)) if among is None else among

    def _named(self, words: Sequence[str], among: Sequence[int] | None) -> Sequence[int]:
        """The rows whose names contain one to three words; written out for each number, because one pass is fast."""
        names = self._columns.names
        a, b, c = (*words, "", "")[:3]
        if among is None:
            if not b:
                return [at for at, name in enumerate(names) if a in name]
            if not c:
                return [at for at, name in enumerate(names) if a in name and b in name]
            return [at for at, name in enumerate(names) if a in name and b in name and c in name]
        if not b:
            return [at for at in among if a in names[at]]
        return [at for at in among if a in names[at] and b in names[at] and c in names[at]]

    def _not_named(self, word: str, among: Sequence[int] | None) -> Sequence[int]:
        names = self._columns.names
        if among is None:
            return [at for at, name in enumerate(names) if word not in name]
        return [at for at in among if word not in names[at]]

    def _where(self, mask: bytearray, among: Sequence[int] | None, *, wanted: int) -> Sequence[int]:
        """The positions whose byte in ``mask`` is ``wanted`` (0 or 1)."""
        if among is None:
            if (1 - wanted) not in mask:
                return range(len(mask))
            if not wanted:
                mask = mask.translate(bytes((1, 0)) + bytes(254))
            return list(compress(range(len(mask)), mask))
        if wanted == 0 and 1 not in mask:
            return among
        return [at for at in among if mask[at] == wanted]

    def _leaf(self, leaf: Leaf, among: Sequence[int] | None, now: float) -> Sequence[int]:
        if isinstance(leaf, Word):
            return self._named([leaf.text], among)
        if isinstance(leaf, StatusIn):
            codes = {STATUS_CODES[status] for status in leaf.statuses}
            return self._coded(self._columns.status, codes | ({NEW_STATUS} if leaf.unknown else set()), among)
        if isinstance(leaf, ClassIn):
            return self._coded(self._columns.classes, {CLASS_CODES[name] for name in leaf.classes}, among)
        if isinstance(leaf, HealthIn):
            return self._coded(self._columns.health, {HEALTH_CODES[verdict] for verdict in leaf.verdicts}, among)
        if isinstance(leaf, Age) and leaf.column == "added_at":
            return self._between(leaf.at(now), among)
        if isinstance(leaf, Range) and leaf.column in _HELD:
            return self._between(leaf, among)
        if leaf == Is("gone"):
            return self._where(self._columns.gone, among, wanted=1)
        keys = self._columns.keys
        found = self._ask(leaf, now)
        return [at for at in (range(len(keys)) if among is None else among) if keys[at] in found]

    def _coded(self, column: bytearray, codes: Collection[int], among: Sequence[int] | None) -> Sequence[int]:
        table = bytes(code in codes for code in range(256))
        return self._where(column.translate(table), among, wanted=1)

    def _between(self, leaf: Range, among: Sequence[int] | None) -> Sequence[int]:
        columns: dict[NumberColumn, tuple[Sequence[float], float]] = {
            "bytes": (self._columns.bytes, -math.inf),
            "progress": (self._columns.progress, -math.inf),
            "links_count": (self._columns.links, 0),
            "added_at": (self._columns.added, UNKNOWN_TIME + 1),
        }
        column, least = columns[leaf.column]
        low, high = _closed(leaf, least)
        if among is None:
            return [at for at, value in enumerate(column) if low <= value <= high]
        return [at for at in among if low <= column[at] <= high]

    def _ask(self, leaf: Leaf, now: float) -> Collection[int]:
        """The keys of a leaf that only SQLite can answer, cached until rows change (not for leaves that depend on
        time)."""
        if leaf == Is("stalled") or isinstance(leaf, Age):
            return self._resolve(leaf, now)
        if leaf not in self._resolved:
            self._resolved[leaf] = self._resolve(leaf, now)
        return self._resolved[leaf]


def _closed(leaf: Range, least: float) -> tuple[float, float]:
    """The bounds of a range, both inside it."""
    low = least if leaf.low is None else leaf.low
    high = math.inf if leaf.high is None else leaf.high
    if leaf.column == "progress":
        return (
            math.nextafter(low, math.inf) if leaf.low_open else low,
            math.nextafter(high, -math.inf) if leaf.high_open else high,
        )
    if leaf.low is not None and leaf.low_open:
        low = math.floor(low) + 1
    if leaf.high is not None and leaf.high_open:
        high = math.ceil(high) - 1
    return max(low, least), high


def narrows(tree: Node, wider: Node) -> bool:
    """Whether every row of ``tree`` is certainly one of ``wider``: each part of ``wider`` is in ``tree``, or a longer
    word.

    It is never certain for parts that depend on time.
    """
    if any(isinstance(leaf, Age) or leaf == Is("stalled") for leaf in leaves(wider)):
        return False
    own = tree.parts if isinstance(tree, And) else (tree,)
    words = [part.text for part in own if isinstance(part, Word)]
    return all(
        part in own or (isinstance(part, Word) and any(part.text in word for word in words))
        for part in (wider.parts if isinstance(wider, And) else (wider,))
    )
