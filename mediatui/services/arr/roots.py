"""Decides which of several Sonarrs or Radarrs is asked about a path: the one whose root folder contains it; the
innermost counts.

A service is not asked about paths outside of its root folders. Two services with the same root folder are both asked.
Only services of one kind compete for a path, so a Radarr is not waited for because of a Sonarr.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from mediatui.model.errors import MediatuiError
from mediatui.model.path_map import PathMap, read_folder

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.settings import Settings

PathKey = tuple[str, ...]
PATIENCE_S: Final = 3.0
"""How many seconds another service that may compete for a path is waited for; one that does not answer competes for
none."""


class RootFolders:
    """The root folders of the enabled services, as our paths; each service is asked once, when that is first needed.
    ``connect`` makes the client of a name."""

    def __init__(self, settings: Settings, connect: Callable[[str], Arr]) -> None:
        self._settings, self._connect = settings, connect
        self._known: dict[str, list[PathKey]] = {}

    async def asked(self, arr: Arr, path_map: PathMap, paths: Iterable[str]) -> list[str]:
        """Those of our paths that this service is asked about. A service without root folders is asked about what no
        other of its kind contains. Raises ServiceError when it does not report its own."""
        paths = list(paths)
        own = await self._own(arr, path_map)
        inside = {path: depth for path in paths if (depth := _depth(path, own)) or not own}
        others = await self._others(arr) if inside else []
        return [path for path in paths if path in inside and _depth(path, others) <= inside[path]]

    async def of_others(self, arr: Arr, path_map: PathMap, paths: Sequence[str]) -> set[str]:
        """Those of our paths that lie in a root folder of another service of the same kind that is deeper than any of
        this service's. Raises ServiceError."""
        others = await self._others(arr) if paths else []
        if not others:
            return set()
        own = await self._own(arr, path_map)
        return {path for path in paths if _depth(path, others) > _depth(path, own)}

    async def _own(self, arr: Arr, path_map: PathMap) -> list[PathKey]:
        if arr.name not in self._known:
            self._known[arr.name] = await _read(arr, path_map)
        return self._known[arr.name]

    async def _others(self, arr: Arr) -> list[PathKey]:
        names = [
            service.name
            for service in self._settings.services
            if service.enabled and service.kind == arr.kind and service.name != arr.name
        ]
        found = await asyncio.gather(*(self._peek(name) for name in names))
        return [key for keys in found for key in keys]

    async def _peek(self, name: str) -> list[PathKey]:
        """The root folders of another service; empty when it does not report them within ``PATIENCE_S``."""
        from mediatui.settings.places import configured_path_map

        if name in self._known:
            return self._known[name]
        try:
            path_map = configured_path_map(self._settings, name)
            arr = self._connect(name)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    self._known[name] = await _read(arr, path_map)
            finally:
                await arr.close()
        except (MediatuiError, TimeoutError):
            return []
        return self._known[name]


async def _read(arr: Arr, path_map: PathMap) -> list[PathKey]:
    folders = (read_folder(path_map.to_ours(root.path)) for root in await arr.root_folders())
    return [folder.key for folder in folders if folder is not None and folder.parts]


def _depth(path: str, roots: Iterable[PathKey]) -> int:
    """The depth of the innermost of these root folders that contains a path; 0 for none."""
    folder = read_folder(path)
    key = () if folder is None else folder.key
    return max((len(root) for root in roots if key[: len(root)] == root), default=0)
