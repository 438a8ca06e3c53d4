"""What a film or series that is searched for by its id is called: by the catalogs, and by what the library knows."""

from __future__ import annotations

import dataclasses
import sqlite3
from typing import TYPE_CHECKING, Final

from mediatui.acquire.search.media import find_media
from mediatui.acquire.search.wanted import Ids, WantedKind
from mediatui.model.arr_items import ArrItem
from mediatui.model.errors import MediatuiError
from mediatui.store.arr.items import items_of_id
from mediatui.store.releases.known import titles_of_id

if TYPE_CHECKING:
    from mediatui.acquire.search.options import SearchOptions
    from mediatui.model.catalog import CatalogTitle
    from mediatui.services.catalogs import Catalogs

MOST_TITLES: Final = 12
"""So many titles of a film or series are kept with a search."""


async def identify(catalogs: Catalogs, options: SearchOptions) -> tuple[SearchOptions, str]:
    """The options of a search with titles, year, kind and every id of the film or series it is for, as a catalog knows
    it; and why that is not known, where a catalog was asked and did not say."""
    if not catalogs or not options.ids or options.titles:
        return options, ""
    try:
        found = await find_media(catalogs, _id_text(options), options.kind)
    except MediatuiError as error:
        return options, error.sentence
    if not found.titles:
        return options, "No catalog knows a film or series of that id."
    return with_title(options, found.titles[0]), ""


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
