"""Whether transfers can become links: the folder of staging, the views of the mounts, rclone's remote control."""

from __future__ import annotations

import os
from collections.abc import Sequence

from mediatui.acquire.mount.away import why_no_staging
from mediatui.commands.checks import Check
from mediatui.model.text import printable
from mediatui.settings import Settings
from mediatui.settings.places import configured_mounts, staging_folder
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mounts import Mount
from mediatui.system.shown_files import why_unusable
from mediatui.system.threads import in_thread

TO_SET = "Set staging.folder to a local folder that is there, or leave it empty: then transfers rest at Real-Debrid."


async def check_staging(settings: Settings) -> Sequence[Check]:
    """The checks of what staging needs; none is made without ``staging.folder``."""
    folder = staging_folder(settings)
    if folder is None:
        return []
    shown = printable(os.fsdecode(folder))
    checks = []
    if why := await in_thread(lambda: why_no_staging(folder)):
        checks.append(Check("staging", "problem", f"{shown} {why}.", TO_SET))
    else:
        checks.append(Check("staging", "ok", f"{shown} is there: transfers become links in it."))
    mounts = configured_mounts(settings)[: len(settings.library.mounts)]
    if not mounts:
        hint = "Set library.mounts to where Real-Debrid is mounted."
        checks.append(Check("staging", "warning", "No mount is set that links could lead to.", hint))
    if settings.acquire.mount_view:
        checks += [await in_thread(lambda mount=mount: _check_view(settings, mount)) for mount in mounts]  # type: ignore[misc]
    return checks


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
