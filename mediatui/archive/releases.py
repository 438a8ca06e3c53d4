"""The account by what its names say of the releases: resolution, source, languages."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mediatui.model.release_words import NOT_NAMED, ReleaseFact, ReleaseWords, read_words, shown_as
from mediatui.store.torrents.statistics import Share, as_shares, read_names

FIELDS: Final[dict[ReleaseFact, str]] = {"resolution": "res", "source": "source", "language": "lang"}
"""The field of the query language for each fact."""


@dataclass(frozen=True, slots=True)
class Releases:
    """The shares of the account, each most first, what names say nothing of last. A torrent counts for every language
    its name says, so those shares are more than the whole together."""

    resolutions: tuple[Share, ...]
    sources: tuple[Share, ...]
    languages: tuple[Share, ...]


def read_releases(connection: sqlite3.Connection) -> Releases:
    """Reads every standing name once: some microseconds each."""
    alike: dict[ReleaseWords, list[int]] = defaultdict(lambda: [0, 0])
    for names, size in read_names(connection):
        count = alike[read_words(names)]
        count[0] += 1
        count[1] += size
    counted: dict[ReleaseFact, dict[str, list[int]]] = {fact: defaultdict(lambda: [0, 0]) for fact in FIELDS}
    for said, (number, size) in alike.items():
        found: dict[ReleaseFact, Iterable[str]] = {
            "resolution": (said.resolution,), "source": (said.source,), "language": said.languages or (NOT_NAMED,),
        }  # fmt: skip
        for fact, values in found.items():
            for value in values:
                count = counted[fact][value]
                count[0] += number
                count[1] += size
    whole = sum(number for number, _ in alike.values())
    return Releases(*(_shares(fact, counted[fact], whole) for fact in FIELDS))


def _shares(fact: ReleaseFact, counted: dict[str, list[int]], whole: int) -> tuple[Share, ...]:
    rows = sorted(counted.items(), key=lambda item: (item[0] == NOT_NAMED, -item[1][0], item[0]))
    queries = {shown_as(fact, value): f"{FIELDS[fact]}:{value}" for value in counted}
    return as_shares(((shown_as(fact, value), *count) for value, count in rows), whole, queries.__getitem__)
