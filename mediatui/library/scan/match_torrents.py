"""Finds the torrents that the links of a scan point into, a page of links at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator

from mediatui.library.scan.match import Matcher
from mediatui.library.scan.state import STORE_AT, ScanState
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Phase, Progress
from mediatui.store.library.links import set_torrents, targets_of_scan
from mediatui.store.library.matching import NamedTorrent
from mediatui.system.symlinks import absolute

LOST_AT_ONCE = 50_000
"""Links without a match by folder name that are searched by file name in one pass over all files."""

Lost = list[tuple[bytes, bytes, int | None]]
"""Links without a match by folder name: path, absolute target, size."""


async def link_to_torrents(ctx: Context, run: ScanState) -> AsyncIterator[Event]:
    """Finds and stores the torrents of all links a scan saw, and lets ``run.finder`` learn where the views are."""
    total = sum(run.counts.values())
    yield Phase("matching links and torrents", total)
    known: dict[str, list[NamedTorrent]] = {}
    identified: dict[str, list[NamedTorrent]] = {}
    lost: Lost = []
    after, done = b"", 0

    def match(connection: sqlite3.Connection) -> list[tuple[bytes, str | None]]:
        matcher = Matcher(connection, run.mounts, known, identified)
        found: list[tuple[bytes, str | None]] = []
        for path, target, size in targets_of_scan(connection, run.scan, after, STORE_AT):
            pointed = absolute(path, target)
            torrent_id, folder = matcher.locate(pointed)
            run.finder.learn(pointed, folder)
            found.append((path, torrent_id))
            if found[-1][1] is None:
                lost.append((path, pointed, size))
        return found

    while rows := await ctx.db.read(match):
        async with ctx.db.transaction() as connection:
            await set_torrents(connection, rows)
        after, done = rows[-1][0], done + len(rows)
        yield Progress(done, total)
        if len(lost) >= LOST_AT_ONCE:
            await _by_file(ctx, run, lost)
    await _by_file(ctx, run, lost)


async def _by_file(ctx: Context, run: ScanState, lost: Lost) -> None:
    """Matches links by the names and sizes of their files, and empties the list."""
    wanted = [*lost]
    lost.clear()
    found = await ctx.db.read(lambda connection: list(Matcher(connection, run.mounts).match_by_file(wanted)))
    async with ctx.db.transaction() as connection:
        await set_torrents(connection, found)
