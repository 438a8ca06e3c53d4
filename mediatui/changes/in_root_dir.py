"""Changing things inside the library's roots: off the event loop, between two notes in the journal, on folders that are
held open."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.model.errors import GuardTripped
from mediatui.settings.places import writable_folders
from mediatui.store.changes.journal import Line
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mount_table import is_remote
from mediatui.system.mounts import call

Result = TypeVar("Result")
OUTSIDE = "it does not lie in a library root"


class Outdated(Exception):
    """Things have changed since the plan was made; the message says how."""


class NotOnMount(Outdated):
    """A target that its mount does not show, though a witness says that it is not gone."""


class Outside(Outdated):
    """A path that lies in no root, all links on its way resolved."""

    def __init__(self) -> None:
        super().__init__(OUTSIDE)


async def journaled(act: StepRun, kind: str, record: Mapping[str, object], function: Callable[[], None]) -> Outcome:
    """Does one thing between its two notes in the journal; a line that a killed run left open is used again."""
    left = [line for line in await act.lines() if line.kind == kind and line.outcome is None]
    seq = left[-1].seq if left else await act.before(kind, act.step.what, record)
    try:
        await run_blocking(act, function)  # when that is late its result is not known, so its line stays open
    except Outdated as moved:
        await act.after(seq, "nothing", reason=str(moved))
        return Outcome("skipped", str(moved))
    except OSError as error:
        await act.after(seq, "failed", reason=strerror(error))
        return Outcome("failed", strerror(error))
    await act.after(seq, "done", path=record["path"])
    return Outcome("done")


async def close_open_lines(act: StepRun, kind: str, path: bytes, happened: Callable[[], bool], why: str) -> Outcome:
    """How a step ends that finds things other than expected: done when a killed run did it, noted or not, else
    skipped."""
    lines = [line for line in await act.lines() if line.kind == kind]
    done = any(line.outcome in (None, "done") for line in lines) and await run_blocking(act, happened)
    left = [line for line in lines if line.outcome is None]
    for line in left:
        await act.after(line.seq, "done" if done else "nothing", path=os.fsdecode(path))
    return Outcome("done") if done else Outcome("skipped", why)


async def run_blocking(act: StepRun, function: Callable[[], Result]) -> Result:
    """``function()`` in the library's roots, off the event loop. Raises GuardTripped when it takes too long."""
    seconds = act.ctx.settings.library.mount_timeout_s
    try:
        return await asyncio.to_thread(call, function, seconds)
    except TimedOut:
        raise _too_late(act, "The file system it is on", seconds) from None


async def run_on_mount(act: StepRun, function: Callable[..., Result], *args: object) -> Result:
    """``function(…)`` on what a link leads to, in a process of its own: a mount that hangs keeps neither the batch nor
    the end of the program. Raises GuardTripped when it takes too long. The function must be found by its name in a
    module."""
    seconds = act.ctx.settings.library.mount_timeout_s
    try:
        return await asyncio.to_thread(ask, function, *args, seconds=seconds)
    except TimedOut:
        act.ctx.late_target = True
        raise _too_late(act, "What it leads to", seconds) from None


async def expect_root(act: StepRun, path: bytes) -> None:
    """Raises GuardTripped when a root on a network mount does not answer. A thread of our own that hangs there would
    keep the program from ending, so another process is asked first."""
    if is_remote(path):
        await run_on_mount(act, os.path.lexists, path)


def _too_late(act: StepRun, what: str, seconds: float) -> GuardTripped:
    """The guard that the first late answer trips: nothing is known of what did not answer in time, and the next request
    would be late too."""
    return GuardTripped(
        f"{act.step.what}: {what[0].lower()}{what[1:]} did not answer within {seconds:g} seconds. Nothing more is "
        "changed; what was not checked is pending.",
        f"When the mount answers again: mediatui --headless resume {act.batch} --apply",
    )


def strerror(error: OSError) -> str:
    """The system's words for an error."""
    return f"{error.strerror or error}"


def reads(path: bytes) -> bytes:
    """The text of a link's target, empty when there is no link."""
    try:
        return os.readlink(path)
    except OSError:
        return b""


def in_root_dir(act: StepRun, path: bytes, function: Callable[[int, bytes], None]) -> None:
    """``function(folder, name)`` on the open folder of ``path``, so that it cannot be swapped for another meanwhile;
    raises Outdated unless that lies in a configured root or in staging, all its own links resolved."""
    folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        place = os.path.realpath(b"/proc/self/fd/%d" % folder)
        roots = map(os.path.realpath, writable_folders(act.ctx.settings))
        if not any(place == root or place.startswith(root.rstrip(b"/") + b"/") for root in roots):
            raise Outside
        function(folder, os.path.basename(path))
    finally:
        os.close(folder)


def expect_link(folder: int, name: bytes, target: bytes) -> None:
    """Raises Outdated unless there is a symlink of this name with this target text in an open folder."""
    found = os.lstat(name, dir_fd=folder)
    if not stat.S_ISLNK(found.st_mode):
        raise Outdated("it is not a symlink any more")
    if os.readlink(name, dir_fd=folder) != target:
        raise Outdated("it points elsewhere now")


async def made_before(act: StepRun, kind: str) -> list[bytes]:
    """The folders that a killed run of this kind of step has made, or was about to, the outermost first."""
    lines = [line for line in await act.lines() if line.kind == kind and line.outcome is None]
    return [folder for line in lines for folder in made_by(line)]


def made_by(line: Line) -> list[bytes]:
    """The folders that a step made on its way, as its line in the journal has them, the outermost first."""
    made = line.before.get("made")
    return [os.fsencode(folder) for folder in made if isinstance(folder, str)] if isinstance(made, list) else []


def missing_folders(act: StepRun, path: bytes) -> list[bytes]:
    """The folders on the way to a path that are not there, the outermost first; raises Outdated outside the roots, and
    where something that is no folder is in the way."""
    missing: list[bytes] = []
    folder = os.path.dirname(path)
    while not os.path.lexists(folder):
        missing.insert(0, folder)
        folder = os.path.dirname(folder)
    try:
        in_root_dir(act, os.path.join(folder, b"."), lambda opened, name: None)
    except NotADirectoryError:
        raise Outdated("something that is no folder is in its way") from None
    return missing


def make_folders(act: StepRun, missing: Sequence[bytes], made: list[bytes]) -> None:
    """Makes these folders, the outermost first, each with the owner and the permissions of the one it is in, so that
    the same users can work in it; adds them to ``made``. Raises Outdated where something else is in the way."""

    def make(opened: int, name: bytes, folder: bytes) -> None:
        try:
            os.mkdir(name, dir_fd=opened)
            made.append(folder)
            above = os.fstat(opened)
            with contextlib.suppress(OSError):
                os.chown(name, above.st_uid, above.st_gid, dir_fd=opened, follow_symlinks=False)
            os.chmod(name, stat.S_IMODE(above.st_mode), dir_fd=opened)
        except FileExistsError:
            if not stat.S_ISDIR(os.lstat(name, dir_fd=opened).st_mode):
                raise Outdated("something that is no folder is in its way") from None

    for folder in missing:
        in_root_dir(act, folder, lambda opened, name, folder=folder: make(opened, name, folder))  # type: ignore[misc]


def remove_empty(act: StepRun, folders: Sequence[bytes]) -> None:
    """Removes folders, given the outermost first, that a step made and does not need; those others use stay."""
    for folder in reversed(folders):
        with contextlib.suppress(OSError, Outdated):
            in_root_dir(act, folder, lambda opened, name: os.rmdir(name, dir_fd=opened))


async def is_seen(act: StepRun, path: bytes, check: Callable[[], bool]) -> bool:
    """The result of ``check()`` of a path. False where it cannot be read or lies in no root: absence counts only in a
    folder that is there."""

    def seen() -> bool:
        missing_folders(act, path)
        return check()

    try:
        return await run_blocking(act, seen)
    except (Outdated, OSError):
        return False
