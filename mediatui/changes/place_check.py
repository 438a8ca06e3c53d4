"""Checking the place a link leads to, right before the link is removed: its mount, its view, its neighbours, and the
witnesses of its torrent. One query of the archive and one of the helper process, for every removal."""

from __future__ import annotations

import os
import random
import sqlite3
from dataclasses import dataclass

from mediatui.changes.in_root_dir import run_on_mount
from mediatui.changes.mount_guard import NOTHING, Views, way_out
from mediatui.changes.step_run import StepRun
from mediatui.model.errors import GuardTripped
from mediatui.model.views import LOST_SHARE, WITNESSED, View, find_witnesses, names_to_seek, view_label
from mediatui.store.library.link_targets import some_good_targets
from mediatui.store.library.mounts_seen import was_mount_point
from mediatui.store.library.views import archive_is_older, held_torrents, read_views
from mediatui.system.mount_table import is_remote
from mediatui.system.mounts import Mount
from mediatui.system.view_checks import TargetQuery, check_target

SAMPLE = 20
"""How many of the names that a view has to show are checked."""
NEIGHBOURS = 5
"""How many targets that were good are checked, one of which has to be there."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the archive knows of a place."""

    views: Views
    view: View
    asked: TargetQuery
    missing: dict[bytes, str | None]
    is_older: bool


async def why_not_gone(act: StepRun, mount: Mount, target: bytes, torrent_id: str | None) -> str:
    """Why a target (absolute) that its mount does not show is not known to be gone: a witness has its torrent. Empty
    when none has. Raises GuardTripped when the mount seems away, when its view does not show what it has to, when
    nothing that was good beside it is there, or when the folder of its torrent lists empty."""
    known = await act.ctx.db.read(lambda connection: _known_of(connection, act, mount, target, torrent_id))
    view, asked = known.view, known.asked
    try:
        seen = await run_on_mount(act, check_target, asked)
    except OSError as error:
        raise GuardTripped(f"{view_label(view)} cannot be read ({error.strerror}); {NOTHING}.", way_out(view)) from None
    if seen.away:
        raise GuardTripped(f"{seen.away}; nothing is removed while it is so.", "Mount it, then scan again.")
    kept = known.views.kept(view)
    lost = len(set(asked.names) - seen.present)
    unmounted = kept is not None and kept.was_mount and not seen.is_mount
    if unmounted or (not seen.shows_any and (kept is None or kept.names)) or lost > LOST_SHARE * len(asked.names):
        await known.views.check(view)
    if not seen.any_good:
        raise GuardTripped(
            f"None of {len(asked.good)} targets that were good is there now: {os.fsdecode(mount.path)} looks half "
            "mounted; nothing is removed while it is so.",
            "Check the mount, then scan again.",
        )
    if seen.lists_empty and is_remote(target):
        raise GuardTripped(
            f"A folder of a torrent in {view_label(view)} lists empty, and no torrent is; {NOTHING}.", way_out(view)
        )
    if not known.missing.keys().isdisjoint(seen.present):
        return ""
    held = await act.ctx.db.read(held_torrents, known.missing)
    found = find_witnesses(known.missing, held, seen.shown, seen.elsewhere, archive_is_older=known.is_older)
    return WITNESSED[next(iter(found.values()))] if found else ""


def _known_of(
    connection: sqlite3.Connection, act: StepRun, mount: Mount, target: bytes, torrent_id: str | None
) -> _Known:
    views = Views(act.ctx, read_views(connection))
    (view,) = views.of([target]) or (View(mount.path, mount.path),)
    kept = views.kept(view)
    names = random.sample(tuple(kept.names), min(SAMPLE, len(kept.names))) if kept is not None else []
    good = some_good_targets(connection, view.path, NEIGHBOURS) or some_good_targets(connection, mount.path, NEIGHBOURS)
    missing = {view.inside(target): torrent_id}
    seek = names_to_seek(missing, held_torrents(connection, missing))
    was_mount = was_mount_point(connection, mount.path)
    asked = TargetQuery(mount, was_mount, target, view.mount, view.path, names, good, seek)
    return _Known(views, view, asked, missing, archive_is_older(connection, kept))
