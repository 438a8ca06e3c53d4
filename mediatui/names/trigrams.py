"""Finds titles that are nearly the same: by the runs of three characters that they have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

LEAST_SHARED: Final = 0.5
"""Twice the runs two titles share over the runs of both; below this they have nothing to do with each other."""


class NearTitles:
    """An index of titles, given as keys (``titles.title_key``)."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = list(dict.fromkeys(keys))
        self._counts: list[int] = []
        self._holding: dict[str, list[int]] = {}
        for at, key in enumerate(self._keys):
            runs = _runs(key)
            self._counts.append(len(runs))
            for run in runs:
                self._holding.setdefault(run, []).append(at)

    def near(self, key: str, most: int = 8) -> list[str]:
        """The keys most like this one, the likest first; none that shares too little."""
        runs = _runs(key)
        shared = Counter(at for run in runs for at in self._holding.get(run, ()))
        alike = {at: 2 * count / (len(runs) + self._counts[at]) for at, count in shared.items()}
        found = sorted((at for at, share in alike.items() if share >= LEAST_SHARED), key=lambda at: (-alike[at], at))
        return [self._keys[at] for at in found[:most]]


def _runs(key: str) -> set[str]:
    padded = f"  {key} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
