"""Placing the subtitles of a transfer beside videos that Sonarr or Radarr imported, where these have brought none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from mediatui.changes.arr_proof import Proven
from mediatui.changes.in_root_dir import Outdated, missing_folders, reads, run_blocking, strerror
from mediatui.changes.step_run import StepRun
from mediatui.changes.steps.importing import PLACE
from mediatui.changes.steps.symlinks import expect_size, make_link
from mediatui.model.arr_import import Beside
from mediatui.model.text import printable
from mediatui.settings.places import configured_roots
from mediatui.store.changes.journal import close_line
from mediatui.store.library.imported import ImportedLink, note_imported

if TYPE_CHECKING:
    from mediatui.changes.steps.import_records import EndArrImport

CLEANED_S: Final = 5.0
"""So long after an import the clean-up of what it replaced may take fresh subtitles too."""


async def place_subtitles(
    act: StepRun, step: EndArrImport, beside: Sequence[Beside], proven: Sequence[Proven], *, is_fresh: bool
) -> list[str]:
    """Places those whose place is free; returns why others could not be. ``is_fresh``: something was imported just
    now, so it is waited for what the service does after it."""
    videos = {one.sent.file: one for one in proven if one.is_seen}
    wanted = [(one, videos[one.video]) for one in beside if one.video in videos]
    if wanted and is_fresh:
        await act.pause(CLEANED_S)
    problems = []
    for one, video in wanted:
        path = os.path.splitext(os.fsencode(video.path))[0] + os.fsencode(one.suffix)
        if why := await _place(act, step, one, path):
            problems.append(f"{printable(one.file.rpartition('/')[2])}: {why}")
    return problems


async def _place(act: StepRun, step: EndArrImport, one: Beside, path: bytes) -> str:
    """Places one; what a killed run left half done is ended. Returns why it could not be, empty when it could or was
    there."""
    target, name = os.fsencode(one.target), os.fsdecode(path)
    left = [line.seq for line in await act.lines() if line.kind == PLACE and line.text("path") == name
            and line.outcome is None]  # fmt: skip
    try:
        there = await run_blocking(act, lambda: reads(path) if os.path.lexists(path) else None)
        if there is not None:
            for seq in left:
                await (_placed(act, step, one, path, seq) if there == target else act.after(seq, "nothing"))
            return ""
        await expect_size(act, target, one.size)
        missing = await run_blocking(act, lambda: missing_folders(act, path))
        record = {
            "path": name, "target": one.target, "made": [*map(os.fsdecode, missing)], "transfer": step.transfer,
            "service": step.service, "item": step.item,
        }  # fmt: skip
        seq = left[-1] if left else await act.before(PLACE, name, record)
        try:
            await run_blocking(act, lambda: make_link(act, path, target, missing, ()))
        except (Outdated, OSError) as error:
            await act.after(seq, "nothing", reason=str(error))
            raise
    except Outdated as moved:
        return str(moved)
    except OSError as error:
        return strerror(error)
    await _placed(act, step, one, path, seq)
    return ""


async def _placed(act: StepRun, step: EndArrImport, one: Beside, path: bytes, seq: int) -> None:
    """Ends its line in the journal and notes the link, both or neither."""
    root = next((root for root in configured_roots(act.ctx.settings) if path.startswith(root + b"/")), None)
    link = ImportedLink(path, os.fsencode(one.target), one.size, root, step.transfer, "")
    async with act.ctx.db.transaction() as connection:
        await close_line(connection, act.batch, seq, "done", {"path": os.fsdecode(path)})
        await note_imported(connection, link, int(act.ctx.clock()))
