"""Requests to the catalogs of films and series (TMDB, TVDB): reads only, of answers that are not large, at a pace that
they allow; every error names the catalog and the setting."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import httpx
from pydantic import SecretStr

from mediatui.model.catalog import CATALOG_TITLES, CatalogName
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.foreign_json import parse_json
from mediatui.model.human import duration
from mediatui.model.pacing import LONGEST_CREDIBLE_S
from mediatui.model.secrets import keep_secret
from mediatui.services.body import ENCODING, read_beginning
from mediatui.services.budget import Budget, MemoryLedger
from mediatui.services.errors import (
    BadAnswer,
    NotFound,
    Permanent,
    Refused,
    ServiceError,
    SlowDown,
    Transient,
    Unreachable,
)
from mediatui.services.http import Access, Call, HttpClient, Param, Policy, Transport, retry_after
from mediatui.services.redaction import excerpt, redact

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_SAID: Final = 64 * 1024
TIMEOUT_S: Final = 20.0
TRIES: Final = 3
SLOW_DOWNS: Final = 3
FAILURES: Final = 5
"""After so many failures in a row a catalog is left alone for a while, longer with each more."""
FIRST_PAUSE_S: Final = 60.0
LONGEST_PAUSE_S: Final = 900.0
LONGEST_WAIT_S: Final = 60.0
"""A longer pause that a catalog asks for is not waited for: its error says how long it is."""
KEY_HINTS: Final[Mapping[CatalogName, str]] = {
    "tmdb": "Set a key that is right: mediatui config set metadata.tmdb_key",
    "tvdb": "The key, or the PIN that belongs to it, is wrong: mediatui config set metadata.tvdb_key, and "
    "metadata.tvdb_pin",
}
Record = TypeVar("Record")
_KEY: Final = re.compile(r"[A-Za-z0-9_\-.~+/=]+")


@dataclass(frozen=True, slots=True)
class Wire:
    """How a catalog is reached: the pause before a second try, the budget of its requests (None: its own), the clock of
    its pauses, and what stands in for the network (None: nothing)."""

    retry_pause_s: float = 0.5
    budget: Budget | None = None
    clock: Callable[[], float] = time.monotonic
    transport: Transport | None = None


class CatalogHttp:
    """One catalog at its base address. ``close`` it, or connections stay open."""

    def __init__(
        self,
        catalog: CatalogName,
        base: str,
        wire: Wire,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Param] | None = None,
        access: Access | None = None,
        first_pause_s: float,
        a_second: int,
    ) -> None:
        """``headers`` and ``params`` go with every request, ``access`` gives the token of a login. ``first_pause_s`` is
        how long to pause when the catalog asks to slow down without saying for how long, ``a_second`` how many
        requests it gets in one."""
        self.title = CATALOG_TITLES[catalog]
        self._params = dict(params or {})
        self._clock = wire.clock
        self._paused_until = 0.0
        self._failures = 0
        self._why: ServiceError | None = None
        policy = Policy(
            name=self.title,
            tries=lambda call, error: TRIES,
            pause_s=wire.retry_pause_s,
            slow_downs=SLOW_DOWNS,
            longest_wait_s=LONGEST_WAIT_S,
            first_pause_s=lambda lane: first_pause_s,
            timeout_s=TIMEOUT_S,
            patience_s=2 * TIMEOUT_S,
            most_bytes=lambda call: MOST_BYTES,
        )
        given = {"Accept": "application/json", "Accept-Encoding": ENCODING, **(headers or {})}
        budget = wire.budget or Budget(MemoryLedger(), limit=a_second * 60, max_concurrent=4)
        self._http = HttpClient(
            base, given, policy, CatalogFailures(catalog), budget=budget, access=access, transport=wire.transport
        )

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def read(
        self, path: str, what: str, about: str, params: Mapping[str, Param] | None = None
    ) -> Mapping[str, object]:
        """The object at ``path``. ``what`` is the request's name in the log, ``about`` the thing asked for. Raises
        ServiceError: NotFound where the catalog does not know it."""
        call = Call("GET", path, "interactive", what, {**self._params, **(params or {})}, about=about)
        return await self._object(call)

    async def record(
        self,
        path: str,
        what: str,
        about: str,
        params: Mapping[str, Param],
        read: Callable[[Mapping[str, object]], Record],
    ) -> Record:
        """What ``read`` makes of the object at ``path``, as in ``read``; its ValueError becomes a BadAnswer."""
        found = await self.read(path, what, about, params)
        try:
            return read(found)
        except ValueError as error:
            raise BadAnswer(f"{self.title} sent {about} so that it cannot be read ({error}).") from error

    async def send(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """The object that answers a posted one, which changes nothing. Raises ServiceError."""
        return await self._object(Call("POST", path, "interactive", f"POST /{path}", json=body))

    async def _object(self, call: Call) -> Mapping[str, object]:
        if (left := self._paused_until - self._clock()) > 0:
            raise self._left_alone(left)
        try:
            answer = await self._http.request(call)
        except SlowDown as error:
            if error.retry_after is not None:
                self._paused_until = self._clock() + min(error.retry_after, LONGEST_CREDIBLE_S)
                error.hint = f"It answers again in {duration(error.retry_after)}."
                self._why = error
            raise
        except Transient as error:
            self._failures += 1
            if self._failures >= FAILURES:
                pause = min(FIRST_PAUSE_S * 2.0 ** (self._failures - FAILURES), LONGEST_PAUSE_S)
                self._paused_until, self._why = self._clock() + pause, error
            raise
        self._failures = 0
        try:
            found = parse_json(answer.body)
        except ValueError as error:
            raise BadAnswer(f"{self.title} sent an answer that cannot be read ({error}).") from error
        if not isinstance(found, dict):
            raise BadAnswer(f"{self.title} sent an answer that is no object.")
        return found

    def _left_alone(self, seconds: float) -> ServiceError:
        """The error for a call that is not made, because of what came of the calls before."""
        hint = f"It is asked again in {duration(seconds)}."
        if isinstance(self._why, SlowDown):
            error = SlowDown(self._why.message, hint, status=429)
            error.retry_after = seconds
            return error
        return Transient(f"{self.title} has failed {self._failures:,} times in a row and is left alone.", hint)


def checked_secret(catalog: CatalogName, name: str, secret: SecretStr) -> str:
    """The key or PIN of a catalog, registered as a secret. Raises UsageError when it is missing or cannot be one."""
    text = secret.get_secret_value().strip()
    hint = f"mediatui config set metadata.{catalog}_{name}"
    what = f"{'PIN' if name == 'pin' else 'API key'} for {CATALOG_TITLES[catalog]}"
    if not text:
        raise UsageError(f"There is no {what}.", hint)
    keep_secret(text)
    if not _KEY.fullmatch(text):
        raise UsageError(f"The {what} has characters none has.", hint)
    return text


class CatalogFailures:
    """Explains unexpected answers of a catalog."""

    def __init__(self, catalog: CatalogName) -> None:
        self._title = CATALOG_TITLES[catalog]
        self._hint = KEY_HINTS[catalog]

    def no_answer(self, error: Exception) -> MediatuiError:
        """See Failures. An address is never said: it may have the key in it."""
        if isinstance(error, httpx.ProxyError):
            return Unreachable(
                f"The proxy of the environment does not lead to {self._title} ({redact(str(error))}).",
                "Check HTTP_PROXY and HTTPS_PROXY.",
            )
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return Unreachable(
                f"{self._title} cannot be reached ({redact(str(error)) or type(error).__name__}).",
                "Check the network connection.",
            )
        if isinstance(error, httpx.TimeoutException | TimeoutError):
            return Transient(f"{self._title} did not answer within {TIMEOUT_S:g} s.")
        return Transient(f"The connection to {self._title} was cut before its answer was whole.")

    async def refusal(self, call: Call, response: httpx.Response) -> ServiceError | None:
        status = response.status_code
        if status == 200 and "html" not in response.headers.get("content-type", ""):
            return None
        said = excerpt(_said(await read_beginning(response, MOST_SAID))).rstrip(".")
        why = f"HTTP {status}{f': {said}' if said else ''}"
        if status == 401:
            return Refused(f"{self._title} does not accept the key ({why}).", self._hint, status=status)
        if status == 403:
            return Refused(f"{self._title} denies access ({why}).", self._hint, status=status)
        if status == 404 and call.about:
            return NotFound(f"{self._title} does not know {call.about}.", status=status)
        if status == 429:
            error = SlowDown(f"{self._title} asks to slow down ({why}).", "Try again later.", status=status)
            error.retry_after = retry_after(response.headers)
            return error
        if status in (408, 425) or status >= 500:
            return Transient(f"{self._title} failed ({why}).", "Try again later.", status=status)
        if status == 200 or 300 <= status < 400:
            what = "a web page" if status == 200 else f"a redirect (HTTP {status}), which is not followed,"
            hint = "A proxy, or the login page of the network, may be in the way."
            return BadAnswer(f"In place of {self._title} {what} answers.", hint, status=status)
        return Permanent(f"{self._title} refused the request ({why}).", status=status)


def _said(body: bytes) -> str:
    """The reason a catalog gives."""
    try:
        answer = parse_json(body)
    except ValueError:
        return ""
    return str(answer.get("status_message") or answer.get("message") or "") if isinstance(answer, dict) else ""
