"""The copy of what Sonarr and Radarr know, and how it follows what is changed there."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mediatui.changes.reported_titles import titles_of
from mediatui.model.arr_items import ArrEpisode, ArrItem, ArrSeason, OtherTitle
from mediatui.names.titles import title_key
from mediatui.store.arr.items import drop_item, store_item
from mediatui.store.library.titles import replace_titles_of_item

if TYPE_CHECKING:
    from mediatui.services.arr.records import AlternateTitle, Episode, Movie, Series


def copy_item(
    connection: sqlite3.Connection, service: str, item: Series | Movie, episodes: Sequence[Episode] = ()
) -> None:
    """Takes one series or film with its episodes over into the copy, as after it was added or changed."""
    store_item(connection, item_of(service, item), [episode_of(service, one) for one in episodes])
    replace_titles_of_item(connection, service, item.id, titles_of(service, item))


def forget_item(connection: sqlite3.Connection, service: str, service_id: int) -> None:
    """Drops one series or film from the copy, as after it was removed from its service."""
    drop_item(connection, service, service_id)
    replace_titles_of_item(connection, service, service_id, ())


def item_of(service: str, item: Series | Movie) -> ArrItem:
    """A film or series as the archive keeps it."""
    from mediatui.services.arr.records import Movie

    known = ArrItem(
        service, item.id, "series", item.title, title_key(item.title), item.tmdb_id, imdb_id=_imdb(item.imdb_id),
        titles=tuple(_other(one) for one in item.alternate_titles if one.title), year=item.year or None,
        path=_storable(item.path), monitored=item.monitored, has_file=item.has_file,
        status=item.status, added_at=item.added if (item.added or 0) > 0 else None,
    )  # fmt: skip
    if isinstance(item, Movie):
        file = "" if item.movie_file is None else _storable(item.movie_file.path)
        return replace(
            known, kind="film", original_title=item.original_title, files=int(item.has_file), size=item.size_on_disk,
            file=file,
        )  # fmt: skip
    seasons = tuple(
        ArrSeason(
            one.season_number, one.monitored, one.statistics.total_episode_count, one.statistics.episode_file_count
        )
        for one in item.seasons
    )
    return replace(
        known, tvdb_id=item.tvdb_id, files=item.statistics.episode_file_count,
        episodes=sum(one.episodes for one in seasons), size=item.statistics.size_on_disk,
        series_type=item.series_type, seasons=seasons,
    )  # fmt: skip


def episode_of(service: str, one: Episode) -> ArrEpisode:
    """An episode as the archive keeps it."""
    return ArrEpisode(
        service, one.series_id, one.id, one.season_number, one.episode_number, one.tvdb_id,
        one.absolute_episode_number, one.air_date, one.air_date_utc, one.title, one.monitored, one.has_file,
        one.episode_file_id,
    )  # fmt: skip


def _storable(path: str) -> str:
    """A path of theirs; what no database can hold in it is replaced."""
    return path.encode("utf-8", "replace").decode()


def _other(title: AlternateTitle) -> OtherTitle:
    season, scene = title.season_number, title.scene_season_number
    return OtherTitle(title.title, season if season >= 0 else None, scene if scene >= 0 else None)


def _imdb(text: str) -> int:
    digits = text.removeprefix("tt")
    return int(digits) if digits.isdecimal() and len(digits) < 15 else 0
