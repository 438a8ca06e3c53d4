"""Steps on the paths of the library: move a link or a folder, remove an empty folder, make one again."""

from __future__ import annotations

import errno
import os
import stat

from mediatui.changes.act import Act, Outcome
from mediatui.changes.in_roots import Moved, do, expect_link, outside, settle, strerror, within
from mediatui.events import Changed
from mediatui.model.plan import MakeDir, MovePath, RemoveEmptyDir
from mediatui.services.mounts import configured_roots
from mediatui.services.renaming import rename_exclusive
from mediatui.store.library import move_rows

MOVE, REMOVE, MAKE = "move path", "remove empty folder", "make folder"


async def move_path(act: Act, step: MovePath) -> Outcome:
    """Renames a link or a folder; what is at the new path is never overwritten, folders on the way are made."""
    path, new, target = os.fsencode(step.path), os.fsencode(step.new_path), os.fsencode(step.target)
    try:
        await outside(lambda: _expect_movable(act, path, new, target))
        missing = await outside(lambda: _missing_folders(act, new))
    except Moved as moved:
        ended = await settle(act, MOVE, path, lambda: _is_moved(path, new, target), str(moved))
        if ended.ended == "done":
            await _follow(act, path, new)
        return ended
    except OSError as error:
        return Outcome("failed", strerror(error))
    made = [os.fsdecode(folder) for folder in missing]
    record = {"path": step.path, "new_path": step.new_path, "target": step.target, "made": made}
    ended = await do(act, MOVE, record, lambda: _move(act, path, new, target, missing))
    if ended.ended == "done":
        await _follow(act, path, new)
    return ended


async def _follow(act: Act, path: bytes, new: bytes) -> None:
    async with act.ctx.db.transaction() as connection:
        await move_rows(connection, path, new)
    act.events.put_nowait(Changed("library_links", None))


def _expect_movable(act: Act, path: bytes, new: bytes, target: bytes) -> None:
    """Raises Moved unless what is to be moved is there, is what it was, and the new name is free."""
    if path in configured_roots(act.ctx.settings):
        raise Moved("it is a library root")
    if (new + b"/").startswith(path + b"/"):
        raise Moved("a folder cannot be moved into itself")
    if target and not target.startswith(b"/") and os.path.dirname(path) != os.path.dirname(new):
        raise Moved("its target is relative to its folder: elsewhere it would lead elsewhere")
    try:
        within(act, path, lambda folder, name: _expect(folder, name, target))
    except OSError as error:
        raise Moved(f"it is not there any more ({strerror(error)})") from None
    if os.path.lexists(new):
        raise Moved("something of that name is there already")


def _expect(folder: int, name: bytes, target: bytes) -> None:
    if target:
        expect_link(folder, name, target)
    elif not stat.S_ISDIR(os.lstat(name, dir_fd=folder).st_mode):
        raise Moved("it is not a folder any more")


def _missing_folders(act: Act, new: bytes) -> list[bytes]:
    """The folders on the way to a path that are not there, the outermost first; raises Moved outside the roots."""
    missing: list[bytes] = []
    folder = os.path.dirname(new)
    while not os.path.lexists(folder):
        missing.insert(0, folder)
        folder = os.path.dirname(folder)
    within(act, os.path.join(folder, b"."), lambda opened, name: None)
    return missing


def _is_moved(path: bytes, new: bytes, target: bytes) -> bool:
    """Whether a move that a killed run began was done."""
    if os.path.lexists(path):
        return False
    return os.path.islink(new) and os.readlink(new) == target if target else os.path.isdir(new)


def _move(act: Act, path: bytes, new: bytes, target: bytes, missing: list[bytes]) -> None:
    for folder in missing:
        within(act, folder, _make)
    try:
        within(act, path, lambda source, name: within(act, new, lambda goal, new_name: _rename(
            source, name, goal, new_name, target)))  # fmt: skip
    except BaseException:
        for folder in reversed(missing):
            _remove_if_empty(act, folder)
        raise


def _make(folder: int, name: bytes) -> None:
    try:
        os.mkdir(name, dir_fd=folder)
    except FileExistsError:
        if not stat.S_ISDIR(os.lstat(name, dir_fd=folder).st_mode):
            raise Moved("something that is no folder is in its way") from None


def _remove_if_empty(act: Act, folder: bytes) -> None:
    try:
        within(act, folder, lambda opened, name: os.rmdir(name, dir_fd=opened))
    except OSError:
        return  # others put something there, or it was never made


def _rename(source: int, name: bytes, goal: int, new_name: bytes, target: bytes) -> None:
    _expect(source, name, target)
    try:
        rename_exclusive(name, new_name, source, goal)
    except FileExistsError:
        raise Moved("something of that name is there already") from None
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise OSError(errno.EXDEV, "it would go to another file system; moves stay on one") from None
        raise


async def remove_empty_dir(act: Act, step: RemoveEmptyDir) -> Outcome:
    """Removes a folder that is empty still; the system itself refuses one that is not."""
    path = os.fsencode(step.path)
    try:
        mode = await outside(lambda: _expect_empty(act, path))
    except Moved as moved:
        return await settle(act, REMOVE, path, lambda: not os.path.lexists(path), str(moved))
    return await do(act, REMOVE, {"path": step.path, "mode": mode}, lambda: _rmdir(act, path))


def _expect_empty(act: Act, path: bytes) -> int:
    """The permissions of a folder that may go; raises Moved unless it is empty and no root."""
    if path in configured_roots(act.ctx.settings):
        raise Moved("it is a library root")
    try:
        within(act, path, lambda folder, name: _expect(folder, name, b""))
        if os.listdir(path):
            raise Moved("it is not empty any more")
        return stat.S_IMODE(os.lstat(path).st_mode)
    except OSError as error:
        raise Moved(f"it is not there any more ({strerror(error)})") from None


def _rmdir(act: Act, path: bytes) -> None:
    try:
        within(act, path, lambda folder, name: os.rmdir(name, dir_fd=folder))
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise Moved("it is not empty any more") from None
        raise


async def make_dir(act: Act, step: MakeDir) -> Outcome:
    """Makes a folder where nothing is."""
    path = os.fsencode(step.path)
    try:
        there = await outside(lambda: os.path.lexists(path))
    except Moved as moved:
        return Outcome("skipped", str(moved))
    if there:
        return await settle(act, MAKE, path, lambda: os.path.isdir(path), "something is at its path now")
    return await do(act, MAKE, {"path": step.path, "mode": step.mode}, lambda: _mkdir(act, path, step.mode))


def _mkdir(act: Act, path: bytes, mode: int) -> None:
    def make(folder: int, name: bytes) -> None:
        os.mkdir(name, dir_fd=folder)
        os.chmod(name, mode, dir_fd=folder)

    try:
        within(act, path, make)
    except FileExistsError:
        raise Moved("something is at its path now") from None
