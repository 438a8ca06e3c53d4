"""Walks the library with two processes: yields batches of links as they are found, and can be stopped at any moment."""

from __future__ import annotations

import contextlib
import errno
import marshal
import os
import queue
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mediatui.system import symlinks
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mounts import MountTable
from mediatui.system.symlinks import Unread, WalkedLink, folders_in

WALKER = symlinks.__file__
PACKAGE_IN = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(WALKER))))
"""The folder that holds the package, for the walker."""
PROCESSES = 2
FOLDERS_A_UNIT = 48
SILENT_S = 10.0
"""A walker that is silent for this long hangs in a call on a dead mount: it is given up."""
POLL_S = 0.05

Unit = list[tuple[bytes, bool]]
"""Folders, each with whether everything below it is to be walked too."""


@dataclass(slots=True)
class WalkOptions:
    """``small_below`` are bytes a target must have if its name ends like one of ``videos`` (None: any name), ``later``
    prefixes of targets that are not to be looked at here, ``read_targets`` whether the text of every target is wanted,
    ``walker`` the script that walks, ``silent_s`` how long it may be silent."""

    roots: Sequence[bytes]
    small_below: int = 0
    videos: tuple[bytes, ...] | None = None
    later: Sequence[bytes] = ()
    read_targets: bool = True
    processes: int = PROCESSES
    walker: str = WALKER
    silent_s: float = SILENT_S


@dataclass(slots=True)
class Walk:
    """A walk under way. Iterate ``batches``; ``stop`` ends it within a moment. ``given_up`` are folders whose walker
    hung or died, ``unread`` those that could not be read to their end: the content of either is unknown, even if a
    batch reported some of it before. ``left_out`` are links and folders whose names are hidden."""

    options: WalkOptions
    given_up: list[bytes] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    left_out: list[bytes] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _walkers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _table: MountTable = field(default_factory=MountTable)
    _listing: bytes | None = None
    _listed_at: float = 0.0

    def stop(self) -> None:
        """Ends the walk: walkers are killed, batches end."""
        self._stopping.set()
        for walker in list(self._walkers):
            with contextlib.suppress(OSError):
                walker.kill()

    def batches(self) -> Iterator[list[WalkedLink]]:
        """Links as they are found, in no order (``symlinks.WalkedLink``). Blocks; meant for a thread."""
        units: queue.SimpleQueue[Unit | None] = queue.SimpleQueue()
        found: queue.Queue[list[WalkedLink] | None] = queue.Queue(64)
        self._listed_at = time.monotonic()
        left = max(1, self.options.processes)
        threading.Thread(target=self._queue_units, args=(units, left), daemon=True, name="folders").start()
        for _ in range(left):
            threading.Thread(target=self._run_walker, args=(units, found), daemon=True, name="walker").start()
        try:
            while left and not self._stopping.is_set():
                try:
                    batch = found.get(timeout=POLL_S)
                except queue.Empty:
                    continue
                if batch is None:
                    left -= 1
                else:
                    yield batch
        finally:
            self.stop()

    def _queue_units(self, units: queue.SimpleQueue[Unit | None], walkers: int) -> None:
        """Queues the units to walk, then an end mark for each of the ``walkers``."""
        try:
            for unit in self._units():
                units.put(unit)
                if self._stopping.is_set():
                    break
        finally:
            for _ in range(walkers):
                units.put(None)

    def _run_walker(self, units: queue.SimpleQueue[Unit | None], found: queue.Queue[list[WalkedLink] | None]) -> None:
        """Feeds one walker after the other with units until there are none."""
        walker: subprocess.Popen[bytes] | None = None
        try:
            walker = self._start()
            while unit := self._next(units):
                if walker is None:
                    walker = self._start()
                done = self._walk(walker, unit, found)
                if done < len(unit) and not self._stopping.is_set():
                    self.given_up += [folder for folder, _ in unit[done:]]
                    _end(walker)
                    walker = None
        finally:
            if walker is not None:
                _end(walker)
            self._put(found, None)

    def _next(self, units: queue.SimpleQueue[Unit | None]) -> Unit | None:
        """The next unit, None when there are no more. A root that does not list in time is given up."""
        while not self._stopping.is_set():
            try:
                return units.get(timeout=POLL_S)
            except queue.Empty:
                if time.monotonic() - self._listed_at > self.options.silent_s:
                    if self._listing is not None and self._listing not in self.given_up:
                        self.given_up.append(self._listing)
                    return None
        return None

    def _start(self) -> subprocess.Popen[bytes]:
        walker = subprocess.Popen(
            [sys.executable, "-I", "-S", self.options.walker, PACKAGE_IN],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._walkers.append(walker)
        if self._stopping.is_set():
            walker.kill()
        given = self.options
        options = (given.read_targets, list(given.later), given.small_below, given.videos)
        _write(walker, marshal.dumps(options))
        return walker

    def _walk(self, walker: subprocess.Popen[bytes], unit: Unit, found: queue.Queue[list[WalkedLink] | None]) -> int:
        """Walks a unit; returns how many of its folders were walked to their end."""
        if not _write(walker, marshal.dumps(unit)):
            return 0
        assert walker.stdout is not None
        reader = _Reader(walker.stdout.fileno(), self.options.silent_s)
        done = 0
        while done < len(unit) and not self._stopping.is_set():
            message = reader.message()
            if message is None:
                break
            done, links, unread, left_out = message
            self.unread += unread
            self.left_out += left_out
            if links:
                self._put(found, links)
        return done

    def _put(self, found: queue.Queue[list[WalkedLink] | None], batch: list[WalkedLink] | None) -> None:
        """Passes a batch on when there is room, unless the walk is stopped."""
        while not self._stopping.is_set():
            with contextlib.suppress(queue.Full):
                found.put(batch, timeout=POLL_S)
                return

    def _units(self) -> Iterator[Unit]:
        """The work, in pieces that walkers can share: the folders of the first two levels, each with all below it, and
        those levels themselves for the links directly in them."""
        unit: Unit = []
        for root in self.options.roots:
            self._listing = root
            unit.append((root, False))
            for first in self._folders(root):
                unit.append((first, False))
                for second in self._folders(first):
                    unit.append((second, True))
                    if len(unit) >= FOLDERS_A_UNIT:
                        yield unit
                        unit = []
        self._listing = None
        if unit:
            yield unit

    def _folders(self, folder: bytes) -> list[bytes]:
        """The folders directly in a folder, as far as it can be read, sorted: links that come in the order of their
        paths are stored in half the time. Hidden ones are skipped. A folder on a mount is listed in the helper process:
        a thread that hangs there would keep the program from ending."""
        found: list[bytes] = []
        left_out: list[bytes] = []
        try:
            if self._table.remote_at(folder):
                found, left_out = ask(folders_in, folder, self.options.videos, seconds=self.options.silent_s)
            else:
                found, left_out = folders_in(folder, self.options.videos)
            self.left_out += left_out
        except OSError as error:
            self.unread.append((folder, error.errno or errno.EIO))
        except TimedOut:
            self.given_up.append(folder)
        self._listed_at = time.monotonic()
        return sorted(found)


def _write(walker: subprocess.Popen[bytes], data: bytes) -> bool:
    assert walker.stdin is not None
    try:
        walker.stdin.write(data.hex().encode() + b"\n")
        walker.stdin.flush()
    except OSError:
        return False
    return True


def _end(walker: subprocess.Popen[bytes]) -> None:
    """Ends a walker; one that hangs in the kernel is not waited for."""
    walker.kill()
    for pipe in (walker.stdin, walker.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        walker.wait(1.0)


class _Reader:
    """Reads messages from a pipe; gives up when nothing comes for too long."""

    def __init__(self, number: int, silent_s: float) -> None:
        self._number = number
        self._silent_s = silent_s

    def message(self) -> tuple[int, list[WalkedLink], list[Unread], list[bytes]] | None:
        """The next message (``symlinks``); None when the walker hung or died."""
        head = self._take(4)
        if head is None:
            return None
        data = self._take(int.from_bytes(head, "big"))
        if data is None:
            return None
        done, links, unread, left_out = marshal.loads(data)
        return done, links, unread, left_out

    def _take(self, wanted: int) -> bytes | None:
        parts: list[bytes] = []
        waiting = select.poll()
        waiting.register(self._number, select.POLLIN)
        while wanted:
            if not waiting.poll(self._silent_s * 1000):
                return None
            data = os.read(self._number, min(wanted, 1 << 20))
            if not data:
                return None
            parts.append(data)
            wanted -= len(data)
        return b"".join(parts)
