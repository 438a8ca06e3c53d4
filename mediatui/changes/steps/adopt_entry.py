"""Making transfers of what is on the account already: nothing is sent, and nothing there is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.begin_transfer import asked_detail, note_targets, was_made_by
from mediatui.changes.steps.registry import StepKind
from mediatui.model.plan import JobLane, Step, StepWords
from mediatui.model.torrent import DOWNLOADED
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, State, Transfer
from mediatui.store.changes.journal import Line
from mediatui.store.torrents.listing import files_of, links_of, torrents_by_id
from mediatui.store.transfers import change, rows
from mediatui.store.transfers.change import NewTransfer, Noted
from mediatui.store.transfers.files import store_files

ADOPT = "adopt entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptEntry(Step):
    """Makes a transfer of an entry of the account that is whole, by its ``id`` and ``hash``; one that rests there
    already (``resting`` is its number, 0 for none) goes on. What it is for is as in ``SendTransfer``; ``auto`` is how
    far it goes by itself."""

    KIND: ClassVar[str] = "adopt_entry"
    WORDS: ClassVar[StepWords] = StepWords("take on torrent", "torrent taken on", "torrents taken on")
    LANE: ClassVar[JobLane] = "library"

    id: str
    hash: str
    name: str = ""
    bytes: int = 0
    without_target: bool = False
    targets: str = ""
    asked: str = ""
    key: str = ""
    auto: str = "none"
    resting: int = 0

    @property
    def torrent_id(self) -> str:
        return self.id

    @property
    def is_sent(self) -> bool:
        """Whether it goes on by itself: it is known what it is for."""
        return self.without_target or bool(self.targets) or bool(self.resting)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropAdopted(Step):
    """Forgets a transfer that was made of an entry, unless its links are in staging; the entry stays."""

    KIND: ClassVar[str] = "drop_adopted"
    WORDS: ClassVar[StepWords] = StepWords("forget transfer", "transfer forgotten", "transfers forgotten")
    LANE: ClassVar[JobLane] = "library"

    hash: str
    takes_back: int

    @property
    def reverses(self) -> int:
        return self.takes_back


async def adopt_entry(act: StepRun, step: AdoptEntry) -> Outcome:
    """Makes the transfer, in the state in which the account has it."""
    left = [line for line in await act.lines() if line.kind == ADOPT and line.outcome is None]
    record = {"id": step.id, "hash": step.hash}
    seq = left[-1].seq if left else await act.before(ADOPT, step.what, record)
    outcome = await act.ctx.db.write(_adopt, step, act.batch, act.position, act.ctx.clock())
    await act.after(seq, "done" if outcome.ended == "done" else "nothing", reason=outcome.reason)
    return outcome


def _adopt(connection: sqlite3.Connection, step: AdoptEntry, batch: int, position: int, now: float) -> Outcome:
    present = _present(connection, step.hash)
    if present is not None and not was_made_by(connection, present, batch, position):
        return _go_on(connection, present, step, now)
    if present is not None:
        return Outcome("done", f"transfer {present.id}")
    known = next(iter(torrents_by_id(connection, [step.id])), None)
    if known is None or known.hash != step.hash or known.gone_at is not None or known.status != DOWNLOADED:
        return Outcome("skipped", "the account does not have it whole any more")
    files, links = files_of(connection, step.id), links_of(connection, step.id)
    is_whole = sum(bool(file.selected) for file in files) == len(links) > 0
    hold = FREE if step.is_sent else Hold(HoldKind.CHOICE, "target", asked_detail(step.asked), since=now)
    new = NewTransfer(
        "debrid", step.hash, step.name, step.bytes or None, auto=step.auto, without_target=step.without_target,
        entry_id=step.id,
    )  # fmt: skip
    number = change.create(
        connection, new, "user", event=Event.ADOPTED, to=State.READY if is_whole else State.DOWNLOADING, hold=hold,
        facts={"batch": batch, "step": position}, now=now,
    )  # fmt: skip
    store_files(connection, number, files)
    rows.note_look(connection, number, known.status, known.progress, None, None, None)
    note_targets(connection, number, step.targets)
    return Outcome("done", f"transfer {number}")


def _present(connection: sqlite3.Connection, info_hash: str) -> Transfer | None:
    known = rows.transfers_of_hash(connection, info_hash)
    return next((one for one in known if one.route == "debrid" and one.ended_at is None), None)


def _go_on(connection: sqlite3.Connection, present: Transfer, step: AdoptEntry, now: float) -> Outcome:
    """Lets a transfer that rests on the account go on."""
    if present.state != State.READY or present.is_fetched or step.auto == "none":
        why = f"transfer {present.id} is under way for it ({present.state})"
        return Outcome("skipped", why, already=True)
    change.change(
        connection, present.id, Event.RETRY, "user", State.READY, why="goes on by itself", noted=Noted(auto=step.auto),
        now=now,
    )  # fmt: skip
    return Outcome("done", f"transfer {present.id}")


async def drop_adopted(act: StepRun, step: DropAdopted) -> Outcome:
    """Forgets the transfer; one that went on is left."""
    return await act.ctx.db.write(_drop, step, act.ctx.clock())


def _drop(connection: sqlite3.Connection, step: DropAdopted, now: float) -> Outcome:
    present = _present(connection, step.hash)
    if present is None:
        return Outcome("skipped", "it has ended already", already=True)
    if present.state not in (State.READY, State.DOWNLOADING):
        return Outcome("skipped", f"transfer {present.id} is {present.state}: take its links back first")
    change.change(connection, present.id, Event.FORGET, "user", present.state, State.FORGOTTEN, now=now)
    return Outcome("done")


def _undo_adopt(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    return [DropAdopted(what=line.what, hash=line.text("hash"), takes_back=line.seq)]


STEPS = (StepKind(AdoptEntry, adopt_entry, {ADOPT: _undo_adopt}), StepKind(DropAdopted, drop_adopted))
