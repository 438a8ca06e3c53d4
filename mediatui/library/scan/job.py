"""The scan: walks, judges, matches and stores links. It changes nothing in the library; ``changes`` does that."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING

from mediatui.changes.left_roots import forget_left_roots
from mediatui.library.roots import configured_library, find_roots
from mediatui.library.scan.history import estimate_s
from mediatui.library.scan.match_torrents import link_to_torrents
from mediatui.library.scan.mount_checks import (
    check_mount_now,
    flag_emptied_roots,
    flag_unread_folders,
    retract_on_lost_mounts,
)
from mediatui.library.scan.offer_rebase import offer_rebase
from mediatui.library.scan.reasons import reason_of
from mediatui.library.scan.slow_targets import Judged, SlowTargets
from mediatui.library.scan.state import STORE_AT, ScanOptions, ScanState, store_states
from mediatui.library.scan.unjudged import Unjudged, count_unjudged
from mediatui.library.scan.views import find_views, judge_views, keep_views
from mediatui.model.errors import UsageError
from mediatui.model.hidden_names import count_names, sentence_of_left_out
from mediatui.model.human import counted, duration
from mediatui.model.link import NOT_JUDGED, REMOVABLE
from mediatui.model.views import sentence_of_not_judged
from mediatui.runtime.context import Context
from mediatui.runtime.events import Changed, Event, Finished, FoundRow, Phase, Progress, Said
from mediatui.store.library.held_up import held_up_mounts
from mediatui.store.library.links import (
    LibraryLink,
    count_links,
    drop_unseen,
    links_not_judged,
    page_of_bad_links,
    store_links,
)
from mediatui.store.library.mounts_seen import MountSeen, forget_mount, store_mount_seen
from mediatui.store.library.probes import store_probes
from mediatui.store.library.roots_read import note_roots_read
from mediatui.store.library.scans import ScanStatus, create_scan, end_scan, prune_findings, read_scans, store_unjudged
from mediatui.store.library.verdicts import recall_verdicts, set_verdicts
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mounts import remote_points
from mediatui.system.patience import Patience
from mediatui.system.symlinks import LATER, WalkedLink, absolute, rests_on, state_of_errno
from mediatui.system.threads import from_thread, in_thread
from mediatui.system.walk import Walk, WalkOptions

if TYPE_CHECKING:
    from mediatui.library.playback.check import Checked

__all__ = ["ScanOptions", "reason_of", "scan"]

LISTINGS_A_WORKER = 2
"""Listings mostly wait for the network, so there are twice as many of them as workers."""
SLOW_AT_ONCE = 50_000
"""Links on slow mounts that are held in memory at a time."""
DAY_S = 86_400


async def scan(ctx: Context, options: ScanOptions) -> AsyncGenerator[Event, None]:
    """The job. Changes nothing in the library; a cancelled scan keeps what it found. Raises UsageError for roots that
    cannot be scanned, and when all files are to be probed and ffprobe is missing."""
    if options.probe == "all":
        from mediatui.system.ffprobe import find_ffprobe

        find_ffprobe(ctx.settings.scan.ffprobe)
    library = configured_library(ctx.settings)
    roots = await find_roots(library, options.roots)
    held_up = await ctx.db.read(held_up_mounts, ctx.clock())
    for said in await forget_left_roots(ctx):
        yield said
    run = ScanState(library, roots, Patience(ctx.settings.library.mount_timeout_s, held_up))
    shown = [os.fsdecode(root) for root in run.roots]
    if (estimate := await ctx.db.read(_estimate, run.roots, options.depth)) is not None:
        yield Said("info", f"It takes about {duration(estimate)}, by earlier scans in {options.depth} depth.")
    await find_views(ctx, run, options.accept_views)
    async with ctx.db.transaction() as connection:
        run.scan = await create_scan(connection, shown, options.depth, options.mode, ctx.clock())
    status: ScanStatus = "failed"
    try:
        async for event in _phases(ctx, run, options):
            yield event
        status = "done"
    except (asyncio.CancelledError, GeneratorExit):
        status = "cancelled"
        raise
    finally:
        async with ctx.db.transaction() as connection:
            if status == "done":
                for root in filter(run.walked_whole, run.roots):
                    await drop_unseen(connection, root, run.scan, run.unknown)
                read = [root for root in run.roots if run.read_to_its_end(root) and root in library.roots]
                await note_roots_read(connection, read, run.scan, ctx.clock())
            await end_scan(connection, run.scan, status, +run.counts, ctx.clock())
            await prune_findings(connection, ctx.settings.scan.history)
    await _keep_mounts(ctx, run)
    await keep_views(ctx, run)
    yield Changed("library_links", None)
    after = b""
    while bad := await ctx.db.read(page_of_bad_links, run.scan, after, STORE_AT):
        for link in bad:
            yield FoundRow("finding", _finding(link))
        after = bad[-1].path
    unjudged = await count_unjudged(ctx, run)
    async with ctx.db.transaction() as connection:
        await store_unjudged(connection, run.scan, [reason.as_row() for reason in unjudged])
    for reason in unjudged:
        yield FoundRow("unjudged", reason.as_row())
    yield _finished(run, unjudged)


def _estimate(connection: sqlite3.Connection, roots: Sequence[bytes], depth: str) -> float | None:
    """How many seconds a scan of these roots takes, by the links a second of earlier scans; None when it is unknown."""
    folders = [(root, count_links(connection, root)) for root in roots]
    return estimate_s(read_scans(connection), folders, depth)


async def _phases(ctx: Context, run: ScanState, options: ScanOptions) -> AsyncIterator[Event]:
    async for event in _check_mounts(ctx, run, options.accept_mounts):
        yield event
    async for event in _walk(ctx, run):
        yield event
    if run.later:
        async for event in _judge_slow_targets(ctx, run):
            yield event
    async for event in flag_emptied_roots(ctx, run, options.accept_mounts):
        yield event
    async for event in retract_on_lost_mounts(ctx, run):
        yield event
    async for event in link_to_torrents(ctx, run):
        yield event
    async for event in judge_views(ctx, run, accept_all=options.accept_mounts, refresh=options.refresh):
        yield event
    run.witnessed = True
    if options.read_first_kb:
        from mediatui.library.scan.first_bytes import read_first_kb

        async for event in read_first_kb(ctx, run):
            yield event
    async for event in offer_rebase(ctx, run):
        yield event
    if options.depth == "full":
        async for event in _check_playable(ctx, run, options):
            yield event
    async with ctx.db.transaction() as connection:
        recalled = await recall_verdicts(connection, run.scan)
    run.counts.update(recalled)
    run.counts["ok"] -= sum(recalled.values())


def _finding(link: LibraryLink) -> dict[str, object]:
    return {
        "path": os.fsdecode(link.path), "target": os.fsdecode(link.target), "state": link.state,
        "reason": reason_of(link.state, link.code), "torrent_id": link.torrent_id, "size": link.size,
    }  # fmt: skip


async def _check_mounts(ctx: Context, run: ScanState, accept: bool) -> AsyncIterator[Event]:
    yield Phase("looking at the mounts", len(run.library.mounts))
    for mount in run.library.mounts:
        if accept:
            async with ctx.db.transaction() as connection:
                await forget_mount(connection, mount.path)
        mount_state = await check_mount_now(ctx, run, mount)
        run.mount_states.append(mount_state)
        if mount_state.problem:
            yield Said("warning", f"{mount_state.problem}: links that need it are unknown and left as they are.")


async def _keep_mounts(ctx: Context, run: ScanState) -> None:
    """Stores the state of the mounts that stayed alive to the end and none of whose views failed: later scans compare
    with it."""
    failed = {view_state.view.path for view_state in run.views.values() if view_state.problem}
    async with ctx.db.transaction() as connection:
        for mount_state in run.mount_states:
            if not mount_state.problem and not any(path.startswith(mount_state.mount.path) for path in failed):
                seen = MountSeen(mount_state.mount.path, mount_state.is_mount, mount_state.entries, ctx.clock())
                await store_mount_seen(connection, seen)


async def _walk(ctx: Context, run: ScanState) -> AsyncIterator[Event]:
    """Every link of the roots; targets on slow mounts are left for later."""
    yield Phase("walking the library")
    slow = {*remote_points()}
    slow |= {
        mount_state.mount.path + b"/" for mount_state in run.mount_states if mount_state.remote or mount_state.problem
    }
    run.slow = tuple(sorted(slow))
    library = ctx.settings.library
    late = 2 * library.mount_timeout_s
    walk = Walk(WalkOptions(run.roots, library.small_file_bytes, library.video_endings, run.slow, silent_s=late))
    pending: list[WalkedLink] = []
    try:
        async for batch in from_thread(lambda: _placed_batches(run, walk), walk.stop):
            pending += batch
            if len(pending) >= STORE_AT:
                storing, pending = pending, []
                await _store(ctx, run, await _followed(run, storing))
                yield Progress(sum(run.counts.values()), current=run.at(storing[-1][0]))
        storing, pending = pending, []
        await _store(ctx, run, await _followed(run, storing))
    finally:
        walk.stop()
        await _store(
            ctx, run, [judged for judged in pending if judged[2] not in REMOVABLE]
        )  # a cancelled scan no longer follows links
    yield Progress(sum(run.counts.values()), current=run.counters())
    for said in flag_unread_folders(run, walk):
        yield said
    run.left_out = walk.left_out
    if sentence := sentence_of_left_out(count_names(run.left_out)):
        yield Said("info", sentence)


def _placed_batches(run: ScanState, walk: Walk) -> Iterator[list[WalkedLink]]:
    """The links of a walk, each with what the configured mounts say about its target. Blocks."""
    return ([_placed(run, walked) for walked in batch] for batch in walk.batches())


def _placed(run: ScanState, found: WalkedLink) -> WalkedLink:
    """A link as walked, with what the configured mounts say about its target."""
    path, target, state, size, code = found
    if not run.library.mounts:
        return found if state != LATER else (path, target, "unknown", None, 0)
    pointed = absolute(path, target)
    if run.dead(pointed):
        return path, target, "unknown", None, 0
    if not run.library.knows(pointed):
        return path, target, "outside", size, code
    if state == LATER:
        run.later += 1
        return path, target, "unknown", None, 0
    return found


async def _followed(run: ScanState, links: Sequence[WalkedLink]) -> Sequence[WalkedLink]:
    """Follows bad links hop by hop: a link that depends on a mount that is away is unknown, and a link that ends
    outside the library and its mounts is outside."""
    bad = {link[0] for link in links if link[2] in REMOVABLE}
    if not bad or not run.library.mounts:
        return links
    known = [*run.library.roots, *run.mounts]
    try:
        through = await in_thread(lambda: ask(rests_on, bad, known, seconds=run.library.timeout_s))
    except (TimedOut, OSError):
        through = {}
    return [link if link[0] not in bad else _judged_by(run, link, through.get(link[0])) for link in links]


def _judged_by(run: ScanState, link: WalkedLink, through: Sequence[bytes] | None) -> WalkedLink:
    path, target, _, size, code = link
    if through is None or any(run.dead(place) for place in through):
        return path, target, "unknown", None, 0
    return link if all(map(run.library.knows, through)) else (path, target, "outside", size, code)


async def _store(ctx: Context, run: ScanState, links: Sequence[WalkedLink]) -> None:
    if not links:
        return
    run.counts.update(link[2] for link in links)
    async with ctx.db.transaction() as connection:
        await store_links(connection, links, run.library.root_of, run.scan, int(ctx.clock()))


async def _judge_slow_targets(ctx: Context, run: ScanState) -> AsyncIterator[Event]:
    """Judges the links the walk left for later, in pages."""
    yield Phase("looking at targets on mounts", run.later)
    workers, videos = LISTINGS_A_WORKER * ctx.settings.library.workers, ctx.settings.library.video_endings
    targets = SlowTargets(run.mounts, workers, patience=run.patience, videos=videos)
    after, done = b"", 0
    while page := await ctx.db.read(links_not_judged, run.scan, after, SLOW_AT_ONCE):
        after = page[-1][0]
        pointed = ((path, absolute(path, target)) for path, target in page)
        wanted = [link for link in pointed if run.waits(link[1])]
        async for count, path in _judge(ctx, run, targets, wanted):
            done += count
            yield Progress(done, run.later, current=run.at(path))
    run.paused |= targets.paused
    run.not_there = targets.not_there
    for mount, why in targets.paused.items():
        yield Said("warning", f"{os.fsdecode(mount)} was left alone ({why}): links that need it are unknown.")


async def _judge(
    ctx: Context, run: ScanState, targets: SlowTargets, wanted: Sequence[tuple[bytes, bytes]]
) -> AsyncIterator[tuple[int, bytes]]:
    """Judges links and stores their states; yields how many were stored each time, and the last of them."""
    pending: list[Judged] = []
    try:
        async for batch in from_thread(lambda: targets.judge(wanted), targets.stop):
            pending += batch
            if len(pending) >= STORE_AT:
                storing, pending = pending, []
                await store_states(ctx, run, storing, "unknown")
                yield len(storing), storing[-1][0]
    finally:
        await store_states(ctx, run, pending, "unknown")
    if pending:
        yield len(pending), pending[-1][0]


async def _check_playable(ctx: Context, run: ScanState, options: ScanOptions) -> AsyncIterator[Event]:
    """Checks whether the files behind good links play. What could not be opened, or probed in time, is unreadable or
    unknown."""
    from mediatui.library.playback.check import Belief, PlayabilityCheck, Prober, to_check
    from mediatui.library.playback.service_sizes import with_service_sizes
    from mediatui.library.scan.first_bytes import report_paused_mounts, warn_of_unread_files
    from mediatui.system.ffprobe import find_ffprobe

    settings = ctx.settings.scan
    links = await ctx.db.read(to_check, run.scan, ctx.settings.library.video_extensions, run.place_of)
    links, problems = await with_service_sizes(ctx, links)
    for problem in problems:
        yield Said("warning", problem)
    yield Phase("checking whether files play", len(links))
    try:
        ffprobe = find_ffprobe(settings.ffprobe)
    except UsageError as error:
        ffprobe = ""
        yield Said("warning", f"{error.sentence} Files that only ffprobe can judge stay unknown.")
    prober = Prober(ffprobe, settings.probe_workers, settings.probe_timeout_s, options.probe == "all")
    belief = Belief(ctx.clock(), settings.playable_days * DAY_S)
    workers = ctx.settings.library.workers
    check = PlayabilityCheck(links, str(ctx.db.path), prober, workers, belief, run.patience)
    done, late = 0, list[tuple[bytes, int]]()
    async for batch in check.batches():
        await _store_checked(ctx, run, batch)
        late += [(checked.path, checked.unread) for checked in batch if checked.unread]
        done += len(batch)
        yield Progress(done, len(links), current=run.at(batch[-1].path) if batch else run.counters())
    for said in warn_of_unread_files(late):
        yield said
    async for event in report_paused_mounts(ctx, check.calls):
        yield event


async def _store_checked(ctx: Context, run: ScanState, batch: Sequence[Checked]) -> None:
    """Stores the results of checked files."""
    bad: list[Judged] = []
    for checked in batch:
        if checked.unread is not None:
            bad.append((checked.path, "unknown", checked.unread))
            run.unread += bool(checked.unread)
        elif checked.verdict == "unknown" and checked.code:
            is_forbidden = state_of_errno(checked.code) == "unreadable"
            bad.append((checked.path, "unreadable" if is_forbidden else "unknown", checked.code))
        elif checked.verdict not in ("playable", "unknown"):
            bad.append((checked.path, "small" if checked.verdict == "empty" else checked.verdict, 0))
    judged = [checked for checked in batch if checked.verdict != "unknown"]
    async with ctx.db.transaction() as connection:
        await store_probes(
            connection, [checked.remember for checked in batch if checked.remember is not None], ctx.clock()
        )
        verdicts = [
            (checked.path, None if checked.verdict in ("playable", "empty") else checked.verdict) for checked in judged
        ]
        await set_verdicts(connection, verdicts)
    await store_states(ctx, run, bad, "ok")
    run.probed += sum(checked.probed for checked in batch)


def _finished(run: ScanState, unjudged: Sequence[Unjudged]) -> Finished:
    counts = {state: count for state, count in run.counts.items() if count}
    links = sum(counts.values())
    wrong = run.counters() or "nothing wrong"
    counts_of_run: dict[str, object] = {"scan": run.scan, "links": links, "states": counts, "probed": run.probed}
    counts_of_run["could_not_be_read"] = run.could_not_be_read
    if run.left_out:
        counts_of_run["left_out"] = count_names(run.left_out)
    counts_of_run["not_judged"] = sum(counts.get(state, 0) for state in NOT_JUDGED)
    rows = [reason.as_row() for reason in unjudged]
    away = run.mounts_away
    if rows:
        counts_of_run["unjudged"] = rows
    if away:
        counts_of_run["mounts_away"] = away
    if run.unknown:
        counts_of_run["unread_folders"] = len(run.unknown)
    said = sentence_of_not_judged(rows, away.values())
    return Finished("done", " ".join(filter(None, (f"{counted(links, 'link')}: {wrong}.", said))), counts_of_run)
