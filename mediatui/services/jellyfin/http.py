"""Requests to a Jellyfin: its one header, and what its refusals mean. Numbers are points of NOTES.md."""

from __future__ import annotations

import platform
import uuid
from collections.abc import Callable, Mapping
from typing import Final

import httpx
from pydantic import SecretStr

from mediatui import __version__
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.foreign_json import parse_json
from mediatui.model.secrets import keep_secret
from mediatui.services.arr.http import checked_address, is_here
from mediatui.services.arr.refusals import ArrAddress, is_web_page
from mediatui.services.errors import BadAnswer, Permanent, Refused, ServiceError, StartingUp, Transient, Unreachable
from mediatui.services.http import Call, HttpClient, Method, Param, Policy
from mediatui.services.redaction import excerpt

TITLE: Final = "Jellyfin"
PORT: Final = 8096
TRIES: Final = 3
START_S: Final = 60.0
"""How long a Jellyfin that is starting is waited for (seconds); migrating its database may take longer."""
KEY_HINT: Final = "Make one in its Dashboard under API Keys: mediatui config set jellyfin.api_key"


class JellyfinHttp:
    """One Jellyfin: base address and key. ``close`` it, or connections stay open."""

    def __init__(
        self,
        url: str,
        api_key: SecretStr,
        *,
        timeout_s: float = 30.0,
        retry_pause_s: float = 0.5,
        start_s: float = START_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``timeout_s`` is how long a piece of an answer may take, ``retry_pause_s`` the pause before a second try,
        ``start_s`` how long a server that is starting is waited for. Raises UsageError for an invalid address or key.
        """
        self.on_wait: Callable[[str], None] = lambda text: None
        """Called with a text for people while a call waits."""
        address = checked_address(TITLE, "jellyfin", url, "/web", PORT)
        policy = Policy(
            name=TITLE,
            tries=lambda call, error: TRIES if call.repeatable else 1,
            pause_s=retry_pause_s,
            start_s=start_s,
            timeout_s=timeout_s,
        )
        self._http = HttpClient(
            address.base,
            {"Authorization": _authorization(api_key), "Accept": "application/json"},
            policy,
            JellyfinFailures(address, timeout_s),
            proxied=not is_here(address),
            transport=transport,
        )
        self._http.on_starting_up = lambda: self.on_wait(f"{TITLE} is starting up, waiting for it")

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def get(self, path: str, what: str, about: str = "", /, **params: Param) -> object:
        """What is read at ``path``. ``what`` is its name in the log, ids replaced; with ``about``, the thing asked for,
        a 404 is NotFound. Raises ServiceError."""
        return await self._ask(Call("GET", path, "interactive", f"GET /{what}", params, about=about))

    async def send(
        self, method: Method, path: str, what: str, about: str = "", /, *, body: Mapping[str, object] | None = None,
        params: Mapping[str, Param] | None = None,
    ) -> object:  # fmt: skip
        """What answers a write that has the same effect when it is made twice; None for an answer without a body."""
        return await self._ask(
            Call(method, path, "interactive", f"{method} /{what}", params or {}, json=body, about=about)
        )

    async def _ask(self, call: Call) -> object:
        answer = await self._http.request(call)
        if not answer.body:
            return None
        try:
            return parse_json(answer.body)
        except ValueError as error:
            raise BadAnswer(f"{TITLE} sent an answer that cannot be read ({error}).") from error


class JellyfinFailures:
    """Explains unexpected answers (2, 3)."""

    def __init__(self, address: ArrAddress, timeout_s: float) -> None:
        self._address = address
        self._timeout_s = timeout_s

    def no_answer(self, error: Exception) -> MediatuiError:
        found = self._address.failed(error, self._timeout_s)
        if isinstance(found, Unreachable) and _is_turned_away(error):
            return StartingUp(found.message, f"It may be starting. {found.hint}")
        return found

    async def refusal(self, call: Call, response: httpx.Response) -> ServiceError | None:
        await response.aread()
        status = response.status_code
        if status < 300:
            return self._address.web_page(response) if response.content and is_web_page(response) else None
        if status == 401 and not response.headers.get("www-authenticate"):
            return _not_authorized(call, response)
        if status == 403:
            return _forbidden(call, response)
        if status in (502, 503):
            return StartingUp(f"{TITLE} is starting up (HTTP {status}).", "Try again in a minute.", status=status)
        if status == 400 and (fields := _wrong_fields(response)):
            return Permanent(f"{TITLE} refused the request (HTTP 400: {fields}).", status=400)
        if status >= 500:
            hint = f"See the log of {TITLE}."
            return Transient(f"{TITLE} failed at {call.what} (HTTP {status}).", hint, status=status)
        return self._address.refused(response, call.about)


def _not_authorized(call: Call, response: httpx.Response) -> ServiceError:
    if response.content:
        said = excerpt(response.text.strip('" \n')).rstrip(".")
        return Permanent(f"{TITLE} does not allow {call.what} (HTTP 401: {said}).", status=401)
    return Refused(f"{TITLE} does not accept the API key (HTTP 401).", KEY_HINT, status=401)


def _forbidden(call: Call, response: httpx.Response) -> ServiceError:
    if response.content:
        return Permanent(f"{TITLE} does not show another user's data at {call.what} (HTTP 403).", status=403)
    return Refused(
        f"{TITLE} denies {call.what} (HTTP 403): this key is a user's; make an API key.", KEY_HINT, status=403
    )


def _wrong_fields(response: httpx.Response) -> str:
    """What a validation found wrong."""
    try:
        answer = parse_json(response.content)
    except ValueError:
        return ""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    texts = [text for found in errors.values() if isinstance(found, list) for text in found] if isinstance(
        errors, dict) else []  # fmt: skip
    return "; ".join(excerpt(str(text)).rstrip(". ") for text in texts[:3])


def _is_turned_away(error: Exception) -> bool:
    """Whether nobody listened: a server that starts does so for a while."""
    return isinstance(error, httpx.ConnectError) and any(
        word in str(error).lower() for word in ("refused", "all connection attempts failed")
    )


def _authorization(api_key: SecretStr) -> str:
    """The header (1). Raises UsageError for a key that cannot be one."""
    key = api_key.get_secret_value().strip()
    if not key:
        raise UsageError(f"There is no API key for {TITLE}.", KEY_HINT)
    keep_secret(key)
    if not key.isascii() or not key.isprintable() or " " in key or '"' in key:
        raise UsageError(f"The API key for {TITLE} has characters no key has.", KEY_HINT)
    device = uuid.uuid5(uuid.NAMESPACE_DNS, f"mediatui.{platform.node()}")
    return (
        f'MediaBrowser Token="{key}", Client="mediatui", Device="terminal", DeviceId="{device}", '
        f'Version="{__version__}"'
    )
