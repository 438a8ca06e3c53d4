"""What is concluded from a row that the queue of a Sonarr or Radarr does not have any more.

It was imported when their history says so and the file is seen in the library. It is gone only when it was missing
twice, a minute apart, while their download clients answered, after they were asked anew, and not right after a start:
in each of these the queue may lack what is there.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence
from typing import Final

from mediatui.changes.arr_copy import copy_item
from mediatui.changes.steps.arr_push import IMPORTED, find_row
from mediatui.model.target import number_text
from mediatui.model.text import printable
from mediatui.model.transfer import Event, Hold, HoldKind, State, Transfer
from mediatui.model.transfer_errors import hold_for
from mediatui.runtime.context import Context
from mediatui.services.arr.activity import HistoryEvent, QueueItem
from mediatui.services.arr.client import Arr
from mediatui.services.arr.library import ArrLibrary, Records
from mediatui.services.errors import NotFound
from mediatui.store.transfers.change import NOTHING, MovedOn, Noted, change
from mediatui.store.transfers.rows import note_look
from mediatui.store.transfers.targets import targets_of

ABSENT: Final = "absent"
"""The status of a transfer that its service's queue does not have."""
GONE_AFTER_S: Final = 60.0
UP_FOR_S: Final = 90.0
"""So long after its start the queue of a service may be without rows."""
REFRESH_S: Final = 20.0
"""How long the end of what it was asked for is waited for."""
_ENDS: Final = {"downloadignored": "ignored", "downloadfailed": "failed", "grabbed": "grabbed"}


async def look_for_missing(ctx: Context, library: ArrLibrary, missing: Sequence[Transfer]) -> None:
    """Looks for transfers that the queue of their service lacks. Raises ServiceError; until it answers again nothing
    is concluded."""
    due = [one for one in missing if one.is_due(ctx.clock()) or one.hold.code == "arr-pending"]
    now = ctx.clock()
    again = [one for one in due if one.absent_at is not None and now - one.absent_at >= GONE_AFTER_S]
    queue, why_unsure = await _sure_queue(library.arr) if again else (None, "")
    for transfer in again if why_unsure else ():  # asked again a minute later
        status = f"{ABSENT}: {why_unsure}"
        await ctx.db.write(note_look, transfer.id, status, transfer.progress, None, transfer.progress_at, now)
    for transfer in due:
        if queue is not None and find_row(queue, transfer.hash, transfer.name) is not None:
            continue  # the next pass sees it too
        is_sure = queue is not None and transfer in again
        if transfer.absent_at is not None and not is_sure:
            continue  # its history was read when it was missed first
        with contextlib.suppress(MovedOn):  # somebody else changed it meanwhile
            await _conclude(ctx, library, transfer, is_sure=is_sure)


async def change_it(
    ctx: Context,
    transfer: Transfer,
    event: Event,
    why: str,
    to: State | None = None,
    *,
    hold: Hold | None = None,
    noted: Noted = NOTHING,
) -> Transfer:
    """Changes a transfer as the job does; its state stays without ``to``. Raises MovedOn."""
    now = ctx.clock()
    return await ctx.db.write(
        change, transfer.id, event, "job", transfer.state, to, hold=hold, why=why, noted=noted, now=now
    )


async def _sure_queue(arr: Arr) -> tuple[Sequence[QueueItem] | None, str]:
    """The queue when it is known to hold all there is; else None, and why that is not known."""
    up_for = await arr.up_for()
    if up_for is None:
        return None, f"{arr.title} does not say since when it runs"
    if up_for < UP_FOR_S:
        return None, f"{arr.title} has just started"
    if away := await arr.clients_away():
        return None, f"its client does not answer: {printable(away)}"
    end = await arr.wait_for(await arr.refresh_downloads(), most_s=REFRESH_S)
    return (await arr.queue(), "") if end.succeeded else (None, f"{arr.title} did not ask its clients anew")


async def _conclude(ctx: Context, library: ArrLibrary, transfer: Transfer, *, is_sure: bool) -> None:
    now, title = ctx.clock(), library.arr.title
    events = await library.arr.history_of_download(transfer.hash)
    if imports := _imports_since_grab(events, transfer):
        await _imported(ctx, library, transfer, imports)
    elif is_sure:
        hold = Hold(HoldKind.CHOICE, "gone", {"service": title, "said": _last_word(events)}, since=now)
        await change_it(ctx, transfer, Event.VANISHED, f"{title} does not have it any more", State.WANTED, hold=hold)
    elif transfer.absent_at is None or now < transfer.absent_at:
        await ctx.db.write(note_look, transfer.id, ABSENT, transfer.progress, None, transfer.progress_at, now)


def _last_word(events: Sequence[HistoryEvent]) -> str | None:
    """What the history says of it last, for people; None when it says nothing."""
    for event in events:
        if event.event_type in _ENDS:
            why = event.data.message
            return f"{_ENDS[event.event_type]}, {printable(why)}" if why else _ENDS[event.event_type]
    return None


def _imports_since_grab(events: Sequence[HistoryEvent], transfer: Transfer) -> list[HistoryEvent]:
    """The imports of what was sent. Their order is that of the lines, for clocks differ."""
    grab = max((event.id for event in events if event.event_type == "grabbed"), default=0)
    return [
        event
        for event in events
        if event.event_type == IMPORTED and (event.id > grab if grab else (event.date or 0) >= transfer.created_at)
    ]


async def _imported(ctx: Context, library: ArrLibrary, transfer: Transfer, imports: Sequence[HistoryEvent]) -> None:
    """Goes on with what their history says was imported: done when its files are seen, and nothing of it is missing."""
    title, now = library.arr.title, ctx.clock()
    numbers: list[str] = []
    there: set[tuple[int, int]] = set()
    for item in sorted({event.series_id or event.movie_id for event in imports}):
        try:
            records, known = await library.records(item), await library.item(item)
        except NotFound:
            why = f"{title} says that it was imported, and does not have what it is of any more"
            await change_it(ctx, transfer, Event.HELD, why, hold=hold_for("not-proven", transfer.hold, now))
            return
        wanted = {event.episode_id or event.movie_id for event in imports if item in (event.series_id, event.movie_id)}
        if not await asyncio.to_thread(_are_seen, records, wanted):
            why = f"{title} says that it was imported, and its file is not seen"
            await change_it(ctx, transfer, Event.HELD, why, hold=hold_for("not-proven", transfer.hold, now))
            return
        await ctx.db.write(copy_item, transfer.service, known, records.episodes)
        there |= {(one.season_number, one.episode_number) for one in records.episodes if one.has_file}
        numbers += [records.names(wanted)] if records.episodes else []
    targets = [one.target for one in await ctx.db.read(targets_of, transfer.id)]
    lacking = [
        number_text(one.season, (episode,))
        for one in targets
        for episode in one.episodes
        if one.season is not None and (one.season, episode) not in there
    ]
    if lacking:
        hold = Hold(HoldKind.CHOICE, "partial", {"episodes": lacking}, since=now)
        await change_it(ctx, transfer, Event.HELD, f"{title} has imported it without {', '.join(lacking)}", hold=hold)
        return
    why = f"imported by {title}: {', '.join(numbers)}".removesuffix(": ")
    done = await change_it(ctx, transfer, Event.IMPORTED_ELSEWHERE, why, State.IMPORTED)
    await change_it(ctx, done, Event.REPORTED, f"{title} tells media servers as it is set up there", State.DONE)


def _are_seen(records: Records, wanted: set[int]) -> bool:
    """Whether each episode, or the film, has a file on record that lies at our path."""
    seen = {
        number
        for file in records.files.values()
        if wanted & {*file.ids} and os.path.lexists(file.path)
        for number in file.ids
    }
    return wanted <= seen
