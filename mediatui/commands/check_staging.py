"""Whether transfers can become links: the folder of staging, and the views of the mounts."""

from __future__ import annotations

import os

from mediatui.acquire.mount.away import why_no_staging
from mediatui.commands.checks import Check
from mediatui.model.human import size_text
from mediatui.model.text import printable
from mediatui.settings import Settings
from mediatui.settings.places import configured_mounts, staging_folder
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mount_table import mount_point_of
from mediatui.system.mounts import Mount
from mediatui.system.shown_files import why_unusable
from mediatui.system.staged_links import room_in
from mediatui.system.threads import in_thread

WITHOUT_LINKS = ("vfat", "msdos", "exfat")
"""File systems that hold no symbolic links."""
TO_SET = "Set staging.folder to a local folder that is there, or leave it empty: then transfers rest at Real-Debrid."


async def check_staging(settings: Settings) -> list[Check]:
    """The checks of what staging needs; without ``staging.folder`` only that is said."""
    folder = staging_folder(settings)
    if folder is None:
        return [Check("staging", "ok", "No folder is set: what is whole rests at Real-Debrid.")]
    shown = printable(os.fsdecode(folder))
    checks = []
    if why := await in_thread(lambda: why_no_staging(folder)):
        checks.append(Check("staging", "problem", f"{shown} {why}.", TO_SET))
    else:
        checks.append(Check("staging", "ok", f"{shown} is there: transfers become links in it."))
        checks += _check_kind(folder)
        checks += await in_thread(lambda: _check_room(settings, folder))
    mounts = configured_mounts(settings)[: len(settings.library.mounts)]
    if not mounts:
        hint = "Set library.mounts to where Real-Debrid is mounted."
        checks.append(Check("staging", "warning", "No mount is set that links could lead to.", hint))
    if settings.acquire.mount_view:
        checks += [await in_thread(lambda mount=mount: _check_view(settings, mount)) for mount in mounts]  # type: ignore[misc]
    return checks


def _check_kind(folder: bytes) -> list[Check]:
    """Whether its file system holds links; nothing when it does."""
    point = mount_point_of(folder)
    if point is None or point.kind not in WITHOUT_LINKS:
        return []
    return [Check("staging", "problem", f"Its file system ({point.kind}) holds no links.", TO_SET)]


def _check_room(settings: Settings, folder: bytes) -> list[Check]:
    """Whether more is free in staging than is to be kept; nothing where that cannot be read."""
    keep = int(settings.staging.keep_free_gb * 1e9)
    try:
        free, has_names = ask(room_in, folder)
    except (TimedOut, OSError):
        return []
    if not has_names:
        return [Check("staging", "problem", "Its file system takes no more names.", "Remove files there.")]
    if free > keep:
        return [Check("staging", "ok", f"{size_text(free)} are free there, {size_text(keep)} are kept free.")]
    text = f"{size_text(free)} are free there, less than the {size_text(keep)} kept free: nothing is fetched."
    return [Check("staging", "problem", text, "Free some, or lower staging.keep_free_gb.")]


def _check_view(settings: Settings, mount: Mount) -> Check:
    """Whether a mount has the view that links are to lead through."""
    view = os.path.join(mount.path, os.fsencode(settings.acquire.mount_view))
    try:
        why = ask(why_unusable, view, seconds=mount.timeout_s)
    except TimedOut:
        why = "does not answer"
    except OSError as error:
        why = f"cannot be read ({error.strerror})"
    shown = printable(os.fsdecode(view))
    if why and why != "may not be written in":
        return Check("staging", "problem", f"The view {shown} {why}.", "Correct acquire.mount_view, or leave it empty.")
    return Check("staging", "ok", f"The view {shown} is there.")
