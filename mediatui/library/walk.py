"""Walking the library with two processes: batches of links as they are found, and a way to stop at any moment."""

from __future__ import annotations

import contextlib
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

from mediatui.services import symlinks
from mediatui.services.symlinks import Found

WALKER = symlinks.__file__
PROCESSES = 2
FOLDERS_A_UNIT = 48
SILENT_S = 10.0
"""A walker that says nothing for so long hangs in a call on a dead mount: it is given up."""

Unit = list[tuple[bytes, bool]]


@dataclass(slots=True)
class WalkOptions:
    """``small_below`` are bytes a target must have, ``later`` prefixes of targets that are not to be looked at here,
    ``read_targets`` whether the text of every target is wanted."""

    roots: Sequence[bytes]
    small_below: int = 0
    later: Sequence[bytes] = ()
    read_targets: bool = True
    processes: int = PROCESSES


@dataclass(slots=True)
class Walk:
    """A walk under way. Iterate ``batches``; ``stop`` ends it within a moment. ``given_up`` are folders whose walker
    hung, so that nothing is known of what is in them."""

    options: WalkOptions
    given_up: list[bytes] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _walkers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def stop(self) -> None:
        """Ends the walk: walkers are killed, batches end."""
        self._stopping.set()
        for walker in list(self._walkers):
            with contextlib.suppress(OSError):
                walker.kill()

    def batches(self) -> Iterator[list[Found]]:
        """Links as they are found, in no order (``symlinks.Found``). Blocking; meant for a thread."""
        units: queue.SimpleQueue[Unit] = queue.SimpleQueue()
        found: queue.Queue[list[Found] | None] = queue.Queue(64)
        count = 0
        for unit in _units(self.options.roots):
            units.put(unit)
            count += 1
        hands = [
            threading.Thread(target=self._hand, args=(units, found), daemon=True)
            for _ in range(max(1, min(self.options.processes, count)))
        ]
        for hand in hands:
            hand.start()
        left = len(hands)
        while left and not self._stopping.is_set():
            try:
                batch = found.get(timeout=0.1)
            except queue.Empty:
                continue
            if batch is None:
                left -= 1
            else:
                yield batch
        if self._stopping.is_set():
            self.stop()

    def _hand(self, units: queue.SimpleQueue[Unit], found: queue.Queue[list[Found] | None]) -> None:
        """Feeds one walker after the other with units until there are none."""
        try:
            while not self._stopping.is_set():
                try:
                    unit = units.get_nowait()
                except queue.Empty:
                    return
                walker = self._start()
                while unit is not None and not self._stopping.is_set():
                    if not self._walk(walker, unit, found):
                        self.given_up += [folder for folder, _ in unit]
                        break
                    try:
                        unit = units.get_nowait()
                    except queue.Empty:
                        break
                walker.kill()
        finally:
            found.put(None)

    def _start(self) -> subprocess.Popen[bytes]:
        walker = subprocess.Popen(
            [sys.executable, "-I", "-S", WALKER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._walkers.append(walker)
        options = (self.options.read_targets, list(self.options.later), self.options.small_below)
        _write(walker, marshal.dumps(options))
        return walker

    def _walk(self, walker: subprocess.Popen[bytes], unit: Unit, found: queue.Queue[list[Found] | None]) -> bool:
        """Has a unit walked; False when the walker hung or died."""
        if not _write(walker, marshal.dumps(unit)):
            return False
        assert walker.stdout is not None
        reader = _Reader(walker.stdout.fileno())
        while not self._stopping.is_set():
            batch = reader.batch()
            if batch is None:
                return False
            if not batch:
                return True
            found.put(batch)
        return True


def _write(walker: subprocess.Popen[bytes], data: bytes) -> bool:
    assert walker.stdin is not None
    try:
        walker.stdin.write(data.hex().encode() + b"\n")
        walker.stdin.flush()
    except OSError:
        return False
    return True


class _Reader:
    """Reads batches from a pipe; gives up when nothing comes for too long."""

    def __init__(self, number: int) -> None:
        self._number = number

    def batch(self) -> list[Found] | None:
        """The next batch, empty at the end of a unit; None when the walker hung or died."""
        head = self._take(4)
        if head is None:
            return None
        data = self._take(int.from_bytes(head, "big"))
        return None if data is None else marshal.loads(data)

    def _take(self, wanted: int) -> bytes | None:
        parts: list[bytes] = []
        since = time.monotonic()
        while wanted:
            ready, _, _ = select.select([self._number], [], [], 0.5)
            if not ready:
                if time.monotonic() - since > SILENT_S:
                    return None
                continue
            data = os.read(self._number, min(wanted, 1 << 20))
            if not data:
                return None
            parts.append(data)
            wanted -= len(data)
            since = time.monotonic()
        return b"".join(parts)


def _units(roots: Sequence[bytes]) -> Iterator[Unit]:
    """The work, in pieces that two walkers can share: the folders of the first two levels, each with all below it, and
    those levels themselves for the links right in them."""
    unit: Unit = []
    for root in roots:
        unit.append((root, False))
        for first in _folders(root):
            unit.append((first, False))
            for second in _folders(first):
                unit.append((second, True))
                if len(unit) >= FOLDERS_A_UNIT:
                    yield unit
                    unit = []
    if unit:
        yield unit


def _folders(folder: bytes) -> list[bytes]:
    """The folders right below one; none when it cannot be read. Hidden ones are skipped."""
    try:
        with os.scandir(folder) as entries:
            return [
                entry.path
                for entry in entries
                if not entry.name.startswith(b".") and entry.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return []
