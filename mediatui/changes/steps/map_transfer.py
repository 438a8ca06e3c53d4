"""Noting what a transfer is for as a part of a plan: what a person says of it counts from when the plan is applied."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.registry import StepKind
from mediatui.model.plan import JobLane, Step, StepWords
from mediatui.model.target import MappedTarget, shown_targets, targets_as_text, targets_from_text
from mediatui.model.text import printable
from mediatui.model.transfer import Event
from mediatui.store.changes.journal import Line, close_line, open_line
from mediatui.store.transfers.change import MovedOn, NotAllowed, Noted, change
from mediatui.store.transfers.rows import read_transfer
from mediatui.store.transfers.targets import set_targets, targets_of
from mediatui.store.writer import run

MAP: Final = "map transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapTransfer(Step):
    """Says what a ``transfer`` is for: ``targets``, a text of ``targets_as_text``. ``takes_back`` is the line of the
    journal that it undoes, 0 for none."""

    KIND: ClassVar[str] = "map_transfer"
    WORDS: ClassVar[StepWords] = StepWords("say what for", "transfer mapped", "transfers mapped")
    LANE: ClassVar[JobLane] = "library"

    transfer: int
    targets: str
    takes_back: int = 0

    @property
    def reverses(self) -> int | None:
        return self.takes_back or None


async def map_transfer(act: StepRun, step: MapTransfer) -> Outcome:
    """Notes the targets; the line of the journal is part of the same transaction."""
    wanted = targets_from_text(step.targets)
    before = await act.ctx.db.read(targets_of, step.transfer)
    if tuple(before) == wanted:
        done = any(line.kind == MAP and line.outcome == "done" for line in await act.lines())
        return Outcome("done") if done else Outcome("skipped", "it is for that already", already=True)
    now = act.ctx.clock()
    try:
        async with act.ctx.db.transaction() as connection:
            record = {"transfer": step.transfer, "targets": targets_as_text(before)}
            seq = await open_line(connection, act.batch, act.position, MAP, step.what, record, now)
            await run(connection, _note, step.transfer, wanted, now)
            await close_line(connection, act.batch, seq, "done", {})
    except (MovedOn, NotAllowed) as error:
        return Outcome("failed", error.message)
    return Outcome("done")


def _note(connection: sqlite3.Connection, number: int, wanted: Sequence[MappedTarget], now: float) -> None:
    transfer = read_transfer(connection, number)
    if transfer is None:
        return
    facts = {"before": targets_as_text(targets_of(connection, number))}
    why = f"for {shown_targets(wanted)}"
    change(
        connection, number, Event.MAP, "user", transfer.state, hold=transfer.hold, why=why, facts=facts,
        noted=Noted(without_target=False), now=now,
    )  # fmt: skip
    set_targets(connection, number, wanted)


def _undo_map(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    number = line.before.get("transfer")
    if not isinstance(number, int):
        return []
    return [
        MapTransfer(what=printable(line.what), transfer=number, targets=line.text("targets"), takes_back=line.seq)
    ]  # fmt: skip


STEPS = (StepKind(MapTransfer, map_transfer, {MAP: _undo_map}),)
