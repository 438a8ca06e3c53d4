"""The films and series that this machine knows by the titles of releases: no request is made."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from typing import Final

from mediatui.acquire.mapping.item import Alias, Item, ItemEpisode
from mediatui.acquire.mapping.release_name import ReleaseName
from mediatui.model.arr_items import ArrEpisode, ArrItem
from mediatui.model.target import TargetKind, TypedTarget
from mediatui.names.claims import COUNTRIES
from mediatui.names.titles import FOLDING, title_key
from mediatui.names.trigrams import NearTitles
from mediatui.store.arr.items import episodes_of, find_item, items_of_id
from mediatui.store.library.titles import items_of_keys, keys_of_titles
from mediatui.store.releases.known import KnownItem, titles_of_media

MOST_NEAR: Final = 8


class LocalItems:
    """What is known here, found by title or id; each film or series is made into an Item once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._made: dict[tuple[str, int], Item | None] = {}
        self._media: dict[str, list[KnownItem]] = {}
        self._titles: dict[KnownItem, list[str]] = {}
        for title, item in titles_of_media(connection):
            self._media.setdefault(title_key(title), []).append(item)
            self._titles.setdefault(item, []).append(title)
        self._by_catalog: dict[tuple[bool, int], list[KnownItem]] = {}
        for item in self._titles:
            if item.catalog_id:
                self._by_catalog.setdefault((item.kind == "film", item.catalog_id), []).append(item)
        self._near: NearTitles | None = None

    def of_release(self, release: ReleaseName) -> list[Item]:
        """The films and series a release may be of: by the ids its indexer gives, else by its titles, else those
        whose titles are nearly the same."""
        ids = (("series", release.tmdb_id, release.tvdb_id), ("film", release.tmdb_id, 0))
        found = [one for kind, tmdb, tvdb in ids for one in self._by_id(kind, tmdb, tvdb, release.imdb_id)]
        keys = {title_key(title) for title in release.titles} - {""}
        exact = self._by_keys(keys)
        if not found and not exact:
            exact = self._by_keys({near for key in keys for near in self._near_titles().near(key, MOST_NEAR)})
        return merged([*found, *exact])

    def of_typed(self, typed: TypedTarget) -> list[Item]:
        """The films and series that a person may mean."""
        kinds: tuple[TargetKind, ...] = ("film", "series") if typed.kind is None else (typed.kind,)
        if typed.has_id:
            return merged(
                one for kind in kinds for one in self._by_id(kind, typed.tmdb_id, typed.tvdb_id, typed.imdb_id)
            )
        return merged(one for one in self._by_keys({title_key(typed.title)}) if one.kind in kinds)

    def _by_id(self, kind: str, tmdb: int, tvdb: int, imdb: int) -> list[Item]:
        is_of: TargetKind = "film" if kind == "film" else "series"
        found = list(map(self._item, items_of_id(self._connection, is_of, tmdb=tmdb, tvdb=tvdb, imdb=imdb)))
        files = self._by_catalog.get((is_of == "film", tmdb if is_of == "film" else tvdb), ())
        return [*found, *(item_of_media(one, self._titles[one]) for one in files)]

    def _by_keys(self, keys: Collection[str]) -> list[Item]:
        """What has a title of these keys; a country or a year may stand in brackets behind it: ``The Office (US)``."""
        keys = [f"{key}{country}" for key in sorted(keys) for country in ("", *sorted(COUNTRIES))]
        found = [self._known(*one) for one in items_of_keys(self._connection, keys, FOLDING)]
        media = [item_of_media(one, self._titles[one]) for key in keys for one in self._media.get(key, ())]
        return [*filter(None, found), *media]

    def _known(self, service: str, number: int) -> Item | None:
        if (service, number) not in self._made:
            known = find_item(self._connection, service, number)
            self._made[service, number] = None if known is None else self._item(known)
        return self._made[service, number]

    def _item(self, known: ArrItem) -> Item:
        episodes = episodes_of(self._connection, known.service, known.service_id) if known.kind == "series" else ()
        return item_of_service(known, episodes)

    def _near_titles(self) -> NearTitles:
        if self._near is None:
            self._near = NearTitles([*self._media, *keys_of_titles(self._connection, FOLDING)])
        return self._near


def item_of_service(known: ArrItem, episodes: Iterable[ArrEpisode]) -> Item:
    """A film or series of Radarr or Sonarr."""
    return Item(
        known.kind, known.title, known.year, known.original_title,
        tuple(alias_of(one.title, one.season, one.scene_season) for one in known.titles), known.tmdb_id,
        known.tvdb_id, known.imdb_id, known.service, known.service_id, known.series_type, in_library=True,
        monitored=known.monitored, seasons=tuple(one.number for one in known.seasons),
        episodes=tuple(item_episode(one) for one in episodes),
    )  # fmt: skip


def item_episode(one: ArrEpisode) -> ItemEpisode:
    """An episode as mapping needs it."""
    return ItemEpisode(
        one.season, one.number, one.absolute or 0, one.tvdb_id, one.air_date, one.has_file, one.monitored
    )


def alias_of(title: str, season: int | None, counted: int | None) -> Alias:
    """Another title; one whose releases count a season that the service does not name is that season's."""
    return Alias(title, counted if season is None and (counted or 0) > 0 else season, counted)


def item_of_media(known: KnownItem, titles: Iterable[str]) -> Item:
    """A film or series of which only files are known, by these titles."""
    is_film = known.kind == "film"
    return Item(
        "film" if is_film else "series", known.title, known.year,
        aliases=tuple(Alias(title) for title in titles if title != known.title),
        tmdb_id=known.catalog_id if is_film else 0,
        tvdb_id=0 if is_film else known.catalog_id, in_library=True,
    )  # fmt: skip


def merged(items: Iterable[Item]) -> list[Item]:
    """Each film or series once: as a service has it where one does, that of the first service where several do."""
    found: list[Item] = []
    for item in sorted(items, key=lambda one: not one.service):
        if not any(_is_same(item, other) for other in found):
            found.append(item)
    return found


def _is_same(one: Item, other: Item) -> bool:
    """Whether two are one film or series: by their ids; one without ids is that of its title and year."""
    if one.kind != other.kind:
        return False
    pairs = ((one.tvdb_id, other.tvdb_id), (one.tmdb_id, other.tmdb_id), (one.imdb_id, other.imdb_id))
    known = [own == its for own, its in pairs if own and its]
    if known:
        return known[0]
    same_year = one.year is None or other.year is None or one.year == other.year
    keys = [{title_key(alias.title) for _, alias in item.folded_titles} for item in (one, other)]
    return same_year and not keys[0].isdisjoint(keys[1])
