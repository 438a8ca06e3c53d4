"""Sending a transfer to the account.

The state of the transfer is changed before and after (``store.transfers.change``), so that a run that is killed leaves
a transfer which says what was begun; the next look at the account says what came of it.
"""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from mediatui.changes.account_holds import note_accepted, note_account_away
from mediatui.changes.step_run import ENDS_BATCH, Outcome, StepRun
from mediatui.changes.steps.adding import Added, add, begun_add, misnamed, release_entry
from mediatui.changes.steps.arr_add import why_need_is_missing
from mediatui.changes.steps.begin_transfer import SendTransfer, begin_transfer, why_on_its_way
from mediatui.changes.steps.deleting import steps_that_replace
from mediatui.changes.steps.drop_entry import LEAVES
from mediatui.changes.steps.entries import (
    FIRST_POLL_S,
    LONGEST_POLL_S,
    NotKnownYet,
    OtherHash,
    VerificationFailed,
    close_selections,
    fetch,
    fetch_added,
    is_whole,
    known_twins,
    newest_entry,
    remember,
    select,
    selection,
    wait_until,
)
from mediatui.changes.steps.entry_users import why_entry_stays
from mediatui.changes.steps.held_back import hold_for_a_slot, judge_refusal, wait_for_adds
from mediatui.changes.steps.lacking import ASKED, lacking_unasked, needed_by_transfer, question_of, wanted_of_transfer
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.torrents import remove
from mediatui.changes.transfer_in_hand import TransferInHand
from mediatui.model.human import counted
from mediatui.model.plan import Step
from mediatui.model.stuck import sentence_of, why_stuck
from mediatui.model.torrent import CONVERTING, DOWNLOADED, PROBLEM_STATUSES, UNSELECTED, TorrentDetail
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, State, Transfer
from mediatui.model.transfer_errors import hold_for
from mediatui.services.errors import Infringing, NoSlot, ServiceError
from mediatui.store.changes.journal import append_steps
from mediatui.store.transfers import change, rows
from mediatui.store.transfers.change import Noted
from mediatui.store.transfers.files import store_files

CONVERTED_S = 10.0
"""How long the metadata of a magnet is waited for while it is sent; the runs of transfers go on with it."""
BESIDE = "beside"
"""The fact of a transfer's history that names the entry of the same torrent, with fewer files, it was added beside."""
CACHED_S = 20.0
"""How long after its selection a torrent that the service is to have at hand may take to be whole."""


async def send_transfer(act: StepRun, step: SendTransfer) -> Outcome:
    """Sends a transfer; whatever comes of it, the transfer says so too."""
    for need in step.needs:
        if why := await why_need_is_missing(act, need):
            return Outcome("failed", why)
    if why := await act.ctx.db.read(why_on_its_way, step):
        return Outcome("skipped", why)
    transfer = await act.ctx.db.write(begin_transfer, step, act.batch, act.position, act.ctx.clock())
    if transfer.ended_at is not None:
        return _ended_before(transfer, act.ctx.clock())
    if transfer.hold.kind in (HoldKind.PAUSED, HoldKind.IGNORED):
        return Outcome("skipped", f"transfer {transfer.id} is {transfer.hold.kind}")
    if transfer.hold.kind == HoldKind.CHOICE:
        stuck = why_stuck(transfer, {}, act.ctx.clock())
        return Outcome("skipped", f"{stuck.why}: noted as transfer {transfer.id}, not sent")
    if transfer.state not in (State.WANTED, State.SENDING):
        return Outcome("skipped", f"transfer {transfer.id} is under way for it ({transfer.state})", already=True)
    if act.position > 1 and step.by == "user":
        await act.pause(act.ctx.settings.acquire.pause_s)
    return await _Sending(act, step, transfer).run()


def _ended_before(transfer: Transfer, now: float) -> Outcome:
    """How a step ends whose transfer an earlier run of it brought to its end."""
    return Outcome("failed" if transfer.state == State.FAILED else "skipped", why_stuck(transfer, {}, now).why)


def steps_in_favour(connection: sqlite3.Connection, transfer: Transfer) -> Sequence[Step]:
    """The steps by which the entry that a transfer was added beside goes, once its own is whole: that was said when it
    was sent."""
    if not transfer.entry_is_new:
        return ()
    noted = (one.facts.get(BESIDE) for one in rows.history_of(connection, transfer.id))
    old = next((one for one in noted if isinstance(one, str)), "")
    return steps_that_replace(connection, old, transfer.entry_id) if old else ()


class _NotSent(Exception):
    """The torrent was not sent; the transfer has been changed already."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


class _Sending(TransferInHand):
    """One transfer on its way to the account."""

    def __init__(self, act: StepRun, step: SendTransfer, transfer: Transfer) -> None:
        super().__init__(act.ctx, transfer, {"batch": act.batch})
        self._act, self._step = act, step
        self._before = transfer.hold

    async def run(self) -> Outcome:
        """Sends it, and returns how the step ends."""
        try:
            if self._transfer.state == State.SENDING and (outcome := await self._settle()) is not None:
                return outcome
            if why := await wait_for_adds(self._act, waits=self._step.by == "user"):
                return Outcome("skipped", f"{why}: the runs of transfers send it")
            await self._change(Event.SEND, State.SENDING, who=self._step.by, facts={"hash": self._step.hash})
            return await self._send()
        except _NotSent as end:
            return end.outcome
        except change.MovedOn as error:  # by a person, or by another mediatui
            return Outcome("skipped", error.message.rstrip("."))

    async def _settle(self) -> Outcome | None:
        """What came of a run that ended while it was sending, as the account shows it; None when nothing did."""
        try:
            added = await begun_add(self._act, self._step.hash, self._step.name)
            detail = await self._look() if added is None else await fetch_added(self._act, added.id)
        except NotKnownYet as error:
            return Outcome("failed", f"{error.reason}; looked at again by the next run")
        if detail is None or detail.row.hash != self._step.hash:
            await self._change(Event.NOT_FOUND, State.WANTED, who="start", why="the account does not have it")
            return None
        is_new = added is not None and added.is_ours(await self._act.lines(undone=True), detail)
        why = f"the account has it ({detail.row.id})"
        noted = _noted(detail, is_new=is_new)
        await self._change(Event.FOUND, State.DOWNLOADING, who="start", why=why, noted=noted)
        return await self._select(detail, None, is_new=is_new)

    async def _send(self) -> Outcome:
        try:
            added = await begun_add(self._act, self._step.hash, self._step.name)
            if added is None:
                there = await self._look()
                if there is not None:
                    return await self._take_over(there)
                added = await self._add()
            return await self._follow(added, None)
        except VerificationFailed as error:  # it may have been added: the next try looks before it adds
            raise await self._fail("never-appeared", error.reason) from error
        except ENDS_BATCH as error:
            await self._hold_service(error)
            raise
        except ServiceError as error:
            raise await self._ask("internal", {"error": error.message.rstrip(".")}, error.message) from error

    async def _look(self) -> TorrentDetail | None:
        """The entry of the hash that the account has, the best one of several; None when it has none."""
        ids = await known_twins(self._act, self._step.hash)
        newest = await newest_entry(self._act, self._step.hash, ())
        found = [one for id_ in sorted({*ids, newest or ""} - {""}) if (one := await fetch(self._act, id_)) is not None]
        found = [one for one in found if one.row.hash == self._step.hash]
        found.sort(key=lambda one: (one.row.status in PROBLEM_STATUSES, -len(selection(one)), one.row.id))
        return found[0] if found else None

    async def _take_over(self, detail: TorrentDetail) -> Outcome:
        """Takes over an entry that is there, by its files: one that lacks some is left, and added again with both."""
        await remember(self._act, detail)
        row = detail.row
        if row.status in PROBLEM_STATUSES:
            raise await self._ask(
                "rd-dead", {"status": row.status}, f"it is there and {row.status} ({row.id})", Noted(entry_id=row.id)
            )
        needed = await self._act.ctx.db.read(needed_by_transfer, self._transfer, detail.files)
        if row.status not in (CONVERTING, UNSELECTED) and not set(needed) <= set(selection(detail)):
            both = tuple(sorted({*await self._wanted(detail), *selection(detail)}))
            return await self._follow(await self._add(), both, beside=detail)
        await self._change(
            Event.WAS_THERE, State.DOWNLOADING, why=f"the account has it already ({row.id})",
            noted=_noted(detail, is_new=False),
        )  # fmt: skip
        return await self._select(detail, None, is_new=False)

    async def _add(self) -> Added:
        """Adds it; raises _NotSent when the service does not take it now."""
        try:
            added = await add(self._act, self._step.hash, self._step.name, await self._torrent(), waits=False)
        except Infringing as error:
            raise await self._refused() from error
        except NoSlot as error:
            why = await hold_for_a_slot(self._act)
            await self._change(Event.NOT_SENT, State.WANTED, why="no slot is free", facts={"code": "no-slot"})
            raise _NotSent(Outcome("skipped", f"{why}: the runs of transfers send it")) from error
        await self._act.ctx.db.write(note_accepted, self._step.hash)
        return added

    async def _torrent(self) -> str:
        if self._step.torrent:
            return self._step.torrent
        kept = await self._act.ctx.db.read(rows.blob_of, self._step.hash)
        return base64.b64encode(kept).decode()

    async def _follow(
        self, added: Added, chosen: tuple[int, ...] | None, beside: TorrentDetail | None = None
    ) -> Outcome:
        """Goes on with an entry that an add was answered with: proves it, and selects its files."""
        detail = await fetch_added(self._act, added.id)
        if detail.row.hash != self._step.hash:
            error = OtherHash(added.id)
            await misnamed(self._act, added.id, error.reason)
            raise await self._ask("internal", {"error": error.reason}, error.reason)
        is_new = added.is_ours(await self._act.lines(undone=True), detail)
        if not is_new:
            await release_entry(self._act, added.id)
        if beside is not None and not is_new and not set(chosen or ()) <= set(selection(detail)):
            there, of = len(selection(detail)), len(chosen or ())
            why = f"the service counts it as the entry that is there ({added.id}), with {there} of {of} files"
            raise await self._ask("partial", {"there": there, "of": of}, why, Noted(entry_id=added.id))
        why = f"added as {added.id}" if is_new else f"the account has it already ({added.id})"
        event = Event.SENT if is_new else Event.WAS_THERE
        facts: dict[str, object] = {BESIDE: beside.row.id} if beside is not None and is_new else {}
        await self._change(event, State.DOWNLOADING, why=why, noted=_noted(detail, is_new=is_new), facts=facts)
        return await self._select(detail, chosen, is_new=is_new)

    async def _select(self, detail: TorrentDetail, chosen: tuple[int, ...] | None, *, is_new: bool) -> Outcome:
        """Selects the files of an entry that waits for it, and notes what is in it."""
        act, entry = self._act, detail.row.id
        if detail.row.status == CONVERTING:
            try:
                detail = await wait_until(
                    act, entry, self._step.hash, lambda one: one.row.status != CONVERTING, CONVERTED_S
                )
            except VerificationFailed:
                await act.ctx.db.write(rows.note_look, self._transfer.id, CONVERTING, 0.0, None, act.ctx.clock(), None)
                return Outcome("done", "no metadata yet; its files are selected once it has come")
        if detail.row.status == UNSELECTED:
            await self._ask_what_it_lacks(detail)
            wanted = chosen or await self._wanted(detail)
            try:
                detail = await select(act, detail, wanted, waits=False)
            except NoSlot:
                trouble = hold_for("no-slot", FREE, act.ctx.clock())
                await self._change(Event.HELD, None, hold=trouble, why="no slot is free to select its files")
                return Outcome("done", "there; its files are selected once a slot is free")
            except VerificationFailed as error:
                return Outcome("done", f"there; {error.reason}, tried again by the next run")
        else:
            await close_selections(act, entry)
            await remember(act, detail)
        if self._transfer.cached_only and is_new:
            detail = await self._wait_for_cached(detail)
        await act.ctx.db.write(_note_files, self._transfer.id, detail, act.ctx.clock())
        if detail.row.status in PROBLEM_STATUSES:
            return await self._give_up(detail, "rd-dead", {"status": detail.row.status}, is_new=is_new)
        if self._transfer.cached_only and is_new and detail.row.status != DOWNLOADED:
            return await self._give_up(detail, "not-cached", {}, is_new=True)
        if detail.row.status != DOWNLOADED:
            return Outcome("done", f"{entry} is {detail.row.status}")
        if is_whole(detail):
            size = sum(file.bytes for file in detail.files if file.selected)
            why = f"a link for each of its {counted(len(detail.links), 'file')}"
            await self._change(Event.WHOLE, State.READY, why=why, noted=Noted(size=size))
            if instead := await act.ctx.db.read(steps_in_favour, self._transfer):
                async with act.ctx.db.transaction() as connection:
                    await append_steps(connection, act.batch, instead)
        return Outcome("done")

    async def _wanted(self, detail: TorrentDetail) -> tuple[int, ...]:
        """The files of an entry that are wanted."""
        return await self._act.ctx.db.read(wanted_of_transfer, self._transfer, detail.files)

    async def _ask_what_it_lacks(self, detail: TorrentDetail) -> None:
        """Asks before anything is selected, where what is wanted is not all in it and the plan could not say that. The
        next run takes what is there once a person lets it go on."""
        if self._step.torrent:
            return
        act, now = self._act, self._act.ctx.clock()
        found = await act.ctx.db.read(lacking_unasked, self._transfer.id, detail.files, now)
        if found:
            await remember(act, detail)
            await act.ctx.db.write(_note_files, self._transfer.id, detail, now)
            known = question_of(found)
            raise await self._ask("partial", known, sentence_of("partial", known, now), facts={ASKED: known["lacks"]})

    async def _wait_for_cached(self, detail: TorrentDetail) -> TorrentDetail:
        waited, pause = 0.0, FIRST_POLL_S
        while detail.row.status not in (DOWNLOADED, *PROBLEM_STATUSES) and waited < CACHED_S:
            self._act.report_status("looking whether the service has it at hand")
            await self._act.pause(pause)
            waited += pause
            pause = min(pause * 2, LONGEST_POLL_S)
            detail = await fetch_added(self._act, detail.row.id)
        return detail

    async def _give_up(self, detail: TorrentDetail, code: str, known: dict[str, object], *, is_new: bool) -> Outcome:
        """Ends a transfer whose entry is of no use; a new one that nothing else uses is removed again."""
        kept = "" if is_new else "it was there before"
        if is_new:
            kept = await why_entry_stays(self._act, detail.row.id, self._transfer.id)
        if not kept:
            await release_entry(self._act, detail.row.id)
            await remove(self._act, detail, why=code, kind=LEAVES)
        known = {**known, "kept": kept} if kept else known
        why = sentence_of(code, known, self._act.ctx.clock())
        await self._change(Event.PERMANENT, State.FAILED, hold=Hold(HoldKind.CHOICE, code, known), why=why)
        return Outcome("skipped" if code == "not-cached" else "failed", why)

    async def _refused(self) -> _NotSent:
        """The add was refused (451): tried once more at the end of the batch, unless that is over."""
        act, step = self._act, self._step
        hold = await judge_refusal(act, step.hash, self._transfer.name, self._before)
        why = "refused twice (451), while others were accepted" if hold.code == "refused" else "refused (451)"
        await self._change(Event.NOT_SENT, State.WANTED, hold=hold, why=why, facts={"code": "rd-pause"})
        if hold.kind == HoldKind.CHOICE:
            return _NotSent(Outcome("failed", sentence_of(hold.code, hold.detail, act.ctx.clock())))
        if step.by == "job" or step.once_more:
            return _NotSent(Outcome("failed", "refused (451), which may be a pause; the runs of transfers try again"))
        async with act.ctx.db.transaction() as connection:
            await append_steps(connection, act.batch, [replace(step, once_more=True)])
        return _NotSent(Outcome("skipped", "refused (451), which may be a pause: tried once more at the end"))

    async def _hold_service(self, error: ServiceError) -> None:
        """Notes what keeps the whole account, and puts the transfer back: nothing is known to be wrong with it."""
        if self._transfer.state == State.SENDING:
            kept = self._before if self._before.kind == HoldKind.WAITING else None
            await self._change(Event.NOT_SENT, State.WANTED, hold=kept, why=error.message)
        await self._act.ctx.db.write(note_account_away, error, self._act.ctx.clock())

    async def _fail(self, code: str, why: str) -> _NotSent:
        if self._transfer.state != State.SENDING:
            return _NotSent(Outcome("done", f"there; {why}"))
        hold = hold_for(code, self._before, self._act.ctx.clock())
        await self._change(Event.NOT_SENT, State.WANTED, hold=hold, why=why, facts={"code": code})
        return _NotSent(Outcome("failed", why))

    async def _ask(
        self, asks: str, known: dict[str, object], why: str, noted: Noted = change.NOTHING,
        facts: dict[str, object] | None = None,
    ) -> _NotSent:  # fmt: skip
        hold = Hold(HoldKind.CHOICE, asks, known, since=self._act.ctx.clock())
        if self._transfer.state == State.SENDING:
            await self._change(Event.NOT_SENT, State.WANTED, hold=hold, why=why, noted=noted, facts={"code": asks})
        else:
            await self._change(Event.HELD, None, hold=hold, why=why, noted=noted, facts=facts)
        return _NotSent(Outcome("failed", why))


def _noted(detail: TorrentDetail, *, is_new: bool) -> Noted:
    name = detail.original_filename or detail.row.filename
    return Noted(name=name or None, entry_id=detail.row.id, entry_is_new=is_new)


def _note_files(connection: sqlite3.Connection, transfer_id: int, detail: TorrentDetail, now: float) -> None:
    store_files(connection, transfer_id, detail.files)
    rows.note_look(connection, transfer_id, detail.row.status, detail.row.progress, detail.row.seeders, now, None)


STEPS = (StepKind(SendTransfer, send_transfer),)
