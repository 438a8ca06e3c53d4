"""The columns of the in-memory index: parallel arrays, no object per row."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import compress
from typing import Final

from mediatui.model.choices import TorrentSort
from mediatui.model.problems import BY_RANK
from mediatui.model.torrent import STATUSES
from mediatui.store.torrents.listing import IndexRow

UNKNOWN_TIME: Final = -(2**62)
"""The value of an unknown time; that of an unknown count is -1. Both sort as the smallest, as NULL does."""

STATUS_CODES: Final = {status: code for code, status in enumerate(STATUSES)}
NEW_STATUS: Final = len(STATUSES)
CLASS_CODES: Final[dict[str, int]] = {name: rank for rank, name in enumerate(BY_RANK)}
HEALTH_CODES: Final = {"dead": 0, "unknown": 1, "ok": 2}
_LARGEST_COUNT: Final = 2**31 - 1


class Columns:
    """Columns with one value for each row. The index of a row in them is its position, which is stable until rows are
    removed.

    ``by_key`` holds all positions by ascending key. ``names`` are folded, times epoch seconds, sizes bytes.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.keys = array("q")
        self.bytes = array("q")
        self.added = array("q")
        self.progress = array("d")
        self.links = array("i")
        self.files = array("i")
        self.seeders: dict[int, int] = {}  # few rows have any
        self.status = bytearray()
        self.health = bytearray()
        self.gone = bytearray()
        self.classes = bytearray()
        self.by_key = array("i")

    def __len__(self) -> int:
        return len(self.keys)

    def append(self, row: IndexRow) -> int:
        """Adds a row, not yet in ``by_key``; returns its position."""
        self.names.append("")
        self.keys.append(row[0])
        for column in (self.bytes, self.added, self.links, self.files):
            column.append(0)
        self.progress.append(0.0)
        for codes in (self.status, self.health, self.gone, self.classes):
            codes.append(0)
        self.set(len(self.keys) - 1, row)
        return len(self.keys) - 1

    def set(self, at: int, row: IndexRow) -> None:
        """Replaces the values of the row at a position."""
        _, name, size, added, progress, links, files, seeders, status, health, gone, class_ = row
        self.names[at] = name
        self.bytes[at] = size
        self.added[at] = UNKNOWN_TIME if added is None else added
        self.progress[at] = progress
        self.links[at] = -1 if links is None else min(links, _LARGEST_COUNT)
        self.files[at] = -1 if files is None else min(files, _LARGEST_COUNT)
        if seeders is None:
            self.seeders.pop(at, None)
        else:
            self.seeders[at] = seeders
        self.status[at] = STATUS_CODES.get(status, NEW_STATUS)
        self.health[at] = HEALTH_CODES.get(health or "", HEALTH_CODES["unknown"])
        self.gone[at] = gone is not None
        self.classes[at] = CLASS_CODES.get(class_ or "ok", len(CLASS_CODES))

    def remove(self, out: Collection[int]) -> None:
        """Drops the rows with these keys; every position may change."""
        mask = bytes(key not in out for key in self.keys)
        kept = compress(range(len(mask)), mask)
        self.seeders = {new: self.seeders[old] for new, old in enumerate(kept) if old in self.seeders}
        self.names = list(compress(self.names, mask))
        self.keys, self.bytes, self.added = (
            array("q", compress(column, mask)) for column in (self.keys, self.bytes, self.added)
        )
        self.progress = array("d", compress(self.progress, mask))
        self.links, self.files = (array("i", compress(column, mask)) for column in (self.links, self.files))
        self.status, self.health, self.gone, self.classes = (
            bytearray(compress(codes, mask)) for codes in (self.status, self.health, self.gone, self.classes)
        )
        self.order_by_key()

    def order_by_key(self) -> None:
        """Rebuilds ``by_key`` after rows were appended in bulk."""
        self.by_key = array("i", sorted(range(len(self.keys)), key=self.keys.__getitem__))

    def place(self, row: IndexRow) -> tuple[int, bool]:
        """Adds or replaces a row; returns its position, and whether it was new."""
        at = self.position(row[0])
        if at is not None:
            self.set(at, row)
            return at, False
        place = bisect_left(self.by_key, row[0], key=self.keys.__getitem__)
        at = self.append(row)
        self.by_key.insert(place, at)
        return at, True

    def position(self, key: int) -> int | None:
        """The position of the row with this key; None when there is none."""
        place = bisect_left(self.by_key, key, key=self.keys.__getitem__)
        if place < len(self.by_key) and self.keys[self.by_key[place]] == key:
            return self.by_key[place]
        return None

    def mask(self, found: Iterable[Iterable[int]]) -> bytearray:
        """One byte a row, 1 where a position is among ``found``."""
        mask = bytearray(len(self.keys))
        for positions in found:
            for at in positions:
                mask[at] = 1
        return mask

    def sort_value(self, sort: TorrentSort) -> Callable[[int], str | float]:
        """A function that returns the sort value of a position."""
        if sort == "seeders":
            return lambda at: self.seeders.get(at, -1)
        columns: dict[TorrentSort, Sequence[str] | Sequence[float]] = {
            "name": self.names,
            "size": self.bytes,
            "files": self.files,
            "progress": self.progress,
            "added": self.added,
            "status": self.status,
            "class": self.classes,
            "health": self.health,
            "links": self.links,
        }
        return columns[sort].__getitem__
