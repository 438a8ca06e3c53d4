"""Guards of the mounts: what has to hold of mounts, views and witnesses before a plan runs, every fifty steps, and at
each removal. One that trips ends the run with exit 4; none of them is lifted by a number that a person types."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mediatui.model.errors import GuardTripped
from mediatui.model.path import is_within
from mediatui.model.text import printable
from mediatui.model.view_finder import ViewFinder
from mediatui.model.views import (
    WHAT_HELPS,
    WITNESSED,
    KeptView,
    View,
    find_witnesses,
    names_to_seek,
    view_label,
)
from mediatui.settings.places import configured_mounts
from mediatui.store.library.link_targets import good_targets, targets_below
from mediatui.store.library.mounts_seen import read_mount_seen
from mediatui.store.library.views import archive_is_older, held_torrents, read_canaries, read_views, why_lost
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mounts import Mount, MountState, check_mount, mount_of
from mediatui.system.symlinks import absolute, state_of_errno
from mediatui.system.threads import in_thread
from mediatui.system.view_checks import mount_points_in, others_showing, read_view

if TYPE_CHECKING:
    from mediatui.runtime.context import Context

CANARIES = 20
"""How many links that were good when last seen are followed before anything is removed."""
NOTHING = "nothing is changed while it is so"


def way_out(view: View) -> str:
    """What helps where a view cannot be judged."""
    return (
        f"Sync the account, refresh or restart the mount, then scan again; if the view is as it should be: "
        f"scan --accept-view {printable(os.fsdecode(view.name))}"
    )


async def compare_mount(ctx: Context, mount: Mount, seconds: float = 0.0) -> MountState:
    """A mount as it is now, compared with what it was when it was last seen alive. It has to answer within ``seconds``,
    or within ``library.mount_timeout_s`` when that is 0."""
    before = await ctx.db.read(read_mount_seen, mount.path)
    was_mount, entries = (before.is_mount, before.entries) if before is not None else (False, 0)
    return await in_thread(lambda: check_mount(mount, was_mount, entries, seconds=seconds))


async def check_mounts(ctx: Context, targets: Sequence[bytes]) -> None:
    """Raises GuardTripped unless every mount these targets (absolute) lie on is alive, every view they lie in shows
    what it has to, and what was good there still is. A target on no mount may lead to any: then all have to be alive.
    """
    mounts = configured_mounts(ctx.settings)
    if not mounts:
        raise GuardTripped(
            "No mount is configured, so a dead link looks the same as a mount that is away; nothing is removed.",
            "Say where targets live: mediatui config set library.mounts '[\"/path/to/mount\"]'",
        )
    needed = {mount_of(mounts, target) for target in targets}
    for mount in mounts if None in needed else [mount for mount in mounts if mount in needed]:
        state = await compare_mount(ctx, mount)
        if state.problem:
            raise GuardTripped(f"{state.problem}; {NOTHING}.", "Mount it, then scan again.")
    views = await Views.read(ctx)
    for view in views.of(targets):
        await views.check(view)


async def check_mounts_of_moves(ctx: Context, links: Sequence[tuple[bytes, bytes]], folders: Sequence[bytes]) -> None:
    """``check_mounts`` of where ``links`` (path and target) lead that are moved or pointed elsewhere, and those below
    ``folders`` that are moved. What leads to no mount needs none; for links that are not in the archive yet every mount
    has to be alive."""
    if not configured_mounts(ctx.settings):
        return
    below = await ctx.db.read(lambda connection: [link for path in folders for link in targets_below(connection, path)])
    targets = [absolute(*link) for link in (*links, *below)]
    if targets:
        await check_mounts(ctx, targets)


async def check_witnesses(ctx: Context, going: Mapping[bytes, str | None]) -> None:
    """Raises GuardTripped when the account, or another view of the mount, has a torrent that a link which is to go
    leads into. ``going`` are the targets of those links (absolute), and the torrents they lie in as far as known."""
    views = await Views.read(ctx)
    for view in views.of(going):
        names = await views.names(view)
        missing = {
            name: torrent_id
            for target, torrent_id in going.items()
            if views.finder.view_of(target) == view and (name := view.inside(target)) not in names
        }
        found = await views.find_witnesses(view, missing)
        if found:
            one = next(iter(found))
            more = "" if len(found) == 1 else f" and {len(found) - 1:,} more"
            raise GuardTripped(
                f"{printable(os.fsdecode(one))}{more} would lose links, and {WITNESSED[found[one]]}; {NOTHING}.",
                f"{WHAT_HELPS} Then scan again.",
            )


async def lost_views(ctx: Context, away: Collection[bytes]) -> dict[bytes, str]:
    """The views that are kept and cannot be judged now, and why; those on places that are ``away`` are left out."""
    views = await Views.read(ctx)
    found: dict[bytes, str] = {}
    for view in views.all_kept():
        if not any(is_within(view.path, place) for place in away):
            why = await views.why_lost(view)
            found |= {view.path: why} if why else {}
    return found


async def seek_elsewhere(view: View, names: Sequence[bytes], seconds: float) -> Mapping[bytes, bytes]:
    """Which of these names another view beside this one shows, and which view; raises TimedOut, OSError."""
    if view.path == view.mount or not names:
        return {}
    return await asyncio.to_thread(ask, others_showing, view.path, names, seconds=seconds)


class Views:
    """The views as they are kept, and as they are now."""

    def __init__(self, ctx: Context, kept: Mapping[bytes, KeptView]) -> None:
        mounts = [mount.path for mount in configured_mounts(ctx.settings)]
        self._ctx = ctx
        self.seconds = ctx.settings.library.mount_timeout_s
        self._kept = kept
        self._names: dict[bytes, frozenset[bytes]] = {}
        points = [*mounts, *mount_points_in(mounts, kept.values())]
        self.finder = ViewFinder(points, [one.view for one in kept.values()])

    @classmethod
    async def read(cls, ctx: Context) -> Views:
        return cls(ctx, await ctx.db.read(read_views))

    def of(self, targets: Iterable[bytes]) -> list[View]:
        """The views targets lie in."""
        for target in targets:
            self.finder.learn(target)
        found = filter(None, map(self.finder.view_of, targets))
        return list({view.path: view for view in found}.values())

    def all_kept(self) -> list[View]:
        """Every view on a configured mount that is kept."""
        return [one.view for one in self._kept.values() if self.finder.view_of(one.view.path + b"/.") is not None]

    def forget(self, view: View) -> None:
        """The names of a view are read again when next asked for."""
        self._names.pop(view.path, None)

    def kept(self, view: View) -> KeptView | None:
        """What is kept of a view."""
        return self._kept.get(view.path)

    async def names(self, view: View) -> frozenset[bytes]:
        """The names a view shows; raises GuardTripped when it does not list, or its mount is none any more."""
        if view.path in self._names:
            return self._names[view.path]
        shown = view_label(view)
        try:
            names, is_mount = await asyncio.to_thread(ask, read_view, view.mount, view.path, seconds=self.seconds)
        except TimedOut:
            raise GuardTripped(f"{shown} did not answer in time; {NOTHING}.", way_out(view)) from None
        except OSError as error:
            raise GuardTripped(f"{shown} cannot be listed ({error.strerror}); {NOTHING}.", way_out(view)) from None
        kept = self.kept(view)
        if kept is not None and kept.was_mount and not is_mount:
            raise GuardTripped(
                f"{printable(os.fsdecode(view.mount))} is not mounted; {NOTHING}.", "Mount it, then scan again."
            )
        self._names[view.path] = names
        return names

    async def why_lost(self, view: View) -> str:
        """Why a view that is kept cannot be judged, a sentence without its end; empty when it can."""
        try:
            names, kept = await self.names(view), self.kept(view)
        except GuardTripped as trip:
            return trip.message.partition(f"; {NOTHING}")[0]
        why = await self._ctx.db.read(why_lost, kept, names) if kept is not None else ""
        return f"{view_label(view)} {why}" if why else ""

    async def check(self, view: View) -> None:
        """Raises GuardTripped unless a view shows what it has to."""
        names, kept = await self.names(view), self.kept(view)
        why = await self._ctx.db.read(why_lost, kept, names) if kept is not None else "" if names else "holds nothing"
        if why:
            raise GuardTripped(f"{view_label(view)} {why}; {NOTHING}.", way_out(view))
        canaries = await self._ctx.db.read(read_canaries, view) if kept is not None else []
        canaries = canaries or await self._ctx.db.read(good_targets, view.path, CANARIES)
        failed = await asyncio.to_thread(_failing, canaries)
        if failed > 1:
            raise GuardTripped(
                f"{failed} of {len(canaries)} targets that were good a while ago are not any more: "
                f"{printable(os.fsdecode(view.path))} looks half mounted.",
                "Check the mount, then scan again.",
            )

    async def find_witnesses(self, view: View, missing: Mapping[bytes, str | None]) -> dict[bytes, int]:
        """Which witness says of torrents that a view does not show that they are not gone; raises GuardTripped when the
        witnesses do not answer."""
        if not missing:
            return {}
        held = await self._ctx.db.read(held_torrents, missing)
        try:
            elsewhere = await seek_elsewhere(view, names_to_seek(missing, held), self.seconds)
        except (TimedOut, OSError):
            raise GuardTripped(
                f"The other views beside {view_label(view)} do not answer; {NOTHING}.",
                "Check the mount, then scan again.",
            ) from None
        shown = await self.names(view) if held else frozenset[bytes]()
        older = await self._ctx.db.read(archive_is_older, self.kept(view))
        return find_witnesses(missing, held, shown, elsewhere, archive_is_older=older)


def _failing(canaries: Sequence[bytes]) -> int:
    """How many of these targets are not there now; one that cannot be reached counts as two, and ends the count."""
    failed = 0
    for path in canaries:
        try:
            ask(os.stat, path)
        except OSError as error:
            failed += 1
            if state_of_errno(error.errno or errno.EIO) == "unreachable":
                return failed + 1
        except TimedOut:
            return failed + 2
    return failed
