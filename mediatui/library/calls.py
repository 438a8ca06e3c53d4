"""Many calls on mounts, several at a time, each of which can be left behind: nobody waits for a mount that hangs.

A call on a dead mount may block for ever and cannot be cancelled. One that takes too long is left behind with its
thread; a mount that twice did not answer, or said that it cannot be reached, is left alone.
"""

from __future__ import annotations

import errno
import os
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from mediatui.services.symlinks import state_of_errno

Answer = TypeVar("Answer")
CALL_S = 5.0
SLOW_BEFORE_PAUSE = 2
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Failed:
    """A call that failed with an error number; None when it was not made, because its mount was left alone."""

    code: int | None


_Answered = tuple[bytes, Answer | Failed, Exception | None]
"""A place, what came of it, and what nobody expected to be raised."""


def is_unreachable(code: int) -> bool:
    """Whether an error number says that a mount, not a file, is in trouble."""
    return state_of_errno(code) == "unreachable"


@dataclass(slots=True)
class Calls(Generic[Answer]):
    """Calls ``ask`` with places, ``workers`` at once; ``mount_of`` tells which places hang together,
    ``counts_against`` which error numbers speak against their mount. ``paused`` are the mounts that were left alone,
    and why; ``made`` counts calls."""

    ask: Callable[[bytes], Answer]
    mount_of: Callable[[bytes], bytes]
    workers: int
    seconds: float = CALL_S
    counts_against: Callable[[int], bool] = is_unreachable
    made: int = 0
    paused: dict[bytes, str] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _slow: Counter[bytes] = field(default_factory=Counter)
    _noting: threading.Lock = field(default_factory=threading.Lock)

    def stop(self) -> None:
        """Ends it within a moment, also for later: places that were not asked about stay so."""
        self._stopping.set()

    def all(self, places: Sequence[bytes]) -> Iterator[tuple[bytes, Answer | Failed]]:
        """Each place and what came of it, in the order of the answers. Blocking; meant for a thread."""
        todo: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        answers: queue.SimpleQueue[_Answered[Answer]] = queue.SimpleQueue()
        for place in places:
            todo.put(place)
        begun: dict[bytes, float] = {}
        left = {*places}
        for _ in range(min(self.workers, len(left))):
            self._start(todo, answers, begun)
        while left and not self._stopping.is_set():
            try:
                place, answer, bug = answers.get(timeout=POLL_S)
            except queue.Empty:
                for late in self._late(begun):
                    self._note(late, "did not answer in time")
                    self._start(todo, answers, begun)
                    left.discard(late)
                    yield late, Failed(errno.ETIMEDOUT)
                continue
            if bug is not None:
                raise bug
            left.discard(place)
            yield place, answer

    def _late(self, begun: dict[bytes, float]) -> list[bytes]:
        """The places that take too long; what is taken from ``begun`` here is left behind."""
        now = time.monotonic()
        slow = [place for place, at in list(begun.items()) if now - at > self.seconds]
        return [place for place in slow if begun.pop(place, None) is not None]

    def _note(self, place: bytes, why: str) -> None:
        mount = self.mount_of(place)
        with self._noting:
            self._slow[mount] += 1
            if self._slow[mount] >= SLOW_BEFORE_PAUSE:
                self.paused.setdefault(mount, why)

    def _start(
        self,
        todo: queue.SimpleQueue[bytes],
        answers: queue.SimpleQueue[_Answered[Answer]],
        begun: dict[bytes, float],
    ) -> None:
        def work() -> None:
            while not self._stopping.is_set():
                try:
                    place = todo.get_nowait()
                except queue.Empty:
                    return
                if self.mount_of(place) in self.paused:
                    answers.put((place, Failed(None), None))
                    continue
                begun[place] = time.monotonic()
                self.made += 1
                answer: Answer | Failed = Failed(None)
                bug: Exception | None = None
                try:
                    answer = self.ask(place)
                except OSError as error:
                    answer = Failed(error.errno or errno.EIO)
                except Exception as error:  # the consumer raises it
                    bug = error
                if begun.pop(place, None) is None:
                    return  # left behind: another thread took over
                if isinstance(answer, Failed) and answer.code and self.counts_against(answer.code):
                    self._note(place, os.strerror(answer.code))
                answers.put((place, answer, bug))

        threading.Thread(target=work, daemon=True, name="mount calls").start()
