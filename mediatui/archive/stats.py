"""The statistics of the archive: offline, from SQLite alone, in one record or one line."""

from __future__ import annotations

import sqlite3
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from mediatui.model.human import counted, size_text
from mediatui.model.problems import PROBLEMS
from mediatui.model.torrent import PROBLEM_STATUSES, STATUS_GROUPS, Torrent
from mediatui.store.torrents.listing import list_torrents
from mediatui.store.torrents.statistics import (
    DAY_S,
    Duplicates,
    Period,
    RequestFigures,
    Share,
    SyncRun,
    Totals,
    count_dead_links,
    count_problems,
    read_arrivals,
    read_classes,
    read_duplicates,
    read_extensions,
    read_hosts,
    read_months,
    read_periods,
    read_request_figures,
    read_sizes,
    read_statuses,
    read_sync_runs,
    read_totals,
)

BIGGEST = 10


@dataclass(frozen=True, slots=True)
class Growth:
    """The account after a sync, or now: when (epoch seconds), how many rows it had, how many were added and removed
    since the one before, by changes made here too."""

    at: float
    total: int
    came: int
    went: int


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A recommended command: the reason, the command, and the query that lists the rows (or None)."""

    text: str
    command: str
    query: str | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Every figure of the archive at ``at`` (epoch seconds); sizes are bytes, percentages 0-100.

    ``errors`` are torrents the service itself reports an error of, whatever is made of them as ``problems``;
    ``dead_links`` are torrents with a link found dead, ``dead_library_links`` links of the library. ``extensions``
    counts files, the other shares count torrents, ``languages`` each torrent for every language its name says;
    ``biggest`` is largest first, ``months`` oldest first, ``sizes`` smallest first, ``periods`` shortest first.
    ``last_sync_at`` is None before the first finished sync.
    """

    at: float
    total: int
    details: int
    missing_details: int
    coverage: float
    bytes: int
    average_bytes: int
    smallest_bytes: int | None
    largest_bytes: int | None
    added_day: int
    added_week: int
    mean_progress: float
    active: int
    problems: int
    errors: int
    incomplete: int
    gone: int
    dead_links: int
    dead_library_links: int
    duplicates: Duplicates
    statuses: tuple[Share, ...]
    classes: tuple[Share, ...]
    hosts: tuple[Share, ...]
    biggest: tuple[Torrent, ...]
    months: tuple[Share, ...]
    extensions: tuple[Share, ...]
    resolutions: tuple[Share, ...]
    sources: tuple[Share, ...]
    languages: tuple[Share, ...]
    sizes: tuple[Share, ...]
    periods: tuple[Period, ...]
    growth: tuple[Growth, ...]
    requests: RequestFigures
    syncs: int
    last_sync_at: float | None
    recommendations: tuple[Recommendation, ...]


def collect_statistics(connection: sqlite3.Connection, now: float | None = None) -> Statistics:
    """All figures as of ``now`` (epoch seconds; default the present)."""
    from mediatui.archive.releases import read_releases  # the compact line does without it

    now = time.time() if now is None else now
    totals = read_totals(connection, now)
    statuses, _ = read_statuses(connection)
    duplicates = read_duplicates(connection)
    runs = read_sync_runs(connection)
    last_sync_at = runs[-1].ended_at if runs else None
    classes = read_classes(connection)
    problems = sum(share.count for share in classes if share.name in PROBLEMS)
    releases = read_releases(connection)
    active, dead = _in_group(statuses, "active"), count_dead_links(connection)
    return Statistics(
        at=now,
        total=totals.count,
        details=totals.details,
        missing_details=totals.count - totals.details,
        coverage=_coverage(totals.details, totals.count),
        bytes=totals.bytes,
        average_bytes=totals.bytes // totals.count if totals.count else 0,
        smallest_bytes=totals.smallest,
        largest_bytes=totals.largest,
        added_day=totals.added_day,
        added_week=totals.added_week,
        mean_progress=totals.mean_progress,
        active=active,
        problems=problems,
        errors=sum(share.count for share in statuses if share.name in PROBLEM_STATUSES),
        incomplete=totals.incomplete,
        gone=totals.gone,
        dead_links=totals.dead_links,
        dead_library_links=dead,
        duplicates=duplicates,
        statuses=statuses,
        classes=classes,
        hosts=read_hosts(connection),
        biggest=tuple(list_torrents(connection, sort="size", limit=BIGGEST)),
        months=read_months(connection),
        extensions=read_extensions(connection),
        resolutions=releases.resolutions,
        sources=releases.sources,
        languages=releases.languages,
        sizes=read_sizes(connection),
        periods=read_periods(connection, now),
        growth=_growth(runs, *read_arrivals(connection, runs[0].started_at), totals.count, now) if runs else (),
        requests=read_request_figures(connection, now),
        syncs=len(runs),
        last_sync_at=last_sync_at,
        recommendations=_recommend(totals, problems, duplicates, dead, active, last_sync_at, now),
    )


def recommend(connection: sqlite3.Connection, now: float, last_sync_at: float | None) -> tuple[Recommendation, ...]:
    """The recommended commands at ``now`` (epoch seconds), most useful first."""
    problems = count_problems(connection)
    totals, duplicates = read_totals(connection, now), read_duplicates(connection)
    active = _in_group(read_statuses(connection)[0], "active")
    return _recommend(totals, problems, duplicates, count_dead_links(connection), active, last_sync_at, now)


def compact_line(connection: sqlite3.Connection) -> str:
    """The account in one line, from one index: ``4,233 torrents | 4,232 details (100.0%) | 0 active | …``."""
    statuses, details = read_statuses(connection)
    total = sum(share.count for share in statuses)
    return " | ".join(
        (
            counted(total, "torrent"),
            f"{details:,} details ({_coverage(details, total):.1f}%)",
            f"{_in_group(statuses, 'active'):,} active",
            f"{count_problems(connection):,} problems",
            size_text(sum(share.bytes for share in statuses)),
        )
    )


def _coverage(details: int, total: int) -> float:
    return 100 * details / total if total else 0.0


def _in_group(statuses: tuple[Share, ...], group: str) -> int:
    return sum(share.count for share in statuses if share.name in STATUS_GROUPS[group])


def _growth(runs: list[SyncRun], came: list[int], went: list[int], total: int, now: float) -> tuple[Growth, ...]:
    """The account's size after each sync, counted back from its present size; and now, where it has changed since the
    last. ``came`` and ``went`` are the moments at which rows did so, ascending: those between two syncs were changed
    from here."""

    def between(moments: list[int], after: float, until: float) -> int:
        return max(0, bisect_left(moments, int(until)) - bisect_right(moments, int(after)))

    last = runs[-1].ended_at
    points = [Growth(now, total, between(came, last, now + 1), between(went, last, now + 1))]
    for number in range(len(runs) - 1, -1, -1):
        run, before = runs[number], runs[number - 1].ended_at if number else None
        total = max(0, total - points[-1].came + points[-1].went)
        added = 0 if before is None else between(came, before, run.started_at)
        removed = 0 if before is None else between(went, before, run.started_at)
        points.append(Growth(run.ended_at, total, run.new + run.revived + added, run.gone + removed))
    if not (points[0].came or points[0].went):
        del points[0]
    return tuple(reversed(points))


def _recommend(
    totals: Totals,
    problems: int,
    duplicates: Duplicates,
    dead_links: int,
    active: int,
    last_sync_at: float | None,
    now: float,
) -> tuple[Recommendation, ...]:
    """What to do next, most useful first."""
    sync = "mediatui --headless sync"
    found: list[Recommendation] = []
    if last_sync_at is None:
        found.append(Recommendation("No sync has finished yet.", sync))
    elif now - last_sync_at > DAY_S:
        hours = int((now - last_sync_at) // 3600)
        ago = f"{hours:,} hours" if hours < 48 else f"{hours // 24:,} days"
        found.append(Recommendation(f"The last sync was {ago} ago.", sync))
    missing = totals.count - totals.details
    if missing:
        found.append(Recommendation(f"{missing:,} without details.", f"{sync} --mode fast", "details:no"))
    if problems:
        text = f"{problems:,} with a problem."
        found.append(Recommendation(text, "mediatui --headless diagnose", "class:problem"))
    if active:
        text = f"{active:,} active: a sync shows how far they are."
        found.append(Recommendation(text, f"{sync} --include-active-downloads", "status:active"))
    if duplicates.extra:
        query = "is:duplicate"
        take = "takes" if duplicates.extra == 1 else "take"
        text = f"{counted(duplicates.extra, 'duplicate')} {take} {size_text(duplicates.wasted_bytes)}."
        found.append(Recommendation(text, "mediatui --headless dedupe", query))
    if dead_links:
        text = f"{counted(dead_links, 'dead link')} in the library."
        found.append(Recommendation(text, "mediatui --headless repair-links"))
    return tuple(found)


def before_growth(points: tuple[Growth, ...] | list[Growth]) -> int:
    """How many torrents there were before the first of these points."""
    return max(0, points[0].total - points[0].came + points[0].went) if points else 0
