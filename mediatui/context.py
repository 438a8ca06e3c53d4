"""What a job is given to work with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediatui.store.database import Database

if TYPE_CHECKING:
    from mediatui.services.realdebrid import RealDebrid
    from mediatui.settings import Settings


@dataclass(slots=True)
class Context:
    """The store, the services, the settings and the job's own row id; ``clock`` gives epoch seconds.

    ``connect`` builds the Real-Debrid client when a job first needs it, so that jobs which never talk to the
    service need no token.
    """

    db: Database
    settings: Settings
    job_id: int
    connect: Callable[[], RealDebrid]
    clock: Callable[[], float] = field(default=time.time)

    @property
    def realdebrid(self) -> RealDebrid:
        """The Real-Debrid client; raises UsageError when there is no usable token."""
        return self.connect()
