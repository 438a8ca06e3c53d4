"""What every fetch passes before it asks for more: the speed limit, which may change at any time, and the pause."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

LOOK_S: Final = 0.25
"""A wait looks so often whether the limit has changed (seconds)."""
_SMALLEST: Final = 16 * 1024


class Gate:
    """One for all files: together they read ``rate`` bytes a second at most (0: no limit), and nothing while paused."""

    def __init__(self, rate: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._debt = 0.0
        self._seen = clock()
        self._open = asyncio.Event()
        self._open.set()

    @property
    def paused(self) -> bool:
        """Whether nothing is asked for at present."""
        return not self._open.is_set()

    def pause(self) -> None:
        """Lets nothing more through; what is under way comes."""
        self._open.clear()

    def resume(self) -> None:
        """Goes on."""
        self._open.set()

    def block(self, most: int) -> int:
        """How much to ask for at once: less under a low limit, so that bytes come evenly."""
        return min(most, max(_SMALLEST, self.rate // 8)) if self.rate else most

    async def take(self, size: int) -> None:
        """Waits until so many bytes more may be read."""
        await self._open.wait()
        if not self.rate:
            self._debt = 0.0
            return
        self._debt = self._paid() + size
        while self.rate and (owed := self._paid()) > 0:
            self._debt = owed
            await asyncio.sleep(min(LOOK_S, owed / self.rate))

    def _paid(self) -> float:
        """What is owed now; time pays it, and never ahead."""
        now = self._clock()
        owed = max(0.0, self._debt - (now - self._seen) * self.rate)
        self._seen = now
        return owed
