"""How old the listings of mounts can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mediatui.services.errors import ServiceError
from mediatui.services.rclone import remote_control
from mediatui.settings.places import configured_mounts
from mediatui.system.mount_table import is_remote
from mediatui.system.view_checks import mount_points_in

if TYPE_CHECKING:
    from mediatui.settings import Settings

A_DAY_S = 86_400.0
"""The age a listing is assumed to have where it is not known."""


@dataclass(frozen=True, slots=True)
class CacheTime:
    """How old a listing of a mount can be, in seconds, whether that is known, and why rclone did not report it."""

    seconds: float
    known: bool
    problem: str = ""


async def cache_times(settings: Settings) -> Mapping[bytes, CacheTime]:
    """How old the listings of each configured mount, and of each mount point in one, can be: as rclone reports, else as
    configured, else a day; zero for a local disk."""
    configured = [mount.path for mount in configured_mounts(settings)]
    minutes = settings.library.mount_cache_min
    found: dict[bytes, CacheTime] = {}
    for place in {*configured, *mount_points_in(configured, ())}:
        if not is_remote(place):
            found[place] = CacheTime(0.0, known=True)
            continue
        found[place] = CacheTime(minutes * 60.0, known=True) if minutes else CacheTime(A_DAY_S, known=False)
        control = remote_control(settings, place)
        if control is not None:
            client, _ = control
            try:
                found[place] = CacheTime(await client.cache_s(), known=True)
            except ServiceError as error:
                found[place] = replace(found[place], problem=error.sentence)
            finally:
                await client.close()
    return found
