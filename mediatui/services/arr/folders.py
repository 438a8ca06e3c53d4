"""The folders of series and films, and the root folders, of every enabled Sonarr and Radarr.

Two requests a service, for a library of any size. A service that cannot be asked is in the result with the reason: then
nothing is known of any folder.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.model.errors import MediatuiError
from mediatui.model.path_map import PathMap

if TYPE_CHECKING:
    from mediatui.model.arr import ArrKind
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.records import Movie, Series
    from mediatui.settings import Settings


@dataclass(frozen=True, slots=True)
class ServiceFolders:
    """One service: its ``series`` or ``movies`` with their folders and its ``roots``, all with the paths of the
    service. With a ``problem``, which says why it could not be asked, all are empty and nothing is known of it."""

    name: str
    title: str
    kind: ArrKind
    path_map: PathMap
    series: tuple[Series, ...] = ()
    movies: tuple[Movie, ...] = ()
    roots: tuple[str, ...] = ()
    problem: str = ""


async def read_service_folders(settings: Settings, connect: Callable[[str], Arr]) -> tuple[ServiceFolders, ...]:
    """Asks every enabled service, all at once. Errors of a service or of its settings are not raised but returned as
    its ``problem``."""
    enabled = [service.name for service in settings.services if service.enabled]
    return tuple(await asyncio.gather(*(_read(settings, name, connect) for name in enabled)))


async def _read(settings: Settings, name: str, connect: Callable[[str], Arr]) -> ServiceFolders:
    from mediatui.settings.places import configured_path_map

    service = settings.arr(name)
    try:
        path_map = configured_path_map(settings, name)
        arr = connect(name)
        try:
            series = await arr.series() if service.kind == "sonarr" else ()
            movies = await arr.movies() if service.kind == "radarr" else ()
            roots = tuple(root.path for root in await arr.root_folders())
        finally:
            await arr.close()
    except MediatuiError as error:
        return ServiceFolders(name, service.title, service.kind, PathMap(()), problem=error.message)
    return ServiceFolders(name, service.title, service.kind, path_map, series, movies, roots)
