"""Requests to Sonarr and Radarr: reads tried again, writes never, every failure one of ours with the service's name."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from typing import Final, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from mediatui.model.arr import ArrKind, arr_section, arr_title
from mediatui.model.errors import UsageError
from mediatui.services.errors import (
    BadAnswer,
    NotFound,
    Permanent,
    Refused,
    ServiceError,
    SlowDown,
    Transient,
    Uncertain,
    Unreachable,
)
from mediatui.services.redaction import keep_secret, redact

API: Final = "/api/v3"
TRIES: Final = 3
EXCERPT: Final = 200

Method = Literal["GET", "POST"]
Body = Mapping[str, str | int | list[int]]


class ArrHttp:
    """One service: base address and key. ``close`` it, or connections stay open."""

    def __init__(
        self,
        kind: ArrKind,
        url: str,
        api_key: SecretStr,
        *,
        name: str = "",
        timeout_s: float = 30.0,
        retry_pause_s: float = 0.5,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``name`` is the service's own, empty for the word of its kind. ``retry_pause_s`` comes before the second try
        of a read, doubled before the third. Raises UsageError for an address or a key that cannot be one."""
        self.kind: ArrKind = kind
        self.title = arr_title(kind, name or kind)
        self.section = arr_section(kind, name or kind)
        self._base = self._checked_base(url)
        self._retry_pause_s = retry_pause_s
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            # The key goes into a header: in the query it would land in the logs of every proxy.
            headers={"X-Api-Key": self._checked_key(api_key), "Accept": "application/json", "User-Agent": "mediatui"},
            timeout=timeout_s,
            follow_redirects=False,
            transport=transport,
        )

    async def close(self) -> None:
        """Closes connections."""
        await self._client.aclose()

    async def get(self, path: str, about: str = "", **params: int) -> bytes:
        """The body of a read. ``about`` is the thing asked for ("the series 7"): with it, a 404 is NotFound and names
        it; without it, a 404 means that there is no API at this address. Raises ServiceError."""
        for failures in range(1, TRIES):
            try:
                return await self._once("GET", path, about, params=params)
            except Transient:
                await asyncio.sleep(self._retry_pause_s * 2.0 ** (failures - 1) * random.uniform(0.75, 1.25))
        return await self._once("GET", path, about, params=params)

    async def write(self, method: Method, path: str, about: str, body: Body | None = None) -> bytes:
        """The body of the answer to a write, made once; raises Uncertain when it may have been done all the same,
        else ServiceError."""
        try:
            return await self._once(method, path, about, body=body)
        except Unreachable:
            raise
        except Transient as error:
            raise Uncertain(
                f"It is not known whether {self.title} did it: {error.message}", error.hint, status=error.status
            ) from error

    async def _once(
        self,
        method: Method,
        path: str,
        about: str,
        *,
        params: Mapping[str, int] | None = None,
        body: Body | None = None,
    ) -> bytes:
        try:
            response = await self._client.request(method, f"{self._base}{API}/{path}", params=params or None, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(
                f"{self.title} cannot be reached at {self._base} ({redact(str(error)) or type(error).__name__}).",
                f"Check that it runs, and {self.section}.url.",
            ) from error
        except httpx.TimeoutException as error:
            raise Transient(f"{self.title} did not answer within {self._timeout_s:g} s.") from error
        except httpx.HTTPError as error:
            raise Transient(f"The connection to {self.title} broke ({type(error).__name__}).") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise UsageError(f"{self._base} is not a usable address ({error}).", f"See {self.section}.url.") from error
        if response.status_code >= 300:
            raise self._error(response, about)
        if _is_web_page(response):
            raise BadAnswer(
                f"At {self._base} a web page answers instead of the API of {self.title}.",
                f"It may be the login page of a proxy, or {self.section}.url lacks the base path or has a wrong one "
                f"(such as http://host:8989/{self.kind}, without {API}).",
                status=response.status_code,
            )
        return response.content

    def _error(self, response: httpx.Response, about: str) -> ServiceError:
        """What an answer of 300 and above means. These services have no error codes of their own; the status says it,
        and ``message`` in the body says why."""
        status, said = response.status_code, _said(response)
        why = f"HTTP {status}{f': {said}' if said else ''}"
        if status < 400:
            return self._redirect(response)
        if status == 401:
            return self._wrong_key(response)
        if status == 403:
            return Refused(
                f"{self.title} denies access ({why}).",
                f"A proxy or firewall before {self._base} may be in the way.",
                status=status,
            )
        if status == 404 and (not about or _is_web_page(response)):
            return BadAnswer(
                f"There is no API of {self.title} at {self._base} (HTTP 404).",
                f"Check the base path and the port in {self.section}.url; it ends before {API}.",
                status=status,
            )
        if status == 404:
            return NotFound(f"{self.title} does not know {about}.", status=status)
        if status == 429:
            return SlowDown(f"{self.title} asks to slow down ({why}).", status=status)
        if status >= 500 or status == 408:
            return Transient(f"{self.title} failed ({why}).", f"See the log of {self.title}.", status=status)
        return Permanent(f"{self.title} refused the request ({why}).", status=status)

    def _redirect(self, response: httpx.Response) -> ServiceError:
        target = redact(response.headers.get("location", ""))[:EXCERPT]
        base = urlsplit(target).path.partition(API + "/")[0]
        hint = f"It may be the login page of a proxy; check {self.section}.url."
        # With a URL base set, the service sends requests without it to the same path below the base.
        if API + "/" in target and base:
            hint = f"Its base path may be {base}: put that at the end of {self.section}.url."
        return BadAnswer(
            f"{self.title} at {self._base} answers with a redirect (HTTP {response.status_code}"
            f"{f' to {target}' if target else ''}), which is not followed.",
            hint,
            status=response.status_code,
        )

    def _wrong_key(self, response: httpx.Response) -> ServiceError:
        if response.headers.get("www-authenticate", "").lower().startswith(("basic", "digest", "negotiate")):
            return Refused(
                f"A proxy before {self.title} wants a login (HTTP 401).",
                f"Let {self.section}.url lead to {self.title} itself, past the proxy.",
                status=401,
            )
        return Refused(
            f"{self.title} does not accept the API key (HTTP 401).",
            f"It is under Settings, General, Security: mediatui config set {self.section}.api_key",
            status=401,
        )

    def _checked_base(self, url: str) -> str:
        text = url.strip().rstrip("/")
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                f'"{redact(url)}" is not an address of {self.title}.',
                f"{self.section}.url begins with http:// or https://.",
            )
        return text

    def _checked_key(self, api_key: SecretStr) -> str:
        key = api_key.get_secret_value().strip()
        where = f"It is under Settings, General, Security: mediatui config set {self.section}.api_key"
        if not key:
            raise UsageError(f"There is no API key for {self.title}.", where)
        keep_secret(key)
        if not key.isascii() or not key.isprintable() or " " in key:
            raise UsageError(f"The API key for {self.title} has characters no key has.", where)
        return key


def _is_web_page(response: httpx.Response) -> bool:
    return "html" in response.headers.get("content-type", "") or response.content.lstrip()[:1] == b"<"


def _said(response: httpx.Response) -> str:
    """The service's own word for what is wrong: ``message``, or the first ``errorMessage`` of a validation."""
    if _is_web_page(response):
        return "a web page, perhaps of a proxy"
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        return ""
    if isinstance(answer, list) and answer:
        answer = answer[0]
    if not isinstance(answer, dict):
        return ""
    return " ".join(redact(str(answer.get("message") or answer.get("errorMessage") or "")).split())[:EXCERPT]
