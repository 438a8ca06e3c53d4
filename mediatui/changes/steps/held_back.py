"""When the account takes no adds: what a refusal means, and how long everything that is to be added waits."""

from __future__ import annotations

from dataclasses import replace

from mediatui.changes.account_holds import ACCOUNT_SERVICE
from mediatui.changes.step_run import StepRun
from mediatui.model.stuck import ADDS, sentence_of
from mediatui.model.transfer import Hold, HoldKind
from mediatui.model.transfer_errors import TROUBLES, hold_for, wait_s
from mediatui.services.errors import ServiceError
from mediatui.store.changes.journal import read_batch
from mediatui.store.transfers import holds

PAUSED_MOST_S = 360.0
PAUSE_S = 30.0
SAID = "the account takes no adds at the moment (451); the next is tried after a pause"


async def judge_refusal(act: StepRun, info_hash: str, name: str, before: Hold) -> Hold:
    """What a refused add (451) means: a refusal of this hash, or a pause of the account (NOTES.md 15). The next hash is
    the probe: where it was accepted, the second refusal of this one is its own, and remembered; where it was refused
    too, all adds wait."""
    now = act.ctx.clock()
    earlier = await act.ctx.db.read(holds.add_outcomes, now - PAUSED_MOST_S)
    own = next((at for at, (of, taken) in enumerate(earlier) if of == info_hash and not taken), None)
    if own is not None and any(taken for _, taken in earlier[:own]):
        await act.ctx.db.write(holds.note_refused, ACCOUNT_SERVICE, info_hash, name, "rd-pause", now)
        return Hold(HoldKind.CHOICE, "refused", {"date": now}, since=now)
    in_a_row = bool(earlier) and not earlier[0][1] and earlier[0][0] != info_hash
    if in_a_row or ADDS in await act.ctx.db.read(holds.service_holds):
        await act.ctx.db.write(holds.hold_service, ADDS, "rd-pause", {}, now + PAUSE_S * act.scale, now)
    hold = hold_for("rd-pause", before, now, chance=0.5)
    assert hold is not None
    if hold.retry_at is None:
        return hold
    return replace(hold, retry_at=now + (hold.retry_at - now) * act.scale)


async def hold_for_a_slot(act: StepRun) -> str:
    """Notes that all slots are busy: everything to be added waits, and no transfer is marked for it. Returns that as a
    sentence."""
    now = act.ctx.clock()
    known: dict[str, object] = {}
    try:
        active = await act.account.active_count()
        known = {"busy": active.nb, "slots": active.limit}
    except ServiceError:
        pass  # how many there are is only said
    held = (await act.ctx.db.read(holds.service_holds)).get(ADDS)
    tries = held.tries if held is not None and held.code == "no-slot" else 0
    retry_at = now + wait_s(TROUBLES["no-slot"], tries) * act.scale
    await act.ctx.db.write(holds.hold_service, ADDS, "no-slot", known, retry_at, now)
    return sentence_of("no-slot", known, now)


async def _began_before(act: StepRun, since: float) -> bool:
    """Whether the batch has seen all of a pause: what comes after that is left, one that begins later asks once."""
    batch = await act.ctx.db.read(read_batch, act.batch)
    return batch is not None and (batch.started_at or since + 1) <= since


async def wait_for_adds(act: StepRun, *, waits: bool) -> str:
    """Waits while adds are held back, for six minutes where a person ``waits`` for them; returns why nothing is to be
    sent now, empty when it may be. Raises Stopped."""
    held = (await act.ctx.db.read(holds.service_holds)).get(ADDS)
    left = 0.0 if held is None else (held.retry_at or 0.0) - act.ctx.clock()
    if held is None:
        return ""
    is_over = act.ctx.clock() - held.since >= PAUSED_MOST_S * act.scale
    if left <= 0 and not (is_over and waits and await _began_before(act, held.since)):
        return ""
    if held.code == "no-slot" or is_over or not waits:
        return sentence_of(held.code, held.detail, act.ctx.clock())
    act.report_wait("adds are held back (451)", left / max(act.scale, 1e-9), SAID if held.tries == 1 else "")
    await act.pause(left, scaled=False)
    return ""
