"""How long a mount may take to answer before that is late: slow is not dead, silent is."""

from __future__ import annotations

import time
from collections.abc import Collection

from mediatui.system.helper_process import ANSWER_S

MOST = 8
"""A mount that answers, but slowly, is given up to so many times as long."""


class Patience:
    """``seconds`` for every mount at first, twice as long (up to ``MOST`` times) for one that goes on answering."""

    def __init__(self, seconds: float = ANSWER_S, held_up: Collection[bytes] = ()) -> None:
        """Mounts that are ``held_up`` get all the time there is from the start."""
        self._seconds = seconds
        self._times = dict.fromkeys(held_up, MOST)
        self._answered: dict[bytes, float] = {}

    def limit(self, mount: bytes) -> float:
        """How many seconds a call on a mount may take."""
        return self._seconds * self._times.get(mount, 1)

    def answered(self, mount: bytes) -> None:
        """Notes that a mount just answered something."""
        self._answered[mount] = time.monotonic()

    def extend(self, mount: bytes) -> bool:
        """Whether a mount whose limit is over is given more time: it has answered something a moment ago."""
        times = self._times.get(mount, 1)
        quiet = time.monotonic() - self._answered.get(mount, 0.0)
        if times >= MOST or quiet > self.limit(mount) / 2:
            return False
        self._times[mount] = times * 2
        return True

    def wait_longest(self, mount: bytes) -> None:
        """Gives a mount all the time there is: it is known to be held up."""
        self._times[mount] = MOST
