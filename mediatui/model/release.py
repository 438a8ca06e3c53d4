"""Releases as indexers offer them, and how an indexer answered a search."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

KEPT_DAYS: Final = 7
KEPT_ROWS: Final = 20_000
"""So long, and so many releases, searches are kept."""

Protocol = Literal["torrent", "usenet"]
Outcome = Literal["answered", "did not answer", "paused", "at its limit", "switched off", "not asked"]
"""How an indexer answered, in all its queries together."""


@dataclass(frozen=True, slots=True)
class FoundRelease:
    """A release as an indexer offers it. ``guid`` is its id there; ``size`` (bytes) and ``files`` are None when the
    indexer does not say; ``published_at`` is epoch seconds; ``hash`` is empty when it is not known; ``link`` is the
    path below Prowlarr's address that its torrent or magnet is fetched from, without a key; the ids are 0 for none;
    the lower the ``priority`` of the indexer, the sooner it is used."""

    guid: str
    indexer_id: int
    indexer: str
    title: str
    size: int | None = None
    seeders: int | None = None
    leechers: int | None = None
    grabs: int | None = None
    files: int | None = None
    published_at: int | None = None
    protocol: Protocol = "torrent"
    hash: str = ""
    categories: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()
    link: str = ""
    tmdb_id: int = 0
    tvdb_id: int = 0
    imdb_id: int = 0
    priority: int = 25


@dataclass(frozen=True, slots=True)
class IndexerAnswer:
    """How an indexer answered a search: the rows of all its ``queries``, how many of them are ``unrelated``, how long
    it took, what is known beside the outcome (``detail``), and until when (epoch seconds) it is paused."""

    indexer_id: int
    indexer: str
    outcome: Outcome
    rows: int = 0
    unrelated: int = 0
    queries: int = 0
    ms: int = 0
    detail: str = ""
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A release of a stored search, by its ``number``: the offer to take first, and ``also`` the same release at other
    indexers, to fall back on. ``folded`` is the title for comparing, ``parsed`` what it says, as JSON; ``related`` says
    whether it has to do with what was searched; ``target`` is what a person chose it for
    (``model.target.targets_from_text``), empty for nothing."""

    number: int
    search: int
    first: FoundRelease
    also: tuple[FoundRelease, ...] = ()
    folded: str = ""
    parsed: str = ""
    related: bool = True
    first_seen_at: float = 0.0
    seen_at: float = 0.0
    target: str = ""

    @property
    def name(self) -> str:
        """What it is called by: ``r1234``."""
        return f"r{self.number}"

    @property
    def hashes(self) -> tuple[str, ...]:
        """The info-hashes that its indexers tell, that of the first offer first."""
        return tuple(dict.fromkeys(one.hash for one in (self.first, *self.also) if one.hash))


def best_first(offers: list[FoundRelease]) -> list[FoundRelease]:
    """The offers of one release in the order in which they are tried: most seeders, then the indexer's priority."""
    return sorted(offers, key=lambda one: (-(one.seeders or 0), one.priority))


def seeders_weight(seeders: int | None) -> float:
    """What seeders count for in the order of releases; the first ones count most."""
    return math.log2((seeders or 0) + 1)


@dataclass(frozen=True, slots=True)
class Search:
    """A stored search: its words, its options, when it began (epoch seconds), and how each indexer answered; ``rows``
    are the releases that are kept of it."""

    id: int
    text: str
    options: str
    at: float
    indexers: tuple[IndexerAnswer, ...] = ()
    rows: int = 0
