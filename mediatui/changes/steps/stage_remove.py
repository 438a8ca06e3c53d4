"""Removing from staging what no record of a transfer tells of, or the beginning of a file: named by a person, or of a
transfer that has ended. A link comes back with an undo, a file does not."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mediatui.changes.in_root_dir import (
    Outdated,
    close_open_lines,
    in_root_dir,
    is_seen,
    journaled,
    run_blocking,
    strerror,
)
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.aside import aside_of, give_back
from mediatui.changes.steps.own_link import take_own_link
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.symlinks import RestoreSymlink
from mediatui.model.path import is_below
from mediatui.model.plan import JobLane, Step, StepWords
from mediatui.model.text import printable
from mediatui.settings.places import staging_folder
from mediatui.store.changes.journal import Line
from mediatui.system.rename import rename_aside

LINK, FILE = "remove staged link", "remove staged file"
NOT_BACK = "a file that is removed from staging does not come back"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRemove(Step):
    """Removes a link of this ``target`` text from staging, or, where that is empty, a file that has still its size
    (``bytes``) and its time (``stamp``, in nanoseconds)."""

    KIND: ClassVar[str] = "stage_remove"
    WORDS: ClassVar[StepWords] = StepWords("remove from staging", "removed from staging", "removed from staging")
    LANE: ClassVar[JobLane] = "library"
    REMOVES: ClassVar[bool] = True

    path: str
    target: str = ""
    bytes: int = 0
    stamp: int = 0


async def stage_remove(act: StepRun, step: StageRemove) -> Outcome:
    """Removes it, if it is still what was seen, and lies below the folder of staging."""
    path = os.fsencode(step.path)
    folder = staging_folder(act.ctx.settings)
    if folder is None or not is_below(path, folder):
        return Outcome("skipped", "it does not lie in staging")
    if step.target:
        about = {"path": step.path, "target": step.target}
        return await take_own_link(act, LINK, path, os.fsencode(step.target), about, _nothing)
    aside = aside_of(act.batch, act.position)
    try:
        await run_blocking(act, lambda: in_root_dir(
            act, path, lambda opened, name: _expect_file(opened, name, step, aside)))  # fmt: skip
    except Outdated as moved:
        return await close_open_lines(act, FILE, path, lambda: not os.path.lexists(path), str(moved))
    except OSError as error:
        return Outcome("failed", strerror(error))
    record: dict[str, object] = {"path": step.path, "size": step.bytes}
    return await journaled(act, FILE, record, lambda: in_root_dir(
        act, path, lambda opened, name: _remove_file(opened, name, aside, step)))  # fmt: skip


async def _nothing() -> None:
    """No record has to be brought up to date."""


def _expect_file(folder: int, name: bytes, step: StageRemove, aside: bytes = b"") -> None:
    """Raises Outdated unless the file that was seen has this name; what a killed run left under a private name goes."""
    try:
        seen = os.lstat(name, dir_fd=folder)
    except FileNotFoundError:
        if aside:
            with contextlib.suppress(OSError, Outdated):
                _expect_file(folder, aside, step)
                os.unlink(aside, dir_fd=folder)
        raise Outdated("it is not there any more") from None
    if not stat.S_ISREG(seen.st_mode):
        raise Outdated("it is not a file any more")
    if (seen.st_size, seen.st_mtime_ns) != (step.bytes, step.stamp):
        raise Outdated("it has changed since")


def _remove_file(folder: int, name: bytes, aside: bytes, step: StageRemove) -> None:
    """Removes the file under a private name, so that nothing that takes its name meanwhile goes with it."""
    rename_aside(name, aside, folder)
    try:
        _expect_file(folder, aside, step)
    except Outdated:
        give_back(folder, name, aside)
        raise
    os.unlink(aside, dir_fd=folder)


async def _is_removed(act: StepRun, step: StageRemove) -> bool:
    path = os.fsencode(step.path)
    return await is_seen(act, path, lambda: not os.path.lexists(path))


def _undo_link(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    path, target = line.text("path"), line.text("target")
    return [RestoreSymlink(what=printable(path), path=path, target=target, takes_back=line.seq)]


def _undo_file(line: Line, lines: Sequence[Line]) -> str:
    return NOT_BACK


STEPS = (StepKind(StageRemove, stage_remove, {LINK: _undo_link, FILE: _undo_file}, _is_removed),)
