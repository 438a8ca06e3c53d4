"""Steps on the folders of the library: remove one that is empty, make one again."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mediatui.changes.folder_guard import Kept, expect_removable
from mediatui.changes.in_root_dir import (
    Outdated,
    close_open_lines,
    in_root_dir,
    is_seen,
    journaled,
    made_by,
    run_blocking,
    strerror,
)
from mediatui.changes.roots import expect_places
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.bases import LibraryStep
from mediatui.changes.steps.moving import expect_at, expect_no_root_or_mount
from mediatui.changes.steps.registry import StepKind
from mediatui.model.plan import Step, StepWords
from mediatui.model.text import printable
from mediatui.model.tree_diff import Change
from mediatui.store.changes.journal import Line

REMOVE, MAKE = "remove empty folder", "make folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveEmptyDir(LibraryStep):
    """Removes a folder that is empty, never a root."""

    KIND: ClassVar[str] = "remove_empty_dir"
    WORDS: ClassVar[StepWords] = StepWords("remove folder", "empty folder removed", "empty folders removed")

    reason: str = ""

    @property
    def tree_change(self) -> Change:
        return Change("remove", self.path, of_folder=True)


async def remove_empty_dir(act: StepRun, step: RemoveEmptyDir) -> Outcome:
    """Removes a folder that is empty still; the system itself refuses one that is not."""
    path = os.fsencode(step.path)
    await expect_places(act, [os.path.join(step.path, "what was in it")])
    try:
        seen = await run_blocking(act, lambda: _expect_empty(act, path))
        await expect_removable(act, path)
    except Kept as kept:
        await close_open_lines(act, REMOVE, path, lambda: False, "")
        return Outcome("failed" if kept.for_now else "skipped", f"it stays: {kept}")
    except Outdated as moved:
        return await close_open_lines(act, REMOVE, path, lambda: not os.path.lexists(path), str(moved))
    except OSError as error:
        return Outcome("failed", strerror(error))
    record = {"path": step.path, "mode": stat.S_IMODE(seen.st_mode), "owner": [seen.st_uid, seen.st_gid]}
    return await journaled(act, REMOVE, record, lambda: _rmdir(act, path))


def _expect_empty(act: StepRun, path: bytes) -> os.stat_result:
    """What is known of a folder that may go; raises Outdated unless it is empty, and neither root nor mount."""
    expect_no_root_or_mount(act, path)
    expect_at(act, path, b"")
    if os.listdir(path):
        raise Outdated("it is not empty any more")
    return os.lstat(path)


def _rmdir(act: StepRun, path: bytes) -> None:
    try:
        in_root_dir(act, path, lambda folder, name: os.rmdir(name, dir_fd=folder))
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise Outdated("it is not empty any more") from None
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeDir(LibraryStep):
    """Makes a folder that was removed again, with its permissions (``mode``) and its ``owner`` (user and group)."""

    KIND: ClassVar[str] = "make_dir"
    WORDS: ClassVar[StepWords] = StepWords("make folder", "folder made", "folders made")
    MAKES: ClassVar[bool] = True

    mode: int
    owner: tuple[int, int] | None = None

    @property
    def tree_change(self) -> Change:
        return Change("add", after=self.path, of_folder=True)


async def make_dir(act: StepRun, step: MakeDir) -> Outcome:
    """Makes a folder where nothing is, with the permissions and, where that is allowed, the owner it had."""
    path = os.fsencode(step.path)
    there = await run_blocking(act, lambda: os.path.lexists(path))
    if there:
        return await close_open_lines(
            act, MAKE, path, lambda: _finished(act, path, step), "something is at its path now"
        )
    return await journaled(act, MAKE, {"path": step.path, "mode": step.mode}, lambda: _mkdir(act, path, step))


def _finished(act: StepRun, path: bytes, step: MakeDir) -> bool:
    """Whether a killed run made the folder; its permissions may be missing still."""
    if os.path.islink(path) or not os.path.isdir(path):
        return False
    in_root_dir(act, path, lambda folder, name: _give(folder, name, step))
    return True


def _mkdir(act: StepRun, path: bytes, step: MakeDir) -> None:
    def make(folder: int, name: bytes) -> None:
        os.mkdir(name, dir_fd=folder)
        _give(folder, name, step)

    try:
        in_root_dir(act, path, make)
    except FileExistsError:
        raise Outdated("something is at its path now") from None


def _give(folder: int, name: bytes, step: MakeDir) -> None:
    """Owner first: changing it may drop bits of the permissions."""
    if step.owner is not None:
        with contextlib.suppress(OSError):
            os.chown(name, *step.owner, dir_fd=folder, follow_symlinks=False)
    os.chmod(name, step.mode, dir_fd=folder)


async def _is_removed(act: StepRun, step: RemoveEmptyDir) -> bool:
    path = os.fsencode(step.path)
    return await is_seen(act, path, lambda: not os.path.lexists(path))


async def _is_made(act: StepRun, step: MakeDir) -> bool:
    path = os.fsencode(step.path)
    return await is_seen(act, path, lambda: os.path.isdir(path) and not os.path.islink(path))


def _undo_remove(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    path, mode, owner = line.text("path"), line.before.get("mode"), line.before.get("owner")
    user, group = owner if isinstance(owner, list) and len(owner) == 2 else (None, None)
    known = (user, group) if isinstance(user, int) and isinstance(group, int) else None
    mode = mode if isinstance(mode, int) else 0o755
    return [MakeDir(what=printable(path), path=path, mode=mode, owner=known, takes_back=line.seq)]


def _undo_make(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    path = line.text("path")
    return [RemoveEmptyDir(what=printable(path), path=path, takes_back=line.seq)]


def folders_made(line: Line) -> list[Step]:
    """The removal of the folders that a step made on its way, the innermost first."""
    paths = [os.fsdecode(path) for path in reversed(made_by(line))]
    return [RemoveEmptyDir(what=printable(path), path=path) for path in paths]


STEPS = (
    StepKind(RemoveEmptyDir, remove_empty_dir, {REMOVE: _undo_remove}, _is_removed),
    StepKind(MakeDir, make_dir, {MAKE: _undo_make}, _is_made),
)
