"""How old the listing of a mount can be, and so whether a second look at it saw anything new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mediatui.model.view_finder import innermost
from mediatui.model.views import KeptView
from mediatui.services.mount_cache import A_DAY_S, CacheTime
from mediatui.store.library.links import LibraryLink
from mediatui.system.symlinks import absolute

NEVER_REFRESHED_S = 7 * A_DAY_S
"""A mount that keeps its listings longer never asks its service."""


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
