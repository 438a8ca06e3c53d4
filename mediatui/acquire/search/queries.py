"""What an indexer is asked: at most four queries, and nothing that it lacks: the answer to that would be empty."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.acquire.search.wanted import Wanted, WantedKind
from mediatui.model.text import plain_apostrophes

if TYPE_CHECKING:
    from mediatui.services.prowlarr.client import SearchType
    from mediatui.services.prowlarr.records import Indexer

MOST_QUERIES: Final = 4
MOST_TITLES: Final = 4
"""A film or series is asked for by its title, the original one, and two others."""
PAUSE_S: Final = 1.0
"""Between two queries to one indexer."""
CATEGORIES: Final[dict[WantedKind, tuple[int, ...]]] = {"film": (2000,), "series": (5000,)}
_TYPES: Final[dict[WantedKind | None, SearchType]] = {None: "search", "film": "movie", "series": "tvsearch"}

_POSSESSIVE: Final = re.compile(r"(?<=[^\W_])'s(?![^\W_])", re.IGNORECASE)
_BEYOND_WORDS: Final = re.compile(r"""[:;,!?¡¿…"«»“”()\[\]{}/\\|*&+_~<>=]|\.(?=\s|$)|(?<=\s)[-–—](?=\s)""")


@dataclass(frozen=True, slots=True)
class Query:
    """One request to an indexer: the text, the kind of search and the categories. One that is a ``rest`` is sent only
    when no row so far has what is wanted."""

    text: str
    type: SearchType
    categories: tuple[int, ...]
    rest: bool = False


def queries_for(indexer: Indexer, wanted: Wanted, categories: Sequence[int]) -> list[Query]:
    """What an indexer is asked, one after the other: by id where it can be, by words when that finds nothing, and for
    the season when the episode is not found; nothing when it has none of the ``categories`` (empty: those of the
    kind)."""
    asked = tuple(categories) or (() if wanted.kind is None else CATEGORIES[wanted.kind])
    if indexer.categories and asked:
        asked = tuple(number for number in asked if number in indexer.categories)
        if not asked:
            return []
    kind, known = _TYPES[wanted.kind], asked if indexer.categories else ()
    by_id = _by_id(indexer, wanted)
    texts = [_with_numbers(title, wanted) for title in wanted.titles[:MOST_TITLES]]
    if wanted.other_numbers and wanted.ids:
        texts.insert(1, f"{words_of_title(wanted.titles[0])} {wanted.other_numbers}")
    queries = [Query(by_id, kind, known)] if by_id else []
    queries += [Query(text, kind, known, rest=bool(by_id)) for text in dict.fromkeys(texts)]
    if wanted.episode is not None and not _says_numbers(wanted.titles[0], wanted):
        title = words_of_title(wanted.titles[0]) if wanted.ids else wanted.titles[0]
        season = f"{title} S{wanted.season:02d}"  # a pack of the season has the episode
        queries = [*queries[: MOST_QUERIES - 1], Query(season, kind, known, rest=True)]
    return queries[:MOST_QUERIES]


def _by_id(indexer: Indexer, wanted: Wanted) -> str:
    """A query by id, with season and episode; empty where the indexer cannot be asked so."""
    able, ids = (indexer.movie_params if wanted.kind == "film" else indexer.tv_params), wanted.ids
    known = (("tvdbid", ids.tvdb), ("tmdbid", ids.tmdb), ("imdbid", f"tt{ids.imdb:07d}" if ids.imdb else 0))
    query = next((f"{{{name}:{number}}}" for name, number in known if number and name in able), "")
    if query and wanted.season is not None and "season" in able:
        query += f"{{season:{wanted.season}}}"
        if wanted.episode is not None and "ep" in able:
            query += f"{{episode:{wanted.episode}}}"
    return query


def words_of_title(title: str) -> str:
    """A title as releases are named after it, without the signs that they leave out: ``Dune Part Two`` for ``Dune: Part
    Two``, ``Oceans Eleven`` for ``Ocean's Eleven``, ``L ete`` for ``L'ete``."""
    text = _POSSESSIVE.sub("s", _BEYOND_WORDS.sub(" ", plain_apostrophes(title)))
    return " ".join(text.replace("'", " ").split()) or title


def _with_numbers(title: str, wanted: Wanted) -> str:
    """The words of a title with season and episode, of a film that is known with its year."""
    title = words_of_title(title) if wanted.ids else title
    if wanted.kind == "film" and wanted.ids and wanted.year is not None:
        return f"{title} {wanted.year}"
    return title if _says_numbers(title, wanted) else f"{title} {wanted.numbers}".strip()


def _says_numbers(title: str, wanted: Wanted) -> bool:
    return bool(wanted.numbers) and wanted.numbers.lower() in title.lower()
