"""What Real-Debrid's HTTP statuses and error codes mean, and what it means when it does not answer at all.

| Error | HTTP status; error code |
|---|---|
| Refused | 401, 403; 8, 9, 10-15, 20, 22 |
| Refused, by the network | 403 without the API's JSON: it comes from what stands before the API |
| SlowDown | 429; 5, 34 |
| Exhausted | 18, 23, 36 |
| NoSlot | 509; 21 |
| Transient | 5xx without a code, 408; -1, 6, 17, 25 |
| NotFound | 404; 7 |
| DeadLink | 19, 24 |
| Infringing | 451; 35 |
| Permanent | any other 4xx or code |
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import httpx

from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.foreign_json import parse_json
from mediatui.services.body import read_beginning
from mediatui.services.errors import (
    BadAnswer,
    DeadLink,
    Exhausted,
    Infringing,
    NoSlot,
    NotFound,
    Permanent,
    Refused,
    ServiceError,
    SlowDown,
    Transient,
    Unreachable,
)
from mediatui.services.http import Call, retry_after
from mediatui.services.redaction import LONGEST, excerpt
from mediatui.settings.secret_rules import TOKEN_PAGE

SERVICE: Final = "Real-Debrid"
HIGHEST_CODE: Final = 1_000_000
_REFUSALS: Final[Mapping[int, tuple[str, str]]] = {
    8: (
        "does not accept the token",
        f"Take a new one from {TOKEN_PAGE}: mediatui config set realdebrid.token",
    ),
    9: ("denies permission", "The account may not be premium, or the token may not do this."),
    10: ("wants a second factor", "Log in on the web site once, then try again."),
    11: ("wants a second factor", "Log in on the web site once, then try again."),
    12: ("does not accept the login", f"Take a new token from {TOKEN_PAGE}."),
    13: ("does not accept the password", f"Take a new token from {TOKEN_PAGE}."),
    14: ("has locked the account", "Look at the web site; nothing in the archive was changed."),
    15: ("has not activated the account", "Activate it on the web site."),
    20: ("wants a premium account", "See premium days with: mediatui doctor"),
    22: ("does not allow this IP address", "Look at the web site for what to do; VPNs and servers are often refused."),
}
_BY_CODE: Final[Mapping[int, type[ServiceError]]] = {
    **dict.fromkeys(_REFUSALS, Refused),
    **dict.fromkeys((5, 34), SlowDown),
    **dict.fromkeys((18, 23, 36), Exhausted),
    21: NoSlot,
    **dict.fromkeys((-1, 6, 17, 25), Transient),
    7: NotFound,
    **dict.fromkeys((19, 24), DeadLink),
    35: Infringing,
}
_BY_STATUS: Final[Mapping[int, type[ServiceError]]] = {
    401: Refused,
    403: Refused,
    404: NotFound,
    408: Transient,
    429: SlowDown,
    451: Infringing,
    509: NoSlot,
}
_SAYS: Final[Mapping[type[ServiceError], str]] = {
    SlowDown: "asks to slow down",
    Exhausted: "says the account's allowance is used up",
    NoSlot: "has no free slot",
    Transient: "failed temporarily",
    NotFound: "does not know this id",
    DeadLink: "no longer has the file",
    Infringing: "blocks the file",
    Permanent: "refused the request",
}


def classify(status: int, body: bytes, headers: Mapping[str, str]) -> ServiceError:
    """The error an HTTP answer of 400 and above means; the service's own code outranks the status."""
    code, said, is_api = _read_body(body)
    if status == 403 and not is_api:
        return _refused_before_the_api(said)
    kind = _BY_CODE.get(code) if code is not None else None
    if kind is None:
        fallback = Transient if status >= 500 else Permanent
        kind = _BY_STATUS.get(status, fallback) if code is None or status in (401, 429) else Permanent
        if status >= 500 and code is None and status != 509:
            kind = Transient
    what = f" (HTTP {status}{'' if code is None else f', code {code}'}{f': {said}' if said else ''})"
    if kind is Refused:
        says, hint = _REFUSALS.get(code if code is not None else 8 if status == 401 else 9, _REFUSALS[9])
        return Refused(f"{SERVICE} {says}{what}.", hint, status=status, code=code)
    error = kind(f"{SERVICE} {_SAYS[kind]}{what}.", status=status, code=code)
    if isinstance(error, SlowDown):
        error.retry_after = retry_after(headers)
        error.hint = "Other programs share the token's limit; mediatui pauses by itself."
    return error


def is_error_of_api(body: bytes) -> bool:
    """Whether the body of a refusal is the API's own, not of something that stands before it."""
    return _read_body(body)[2]


def _refused_before_the_api(title: str) -> Refused:
    """The error for a 403 that is not the API's own: it says nothing about the account."""
    what = f'HTTP 403: "{title}"' if title else "HTTP 403"
    return Refused(
        f"The way to {SERVICE} is closed for now: this network or address is refused before its API ({what}).",
        "Nothing was marked. Try again later, without a VPN or from another network.",
        status=403,
    )


def _read_body(body: bytes) -> tuple[int | None, str, bool]:
    """The service's error code and word, or the title of a page or the first characters of a text that came instead;
    and whether it was an error of the API."""
    try:
        answer = parse_json(body)
    except ValueError:
        return None, _title_or_text(body[:LONGEST].decode("utf-8", "replace")), False
    if not isinstance(answer, dict):
        return None, "", False
    code, said = answer.get("error_code"), answer.get("error")
    is_api = isinstance(said, str) or code is not None
    return (code if type(code) is int and abs(code) <= HIGHEST_CODE else None), excerpt(str(said or "")), is_api


def _title_or_text(text: str) -> str:
    """The title of a page without its tags, empty when it has none; of a text that is no page its first characters."""
    if "<" not in text:
        return excerpt(text)
    title = _TITLE.search(text)
    return "" if title is None else excerpt(re.sub("<[^>]*>?|>", " ", html.unescape(title[1])))


_TITLE = re.compile(r"<title[^>]*>(.*?)(?:</title|$)", re.IGNORECASE | re.DOTALL)


class RealDebridFailures:
    """What it means when the service at a base address does not answer as its API does."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._host = urlsplit(base).netloc

    def no_answer(self, error: Exception) -> MediatuiError:
        """See ``services.http.Failures``."""
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return Unreachable(
                f"{self._host} cannot be reached ({error or type(error).__name__}).",
                "Check the network, and realdebrid.base_url if it was changed.",
            )
        if isinstance(error, httpx.TimeoutException | TimeoutError):
            return Transient(f"{self._host} did not answer in time.", "The service may be slow; try again.")
        if isinstance(error, httpx.HTTPError):
            return Transient(f"The connection to {self._host} broke ({type(error).__name__}).")
        return UsageError(f"{self._base} is not a usable address ({error}).", "See realdebrid.base_url.")

    async def refusal(self, call: Call, response: httpx.Response) -> ServiceError | None:
        """See ``services.http.Failures``."""
        status = response.status_code
        if status < 300:
            return None
        if status == 404 and call.method == "GET" and "{" not in call.what:  # it names no item
            return BadAnswer(
                f"There is no {SERVICE} API at {self._base} (HTTP 404 for /{call.path}).",
                "Check realdebrid.base_url.",
                status=404,
            )
        if status >= 400:
            return classify(status, await read_beginning(response, LONGEST), response.headers)
        return BadAnswer(
            f"{self._host} answered with a redirect (HTTP {status}), which is not followed.",
            "Check realdebrid.base_url.",
            status=status,
        )
