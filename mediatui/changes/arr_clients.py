"""The clients of Sonarr and Radarr that stay open for one run of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediatui.settings.places import configured_path_map

if TYPE_CHECKING:
    from mediatui.runtime.context import Context
    from mediatui.services.arr.library import ArrLibrary
    from mediatui.services.arr.roots import RootFolders


class ArrClients:
    """The services one run of a batch asks: each has one client, and is asked once for its list."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._libraries: dict[str, ArrLibrary] = {}
        self._folders: RootFolders | None = None

    def library(self, name: str) -> ArrLibrary:
        """A service by its name; raises UsageError when the settings of none, or of this one, allow that."""
        from mediatui.services.arr.library import ArrLibrary
        from mediatui.services.arr.roots import RootFolders

        if self._folders is None:
            self._folders = RootFolders(self._ctx.settings, self._ctx.arr)
        if name not in self._libraries:
            path_map = configured_path_map(self._ctx.settings, name)
            self._libraries[name] = ArrLibrary(self._ctx.arr(name), path_map, self._folders)
        return self._libraries[name]

    async def close(self) -> None:
        """Closes every client."""
        for library in self._libraries.values():
            await library.arr.close()
        self._libraries.clear()
