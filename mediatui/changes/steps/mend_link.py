"""The step that mends a broken link whose torrent was repaired: it waits for the target, or follows its new name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mediatui.changes.in_root_dir import Outdated, run_blocking, run_on_mount
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.reinsert import ReinsertTorrent
from mediatui.changes.steps.stored import read_steps_of_hash
from mediatui.changes.steps.symlinks import (
    AS_GOOD_AS,
    LinkStep,
    RelinkSymlink,
    expect_same_link,
    link_state,
    relink_symlink,
)
from mediatui.changes.steps.torrents import AddTorrent, DeleteTorrent
from mediatui.model.plan import StepWords
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.runtime.events import Changed
from mediatui.store.library.links import LibraryLink, mark_link_repaired
from mediatui.store.library.matching import names_of_hash
from mediatui.system.symlinks import absolute

COMES_BACK_S = 60.0
FIRST_POLL_S = 0.5
LONGEST_POLL_S = 8.0
DEEPEST = 3
"""In how many folders a torrent's file may be, its own among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MendLink(LinkStep):
    """Waits until the target of a broken link is there again, or points the link at the same file where the torrent of
    this ``hash`` shows it under another name; expects a link with this target text."""

    KIND: ClassVar[str] = "mend_link"
    WORDS: ClassVar[StepWords] = StepWords("mend link", "link mended", "links mended")
    MENDS: ClassVar[bool] = True

    hash: str


def mend_step(link: LibraryLink, torrent: Torrent) -> MendLink:
    """The step that mends a link into a torrent."""
    path = os.fsdecode(link.path)
    return MendLink(
        what=printable(path), path=path, target=os.fsdecode(link.target), torrent=torrent.id, hash=torrent.hash
    )


async def mend_link(act: StepRun, step: MendLink) -> Outcome:
    """Waits for the target of a broken link to come back, for a minute where its torrent was repaired; where the
    torrent shows the file under another name the link is pointed there. Nothing is ever removed."""
    path, target = os.fsencode(step.path), os.fsencode(step.target)
    waited, pause, state = 0.0, FIRST_POLL_S, ""
    while True:
        try:
            await run_blocking(act, lambda: expect_same_link(act, path, target))
            state = await link_state(act, path)
        except Outdated as moved:
            return await _carry_on_relink(act, step) or Outcome("skipped", str(moved))
        entries = await act.ctx.db.read(names_of_hash, step.hash)
        if state == "ok":
            await _set_link(act, path, target, entries[0][0] if entries else step.torrent)
            return Outcome("done", "its target is there")
        found = await _moved_to(act, absolute(path, target), entries) if state in AS_GOOD_AS["broken"] else None
        if found is not None:
            new, torrent_id, name = found
            outcome = await relink_symlink(
                act, RelinkSymlink(what=step.what, path=step.path, target=step.target, new_target=os.fsdecode(new))
            )
            if outcome.ended == "done":
                await _set_link(act, path, new, torrent_id)
                return Outcome("done", f"now under {printable(name)}")
            return outcome
        if waited >= COMES_BACK_S or (not waited and not await _may_come_back(act, step)):
            return Outcome("failed", f"its target did not come back (still {state})")
        act.report_status(f"waits for its target ({state})")
        await act.pause(pause)
        waited += pause
        pause = min(pause * 2, LONGEST_POLL_S)


async def _may_come_back(act: StepRun, step: MendLink) -> bool:
    """Whether waiting for a torrent's files may help: in this batch it was repaired, added again, or deleted in favour
    of another entry of it, and none of its links was waited for to the end before. So the links of a season cost a
    minute, not one each, and one whose torrent was well all the time costs one check."""
    about = await act.ctx.db.read(read_steps_of_hash, act.batch, step.hash)
    before = [one for one in about if one.position < act.position]
    repaired = any(isinstance(one.step, ReinsertTorrent | AddTorrent | DeleteTorrent) for one in before)
    return repaired and not any(one.outcome == "failed" for one in before)


async def _carry_on_relink(act: StepRun, step: MendLink) -> Outcome | None:
    """How the relink ends that a killed run began, None when there was none."""
    for line in await act.lines():
        new = line.before.get("new_target")
        if line.outcome is None and isinstance(new, str):
            again = RelinkSymlink(what=step.what, path=step.path, target=step.target, new_target=new)
            outcome = await relink_symlink(act, again)
            if outcome.ended == "done":
                await _set_link(act, os.fsencode(step.path), os.fsencode(new), step.torrent)
            return outcome
    return None


def renamed(target: bytes, name: str) -> list[bytes]:
    """Where a file would be if a folder it is in were called ``name``, the nearest first: ``<view>/<name>/<file>``, or
    ``<view>/<name>/<folder>/<file>`` for a torrent with folders inside."""
    found: list[bytes] = []
    above, _, inside = target.rpartition(b"/")
    while len(found) < DEEPEST and above.count(b"/") > 1:
        above, _, folder = above.rpartition(b"/")
        found.append(os.path.join(above, os.fsencode(name), inside))
        inside = os.path.join(folder, inside)
    return found


async def _moved_to(act: StepRun, target: bytes, entries: Sequence[tuple[str, str]]) -> tuple[bytes, str, str] | None:
    """The first place where the file of a torrent is now, with the id and the name it is shown under there."""
    for torrent_id, name in entries:
        for new in renamed(target, name):
            if new != target and await _is_there(act, new):
                return new, torrent_id, name
    return None


async def _is_there(act: StepRun, path: bytes) -> bool:
    try:
        return await run_on_mount(act, os.path.isfile, path)
    except (Outdated, OSError):
        return False


async def _set_link(act: StepRun, path: bytes, target: bytes, torrent_id: str | None) -> None:
    async with act.ctx.db.transaction() as connection:
        await mark_link_repaired(connection, path, target, torrent_id, int(act.ctx.clock()))
    act.events.put_nowait(Changed("library_links", None))


STEPS = (StepKind(MendLink, mend_link),)
