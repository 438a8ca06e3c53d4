"""The time limit of calls on a mount: a slow mount is given more time, a silent one is not."""

from __future__ import annotations

import time
from collections.abc import Collection

from mediatui.system.helper_process import ANSWER_S

MOST = 8
"""A mount that answers slowly is given up to this many times the limit."""


class Patience:
    """The limits: ``seconds`` for every mount at first, doubled (up to ``MOST`` times) for a mount that goes on
    answering."""

    def __init__(self, seconds: float = ANSWER_S, held_up: Collection[bytes] = ()) -> None:
        """Mounts that are ``held_up`` get the longest limit from the start."""
        self._seconds = seconds
        self._times = dict.fromkeys(held_up, MOST)
        self._answered: dict[bytes, float] = {}

    def limit(self, mount: bytes) -> float:
        """How many seconds a call on a mount may take."""
        return self._seconds * self._times.get(mount, 1)

    def answered(self, mount: bytes) -> None:
        """Notes that a mount just answered a call."""
        self._answered[mount] = time.monotonic()

    def extend(self, mount: bytes) -> bool:
        """Whether a mount past its limit is given more time: only if it answered a call a moment ago."""
        times = self._times.get(mount, 1)
        quiet = time.monotonic() - self._answered.get(mount, 0.0)
        if times >= MOST or quiet > self.limit(mount) / 2:
            return False
        self._times[mount] = times * 2
        return True

    def wait_longest(self, mount: bytes) -> None:
        """Gives a mount the longest limit: it is known to be held up."""
        self._times[mount] = MOST
