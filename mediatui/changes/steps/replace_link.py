"""The step that points a dead link at another file, once that has been seen to open."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import ClassVar

from mediatui.changes.file_proof import prove
from mediatui.changes.in_root_dir import close_open_lines, is_seen, reads, run_blocking
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.aside import RELINK
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.symlinks import RelinkSymlink, relink_symlink
from mediatui.model.errors import GuardTripped
from mediatui.model.plan import StepWords
from mediatui.store.transfers.replaced import drop_wanted
from mediatui.system.symlinks import absolute


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceLink(RelinkSymlink):
    """Points a dead link at another file in one step; expects that the link is dead still, and that the file opens.
    ``release`` is the name of the release the file is from, for the records of Sonarr and Radarr (empty: the file is
    the same as before)."""

    KIND: ClassVar[str] = "replace_link"
    WORDS: ClassVar[StepWords] = StepWords("replace", "link replaced", "links replaced")

    release: str = ""


async def replace_link(act: StepRun, step: ReplaceLink) -> Outcome:
    """Opens the new file, and only then has the link point at it. Raises GuardTripped when its mount is away."""
    path, old, new = os.fsencode(step.path), os.fsencode(step.target), os.fsencode(step.new_target)
    if await run_blocking(act, lambda: reads(path)) == old:
        proof = await prove(act.ctx, absolute(path, new))
        if proof.away:
            raise GuardTripped(
                f"The new file of {step.what} cannot be read: its mount is in trouble ({proof.why}). The link stays.",
                f"When the mount is well again: mediatui --headless resume {act.batch} --apply",
            )
        if proof.state != "proven":
            await close_open_lines(act, RELINK, path, lambda: reads(path) == new, proof.why)
            return Outcome("failed", f"the link stays: the new file does not open ({proof.why})")
    ended = await relink_symlink(act, step)
    if ended.ended == "done":
        await act.ctx.db.write(drop_wanted, path)
    return ended


async def _is_replaced(act: StepRun, step: ReplaceLink) -> bool:
    path = os.fsencode(step.path)
    return await is_seen(act, path, lambda: reads(path) == os.fsencode(step.new_target))


STEPS = (StepKind(ReplaceLink, replace_link, {}, _is_replaced),)
