"""The scan: walk, judge, match, remember. It only looks; what it finds is mended or removed through ``changes``."""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from mediatui.context import Context
from mediatui.events import Changed, Event, Finished, Found, Phase, Progress, Said
from mediatui.library.match import Matcher
from mediatui.library.roots import Library, configured_library, scan_roots
from mediatui.library.slow_targets import Judged, SlowTargets, Wanted
from mediatui.library.threads import from_thread, in_thread
from mediatui.library.walk import Walk, WalkOptions
from mediatui.model.errors import UsageError
from mediatui.model.link import REMOVABLE
from mediatui.model.text import printable
from mediatui.services.mounts import Mount, MountLook, TimedOut, call, look_at, remote_points
from mediatui.services.symlinks import LATER, absolute, hops
from mediatui.services.symlinks import Found as Walked
from mediatui.store.library import (
    LibraryLink,
    MountSeen,
    ScanStatus,
    create_scan,
    doubt_unseen,
    drop_unseen,
    end_scan,
    iterate_links,
    prune_findings,
    read_mount_seen,
    set_states,
    set_torrents,
    store_links,
    store_mount_seen,
    store_probes,
    targets_of_scan,
)
from mediatui.store.matching import Named

Depth = Literal["basic", "full"]
STORE_AT = 4000
"""So many links are stored in one transaction."""
SAID = 5
"""So many folders that cannot be read are named."""


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """``roots`` are names of first-level folders or paths; none is the whole library. The ``full`` depth also looks
    whether the files behind good links play."""

    roots: tuple[str, ...] = ()
    mode: str = "dry-run"
    depth: Depth = "basic"


@dataclass(slots=True)
class _Run:
    library: Library
    roots: list[bytes]
    scan: int = 0
    looks: list[MountLook] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    later: list[Wanted] = field(default_factory=list)
    unknown: list[bytes] = field(default_factory=list)
    """Folders that were not walked to their end."""
    probed: int = 0

    def dead(self, target: bytes) -> bool:
        """Whether a target is on a mount that is not alive."""
        mount = self.library.mount_of(target)
        return mount is not None and any(look.mount == mount and look.problem for look in self.looks)

    def walked_whole(self, root: bytes) -> bool:
        """Whether all of a root was walked but for folders inside it that are known."""
        return not any(root == folder or root.startswith(folder + b"/") for folder in self.unknown)


async def scan(ctx: Context, options: ScanOptions) -> AsyncGenerator[Event, None]:
    """The job. Nothing is changed in the library; a scan that is cancelled keeps what it found."""
    library = configured_library(ctx.settings)
    run = _Run(library, await asyncio.to_thread(scan_roots, library, options.roots))
    shown = [os.fsdecode(root) for root in run.roots]
    async with ctx.db.transaction() as connection:
        run.scan = await create_scan(connection, shown, options.depth, options.mode, ctx.clock())
    status: ScanStatus = "failed"
    try:
        async for event in _look_at_mounts(ctx, run):
            yield event
        async for event in _walk(ctx, run):
            yield event
        if run.later:
            async for event in _look_at_slow_targets(ctx, run):
                yield event
        async for event in _doubt(ctx, run):
            yield event
        async for event in _match(ctx, run):
            yield event
        if options.depth == "full":
            async for event in _check_playable(ctx, run):
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
            await end_scan(connection, run.scan, status, +run.counts, ctx.clock())
            await prune_findings(connection, ctx.settings.scan.history)
    yield Changed("library_links", None)
    for link in await ctx.db.read(lambda c: list(iterate_links(c, "seen = ? AND state <> 'ok'", (run.scan,)))):
        fields = {
            "path": os.fsdecode(link.path), "target": os.fsdecode(link.target), "state": link.state,
            "reason": reason_of(link.state, link.code), "torrent_id": link.torrent_id, "size": link.size,
        }  # fmt: skip
        yield Found("finding", fields)
    yield _finished(run)


def reason_of(state: str, code: int | None) -> str:
    """Why a link is in its state, in a few words."""
    if code:
        return os.strerror(code)
    return {
        "small": "the target is too small to be a video",
        "wrong kind": "the target is no file and no folder",
        "outside": "the target is on no mount that is configured",
        "unknown": "the mount it needs is not alive",
    }.get(state, "")


async def _look_at_mounts(ctx: Context, run: _Run) -> AsyncIterator[Event]:
    yield Phase("looking at the mounts", len(run.library.mounts))
    for mount in run.library.mounts:
        look = await _look(ctx, mount)
        run.looks.append(look)
        if look.problem:
            yield Said("warning", f"{look.problem}: links that need it are unknown, nothing is done about them.")
        else:
            async with ctx.db.transaction() as connection:
                seen = MountSeen(mount.path, look.is_mount, look.entries, ctx.clock())
                await store_mount_seen(connection, seen)


async def _look(ctx: Context, mount: Mount) -> MountLook:
    before = await ctx.db.read(read_mount_seen, mount.path)
    was_mount, entries = (before.is_mount, before.entries) if before is not None else (False, 0)
    return await in_thread(lambda: look_at(mount, was_mount, entries))


async def _doubt(ctx: Context, run: _Run) -> AsyncIterator[Event]:
    """Takes back what was said of links that need a mount which went away meanwhile, or that lie in folders which were
    not walked to their end: they may look broken and not be."""
    away: list[Mount] = []
    for number, look in enumerate(run.looks):
        again = look if look.problem else await _look(ctx, look.mount)
        if again.problem and not look.problem:
            run.looks[number] = again
            away.append(look.mount)
            yield Said("warning", f"{again.problem}, since the scan began: links that need it are unknown.")
    if away:
        bad = await ctx.db.read(_bad_links, run.scan, None)
        places = (run.library.mount_of(absolute(link.path, link.target)) for link in bad)
        await _forget_states(ctx, run, [link for link, on in zip(bad, places, strict=True) if on is None or on in away])
    for folder in run.unknown:
        await _forget_states(ctx, run, await ctx.db.read(_bad_links, run.scan, folder))
        async with ctx.db.transaction() as connection:
            await doubt_unseen(connection, folder, run.scan, REMOVABLE)


def _bad_links(connection: sqlite3.Connection, scan: int, folder: bytes | None) -> list[LibraryLink]:
    """The links this scan saw, all or those below a folder, that are in a state in which they may be removed."""
    marks = ", ".join("?" * len(REMOVABLE))
    where, values = f"seen = ? AND state IN ({marks})", (scan, *REMOVABLE)
    if folder is None:
        return list(iterate_links(connection, where, values))
    return list(
        iterate_links(connection, f"path >= ? AND path < ? AND {where}", (folder + b"/", folder + b"0", *values))
    )


async def _forget_states(ctx: Context, run: _Run, links: Sequence[LibraryLink]) -> None:
    run.counts.subtract(link.state for link in links)
    run.counts["unknown"] += len(links)
    async with ctx.db.transaction() as connection:
        await set_states(connection, [(link.path, "unknown", 0) for link in links], int(ctx.clock()))


async def _walk(ctx: Context, run: _Run) -> AsyncIterator[Event]:
    """Every link of the roots; targets on slow mounts are left for later."""
    yield Phase("walking the library")
    slow = {point for point in remote_points() if any(look.remote for look in run.looks)}
    slow |= {look.mount.path + b"/" for look in run.looks if look.remote or look.problem}
    options = WalkOptions(
        run.roots, small_below=ctx.settings.library.small_file_bytes, later=sorted(slow), read_targets=True
    )
    walk = Walk(options)
    pending: list[Walked] = []
    try:
        async for batch in from_thread(walk.batches, walk.stop):
            pending += [_placed(run, one) for one in batch]
            if len(pending) >= STORE_AT:
                storing, pending = pending, []
                await _store(ctx, run, storing)
                yield Progress(sum(run.counts.values()), current=_counters(run.counts))
    finally:
        walk.stop()
        await _store(ctx, run, pending)
    yield Progress(sum(run.counts.values()), current=_counters(run.counts))
    for said in _not_walked(run, walk):
        yield said


def _not_walked(run: _Run, walk: Walk) -> Iterator[Said]:
    """Notes the folders of which not everything is known. One that vanished while walking is not among them, unless it
    is what was to be scanned."""
    gone = (errno.ENOENT, errno.ENOTDIR)
    unread = {folder: code for folder, code in walk.unread if code not in gone or folder in run.roots}
    run.unknown = sorted({*walk.given_up, *unread})
    if walk.given_up:
        yield Said("error", f"{len(walk.given_up):,} folders did not answer; nothing is known of what is in them.")
    for folder, code in list(unread.items())[:SAID]:
        yield Said("warning", f"{printable(os.fsdecode(folder))} cannot be read ({os.strerror(code)}).")
    if len(unread) > SAID:
        yield Said("warning", f"{len(unread) - SAID:,} more folders cannot be read.")


def _placed(run: _Run, found: Walked) -> Walked:
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
        run.later.append((path, pointed))
        return path, target, "unknown", None, 0
    return found


async def _followed(run: _Run, links: Sequence[Walked]) -> Sequence[Walked]:
    """Links that look bad are followed link by link: what rests on a mount that is away is unknown, whatever leads
    there, and what ends outside is outside."""
    bad = {link[0] for link in links if link[2] in REMOVABLE}
    if not bad or not run.library.mounts:
        return links
    try:
        through = await in_thread(lambda: call(lambda: {path: hops(path) for path in bad}))
    except TimedOut:
        through = {}
    return [link if link[0] not in bad else _judged_by(run, link, through.get(link[0])) for link in links]


def _judged_by(run: _Run, link: Walked, through: Sequence[bytes] | None) -> Walked:
    path, target, _, size, code = link
    if through is None or any(run.dead(place) for place in through):
        return path, target, "unknown", None, 0
    return link if all(map(run.library.knows, through)) else (path, target, "outside", size, code)


async def _store(ctx: Context, run: _Run, links: Sequence[Walked]) -> None:
    if not links:
        return
    links = await _followed(run, links)
    run.counts.update(link[2] for link in links)
    by_root: dict[bytes, list[Walked]] = {}
    for link in links:
        by_root.setdefault(run.library.root_of(link[0]) or b"", []).append(link)
    async with ctx.db.transaction() as connection:
        for root, its in by_root.items():
            await store_links(connection, its, root, run.scan, int(ctx.clock()))


async def _look_at_slow_targets(ctx: Context, run: _Run) -> AsyncIterator[Event]:
    yield Phase("looking at targets on mounts", len(run.later))
    mounts = [mount.path for mount in run.library.mounts]
    targets = SlowTargets(mounts, workers=ctx.settings.library.workers)
    done = 0
    pending: list[Judged] = []
    try:
        async for batch in from_thread(lambda: targets.judge(run.later), targets.stop):
            pending += batch
            done += len(batch)
            if len(pending) >= STORE_AT:
                storing, pending = pending, []
                await _store_states(ctx, run, storing)
                yield Progress(done, len(run.later), current=_counters(run.counts))
    finally:
        targets.stop()
        await _store_states(ctx, run, pending)
    yield Progress(done, len(run.later), current=_counters(run.counts))
    for mount, why in targets.paused.items():
        yield Said("warning", f"{os.fsdecode(mount)} was left alone ({why}): links that need it are unknown.")


async def _store_states(ctx: Context, run: _Run, judged: Sequence[Judged]) -> None:
    if not judged:
        return
    run.counts.update(state for _, state, _ in judged)
    run.counts["unknown"] -= len(judged)
    async with ctx.db.transaction() as connection:
        await set_states(connection, judged, int(ctx.clock()))


async def _match(ctx: Context, run: _Run) -> AsyncIterator[Event]:
    """Which torrent each link points into, a page of links after the other."""
    total = sum(run.counts.values())
    yield Phase("matching links and torrents", total)
    known: dict[str, list[Named]] = {}
    lost: list[tuple[bytes, bytes, int | None]] = []
    mounts = [mount.path for mount in run.library.mounts]
    after, done = b"", 0

    def match(connection: sqlite3.Connection) -> list[tuple[bytes, str | None]]:
        matcher = Matcher(connection, mounts, known)
        found: list[tuple[bytes, str | None]] = []
        for path, target, size in targets_of_scan(connection, run.scan, after, STORE_AT):
            pointed = absolute(path, target)
            found.append((path, matcher.match(pointed)))
            if found[-1][1] is None:
                lost.append((path, pointed, size))
        return found

    while rows := await ctx.db.read(match):
        async with ctx.db.transaction() as connection:
            await set_torrents(connection, rows)
        after, done = rows[-1][0], done + len(rows)
        yield Progress(done, total)
    by_file = await ctx.db.read(lambda connection: list(Matcher(connection, mounts).match_by_file(lost)))
    async with ctx.db.transaction() as connection:
        await set_torrents(connection, by_file)


async def _check_playable(ctx: Context, run: _Run) -> AsyncIterator[Event]:
    """Whether the files behind good links play; what cannot be told changes nothing."""
    from mediatui.library.playability import GOOD, check_playable, to_check
    from mediatui.services.ffprobe import find_ffprobe

    links = await ctx.db.read(to_check, run.scan, ctx.settings.library.video_extensions)
    yield Phase("looking whether files play", len(links))
    settings = ctx.settings.scan
    try:
        ffprobe = find_ffprobe(settings.ffprobe)
    except UsageError as error:
        ffprobe = ""
        yield Said("warning", f"{error.message} {error.hint} What only it could tell stays unknown.")
    done = 0
    batches = check_playable(links, str(ctx.db.path), ffprobe, settings.probe_workers, settings.probe_timeout_s)
    async for batch in batches:
        now = ctx.clock()
        bad = [(one.path, one.verdict, 0) for one in batch if one.verdict not in (GOOD, "unknown")]
        bad = [(path, "small" if verdict == "empty" else verdict, code) for path, verdict, code in bad]
        async with ctx.db.transaction() as connection:
            await store_probes(connection, [one.remember for one in batch if one.remember is not None], now)
            await set_states(connection, bad, int(now))
        run.counts.update(state for _, state, _ in bad)
        run.counts["ok"] -= len(bad)
        run.probed += sum(one.probed for one in batch)
        done += len(batch)
        yield Progress(done, len(links), current=_counters(run.counts))


def _counters(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in counts.most_common() if count and state != "ok")


def _finished(run: _Run) -> Finished:
    counts = {state: count for state, count in run.counts.items() if count}
    links = sum(counts.values())
    wrong = _counters(run.counts) or "nothing wrong"
    return Finished(
        "done", f"{links:,} links: {wrong}.", {"scan": run.scan, "links": links, "states": counts, "probed": run.probed}
    )
