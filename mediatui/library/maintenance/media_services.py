"""Reads from Sonarr and Radarr what they know of the library, before a tool analyses it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING

from mediatui.model.errors import MediatuiError
from mediatui.model.path import is_below
from mediatui.model.text import printable
from mediatui.runtime.events import Event, Phase, Progress, Said
from mediatui.settings.places import configured_roots
from mediatui.store.library.media import Media, drop_other_sources, iterate_media, replace_media
from mediatui.store.library.titles import change_titles, drop_titles_of_others, has_titles

if TYPE_CHECKING:
    from mediatui.model.path_map import PathMap
    from mediatui.runtime.context import Context
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.folders import ServiceFolders
    from mediatui.services.arr.records import Episode, Movie, Series
    from mediatui.services.arr.roots import RootFolders
    from mediatui.settings.arr import ArrSettings

AT_ONCE = 6
"""Series requested concurrently."""


async def ask_services(ctx: Context, just_read: Sequence[ServiceFolders] = ()) -> AsyncGenerator[Event, None]:
    """Stores what the enabled services know. A service that does not answer gives a warning, and what it reported
    before stays in use. What was ``just_read`` from a service is not requested again."""
    from mediatui.changes.reported_titles import changed_titles
    from mediatui.services.arr.roots import RootFolders

    by_name = {folders_of_service.name: folders_of_service for folders_of_service in just_read}
    folders, silent = RootFolders(ctx.settings, ctx.arr), False
    for service in sorted(ctx.settings.services, key=lambda service: service.kind):
        if not service.enabled:
            continue
        title = service.title
        yield Phase(f"asking {title}")
        rows: list[Media] = []
        known = by_name.get(service.name)
        if known is not None and known.problem:
            yield Said("warning", f"{printable(known.problem)} What {title} reported before stays in use.")
            silent = True
            continue
        reader = _ServiceReader(ctx, service, known, folders)
        try:
            async with contextlib.aclosing(reader.run(rows)) as asking:
                async for progress in asking:
                    yield progress
        except MediatuiError as error:
            yield Said("warning", f"{printable(error.message)} What {title} reported before stays in use.")
            silent = True
            continue
        if not rows and await ctx.db.read(_has_known_media, service.name):
            yield Said("warning", f"{title} lists nothing any more. What it reported before stays in use.")
            continue
        gone, new = await ctx.db.read(changed_titles, service.name, reader.items)
        async with ctx.db.transaction() as connection:
            await replace_media(connection, service.name, rows)
            await change_titles(connection, gone, new)
    if not silent:
        async with ctx.db.transaction() as connection:
            names = [service.name for service in ctx.settings.services]
            await drop_other_sources(connection, ["tree", *names])
            await drop_titles_of_others(connection, names)


async def services_not_read(ctx: Context) -> list[str]:
    """The enabled services, as people call them, of which no title is known."""
    return [
        service.title
        for service in ctx.settings.services
        if service.enabled and not await ctx.db.read(has_titles, service.name)
    ]


def _has_known_media(connection: sqlite3.Connection, source: str) -> bool:
    return any(media.source == source for media in iterate_media(connection))


class _ServiceReader:
    """Reads one service once; ``items`` are its series or films."""

    def __init__(self, ctx: Context, service: ArrSettings, known: ServiceFolders | None, folders: RootFolders) -> None:
        self._ctx, self._service, self._known, self._folders = ctx, service, known, folders
        self._roots = configured_roots(ctx.settings)
        self.items: Sequence[Series | Movie] = ()

    async def run(self, rows: list[Media]) -> AsyncGenerator[Progress, None]:
        """Adds what the service knows to ``rows``; raises ServiceError, and UsageError for invalid settings."""
        from mediatui.settings.places import configured_path_map

        path_map = configured_path_map(self._ctx.settings, self._service.name)
        arr = self._ctx.arr(self._service.name)
        try:
            if self._service.kind == "radarr":
                rows += await self._films(arr, path_map)
            else:
                async with contextlib.aclosing(self._all_episodes(arr, path_map, rows)) as episodes:
                    async for progress in episodes:
                        yield progress
            paths = [os.fsdecode(row.reported_path) for row in rows if row.reported_path is not None]
            theirs = set(map(os.fsencode, await self._folders.of_others(arr, path_map, paths)))
            rows[:] = [row for row in rows if row.reported_path not in theirs]
        finally:
            await arr.close()

    async def _all_episodes(self, arr: Arr, path_map: PathMap, rows: list[Media]) -> AsyncGenerator[Progress, None]:
        self.items = series = await arr.series() if self._known is None else self._known.series
        for start in range(0, len(series), AT_ONCE):
            yield Progress(start, len(series), current=printable(series[start].title))
            some = series[start : start + AT_ONCE]
            tasks = [asyncio.ensure_future(self._episodes(arr, path_map, one_series)) for one_series in some]
            try:
                rows += [media for episodes in await asyncio.gather(*tasks) for media in episodes]
            finally:
                for task in tasks:
                    task.cancel()

    async def _films(self, arr: Arr, path_map: PathMap) -> list[Media]:
        found = []
        self.items = films = await arr.movies() if self._known is None else self._known.movies
        for film in films:
            reported_path = None if film.movie_file is None else _ours(path_map, film.movie_file.path)
            link, file = self._place(reported_path)
            found.append(
                Media(
                    "film", film.title, film.year or None, tmdb_id=film.tmdb_id or None, file_path=file,
                    link_path=link, original_title=film.original_title or None, genres=film.genres,
                    source=self._service.name, service_id=film.id, reported_path=reported_path,
                )
            )  # fmt: skip
        return found

    async def _episodes(self, arr: Arr, path_map: PathMap, series: Series) -> list[Media]:
        from mediatui.services.errors import NotFound

        try:
            files = await arr.episode_files(series.id)
            episodes = await arr.episodes(series.id) if files else ()
        except NotFound:  # it was removed meanwhile
            return []
        by_file: dict[int, list[Episode]] = {}
        for episode in episodes:
            by_file.setdefault(episode.episode_file_id, []).append(episode)
        found = []
        for file in files:
            reported_path = _ours(path_map, file.path)
            link, real = self._place(reported_path)
            if reported_path is not None:
                its = by_file.get(file.id, ())
                season, numbers = _numbers(file.season_number, its)
                scene_season, scene_episodes = _scene_numbers(its)
                found.append(
                    Media(
                        "episode", series.title, series.year or None, season, numbers[0] if numbers else None,
                        tmdb_id=series.tmdb_id or None, tvdb_id=series.tvdb_id or None, file_path=real, link_path=link,
                        genres=series.genres, source=self._service.name, service_id=series.id,
                        more_episodes=numbers[1:], series_type=series.series_type, reported_path=reported_path,
                        release_names=tuple(filter(None, (file.scene_name, file.original_file_path))),
                        scene_season=scene_season, scene_episodes=scene_episodes,
                    )
                )  # fmt: skip
        return found

    def _place(self, reported_path: bytes | None) -> tuple[bytes | None, bytes | None]:
        """A path as a link of the library and as a file outside it; one of the two is None."""
        if reported_path is None:
            return None, None
        return (
            (reported_path, None)
            if any(is_below(reported_path, root) for root in self._roots)
            else (None, reported_path)
        )


def _ours(path_map: PathMap, path: str) -> bytes | None:
    """The path on this machine of a file a service reports; None when it reports no path."""
    return os.path.normpath(os.fsencode(path_map.to_ours(path))) if path else None


def _numbers(season: int, episodes: Sequence[Episode]) -> tuple[int, tuple[int, ...]]:
    """Season and episodes of a file; the record of an episode takes precedence over that of the file."""
    season = episodes[0].season_number if episodes else season
    return season, tuple(sorted({episode.episode_number for episode in episodes if episode.season_number == season}))


def _scene_numbers(episodes: Sequence[Episode]) -> tuple[int | None, tuple[int, ...]]:
    """How releases count the episodes of a file, where Sonarr knows it of all of them and they are of one season."""
    seasons = {episode.scene_season_number for episode in episodes}
    numbers = [episode.scene_episode_number for episode in episodes if episode.scene_episode_number]
    if len(seasons) != 1 or len(numbers) != len(episodes):
        return None, ()
    return seasons.pop(), tuple(sorted(set(numbers)))
