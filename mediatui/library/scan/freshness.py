"""How old the listing of a mount can be, and so whether a second look at it saw anything new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mediatui.model.view_finder import innermost
from mediatui.model.views import KeptView
from mediatui.services.errors import ServiceError
from mediatui.settings.places import configured_mounts
from mediatui.store.library.links import LibraryLink
from mediatui.system.mount_table import is_remote
from mediatui.system.symlinks import absolute
from mediatui.system.view_checks import mount_points_in

if TYPE_CHECKING:
    from mediatui.settings import Settings

A_DAY_S = 86_400.0
"""The age a listing is assumed to have where it is not known."""
NEVER_REFRESHED_S = 7 * A_DAY_S
"""A mount that keeps its listings longer never asks its service."""


@dataclass(frozen=True, slots=True)
class CacheTime:
    """How old a listing of a mount can be, in seconds, whether that is known, and why rclone did not report it."""

    seconds: float
    known: bool
    problem: str = ""


async def cache_times(settings: Settings) -> Mapping[bytes, CacheTime]:
    """How old the listings of each configured mount, and of each mount point in one, can be: as rclone reports, else as
    configured, else a day; zero for a local disk."""
    from mediatui.services.rclone import remote_control

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


def how_old(times: Mapping[bytes, CacheTime]) -> str:
    """How old listings can be, as the end of a sentence about a scan; empty where no mount is known to cache them."""
    longest = max((time.seconds for time in times.values() if time.known), default=0.0)
    if longest > NEVER_REFRESHED_S:
        return f"the mount does not ask its service (it keeps its listings {longest / 3600:,.0f} h)"
    if longest < 60:
        return f"listings can be {longest:.0f} s old" if longest >= 1 else ""
    return f"listings can be {longest / 60:,.0f} min old"


def why_stale(times: Mapping[bytes, CacheTime], link: LibraryLink, refreshed: Iterable[KeptView] = ()) -> str:
    """Why both looks at a link may have seen the same listing; empty when a fresh one was read in between. It was when
    the last scan had the view ``refreshed`` and the torrent is not in it, when more time has passed than the mount
    keeps a listing, and always on a local disk."""
    target = absolute(link.path, link.target)
    if any(reading.view.holds(target) and reading.view.inside(target) not in reading.names for reading in refreshed):
        return ""  # a refresh reads the names in a view, not those in the folders of its torrents
    place = innermost(times, target)
    time = None if place is None else times[place]
    if time is None or not time.seconds or (link.bad_for_s is not None and link.bad_for_s > time.seconds):
        return ""
    kept = f"{time.seconds / 60:,.0f} min" if time.known else "up to a day, as far as is known"
    return f"its mount keeps listings {kept}: both looks may have been one (library.mount_cache_min, library.rclone_rc)"
