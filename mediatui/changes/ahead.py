"""Lines of the journal written ahead: those of many steps reach the disk together, at the cost of one write.

A line has to be on the disk before its step acts, and that takes longer than removing a link. What the line of a link
to be removed says is known before anything is read from the file system, so many lines are written at a time. The line
of a step that did nothing is dropped again. A run that is killed leaves lines of steps that were not begun: resume and
undo check what became of each, as of any line that has no outcome.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence

from mediatui.changes.step_run import StepRun
from mediatui.changes.steps.aside import UNLINK
from mediatui.changes.steps.symlinks import UnlinkSymlink, unlink_record
from mediatui.model.plan import StoredStep
from mediatui.runtime.context import Context
from mediatui.store.changes.journal import drop_lines, open_line
from mediatui.store.library.links import read_link_row

AT_ONCE = 50


class LinesAhead:
    """The lines written ahead for a batch, by the positions of their steps."""

    def __init__(self, ctx: Context, batch: int) -> None:
        self._ctx = ctx
        self._batch = batch
        self._seqs: dict[int, int] = {}

    async def give(self, act: StepRun, due: Sequence[StoredStep]) -> None:
        """Gives the first of the steps that are ``due`` its line, and writes those of the next ones where none is.
        Only of steps that follow each other: undo goes by the order of the lines."""
        if act.position not in self._seqs:
            alike = itertools.takewhile(_is_new_removal, due[:AT_ONCE])
            await self._write([(one.position, one.step) for one in alike if isinstance(one.step, UnlinkSymlink)])
        act.ahead = self._seqs.pop(act.position, None)

    async def _write(self, steps: Sequence[tuple[int, UnlinkSymlink]]) -> None:
        if len(steps) < 2:
            return
        known = await self._ctx.db.read(lambda c: [read_link_row(c, os.fsencode(step.path)) for _, step in steps])
        async with self._ctx.db.transaction(synced=True) as connection:
            for (position, step), row in zip(steps, known, strict=True):
                self._seqs[position] = await open_line(
                    connection, self._batch, position, UNLINK, step.what, unlink_record(step, row), self._ctx.clock()
                )

    async def drop(self) -> None:
        """Drops the lines of steps that were not reached."""
        if not self._seqs:
            return
        async with self._ctx.db.transaction() as connection:
            await drop_lines(connection, self._batch, self._seqs.values())
        self._seqs.clear()


def _is_new_removal(stored: StoredStep) -> bool:
    """Whether a step removes a link, and no run before has begun it."""
    return isinstance(stored.step, UnlinkSymlink) and stored.outcome == "planned"
