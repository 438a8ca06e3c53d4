"""An index of names by their words, for names that are nearly known."""

from __future__ import annotations

from collections.abc import Iterable


class Words:
    """Which names hold a word, the rarest words first."""

    def __init__(self) -> None:
        self._holding: dict[str, list[int]] = {}

    def add(self, at: int, words: Iterable[str]) -> None:
        """A name's words."""
        for word in words:
            self._holding.setdefault(word, []).append(at)

    def holding(self, title: str) -> set[int]:
        """The names that hold as many of a title's words as any does, one of the two rarest among them."""
        lists = sorted((self._holding[word] for word in set(title.split()) if word in self._holding), key=len)
        found: set[int] = set()
        for at in range(min(2, len(lists))):  # from the second too: the rarest word may be missing in the right name
            pool = set(lists[at])
            for others in lists[at + 1 :]:
                pool = pool.intersection(others) or pool
            found |= pool
        return found
