"""Films and series that the catalogs TMDB and TVDB know, and the days of a series' episodes there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mediatui.acquire.mapping.item import Alias, Item, ItemEpisode
from mediatui.acquire.mapping.numbers_at import Dated
from mediatui.model.target import TargetKind
from mediatui.names.titles import similarity
from mediatui.services.errors import NotFound

if TYPE_CHECKING:
    from mediatui.model.catalog import CatalogEpisode, CatalogTitle
    from mediatui.services.catalogs import Catalogs

EQUAL: Final = 100
MOST_READ: Final = 3
"""So many of what a catalog finds are read whole, for their seasons and other titles."""


async def look_up(catalogs: Catalogs, kind: TargetKind, term: str) -> list[Item]:
    """The films or series of a term: words of a title, ``tvdb:N``, ``tmdb:N`` or ``imdb:tt…``; films of TMDB and series
    of TVDB, each of the other one where it has no key. The likest are read whole. Raises ServiceError."""
    word, _, number = term.partition(":")
    if word in ("tmdb", "tvdb", "imdb") and number:
        return [item_of_title(one) for one in await _by_id(catalogs, kind, word, number)]
    client = (catalogs.tmdb or catalogs.tvdb) if kind == "film" else (catalogs.tvdb or catalogs.tmdb)
    if client is None:
        return []
    found = await client.search(kind, term)
    found.sort(key=lambda one: -_alike(one, term))
    whole = [await client.read(kind, one.id) for one in found[:MOST_READ]]
    items = [item_of_title(one) for one in whole]
    if client is catalogs.tvdb and kind == "series":
        items = [
            await _with_episodes(catalogs, item) if _alike(one, term) == EQUAL else item
            for item, one in zip(items, whole, strict=True)
        ]
    return [*items, *map(item_of_title, found[MOST_READ:])]


def _alike(one: CatalogTitle, term: str) -> int:
    return max((similarity(term, title) for title in one.titles), default=0)


async def _with_episodes(catalogs: Catalogs, item: Item) -> Item:
    """A series of TVDB, whose records do not say its seasons, with its episodes."""
    assert catalogs.tvdb is not None, "what found it is there"
    try:
        found = await catalogs.tvdb.episodes(item.tvdb_id)
    except NotFound:
        return item
    episodes = tuple(ItemEpisode(one.season, one.number, one.absolute or 0, one.id, one.air_date) for one in found)
    return replace(item, episodes=episodes, seasons=tuple(sorted({one.season for one in found})))


async def _by_id(catalogs: Catalogs, kind: TargetKind, word: str, number: str) -> list[CatalogTitle]:
    tmdb, tvdb = catalogs.tmdb, catalogs.tvdb
    try:
        if word == "tmdb":
            return [await tmdb.read(kind, int(number))] if tmdb is not None else []
        if word == "tvdb":
            if tvdb is not None:
                return [await tvdb.read(kind, int(number))]
            found = [] if tmdb is None else await tmdb.find(number, "tvdb_id")
        else:
            found = [] if tmdb is None else await tmdb.find(number)
        return [await tmdb.read(one.kind, one.id) for one in found if one.kind == kind] if tmdb is not None else []
    except NotFound:
        return []


def item_of_title(one: CatalogTitle) -> Item:
    """A film or series of a catalog."""
    aliases = tuple(Alias(title) for title in one.aliases)
    return Item(
        one.kind, one.title, one.year, one.original_title, aliases, one.tmdb_id, one.tvdb_id, one.imdb_id,
        seasons=tuple(season.number for season in one.seasons),
    )  # fmt: skip


async def season_at_tmdb(catalogs: Catalogs, number: int, season: int) -> list[Dated] | None:
    """The episodes of a season as TMDB counts them; none for a season there is not, None without a key. Raises
    ServiceError."""
    if catalogs.tmdb is None:
        return None
    try:
        return list(map(_dated, await catalogs.tmdb.season(number, season)))
    except NotFound:
        return []


async def episodes_at_tvdb(catalogs: Catalogs, number: int) -> list[Dated]:
    """The episodes of a series as TVDB counts them; none without a key. Raises ServiceError."""
    return [] if catalogs.tvdb is None else list(map(_dated, await catalogs.tvdb.episodes(number)))


def _dated(one: CatalogEpisode) -> Dated:
    return Dated(one.season, one.number, one.air_date)
