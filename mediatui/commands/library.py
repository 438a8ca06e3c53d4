"""What Sonarr and Radarr know of the library: the options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import flag, text

if TYPE_CHECKING:
    from mediatui.library.refresh import RefreshOptions


@dataclass(frozen=True, slots=True)
class LibraryRefresh:
    """The options of ``library refresh``."""

    services: tuple[str, ...] = text("Only this Sonarr or Radarr.", "NAME", "--service", many=True)
    shorter: bool = flag("Believe a list that is much shorter than the one before.")


def job_options(options: LibraryRefresh) -> RefreshOptions:
    """The options of the job."""
    from mediatui.library.refresh import RefreshOptions

    return RefreshOptions(options.services, options.shorter)
