"""What a job is given to work with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from mediatui.store.database import Database

if TYPE_CHECKING:
    from mediatui.model.account import DebridAccount
    from mediatui.services.arr.client import Arr
    from mediatui.settings import Settings

Kind = TypeVar("Kind")


class Holds(Protocol):
    """What a job holds while it runs: its lane, and more, where it asks for that."""

    async def hold(self, name: str) -> None:
        """Holds something else too until the job ends; raises Busy when another job does."""

    async def leave_lane(self) -> None:
        """Lets others have the lane; the job goes on with what it needs no lane for."""


@dataclass(slots=True)
class Context:
    """The store, the services, the settings and the job's own row id; ``clock`` gives epoch seconds.

    ``holds`` is None outside a runner. ``late_target`` is set once a target did not answer in time: what would only be
    noted of targets is not looked up any more. ``memory`` is what ``recall`` keeps; the jobs of a run share it.

    ``connect`` opens the account when a job first needs it, so that jobs which never talk to the
    service need no token. ``connect_arr`` builds the client of the Sonarr or Radarr of a name; None: as the settings
    say.
    """

    db: Database
    settings: Settings
    job_id: int
    connect: Callable[[], DebridAccount]
    clock: Callable[[], float] = field(default=time.time)
    connect_arr: Callable[[str], Arr] | None = None
    holds: Holds | None = None
    late_target: bool = False
    memory: dict[type, object] = field(default_factory=dict)

    def recall(self, kind: type[Kind]) -> Kind:
        """What is kept in memory of a kind for the jobs of this run, made when it is first asked for."""
        found = self.memory.get(kind)
        if not isinstance(found, kind):
            found = self.memory[kind] = kind()
        return found

    @property
    def account(self) -> DebridAccount:
        """The account of the archive; raises UsageError when there is no usable token."""
        return self.connect()

    def arr(self, name: str) -> Arr:
        """A client of the Sonarr or Radarr of this name, to be closed by the caller; raises UsageError when there is
        none, or no usable address or key."""
        if self.connect_arr is not None:
            return self.connect_arr(name)
        from mediatui.services.arr.client import configured_arr

        return configured_arr(self.settings, name)
