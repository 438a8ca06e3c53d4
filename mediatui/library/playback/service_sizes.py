"""Reads the sizes that Sonarr and Radarr have on record for links whose torrents do not give one."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediatui.library.playback.check import FileToCheck
from mediatui.model.errors import UsageError
from mediatui.services.errors import ServiceError

if TYPE_CHECKING:
    from mediatui.runtime.context import Context
    from mediatui.services.arr.roots import RootFolders

AT_ONCE = 6
"""Series requested concurrently."""


async def with_service_sizes(ctx: Context, candidates: Sequence[FileToCheck]) -> tuple[list[FileToCheck], list[str]]:
    """The candidates, with the size a service has on record where no torrent gives one; and the errors of services.

    Each service is asked for its list, and then for the files of just the series and films these links belong to.
    """
    from mediatui.services.arr.roots import RootFolders

    sizes: dict[str, int] = {}
    problems: list[str] = []
    folders = RootFolders(ctx.settings, ctx.arr)
    for service in ctx.settings.services:
        paths = [os.fsdecode(candidate.path) for candidate in candidates if candidate.expected is None]
        paths = [path for path in paths if path not in sizes]
        if not paths or not service.enabled:
            continue
        try:
            sizes |= await _ask(ctx, service.name, paths, folders)
        except (ServiceError, UsageError) as error:
            problems.append(error.sentence)
    if sizes:
        candidates = [dataclasses.replace(file, service_size=sizes.get(os.fsdecode(file.path))) for file in candidates]
    return list(candidates), problems


async def _ask(ctx: Context, name: str, paths: Sequence[str], folders: RootFolders) -> dict[str, int]:
    from mediatui.services.arr.library import ArrLibrary
    from mediatui.settings.places import configured_path_map

    sizes: dict[str, int] = {}
    arr = ctx.arr(name)
    try:
        library = ArrLibrary(arr, configured_path_map(ctx.settings, name), folders)
        affected = await library.affected(paths)
        for start in range(0, len(affected), AT_ONCE):
            for found in await asyncio.gather(*(library.sizes(item) for item in affected[start : start + AT_ONCE])):
                sizes |= found
    finally:
        await arr.close()
    return sizes
