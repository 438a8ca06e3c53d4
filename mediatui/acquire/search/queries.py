"""What an indexer is asked: at most four queries, and nothing that it lacks: the answer to that would be empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.acquire.search.wanted import Wanted, WantedKind

if TYPE_CHECKING:
    from mediatui.services.prowlarr.client import SearchType
    from mediatui.services.prowlarr.records import Indexer

MOST_QUERIES: Final = 4
PAUSE_S: Final = 1.0
"""Between two queries to one indexer."""
CATEGORIES: Final[dict[WantedKind, tuple[int, ...]]] = {"film": (2000,), "series": (5000,)}
_TYPES: Final[dict[WantedKind | None, SearchType]] = {None: "search", "film": "movie", "series": "tvsearch"}


@dataclass(frozen=True, slots=True)
class Query:
    """One request to an indexer: the text, the kind of search and the categories. The next one follows ``unless`` the
    rows so far have what is wanted."""

    text: str
    type: SearchType
    categories: tuple[int, ...]


def queries_for(indexer: Indexer, wanted: Wanted, categories: Sequence[int]) -> list[Query]:
    """What an indexer is asked, one after the other until its rows cover what is wanted; none when it has none of the
    ``categories`` (empty: those of the kind)."""
    asked = tuple(categories) or (() if wanted.kind is None else CATEGORIES[wanted.kind])
    if indexer.categories and asked:
        asked = tuple(number for number in asked if number in indexer.categories)
        if not asked:
            return []
    kind = _TYPES[wanted.kind]
    texts = [wanted.text if _says_numbers(wanted) else f"{wanted.text} {wanted.numbers}".strip()]
    if wanted.episode is not None and not _says_numbers(wanted):
        texts.append(f"{wanted.text} S{wanted.season:02d}")  # a pack of the season has the episode
    known = asked if indexer.categories else ()
    return [Query(text, kind, known) for text in dict.fromkeys(texts)][:MOST_QUERIES]


def _says_numbers(wanted: Wanted) -> bool:
    return bool(wanted.numbers) and wanted.numbers.lower() in wanted.text.lower()
