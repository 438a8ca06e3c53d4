"""An index of names by their words, for finding similar names."""

from __future__ import annotations

from collections.abc import Iterable


class WordIndex:
    """Finds the names that hold the words of a title, the rarest words first."""

    def __init__(self) -> None:
        self._holding: dict[str, list[int]] = {}

    def add(self, at: int, words: Iterable[str]) -> None:
        """Adds the words of the name with number ``at``."""
        for word in words:
            self._holding.setdefault(word, []).append(at)

    def holding(self, title: str) -> set[int]:
        """The numbers of the names that hold most of a title's words, one of the two rarest among them."""
        lists = sorted((self._holding[word] for word in set(title.split()) if word in self._holding), key=len)
        found: set[int] = set()
        for at in range(min(2, len(lists))):  # from the second rarest too: the right name may lack the rarest word
            pool = set(lists[at])
            for others in lists[at + 1 :]:
                pool = pool.intersection(others) or pool
            found |= pool
        return found
