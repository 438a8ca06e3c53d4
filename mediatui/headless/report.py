"""The statistics as text for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mediatui.archive.stats import Statistics, before_growth
from mediatui.model.human import counted, date_time, size_text
from mediatui.model.text import printable
from mediatui.store.torrents.statistics import Share

GROWTH_SHOWN = 10
"""How many of the last syncs that found a change are shown as growth."""


def statistics_lines(figures: Statistics) -> Iterator[str]:
    """Every section of the statistics, line by line."""
    yield f"{counted(figures.total, 'torrent')}, {size_text(figures.bytes)}"
    yield from _facts(figures)
    for title, shares in (
        ("By status", figures.statuses),
        ("By class", figures.classes),
        ("By resolution", figures.resolutions),
        ("By source", figures.sources),
        ("By language (a torrent for each its name says)", figures.languages),
        ("By size", figures.sizes),
        ("File types (files)", figures.extensions),
        ("Hosts", figures.hosts if len(figures.hosts) > 1 else ()),
        ("Added by month", figures.months),
    ):
        yield from _shares(title, shares)
    yield from _periods(figures)
    if figures.biggest:
        yield ""
        yield "Biggest"
        for torrent in figures.biggest:
            yield f"  {size_text(torrent.bytes):>10}  {printable(torrent.status):<12} {printable(torrent.filename)}"
    yield from _growth(figures)
    yield from _service(figures)
    yield ""
    yield "Worth doing"
    for advice in figures.recommendations:
        yield f"  {advice.text}  {advice.command}"
    if not figures.recommendations:
        yield "  Nothing to do."


def _facts(figures: Statistics) -> Iterator[str]:
    last = figures.last_sync_at
    smallest, largest = figures.smallest_bytes or 0, figures.largest_bytes or 0
    duplicates = figures.duplicates
    facts = (
        ("details", f"{figures.details:,} ({figures.coverage:.1f}%), {figures.missing_details:,} missing"),
        ("added", f"{figures.added_day:,} in 24 hours, {figures.added_week:,} in 7 days"),
        ("sizes", f"average {size_text(figures.average_bytes)}, {size_text(smallest)} to {size_text(largest)}"),
        ("progress", f"{figures.mean_progress:.1f}% on average, {figures.active:,} active"),
        ("problems", f"{figures.problems:,}, and {figures.incomplete:,} incomplete"),
        ("errors", f"{figures.errors:,} reported by the service"),
        (
            "dead links",
            f"{counted(figures.dead_links, 'torrent')} with one, {figures.dead_library_links:,} in the library",
        ),
        (
            "duplicates",
            f"{duplicates.extra:,} in {counted(duplicates.groups, 'group')}, {size_text(duplicates.wasted_bytes)}",
        ),
        ("gone", f"{figures.gone:,}"),
        ("last sync", date_time(last)),
        ("syncs", f"{figures.syncs:,}"),
    )
    for name, text in facts:
        yield f"  {name:<11} {text}"


def _shares(title: str, shares: Sequence[Share]) -> Iterator[str]:
    if not shares:
        return
    yield ""
    yield title
    for share in shares:
        yield f"  {share.name or '(none)':<24} {share.count:>9,} {share.percent:>6.1f}% {size_text(share.bytes):>10}"


def _periods(figures: Statistics) -> Iterator[str]:
    if not figures.total:
        return
    yield ""
    yield "Came and went"
    for period in figures.periods:
        name = f"in {period.days} days" if period.days > 1 else "in 24 hours"
        yield f"  {name:<24} {f'+{period.came:,}':>9} {f'-{period.went:,}':>7} {size_text(period.came_bytes):>10}"


def _service(figures: Statistics) -> Iterator[str]:
    requests = figures.requests
    yield ""
    yield "Requests, last 24 hours"
    yield f"  sent        {requests.count:,}, at most {requests.busiest_minute:,} a minute"
    if requests.mean_ms is not None and requests.p95_ms is not None:
        yield f"  answers     {requests.mean_ms:,.0f} ms on average, 95 % within {requests.p95_ms:,.0f} ms"
    for name, count in requests.errors:
        yield f"  {name:<11} {count:,}"
    for slow in requests.slowest:
        often = f", {slow.slow:,} over a second" if slow.slow else ""
        yield f"  slowest     {slow.what}: {slow.slowest_ms:,.0f} ms{often}"


def _growth(figures: Statistics) -> Iterator[str]:
    points = [point for point in figures.growth if point.came or point.went][-GROWTH_SHOWN:]
    if not points:
        return
    yield ""
    yield "Growth, from sync to sync"
    if before := before_growth(points):
        yield f"  {'before':<24} {before:>9,}"
    for point in points:
        at = date_time(point.at)
        yield f"  {at:<24} {point.total:>9,}  +{point.came:,} -{point.went:,}"
