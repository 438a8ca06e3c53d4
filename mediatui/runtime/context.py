"""The context of a job: store, services, settings, locks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from mediatui.model.errors import UsageError
from mediatui.store.database import Database

if TYPE_CHECKING:
    from mediatui.model.account import DebridAccount
    from mediatui.model.media_server import ServerName
    from mediatui.services.arr.client import Arr
    from mediatui.services.catalogs import Catalogs
    from mediatui.services.media_server import MediaServer
    from mediatui.services.prowlarr.client import Prowlarr
    from mediatui.services.remote_files import RemoteFiles
    from mediatui.settings import Settings

Kind = TypeVar("Kind")


class Holds(Protocol):
    """The locks a job holds while it runs: its lane, and others it asks for."""

    async def hold(self, name: str) -> None:
        """Takes another lock until the job ends; raises Busy when another job holds it."""

    async def leave_lane(self) -> None:
        """Releases the lane early; the job goes on with work that needs no lane."""


@dataclass(slots=True)
class Context:
    """The store, the services, the settings and the job's own row id; ``clock`` gives epoch seconds.

    ``holds`` is None outside a runner. ``late_target`` is set once a target did not answer in time: facts of targets
    that are only noted are no longer read. ``memory`` holds the objects of ``recall``; the jobs of a run share it.

    ``connect`` opens the account when a job first needs it, so that jobs without requests need no token.
    ``connect_arr`` builds the client of the Sonarr or Radarr of a name, ``connect_prowlarr`` that of Prowlarr,
    ``connect_catalogs`` gives those of TMDB and TVDB, ``connect_server`` builds that of a media server; None: from the
    settings. ``connect_files`` reaches the files of the seedbox.
    """

    db: Database
    settings: Settings
    job_id: int
    connect: Callable[[], DebridAccount]
    clock: Callable[[], float] = field(default=time.time)
    connect_arr: Callable[[str], Arr] | None = None
    connect_prowlarr: Callable[[], Prowlarr] | None = None
    connect_catalogs: Callable[[], Catalogs] | None = None
    connect_server: Callable[[ServerName, float], MediaServer] | None = None
    connect_files: Callable[[], RemoteFiles] | None = None
    holds: Holds | None = None
    late_target: bool = False
    memory: dict[type, object] = field(default_factory=dict)

    def recall(self, kind: type[Kind]) -> Kind:
        """The object of a class that the jobs of this run share, made when it is first asked for."""
        found = self.memory.get(kind)
        if not isinstance(found, kind):
            found = self.memory[kind] = kind()
        return found

    def files(self) -> RemoteFiles:
        """The files of the seedbox, to be closed by the caller; raises UsageError where none is in use."""
        if self.connect_files is None:
            raise UsageError("sftp.host is not set.", "mediatui --headless config set sftp.host HOST")
        return self.connect_files()

    @property
    def account(self) -> DebridAccount:
        """The account of the archive; raises UsageError when there is no usable token."""
        return self.connect()

    def arr(self, name: str) -> Arr:
        """A client of the Sonarr or Radarr of this name, to be closed by the caller; raises UsageError when no service
        has this name, or when its address or key is not usable."""
        if self.connect_arr is not None:
            return self.connect_arr(name)
        from mediatui.services.arr.client import configured_arr

        return configured_arr(self.settings, name)

    def prowlarr(self) -> Prowlarr:
        """A client of Prowlarr, to be closed by the caller; raises UsageError when its address or key is not usable."""
        if self.connect_prowlarr is not None:
            return self.connect_prowlarr()
        from mediatui.services.prowlarr.client import configured_prowlarr

        return configured_prowlarr(self.settings)

    def catalogs(self) -> Catalogs:
        """The catalogs of films and series, which others of this run use too."""
        if self.connect_catalogs is not None:
            return self.connect_catalogs()
        from mediatui.services.catalogs import Catalogs

        return Catalogs(self.settings)

    def media_server(self, name: ServerName, start_s: float) -> MediaServer:
        """A client of a media server, to be closed by the caller, which waits so many seconds for one that is starting
        up; raises UsageError when its address or key is not usable."""
        if self.connect_server is not None:
            return self.connect_server(name, start_s)
        from mediatui.services.media_servers import configured_server

        return configured_server(self.settings, name, start_s=start_s)
