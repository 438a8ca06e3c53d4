"""Mounts where targets live: whether one is alive, and calls on it that can be abandoned.

A call on a dead mount can block for seconds or for ever and cannot be cancelled. It is made in a thread or the helper
process, and abandoned when it takes too long, so that neither a scan nor the end of the program waits for it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from mediatui.model.human import counted
from mediatui.model.path import is_within
from mediatui.system.helper_process import TimedOut as TimedOut
from mediatui.system.helper_process import ask
from mediatui.system.mount_table import MountTable as MountTable
from mediatui.system.mount_table import is_remote as is_remote
from mediatui.system.mount_table import remote_points as remote_points

Result = TypeVar("Result")
LIST_S = 5.0
ACCEPT = " (if that is as it should be: scan --accept-mounts)"
ENOUGH = 0.80
"""A mount that lists less than this share of what it listed when last alive counts as half mounted."""


class _Call(Generic[Result]):
    def __init__(self, function: Callable[[], Result]) -> None:
        self._function = function
        self._done = threading.Event()
        self._result: list[Result] = []
        self._error: BaseException | None = None
        threading.Thread(target=self._run, daemon=True, name="mount call").start()

    def _run(self) -> None:
        try:
            self._result.append(self._function())
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()

    def wait(self, seconds: float) -> Result:
        if not self._done.wait(seconds):
            raise TimedOut
        if self._error is not None:
            raise self._error
        return self._result[0]


def call(function: Callable[[], Result], seconds: float = LIST_S) -> Result:
    """``function()`` if it answers within ``seconds``; raises TimedOut, or what the function raises. Blocks. The
    program cannot end while an abandoned call hangs in the kernel: where that may happen, use
    ``helper_process.ask``."""
    return _Call(function).wait(seconds)


@dataclass(frozen=True, slots=True)
class Mount:
    """A configured mount; a ``sentinel`` is a file that must exist while it is alive (relative to the mount).
    ``timeout_s`` is the time limit of a call in seconds."""

    path: bytes
    sentinel: bytes = b""
    timeout_s: float = LIST_S


@dataclass(frozen=True, slots=True)
class MountState:
    """The state of a mount: ``problem`` is a sentence, empty when it is alive; ``real`` its path with symlinks
    resolved, empty where it could not be read."""

    mount: Mount
    problem: str
    entries: int = 0
    is_mount: bool = False
    remote: bool = False
    real: bytes = b""


def check_mount(mount: Mount, was_mount: bool = False, had_entries: int = 0, *, seconds: float = 0.0) -> MountState:
    """Whether a mount is alive: it lists in time (its own, or ``seconds``), is not empty, is a mount point if it was
    one, has its sentinel, and holds at least 80 % of what it held."""
    shown = os.fsdecode(mount.path)
    seconds = seconds or mount.timeout_s
    remote = is_remote(mount.path)
    try:
        entries, is_mount, has_sentinel, real = ask(_read_mount, mount, seconds=seconds)
    except TimedOut:
        return MountState(mount, f"{shown} did not list within {seconds:g} seconds", remote=remote)
    except OSError as error:
        return MountState(mount, f"{shown} cannot be listed ({error.strerror})", remote=remote)
    problem = ""
    if not entries:  # an unmounted mount leaves an empty folder
        problem = f"{shown} is empty"
    elif was_mount and not is_mount:
        problem = f"{shown} is not mounted{ACCEPT}"
    elif not has_sentinel:
        problem = f"{shown} does not hold its sentinel {os.fsdecode(mount.sentinel)}"
    elif had_entries and entries < ENOUGH * had_entries:
        lists = counted(entries, "entry", "entries")
        problem = f"{shown} lists {lists}; it held {had_entries:,} when it was last alive{ACCEPT}"
    return MountState(mount, problem, entries, is_mount, remote or is_remote(real), real)


def seems_away(mount: Mount, was_mount: bool) -> str:
    """``away_now``, called in the helper process. Blocks."""
    try:
        return ask(away_now, mount, was_mount, seconds=mount.timeout_s)
    except TimedOut:
        return f"{os.fsdecode(mount.path)} does not answer"
    except OSError as error:
        return f"{os.fsdecode(mount.path)} cannot be looked at ({error.strerror})"


def away_now(mount: Mount, was_mount: bool) -> str:
    """Why a mount seems away by a quick check, empty when it does not: for every step of a long run, between the full
    checks of ``check_mount``. May hang: call it in the helper process."""
    shown = os.fsdecode(mount.path)
    try:
        with os.scandir(mount.path) as entries:
            if next(entries, None) is None:
                return f"{shown} is empty"
        if was_mount and not os.path.ismount(mount.path):
            return f"{shown} is not mounted"
        if mount.sentinel and not os.path.lexists(os.path.join(mount.path, mount.sentinel)):
            return f"{shown} does not hold its sentinel {os.fsdecode(mount.sentinel)}"
    except OSError as error:
        return f"{shown} cannot be listed ({error.strerror})"
    return ""


def mount_of(mounts: Sequence[Mount], path: bytes) -> Mount | None:
    """The mount a path (absolute) lies on, the innermost of several; None when it lies on none of these."""
    on = [mount for mount in mounts if is_within(path, mount.path)]
    return max(on, key=lambda mount: len(mount.path), default=None)


def _read_mount(mount: Mount) -> tuple[int, bool, bool, bytes]:
    entries = len(os.listdir(mount.path))
    has_sentinel = not mount.sentinel or os.path.lexists(os.path.join(mount.path, mount.sentinel))
    return entries, os.path.ismount(mount.path), has_sentinel, os.path.realpath(mount.path)
