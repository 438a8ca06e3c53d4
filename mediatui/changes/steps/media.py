"""A step on what the library knows: which file a film or an episode is. No file is touched."""

from __future__ import annotations

import os

from mediatui.changes.in_root_dir import Outdated, run_on_mount
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.model.plan import SetMediaFile
from mediatui.runtime.events import Changed
from mediatui.store.changes.journal import close_line, open_line
from mediatui.store.library.media import set_media_file as set_row

SET = "set media file"


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
                raise Outdated("the library knows it otherwise now")
            await close_line(connection, act.batch, seq, "done", {"path": step.path})
    except Outdated as moved:
        return Outcome("skipped", str(moved))
    act.events.put_nowait(Changed("media", None))
    return Outcome("done")
