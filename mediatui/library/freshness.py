"""How old a listing of a mount can be, and so what a second look at it is worth."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.services.errors import ServiceError
from mediatui.services.mount_table import RCLONE, is_remote, mount_point_of
from mediatui.services.mounts import configured_mounts, mount_of
from mediatui.services.symlinks import absolute
from mediatui.store.library import LibraryLink

if TYPE_CHECKING:
    from mediatui.services.rclone import Rclone
    from mediatui.settings import Settings

A_DAY_S = 86_400.0
"""So old a listing is taken to be where nobody can tell."""
ASKS_NOBODY_S = 7 * A_DAY_S
"""A mount that keeps its listings longer asks nobody."""


@dataclass(frozen=True, slots=True)
class CacheTime:
    """How many seconds old a listing of a mount can be, and whether that is known."""

    seconds: float
    known: bool


def remote_control(settings: Settings, mount: bytes) -> Rclone | None:
    """A client of the remote control of a configured mount, to be closed by the caller; None where it has none: it is
    not rclone's, or no address is configured."""
    from mediatui.services.rclone import Rclone

    given = settings.library
    own = next((one for one in given.mounts if os.path.normpath(os.fsencode(one.path)) == mount), None)
    point = mount_point_of(mount)
    address = own.rclone_rc if own is not None and own.rclone_rc else ""
    if not address and point is not None and point.kind == RCLONE:
        address = given.rclone_rc
    if not address:
        return None
    fs = own.rclone_fs if own is not None and own.rclone_fs else ""
    return Rclone(address, given.rclone_rc_user, given.rclone_rc_password, fs=fs)


async def cache_times(settings: Settings) -> Mapping[bytes, CacheTime]:
    """How old the listings of each configured mount can be: by rclone's own word, else as configured, else a day; of a
    local disk not at all."""
    found: dict[bytes, CacheTime] = {}
    for mount in configured_mounts(settings):
        minutes = settings.library.mount_cache_min
        if not is_remote(mount.path):
            found[mount.path] = CacheTime(0.0, known=True)
            continue
        found[mount.path] = CacheTime(minutes * 60.0, known=True) if minutes else CacheTime(A_DAY_S, known=False)
        client = remote_control(settings, mount.path)
        if client is not None:
            try:
                found[mount.path] = CacheTime(await client.cache_s(), known=True)
            except ServiceError:
                pass
            finally:
                await client.close()
    return found


def how_old(times: Mapping[bytes, CacheTime]) -> str:
    """How old listings can be, as the end of a sentence about a scan; empty where no mount is known to keep any."""
    longest = max((time.seconds for time in times.values() if time.known), default=0.0)
    if longest > ASKS_NOBODY_S:
        return f"the mount asks nobody (it keeps its listings {longest / 3600:,.0f} h)"
    if longest < 60:
        return f"listings can be {longest:.0f} s old" if longest >= 1 else ""
    return f"listings can be {longest / 60:,.0f} min old"


def why_stale(settings: Settings, times: Mapping[bytes, CacheTime], link: LibraryLink) -> str:
    """Why both looks at a link may have been one, empty when something fresh was read between them: more time has gone
    than its mount keeps a listing; on a local disk always."""
    mount = mount_of(configured_mounts(settings), absolute(link.path, link.target))
    time = None if mount is None else times.get(mount.path)
    if time is None or not time.seconds or (link.bad_for_s is not None and link.bad_for_s > time.seconds):
        return ""
    kept = f"{time.seconds / 60:,.0f} min" if time.known else "up to a day, as far as is known"
    return f"its mount keeps listings {kept}: both looks may have been one (library.mount_cache_min, library.rclone_rc)"
