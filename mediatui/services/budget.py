"""The request budget: one sliding window for everything that talks to the service, shared by every process.

Inside the window there are slower lanes (lists, unrestricts, adds), a cap on short bursts, and a pause that stops all
lanes at once. The window is kept in a ledger (the archive's database), so that a cron job right after another, or
beside an open screen, cannot break the service's limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from mediatui.model.errors import StoreError
from mediatui.model.pacing import LONGEST_CREDIBLE_S, Reservation, Rule, wait_for, waits_for

RequestLane = Literal["details", "interactive", "list", "unrestrict", "add", "change"]
BURST = 20
MINUTE_S = 60.0
LISTS_A_MINUTE = 25
UNRESTRICTS_A_MINUTE = 60
ADD_SPACING_S = 2.0
ADD_SPACING_AFTER_REFUSAL_S = 20.0
SHORTEST_WAIT_S = 0.001  # a shorter wait may vanish when it is added to the time of day, and would never end
LONGEST_PAUSE_S = 60.0
LONGEST_RETRY_AFTER_S = LONGEST_CREDIBLE_S
"""A pause ends after at most this long, whatever the service asked for: then one request tests whether it is over."""
SLOWEST = 8.0
"""After refusals the pace drops, at most to an eighth, and recovers with every answer."""
RECOVERY = 0.95


class Ledger(Protocol):
    """The store of the window."""

    async def reserve(
        self, lane: str, what: str, whole: Rule, own: Rule | None, clock: Callable[[], float]
    ) -> Reservation:
        """Takes a place or returns how long to wait; one atomic step, between processes too. ``clock`` (epoch seconds)
        is read inside it: an earlier time might be far behind what other processes wrote meanwhile."""
        ...

    async def note(self, ticket: int, outcome: str, ms: float) -> None:
        """Notes how a request ended and how long it took, in milliseconds."""
        ...

    async def pause(self, until: float) -> None:
        """Stops every lane until ``until`` (epoch seconds), never shortening a pause."""
        ...

    async def refused(self, lane: str) -> int:
        """Counts one more refusal of a lane in a row and returns how many there are."""
        ...

    async def accepted(self, lane: str) -> None:
        """Forgets the refusals of a lane."""
        ...

    async def flush(self) -> None:
        """Writes what was noted."""
        ...


@dataclass(frozen=True, slots=True)
class BudgetState:
    """For the meter: requests in the window now, the limit, requests waiting, until when all are paused, and how many
    are in flight of those that may be."""

    used: int
    limit: int
    waiting: int
    paused_until: float
    in_flight: int = 0
    max_in_flight: int = 0


class Budget:
    """Gives out places. ``on_wait(reason, until)`` is called when a request has to wait for the window, a lane or a
    pause."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        limit: int = 200,
        window_s: float = MINUTE_S,
        max_concurrent: int = 8,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.limit = limit
        self.window_s = window_s
        self.sent = 0
        self.on_wait: Callable[[str, float], None] | None = None
        self._ledger = ledger
        self._scale = window_s / MINUTE_S
        self._clock = clock
        self._sleep = sleep
        self._places = asyncio.Semaphore(max_concurrent)
        self._heads: dict[str, asyncio.Lock] = {}
        self._recent: deque[float] = deque()
        self._waiting = 0
        self._in_flight = 0
        self._most = max_concurrent
        self._paused_until = 0.0
        self._refused: set[str] = set()
        self._slowness = 1.0

    @property
    def state(self) -> BudgetState:
        """The state for the meter; the window as this process knows it."""
        self._forget(self._clock())
        used, most = len(self._recent), self._most
        return BudgetState(used, self.limit, self._waiting, self._paused_until, self._in_flight, most)

    def _forget(self, now: float) -> None:
        while self._recent and self._recent[0] <= now - self.window_s:
            self._recent.popleft()

    @contextlib.asynccontextmanager
    async def slot(self, lane: RequestLane, what: str) -> AsyncIterator[int]:
        """A place for one request, held while it is in flight; yields the ticket for ``note``.

        Only the first request of a lane waits for the window, so a waiting lane never takes more than one of the places
        in flight.
        """
        self._waiting += 1
        try:
            async with self._heads.setdefault(lane, asyncio.Lock()):
                await self._places.acquire()
                try:
                    ticket = await self._reserve(lane, what)
                except BaseException:
                    self._places.release()
                    raise
        finally:
            self._waiting -= 1
        self._in_flight += 1
        try:
            yield ticket
        finally:
            self._in_flight -= 1
            self._places.release()

    async def _reserve(self, lane: RequestLane, what: str) -> int:
        own = self._own_rule(lane)
        while True:
            burst = min(BURST, self.limit) if self._slowness == 1.0 else 1
            whole = Rule(self.limit, self.window_s, self.window_s / self.limit * self._slowness, burst)
            place = await self._ledger.reserve(lane, what, whole, own, self._clock)
            now = self._clock()
            if not place.wait_s:
                self.sent += 1
                self._forget(now)
                self._recent.append(now)
                return place.ticket
            if place.reason == "paused":
                self._paused_until = now + place.wait_s
            if self.on_wait is not None and place.wait_s > self.window_s / 20:
                self.on_wait(place.reason, now + place.wait_s)
            await self._sleep(max(place.wait_s, SHORTEST_WAIT_S))

    def _own_rule(self, lane: RequestLane) -> Rule | None:
        if lane == "list":
            return Rule(min(LISTS_A_MINUTE, self.limit), self.window_s, 0.0, LISTS_A_MINUTE)
        if lane == "unrestrict":
            return Rule(min(UNRESTRICTS_A_MINUTE, self.limit), self.window_s, 0.0, UNRESTRICTS_A_MINUTE)
        if lane == "add":
            spacing = ADD_SPACING_AFTER_REFUSAL_S if lane in self._refused else ADD_SPACING_S
            return Rule(None, self.window_s, spacing * self._scale, 1)
        return None

    async def note(self, ticket: int, outcome: str, ms: float) -> None:
        """Notes how a request ended (``ok`` or the kind of its error), and how long it took in milliseconds."""
        await self._ledger.note(ticket, outcome, ms)

    async def slow_down(self, lane: RequestLane, retry_after: float | None, base_s: float) -> float:
        """The service asked to slow down: pauses every lane, and returns until when (epoch seconds).

        Without a Retry-After the pause begins at ``base_s`` (seconds, scaled to the window) and doubles with every
        refusal in a row, with jitter, to a minute at most.
        """
        if self._paused_until > self._clock() and retry_after is None:
            return self._paused_until  # refused at the same time as the request that began this pause
        refusals = await self._ledger.refused(lane)
        self._refused.add(lane)
        self._slowness = min(SLOWEST, self._slowness * 2)
        if retry_after is None:
            grown = min(LONGEST_PAUSE_S, max(base_s, 1.0) * 2.0 ** min(refusals - 1, 10))
            wait = grown * random.uniform(0.8, 1.0) * self._scale
        else:
            wait = min(retry_after, LONGEST_RETRY_AFTER_S)
        until = self._clock() + wait
        self._paused_until = max(self._paused_until, until)
        await self._ledger.pause(until)
        if self.on_wait is not None:
            self.on_wait("the service asked to slow down", until)
        return until

    async def accepted(self, lane: RequestLane) -> None:
        """Notes an answer, which ends the refusals in a row (adds keep their slower pace for this run)."""
        self._slowness = max(1.0, self._slowness * RECOVERY)
        if lane in self._refused:
            if lane != "add":
                self._refused.discard(lane)
            await self._ledger.accepted(lane)

    async def close(self) -> None:
        """Writes the noted outcomes; an error on a full disk is ignored, because they are only statistics."""
        with contextlib.suppress(StoreError):
            await self._ledger.flush()


class MemoryLedger:
    """A window for one process and one run: for a check before there is a database."""

    def __init__(self) -> None:
        self._at: list[tuple[float, str]] = []
        self._next: dict[str, float] = {}
        self._paused_until = 0.0
        self._refusals: dict[str, int] = {}

    async def reserve(
        self, lane: str, what: str, whole: Rule, own: Rule | None, clock: Callable[[], float]
    ) -> Reservation:
        """See Ledger."""
        now = clock()
        if self._paused_until > now:
            return Reservation(0, self._paused_until - now, "paused")
        self._at = [entry for entry in self._at if entry[0] > now - whole.window_s]
        rules = [("", whole, [at for at, _ in self._at])]
        if own is not None:
            rules.append((lane, own, [at for at, its in self._at if its == lane]))
        for name, rule, times in rules:
            wait = wait_for(rule, times, self._next.get(name, 0.0), now)
            if wait > 0:
                return Reservation(0, wait, waits_for(name))
        for name, rule, _ in rules:
            self._next[name] = max(self._next.get(name, 0.0), now) + rule.spacing_s
        self._at.append((now, lane))
        return Reservation(len(self._at))

    async def note(self, ticket: int, outcome: str, ms: float) -> None:
        """Keeps nothing."""

    async def pause(self, until: float) -> None:
        """See Ledger."""
        self._paused_until = max(self._paused_until, until)

    async def refused(self, lane: str) -> int:
        """See Ledger."""
        self._refusals[lane] = self._refusals.get(lane, 0) + 1
        return self._refusals[lane]

    async def accepted(self, lane: str) -> None:
        """See Ledger."""
        self._refusals.pop(lane, None)

    async def flush(self) -> None:
        """Does nothing."""
