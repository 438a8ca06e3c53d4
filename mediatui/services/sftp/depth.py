"""How many reads are under way at once on a connection: more while that makes it faster."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

FIRST: Final = 16
MOST: Final = 64
FAR_S: Final = 0.015
"""From this round trip on reads wait for the line, not for the server: the most are under way from the beginning."""
ROUND_S: Final = 0.15
"""How long a rate is measured at least before the next step (seconds)."""
_GROWS: Final = 1.10
_HOLD_ROUNDS: Final = 20


class Depth:
    """Reads under way, of all files of one connection together. It grows by half while the rate grows by a tenth, goes
    back where it does not, and tries again after some rounds (measured: sftp.md 3)."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.allowed = min(FIRST, most)
        self._clock = clock
        self._under_way = 0
        self._waiting: list[asyncio.Future[None]] = []
        self._bytes = 0
        self._blocks = 0
        self._since = 0.0
        self._rate = 0.0
        self._before = 0
        self._held = 0

    def seen_round_trip(self, seconds: float) -> None:
        """A round trip without data took so long."""
        if seconds >= FAR_S:
            self.allowed = self.most

    async def enter(self) -> None:
        """Waits until one more read may be sent."""
        while self._under_way >= self.allowed:
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            try:
                await future
            finally:
                if future in self._waiting:
                    self._waiting.remove(future)
        if not self._under_way:
            self._begin()
        self._under_way += 1

    def leave(self, size: int) -> None:
        """A read has ended with ``size`` bytes."""
        self._under_way -= 1
        self._bytes += size
        self._blocks += 1
        elapsed = self._clock() - self._since
        if elapsed >= ROUND_S and self._blocks >= 2 * self.allowed:
            self._judge(self._bytes / elapsed)
            self._begin()
        for future in self._waiting[: max(0, self.allowed - self._under_way)]:
            if not future.done():
                future.set_result(None)

    def _begin(self) -> None:
        self._bytes = self._blocks = 0
        self._since = self._clock()

    def _judge(self, rate: float) -> None:
        if self._held:
            self._held -= 1
            self._rate = rate
        elif self._before and rate < self._rate * _GROWS:
            self.allowed, self._before, self._held = self._before, 0, _HOLD_ROUNDS
        elif self.allowed < self.most:
            self._before, self._rate = self.allowed, rate
            self.allowed = min(self.most, self.allowed + max(1, self.allowed // 2))
