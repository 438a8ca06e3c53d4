"""Finding another file for dead links: in the account first, then with the indexers, once for what belongs together."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mediatui.acquire.grab import GrabOptions, sort_releases, why_left
from mediatui.acquire.mapping.aim import Aim
from mediatui.acquire.release_links import NotFetched, ReleaseLinks
from mediatui.acquire.replacing.dead_links import DeadLink
from mediatui.acquire.replacing.tried import Tried
from mediatui.acquire.replacing.ways import ORDER, Way, account_ways, quality_before, release_ways
from mediatui.acquire.search.job import read_wanted, search
from mediatui.acquire.search.options import SearchOptions, read_options
from mediatui.acquire.search.row import ReleaseRow, rows_of
from mediatui.acquire.target_guard import AGAIN, Offered
from mediatui.library.links.relink import find_candidates, lookalikes
from mediatui.library.roots import configured_library
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.target import MappedTarget, Target
from mediatui.model.text import printable
from mediatui.names.release_columns import columns_of
from mediatui.runtime.context import Context
from mediatui.runtime.events import FoundRow, Said
from mediatui.settings import Settings
from mediatui.store.releases.rows import find_search, note_hash, releases_of
from mediatui.store.torrents.listing import entries_of_hash, torrents_by_id
from mediatui.store.transfers.rows import blob_of, store_blob
from mediatui.system.symlinks import absolute
from mediatui.system.threads import in_thread
from mediatui.system.torrent_source import TorrentSource

Report = Callable[[str], None]
HOW: Final = GrabOptions(auto="import")
"""How a release is sent that replaces a link: its yes is one to all of it."""
PACK_FROM: Final = 3
"""From so many dead links of a season on a pack comes before single episodes."""
MOST_ALONE: Final = 3
"""So many episodes are searched alone, where a search for their season finds none of them."""
MOST_FETCHED: Final = 3
"""The torrents of so many releases are tried for a link, the best first."""


@dataclass(slots=True)
class Found:
    """What was found for a dead link: the ways in order, which of them is taken (None: none), why nothing more was
    looked for (``left``; ``before`` releases were searched, that alone), and whether looking again later can find more
    (``may_come``). ``tried`` is what failed lately; with ``any_quality`` a release may have another resolution than
    there was. Of a release that is taken its torrent, and what it is for."""

    dead: DeadLink
    tried: Tried = field(default_factory=Tried)
    any_quality: bool = False
    ways: list[Way] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    may_come: bool = False
    before: list[str] = field(default_factory=list)
    source: TorrentSource | None = None
    offered: Offered | None = None
    chosen: Way | None = None

    def take(self, way: Way) -> None:
        """Takes a way, unless one is taken already."""
        if self.chosen is None and way.is_sure:
            self.chosen = way

    def take_last(self) -> None:
        """Takes what failed before, where there is no other way."""
        if self.chosen is None:
            self.chosen = next((way for way in self.in_order if way.is_last), None)

    @property
    def in_order(self) -> list[Way]:
        """The ways in the order in which they are taken."""
        return sorted(self.ways, key=lambda way: ORDER.index(way.kind))


async def find_files(ctx: Context, found: Sequence[Found], report: Report) -> None:
    """Looks in the account for the files of links for which nothing is taken yet."""
    mounts = configured_library(ctx.settings).mounts
    open_ones = [one for one in found if one.chosen is None]
    if not open_ones:
        return
    report(f"Looking in the account for {counted(len(open_ones), 'file')}")
    likes = await ctx.db.read(lookalikes, [one.dead.link for one in open_ones])
    for one, like in zip(open_ones, likes, strict=True):
        candidates = await in_thread(lambda like=like: find_candidates(like, mounts))  # type: ignore[misc]
        twins = await ctx.db.read(_twins, one.dead.link.torrent_id)
        tried = {target: why for (path, target), why in one.tried.files.items() if path == one.dead.link.path}
        one.ways += account_ways(candidates, one.dead.target, twins, tried)
        for way in one.in_order:
            one.take(way)


def _twins(connection: sqlite3.Connection, torrent_id: str | None) -> set[str]:
    """The other torrents of the account that are the same as one."""
    own = torrents_by_id(connection, [torrent_id]) if torrent_id else []
    return {entry.id for one in own for entry in entries_of_hash(connection, one.hash)} - {torrent_id or ""}


async def find_releases_for(ctx: Context, found: Sequence[Found], report: Report) -> None:
    """Searches releases for the links for which nothing is taken yet, and fetches the torrents of those that are."""
    open_ones = [one for one in found if one.chosen is None]
    if not open_ones:
        return
    if not ctx.settings.prowlarr.enabled:
        for one in open_ones:
            one.left.append("no release was searched: prowlarr.enabled is false")
        return
    groups: dict[object, list[Found]] = {}
    for one in open_ones:
        target = one.dead.target
        if target is None:
            one.left.append("no release was searched: its name says no title, or no season and episode")
        elif target.kind == "film" and not (target.year or target.tmdb_id or target.imdb_id):
            one.left.append("no release was searched: its name says no year, and no id of it is known")
        else:
            one.may_come, one.before = True, list(one.left)
            groups.setdefault(_group_of(target), []).append(one)
    if not groups:
        return
    prowlarr = ctx.prowlarr()
    try:

        async def kept(info_hash: str) -> bytes:
            return await ctx.db.read(blob_of, info_hash)

        links = ReleaseLinks(prowlarr, route_of=ctx.settings.acquire.route_of, kept=kept)
        for group in groups.values():
            await _search_and_offer(ctx, group, links, report)
            if len(group) > 1:  # an indexer may not find single episodes by their season
                for one in [one for one in group if one.chosen is None][:MOST_ALONE]:
                    await _search_and_offer(ctx, [one], links, report)
    finally:
        await prowlarr.close()


async def _search_and_offer(ctx: Context, group: Sequence[Found], links: ReleaseLinks, report: Report) -> None:
    """Searches once for links of one film or season, and takes for each what is best."""
    try:
        rows = await _search(ctx, group, report)
    except MediatuiError as error:
        for one in group:
            one.left = [*one.before, f"no release was found: {error.message.rstrip('.')}"]
        return
    for one in group:
        await _offer(ctx, one, rows, links, report, pack_first=len(group) >= PACK_FROM)


def _group_of(target: Target) -> object:
    """What belongs into one search: a film, or a season."""
    return target.kind, target.tmdb_id, target.tvdb_id, target.title, target.year, target.season


async def _search(ctx: Context, group: Sequence[Found], report: Report) -> list[ReleaseRow]:
    """The releases that the indexers have for some links of one film or season. Raises MediatuiError."""
    targets = [one.dead.target for one in group if one.dead.target is not None]
    first = targets[0]
    alone = len({one.episodes for one in targets}) == 1 and len(first.episodes) == 1
    options = SearchOptions(
        first.title if first.kind == "series" or not first.year else f"{first.title} {first.year}", first.kind,
        first.season, first.episodes[0] if alone else None, tmdb=first.tmdb_id, tvdb=first.tvdb_id,
        imdb=first.imdb_id, titles=(first.title,), year=first.year,
    )  # fmt: skip
    report(f"Searching releases for {printable(first.shown if alone or first.kind == 'film' else first.named)}")
    number = 0
    async for event in search(ctx, options):
        if isinstance(event, FoundRow) and event.type == "search":
            number = int(str(event.row["id"]))
        elif isinstance(event, Said):
            report(event.text)
    return await ctx.db.read(_rows, number, ctx.settings)


def _rows(connection: sqlite3.Connection, number: int, settings: Settings) -> list[ReleaseRow]:
    kept = find_search(connection, number)
    wanted = read_wanted(connection, read_options(kept))
    return rows_of(connection, releases_of(connection, number), wanted, settings.acquire.preferred)


async def _torrent_of(ctx: Context, way: Way, links: ReleaseLinks, report: Report) -> TorrentSource | str:
    """The torrent of a release, or why it cannot be sent."""
    assert way.release is not None
    _, left = await ctx.db.read(sort_releases, [way.release.release], HOW)
    if left:
        return left[0][1]
    report(f"Fetching the torrent of {printable(way.name)}")
    source = await links.fetch(way.release.release)
    if isinstance(source, NotFetched):
        return source.why
    await ctx.db.write(
        note_hash, way.release.release.number, links.offers.get(source.hash, way.release.release.first), source.hash
    )
    if source.content:
        await ctx.db.write(store_blob, source.hash, source.content, ctx.clock())
    return await ctx.db.read(why_left, source, HOW) or source


async def _offer(
    ctx: Context, one: Found, rows: Sequence[ReleaseRow], links: ReleaseLinks, report: Report, *, pack_first: bool
) -> None:
    """Takes the best of the releases whose torrent can be had."""
    link, target = one.dead.link, one.dead.target
    assert target is not None
    own = await ctx.db.read(torrents_by_id, [link.torrent_id]) if link.torrent_id else []
    wished: Mapping[str, Sequence[str]] = ctx.settings.acquire.preferred.prefer
    ways = release_ways(
        rows, target, quality_before(absolute(link.path, link.target)), wished.get("resolutions", ()),
        {*one.tried.hashes, *(torrent.hash for torrent in own)}, pack_first=pack_first,
        any_quality=one.any_quality,
    )  # fmt: skip
    one.left = [] if ways else [f"no release of {printable(target.shown)} was found"]
    one.left = [*one.before, *one.left]
    one.ways = [*(way for way in one.ways if way.kind != "release"), *ways]
    for way in [way for way in ways if way.is_sure][:MOST_FETCHED]:
        source = await _torrent_of(ctx, way, links, report)
        if isinstance(source, str):
            why = source.partition(f"; {AGAIN}")[0]  # which is an option of grab
            one.left.append(f"{printable(way.name)}: {why}")
            continue
        mapped = MappedTarget(target, way.score, (f"in place of {os.fsdecode(os.path.basename(link.path))}",))
        one.source = source
        columns = columns_of(way.name) if way.release is None else way.release.columns
        one.offered = Offered(source.hash, way.name, (source.hash,), columns, Aim((mapped,)))
        one.take(way)
        return
