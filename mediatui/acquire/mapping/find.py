"""Finds what releases are for: among what is known here, and what Sonarr and Radarr look up."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mediatui.acquire.mapping.catalog_lookups import episodes_at_tvdb, season_at_tmdb
from mediatui.acquire.mapping.item import Item, ItemEpisode
from mediatui.acquire.mapping.local import LocalItems, merged
from mediatui.acquire.mapping.lookups import Lookups, terms_of, terms_typed
from mediatui.acquire.mapping.numbers_at import Dated, SameSeason, same_season
from mediatui.acquire.mapping.rank import Mapping, rank
from mediatui.acquire.mapping.release_name import ReleaseName
from mediatui.model.errors import UsageError
from mediatui.model.target import MappedTarget, Target, TypedTarget
from mediatui.model.text import printable
from mediatui.names.titles import fold_title, same_title
from mediatui.services.errors import ServiceError

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.lookup import ParsedRelease
    from mediatui.services.catalogs import Catalogs
    from mediatui.settings.arr import ArrSettings
    from mediatui.store.database import Database

AT_A_TIME = 10
"""So many names are compared before others have their turn."""
MOST_LISTED = 6
LONGEST_NAME = 500
"""So much of a name is given to a service to read."""


@dataclass(frozen=True, slots=True)
class FoundTarget:
    """A target that a person typed, and the film or series (None: known to nobody here); what is to be ``said`` of its
    numbers, and the number the season has ``elsewhere`` (None: the same, or not known)."""

    item: Item | None
    mapped: MappedTarget
    said: str = ""
    elsewhere: int | None = None


class TargetFinder:
    """Finds targets. ``services`` are those that may be asked, the first of each kind first; ``connect`` makes a client
    of one by its name; ``now`` is epoch seconds; ``catalogs`` (None: none) are asked where there is no service."""

    def __init__(
        self,
        db: Database,
        services: Sequence[ArrSettings],
        connect: Callable[[str], Arr],
        now: float,
        catalogs: Catalogs | None = None,
    ) -> None:
        self._catalogs = catalogs
        self._db, self._services, self._connect = db, [one for one in services if one.enabled], connect
        first = {one.kind: one for one in reversed(self._services)}
        self._lookups = Lookups(db, list(first.values()), connect, now, catalogs)
        self._today = time.strftime("%Y-%m-%d", time.localtime(now))

    @property
    def notes(self) -> list[str]:
        """What could not be compared, as sentences."""
        return [f"{title} looks nothing up: {error.message}" for title, error in self._lookups.failed.items()]

    @property
    def _unasked(self) -> str:
        """Why not everybody that may know a title has answered; empty when they have."""
        if not self._services and not self._catalogs:
            return "Sonarr, Radarr or TMDB (,) look it up"
        return next((error.message.rstrip(".") for error in self._lookups.failed.values()), "")

    @property
    def requests(self) -> int:
        """How many look-ups were asked for."""
        return self._lookups.requests

    async def map_releases(self, releases: Sequence[ReleaseName]) -> list[Mapping]:
        """What each release may be for, in their order."""
        local = await self._db.read(_local_items, releases)
        terms = []
        for release, items in zip(releases, local, strict=True):
            terms.append(terms_of(release, items))
            if len(terms) % AT_A_TIME == 0:
                await asyncio.sleep(0)
        await self._lookups.fetch([term for some in terms for term in some])
        found = []
        for release, items, asked in zip(releases, local, terms, strict=True):
            known = merged([*items, *self._lookups.found(asked)])
            mapping = rank(release, known, self._today)
            if (item := _to_parse(mapping)) is not None and (parsed := await self._parse(release, item)):
                read = replace(item, parsed=parsed)
                mapping = rank(release, [read if one is item else one for one in known], self._today)
            found.append(replace(mapping, unasked=self._unasked))
            if len(found) % AT_A_TIME == 0:
                await asyncio.sleep(0)
        return found

    async def find(self, typed: TypedTarget) -> FoundTarget:
        """The target that a person typed. A season of TMDB is brought to the numbers of TVDB. Raises UsageError when
        nothing is of it, or several are, or it is not known which season that is."""
        items = await self._db.read(_typed_items, typed)
        items = _of_typed(items, typed)
        if not items:
            terms = terms_typed(typed)
            await self._lookups.fetch(terms)
            items = _of_typed(merged(self._lookups.found(terms)), typed)
            if not items and self._lookups.has_asked([kind for kind, _ in terms]):
                raise UsageError(
                    f"Sonarr and Radarr know nothing of {_named(typed)}.",
                    "Check the words or the id; map shows what fits.",
                )
        if len(items) > 1:
            fitting = ", ".join(f"{one.target().named} is {one.target().text}" for one in items[:MOST_LISTED])
            raise UsageError(f"Several are of {_named(typed)}.", f"Name one by its id: {fitting}.")
        if items:
            return await self._numbered(items[0], typed)
        if typed.kind is None:
            raise UsageError(
                f"Whether tt{typed.imdb_id:07d} is a film or a series is not known here.",
                "Name it as film:Title (Year), series:Title, tmdb:N or tvdb:N.",
            )
        target = Target(
            typed.kind, typed.title, typed.year, typed.tmdb_id, typed.tvdb_id, typed.imdb_id, season=typed.season,
            episodes=typed.episodes,
        )  # fmt: skip
        return FoundTarget(None, MappedTarget(target))

    async def _numbered(self, item: Item, typed: TypedTarget) -> FoundTarget:
        """The target with the numbers that Sonarr and TVDB have for it."""
        season, episodes, said, elsewhere = typed.season, typed.episodes, "", None
        if typed.tmdb_id and season is not None and item.kind == "series" and item.tvdb_id:
            same = await self._season_at_tvdb(item, typed.tmdb_id, season)
            where = "Sonarr" if item.episodes else "TVDB"
            if missing := [one for one in episodes if one not in same.episodes]:
                raise UsageError(
                    f"S{season:02d}E{missing[0]:02d} of {item.target().named} at TMDB has no day that {where} has too.",
                    f"Name it by TVDB's numbers: tvdb:{item.tvdb_id}:S{same.season:02d}E…",
                )
            if same.season != season:
                said = f"season {season} at TMDB is season {same.season} at {where}"
                elsewhere = season
            season, episodes = same.season, tuple(sorted(same.episodes[one] for one in episodes))
        mapped = MappedTarget(item.target(season, episodes), monitored=item.monitored)
        return FoundTarget(item, mapped, said, elsewhere)

    async def _season_at_tvdb(self, item: Item, tmdb_id: int, season: int) -> SameSeason:
        """The season of a series that is one of TMDB's. Raises UsageError, and ServiceError."""
        named, by_tvdb = item.target().named, f"Name it by TVDB's numbers: tvdb:{item.tvdb_id}:S{season:02d}"
        wanted = None if not self._catalogs else await season_at_tmdb(self._catalogs, tmdb_id, season)
        if wanted is None:
            raise UsageError(
                f"Whether season {season} of {named} at TMDB is that of TVDB is not known: TMDB has no key here.",
                f"{by_tvdb}, or set metadata.tmdb_key.",
            )
        there = [Dated(one.season, one.number, one.air_date) for one in item.episodes]
        if not there and self._catalogs:
            there = await episodes_at_tvdb(self._catalogs, item.tvdb_id)
        same = same_season(wanted, there)
        if same is None or not same.is_sure:
            near = "" if same is None else f" ({same.equal} of {same.of} days are those of season {same.season})"
            raise UsageError(
                f"Which season of {named} at TVDB is season {season} at TMDB is not known{near}.", f"{by_tvdb}."
            )
        return same

    async def _parse(self, release: ReleaseName, item: Item) -> tuple[ItemEpisode, ...]:
        """The episodes of an item that its service reads in a release."""
        try:
            arr = self._connect(item.service)
        except (ServiceError, UsageError):
            return ()
        try:
            answer = await arr.parse(release.name[:LONGEST_NAME])
        except ServiceError as error:
            self._lookups.failed.setdefault(arr.title, error)
            return ()
        finally:
            await arr.close()
        return _episodes_in(answer, item)


def _local_items(connection: sqlite3.Connection, releases: Sequence[ReleaseName]) -> list[list[Item]]:
    local = LocalItems(connection)
    return [local.of_release(release) for release in releases]


def _typed_items(connection: sqlite3.Connection, typed: TypedTarget) -> list[Item]:
    return LocalItems(connection).of_typed(typed)


def _of_typed(items: Sequence[Item], typed: TypedTarget) -> list[Item]:
    """Those of some items that are what a person typed."""
    if typed.has_id:
        ids = (typed.tmdb_id, typed.tvdb_id, typed.imdb_id)
        return [
            one for one in items
            if any(own and own == its for own, its in zip(ids, (one.tmdb_id, one.tvdb_id, one.imdb_id), strict=True))
        ]  # fmt: skip
    wanted = fold_title(typed.title)
    same = [one for one in items if any(same_title(wanted, folded) for folded, _ in one.folded_titles)]
    return [one for one in same if typed.year is None or one.year is None or one.year == typed.year]


def _to_parse(mapping: Mapping) -> Item | None:
    """The series whose service is to read a release, because its numbers are not known; None when there is none."""
    best = mapping.candidates[0] if mapping.candidates else None
    if best is None or not best.asks or best.item.kind != "series" or not best.item.in_library:
        return None
    return best.item if best.item.service and best.item.service_id else None


def _episodes_in(answer: ParsedRelease, item: Item) -> tuple[ItemEpisode, ...]:
    if answer.series is None or answer.series.id != item.service_id:
        return ()
    return tuple(
        ItemEpisode(
            one.season_number, one.episode_number, one.absolute_episode_number or 0, one.tvdb_id, one.air_date,
            one.has_file, one.monitored,
        )
        for one in answer.episodes
    )  # fmt: skip


def _named(typed: TypedTarget) -> str:
    """What was typed, without its numbers."""
    if typed.has_id:
        return Target(typed.kind or "film", "", None, typed.tmdb_id, typed.tvdb_id, typed.imdb_id).text
    year = f" ({typed.year})" if typed.year else ""
    return f"{printable(typed.title)}{year}"
