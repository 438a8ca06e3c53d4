"""Requests to Sonarr and Radarr: reads tried again, writes never, every failure one of ours with the service's name."""

from __future__ import annotations

import asyncio
import ipaddress
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from mediatui.model.address import without_keys
from mediatui.model.arr import ArrKind, arr_section, arr_title
from mediatui.model.errors import UsageError
from mediatui.model.secrets import keep_secret
from mediatui.services.arr.refusals import API, ArrAddress, is_web_page
from mediatui.services.errors import StartingUp, Transient, Uncertain, Unreachable

TRIES: Final = 3
START_S: Final = 60.0
"""So long a service that starts up is waited for; longer where it migrates its database, which then is an error."""

Method = Literal["GET", "POST", "PUT"]
Body = Mapping[str, object]
Param = str | int | bool


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
        start_s: float = START_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``name`` is the service's own, empty for the word of its kind. ``retry_pause_s`` comes before the second try
        of a read, doubled before the third, and four times that long between the looks at a service that starts up, for
        ``start_s`` seconds at most. Raises UsageError for an address or a key that cannot be one."""
        title, section = arr_title(kind, name or kind), arr_section(kind, name or kind)
        self.address = ArrAddress(title, section, _checked_base(title, section, url))
        self.tell: Callable[[str], None] = lambda text: None
        """Hears, in words, what is waited for."""
        self._retry_pause_s = retry_pause_s
        self._start_s = start_s
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            # The key goes into a header: in the query it would land in the logs of every proxy.
            headers={
                "X-Api-Key": _checked_key(title, section, api_key),
                "Accept": "application/json",
                "User-Agent": "mediatui",
            },
            timeout=timeout_s,
            follow_redirects=False,
            transport=transport,
            # A proxy of the environment has no business with addresses of this machine.
            mounts={"http://": None, "https://": None, "all://": None} if self._is_here else None,
        )

    @property
    def _is_here(self) -> bool:
        host = self.address.parts.hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")

    async def close(self) -> None:
        """Closes connections."""
        await self._client.aclose()

    async def get(self, path: str, about: str = "", /, **params: Param) -> bytes:
        """The body of a read. ``about`` is the thing asked for ("the series 7"): with it, a 404 is NotFound and names
        it; without it, a 404 means that there is no API at this address. Raises ServiceError."""
        for failures in range(1, TRIES):
            try:
                return await self._started(lambda: self._once("GET", path, about, params=params))
            except StartingUp:
                raise
            except Transient:
                await asyncio.sleep(self._retry_pause_s * 2.0 ** (failures - 1) * random.uniform(0.75, 1.25))
        return await self._started(lambda: self._once("GET", path, about, params=params))

    async def write(
        self, method: Method, path: str, about: str, body: Body | None = None, params: Mapping[str, str] | None = None
    ) -> bytes:
        """The body of the answer to a write, made once; raises Uncertain when it may have been done all the same,
        else ServiceError."""
        try:
            return await self._started(lambda: self._once(method, path, about, body=body, params=params))
        except (Unreachable, StartingUp):
            raise
        except Transient as error:
            raise Uncertain(
                f"It is not known whether {self.address.title} did it: {error.message}", error.hint, status=error.status
            ) from error

    async def _started(self, once: Callable[[], Awaitable[bytes]]) -> bytes:
        """The answer once the service has started: until then it begins nothing, so a write may be sent again. Raises
        StartingUp when that takes too long."""
        until = asyncio.get_running_loop().time() + self._start_s
        while True:
            try:
                return await once()
            except StartingUp:
                if asyncio.get_running_loop().time() >= until:
                    raise
                self.tell(f"{self.address.title} is starting up, waiting for it")
                await asyncio.sleep(4 * self._retry_pause_s)

    async def _once(
        self,
        method: Method,
        path: str,
        about: str,
        *,
        params: Mapping[str, Param] | None = None,
        body: Body | None = None,
    ) -> bytes:
        url = f"{self.address.base}{API}/{path}"
        try:
            response = await self._client.request(method, url, params=params or None, json=body)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise self.address.failed(error, self._timeout_s) from error
        if response.status_code >= 300:
            raise self.address.refused(response, about)
        if is_web_page(response):
            raise self.address.web_page(response)
        return response.content


def _checked_base(title: str, section: str, url: str) -> str:
    """The address without what a person may leave at its end: slashes, and the path of the API itself."""
    text = url.strip().rstrip("/").removesuffix(API).removesuffix("/api").rstrip("/")
    try:
        parts = urlsplit(text)
        usable = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and not (parts.username or parts.query or parts.fragment)
        )
        _ = parts.port  # raises ValueError for a port that is none
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(
            f'"{without_keys(url)}" is not an address of {title}.',
            f"{section}.url begins with http:// or https://, and has no key in it.",
        )
    return text


def _checked_key(title: str, section: str, api_key: SecretStr) -> str:
    key = api_key.get_secret_value().strip()
    where = f"It is under Settings, General, Security: mediatui config set {section}.api_key"
    if not key:
        raise UsageError(f"There is no API key for {title}.", where)
    keep_secret(key)
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(f"The API key for {title} has characters no key has.", where)
    return key
