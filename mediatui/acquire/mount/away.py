"""When nothing can be fetched at all: the hold for every transfer is noted, and the run ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Awaitable, Mapping
from typing import Final, NoReturn, TypeVar

from mediatui.acquire.mount.holds import hold_for_room, hold_mount, hold_staging, problem_in
from mediatui.acquire.mount.views import MountViews
from mediatui.model.errors import GuardTripped, UsageError
from mediatui.model.human import size_text
from mediatui.model.stuck import MOUNT, STAGING
from mediatui.model.text import printable
from mediatui.model.views import SAME, View, view_label
from mediatui.runtime.context import Context
from mediatui.services.mount_cache import cache_times
from mediatui.settings.places import staging_folder
from mediatui.store.transfers.holds import release_service, service_holds
from mediatui.system.ffprobe import find_ffprobe
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mount_table import is_remote
from mediatui.system.shown_files import why_unusable
from mediatui.system.staged_links import room_in
from mediatui.system.threads import in_thread

Answer = TypeVar("Answer")
LOST_AGAIN_S: Final = 3600.0
"""A view that lost names is read again after this at the latest: many mounts keep a listing for a year unless told."""
BYTES_OF_LINK: Final = 4096
"""What a link takes at most: a block for its text."""


class Away(Exception):
    """Nothing more can be fetched now: the hold is noted, and this is the sentence."""


async def end_for_mount(
    ctx: Context, code: str, detail: Mapping[str, object], why: str = "", at_least: float = 0.0
) -> NoReturn:
    """Holds everything that needs a mount, for ``at_least`` so many seconds; raises Away."""
    await ctx.db.write(hold_mount, code, detail, ctx.clock(), at_least)
    said = why or str(detail.get("problem") or "a file of the mount gave no byte in time")
    raise Away(f"{said[0].upper()}{said[1:]}.")


async def end_for_lost_names(ctx: Context, view: View, held: int, shows: int) -> NoReturn:
    """The same for a view that shows much less since it was refreshed: until its listing may be another, an hour at
    most."""
    times = await cache_times(ctx.settings)
    seconds = max((time.seconds for place, time in times.items() if view.path.startswith(place)), default=0.0)
    name = printable(os.fsdecode(view.name).strip("/") or os.fsdecode(view.path))
    detail = {"view": name, "path": os.fsdecode(view.path), "held": held, "shows": shows}
    why = f"{view_label(view)} held {held:,} names, shows {shows:,}: nothing is concluded"
    await end_for_mount(ctx, "mount-away", detail, why, min(seconds, LOST_AGAIN_S))


async def guarded(ctx: Context, call: Awaitable[Answer]) -> Answer:
    """What a call on a mount gives; raises Away when a guard trips."""
    try:
        return await call
    except GuardTripped as trip:
        await end_for_mount(ctx, "mount-away", {"problem": problem_in(trip.message)})


async def expect_places(ctx: Context, views: MountViews) -> None:
    """Raises Away unless staging and every mount can be used; a view that lost names is refreshed once more."""
    await expect_staging(ctx, views)
    await expect_room(ctx, 1)
    await ctx.db.write(release_service, STAGING)
    await expect_mounts(ctx, views)
    hold = (await ctx.db.read(service_holds)).get(MOUNT)
    if hold is None:
        return
    if isinstance(held := hold.detail.get("held"), int):
        path = os.fsencode(str(hold.detail.get("path", "")))
        for view in await guarded(ctx, views.views()):
            seen = await guarded(ctx, views.refresh(view)) if view.path == path else None
            if seen is not None and (seen.harmed or seen.shows < SAME * held):
                await end_for_lost_names(ctx, view, held, seen.shows)
    await ctx.db.write(release_service, MOUNT)


async def expect_staging(ctx: Context, views: MountViews) -> None:
    """Raises Away unless staging can be used."""
    if problem := await staging_problem(ctx, views):
        await ctx.db.write(hold_staging, problem, ctx.clock())
        raise Away(f"Nothing is fetched: {problem}.")


async def expect_room(ctx: Context, links: int) -> None:
    """Raises Away unless so many links have room in staging, beside what ``staging.keep_free_gb`` keeps free."""
    try:
        free, has_names = await _room(ctx)
    except (TimedOut, OSError):
        return  # what is wrong with the folder is said where it is looked at
    left = max(0, free - int(ctx.settings.staging.keep_free_gb * 1e9))
    if not has_names or left < links * BYTES_OF_LINK:
        await end_for_room(ctx, links, left)


async def end_for_room(ctx: Context, links: int, left: int = 0) -> NoReturn:
    """Holds everything that goes into staging, which has no room for so many links; raises Away."""
    with contextlib.suppress(TimedOut, OSError):
        if not (await _room(ctx))[1]:
            where = printable(os.fsdecode(staging_folder(ctx.settings) or b""))
            problem = f"the file system of staging.folder {where} takes no more names"
            await ctx.db.write(hold_staging, problem, ctx.clock())
            raise Away(f"Nothing is fetched: {problem}.")
    needed = links * BYTES_OF_LINK
    await ctx.db.write(hold_for_room, needed, left, ctx.clock())
    kept = ctx.settings.staging.keep_free_gb
    above = f" above the {kept:g} GB of staging.keep_free_gb" if kept else ""
    raise Away(f"Nothing is fetched: staging needs {size_text(needed)}, {size_text(left)} are free{above}.")


async def _room(ctx: Context) -> tuple[int, bool]:
    """The bytes that are free in staging, and whether there is room for another name; raises TimedOut and OSError."""
    folder = staging_folder(ctx.settings) or b""
    return await in_thread(lambda: ask(room_in, folder))


async def expect_mounts(ctx: Context, views: MountViews) -> None:
    """Raises Away unless every mount is alive."""
    if away := await views.why_away():
        await end_for_mount(ctx, "mount-away", {"problem": away})


async def staging_problem(ctx: Context, views: MountViews) -> str:
    """Why nothing can be brought into staging; empty when it can."""
    staging = staging_folder(ctx.settings) or b""
    if not views.mounts:
        return "library.mounts is not set: it says where the files of Real-Debrid are"
    if ctx.settings.acquire.probe == "ffprobe":
        try:
            find_ffprobe(ctx.settings.scan.ffprobe)
        except UsageError as error:
            return f"acquire.probe is ffprobe. {error.message.rstrip('.')}"
    why = await in_thread(lambda: why_no_staging(staging))
    return f"staging.folder {printable(os.fsdecode(staging))} {why}" if why else ""


def why_no_staging(folder: bytes) -> str:
    """Why a folder cannot be that of staging, as what follows its path; empty when it can. Blocks for a moment."""
    if is_remote(folder):
        return "lies on a network mount: it has to be a local folder"
    try:
        return ask(why_unusable, folder)
    except TimedOut:
        return "does not answer"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


async def about_cache(ctx: Context) -> dict[str, object]:
    """How many minutes the mounts keep a listing, as far as that is known, and what would make them read it again."""
    library = ctx.settings.library
    times = [time for time in (await cache_times(ctx.settings)).values() if time.seconds]
    if not times:
        return {}
    known = [time.seconds for time in times if time.known]
    has_control = library.rclone_rc or any(mount.rclone_rc for mount in library.mounts)
    return {
        **({"cache": round(max(known) / 60)} if known else {}),
        **({} if has_control else {"refreshes": "library.rclone_rc"}),
    }
