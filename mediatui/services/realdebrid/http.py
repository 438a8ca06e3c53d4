"""The policy of requests to Real-Debrid: its budget, its limits, what is tried again and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import httpx

from mediatui.model.address import without_keys
from mediatui.model.errors import UsageError
from mediatui.services.body import ENCODING
from mediatui.services.budget import Budget, RequestLane
from mediatui.services.errors import Transient, Unreachable
from mediatui.services.http import Access, Call, HttpClient, Policy, Transport, base_address
from mediatui.services.realdebrid.errors import RealDebridFailures

TRIES: Final = 5
UNREACHABLE_TRIES: Final = 3
SLOW_DOWNS: Final = 20
IDLE_CONNECTION_S: Final = 4.0
"""The API drops idle connections after four to five seconds, so they are given up before that."""
MOST_CONNECTIONS: Final = 32
PATIENCE: Final = 4
"""A whole answer may take so many times the wait for a piece of it: one that drips in for ever is none."""
MEDIA_INFO: Final = "GET /streaming/mediaInfos/{id}"
"""Answered with 503 for a file the service knows nothing of (NOTES.md 26), so that is not asked again."""
MAX_LIST_BYTES: Final = 512 * 1024 * 1024
MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Most:
    """How many bytes, unpacked, a list and any other answer may have."""

    list_bytes: int = MAX_LIST_BYTES
    answer_bytes: int = MAX_ANSWER_BYTES


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds to pause first after a 429 without Retry-After: on lists, and on everything else."""

    lists_s: float = 60.0
    details_s: float = 10.0


def check_base_url(url: str) -> str:
    """The base address without a slash at its end; raises UsageError when it is not an http(s) address."""
    base = base_address(url)
    if base is None:
        raise UsageError(
            f'"{without_keys(url)}" is not a base address.',
            "It begins with http:// or https:// (setting realdebrid.base_url).",
        )
    return base


def realdebrid_http(
    base_url: str,
    token: str | Access,
    budget: Budget,
    *,
    timeout_s: float = 30.0,
    pauses: Pauses | None = None,
    most: Most | None = None,
    transport: Transport | None = None,
) -> HttpClient:
    """A client for the API at a base address, with a token that stays or the access of a login; raises UsageError when
    the address is none."""
    base, waits, sizes = check_base_url(base_url), pauses or Pauses(), most or Most()

    def first_pause_s(lane: RequestLane) -> float:
        return waits.lists_s if lane == "list" else waits.details_s

    policy = Policy(
        name="the service",
        tries=_tries,
        pause_s=0.5 * min(1.0, budget.window_s / 60),  # scaled where the window is
        slow_downs=SLOW_DOWNS,
        first_pause_s=first_pause_s,
        timeout_s=timeout_s,
        patience_s=PATIENCE * timeout_s,
        most_bytes=lambda call: sizes.list_bytes if call.lane == "list" else sizes.answer_bytes,
        limits_hint="Try again later; realdebrid.max_list_bytes and realdebrid.max_answer_bytes are the limits.",
        limits=httpx.Limits(
            max_connections=MOST_CONNECTIONS,
            max_keepalive_connections=MOST_CONNECTIONS,
            keepalive_expiry=IDLE_CONNECTION_S,
        ),
    )
    headers, access = {"Accept-Encoding": ENCODING}, None
    if isinstance(token, str):
        headers["Authorization"] = f"Bearer {token}"
    else:
        access = token
    failures = RealDebridFailures(base)
    return HttpClient(base, headers, policy, failures, budget=budget, access=access, transport=transport)


def _tries(call: Call, error: Transient) -> int:
    if call.what == MEDIA_INFO and error.status == 503:
        return 1
    return UNREACHABLE_TRIES if isinstance(error, Unreachable) else TRIES
