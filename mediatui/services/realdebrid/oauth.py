"""Real-Debrid's login by device code: a code is shown here and typed on the service's page (NOTES.md 27)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import urlsplit

import httpx
from pydantic import AfterValidator, BaseModel, Field

from mediatui.model.errors import MediatuiError
from mediatui.model.secrets import keep_secret
from mediatui.model.text import printable
from mediatui.services.body import ENCODING, read_beginning
from mediatui.services.errors import Refused, ServiceError
from mediatui.services.fields import Text, Whole
from mediatui.services.http import Answer, Call, HttpClient, Policy, Transport
from mediatui.services.realdebrid.errors import RealDebridFailures, classify, is_error_of_api
from mediatui.services.realdebrid.http import check_base_url
from mediatui.services.realdebrid.schemas import read_object
from mediatui.services.redaction import LONGEST
from mediatui.settings.login import Login
from mediatui.settings.model import FULL_WINDOW_S
from mediatui.settings.secret_rules import wrong_character

CLIENT_ID: Final = "X245A4XAIBGVM"
"""The client that the service's documentation offers to open-source programs."""
GRANT: Final = "http://oauth.net/grant_type/device/1.0"
DEVICE_PAGE: Final = "https://real-debrid.com/device"
TRIES: Final = 3
INTERVAL_S: Final = 5
LONGEST_INTERVAL_S: Final = 60
LONGEST_CODE_S: Final = 3_600
LIFETIME_S: Final = 3_600
LONGEST_LIFETIME_S: Final = 10 * 365 * 86_400
MOST_BYTES: Final = 65_536


def _token(text: str) -> str:
    if wrong_character(text):
        raise ValueError("not a token")
    return text


def _shown(text: str) -> str:
    if printable(text) != text or " " in text:
        raise ValueError("not a code")
    return text


_Token = Annotated[str, Field(min_length=4, max_length=2_000), AfterValidator(_token)]


class _CodeAnswer(BaseModel):
    device_code: _Token
    user_code: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_shown)]
    interval: Whole = INTERVAL_S
    expires_in: Whole = 0
    verification_url: Text = ""


class _CredentialsAnswer(BaseModel):
    client_id: _Token
    client_secret: _Token


class _TokenAnswer(BaseModel):
    access_token: _Token
    refresh_token: _Token
    expires_in: Whole = 0


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A code to be typed on the ``page`` within ``lasts_s`` seconds; it is asked about every ``interval_s``."""

    user_code: str
    page: str
    interval_s: float
    lasts_s: float
    device_code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the service calls this program on the device of that user."""

    client_id: str
    client_secret: str = field(repr=False)


class Denied(Refused):
    """The service does not give what was asked for: the code is not typed in yet, or what was given has ended."""

    kind = "denied"


class OAuth:
    """The calls of a login, which are counted apart from the API's. Each raises ServiceError; ``close`` when done."""

    def __init__(
        self,
        base_url: str,
        *,
        window_s: float = FULL_WINDOW_S,
        timeout_s: float = 30.0,
        transport: Transport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``base_url`` is that of the API, ``window_s`` scales what is waited for, as in the request budget."""
        self.scale = min(1.0, window_s / FULL_WINDOW_S)
        base = oauth_address(base_url)
        policy = Policy(
            name="the service",
            tries=lambda call, error: TRIES,
            pause_s=0.5 * self.scale,
            slow_downs=1,
            timeout_s=timeout_s,
            patience_s=timeout_s,
            most_bytes=lambda call: MOST_BYTES,
        )
        headers = {"Accept-Encoding": ENCODING}
        self._http = HttpClient(base, headers, policy, _Failures(base), transport=transport)
        self._clock = clock

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def device_code(self) -> DeviceCode:
        """A code to log in with."""
        params = {"client_id": CLIENT_ID, "new_credentials": "yes"}
        given = read_object(await self._get("device/code", params), _CodeAnswer, "/device/code")
        keep_secret(given.device_code)
        interval = min(max(given.interval, 1), LONGEST_INTERVAL_S) * self.scale
        lasts = float(min(given.expires_in or LONGEST_CODE_S, LONGEST_CODE_S))
        return DeviceCode(given.user_code, _page(given.verification_url), interval, lasts, given.device_code)

    async def credentials(self, code: DeviceCode) -> Credentials | None:
        """What was given for a code; None while it is not typed in."""
        params = {"client_id": CLIENT_ID, "code": code.device_code}
        try:
            answer = await self._get("device/credentials", params)
        except Denied:
            return None
        given = read_object(answer, _CredentialsAnswer, "/device/credentials")
        keep_secret(given.client_secret)
        return Credentials(given.client_id, given.client_secret)

    async def log_in(self, code: DeviceCode, credentials: Credentials) -> Login:
        """The login of a code that was typed in. Raises Denied when the code has ended."""
        return await self._login(credentials, code.device_code)

    async def renew(self, login: Login) -> Login:
        """The login with a new token. Raises Denied when the service has ended it."""
        return await self._login(Credentials(login.client_id, login.client_secret), login.refresh_token)

    async def _login(self, credentials: Credentials, code: str) -> Login:
        form = {
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "code": code,
            "grant_type": GRANT,
        }
        answer = await self._http.request(Call("POST", "token", "interactive", "POST /oauth/v2/token", form=form))
        given = read_object(answer, _TokenAnswer, "/token")
        ends = self._clock() + min(given.expires_in or LIFETIME_S, LONGEST_LIFETIME_S)
        login = Login(
            given.access_token, given.refresh_token, credentials.client_id, credentials.client_secret, ends
        )  # fmt: skip
        login.keep_secrets()
        return login

    async def _get(self, path: str, params: dict[str, str]) -> Answer:
        return await self._http.request(Call("GET", path, "interactive", f"GET /oauth/v2/{path}", params=params))


class _Failures:
    """What it means when the service refuses a part of a login."""

    def __init__(self, base: str) -> None:
        self._plain = RealDebridFailures(base)

    def no_answer(self, error: Exception) -> MediatuiError:
        """See ``services.http.Failures``."""
        return self._plain.no_answer(error)

    async def refusal(self, call: Call, response: httpx.Response) -> ServiceError | None:
        """See ``services.http.Failures``: what the API itself says no to is ``Denied``. While a code waits any no means
        "not yet"; that nothing of the kind is known does not end a login, for the address may be wrong."""
        status = response.status_code
        if status not in (400, 401, 403) and (status, call.method) != (404, "GET"):
            return await self._plain.refusal(call, response)
        body = await read_beginning(response, LONGEST)
        error = classify(status, body, response.headers)
        return Denied(error.message, error.hint, status=status, code=error.code) if is_error_of_api(body) else error


def oauth_address(base_url: str) -> str:
    """Where logins are made, for the base address of the API (``…/rest/1.0``); raises UsageError when it is none."""
    base = check_base_url(base_url)
    return f"{base.partition('/rest/')[0]}/oauth/v2"


def _page(url: str) -> str:
    """The page to type the code on: as the service says, or its own when that is no address."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and printable(url) == url and " " not in url
    except ValueError:
        usable = False
    return url if usable else DEVICE_PAGE
