"""Noting that another file is to be looked for again in place of a dead link for which there is none now."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.bases import LibraryStep
from mediatui.changes.steps.registry import StepKind
from mediatui.model.plan import Step, StepWords
from mediatui.model.text import printable
from mediatui.runtime.events import Changed
from mediatui.store.changes.journal import Line
from mediatui.store.transfers.replaced import WantedReplacement, drop_wanted, want_replacement, wanted_replacement

NOTE: Final = "look again"
FIRST_S: Final = 6 * 3600.0
LONGEST_S: Final = 7 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAgain(LibraryStep):
    """Has another file looked for again, later and later: the link at ``path`` stays as it is. ``reason`` is what the
    last look said. With ``takes_back`` it is looked for no more."""

    KIND: ClassVar[str] = "look_again"
    WORDS: ClassVar[StepWords] = StepWords("look again", "link looked at again later", "links looked at again later")
    TOUCHES_FILES: ClassVar[bool] = False

    reason: str = ""


def next_look(tries: int, now: float) -> float:
    """When another file is looked for after so many looks in vain."""
    return now + min(LONGEST_S, FIRST_S * 2.0 ** min(tries, 16))


async def look_again(act: StepRun, step: LookAgain) -> Outcome:
    """Notes it, in place of what was noted before."""
    path, now = os.fsencode(step.path), act.ctx.clock()
    if step.takes_back:
        await act.ctx.db.write(drop_wanted, path)
    else:
        seq = await act.before(NOTE, step.what, {"path": step.path})
        await act.ctx.db.write(note_look, path, step.reason, now)
        await act.after(seq, "done")
    act.events.put_nowait(Changed("library_links", None))
    return Outcome("done")


def note_look(connection: sqlite3.Connection, path: bytes, why: str, now: float) -> None:
    """Notes one more look in vain, and when the next one is."""
    before = wanted_replacement(connection, path)
    tries = 0 if before is None else before.tries + 1
    want_replacement(connection, WantedReplacement(path, now, tries, next_look(tries, now), why))


def _undo(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    path = line.text("path")
    return [LookAgain(what=printable(path), path=path, takes_back=line.seq)]


STEPS = (StepKind(LookAgain, look_again, {NOTE: _undo}),)
