"""What direct links lead to: whether there is anything, and its bytes. The links are secrets, which neither errors nor
the log hold; no token goes along.

A server of direct links says why it refuses in the header ``X-Error`` (services/realdebrid/NOTES.md 25).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from typing import Final
from urllib.parse import urlsplit

import httpx

from mediatui.model.stream import DirectBody
from mediatui.services.errors import (
    BadAnswer,
    DeadLink,
    Exhausted,
    LinkExpired,
    ServiceError,
    SlowDown,
    Transient,
    Unreachable,
)
from mediatui.services.http import Transport, certificates, retry_after

MOST_REDIRECTS: Final = 5
PATIENCE_S: Final = 15.0
"""How long a look at a direct link may take."""
_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)")
_ANY_RANGE: Final = 416


class DirectLinks:
    """Asks the servers that direct links lead to, which are none of the API's. ``close`` when done."""

    def __init__(self, *, timeout_s: float = 30.0, transport: Transport | None = None) -> None:
        """``timeout_s`` is how long a piece of an answer may take."""
        self._timeout_s = timeout_s
        self._transport = transport
        self._made: httpx.AsyncClient | None = None

    @property
    def _client(self) -> httpx.AsyncClient:
        if self._made is None:  # only when it is needed: making one takes long
            self._made = httpx.AsyncClient(
                headers={"User-Agent": "mediatui", "Accept-Encoding": "identity"},
                timeout=self._timeout_s,
                follow_redirects=True,
                max_redirects=MOST_REDIRECTS,
                verify=certificates() if self._transport is None else True,
                transport=self._transport,
            )
        return self._made

    async def close(self) -> None:
        """Closes connections."""
        if self._made is not None:
            await self._made.aclose()

    async def status(self, address: str) -> int:
        """The HTTP status of an address, asked for one byte of it. Raises Unreachable when no connection to its server
        can be made, and Transient when the connection breaks or takes too long; the errors do not name the address."""
        if not address.startswith(("http://", "https://")):
            raise Unreachable("The service sent a direct link that is no address.")
        patience_s = min(self._timeout_s, PATIENCE_S)
        try:
            one_byte = self._client.stream("GET", address, headers={"Range": "bytes=0-0"}, timeout=patience_s)
            async with asyncio.timeout(patience_s), one_byte as response:
                return response.status_code
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
            raise Unreachable(f"The server of a direct link cannot be reached ({type(error).__name__}).") from None
        except (httpx.HTTPError, TimeoutError, UnicodeError) as error:
            raise Transient(f"The server of a direct link did not answer ({type(error).__name__}).") from None

    @contextlib.asynccontextmanager
    async def read(self, url: str, first: int = 0) -> AsyncIterator[DirectBody]:
        """What ``url`` leads to from the byte ``first`` on, or from the beginning when the server does not skip.

        Raises LinkExpired, DeadLink, Exhausted, SlowDown, Transient or BadAnswer.
        """
        if urlsplit(url).scheme not in ("http", "https"):
            raise BadAnswer("The service sent a direct link that is no web address.")
        try:
            response = await self._ask(url, first)
            if response.status_code == _ANY_RANGE and first:
                await response.aclose()
                response = await self._ask(url, 0)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise _no_answer(error) from None
        try:
            if response.status_code not in (200, 206):
                raise _refusal(response)
            if response.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
                raise BadAnswer("The server of the direct link packed the file, which was not asked for.")
            begins, total = _extent(response)
            yield DirectBody(begins, total, _pieces(response))
        finally:
            await response.aclose()

    async def _ask(self, url: str, first: int) -> httpx.Response:
        headers = {"Range": f"bytes={first}-"} if first else {}
        return await self._client.send(self._client.build_request("GET", url, headers=headers), stream=True)


async def _pieces(response: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in response.aiter_bytes():
            yield piece
    except httpx.HTTPError as error:
        raise _no_answer(error) from None


def _extent(response: httpx.Response) -> tuple[int, int | None]:
    """The first byte an answer holds, and how many bytes there are in all. Raises BadAnswer."""
    headers = response.headers
    if response.status_code == 206:
        found = _RANGE.fullmatch(headers.get("content-range", "").strip().lower())
        if found is None:
            raise BadAnswer("The server of the direct link sent a part of the file and does not say which.")
        return int(found[1]), None if found[2] == "*" else int(found[2])
    length = headers.get("content-length", "")
    return 0, int(length) if length.isascii() and length.isdecimal() and len(length) <= 18 else None


def _no_answer(error: Exception) -> Transient:
    """The error of a connection that failed; its own words may hold the address."""
    kind = Unreachable if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) else Transient
    return kind(f"The server of the direct link does not answer ({type(error).__name__}).")


def _refusal(response: httpx.Response) -> ServiceError:
    status, word = response.status_code, response.headers.get("x-error", "").strip().lower()
    what = f" (HTTP {status}{f', {word}' if word.isidentifier() else ''})"
    return _by_word(word, response.headers, what, status) or _by_status(status, response.headers, what)


def _by_word(word: str, headers: Mapping[str, str], what: str, status: int) -> ServiceError | None:
    match word:
        case "invalid_download_code" | "failed_generation":
            return LinkExpired(f"The direct link has expired{what}.", status=status)
        case "file_unavailable":
            return DeadLink(f"The service no longer has the file{what}.", status=status)
        case "bytes_limit_reached":
            return Exhausted(f"The account's traffic is used up{what}.", "Try again later.", status=status)
        case "too_many_attempts":
            return _slow_down(headers, what, status)
    return None


def _by_status(status: int, headers: Mapping[str, str], what: str) -> ServiceError:
    if status in (401, 403, 404, 410):
        return LinkExpired(f"The direct link has expired{what}.", status=status)
    if status == 429:
        return _slow_down(headers, what, status)
    if status >= 500 or status == 408:
        return Transient(f"The server of the direct link failed temporarily{what}.", status=status)
    return BadAnswer(f"The server of the direct link refused it{what}.", status=status)


def _slow_down(headers: Mapping[str, str], what: str, status: int) -> SlowDown:
    error = SlowDown(f"The server of direct links asks to slow down{what}.", "Try again later.", status=status)
    error.retry_after = retry_after(headers)
    return error
