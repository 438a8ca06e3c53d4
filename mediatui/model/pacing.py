"""The arithmetic of a request budget: how long a rule makes the next request wait, given those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_CREDIBLE_S = 3600.0
"""A stored moment further ahead than this many seconds was written before the clock was set back."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit on requests: at most ``limit`` in ``window_s`` seconds (None: no limit), spaced by ``spacing_s`` seconds
    after a burst of ``burst``."""

    limit: int | None
    window_s: float
    spacing_s: float
    burst: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """A place in the window (``ticket``, the id under which the outcome is noted), or the seconds to wait and the
    reason."""

    ticket: int
    wait_s: float = 0.0
    reason: str = ""


def wait_for(rule: Rule, times: Sequence[float], next_at: float, now: float) -> float:
    """Seconds until ``rule`` allows a request; ``times`` are the requests in its window, oldest first, ``next_at`` is
    when the next request is due by its spacing (epoch seconds)."""
    wait = 0.0
    if rule.limit is not None and len(times) >= rule.limit:
        wait = times[len(times) - rule.limit] + rule.window_s - now
    ahead = next_at - now - rule.spacing_s * (rule.burst - 1)
    return max(wait, ahead, 0.0)


def waits_for(lane: str) -> str:
    """The reason why a request waits, for people."""
    return f"the pace of {lane} requests" if lane else "the request budget"
