"""Having Sonarr or Radarr send now what it holds for later: by its delay, or for a client that was away."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.arr_push import LOOK_S, LOOKED_FOR_S, STAYS, find_row
from mediatui.changes.steps.bases import ArrStep
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.with_service import with_service
from mediatui.model.plan import JobLane, StepWords
from mediatui.model.transfer import FREE, Event, State
from mediatui.model.transfer_errors import hold_for
from mediatui.services.errors import ServiceError
from mediatui.store.transfers.change import NOTHING, MovedOn, Noted, change
from mediatui.store.transfers.rows import find_transfer

if TYPE_CHECKING:
    from mediatui.services.arr.activity import QueueItem
    from mediatui.services.arr.client import Arr

SEND_HELD: Final = "send held release"
"""The journal's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendHeld(ArrStep):
    """Has a service send what it holds of a ``transfer`` at once. The service asks no more whether it should."""

    KIND: ClassVar[str] = "send_held"
    WORDS: ClassVar[StepWords] = StepWords("send held", "held release sent", "held releases sent")
    LANE: ClassVar[JobLane] = "account"
    NEEDS_ACCOUNT: ClassVar[bool] = False
    NOTIFIES_ONLY: ClassVar[bool] = False

    transfer: int
    hash: str
    title: str


async def send_held(act: StepRun, step: SendHeld) -> Outcome:
    """Sends what is held; its transfer says what is seen of it then."""
    return await with_service(act, step.service, lambda library: _send(act, step, library.arr))


async def _send(act: StepRun, step: SendHeld, arr: Arr) -> Outcome:
    row = await _row(step, arr)
    if row is None or not row.is_pending:
        await _note(act, step, row)
        return Outcome("skipped", f"{arr.title} does not hold it any more", already=True)
    record = {"service": step.service, "hash": step.hash, "title": step.title}
    seq = await act.before(SEND_HELD, step.what, record)
    try:
        await arr.send_held(row.id)
    except ServiceError as error:
        await act.after(seq, "failed", reason=error.message)
        await _note(act, step, row)
        return Outcome("failed", error.sentence)
    await act.after(seq, "done")
    act.report_status(f"{arr.title} is to send it; it is looked for")
    waited = 0.0
    while (row := await _row(step, arr)) is None or row.is_pending:
        if waited >= LOOKED_FOR_S:
            await _note(act, step, row)
            return Outcome("failed", f"{arr.title} said yes and {'still holds it' if row else 'has nothing'}")
        await act.pause(LOOK_S)
        waited += LOOK_S
    await _note(act, step, row)
    return Outcome("done", f"{arr.title} has sent it: {row.status}")


async def _row(step: SendHeld, arr: Arr) -> QueueItem | None:
    return find_row(await arr.queue(), step.hash, step.title)


async def _note(act: StepRun, step: SendHeld, row: QueueItem | None) -> None:
    """Changes the transfer as the queue shows it, so that it is not sent once more by the same wish."""
    now, hold, noted = act.ctx.clock(), FREE, NOTHING
    event, why = Event.RELEASED, "it is not held any more"
    if row is not None and row.is_pending:
        before = (await act.ctx.db.read(find_transfer, step.transfer)).hold
        hold = hold_for("arr-pending", before, now) or FREE
        event, why = Event.HELD, f"still held there ({row.status})"
    elif row is not None:
        noted = Noted(size=row.size or None, entry_id=row.download_id)
    with contextlib.suppress(MovedOn):
        await act.ctx.db.write(
            change, step.transfer, event, "job", State.DOWNLOADING, None, hold=hold, why=why, noted=noted, now=now
        )


STEPS = (StepKind(SendHeld, send_held, opposites={SEND_HELD: lambda line, lines: STAYS}),)
