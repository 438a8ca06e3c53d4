"""Marks: which rows an action works on, kept as keys so that they survive filter, sort and refresh."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import chain, groupby


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
