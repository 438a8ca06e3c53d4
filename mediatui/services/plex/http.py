"""Requests to a Plex server and to plex.tv: the headers of both, and what their refusals mean. Numbers are points of
NOTES.md."""

from __future__ import annotations

import platform
import uuid
from collections.abc import Callable, Mapping
from typing import Final

import httpx
from pydantic import SecretStr

from mediatui import __version__
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.secrets import keep_secret
from mediatui.services.arr.http import checked_address, is_here
from mediatui.services.arr.refusals import ArrAddress
from mediatui.services.errors import (
    BadAnswer,
    NotFound,
    Permanent,
    Refused,
    ServiceError,
    SlowDown,
    StartingUp,
    Transient,
)
from mediatui.services.http import Answer, Call, HttpClient, Param, Policy
from mediatui.services.plex.answers import read_container

TITLE: Final = "Plex"
PORT: Final = 32400
TRIES: Final = 3
MOST_BYTES: Final = 32 * 1024 * 1024
START_S: Final = 60.0
"""How long a Plex whose database migrates is waited for (seconds); it may take longer, which then is an error."""
TOKEN_HINT: Final = "mediatui config set plex.token"
OF_USERS: Final = "It is asked for the users of the home; without it nothing is known of what they have seen."
"""The hint of an error of plex.tv."""
Rows = tuple[int, int]
"""Where the rows of a page begin, and how many there may be."""


class PlexHttp:
    """One server, or plex.tv, with one token. ``close`` it, or connections stay open."""

    def __init__(
        self,
        address: ArrAddress,
        token: str,
        *,
        timeout_s: float = 30.0,
        retry_pause_s: float = 0.5,
        start_s: float = START_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``timeout_s`` is how long a piece of an answer may take, ``retry_pause_s`` the pause before a second try,
        ``start_s`` how long a server that is starting is waited for."""
        self.on_wait: Callable[[str], None] = lambda text: None
        """Called with a text for people while a call waits."""
        policy = Policy(
            name=address.title,
            tries=lambda call, error: TRIES if call.repeatable else 1,
            pause_s=retry_pause_s,
            start_s=start_s,
            timeout_s=timeout_s,
            most_bytes=lambda call: MOST_BYTES,
        )
        headers = {
            "X-Plex-Token": token, "X-Plex-Client-Identifier": str(_device()), "X-Plex-Product": "mediatui",
            "X-Plex-Version": __version__, "Accept": "application/json", "Accept-Encoding": "gzip",
        }  # fmt: skip
        self._title = address.title
        self._http = HttpClient(
            address.base,
            headers,
            policy,
            PlexFailures(address, timeout_s),
            proxied=not is_here(address),
            transport=transport,
        )
        self._http.on_starting_up = lambda: self.on_wait(f"{address.title} is starting up, waiting for it")

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def container(
        self, path: str, what: str, about: str = "", params: Mapping[str, Param] | None = None, rows: Rows | None = None
    ) -> Mapping[str, object]:
        """The ``MediaContainer`` at ``path``, of a list only some ``rows``. ``what`` is its name in the log, ids
        replaced; with ``about``, the thing asked for, a 404 is NotFound. Raises ServiceError."""
        headers = {} if rows is None else {
            "X-Plex-Container-Start": f"{rows[0]:d}", "X-Plex-Container-Size": f"{rows[1]:d}",
        }  # fmt: skip
        answer = await self.get(path, what, about, params, headers)
        try:
            return read_container(answer.body, answer.headers.get("content-type", ""))
        except ValueError as error:
            raise BadAnswer(f"{self._title} sent an answer that cannot be read ({error}).") from error

    async def get(
        self,
        path: str,
        what: str,
        about: str = "",
        params: Mapping[str, Param] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer at ``path``, as in ``container``."""
        call = Call("GET", path, "interactive", f"GET /{what}", params or {}, about=about, headers=headers or {})
        return await self._http.request(call)


class PlexFailures:
    """Explains unexpected answers (1, 5)."""

    def __init__(self, address: ArrAddress, timeout_s: float) -> None:
        self._address = address
        self._timeout_s = timeout_s

    def no_answer(self, error: Exception) -> MediatuiError:
        found = self._address.failed(error, self._timeout_s)
        if self._address.title != TITLE and found.hint:
            found.hint = OF_USERS
        return found

    async def refusal(self, call: Call, response: httpx.Response) -> ServiceError | None:
        status, title = response.status_code, self._address.title
        if status < 300:
            is_page = "html" in response.headers.get("content-type", "")
            return self._address.web_page(response) if is_page else None
        await response.aread()
        why = f"HTTP {status}"
        match status:
            case 401:
                return Refused(f"{title} does not accept the token ({why}).", TOKEN_HINT, status=status)
            case 403:
                return Refused(f"{title} denies {call.what} ({why}).", TOKEN_HINT, status=status)
            case 404 if call.about:
                return NotFound(f"{title} does not know {call.about}.", status=status)
            case 404:
                own = f"Check plex.url ({title} listens on {PORT}, unless changed)."
                return BadAnswer(
                    f"{title} does not answer at {self._address.shown} ({why} for {call.what}).",
                    own if title == TITLE else OF_USERS,
                    status=status,
                )
            case 429:
                return SlowDown(f"{title} asks to slow down ({why}).", "Try again later.", status=status)
            case 503:
                return StartingUp(f"{title} is starting up ({why}).", "Try again in a minute.", status=status)
            case 408 | 425:
                return Transient(f"{title} failed at {call.what} ({why}).", "Try again later.", status=status)
        if status >= 500:
            return Transient(f"{title} failed at {call.what} ({why}).", f"See the log of {title}.", status=status)
        if status < 400:
            return self._address.refused(response, call.about)
        return Permanent(f"{title} refused {call.what} ({why}).", status=status)


def plex_address(url: str) -> ArrAddress:
    """The address of the server; raises UsageError for one that is none."""
    return checked_address(TITLE, "plex", url, "/web", PORT)


def plex_token(secret: SecretStr) -> str:
    """The token, registered as a secret. Raises UsageError when it is missing or cannot be one."""
    token = secret.get_secret_value().strip()
    if not token:
        raise UsageError(f"There is no token for {TITLE}.", TOKEN_HINT)
    keep_secret(token)
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(f"The token for {TITLE} has characters no token has.", TOKEN_HINT)
    return token


def _device() -> uuid.UUID:
    """The same for every run on this machine (1)."""
    return uuid.uuid5(uuid.NAMESPACE_DNS, f"mediatui.{platform.node()}")
