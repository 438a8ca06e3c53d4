"""Steps on the paths of the library: move a link or a folder, remove an empty folder, make one again."""

from __future__ import annotations

import contextlib
import errno
import os
import stat

from mediatui.changes.in_root_dir import (
    Outdated,
    close_open_lines,
    expect_link,
    in_root_dir,
    journaled,
    made_before,
    made_by,
    make_folders,
    missing_folders,
    remove_empty,
    run_blocking,
    strerror,
)
from mediatui.changes.keep_theirs import Kept, expect_may_go, expect_may_move
from mediatui.changes.roots import expect_places
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.aside import MOVE, aside_of, give_back, take
from mediatui.model.plan import MakeDir, MovePath, RemoveEmptyDir, StoredStep
from mediatui.runtime.events import Changed
from mediatui.settings.places import configured_mounts, configured_roots
from mediatui.store.changes.journal import close_line, mark_undone, read_batch, read_lines, set_outcome
from mediatui.store.library.links import move_rows
from mediatui.system.rename import rename_exclusive, same_thing

REMOVE, MAKE, BACK = "remove empty folder", "make folder", "move back"
_TAKEN = "something of that name is there already"
_GONE = (errno.ENOENT, errno.ENOTDIR)


async def move_path(act: StepRun, step: MovePath) -> Outcome:
    """Renames a link or a folder; what is at the new path is never overwritten, folders on the way are made."""
    path, new, target = os.fsencode(step.path), os.fsencode(step.new_path), os.fsencode(step.target)
    begun = await made_before(act, MOVE)
    try:
        await run_blocking(act, lambda: _expect_movable(act, path, new, target))
        await expect_may_move(act, step)
        missing = await run_blocking(act, lambda: missing_folders(act, new))
        made = [*begun, *(folder for folder in missing if folder not in begun)]
        record = {
            "path": step.path, "new_path": step.new_path, "target": step.target, "made": [*map(os.fsdecode, made)]
        }  # fmt: skip
        ended = await journaled(act, MOVE, record, lambda: _move(act, path, new, target, missing, begun))
    except Kept as kept:
        await close_open_lines(act, MOVE, path, lambda: False, "")
        await run_blocking(act, lambda: remove_empty(act, begun))
        return Outcome("failed", f"it stays: {kept}")
    except Outdated as moved:
        ended = await close_open_lines(act, MOVE, path, lambda: is_moved(path, new, target), str(moved))
        if ended.ended != "done":
            await run_blocking(act, lambda: remove_empty(act, begun))
    except OSError as error:
        return Outcome("failed", strerror(error))
    if ended.ended == "done":
        async with act.ctx.db.transaction() as connection:
            await move_rows(connection, path, new)
        act.events.put_nowait(Changed("library_links", None))
    return ended


async def move_back(act: StepRun, moved: StoredStep, why: str) -> Outcome:
    """Takes the move of an earlier step of the same batch back, because of ``why``: that step has failed after all, and
    its line in the journal came to nothing. The outcome is that of the step that needed the move: failed."""
    step = moved.step
    assert isinstance(step, MovePath)
    path, back = os.fsencode(step.new_path), os.fsencode(step.path)
    record = {"path": step.new_path, "new_path": step.path, "why": why}
    if not await run_blocking(act, lambda: is_moved(path, back, b"")):
        ended = await journaled(act, BACK, record, lambda: _move(act, path, back, b"", [], []))
        if ended.ended != "done":
            return Outcome("failed", f"{why}; its folder could not go back: {ended.reason}")
    made = await _call_off(act, moved, step, why)
    await run_blocking(act, lambda: remove_empty(act, made))
    act.events.put_nowait(Changed("library_links", None))
    act.called_off.append(moved.position)
    return Outcome("failed", f"{why}; its folder is back where it was")


async def _call_off(act: StepRun, moved: StoredStep, step: MovePath, why: str) -> list[bytes]:
    """Writes that a move came to nothing; the folders it had made."""
    lines = await act.ctx.db.read(read_lines, act.batch, moved.position)
    lines = [line for line in lines if line.kind == MOVE and line.outcome == "done"]
    mine = [line for line in await act.lines() if line.kind == BACK]
    batch = await act.ctx.db.read(read_batch, act.batch)
    async with act.ctx.db.transaction() as connection:
        for line in (*lines, *mine):
            await close_line(connection, act.batch, line.seq, "nothing", {"reason": why})
        await set_outcome(connection, act.batch, moved.position, "failed", why)
        if batch is not None and batch.undoes is not None and step.takes_back:
            await mark_undone(connection, batch.undoes, [step.takes_back], None)
        await move_rows(connection, os.fsencode(step.new_path), os.fsencode(step.path))
    return [folder for line in lines for folder in made_by(line)]


def _expect_movable(act: StepRun, path: bytes, new: bytes, target: bytes) -> None:
    """Raises Outdated unless what is to be moved is there, is what it was, and the new name is free."""
    _expect_no_place(act, path)
    if (new + b"/").startswith(path + b"/"):
        raise Outdated("a folder cannot be moved into itself")
    if target and not target.startswith(b"/") and os.path.dirname(path) != os.path.dirname(new):
        raise Outdated("its target is relative to its folder: elsewhere it would lead elsewhere")
    _expect_at(act, path, target)
    if not target:
        _expect_links_stay(path)
    if os.path.lexists(new) and not (target and same_thing(path, new)):
        raise Outdated(_TAKEN)


def _expect_no_place(act: StepRun, path: bytes) -> None:
    """Raises Outdated for a configured root or mount, and for a folder that one of these lies in."""
    settings = act.ctx.settings
    for place in configured_roots(settings):
        if (place + b"/").startswith(path + b"/"):
            raise Outdated("it is a library root" if place == path else "a library root is in it")
    if any((mount.path + b"/").startswith(path + b"/") for mount in configured_mounts(settings)):
        raise Outdated("a mount is there")


def _expect_at(act: StepRun, path: bytes, target: bytes) -> None:
    """Raises Outdated unless there is a link with that target in a root, or a folder where that is empty."""
    try:
        in_root_dir(act, path, lambda folder, name: _expect(folder, name, target))
    except OSError as error:
        if error.errno not in _GONE:
            raise
        raise Outdated(f"it is not there any more ({strerror(error)})") from None


def _expect(folder: int, name: bytes, target: bytes) -> None:
    if target:
        expect_link(folder, name, target)
    elif not stat.S_ISDIR(os.lstat(name, dir_fd=folder).st_mode):
        raise Outdated("it is not a folder any more")


def _expect_links_stay(path: bytes) -> None:
    """Raises Outdated when a link below a folder is relative and leads out of it: elsewhere it would lead elsewhere."""
    for folder, folders, names in os.walk(path):
        for name in (*folders, *names):
            link = os.path.join(folder, name)
            if os.path.islink(link) and not (target := os.readlink(link)).startswith(b"/"):
                pointed = os.path.normpath(os.path.join(folder, target))
                if not pointed.startswith(path + b"/"):
                    raise Outdated("a link in it is relative and leads out of it")


def is_moved(path: bytes, new: bytes, target: bytes) -> bool:
    """Whether a move that a killed run began was done."""
    if os.path.lexists(path):
        return False
    return os.path.islink(new) and os.readlink(new) == target if target else os.path.isdir(new)


def _move(act: StepRun, path: bytes, new: bytes, target: bytes, missing: list[bytes], begun: list[bytes]) -> None:
    made, aside = list(begun), aside_of(act.batch, act.position)
    try:
        make_folders(act, missing, made)
        in_root_dir(act, path, lambda source, name: in_root_dir(act, new, lambda goal, new_name: _rename(
            source, name, goal, new_name, target, aside)))  # fmt: skip
    except BaseException:
        remove_empty(act, made)
        raise


def _rename(source: int, name: bytes, goal: int, new_name: bytes, target: bytes, aside: bytes) -> None:
    """Moves a link by way of its private name, a folder at once: what is no folder after all goes back."""
    if target:
        take(source, name, aside, target)
    else:
        _expect(source, name, target)
        aside = name
    try:
        rename_exclusive(aside, new_name, source, goal)
    except OSError as error:
        if aside != name:
            give_back(source, name, aside)
        if isinstance(error, FileExistsError):
            raise Outdated(_TAKEN) from None
        if error.errno == errno.EXDEV:
            raise OSError(errno.EXDEV, "it would go to another file system; moves stay on one") from None
        raise
    if not target and not stat.S_ISDIR(os.lstat(new_name, dir_fd=goal).st_mode):
        rename_exclusive(new_name, name, goal, source)
        raise Outdated("it is not a folder any more")


async def remove_empty_dir(act: StepRun, step: RemoveEmptyDir) -> Outcome:
    """Removes a folder that is empty still; the system itself refuses one that is not."""
    path = os.fsencode(step.path)
    await expect_places(act, [os.path.join(step.path, "what was in it")])
    try:
        seen = await run_blocking(act, lambda: _expect_empty(act, path))
        await expect_may_go(act, step)
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
    _expect_no_place(act, path)
    _expect_at(act, path, b"")
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
