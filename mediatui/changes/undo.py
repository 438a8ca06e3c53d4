"""Undoing a batch: a plan of the opposite steps, made of what the journal noted before each was done."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from mediatui.changes.steps.registry import UNENDED, opposites, step_kinds
from mediatui.changes.steps.stored import begun_undos
from mediatui.model.errors import UsageError
from mediatui.model.plan import Plan, Step
from mediatui.model.text import printable
from mediatui.store.changes.journal import Batch, Line, read_batch, read_lines, recent_batches


class NothingToUndo(UsageError):
    """There is nothing to undo, or it was undone already."""

    kind = "nothing-to-undo"


def plan_undo(connection: sqlite3.Connection, number: int | None = None) -> Plan:
    """The plan that undoes a batch, by default the last one that was not undone. Raises NothingToUndo.

    What cannot be undone is among its notes.
    """
    batch = _wanted(connection, number)
    journal = read_lines(connection, batch.batch)
    standing = [line for line in journal if line.outcome in ("done", None) and line.undone_at is None]
    notices = {kind.notice for kind in step_kinds().values()}
    lines = [line for line in standing if line.kind not in notices]
    if not lines:
        said = "was undone already" if batch.undone else "changed nothing"
        raise NothingToUndo(f"Batch {batch.batch} ({batch.title}) {said}.", "See: mediatui --headless journal")
    steps: list[Step] = []
    notes: list[tuple[str, str]] = []
    begun = {_key(step): by for by, step in begun_undos(connection, batch.batch)}
    unsettled = 0
    for line in reversed(lines):
        found = _opposite(line, lines)
        if found and not isinstance(found, str) and (by := begun.get(_key(found[0]))):
            found = f"batch {by} has begun to undo it: mediatui --headless resume {by} --failed --apply"
            unsettled += 1
        unsettled += found == UNENDED
        if not isinstance(found, str):
            steps += found
        elif found:
            notes.append((printable(line.what), found))
    for kind in step_kinds().values():
        if kind.after_notice is not None:
            more, stays = kind.after_notice([line for line in journal if line.kind == kind.notice], lines)
            steps += more
            notes += stays
    title = f"Undo batch {batch.batch} ({batch.title})"
    return Plan("undo", title, tuple(steps), tuple(notes), undoes=batch.batch, unsettled=unsettled)


@dataclass(frozen=True, slots=True)
class Undoable:
    """How many of the steps of a batch that changed something can be undone, and the reason why the others cannot (of
    several reasons the first)."""

    steps: int
    of: int
    why: str = ""


def undoable(connection: sqlite3.Connection, number: int) -> Undoable:
    """What an undo of a batch would undo now, by the judgement that ``plan_undo`` makes."""
    notices = {kind.notice for kind in step_kinds().values()}
    journal = read_lines(connection, number)
    lines = [one for one in journal if one.outcome in ("done", None) and one.undone_at is None]
    lines = [line for line in lines if line.kind not in notices]
    found = [(line.position, _opposite(line, lines)) for line in lines]
    steps = {position for position, opposite in found if opposite and not isinstance(opposite, str)}
    why = next((opposite for _, opposite in found if opposite and isinstance(opposite, str)), "")
    return Undoable(len(steps), len({position for position, _ in found}), why)


def _key(step: Step) -> object:
    """What identifies the line of a batch that a step undoes."""
    return step.reverses or step


def _opposite(line: Line, lines: Sequence[Line]) -> Sequence[Step] | str:
    """The steps that take a line back, or why there are none."""
    opposite = opposites().get(line.kind)
    if opposite is not None:
        return opposite(line, lines)
    return UNENDED if line.outcome is None else ""


def _wanted(connection: sqlite3.Connection, number: int | None) -> Batch:
    if number is not None:
        batch = read_batch(connection, number)
        if batch is None:
            raise UsageError(f"There is no batch {number}.", "List them with: mediatui --headless journal")
        return batch
    for batch in recent_batches(connection):
        if batch.undoes is None and batch.standing:
            return batch
    raise NothingToUndo("There is nothing to undo.", "See what was changed: mediatui --headless journal")
