"""Moving a link or a folder to another path in the roots, and checking both paths before."""

from __future__ import annotations

import errno
import os
import stat
from typing import Final

from mediatui.changes.in_root_dir import (
    Outdated,
    expect_link,
    in_root_dir,
    make_folders,
    remove_empty,
    strerror,
)
from mediatui.changes.step_run import StepRun
from mediatui.changes.steps.aside import aside_of, give_back, take
from mediatui.model.path import is_below, is_within
from mediatui.settings.places import configured_mounts, configured_roots
from mediatui.system.rename import rename_exclusive, same_thing

TAKEN: Final = "something of that name is there already"
GONE: Final = (errno.ENOENT, errno.ENOTDIR)


def expect_movable(act: StepRun, path: bytes, new: bytes, target: bytes) -> None:
    """Raises Outdated unless what is to be moved is there and unchanged, and the new name is free."""
    expect_no_root_or_mount(act, path)
    if is_within(new, path):
        raise Outdated("a folder cannot be moved into itself")
    if target and not target.startswith(b"/") and os.path.dirname(path) != os.path.dirname(new):
        raise Outdated("its target is relative to its folder: elsewhere it would lead elsewhere")
    expect_at(act, path, target)
    if not target:
        _expect_links_stay(path)
    if os.path.lexists(new) and not (target and same_thing(path, new)):
        raise Outdated(TAKEN)


def expect_no_root_or_mount(act: StepRun, path: bytes) -> None:
    """Raises Outdated for a configured root or mount, and for a folder that one of these lies in."""
    settings = act.ctx.settings
    for place in configured_roots(settings):
        if is_within(place, path):
            raise Outdated("it is a library root" if place == path else "a library root is in it")
    if any(is_within(mount.path, path) for mount in configured_mounts(settings)):
        raise Outdated("a mount is there")


def expect_at(act: StepRun, path: bytes, target: bytes) -> None:
    """Raises Outdated unless there is a link with that target in a root, or a folder where that is empty."""
    try:
        in_root_dir(act, path, lambda folder, name: expect_one(folder, name, target))
    except OSError as error:
        if error.errno not in GONE:
            raise
        raise Outdated(f"it is not there any more ({strerror(error)})") from None


def expect_one(folder: int, name: bytes, target: bytes) -> None:
    if target:
        expect_link(folder, name, target)
    elif not stat.S_ISDIR(os.lstat(name, dir_fd=folder).st_mode):
        raise Outdated("it is not a folder any more")


def _expect_links_stay(path: bytes) -> None:
    """Raises Outdated when a link below a folder is relative and leads out of it: moved, it would lead elsewhere."""
    for folder, folders, names in os.walk(path):
        for name in (*folders, *names):
            link = os.path.join(folder, name)
            if os.path.islink(link) and not (target := os.readlink(link)).startswith(b"/"):
                pointed = os.path.normpath(os.path.join(folder, target))
                if not is_below(pointed, path):
                    raise Outdated("a link in it is relative and leads out of it")


def is_moved(path: bytes, new: bytes, target: bytes) -> bool:
    """Whether a move that a killed run began was done."""
    if os.path.lexists(path):
        return False
    return os.path.islink(new) and os.readlink(new) == target if target else os.path.isdir(new)


def move_now(act: StepRun, path: bytes, new: bytes, target: bytes, missing: list[bytes], begun: list[bytes]) -> None:
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
        expect_one(source, name, target)
        aside = name
    try:
        rename_exclusive(aside, new_name, source, goal)
    except OSError as error:
        if aside != name:
            give_back(source, name, aside)
        if isinstance(error, FileExistsError):
            raise Outdated(TAKEN) from None
        if error.errno == errno.EXDEV:
            raise OSError(errno.EXDEV, "it would go to another file system; moves stay on one") from None
        raise
    if not target and not stat.S_ISDIR(os.lstat(new_name, dir_fd=goal).st_mode):
        rename_exclusive(new_name, name, goal, source)
        raise Outdated("it is not a folder any more")
