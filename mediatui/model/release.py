"""Releases as indexers offer them, and how an indexer answered a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Protocol = Literal["torrent", "usenet"]
Outcome = Literal["answered", "did not answer", "paused", "at its limit", "switched off", "not asked"]
"""How an indexer answered, in all its queries together."""


@dataclass(frozen=True, slots=True)
class FoundRelease:
    """A release as an indexer offers it. ``guid`` is its id there; ``size`` (bytes) and ``files`` are None when the
    indexer does not say; ``published_at`` is epoch seconds; ``hash`` is empty when it is not known; ``link`` is the
    path below Prowlarr's address that its torrent or magnet is fetched from, without a key; the ids are 0 for none."""

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
