"""What Sonarr and Radarr know of the library: the options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import flag, text
from mediatui.model.human import ago
from mediatui.model.text import join_words

if TYPE_CHECKING:
    import sqlite3

    from mediatui.library.refresh import RefreshOptions
    from mediatui.settings import Settings


@dataclass(frozen=True, slots=True)
class LibraryRefresh:
    """The options of ``library refresh``."""

    services: tuple[str, ...] = text("Only this Sonarr or Radarr.", "NAME", "--service", many=True)
    shorter: bool = flag("Believe a list that is much shorter than the one before.")


def job_options(options: LibraryRefresh) -> RefreshOptions:
    """The options of the job."""
    from mediatui.library.refresh import RefreshOptions

    return RefreshOptions(options.services, options.shorter)


def how_old(connection: sqlite3.Connection, settings: Settings, now: float) -> str:
    """How old the copy of what Sonarr and Radarr know is, and which of them failed since; empty where none is
    enabled."""
    from mediatui.store.arr.facts import LIST, LIST_FAILED, facts_named

    enabled = [service for service in settings.services if service.enabled]
    if not enabled:
        return ""
    read, failed = facts_named(connection, LIST), facts_named(connection, LIST_FAILED)
    never = [service.title for service in enabled if service.name not in read]
    silent = [service.title for service in enabled if service.name in failed and service.name in read]
    oldest = min((read[service.name].at for service in enabled if service.name in read), default=None)
    named = join_words([service.title for service in enabled if service.name in read])
    parts = [] if oldest is None else [f"{named} read {ago(now - oldest)}"]
    parts += [f"{join_words(never)} not read yet"] if never else []
    parts += [f"{join_words(silent)} failed since"] if silent else []
    return ", ".join(parts)
