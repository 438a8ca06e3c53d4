"""Makes many calls on mounts, several at a time, and abandons those that hang.

A call on a dead mount may block for ever and cannot be cancelled. A call that takes too long is abandoned together with
its thread. After two calls that were not answered in time, or failed because it is unreachable, a mount is paused: it
is not called any more. A mount that is slow, but does answer, is given more time (``Patience``).

Reads are made more carefully. One read that a service refuses may hold up the whole mount: rclone has one pacer for all
requests to a service, and each refusal doubles the pause before the next request, whatever it is for. So after the
first late read of a mount nothing is read there until that read has ended, and then one file at a time.
"""

from __future__ import annotations

import errno
import os
import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.patience import Patience
from mediatui.system.symlinks import state_of_errno

Answer = TypeVar("Answer")
SLOW_BEFORE_PAUSE = 2
QUIET_S = 60.0
"""How long a late read is waited for; nothing else is read on its mount meanwhile."""
LATE_READS = 5
"""After this many late reads a mount is not read any more."""
POLL_S = 0.05
TOO_LATE = "did not answer in time"


@dataclass(frozen=True, slots=True)
class Failed:
    """A call that failed with an error number; None when it was not made, because its mount is paused."""

    code: int | None


_Answered = tuple[bytes, Answer | Failed, Exception | None]
"""A place, its answer, and an unexpected exception."""


def is_unreachable(code: int) -> bool:
    """Whether an error number means that the mount, not the file, has failed."""
    return state_of_errno(code) == "unreachable"


def mount_answers(mount: bytes, seconds: float) -> bool:
    """Whether a mount answers a call that needs no service behind it. Blocks."""
    try:
        ask(os.stat, mount, seconds=seconds)
    except (OSError, TimedOut):
        return False
    return True


@dataclass(slots=True)
class Calls(Generic[Answer]):
    """Calls ``ask`` with places, ``workers`` at once. ``mount_of`` gives the mount of a place, ``counts_against`` says
    which error numbers count against it, ``reads`` whether files are read, ``calls_each`` how many calls on its mount
    one ``ask`` makes. ``paused`` are the mounts that are not called any more, each with the reason; ``late`` the places
    that answered after the time limit: an error among those says little about the file. ``made`` counts calls."""

    ask: Callable[[bytes], Answer]
    mount_of: Callable[[bytes], bytes]
    workers: int
    patience: Patience = field(default_factory=Patience)
    counts_against: Callable[[int], bool] = is_unreachable
    reads: bool = False
    calls_each: int = 1
    quiet_s: float = QUIET_S
    made: int = 0
    paused: dict[bytes, str] = field(default_factory=dict)
    late: set[bytes] = field(default_factory=set)
    late_reads: Counter[bytes] = field(default_factory=Counter)
    _silent: set[bytes] = field(default_factory=set)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _slow: Counter[bytes] = field(default_factory=Counter)
    _note_lock: threading.Lock = field(default_factory=threading.Lock)

    def stop(self) -> None:
        """Ends the calls within a moment, later ones too: the remaining places get no answer."""
        self._stopping.set()

    def all(self, places: Sequence[bytes]) -> Iterator[tuple[bytes, Answer | Failed]]:
        """Each place and its answer, in the order of the answers. Blocks; meant for a thread."""
        todo = _Waiting(dict.fromkeys(places), self)
        found: queue.SimpleQueue[_Answered[Answer]] = queue.SimpleQueue()
        for _ in range(min(self.workers, todo.left)):
            self._start(todo, found)
        while todo.left and not self._stopping.is_set():
            try:
                place, answer, bug = found.get(timeout=POLL_S)
            except queue.Empty:
                for late in self._abandoned(todo, lambda: self._start(todo, found)):
                    todo.left -= 1
                    yield late, Failed(errno.ETIMEDOUT)
                continue
            if bug is not None:
                raise bug
            todo.left -= 1
            yield place, answer

    def _abandoned(self, todo: _Waiting, replace: Callable[[], object]) -> Iterator[bytes]:
        """The places that took too long, and are not waited for any more. Threads that hang in them are replaced."""
        for place, begun in todo.in_flight():
            mount, now = self.mount_of(place), time.monotonic()
            if place not in todo.overdue:
                limit = self.calls_each * self.patience.limit(mount)
                if now - begun <= limit or (not self.reads and self.patience.extend(mount)):
                    continue
                self.late.add(place)
                replace()
                if self.reads:
                    self._wait_for_read(todo, mount)
                todo.overdue[place] = now + self.quiet_s
            if self.reads and mount not in self.paused and now < todo.overdue[place]:
                continue
            if todo.end(place, mount):
                if not self.reads:
                    self._note(mount, TOO_LATE)
                yield place

    def _wait_for_read(self, todo: _Waiting, mount: bytes) -> None:
        """Handles a late read: it is waited for longer, and its mount gets the longest time limit from now on. The
        mount is paused when it does not answer at all, when no answer came since the last late read, or after many late
        reads."""
        if any(self.mount_of(place) == mount and place in todo.overdue for place, _ in todo.in_flight()):
            return
        self.late_reads[mount] += 1
        if mount and not mount_answers(mount, self.patience.limit(mount)):
            self.paused.setdefault(mount, TOO_LATE)
        elif self.late_reads[mount] > 1 and mount in self._silent:
            self.paused.setdefault(mount, "its files could not be read in time")
        elif self.late_reads[mount] >= LATE_READS:
            self.paused.setdefault(mount, f"{LATE_READS} times a file of it could not be read in time")
        self._silent.add(mount)
        if mount not in self.paused:
            self.patience.wait_longest(mount)

    def _note(self, mount: bytes, why: str) -> None:
        with self._note_lock:
            self._slow[mount] += 1
            if self._slow[mount] >= SLOW_BEFORE_PAUSE:
                self.paused.setdefault(mount, why)

    def _start(self, todo: _Waiting, found: queue.SimpleQueue[_Answered[Answer]]) -> None:
        def work() -> None:
            while not self._stopping.is_set() and (place := todo.take()) is not None:
                mount = self.mount_of(place)
                if mount in self.paused:
                    todo.end(place, mount)
                    found.put((place, Failed(None), None))
                    continue
                answer, bug = self._call(place)
                self.patience.answered(mount)
                if todo.end(place, mount):
                    if isinstance(answer, Failed) and answer.code and self.counts_against(answer.code):
                        self._note(mount, os.strerror(answer.code))
                    else:
                        self._silent.discard(mount)
                    found.put((place, answer, bug))
                if place in self.late:
                    return  # another thread took over meanwhile

        threading.Thread(target=work, daemon=True, name="mount calls").start()

    def _call(self, place: bytes) -> tuple[Answer | Failed, Exception | None]:
        self.made += 1
        try:
            return self.ask(place), None
        except OSError as error:
            return Failed(error.errno or errno.EIO), None
        except Exception as error:  # the consumer raises it
            return Failed(None), error


class _Waiting:
    """The places of one round by their mounts, and the calls in flight."""

    def __init__(self, places: Collection[bytes], calls: Calls[Any]) -> None:
        self.left = len(places)
        self.overdue: dict[bytes, float] = {}
        """Until when late reads are waited for."""
        self._calls = calls
        self._todo: dict[bytes, deque[bytes]] = {}
        for place in places:
            self._todo.setdefault(calls.mount_of(place), deque()).append(place)
        self._begun: dict[bytes, float] = {}
        self._busy: Counter[bytes] = Counter()
        self._changed = threading.Condition()

    def take(self) -> bytes | None:
        """The next place to call, waiting until one may be called; None when there are no more."""
        with self._changed:
            while not self._calls._stopping.is_set():
                waiting = [mount for mount, places in self._todo.items() if places]
                if not waiting:
                    return None
                for mount in waiting:
                    if self._may_begin(mount):
                        place = self._todo[mount].popleft()
                        self._begun[place] = time.monotonic()
                        self._busy[mount] += 1
                        return place
                self._changed.wait(POLL_S)
        return None

    def _may_begin(self, mount: bytes) -> bool:
        """Whether another call on a mount may begin: after a late read only one at a time."""
        return mount in self._calls.paused or not (self._calls.late_reads[mount] and self._busy[mount])

    def in_flight(self) -> list[tuple[bytes, float]]:
        """The places whose calls are in flight, and since when (monotonic seconds)."""
        with self._changed:
            return list(self._begun.items())

    def end(self, place: bytes, mount: bytes) -> bool:
        """Ends the call of a place; False when it was abandoned before."""
        with self._changed:
            if self._begun.pop(place, None) is None:
                return False
            self._busy[mount] -= 1
            self._changed.notify()
            return True
