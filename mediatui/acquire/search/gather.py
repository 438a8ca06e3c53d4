"""Puts the rows of several indexers together: the same release is one row, and the others under it are to fall back
on."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import Final

from mediatui.acquire.search.wanted import Wanted, folded_name, is_related
from mediatui.model.release import FoundRelease, Release, best_first

SAME_SIZE: Final = 0.01
"""Sizes that differ by less than this share are those of one release."""


class Gathered:
    """The releases of a search as they are found. Rows are the same release when they have the same id at the same
    indexer, the same info-hash, or the same folded title and nearly the same size."""

    def __init__(self, wanted: Wanted, search: int, now: float) -> None:
        self._wanted, self._search, self._now = wanted, search, now
        self.releases: list[Release] = []
        self.unrelated: Counter[int] = Counter()
        """How many rows of each indexer have nothing to do with what is searched for."""
        self._by_guid: dict[tuple[int, str], int] = {}
        self._by_hash: dict[str, int] = {}
        self._by_title: dict[str, list[int]] = {}

    def add(self, rows: Iterable[FoundRelease]) -> list[int]:
        """Takes rows in; the places of the releases that are new or have another offer now."""
        changed: dict[int, None] = {}
        for row in rows:
            if (row.indexer_id, row.guid) in self._by_guid:
                continue
            folded = folded_name(row.title)
            related = is_related(self._wanted, row, folded)
            self.unrelated[row.indexer_id] += not related
            at = self._place_of(row, folded)
            if at is None:
                at = len(self.releases)
                self.releases.append(Release(0, self._search, row, folded=folded, related=related, seen_at=self._now))
            else:
                first, *also = best_first([self.releases[at].first, *self.releases[at].also, row])
                self.releases[at] = dataclasses.replace(self.releases[at], first=first, also=tuple(also))
            self._by_guid[row.indexer_id, row.guid] = at
            if row.hash:
                self._by_hash.setdefault(row.hash, at)
            places = self._by_title.setdefault(folded, [])
            if at not in places:
                places.append(at)
            changed[at] = None
        return list(changed)

    def _place_of(self, row: FoundRelease, folded: str) -> int | None:
        if row.hash in self._by_hash:
            return self._by_hash[row.hash]
        for at in self._by_title.get(folded, ()):
            if same_size(row.size, self.releases[at].first.size):
                return at
        return None


def same_size(one: int | None, other: int | None) -> bool:
    """Whether two sizes in bytes may be of one release; unknown ones never are."""
    return bool(one and other) and abs((one or 0) - (other or 0)) <= SAME_SIZE * max(one or 0, other or 0)
