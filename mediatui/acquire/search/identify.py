"""What a film or series that is searched for by its id is called: by the catalogs, and by what the library knows."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from mediatui.acquire.mapping.catalog_lookups import episodes_at_tvdb, season_at_tmdb
from mediatui.acquire.mapping.numbers_at import same_season
from mediatui.acquire.search.media import find_media
from mediatui.acquire.search.wanted import Ids, WantedKind
from mediatui.model.arr_items import ArrItem
from mediatui.model.errors import MediatuiError
from mediatui.model.target import number_text
from mediatui.runtime.events import Level
from mediatui.services.errors import NotFound
from mediatui.store.arr.items import items_of_id
from mediatui.store.arr.lookups import keep_lookup, kept_lookups
from mediatui.store.releases.known import titles_of_id

if TYPE_CHECKING:
    from mediatui.acquire.search.options import SearchOptions
    from mediatui.model.catalog import CatalogTitle
    from mediatui.services.catalogs import Catalogs
    from mediatui.store.database import Database

LONGEST_S: Final = 10.0
"""So long the catalogs are waited for; a search goes on without them."""
MOST_TITLES: Final = 12
"""So many titles of a film or series are kept with a search."""

KEPT_AS: Final = "identity"
"""The word by which what was found is kept among what services looked up."""
_ASKED: Final = ("kind", "tmdb", "tvdb", "imdb", "season", "episode")
_FOUND: Final = ("titles", "year", "also_season", "also_episode")

Note = tuple[Level, str]
"""What is to be said of it, and how grave it is."""


async def identify_once(
    db: Database, catalogs: Catalogs, options: SearchOptions, languages: Sequence[str], now: float
) -> tuple[SearchOptions, list[Note]]:
    """What ``identify`` says, kept for a day where there was nothing to be warned of."""
    if not catalogs or not options.ids or options.titles:
        return options, []
    asked = {name: getattr(options, name) for name in _ASKED}
    term = json.dumps([asked, list(languages)], sort_keys=True)
    for kept in (await db.read(kept_lookups, [(KEPT_AS, term)], now)).values():
        fields: dict[str, Any] = dict(kept[0])
        notes = [(level, text) for level, text in fields.pop("notes")]
        return dataclasses.replace(options, **{**fields, "titles": tuple(fields["titles"])}), notes
    found, notes = await identify(catalogs, options)
    if found.titles and all(level == "info" for level, _ in notes):
        fields = {name: getattr(found, name) for name in (*_ASKED, *_FOUND)}
        await db.write(keep_lookup, KEPT_AS, term, [{**fields, "notes": notes}], now)
    return found, notes


async def identify(catalogs: Catalogs, options: SearchOptions) -> tuple[SearchOptions, list[Note]]:
    """The options of a search with titles, year, kind and every id of the film or series it is for, as a catalog knows
    it, and its numbers at TVDB where they were given as TMDB counts; and what is to be said of that, as why it is not
    known where a catalog was asked and did not say."""
    if not catalogs or not options.ids or options.titles:
        return options, []
    try:
        async with asyncio.timeout(LONGEST_S):
            return await _identify(catalogs, options)
    except TimeoutError:
        said = f"The catalogs did not say within {LONGEST_S:g} s what is searched for; what is known here has to do."
        return options, [("warning", said)]
    except MediatuiError as error:
        return options, [("warning", error.sentence)]


async def _identify(catalogs: Catalogs, options: SearchOptions) -> tuple[SearchOptions, list[Note]]:
    found = await find_media(catalogs, _id_text(options), options.kind)
    if not found.titles:
        return options, [("warning", "No catalog knows a film or series of that id.")]
    title, named = found.titles[0], with_title(options, found.titles[0])
    if options.season is None or title.catalog != "tmdb" or catalogs.tvdb is None or not title.tvdb_id:
        return named, []
    return await _with_numbers_of_tvdb(catalogs, named)


async def _with_numbers_of_tvdb(catalogs: Catalogs, options: SearchOptions) -> tuple[SearchOptions, list[Note]]:
    """The options of a search for a season of a series as TMDB counts, in the numbers of TVDB: found by the days on
    which the episodes were first aired. Raises ServiceError."""
    assert options.season is not None, "there is something to be brought over"
    given = _text(options.season, options.episode)
    own = await season_at_tmdb(catalogs, options.tmdb, options.season)
    try:
        same = same_season(own or (), await episodes_at_tvdb(catalogs, options.tvdb))
    except NotFound:
        same = None
    episode = None if same is None or options.episode is None else same.episodes.get(options.episode)
    if same is None or not same.is_sure or (options.episode is not None and episode is None):
        said = f"What {given} at TMDB is at TVDB the days of its episodes do not tell: it is searched as it was given."
        return options, [("warning", said)]
    season = same.season
    if (season, episode) == (options.season, options.episode):
        return options, []
    found = dataclasses.replace(
        options, season=season, episode=episode, also_season=options.season, also_episode=options.episode
    )
    return found, [("info", f"{given} at TMDB is {_text(season, episode)} at TVDB: both are searched for.")]


def _text(season: int, episode: int | None) -> str:
    return number_text(season, () if episode is None else (episode,))


def with_title(options: SearchOptions, title: CatalogTitle) -> SearchOptions:
    """The options of a search for a film or series of a catalog."""
    return dataclasses.replace(
        options, kind=title.kind, titles=title.titles[:MOST_TITLES], year=title.year,
        tmdb=options.tmdb or title.tmdb_id, tvdb=options.tvdb or title.tvdb_id, imdb=options.imdb or title.imdb_id,
    )  # fmt: skip


def known_titles(connection: sqlite3.Connection, kind: WantedKind, ids: Ids) -> tuple[list[str], int | None]:
    """The titles by which the library knows a film or series, its own and the original one first; and its year."""
    items = items_of_id(connection, kind, tmdb=ids.tmdb, tvdb=ids.tvdb, imdb=ids.imdb)
    titles = [title for item in items for title in _titles(item)]
    year = next((item.year for item in items if item.year), None)
    number = ids.tvdb if kind == "series" else ids.tmdb
    if number:
        more, its_year = titles_of_id(connection, kind, number)
        titles, year = titles + more, year or its_year
    return list(dict.fromkeys(titles)), year


def _titles(item: ArrItem) -> list[str]:
    others = (other.title for other in item.titles if other.season is None)
    return [title for title in (item.title, item.original_title, *others) if title]


def _id_text(options: SearchOptions) -> str:
    """The id by which a catalog is asked."""
    if options.tvdb:
        return f"tvdb:{options.tvdb}"
    return f"tmdb:{options.tmdb}" if options.tmdb else f"tt{options.imdb:07d}"
