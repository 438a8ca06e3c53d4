"""One HTTP client for every service: it keeps the request budget, retries where that can help, and raises only the
errors of ``services.errors``. A service is described by its ``Policy``, and its failures are explained by its
``Failures``."""

from __future__ import annotations

import asyncio
import functools
import logging
import math
import random
import ssl
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Final, Literal, Protocol
from urllib.parse import urlsplit

import httpx

from mediatui.model.errors import MediatuiError
from mediatui.services.body import read_body
from mediatui.services.budget import Budget, RequestLane
from mediatui.services.errors import Refused, ServiceError, SlowDown, StartingUp, Transient, Uncertain, Unreachable

SLOW_S: Final = 1.0
"""An answer that takes longer is logged as slow."""
_NO_PROXY: Final = {"http://": None, "https://": None, "all://": None}

log = logging.getLogger(__name__)

Method = Literal["GET", "POST", "PUT", "DELETE"]
Param = str | int | bool
Transport = httpx.AsyncBaseTransport
"""The transport of requests: the network, or a simulated service."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: HTTP status, headers, and the body in pieces, which the reader of a large one may remove."""

    status: int
    headers: httpx.Headers
    pieces: deque[bytes]

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Call:
    """A request to be made. ``what`` is its name in the figures and the log, with ids replaced, ``about`` the thing
    asked for ("the series 7"), for errors. ``form`` is sent form-encoded, ``json`` as JSON, ``content`` as raw bytes.
    ``repeatable`` says that making it twice has the same effect as making it once. ``timeout_s`` is how long a piece of
    its answer may take; None: the time of the policy. ``headers`` go with this request alone."""

    method: Method
    path: str
    lane: RequestLane
    what: str
    params: Mapping[str, Param] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    json: Mapping[str, object] | Sequence[Mapping[str, object]] | None = None
    content: bytes | None = None
    repeatable: bool = True
    about: str = ""
    timeout_s: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Access(Protocol):
    """The token of a login, which ends and is renewed, in place of a key that stays the same; ``hint`` says what to do
    when it is refused all the same."""

    hint: str

    async def token(self) -> str:
        """The token of the next request, renewed when it is about to end. Raises ServiceError when there is none."""
        ...

    async def renew(self, refused: str) -> bool:
        """Renews a token that the service refused; False when that cannot help. Raises ServiceError."""
        ...

    async def close(self) -> None:
        """Closes connections."""
        ...


class Failures(Protocol):
    """Explains unexpected answers of a service, with its name and its settings."""

    def no_answer(self, error: Exception) -> MediatuiError:
        """The error for a request without an answer, which ended with ``error`` (of httpx, TimeoutError, or
        UnicodeError)."""
        ...

    async def refusal(self, call: Call, response: httpx.Response) -> ServiceError | None:
        """The error for an answer, whose body is not read yet; None for a good one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The limits and retries of a service; times are seconds."""

    name: str
    """The name of the service in sentences."""
    tries: Callable[[Call, Transient], int]
    """How often, at most, a call is made that fails temporarily with this error."""
    pause_s: float = 0.5
    """The pause before a second try, doubled before each other one, with jitter."""
    slow_downs: int = 0
    """How often a call is postponed because the service asks for it, before the error is raised."""
    longest_wait_s: float = math.inf
    """A longer pause that the service asks for is not waited for: the error is raised at once."""
    first_pause_s: Callable[[RequestLane], float] = lambda lane: 0.0
    """How long to pause first when the service asks to slow down and does not say for how long."""
    start_s: float = 0.0
    """How long to wait for a service that is starting up."""
    timeout_s: float = 30.0
    """How long a piece of an answer may take."""
    patience_s: float | None = None
    """How long a whole answer may take; None: as long as pieces of it come."""
    most_bytes: Callable[[Call], int] | None = None
    """How many bytes, unpacked, an answer may have; None: any number."""
    limits_hint: str = ""
    """The hint of an error about these limits."""
    limits: httpx.Limits = field(
        default_factory=lambda: httpx.Limits(max_connections=100, max_keepalive_connections=20)
    )
    """How many connections are kept, and for how long."""


def base_address(url: str) -> str | None:
    """The base address without slashes at its end; None when it is no http(s) address, or has a login, a query or a
    fragment in it."""
    text = url.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises ValueError for a port that is none
    except ValueError:
        return None
    usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    return text if usable and not (parts.username or parts.query or parts.fragment) else None


@functools.cache
def certificates() -> ssl.SSLContext:
    """The certificates all clients trust, read once: that takes longer than most requests."""
    return httpx.create_ssl_context()


class HttpClient:
    """One service behind a base address (see ``base_address``). ``close`` it, or connections stay open."""

    def __init__(
        self,
        base: str,
        headers: Mapping[str, str],
        policy: Policy,
        failures: Failures,
        *,
        budget: Budget | None = None,
        access: Access | None = None,
        proxied: bool = True,
        auth: httpx.Auth | None = None,
        verified: bool = True,
        transport: Transport | None = None,
    ) -> None:
        """``headers`` go with every request: a key belongs there, because in a query it would be in the logs of every
        proxy. ``access`` gives the token where that is renewed, ``auth`` answers a server that asks for a login.
        ``proxied`` says whether a proxy of the environment may be used, ``verified`` whether the certificate of the
        service has to be trusted."""
        self.on_starting_up: Callable[[], None] = lambda: None
        """Called when the service is starting up and is waited for."""
        self._base = base
        self._host = urlsplit(base).netloc
        self._policy = policy
        self._failures = failures
        self._budget = budget
        self._access = access
        self._client = httpx.AsyncClient(
            headers={"User-Agent": "mediatui", **headers},
            timeout=policy.timeout_s,
            limits=policy.limits,
            follow_redirects=False,  # the key would be sent along
            verify=verified if transport is not None or not verified else certificates(),
            auth=auth,
            transport=transport,
            mounts=None if proxied else _NO_PROXY,
        )

    async def close(self) -> None:
        """Closes connections and writes what the budget noted."""
        await self._client.aclose()
        if self._access is not None:
            await self._access.close()
        if self._budget is not None:
            await self._budget.close()

    async def get(self, path: str, lane: RequestLane, what: str, **params: Param) -> Answer:
        """GETs ``path``; ``what`` as in ``Call``. Raises ServiceError."""
        return await self.request(Call("GET", path, lane, what, params=params))

    async def request(self, call: Call) -> Answer:
        """Makes a call within the budget, with retries where they can help. Raises ServiceError.

        A call that must not be made twice is not repeated once it may have reached the service: then Uncertain is
        raised, and the caller has to find out whether it was done. A service that is starting up begins nothing, nor
        does one that refuses the token, which is renewed once where it can be.
        """
        failures = slow_downs = renewed = 0
        until = time.monotonic() + self._policy.start_s
        while True:
            token = "" if self._access is None else await self._access.token()
            try:
                return await self._once(call, token)
            except Refused as error:
                if self._access is None or error.status != 401:
                    raise
                if renewed or not await self._access.renew(token):
                    error.hint = self._access.hint
                    raise
                renewed = 1
            except SlowDown as error:
                slow_downs += 1
                if (error.retry_after or 0.0) > self._policy.longest_wait_s:
                    raise
                if self._budget is not None:
                    first_s = self._policy.first_pause_s(call.lane)
                    await self._budget.slow_down(call.lane, error.retry_after, first_s)
                if slow_downs >= self._policy.slow_downs:
                    raise
            except StartingUp:
                if time.monotonic() >= until:
                    raise
                self.on_starting_up()
                await asyncio.sleep(4 * self._policy.pause_s)
            except Transient as error:
                failures += 1
                if not call.repeatable and not isinstance(error, Unreachable):
                    raise Uncertain(
                        f"It is not known whether {self._policy.name} did it: {error.message}",
                        error.hint,
                        status=error.status,
                    ) from error
                if failures >= self._policy.tries(call, error):
                    raise
                await asyncio.sleep(self._policy.pause_s * 2.0 ** (failures - 1) * random.uniform(0.75, 1.25))
                until = time.monotonic() + self._policy.start_s

    async def _once(self, call: Call, token: str) -> Answer:
        if self._budget is None:
            return (await self._timed(call, token))[0]
        async with self._budget.slot(call.lane, call.what) as ticket:
            outcome, took_s = "cancelled", 0.0
            began = time.monotonic()
            try:
                answer, took_s = await self._timed(call, token)
                outcome = "ok"
            except ServiceError as error:
                outcome = error.kind
                raise
            finally:
                await self._budget.note(ticket, outcome, (took_s or time.monotonic() - began) * 1000)
        await self._budget.accepted(call.lane)
        return answer

    async def _timed(self, call: Call, token: str) -> tuple[Answer, float]:
        """The answer and how long it took (seconds); a line of the log, above debug when it was slow."""
        began = time.monotonic()
        status: object = "cancelled"
        try:
            answer = await self._send(call, token)
            status = answer.status
            return answer, time.monotonic() - began
        except MediatuiError as error:
            status = getattr(error, "status", None) or error.kind
            raise
        finally:
            took_s = time.monotonic() - began
            if took_s > SLOW_S:
                log.info("slow: %s of %s took %.1f s (%s)", call.what, self._policy.name, took_s, status)
            log.debug("%s %s: %s, %.0f ms", call.method, call.path, status, took_s * 1000)

    async def _send(self, call: Call, token: str) -> Answer:
        try:
            async with asyncio.timeout(self._policy.patience_s):
                return await self._read(call, token)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, UnicodeError) as error:
            raise self._failures.no_answer(error) from error

    async def _read(self, call: Call, token: str) -> Answer:
        request = self._client.build_request(
            call.method,
            f"{self._base}/{call.path}",
            params=call.params or None,
            data=call.form,
            json=call.json,
            content=call.content,
            headers={**call.headers, **({"Authorization": f"Bearer {token}"} if token else {})} or None,
            timeout=httpx.USE_CLIENT_DEFAULT if call.timeout_s is None else call.timeout_s,
        )
        response = await self._client.send(request, stream=True)
        try:
            refusal = await self._failures.refusal(call, response)
            if refusal is not None:
                raise refusal
            most = self._policy.most_bytes
            if most is None:
                pieces = deque([await response.aread()])
            else:
                pieces = await read_body(response, most(call), self._host, self._policy.limits_hint)
        finally:
            await response.aclose()
        return Answer(response.status_code, response.headers, pieces)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds from now that a service asks to wait, even when it sends a date (RFC 9110); None when it does not
    say."""
    text = headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
