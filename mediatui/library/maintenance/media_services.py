"""Asking Sonarr and Radarr what they know of the library, before a tool looks at it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING

from mediatui.model.errors import MediatuiError
from mediatui.model.text import printable
from mediatui.runtime.events import Event, Phase, Progress, Said
from mediatui.settings.places import configured_roots
from mediatui.store.library.media import Media, drop_other_sources, iterate_media, replace_media

if TYPE_CHECKING:
    from mediatui.model.path_map import PathMap
    from mediatui.runtime.context import Context
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.folders import ServiceFolders
    from mediatui.services.arr.records import Episode, Series
    from mediatui.services.arr.roots import RootFolders
    from mediatui.settings.model import ArrSettings

AT_ONCE = 6
"""So many series are asked for at the same time."""


async def ask_services(ctx: Context, told: Sequence[ServiceFolders] = ()) -> AsyncGenerator[Event, None]:
    """Notes what the services that are enabled know. One that cannot or will not answer is a warning: what it told
    before stands. What one has ``told`` a moment ago it is not asked again."""
    from mediatui.services.arr.roots import RootFolders

    just_told = {one.name: one for one in told}
    folders, silent = RootFolders(ctx.settings, ctx.arr), False
    for service in sorted(ctx.settings.services, key=lambda one: one.kind):
        if not service.enabled:
            continue
        title = service.title
        yield Phase(f"asking {title}")
        rows: list[Media] = []
        known = just_told.get(service.name)
        if known is not None and known.problem:
            yield Said("warning", f"{printable(known.problem)} What {title} told before stands.")
            silent = True
            continue
        try:
            async with contextlib.aclosing(_Asking(ctx, service, known, folders).run(rows)) as asking:
                async for progress in asking:
                    yield progress
        except MediatuiError as error:
            yield Said("warning", f"{printable(error.message)} What {title} told before stands.")
            silent = True
            continue
        if not rows and await ctx.db.read(_tells, service.name):
            yield Said("warning", f"{title} knows nothing any more. What it told before stands.")
            continue
        async with ctx.db.transaction() as connection:
            await replace_media(connection, service.name, rows)
    if not silent:
        async with ctx.db.transaction() as connection:
            await drop_other_sources(connection, ["tree", *(service.name for service in ctx.settings.services)])


def _tells(connection: sqlite3.Connection, source: str) -> bool:
    return any(media.source == source for media in iterate_media(connection))


class _Asking:
    """One service, asked once."""

    def __init__(self, ctx: Context, service: ArrSettings, told: ServiceFolders | None, folders: RootFolders) -> None:
        self._ctx, self._service, self._told, self._folders = ctx, service, told, folders
        self._roots = configured_roots(ctx.settings)

    async def run(self, rows: list[Media]) -> AsyncGenerator[Progress, None]:
        """Adds what it knows to ``rows``; raises ServiceError, and UsageError for settings that cannot be."""
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
        series = await arr.series() if self._told is None else self._told.series
        for start in range(0, len(series), AT_ONCE):
            yield Progress(start, len(series), current=printable(series[start].title))
            some = series[start : start + AT_ONCE]
            tasks = [asyncio.ensure_future(self._episodes(arr, path_map, one)) for one in some]
            try:
                rows += [media for episodes in await asyncio.gather(*tasks) for media in episodes]
            finally:
                for task in tasks:
                    task.cancel()

    async def _films(self, arr: Arr, path_map: PathMap) -> list[Media]:
        found = []
        for film in await arr.movies() if self._told is None else self._told.movies:
            told = None if film.movie_file is None else _ours(path_map, film.movie_file.path)
            link, file = self._place(told)
            found.append(
                Media(
                    "film", film.title, film.year or None, tmdb_id=film.tmdb_id or None, file_path=file,
                    link_path=link, original_title=film.original_title or None, genres=film.genres,
                    source=self._service.name, service_id=film.id, reported_path=told,
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
            told = _ours(path_map, file.path)
            link, real = self._place(told)
            if told is not None:
                season, numbers = _numbers(file.season_number, by_file.get(file.id, ()))
                found.append(
                    Media(
                        "episode", series.title, series.year or None, season, numbers[0] if numbers else None,
                        tmdb_id=series.tmdb_id or None, tvdb_id=series.tvdb_id or None, file_path=real, link_path=link,
                        genres=series.genres, source=self._service.name, service_id=series.id,
                        more_episodes=numbers[1:], series_type=series.series_type, reported_path=told,
                    )
                )  # fmt: skip
        return found

    def _place(self, told: bytes | None) -> tuple[bytes | None, bytes | None]:
        """A path as link of the library or as a file elsewhere."""
        if told is None:
            return None, None
        return (told, None) if any(told.startswith(root + b"/") for root in self._roots) else (None, told)


def _ours(path_map: PathMap, path: str) -> bytes | None:
    """Where a file of theirs is for us; None when they tell no path."""
    return os.path.normpath(os.fsencode(path_map.to_ours(path))) if path else None


def _numbers(season: int, episodes: Sequence[Episode]) -> tuple[int, tuple[int, ...]]:
    """Season and episodes of a file; the record of an episode goes before that of the file."""
    season = episodes[0].season_number if episodes else season
    return season, tuple(sorted({one.episode_number for one in episodes if one.season_number == season}))
