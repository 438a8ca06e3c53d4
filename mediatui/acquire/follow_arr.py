"""One pass over the transfers that go through Sonarr and Radarr: one queue a service for all of them, and what follows.

A row that is missing proves nothing: their client may be away, they may have just started, or have imported it.
``missing_in_arr`` says what is concluded from it, and when.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from mediatui.acquire.missing_in_arr import change_it, look_for_missing
from mediatui.changes.arr_clients import ArrClients
from mediatui.changes.arr_holds import HANGS, does_hang, note_arr_answers, note_arr_away, why_held
from mediatui.changes.steps.arr_push import PushRelease, find_row
from mediatui.changes.steps.arr_send_held import SendHeld
from mediatui.changes.steps.stored import read_step
from mediatui.model.arr import named_title
from mediatui.model.errors import MediatuiError
from mediatui.model.plan import Step
from mediatui.model.text import printable
from mediatui.model.transfer import FREE, Event, HoldKind, State, Transfer
from mediatui.model.transfer_errors import hold_for
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event as JobEvent
from mediatui.runtime.events import Phase, Said
from mediatui.services.arr.activity import QueueItem
from mediatui.services.arr.client import Arr
from mediatui.services.errors import ServiceError
from mediatui.store.transfers.change import MovedOn, Noted
from mediatui.store.transfers.holds import release_service, service_holds
from mediatui.store.transfers.rows import history_of, note_look, under_way


async def look_at_queues(ctx: Context) -> AsyncGenerator[JobEvent, None]:
    """Looks at the queue of each service that has transfers, and changes these as it shows them."""
    waiting = [
        one
        for one in await ctx.db.read(under_way, "arr")
        if one.state == State.DOWNLOADING and one.hold.kind in (HoldKind.NONE, HoldKind.WAITING)
    ]
    for service in dict.fromkeys(one.service for one in waiting):
        own = [one for one in waiting if one.service == service]
        yield Phase("transfers", len(own))
        clients = ArrClients(ctx)
        try:
            library = clients.library(service)
            queue = await _queue(ctx, service, library.arr)
            missing = [one for one in own if not await _look_at(ctx, one, queue)]
            await look_for_missing(ctx, library, missing)
        except MediatuiError as error:
            yield Said("warning", error.sentence)
        finally:
            await clients.close()


async def _queue(ctx: Context, service: str, arr: Arr) -> Sequence[QueueItem]:
    """The queue of a service. Raises ServiceError."""
    try:
        queue = await arr.queue()
        await ctx.db.write(note_arr_answers, service)
        held = (await ctx.db.read(service_holds)).get(service)
        if held is not None and held.code == HANGS and not await does_hang(arr):
            await ctx.db.write(release_service, service)
    except ServiceError as error:
        await ctx.db.write(note_arr_away, service, arr.title, error, ctx.clock())
        raise
    return queue


async def _look_at(ctx: Context, transfer: Transfer, queue: Sequence[QueueItem]) -> bool:
    """Changes a transfer as its row in the queue says; whether it has one."""
    row = find_row(queue, transfer.hash, transfer.name)
    if row is not None:
        with contextlib.suppress(MovedOn):  # somebody else changed it meanwhile
            await _follow_row(ctx, transfer, row)
    return row is not None


async def _follow_row(ctx: Context, transfer: Transfer, row: QueueItem) -> None:
    now = ctx.clock()
    if row.is_pending:
        if await _is_wanted_now(ctx, transfer):
            return
        known = {"service": named_title(transfer.service)}
        until = {} if row.status != "delay" else {"until": row.estimated_completion_time}
        hold = hold_for("arr-pending", transfer.hold, now, detail={**known, **until})
        if transfer.is_due(now) or transfer.hold.code != "arr-pending":
            await change_it(ctx, transfer, Event.HELD, f"held there ({row.status})", hold=hold)
        return
    if transfer.hold != FREE:
        noted = Noted(size=row.size or None, entry_id=row.download_id)
        transfer = await change_it(ctx, transfer, Event.RELEASED, f"it has sent it: {row.status}", noted=noted)
    progress = 100.0 * (1 - row.sizeleft / row.size) if row.size else None
    moved = progress != transfer.progress or row.status != transfer.status
    progress_at = now if moved or transfer.progress_at is None else transfer.progress_at
    if moved or transfer.absent_at is not None:
        await ctx.db.write(note_look, transfer.id, row.status, progress, None, progress_at, None)


async def pushes_due(ctx: Context) -> list[Step]:
    """The steps that send what is wanted and due through a service, look for what a run was stopped while sending, and
    have sent now what is held and a person wants at once; oldest first."""
    found: list[Step] = []
    now = ctx.clock()
    for one in await ctx.db.read(under_way, "arr"):
        if await _is_wanted_now(ctx, one):
            what = printable(one.name or one.hash)
            found.append(SendHeld(what=what, service=one.service, transfer=one.id, hash=one.hash, title=one.name))
        held = await ctx.db.read(why_held, one.service, now)
        if one.state != State.SENDING and (one.state != State.WANTED or held or not one.is_due(now)):
            continue
        step = await _step_of(ctx, one)
        if step is not None:
            found.append(replace(step, what=printable(one.name or one.hash), needs=(), by="job"))
    return found


async def _is_wanted_now(ctx: Context, transfer: Transfer) -> bool:
    """Whether a person wants at once what a service has taken, and nothing was done about it yet."""
    if transfer.state != State.DOWNLOADING or transfer.hold != FREE:
        return False
    last = (await ctx.db.read(history_of, transfer.id))[-1]
    return (last.event, last.who, last.from_state) == (Event.RETRY, "user", State.DOWNLOADING)


async def _step_of(ctx: Context, transfer: Transfer) -> PushRelease | None:
    """The step that a transfer was made by; None where that is not known any more."""
    for event in reversed(await ctx.db.read(history_of, transfer.id)):
        batch, position = event.facts.get("batch"), event.facts.get("step")
        if isinstance(batch, int) and isinstance(position, int):
            stored = await ctx.db.read(read_step, batch, position)
            if stored is not None and isinstance(stored.step, PushRelease):
                return stored.step
    return None
