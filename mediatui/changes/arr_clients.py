"""Asking Sonarr and Radarr in a step of a batch: clients that stay open for the run, and a stop that does not wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from mediatui.changes.act import Act, Outcome, Stopped
from mediatui.events import Said
from mediatui.model.errors import UsageError
from mediatui.services.errors import ServiceError

if TYPE_CHECKING:
    from mediatui.context import Context
    from mediatui.services.arr_library import ArrLibrary
    from mediatui.services.arr_roots import RootFolders


class ArrClients:
    """The services one run of a batch asks: each has one client, and is asked once for its list."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._libraries: dict[str, ArrLibrary] = {}
        self._folders: RootFolders | None = None

    def library(self, name: str) -> ArrLibrary:
        """A service by its name; raises UsageError when the settings of none, or of this one, allow that."""
        from mediatui.services.arr_library import ArrLibrary, configured_path_map
        from mediatui.services.arr_roots import RootFolders

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


async def with_service(act: Act, name: str, work: Callable[[ArrLibrary], Awaitable[Outcome]]) -> Outcome:
    """What comes of ``work`` with a service; one that fails, or is no longer configured, is a failed step. Raises
    Stopped as soon as the batch is asked to stop: what was sent is looked for by the next run."""
    try:
        library = act.arrs.library(name)
    except UsageError as error:
        return Outcome("failed", f"{error.message} {error.hint}".strip())
    library.arr.tell = lambda text: act.events.put_nowait(Said("info", text))
    task = asyncio.ensure_future(work(library))
    stop = asyncio.create_task(act.stopping.wait())
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Stopped
        return task.result()
    except (ServiceError, UsageError) as error:
        return Outcome("failed", f"{error.message} {error.hint}".strip())
    finally:
        for one in (task, stop):
            one.cancel()
        await asyncio.gather(task, stop, return_exceptions=True)
