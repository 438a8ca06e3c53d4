"""Fetching details: several at once within the budget, each batch stored and taken off the pending list in one
transaction."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field

from mediatui.model.errors import ServiceFailure, StoreError
from mediatui.model.text import printable
from mediatui.model.torrent import TorrentDetail
from mediatui.runtime.context import Context
from mediatui.runtime.events import Changed, Event, FoundRow, Phase, Progress, Said
from mediatui.services.errors import BadAnswer, DeadLink, Infringing, NotFound, Permanent, Transient, Unreachable
from mediatui.store.torrents.pending_details import PendingDetail, mark_fetched
from mediatui.store.torrents.rows import store_details, store_error

FLUSH_S = 0.2
GRACE_S = 2.0
"""How long an interrupted run waits for the answers in flight (seconds), because their requests are spent already."""
GIVE_UP_AFTER = 10
"""So many failures in a row mean that the service is down, not that the rows are bad."""


@dataclass(slots=True)
class DetailTally:
    """The result of fetching details; ``failed`` maps a torrent id to the reason."""

    fetched: int = 0
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Result:
    pending: PendingDetail
    detail: TorrentDetail | None = None
    error: Exception | None = None


async def fetch_details(ctx: Context, pending: list[PendingDetail], tally: DetailTally) -> AsyncGenerator[Event, None]:
    """Fetches every pending detail into the archive; what is neither fetched nor failed stays pending for the job.

    A row that fails by itself (gone, bad answer, still failing after the retries) is noted and skipped; raises the
    ServiceError when the service refuses or is down.
    """
    yield Phase("fetching details", len(pending))
    waiting = deque(pending)
    results = asyncio.Queue[_Result]()
    size = ctx.settings.account.max_concurrent
    workers = [asyncio.create_task(_work(ctx, waiting, results)) for _ in range(min(size, len(pending)))]
    batch: list[_Result] = []
    try:
        left = len(pending)
        in_a_row = 0
        while left:
            await _next_batch(results, batch, min(left, size))
            left -= len(batch)
            last = batch[-1].pending.reason
            stop, in_a_row = _verdict(batch, in_a_row)
            events = await _store(ctx, batch, tally, stop)
            batch.clear()
            for event in events:
                yield event
            yield Progress(len(pending) - left, len(pending), current=last)
            if stop is not None:
                raise stop
    except (asyncio.CancelledError, GeneratorExit):
        waiting.clear()
        await asyncio.wait(workers, timeout=GRACE_S)
        raise
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        await _keep_arrived(ctx, batch, results, tally)


async def _work(ctx: Context, waiting: deque[PendingDetail], results: asyncio.Queue[_Result]) -> None:
    while waiting:
        item = waiting.popleft()
        try:
            detail = await ctx.account.torrent(item.torrent_id)
        except Exception as error:  # any error must reach the reader of the results
            results.put_nowait(_Result(item, error=error))
        else:
            results.put_nowait(_Result(item, detail=detail))


async def _next_batch(results: asyncio.Queue[_Result], batch: list[_Result], most: int) -> None:
    """Fills ``batch``: waits for a result, then takes the others that arrive within 200 ms.

    A batch holds at most as many as may be in flight, so a kill loses at most twice that many, at any rate.
    """
    batch.append(await results.get())
    loop = asyncio.get_running_loop()
    end = loop.time() + FLUSH_S
    while len(batch) < most:
        try:
            async with asyncio.timeout_at(end):
                batch.append(await results.get())
        except TimeoutError:
            break


def _is_the_rows_own(error: Exception) -> bool:
    return isinstance(error, (NotFound, DeadLink, BadAnswer, Permanent, Infringing))


def _verdict(batch: Iterable[_Result], in_a_row: int) -> tuple[Exception | None, int]:
    """The error that must end the run, if any, and the number of failures in a row that may be the service's."""
    for result in batch:
        error = result.error
        if error is None or _is_the_rows_own(error):
            in_a_row = 0
        elif isinstance(error, Transient) and not isinstance(error, Unreachable):
            in_a_row += 1
            if in_a_row >= GIVE_UP_AFTER:
                return error, in_a_row
        else:
            return error, in_a_row
    return None, in_a_row


async def _store(ctx: Context, batch: list[_Result], tally: DetailTally, stop: Exception | None) -> list[Event]:
    """Stores a batch and takes it off the pending list in one transaction; returns the events to report.

    A failure that stops the run stays pending.
    """
    details = [result.detail for result in batch if result.detail is not None]
    failures: list[tuple[PendingDetail, ServiceFailure]] = []
    for result in batch:
        error = result.error
        if isinstance(error, ServiceFailure) and (_is_the_rows_own(error) or stop is None):
            failures.append((result.pending, error))
    finished = [detail.row.id for detail in details] + [item.torrent_id for item, _ in failures]
    async with ctx.db.transaction() as connection:
        await store_details(connection, details, int(ctx.clock()))
        for item, error in failures:
            await store_error(connection, item.torrent_id, error.message, ctx.clock())
        await mark_fetched(connection, ctx.job_id, finished)
    tally.fetched += len(details)
    events: list[Event] = [Changed("torrents", tuple(finished))] if finished else []
    for item, error in failures:
        tally.failed[item.torrent_id] = error.message
        events.append(Said("error", f"{item.torrent_id}: {printable(error.message)}"))
        events.append(FoundRow("failure", {"id": item.torrent_id, "reason": error.message}))
    return events


async def _keep_arrived(
    ctx: Context, batch: list[_Result], results: asyncio.Queue[_Result], tally: DetailTally
) -> None:
    """Stores the details that had arrived when the run was stopped, so that nothing is fetched twice.

    What cannot be stored stays pending; the error that stopped the run says why.
    """
    while not results.empty():
        batch.append(results.get_nowait())
    arrived = [result.detail for result in batch if result.detail is not None]
    if not arrived:
        return
    with contextlib.suppress(StoreError):
        async with ctx.db.transaction() as connection:
            await store_details(connection, arrived, int(ctx.clock()))
            await mark_fetched(connection, ctx.job_id, [detail.row.id for detail in arrived])
        tally.fetched += len(arrived)
