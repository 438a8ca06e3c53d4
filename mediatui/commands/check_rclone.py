"""Whether rclone's remote control answers for each mount, and how late a new file may appear there: what doctor and the
settings screen say of it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from mediatui.commands.checks import Check
from mediatui.model.human import duration
from mediatui.model.text import printable
from mediatui.services.errors import ServiceError
from mediatui.services.rclone import remote_control
from mediatui.settings.places import configured_mounts
from mediatui.system.mount_table import is_remote
from mediatui.system.view_checks import mount_points_in

if TYPE_CHECKING:
    from mediatui.settings import Settings


async def check_rclone(settings: Settings) -> list[Check]:
    """A check for each network mount in use: whether its remote control answers and knows it, and how long it keeps its
    listings. Nothing for a local folder."""
    configured = [mount.path for mount in configured_mounts(settings)]
    places = sorted({*configured, *mount_points_in(configured, ())})
    return [await _check(settings, place) for place in places if is_remote(place)]


async def _check(settings: Settings, place: bytes) -> Check:
    shown = printable(os.fsdecode(place))
    control = remote_control(settings, place)
    if control is None:
        minutes = settings.library.mount_cache_min
        if minutes:
            return Check("rclone", "ok", f"{shown} keeps its listings {duration(minutes * 60.0)} (as it is set here).")
        text = f"How long {shown} keeps its listings is not known: a new file may appear late on it."
        return Check("rclone", "warning", text, "Set library.rclone_rc, or library.mount_cache_min.")
    client, _ = control
    try:
        began = time.monotonic()
        cache_s = await client.cache_s()
        took = (time.monotonic() - began) * 1000
    except ServiceError as error:
        return Check("rclone", "problem", f"{shown}: {error.message}", error.hint or "See library.rclone_rc.")
    finally:
        await client.close()
    known = f" as {printable(client.fs)}" if client.fs else ""
    text = f"rclone answers in {took:,.0f} ms, knows {shown}{known}, and keeps its listings {duration(cache_s)}."
    return Check("rclone", "ok", text)
