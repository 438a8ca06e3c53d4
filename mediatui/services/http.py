"""Requests over httpx: within the budget, tried again where that can help, every failure one of ours."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

import httpx

from mediatui.model.errors import UsageError
from mediatui.services.body import ENCODING, read_beginning, read_body
from mediatui.services.budget import Budget, RequestLane
from mediatui.services.errors import (
    LONGEST,
    BadAnswer,
    ServiceError,
    SlowDown,
    Transient,
    Uncertain,
    Unreachable,
    classify,
)

TRIES = 5
SLOW_DOWNS = 20
"""How often one request is put off because the service asks for it, before the user is told."""
IDLE_CONNECTION_S = 4.0
"""The API drops idle connections after four to five seconds, so they are given up before that."""
MOST_CONNECTIONS = 32
PATIENCE = 4
"""A whole answer may take so many times the wait for a piece of it: one that drips in for ever is none."""
MAX_LIST_BYTES = 512 * 1024 * 1024
MAX_ANSWER_BYTES = 16 * 1024 * 1024
SLOW_S = 1.0
"""An answer that takes longer is logged as slow."""

log = logging.getLogger(__name__)

Method = Literal["GET", "POST", "PUT", "DELETE"]
Transport = httpx.AsyncBaseTransport
"""What requests go through: the network, or an account that is simulated."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: HTTP status, headers, and the body in pieces, which who reads a large one may take out."""

    status: int
    headers: httpx.Headers
    pieces: deque[bytes]

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Call:
    """A request to be made: ``form`` is sent form-encoded, ``content`` as raw bytes. ``repeatable`` says that making
    it twice does no more than making it once."""

    method: Method
    path: str
    lane: RequestLane
    what: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    content: bytes | None = None
    repeatable: bool = True


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
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            f'"{url}" is not a base address.', "It begins with http:// or https:// (setting realdebrid.base_url)."
        )
    return url.strip().rstrip("/")


class HttpClient:
    """One service: base address, token, budget. ``close`` it, or connections stay open."""

    def __init__(
        self,
        base_url: str,
        token: str,
        budget: Budget,
        *,
        timeout_s: float = 30.0,
        pauses: Pauses | None = None,
        most: Most | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._base = check_base_url(base_url)
        self._host = urlsplit(self._base).netloc
        self._budget = budget
        self._pauses = pauses or Pauses()
        self._most = most or Most()
        self._patience_s = PATIENCE * timeout_s
        self._client = httpx.AsyncClient(
            headers={
                "Authorization": f"Bearer {token}",
                "User-Agent": "mediatui",
                "Accept-Encoding": ENCODING,
            },
            timeout=timeout_s,
            limits=httpx.Limits(
                max_connections=MOST_CONNECTIONS,
                max_keepalive_connections=MOST_CONNECTIONS,
                keepalive_expiry=IDLE_CONNECTION_S,
            ),
            follow_redirects=False,
            transport=transport,
        )

    async def close(self) -> None:
        """Closes connections and writes what the budget noted."""
        await self._client.aclose()
        await self._budget.close()

    async def get(self, path: str, lane: RequestLane, what: str, **params: str | int) -> Answer:
        """GETs ``path``; ``what`` is the request's name in the figures, with ids replaced. Raises ServiceError."""
        return await self.request(Call("GET", path, lane, what, params=params))

    async def request(self, call: Call) -> Answer:
        """Makes a call within the budget, again where that can help. Raises ServiceError.

        A call that must not be made twice is not repeated once it may have reached the service: then Uncertain is
        raised, and whoever asked has to look what came of it.
        """
        failures = slow_downs = 0
        while True:
            try:
                return await self._once(call)
            except SlowDown as error:
                slow_downs += 1
                await self._budget.slow_down(call.lane, error.retry_after, self._first_pause(call.lane))
                if slow_downs >= SLOW_DOWNS:
                    raise
            except Transient as error:
                failures += 1
                if not call.repeatable and not isinstance(error, Unreachable):
                    raise Uncertain(
                        f"It is not known whether the service did it: {error.message}", error.hint, status=error.status
                    ) from error
                if failures >= (TRIES if not isinstance(error, Unreachable) else 3):
                    raise
                await asyncio.sleep(self._back_off(failures))

    def _first_pause(self, lane: RequestLane) -> float:
        return self._pauses.lists_s if lane == "list" else self._pauses.details_s

    def _back_off(self, failures: int) -> float:
        """Half a second, doubled each time, with jitter; scaled when the window is."""
        return 0.5 * 2.0 ** (failures - 1) * random.uniform(0.75, 1.25) * min(1.0, self._budget.window_s / 60)

    async def _once(self, call: Call) -> Answer:
        async with self._budget.slot(call.lane, call.what) as ticket:
            began = time.monotonic()
            outcome = "cancelled"
            try:
                answer = await self._send(call)
                outcome = "ok"
            except ServiceError as error:
                outcome = error.kind
                raise
            finally:
                took_s = time.monotonic() - began
                if took_s > SLOW_S:
                    log.info("slow: %s took %.1f s (%s)", call.what, took_s, outcome)
                await self._budget.note(ticket, outcome, took_s * 1000)
        await self._budget.accepted(call.lane)
        return answer

    async def _send(self, call: Call) -> Answer:
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._read(call)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(
                f"{self._host} cannot be reached ({error or type(error).__name__}).",
                "Check the network, and realdebrid.base_url if it was changed.",
            ) from error
        except (httpx.TimeoutException, TimeoutError) as error:
            raise Transient(f"{self._host} did not answer in time.", "The service may be slow; try again.") from error
        except httpx.HTTPError as error:
            raise Transient(f"The connection to {self._host} broke ({type(error).__name__}).") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise UsageError(f"{self._base} is not a usable address ({error}).", "See realdebrid.base_url.") from error

    async def _read(self, call: Call) -> Answer:
        request = self._client.build_request(
            call.method, f"{self._base}/{call.path}", params=call.params, data=call.form, content=call.content
        )
        response = await self._client.send(request, stream=True)
        try:
            if response.status_code >= 300:
                raise await self._refusal(call, response)
            most = self._most.list_bytes if call.lane == "list" else self._most.answer_bytes
            pieces = await read_body(response, most, self._host)
        finally:
            await response.aclose()
        return Answer(response.status_code, response.headers, pieces)

    async def _refusal(self, call: Call, response: httpx.Response) -> ServiceError:
        """What an answer that is none means."""
        if response.status_code == 404 and call.method == "GET" and "{" not in call.what:  # it names no item
            return BadAnswer(
                f"There is no Real-Debrid API at {self._base} (HTTP 404 for /{call.path}).",
                "Check realdebrid.base_url.",
                status=404,
            )
        if response.status_code >= 400:
            body = await read_beginning(response, LONGEST)
            return classify(response.status_code, body, response.headers)
        return BadAnswer(
            f"{self._host} answered with a redirect (HTTP {response.status_code}), which is not followed.",
            "Check realdebrid.base_url.",
            status=response.status_code,
        )
