"""Checks the views of the mounts in a scan: links below a view that lost what it showed are not judged.

Views are counted after the links were looked at. Links that looked removable are then judged again: below a view that
fails they are unknown; where the account or another view has the torrent they are not on the mount; the rest keep their
state.
"""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mediatui.changes.mount_guard import Views, seek_elsewhere, way_out
from mediatui.changes.view_refresh import refresh_views
from mediatui.library.link_judge import (
    UNKNOWN,
    NeedsRecheck,
    NotShown,
    Place,
    Verdict,
    ViewState,
    canaries_to_check,
    judge,
    judge_by_witnesses,
    judge_recheck,
    why_files_fail,
    why_names_fail,
)
from mediatui.library.scan.state import ScanState, store_states
from mediatui.model.errors import GuardTripped, UsageError
from mediatui.model.link import REMOVABLE
from mediatui.model.path import is_within
from mediatui.model.text import printable
from mediatui.model.view_finder import ViewFinder
from mediatui.model.views import (
    ENOUGH_CANARIES,
    KeptView,
    View,
    names_to_seek,
    view_label,
)
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Phase, Said
from mediatui.store.library.links import LibraryLink, bad_links
from mediatui.store.library.views import (
    archive_is_older,
    good_targets_below,
    held_torrents,
    keep_canaries,
    keep_view,
    read_canaries,
    read_views,
    why_lost,
)
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.symlinks import absolute, rests_on, state_of_errno
from mediatui.system.threads import in_thread
from mediatui.system.view_checks import count_missing, mount_points_in, read_view, recheck_target

CANARIES = 20
"""Good targets that are stored for a mount; each of its views gets at least ``ENOUGH_CANARIES``."""
FOLLOWED_AT_ONCE = 4000
Judged = tuple[LibraryLink, str, int]
"""A link, its new state, and its code."""


async def find_views(ctx: Context, run: ScanState, accepted: Sequence[str]) -> None:
    """Reads the stored views, and which of them the user accepts as they are; raises UsageError for an unknown name."""
    run.kept = await ctx.db.read(read_views)
    points = [*run.mounts, *mount_points_in(run.mounts, run.kept.values())]
    run.finder = ViewFinder(points, [kept.view for kept in run.kept.values()])
    run.accepted = {path for word in accepted for path in _named(run, points, word)}


def _named(run: ScanState, points: Sequence[bytes], word: str) -> list[bytes]:
    """The views a word names: by their path, or by the part of the path below the mount."""
    given = os.path.normpath(os.fsencode(word)).rstrip(b"/") or b"/"
    if any(is_within(given, point) for point in points):
        return [given]
    name = given if given.startswith(b"/") else b"/" + given
    found = [path for path, kept in run.kept.items() if kept.view.name == name]
    if not found:
        names = sorted({os.fsdecode(kept.view.name) for kept in run.kept.values()})
        shown = ", ".join(map(printable, names)) or "none; a scan finds them"
        raise UsageError(f"No view is called {printable(word)}.", f"Views: {shown}.")
    if len(found) > 1:
        shown = ", ".join(printable(os.fsdecode(path)) for path in sorted(found))
        raise UsageError(f"Several mounts have a view {printable(word)}.", f"Name its whole path: {shown}.")
    return found


async def judge_views(ctx: Context, run: ScanState, *, accept_all: bool, refresh: bool) -> AsyncIterator[Event]:
    """Counts every view the links lead into, and judges links that looked removable again. With ``accept_all`` each
    view is accepted as it is; with ``refresh`` rclone first reads those again that removable links lead into."""
    yield Phase("counting what the views show")
    bad = [link for link in await ctx.db.read(bad_links, run.scan) if link.state in REMOVABLE]
    places = await _places_of(run, bad)
    views = {view.path: view for view in run.finder.views()}
    leading: Counter[bytes] = Counter()
    for hops in places.values():
        for view in filter(None, map(run.finder.view_of, hops)):
            views.setdefault(view.path, view)
            leading[view.path] += 1
    if accept_all:
        run.accepted |= views.keys()
    if refresh:
        async for event in _refresh(ctx, run, [views[path] for path in sorted(leading) if not run.dead(path + b"/.")]):
            yield event
    for path in sorted(views):
        if not run.dead(path + b"/."):
            await _check_view(ctx, run, views[path], leading[path])
    for view_state in run.views.values():
        if view_state.problem:
            yield Said("warning", f"{view_state.problem}: links that need it are unknown. {way_out(view_state.view)}")
    await _store(ctx, run, [judged async for judged in _judge(ctx, run, bad, places)])


async def _places_of(run: ScanState, links: Sequence[LibraryLink]) -> Mapping[bytes, Sequence[bytes]]:
    """Maps each link to the paths on mounts that following it leads through; none for a link that could not be
    followed."""
    found: dict[bytes, Sequence[bytes]] = {}
    rest: list[bytes] = []
    for link in links:
        pointed = absolute(link.path, link.target)
        if (pointed + b"/").startswith(run.slow) and run.library.mount_of(pointed) is not None:
            found[link.path] = [pointed]
        else:
            rest.append(link.path)
    known = [*run.library.roots, *run.mounts]
    for start in range(0, len(rest), FOLLOWED_AT_ONCE):
        part = rest[start : start + FOLLOWED_AT_ONCE]
        try:
            hops = await in_thread(lambda part=part: ask(rests_on, part, known))  # type: ignore[misc]  # bound at once
        except (TimedOut, OSError):
            hops = {}
        for path in part:
            found[path] = [hop for hop in hops.get(path, ()) if run.library.mount_of(hop) is not None]
    return found


async def _refresh(ctx: Context, run: ScanState, views: Sequence[View]) -> AsyncIterator[Event]:
    """Has rclone read views again, where its remote control answers."""
    now = Views(ctx, run.kept)
    for view in views:
        try:
            found = await refresh_views(ctx, now, [view])
        except GuardTripped:  # it does not list: the check of the view reports that
            continue
        for refresh in found:
            if refresh.harmed:
                run.harmed[view.path] = refresh.harmed
            elif not refresh.failed:
                run.refreshed.add(view.path)
            if refresh.warning:
                yield Said("warning", f"{refresh.warning} So this scan does not count as a fresh look.")


async def _check_view(ctx: Context, run: ScanState, view: View, leading: int) -> None:
    """Lists a view, and compares it with its stored state."""
    shown = view_label(view, of_several=run.ambiguous(view))
    kept = run.kept.get(view.path)
    try:
        names, is_mount = await in_thread(
            lambda: ask(read_view, view.mount, view.path, seconds=run.patience.limit(view.mount))
        )
    except TimedOut:
        run.views[view.path] = ViewState(view, frozenset(), f"{shown} did not answer in time")
        return
    except OSError as error:
        run.views[view.path] = ViewState(view, frozenset(), f"{shown} cannot be listed ({error.strerror})")
        return
    view_state = ViewState(view, names, "", is_mount)
    accepted = view.path in run.accepted
    lost = await ctx.db.read(why_lost, kept, names) if kept is not None else ""
    problem = why_names_fail(
        shown, kept, view_state, lost=lost, links=leading, harmed=run.harmed.get(view.path, ""), is_accepted=accepted
    )
    if not problem and kept is not None and not accepted:
        problem = await _why_files_fail(ctx, shown, view_state)
    run.views[view.path] = replace(view_state, problem=problem)


async def _why_files_fail(ctx: Context, shown: str, view_state: ViewState) -> str:
    files = canaries_to_check(view_state.view, view_state.names, await ctx.db.read(read_canaries, view_state.view))
    if not files:
        return ""
    try:
        return why_files_fail(shown, await in_thread(lambda: ask(count_missing, files)), len(files))
    except (TimedOut, OSError):
        return why_files_fail(shown, None, len(files))


@dataclass(slots=True)
class _Missing:
    """Links into a view whose torrents it does not show, by the torrent's name."""

    view: View
    links: dict[bytes, list[LibraryLink]] = field(default_factory=dict)


async def _judge(
    ctx: Context, run: ScanState, bad: Sequence[LibraryLink], places: Mapping[bytes, Sequence[bytes]]
) -> AsyncIterator[Judged]:
    """The links whose state is not what it looked."""
    missing: dict[bytes, _Missing] = {}
    for link in bad:
        verdict = judge(link.state, [_place(run, link, hop) for hop in places[link.path]])
        if isinstance(verdict, NotShown):
            not_shown = missing.setdefault(verdict.view.path, _Missing(verdict.view))
            not_shown.links.setdefault(verdict.name, []).append(link)
            continue
        if isinstance(verdict, NeedsRecheck):
            is_video = link.path.lower().endswith(ctx.settings.library.video_endings)
            verdict = await _recheck_target(verdict, run.patience.limit(verdict.view.mount), is_video)
        if verdict is not None and verdict[0] != link.state:
            yield link, *verdict
    for not_shown in missing.values():
        for judged in await _judge_not_shown(ctx, run, not_shown):
            yield judged


def _place(run: ScanState, link: LibraryLink, hop: bytes) -> Place:
    """A place a link leads through. The folder of a target on a slow mount was listed, unless it did not exist then."""
    was_listed = hop == absolute(link.path, link.target) and os.path.dirname(hop) not in run.not_there
    return Place(hop, run.view_state_of(hop), was_listed or not run.table.remote_at(hop))


async def _recheck_target(asked: NeedsRecheck, seconds: float, is_video: bool) -> Verdict:
    """Looks once more at a target whose torrent its view shows."""
    try:
        found = await in_thread(lambda: ask(recheck_target, asked.view.path, asked.target, seconds=seconds))
        return judge_recheck(found, is_video=is_video)
    except TimedOut:
        return UNKNOWN
    except OSError as error:
        return state_of_errno(error.errno or errno.EIO), error.errno or 0


async def _judge_not_shown(ctx: Context, run: ScanState, missing: _Missing) -> list[Judged]:
    """Judges the links whose torrents a view does not show; links without a witness are left out."""
    view, shown = missing.view, run.views[missing.view.path].names
    held = await ctx.db.read(held_torrents, {name: links[0].torrent_id for name, links in missing.links.items()})
    elsewhere: Mapping[bytes, bytes] | None
    try:
        elsewhere = await seek_elsewhere(view, names_to_seek(missing.links, held), run.patience.limit(view.mount))
    except (TimedOut, OSError):
        elsewhere = None
    older = await ctx.db.read(archive_is_older, run.kept.get(view.path))
    found = judge_by_witnesses(missing.links, held, shown, elsewhere, archive_is_older=older)
    return [(link, *verdict) for name, verdict in found.items() for link in missing.links[name]]


async def _store(ctx: Context, run: ScanState, judged: Sequence[Judged]) -> None:
    for before in REMOVABLE:
        states = [(link.path, state, code) for link, state, code in judged if link.state == before]
        await store_states(ctx, run, states, before)


async def keep_views(ctx: Context, run: ScanState) -> None:
    """Stores what the views that passed show now, and good targets in them: later scans compare with it."""
    passed = [view_state for view_state in run.views.values() if not view_state.problem]
    by_mount = Counter(view_state.view.mount for view_state in passed)
    async with ctx.db.transaction() as connection:
        for view_state in passed:
            refreshed_by = run.scan if view_state.view.path in run.refreshed else None
            kept = KeptView(view_state.view, view_state.names, view_state.is_mount, run.scan, ctx.clock(), refreshed_by)
            await keep_view(connection, kept)
    for view_state in passed:
        limit = max(ENOUGH_CANARIES, -(-CANARIES // by_mount[view_state.view.mount]))
        targets = await ctx.db.read(good_targets_below, view_state.view, run.scan, limit)
        if targets or not view_state.names:
            async with ctx.db.transaction() as connection:
                await keep_canaries(connection, view_state.view, targets, run.scan)
