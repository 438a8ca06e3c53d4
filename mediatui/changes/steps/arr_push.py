"""Sending a release through Sonarr or Radarr, which gives it to their own download client.

Their yes is no proof: they say it to a dead link too. It counts as sent when their queue has a row of its hash, or a
row of its title that they hold for later. What was sent is never sent again, or elsewhere, before that look, and a run
that is killed leaves a transfer and a line of the journal that say what was begun.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from mediatui.changes.arr_holds import does_hang, note_arr_answers, note_arr_away, note_arr_hangs, why_held
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.arr_add import why_need_is_missing
from mediatui.changes.steps.bases import ArrStep
from mediatui.changes.steps.begin_transfer import asked_detail, note_targets, was_made_by, why_on_its_way
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.with_service import with_service
from mediatui.changes.transfer_in_hand import TransferInHand
from mediatui.model.plan import JobLane, StepWords
from mediatui.model.stuck import sentence_of, why_stuck
from mediatui.model.text import fold
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, State, Transfer, Who
from mediatui.model.transfer_errors import hold_for
from mediatui.services.arr.bodies import Body, push_body
from mediatui.services.errors import BadAnswer, Permanent, Refused, ServiceError, StartingUp, Uncertain, Unreachable
from mediatui.services.prowlarr.links import link_for_others
from mediatui.store.changes.journal import Line, read_lines
from mediatui.store.transfers import change, rows
from mediatui.store.transfers.change import NewTransfer, Noted
from mediatui.store.transfers.holds import note_refused

if TYPE_CHECKING:
    from mediatui.services.arr.activity import QueueItem
    from mediatui.services.arr.client import Arr

PUSH: Final = "push release"
"""The journal's word."""
LOOKED_FOR_S: Final = 60.0
"""How long what was said yes to is looked for."""
UNANSWERED_S: Final = 300.0
"""How long what was not answered is looked for: it may come yet."""
LOOK_S: Final = 3.0
IMPORTED: Final = "downloadfolderimported"
NOT_SENT: Final = (Unreachable, StartingUp, Refused, BadAnswer)
"""The failures in which a service has taken nothing."""
STAYS: Final = "what was sent through a service cannot be called back: remove it from its queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRelease(ArrStep):
    """Sends a release through a service, by the ``link`` of it at Prowlarr (without a key) or by its ``magnet``. The
    ids (0: none) map a title that says nothing to the service; ``despite_away``: also while a download client does not
    answer. What it is for, and what it needs, is as in ``SendTransfer``; for nothing in particular the service decides
    by the title."""

    KIND: ClassVar[str] = "push_release"
    WORDS: ClassVar[StepWords] = StepWords("send through service", "release sent", "releases sent")
    LANE: ClassVar[JobLane] = "account"
    NEEDS_ACCOUNT: ClassVar[bool] = False
    NOTIFIES_ONLY: ClassVar[bool] = False

    hash: str
    title: str
    link: str = ""
    magnet: str = ""
    indexer: str = ""
    published_at: int | None = None
    bytes: int = 0
    tvdb_id: int = 0
    tmdb_id: int = 0
    targets: str = ""
    asked: str = ""
    without_target: bool = False
    needs: tuple[str, ...] = ()
    despite_away: bool = False
    again: bool = False
    key: str = ""
    by: Who = "user"

    @property
    def is_sent(self) -> bool:
        """Whether it is sent, and not only noted."""
        return self.without_target or bool(self.targets)

    @property
    def requests(self) -> int:
        return self.REQUESTS if self.is_sent else 0


async def push_release(act: StepRun, step: PushRelease) -> Outcome:
    """Sends a release through a service; whatever comes of it, its transfer says so too."""
    for need in step.needs:
        if why := await why_need_is_missing(act, need):
            return Outcome("failed", why)
    if why := await act.ctx.db.read(why_on_its_way, step):
        return Outcome("skipped", why)
    return await with_service(act, step.service, lambda library: _push(act, step, library.arr))


async def _push(act: StepRun, step: PushRelease, arr: Arr) -> Outcome:
    transfer = await act.ctx.db.write(_begin, step, act.batch, act.position, act.ctx.clock())
    if transfer.ended_at is not None:
        failed = transfer.state == State.FAILED
        return Outcome("failed" if failed else "skipped", why_stuck(transfer, {}, act.ctx.clock()).why)
    if transfer.hold.kind in (HoldKind.PAUSED, HoldKind.IGNORED):
        return Outcome("skipped", f"transfer {transfer.id} is {transfer.hold.kind}")
    if transfer.hold.kind == HoldKind.CHOICE:
        return Outcome("skipped", f"transfer {transfer.id}: {why_stuck(transfer, {}, act.ctx.clock()).why}")
    if transfer.state not in (State.WANTED, State.SENDING):
        return Outcome("skipped", f"transfer {transfer.id} is under way for it ({transfer.state})", already=True)
    try:
        return await _Pushing(act, step, arr, transfer).run()
    except change.MovedOn as error:
        return Outcome("skipped", error.message.rstrip("."))


def _begin(connection: sqlite3.Connection, step: PushRelease, batch: int, position: int, now: float) -> Transfer:
    """The transfer to send: the one under way for the hash through a service, taken up again where a person wants
    that; the one this step made in an earlier run; or a new one."""
    known = [one for one in rows.transfers_of_hash(connection, step.hash) if one.route == "arr"]
    present = next((one for one in known if one.ended_at is None), None)
    if present is None:
        if known and (step.by == "job" or was_made_by(connection, known[0], batch, position)):
            return known[0]
        hold = FREE if step.is_sent else Hold(HoldKind.CHOICE, "target", asked_detail(step.asked), since=now)
        new = NewTransfer(
            "arr", step.hash, step.title, step.bytes or None, without_target=step.without_target, service=step.service
        )
        number = change.create(connection, new, step.by, hold=hold, facts={"batch": batch, "step": position}, now=now)
        note_targets(connection, number, step.targets)
        return rows.find_transfer(connection, number)
    is_again = step.by == "user" and not was_made_by(connection, present, batch, position)
    if is_again and present.state == State.WANTED and (present.hold.code != "target" or step.is_sent):
        noted = Noted(without_target=step.without_target)
        facts = {"batch": batch, "step": position}
        change.change(connection, present.id, Event.RETRY, "user", State.WANTED, noted=noted, facts=facts, now=now)
        note_targets(connection, present.id, step.targets)
        return rows.find_transfer(connection, present.id)
    return present


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the queue of a service has of a release: a row of its hash, or one that is held for later."""

    row: QueueItem

    @property
    def until(self) -> int | None:
        """Until when it is held; None when that is not said."""
        return self.row.estimated_completion_time if self.row.status == "delay" else None


def find_row(queue: Sequence[QueueItem], info_hash: str, title: str) -> QueueItem | None:
    """The row of a queue that is of a hash; else one of this title that the service holds. None for neither."""
    own = next((row for row in queue if row.download_id.lower() == info_hash), None)
    if own is not None:
        return own
    wanted = fold(title)
    return next((row for row in queue if row.is_pending and fold(row.title) == wanted), None)


class _Pushing(TransferInHand):
    """One release on its way to a service."""

    def __init__(self, act: StepRun, step: PushRelease, arr: Arr, transfer: Transfer) -> None:
        super().__init__(act.ctx, transfer)
        self._act, self._step, self._arr = act, step, arr

    async def run(self) -> Outcome:
        """Sends it, and returns how the step ends."""
        act, step = self._act, self._step
        if self._transfer.state == State.SENDING and (outcome := await self._settle()) is not None:
            return outcome
        if why := await act.ctx.db.read(why_held, step.service, act.ctx.clock()):
            return Outcome("skipped", f"{why}: the runs of transfers send it")
        try:
            if await does_hang(self._arr):
                await act.ctx.db.write(note_arr_hangs, step.service, self._arr.title, act.ctx.clock())
                why = sentence_of("arr-hangs", {"service": self._arr.title}, act.ctx.clock())
                return Outcome("skipped", f"{why}: the runs of transfers send it")
            away = "" if step.despite_away else await self._arr.clients_away()
        except ServiceError as error:
            return await self._away(error)
        if away:
            return await self._ask("not-sent", {"client": away}, f"its client does not answer: {away}")
        body = self._body()
        facts = {"hash": step.hash, "batch": act.batch, "step": act.position}
        await self._change(Event.SEND, State.SENDING, who=step.by, facts=facts)
        record = {"service": step.service, "hash": step.hash, "title": step.title}
        seq = await act.before(PUSH, step.what, record)
        act.report_status(f"{self._arr.title} is asked to send it")
        return await self._sent(seq, body)

    def _body(self) -> Body:
        """The body of the push. Raises UsageError where Prowlarr is not set up."""
        step = self._step
        link = link_for_others(self._act.ctx.settings.prowlarr, step.link) if step.link and not step.magnet else ""
        published = time.gmtime(self._act.ctx.clock() if step.published_at is None else step.published_at)
        return push_body(
            title=step.title, published=time.strftime("%Y-%m-%dT%H:%M:%SZ", published), indexer=step.indexer,
            link=link, magnet=step.magnet, tvdb_id=step.tvdb_id, tmdb_id=step.tmdb_id,
        )  # fmt: skip

    async def _sent(self, seq: int, body: Body) -> Outcome:
        """Pushes it, and looks what came of it."""
        try:
            answer = await self._arr.push(body)
        except NOT_SENT as error:
            await self._act.after(seq, "nothing", reason=error.message)
            return await self._away(error)
        except Permanent as error:
            await self._act.after(seq, "failed", reason=error.message)
            return await self._refused([error.said or error.message])
        except Uncertain as error:
            await self._act.after(seq, "done", answer="none")
            self._act.report_status(f"{self._arr.title} did not answer; it is looked for")
            return await self._look(UNANSWERED_S, error.message)
        except ServiceError as error:
            await self._act.after(seq, "failed", reason=error.message)
            return await self._ask("internal", {"error": error.message.rstrip(".")}, error.message)
        await self._act.ctx.db.write(note_arr_answers, self._step.service)
        if answer.rejected:
            await self._act.after(seq, "failed", reason="; ".join(answer.rejections))
            return await self._refused(answer.rejections)
        held = answer.temporarily_rejected and not answer.approved
        await self._act.after(seq, "done", answer="held" if held else "approved")
        return await self._look(LOOKED_FOR_S, "; ".join(answer.rejections), is_held=held)

    async def _look(self, most_s: float, said: str, *, is_held: bool = False) -> Outcome:
        """Looks for it in the queue; what is not there after ``most_s`` seconds was not sent, unless the service holds
        it by a delay of its own."""
        seen = await self._seen_within(most_s)
        if seen is not None:
            return await self._adopt(seen, Event.SENT, "job")
        if is_held:
            why = f"{self._arr.title} holds it{f': {said}' if said else ''}"
            return await self._held(Event.SENT, "job", {}, why)
        return await self._nothing(Event.NOT_SENT, "job", said)

    async def _seen_within(self, most_s: float) -> _Seen | None:
        waited = 0.0
        while True:
            seen = await self._seen()
            if seen is not None or waited >= most_s:
                return seen
            await self._act.pause(LOOK_S)
            waited += LOOK_S

    async def _seen(self) -> _Seen | None:
        try:
            row = find_row(await self._arr.queue(), self._step.hash, self._step.title)
        except ServiceError:
            return None
        return None if row is None else _Seen(row)

    async def _adopt(self, seen: _Seen, event: Event, who: Who) -> Outcome:
        """Takes over what the queue has of it."""
        title, row = self._arr.title, seen.row
        if row.is_pending:
            detail = {} if seen.until is None else {"until": seen.until}
            return await self._held(event, who, detail, f"{title} holds it ({row.status})")
        noted = Noted(size=row.size or None, entry_id=row.download_id)
        await self._change(event, State.DOWNLOADING, who=who, why=f"{title} has it: {row.status}", noted=noted)
        return Outcome("done", f"{title} has it: {row.status}")

    async def _held(self, event: Event, who: Who, detail: Mapping[str, object], why: str) -> Outcome:
        """It is sent later by the service itself, and nowhere else meanwhile."""
        known = {"service": self._arr.title, **detail}
        hold = hold_for("arr-pending", FREE, self._act.ctx.clock(), detail=known)
        await self._change(event, State.DOWNLOADING, who=who, hold=hold, why=why)
        return Outcome("done", sentence_of("arr-pending", known, self._act.ctx.clock()))

    async def _nothing(self, event: Event, who: Who, said: str) -> Outcome:
        """It is not there: because the service takes no hash that it has imported before, or for another reason."""
        code, detail = "not-sent", dict[str, object]()
        try:
            imports = [
                one.date
                for one in await self._arr.history_of_download(self._step.hash)
                if one.event_type == IMPORTED and one.date is not None
            ]
            if imports:
                code, detail = "known-hash", {"date": max(imports)}
            elif away := await self._arr.clients_away():
                detail = {"client": away}
        except ServiceError as error:
            said = said or error.message
        return await self._ask(code, detail, said, event=event, who=who)

    async def _settle(self) -> Outcome | None:
        """What came of a run that ended while it was sending: what is there is taken over, what may have been sent
        is asked about. None when it was not sent: then it is sent now."""
        seen = await self._seen()
        line = await self._begun_line()
        if seen is None and line is not None and (left := self._left_s()) > 0:
            if self._step.by == "job":
                return Outcome("skipped", "it may have been sent; looked for again by the next run")
            seen = await self._seen_within(left)
        if line is not None and line.batch == self._act.batch and line.outcome is None:
            await self._act.after(line.seq, "done" if seen is not None else "nothing")
        if seen is not None:
            return await self._adopt(seen, Event.FOUND, "start")
        if line is not None:
            return await self._nothing(Event.NOT_FOUND, "start", "a run was stopped while it was sent")
        await self._change(Event.NOT_FOUND, State.WANTED, who="start", why="it was not sent yet")
        return None

    def _left_s(self) -> float:
        """For how many seconds more it may still come, by the time of the machine."""
        return UNANSWERED_S - max(0.0, self._act.ctx.clock() - self._transfer.changed_at)

    async def _begun_line(self) -> Line | None:
        """The line that was written right before it was sent; None when it was not."""
        history = await self._act.ctx.db.read(rows.history_of, self._transfer.id)
        sends = [one.facts for one in history if one.event == Event.SEND.value]
        if not sends:
            return None
        batch, position = sends[-1].get("batch"), sends[-1].get("step")
        if not isinstance(batch, int) or not isinstance(position, int):
            return None
        lines = await self._act.ctx.db.read(read_lines, batch, position)
        return next((line for line in reversed(lines) if line.kind == PUSH), None)

    async def _refused(self, reasons: Sequence[str]) -> Outcome:
        now = self._act.ctx.clock()
        step = self._step
        await self._act.ctx.db.write(note_refused, step.service, step.hash, step.title, "push", now)
        return await self._ask("refused", {"reasons": list(reasons)}, "; ".join(reasons))

    async def _away(self, error: ServiceError) -> Outcome:
        """The service does not answer, or refuses us: it took nothing, and is asked again later."""
        now = self._act.ctx.clock()
        await self._act.ctx.db.write(note_arr_away, self._step.service, self._arr.title, error, now)
        if self._transfer.state == State.SENDING:
            await self._change(Event.NOT_SENT, State.WANTED, why=error.message, facts={"code": "arr-away"})
        return Outcome("failed", error.sentence)

    async def _ask(
        self, code: str, detail: Mapping[str, object], why: str, *, event: Event | None = None, who: Who = "job"
    ) -> Outcome:
        """Asks a person; nothing is sent again before that."""
        now = self._act.ctx.clock()
        known = {"service": self._arr.title, **detail}
        hold = Hold(HoldKind.CHOICE, code, known, since=now)
        if self._transfer.state == State.SENDING:
            await self._change(event or Event.NOT_SENT, State.WANTED, who=who, hold=hold, why=why)
        else:
            await self._change(Event.HELD, None, hold=hold, why=why)
        return Outcome("failed", sentence_of(code, known, now))


def _opposite(line: Line, lines: Sequence[Line]) -> Sequence[PushRelease] | str:
    return STAYS


STEPS = (StepKind(PushRelease, push_release, opposites={PUSH: _opposite}),)
