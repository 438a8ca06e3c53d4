"""Requests to Sonarr, Radarr and their family: reads are retried, writes never; every error names the service."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Final

import httpx
from pydantic import SecretStr

from mediatui.model.address import without_keys
from mediatui.model.arr import ArrKind, arr_section, arr_title
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.secrets import keep_secret
from mediatui.services.arr.refusals import API, ArrAddress, is_web_page, said_in
from mediatui.services.errors import ServiceError, Transient
from mediatui.services.http import Answer, Call, Failures, HttpClient, Method, Param, Policy, base_address

TRIES: Final = 3
START_S: Final = 60.0
"""How long to wait for a service that is starting up (seconds); migrating its database may take longer, which then is
an error."""

Body = Mapping[str, object]


class ServarrHttp:
    """One program of the family of Sonarr: base address and key. ``close`` it, or connections stay open."""

    def __init__(
        self,
        address: ArrAddress,
        api_key: SecretStr,
        *,
        timeout_s: float = 30.0,
        patience_s: float | None = None,
        retry_pause_s: float = 0.5,
        start_s: float = START_S,
        tries: Callable[[Call, Transient], int] | None = None,
        failures: Failures | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``timeout_s`` is how long a piece of an answer may take, ``patience_s`` a whole one. ``retry_pause_s`` comes
        before the second try of a read, doubled before the third, and four times that long between the requests to a
        service that is starting up, for at most ``start_s`` seconds. ``tries`` is how often a call is made
        that fails temporarily (None: a read three times), ``failures`` explains answers (None: as those of the API).
        Raises UsageError for an invalid key."""
        self.address = address
        self.on_wait: Callable[[str], None] = lambda text: None
        """Called with a text for people while a call waits."""
        policy = Policy(
            name=address.title,
            tries=tries or _tries,
            pause_s=retry_pause_s,
            start_s=start_s,
            timeout_s=timeout_s,
            patience_s=patience_s,
        )
        self._http = HttpClient(
            address.base,
            {"X-Api-Key": _checked_key(address.title, address.section, api_key), "Accept": "application/json"},
            policy,
            failures or ArrFailures(address, timeout_s),
            proxied=not is_here(address),  # no proxy of the environment for this machine
            transport=transport,
        )
        self._http.on_starting_up = lambda: self.on_wait(f"{address.title} is starting up, waiting for it")

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def get(self, path: str, about: str = "", /, **params: Param) -> bytes:
        """The body of a read of the API. ``about`` is the thing asked for ("the series 7"): with it, a 404 is NotFound
        and names it; without it, a 404 means that there is no API at this address. Raises ServiceError."""
        return (await self.request(self._call("GET", path, about, params=params))).body

    async def write(
        self, method: Method, path: str, about: str, body: Body | None = None, params: Mapping[str, str] | None = None
    ) -> bytes:
        """The body of the answer to a write, which is made once; raises Uncertain when it failed but may have been
        carried out, else ServiceError."""
        return (await self.request(self._call(method, path, about, params or {}, body))).body

    async def request(self, call: Call) -> Answer:
        """Makes a call of any path below the address. Raises ServiceError."""
        return await self._http.request(call)

    def _call(
        self, method: Method, path: str, about: str, params: Mapping[str, Param], body: Body | None = None
    ) -> Call:
        whole, what = f"{self.address.api.strip('/')}/{path}", f"{method} /{path}"
        repeatable = method == "GET"
        return Call(method, whole, "interactive", what, params, json=body, repeatable=repeatable, about=about)


class ArrHttp(ServarrHttp):
    """One Sonarr or Radarr: its kind, and its own name."""

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
        """``name`` is the service's own, empty for the word of its kind; the rest as in ``ServarrHttp``. Raises
        UsageError for an invalid address or key."""
        self.kind: ArrKind = kind
        self.name = name or kind
        address = checked_address(arr_title(kind, self.name), arr_section(kind, self.name), url)
        super().__init__(
            address, api_key, timeout_s=timeout_s, retry_pause_s=retry_pause_s, start_s=start_s, transport=transport
        )


class ArrFailures:
    """Explains unexpected answers with the title, settings and address of the service."""

    def __init__(self, address: ArrAddress, timeout_s: float) -> None:
        self._address = address
        self._timeout_s = timeout_s

    def no_answer(self, error: Exception) -> MediatuiError:
        return self._address.failed(error, self._timeout_s)

    async def refusal(self, call: Call, response: httpx.Response) -> ServiceError | None:
        await response.aread()
        if response.status_code >= 300:
            error = self._address.refused(response, call.about)
            error.said = said_in(response)
            return error
        return self._address.web_page(response) if is_web_page(response) else None


def _tries(call: Call, error: Transient) -> int:
    """How often a call is tried: a write once, even one that did not reach the service; and what may take minutes,
    because it reads files through a mount, too."""
    return TRIES if call.repeatable and call.timeout_s is None else 1


def is_here(address: ArrAddress) -> bool:
    """Whether a service is on this machine, by its address."""
    host = address.parts.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def checked_address(title: str, section: str, url: str, api: str = API, port: int = 8989) -> ArrAddress:
    """The address of a service without slashes and without the path of the API at its end, which a person may have left
    there. Raises UsageError for one that is none."""
    base = base_address(url.strip().rstrip("/").removesuffix(api).removesuffix("/api"))
    if base is None:
        raise UsageError(
            f'"{without_keys(url)}" is not an address of {title}.',
            f"{section}.url begins with http:// or https://, and has no key in it.",
        )
    return ArrAddress(title, section, base, api, port)


def _checked_key(title: str, section: str, api_key: SecretStr) -> str:
    key = api_key.get_secret_value().strip()
    where = f"It is under Settings, General, Security: mediatui config set {section}.api_key"
    if not key:
        raise UsageError(f"There is no API key for {title}.", where)
    keep_secret(key)
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(f"The API key for {title} has characters no key has.", where)
    return key
