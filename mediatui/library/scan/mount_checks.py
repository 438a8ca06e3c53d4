"""Retracts, at the end of a scan, verdicts that depend on mounts that went away or on folders not fully walked."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence

from mediatui.changes.mount_guard import compare_mount
from mediatui.changes.roots import categories, check_places
from mediatui.library.scan.state import ScanState, store_states
from mediatui.model.human import counted
from mediatui.model.link import REMOVABLE
from mediatui.model.path import is_within
from mediatui.model.text import printable
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Said
from mediatui.store.library.links import LibraryLink, bad_links, mark_unseen_unknown
from mediatui.store.library.mounts_seen import MountSeen, forget_mount, store_mount_seen
from mediatui.system.mounts import ACCEPT, Mount, MountState
from mediatui.system.symlinks import absolute
from mediatui.system.walk import Walk

SAID = 5
"""How many folders that cannot be read are named."""


async def check_mount_now(ctx: Context, run: ScanState, mount: Mount) -> MountState:
    """The state of a mount now, compared with how it was last seen alive."""
    return await compare_mount(ctx, mount, run.patience.limit(mount.path))


def flag_unread_folders(run: ScanState, walk: Walk) -> Iterator[Said]:
    """Sets ``run.unknown`` to the folders that were not fully read, and warns of them. A folder that vanished during
    the walk is not among them, unless it is one to be scanned."""
    gone = (errno.ENOENT, errno.ENOTDIR)
    unread = {folder: code for folder, code in walk.unread if code not in gone or folder in run.roots}
    run.unknown = sorted({*walk.given_up, *unread})
    if walk.given_up:
        yield Said("error", f"{counted(len(walk.given_up), 'folder')} did not answer; what they hold is unknown.")
    for folder, code in list(unread.items())[:SAID]:
        yield Said("warning", f"{printable(os.fsdecode(folder))} cannot be read ({os.strerror(code)}).")
    if len(unread) > SAID:
        yield Said("warning", f"{counted(len(unread) - SAID, 'more folder')} cannot be read.")


async def flag_emptied_roots(ctx: Context, run: ScanState, accept: bool) -> AsyncIterator[Event]:
    """Adds the scanned roots, and the category folders directly in them, that seem away to ``run.unknown``: each may be
    a disk of its own, which leaves an empty folder when it is away. Their links are not forgotten, unless the user has
    checked and says ``accept``."""
    place_states = await ctx.db.read(_compare_places, run)
    async with ctx.db.transaction() as connection:
        for place, _, is_mount in place_states:
            if accept:
                await forget_mount(connection, place)
            if is_mount:
                await store_mount_seen(connection, MountSeen(place, True, 0, ctx.clock()))
    for place, why, _ in [] if accept else place_states:
        if why and not any(is_within(place, folder) for folder in run.unknown):
            run.unknown.append(place)
            yield Said("warning", f"{printable(os.fsdecode(place))} {why}: its links are not forgotten{ACCEPT}.")


def _compare_places(connection: sqlite3.Connection, run: ScanState) -> list[tuple[bytes, str, bool]]:
    roots, places = run.library.roots, []
    for folder in run.roots:
        if folder in roots:
            places += [folder, *categories(connection, folder)]
        elif os.path.dirname(folder) in roots:
            places.append(folder)
    return list(check_places(connection, places, roots))


async def retract_on_lost_mounts(ctx: Context, run: ScanState) -> AsyncIterator[Event]:
    """Retracts the states of links that need a mount which went away meanwhile, or that lie in folders not walked to
    their end: they may look broken without being so."""
    away: list[Mount] = []
    for number, mount_state in enumerate(run.mount_states):
        again = mount_state if mount_state.problem else await check_mount_now(ctx, run, mount_state.mount)
        if again.problem and not mount_state.problem:
            run.mount_states[number] = again
            away.append(mount_state.mount)
            yield Said("warning", f"{again.problem}, since the scan began: links that need it are unknown.")
    if away:
        bad = await ctx.db.read(bad_links, run.scan, None)
        places = (run.library.mount_of(absolute(link.path, link.target)) for link in bad)
        await _forget_states(ctx, run, [link for link, on in zip(bad, places, strict=True) if on is None or on in away])
    for folder in run.unknown:
        await _forget_states(ctx, run, await ctx.db.read(bad_links, run.scan, folder))
        async with ctx.db.transaction() as connection:
            await mark_unseen_unknown(connection, folder, run.scan, REMOVABLE)


async def _forget_states(ctx: Context, run: ScanState, links: Sequence[LibraryLink]) -> None:
    run.counts.subtract(link.state for link in links)
    await store_states(ctx, run, [(link.path, "unknown", 0) for link in links], "")
