"""Reading the account's list: page by page, proved whole or said not to be, and the sweep for links."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from mediatui.model.torrent import ListedTorrent
from mediatui.runtime.context import Context
from mediatui.runtime.events import Changed, Event, Phase, Progress, Said
from mediatui.store.torrents.pending_details import lacking_links
from mediatui.store.torrents.rows import ListOutcome, store_listed

ATTEMPTS = 3
LINKS_PAGE = 100
"""The largest page that the service fills with links (services/realdebrid/NOTES.md 3)."""

Store = Callable[[Sequence[ListedTorrent]], Awaitable[ListOutcome]]


@dataclass(slots=True)
class ListReport:
    """The result of reading the list.

    ``ids`` are the distinct rows of the last attempt in the account's order, ``total`` the service's own count,
    ``whole`` whether the two agree, ``lost_rows`` whether something was deleted meanwhile (the rows after it moved up,
    perhaps past the page about to be read), ``outcome`` what storing them changed.
    """

    ids: dict[str, None] = field(default_factory=dict)
    total: int | None = None
    whole: bool = False
    lost_rows: bool = False
    attempts: int = 0
    outcome: ListOutcome = field(default_factory=ListOutcome)

    @property
    def first_id(self) -> str:
        """The newest row's id, which changes with every addition; empty for an empty list."""
        return next(iter(self.ids), "")


def store_in_batches(ctx: Context) -> Store:
    """A function that stores list rows in transactions of ``batch_size`` rows, so that no batch holds the writer for
    long."""
    size = ctx.settings.account.batch_size

    async def store(rows: Sequence[ListedTorrent]) -> ListOutcome:
        outcome = ListOutcome()
        for start in range(0, len(rows), size):
            async with ctx.db.transaction() as connection:
                outcome.add(await store_listed(connection, rows[start : start + size], int(ctx.clock())))
        return outcome

    return store


async def read_list(ctx: Context, report: ListReport, store: Store, known_rows: int) -> AsyncGenerator[Event, None]:
    """Reads the whole list into ``store`` and ``report``; at most three attempts to get it whole.

    A list is whole only when its distinct rows equal the service's own count; after several pages page 1 is read again
    (the list shifts between pages, NOTES.md 9): the count must have grown by exactly the rows added on top, or
    something was deleted and a row may have been missed. ``known_rows`` is how many standing rows the archive has: an
    empty answer without a count is accepted only when it is 0.
    """
    while not report.whole and report.attempts < ATTEMPTS:
        report.attempts += 1
        if report.attempts > 1:
            yield Said("warning", f"The list did not add up ({_sum(report)}); reading it again.")
        report.ids = {}
        report.lost_rows = False
        async for event in _read_once(ctx, report, store):
            yield event
        if report.total is None:
            report.whole = not report.ids and known_rows == 0
        else:
            report.whole = len(report.ids) == report.total and not report.lost_rows
    if not report.whole:
        yield Said("warning", f"List not whole ({_sum(report)}): nothing was marked gone.")


def _sum(report: ListReport) -> str:
    counted = "no count sent" if report.total is None else f"{report.total:,} counted"
    meanwhile = ", some deleted meanwhile" if report.lost_rows else ""
    return f"{len(report.ids):,} rows read, {counted}{meanwhile}"


async def _read_once(ctx: Context, report: ListReport, store: Store) -> AsyncIterator[Event]:
    size = ctx.settings.account.list_page
    page = 0
    first_total: int | None = None
    yield Phase("reading the list", report.total)
    while True:
        if page:
            await asyncio.sleep(ctx.settings.account.page_wait_s)
        page += 1
        read_before = len(report.ids)
        answer = await ctx.account.torrents_in_parts(page, size)
        report.total = answer.total
        if page == 1:
            first_total = answer.total
        raw_count = 0
        async for part in answer.parts:
            raw_count += len(part)
            async for event in _take(report, store, part):
                yield event
        enough = report.total is not None and len(report.ids) >= report.total
        # A page without a new row means that the service repeats pages.
        no_news = len(report.ids) == read_before
        if no_news or enough or (report.total is None and raw_count < size):
            break
    if page > 1:
        again = await ctx.account.torrents_in_parts(1, size)
        report.total = again.total
        before, report.ids = report.ids, {}
        new = 0
        async for part in again.parts:
            on_top = [row for row in part if row.id not in before]
            new += len(on_top)
            async for event in _take(report, store, on_top):
                yield event
            report.ids.update((row.id, None) for row in part)
        report.ids.update(before)
        if again.total is not None and first_total is not None:
            report.lost_rows = again.total - first_total != new


async def _take(report: ListReport, store: Store, rows: Sequence[ListedTorrent]) -> AsyncIterator[Event]:
    if not rows:
        return
    outcome = await store(rows)
    report.outcome.add(outcome)
    report.ids.update((row.id, None) for row in rows)
    if outcome.new or outcome.changed:
        yield Changed("torrents", (*outcome.new, *outcome.changed))
    yield Progress(len(report.ids), report.total)


async def sweep_links(ctx: Context, report: ListReport, pending: set[str], store: Store) -> AsyncGenerator[Event, None]:
    """Reads links from small pages when big pages came without, where that is cheaper than one request for each row.

    Only pages with a row that has no links yet and whose details are not ``pending`` are read.
    """
    pages = pages_worth_sweeping(report, (await ctx.db.read(lacking_links)) - pending)
    if not pages:
        return
    yield Phase("sweeping for links", len(pages))
    for done, page in enumerate(pages, 1):
        answer = await ctx.account.torrents_in_parts(page, LINKS_PAGE)
        async for part in answer.parts:
            outcome = await store(part)
            if outcome.changed:
                yield Changed("torrents", tuple(outcome.changed))
        yield Progress(done, len(pages))


def pages_worth_sweeping(report: ListReport, lacking: set[str]) -> list[int]:
    """The small pages that hold a row of ``lacking``; empty when one request for each row costs no more."""
    pages = sorted({1 + index // LINKS_PAGE for index, id_ in enumerate(report.ids) if id_ in lacking})
    return pages if len(lacking) > LINKS_PAGE and len(pages) < len(lacking) else []


def pages_of(rows: int, size: int) -> int:
    """How many pages ``rows`` rows fill; at least one."""
    return max(1, math.ceil(rows / size))
