"""Marks: which rows an action works on, kept as keys so that they survive filter, sort and refresh."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby

FEW = 100
"""So many marks are given one by one; for more of them all are sorted again."""


class Marks:
    """A set of keys in ascending order.

    "All of this filter" is kept as one sorted array of 8 bytes a row, single marks on top of it as exceptions to it:
    200,000 marks cost 1.6 MB where a set costs 14.
    """

    def __init__(self) -> None:
        self._base: array[int] = array("q")
        self._except: set[int] = set()
        self._added: set[int] = set()

    def __len__(self) -> int:
        return len(self._base) - len(self._except) + len(self._added)

    def __contains__(self, key: object) -> bool:
        if key in self._added:
            return True
        return isinstance(key, int) and self._in_base(key) and key not in self._except

    def __iter__(self) -> Iterator[int]:
        if not self._except and not self._added:
            return iter(self._base)
        kept = (key for key in self._base if key not in self._except)
        return iter(sorted(chain(kept, self._added)))

    def _in_base(self, key: int) -> bool:
        at = bisect_left(self._base, key)
        return at < len(self._base) and self._base[at] == key

    def toggle(self, key: int) -> None:
        """Marks a key, or takes its mark away."""
        changed = self._except if self._in_base(key) else self._added
        changed ^= {key}

    def add(self, keys: Iterable[int]) -> None:
        """Marks these keys too."""
        self._replace(key for key, _ in groupby(sorted(chain(self, keys))))

    def invert(self, keys: Iterable[int]) -> None:
        """Marks those of ``keys`` (each given once) that are not marked, and takes the marks of the others."""
        self._replace(key for key, same in groupby(sorted(chain(self, keys))) if len(list(same)) == 1)

    def clear(self) -> None:
        """Takes every mark away."""
        self._replace(())

    def _replace(self, keys: Iterable[int]) -> None:
        self._base = array("q", keys)
        self._except.clear()
        self._added.clear()


class MarkedRange:
    """Rows that are marked while the cursor moves on from where the range began, and stay so when it ends. Marks there
    were before stay; headings, which have negative keys, get none."""

    def __init__(self, marks: Marks, key_at: Callable[[int], int | None]) -> None:
        """``key_at`` gives the key of the row at a position."""
        self._marks = marks
        self._key_at = key_at
        self._start: int | None = None
        self._start_key: int | None = None
        self._given: set[int] = set()

    @property
    def is_open(self) -> bool:
        """Whether moving the cursor marks rows."""
        return self._start is not None

    def begin(self, position: int) -> None:
        """Marks the row at a position, and goes on from there."""
        self._start, self._start_key = position, self._key_at(position)
        self._give(range(position, position + 1))

    def end(self) -> None:
        """Its rows stay marked."""
        self._start = self._start_key = None
        self._given.clear()

    def follow(self, position_of: Callable[[int], int | None]) -> None:
        """The rows are others now: it goes on from its first row, and ends when that is gone."""
        self._start = None if self._start_key is None else position_of(self._start_key)
        if self._start is None:
            self.end()

    def stretch(self, before: int, position: int) -> bool:
        """The cursor moved: marks the rows it reaches now, and takes its marks from those it does so no more. Returns
        whether any mark is another now."""
        if self._start is None:
            return False
        was, now = (range(min(self._start, end), max(self._start, end) + 1) for end in (before, position))
        left = self._given.intersection(self._key_at(at) for at in was if at not in now)
        for key in left:
            if key in self._marks:
                self._marks.toggle(key)
        self._given -= left
        return self._give(at for at in now if at not in was) or bool(left)

    def _give(self, positions: Iterable[int]) -> bool:
        keys = (self._key_at(at) for at in positions)
        given = {key for key in keys if key is not None and key >= 0 and key not in self._marks}
        if len(given) > FEW:
            self._marks.add(given)
        else:
            for key in given:
                self._marks.toggle(key)
        self._given |= given
        return bool(given)
