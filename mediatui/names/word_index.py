"""An index of names by their words, for finding similar names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_TOGETHER = re.compile(r"([^\W\d_]{3,})([0-9]{1,2})")


class WordIndex:
    """Finds the names that hold the words of a title, the rarest words first."""

    def __init__(self) -> None:
        self._holding: dict[str, list[int]] = {}

    def add(self, at: int, words: Iterable[str]) -> None:
        """Adds the words of the name with number ``at``."""
        for word in {part for whole in words for part in _with_parts(whole)}:
            self._holding.setdefault(word, []).append(at)

    def holding(self, title: str) -> set[int]:
        """The numbers of the names that hold most of a title's words, one of the two rarest among them."""
        words = {
            part
            for word in title.split()
            for part in ([word] if word in self._holding else _with_parts(word))
            if part in self._holding
        }
        lists = sorted((self._holding[word] for word in sorted(words)), key=len)
        found: set[int] = set()
        for at in range(min(2, len(lists))):  # from the second rarest too: the right name may lack the rarest word
            pool = set(lists[at])
            for others in lists[at + 1 :]:
                pool = pool.intersection(others) or pool
            found |= pool
        return found

    def holding_all(self, title: str) -> set[int]:
        """The numbers of the names that hold every word of a title."""
        found: set[int] | None = None
        for word in title.split():
            parts = [word] if word in self._holding else list(_with_parts(word))[1:] or [word]
            for part in parts:
                numbers = self._holding.get(part, ())
                found = set(numbers) if found is None else found.intersection(numbers)
        return found or set()


def _with_parts(word: str) -> Iterator[str]:
    """A word, and the word and number that are written together in it: ``alien3`` finds ``alien 3`` and is found."""
    yield word
    if match := _TOGETHER.fullmatch(word):
        yield from match.groups()
