"""A step on what the library knows: which file a film or an episode is. No file is touched."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mediatui.changes.in_root_dir import Outdated, run_on_mount
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.bases import LibraryStep
from mediatui.changes.steps.registry import UNENDED, StepKind
from mediatui.model.plan import Step, StepWords
from mediatui.model.text import printable
from mediatui.runtime.events import Changed
from mediatui.store.changes.journal import Line, close_line, open_line
from mediatui.store.library.media import read_media_file
from mediatui.store.library.media import set_media_file as set_row

SET = "set media file"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMediaFile(LibraryStep):
    """Notes that ``path`` (empty: none) is the file of a film or an episode the library knows by this number, title and
    year; expects ``before`` to be noted. Touches no file."""

    KIND: ClassVar[str] = "set_media_file"
    WORDS: ClassVar[StepWords] = StepWords("note file", "file noted", "files noted")
    TOUCHES_FILES: ClassVar[bool] = False

    media: int
    title: str
    year: int | None = None
    before: str = ""


async def set_media_file(act: StepRun, step: SetMediaFile) -> Outcome:
    """Notes which file a film or an episode is, if the library knows it as the plan does and the file is there.

    The note and its line in the journal are one transaction, so that a run which is killed did both or neither.
    """
    if any(line.kind == SET and line.outcome == "done" for line in await act.lines()):
        return Outcome("done")
    path, before = os.fsencode(step.path), os.fsencode(step.before)
    # What it was before is put back, whether it is there or not.
    if not step.takes_back and not await run_on_mount(act, os.path.isfile, path):
        return Outcome("skipped", "the file is not there any more")
    record = {"media": step.media, "title": step.title, "year": step.year, "path": step.path, "before": step.before}
    try:
        async with act.ctx.db.transaction() as connection:
            seq = await open_line(connection, act.batch, act.position, SET, step.what, record, act.ctx.clock())
            if not await set_row(connection, step.media, step.title, step.year, before or None, path or None):
                raise Outdated("what the library has on record of it has changed")
            await close_line(connection, act.batch, seq, "done", {"path": step.path})
    except Outdated as moved:
        return Outcome("skipped", str(moved))
    act.events.put_nowait(Changed("media", None))
    return Outcome("done")


async def _is_set(act: StepRun, step: SetMediaFile) -> bool:
    return await act.ctx.db.read(read_media_file, step.media) == (os.fsencode(step.path) or None)


def _undo_set(line: Line, lines: Sequence[Line]) -> Sequence[Step] | str:
    media, year = line.before.get("media"), line.before.get("year")
    if not isinstance(media, int):
        return UNENDED
    back = SetMediaFile(
        what=printable(line.what),
        path=line.text("before"),
        media=media,
        title=line.text("title"),
        year=year if isinstance(year, int) else None,
        before=line.text("path"),
        takes_back=line.seq,
    )
    return [back]


STEPS = (StepKind(SetMediaFile, set_media_file, {SET: _undo_set}, _is_set),)
