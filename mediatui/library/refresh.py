"""Reads what Sonarr and Radarr know into the archive: films, series, episodes and titles, service by service.

A service is asked for its list in one request. The episodes of a Sonarr come in as few as it allows: those with a date
all at once, and after that series by series only where it counts more episodes than have one. What a service reported
before stays until it answers well: a list that failed, is empty, or is much shorter than before replaces nothing.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.changes.arr_copy import episode_of, item_of
from mediatui.changes.reported_titles import changed_titles
from mediatui.model.arr_items import ArrEpisode, ArrItem
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.human import counted
from mediatui.model.text import printable
from mediatui.runtime.events import Changed, Event, Finished, FoundRow, Phase, Said
from mediatui.services.errors import NotFound, Permanent, Transient, Unreachable
from mediatui.store.arr.facts import LIST, LIST_FAILED, facts_named, forget_service_fact, store_service_fact
from mediatui.store.arr.items import ServiceCounts, counts_of, drop_other_services, replace_service
from mediatui.store.library.titles import change_titles
from mediatui.store.transfers.renumber import follow_ids
from mediatui.store.writer import run

if TYPE_CHECKING:
    from mediatui.runtime.context import Context
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.records import Episode, Movie, Series
    from mediatui.settings import Settings
    from mediatui.settings.arr import ArrSettings

AT_ONCE: Final = 6
"""Series asked for at once."""
EPISODES_AT_ONCE: Final = 20_000
"""Most episodes in one answer; a library with more is asked for in spans of years."""
BEGIN, END = "1900-01-01", "2200-01-01"
SHARE: Final = 0.5
"""A list with less than this share of what was known is not believed unasked."""
RETRY_S: Final = 600.0
"""How long after a failure a service is asked again without a person wanting it."""
NO_ANSWER: Final = 3
"""Exit code: no service answered."""


@dataclass(frozen=True, slots=True)
class RefreshOptions:
    """The ``services`` to read (none: all that are enabled); ``shorter``: also a list that is much shorter than what
    was known is believed."""

    services: tuple[str, ...] = ()
    shorter: bool = False


def due_services(connection: sqlite3.Connection, settings: Settings, now: float) -> tuple[str, ...]:
    """The enabled services whose copy is older than the settings want it to be; none where they want no copies."""
    every = settings.automation.arr_every_hours * 3600.0
    if not every:
        return ()
    read, failed = facts_named(connection, LIST), facts_named(connection, LIST_FAILED)
    return tuple(
        one.name
        for one in settings.services
        if one.enabled
        and (one.name not in read or now - read[one.name].at >= every)
        and (one.name not in failed or now - failed[one.name].at >= RETRY_S)
    )


async def refresh(ctx: Context, options: RefreshOptions) -> AsyncGenerator[Event, None]:
    """The job. Ends with exit code 1 when a service failed, with 3 when all did. Raises UsageError when none is
    enabled, or none has a name that was given."""
    named = [ctx.settings.arr(name) for name in dict.fromkeys(options.services)]
    services = named or [one for one in ctx.settings.services if one.enabled]
    if not services:
        raise UsageError("No Sonarr or Radarr is enabled.", "Set sonarr.enabled or radarr.enabled to true.")
    await ctx.db.write(drop_other_services, [one.name for one in ctx.settings.services])
    total, failed = ServiceCounts(0, 0), []
    for service in services:
        yield Phase(f"asking {service.title}")
        try:
            counts, requests = await _Reader(ctx, service).store(believed=options.shorter)
        except MediatuiError as error:
            failed.append(service)
            await ctx.db.write(store_service_fact, service.name, LIST_FAILED, {"said": error.message}, ctx.clock())
            yield Said("warning", f"{printable(error.sentence)} What {service.title} reported before stays in use.")
            continue
        total = ServiceCounts(total.items + counts.items, total.episodes + counts.episodes)
        row = {"service": service.name, "kind": service.kind, **counts._asdict(), "requests": requests}
        yield FoundRow("service", row)
        yield Changed("arr_items", None)
    yield _finished(services, failed, total)


def _finished(services: Sequence[ArrSettings], failed: Sequence[ArrSettings], total: ServiceCounts) -> Finished:
    counts = {"services": len(services), "failed": len(failed), **total._asdict()}
    summary = f"{counted(total.items, 'film or series', 'films and series')}, {counted(total.episodes, 'episode')} read"
    summary += f" from {counted(len(services) - len(failed), 'service')}."
    if failed:
        summary += f" {', '.join(one.title for one in failed)} did not answer well."
    if len(failed) == len(services):
        return Finished("failed", summary, counts, summary, "no-answer", exit_code=NO_ANSWER)
    return Finished("partial" if failed else "done", summary, counts, exit_code=int(bool(failed)))


class ShorterList(MediatuiError):
    """A service lists much less than it did; nothing was replaced."""

    kind = "shorter-list"


class _Reader:
    """Reads one service once."""

    def __init__(self, ctx: Context, service: ArrSettings) -> None:
        self._ctx, self._service = ctx, service
        self._requests = 0

    async def store(self, *, believed: bool) -> tuple[ServiceCounts, int]:
        """Replaces what is known of the service; returns how much that is, and how many requests it took. Raises
        MediatuiError, with nothing replaced, when the service fails or its list is not believed."""
        ctx, name = self._ctx, self._service.name
        arr = ctx.arr(name)
        try:
            self._requests += 1
            found: Sequence[Series | Movie]
            if self._service.kind == "sonarr":
                found = series = await arr.series()
                episodes = await self._episodes(arr, series)
            else:
                found, episodes = await arr.movies(), []
        finally:
            await arr.close()
        known = await ctx.db.read(counts_of, name)
        if not believed and known.items and len(found) < known.items * SHARE:
            raise ShorterList(
                f"{self._service.title} lists {len(found):,}, where it listed {known.items:,}.",
                f"If that is right: mediatui --headless library refresh --service {name} --shorter",
            )
        items = await asyncio.to_thread(lambda: [item_of(name, one) for one in found])
        counts = ServiceCounts(len(items), len(episodes))
        gone, new = await ctx.db.read(changed_titles, name, found)
        async with ctx.db.transaction() as connection:
            await run(connection, _replace, name, items, episodes, ctx.clock())
            await change_titles(connection, gone, new)
        return counts, self._requests

    async def _episodes(self, arr: Arr, series: Sequence[Series]) -> list[ArrEpisode]:
        name = self._service.name
        expected = {one.id: sum(season.statistics.total_episode_count for season in one.seasons) for one in series}
        found: dict[int, Episode] = {}
        try:
            for start, end in _spans(sum(expected.values())) if series else ():
                self._requests += 1
                found |= {one.id: one for one in await arr.calendar(start, end) if one.series_id in expected}
        except Unreachable:
            raise
        except (NotFound, Permanent, Transient):
            found = {}  # then series by series
        of_series = Counter(one.series_id for one in found.values())
        short = [one for one in series if of_series[one.id] < max(expected[one.id], 1)]
        for at in range(0, len(short), AT_ONCE):
            some = short[at : at + AT_ONCE]
            self._requests += len(some)
            tasks = [asyncio.ensure_future(arr.episodes(one.id)) for one in some]
            try:
                found |= {episode.id: episode for episodes in await asyncio.gather(*tasks) for episode in episodes}
            finally:
                for task in tasks:
                    task.cancel()
        return [episode_of(name, one) for one in found.values()]


def _spans(episodes: int) -> Iterator[tuple[str, str]]:
    """The spans of time whose episodes are asked for, one after the other; their ends are days. The days at which two
    meet are in both."""
    if episodes <= EPISODES_AT_ONCE:
        yield BEGIN, END
        return
    years = [1900, 1980, 1990, 1995, *range(2000, 2041), 2200]
    for first, last in itertools.pairwise(years):
        yield f"{first}-01-01", f"{last}-01-01"


def _replace(
    connection: sqlite3.Connection, service: str, items: Sequence[ArrItem], episodes: Sequence[ArrEpisode], now: float
) -> None:
    replace_service(connection, service, items, episodes)
    follow_ids(connection, service, now)
    store_service_fact(connection, service, LIST, {"items": len(items), "episodes": len(episodes)}, now)
    forget_service_fact(connection, service, LIST_FAILED)
