"""What a service may answer instead of what was asked, by how we must react (Real-Debrid API, error codes).

ServiceError
├── Refused          401; 8, 9, 10-15, 20, 22        stop everything, tell the user
├── SlowDown         429; 5, 34                      pause every lane
├── Exhausted        18, 23, 36                      the account's allowance is used up; nothing is broken
├── NoSlot           509; 21                         wait for a slot
├── Transient        5xx without code, HTML, -1, 6, 17, 25, cut connection, time-out     try again
│   ├── Unreachable  no connection at all
│   └── StartingUp   503 of a Sonarr or Radarr that is not ready; nothing was done
├── Uncertain        a call that must not be made twice broke off; it may have been done
├── NotFound         404; 7
├── DeadLink         19, 24                          a candidate, to be looked at twice
├── Infringing       451; 35
├── Permanent        any other 4xx or code           never retried
└── BadAnswer        200, but not what the API promises
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from mediatui.model.errors import ServiceFailure
from mediatui.model.foreign_json import parse_json
from mediatui.model.text import printable
from mediatui.services.redaction import redact

SERVICE = "Real-Debrid"
EXCERPT = 200
LONGEST = 4_000
HIGHEST_CODE = 1_000_000


class ServiceError(ServiceFailure):
    """An answer that is none; ``status`` is the HTTP status, ``code`` the service's own error code."""

    def __init__(self, message: str, hint: str = "", *, status: int | None = None, code: int | None = None) -> None:
        super().__init__(message, hint)
        self.status = status
        self.code = code


class Refused(ServiceError):
    """The service refuses this token, account or address."""

    kind = "refused"


class SlowDown(ServiceError):
    """Too many requests; ``retry_after`` is what the service asked for, in seconds, or None."""

    kind = "slow-down"
    retry_after: float | None = None


class Exhausted(ServiceError):
    """The account's traffic or fair use is used up for now."""

    kind = "exhausted"


class NoSlot(ServiceError):
    """Too many active torrents."""

    kind = "no-slot"


class Transient(ServiceError):
    """The service failed in passing."""

    kind = "transient"


class Unreachable(Transient):
    """The service cannot be reached at all."""

    kind = "unreachable"


class StartingUp(Transient):
    """The service has just been started and takes no requests yet; what was asked was not begun."""

    kind = "starting-up"


class Uncertain(ServiceError):
    """A call that must not be made twice broke off; the service may have done it."""

    kind = "uncertain"


class NotFound(ServiceError):
    """The service does not know this id."""

    kind = "not-found"


class DeadLink(ServiceError):
    """The hoster no longer has the file (19) or the service no longer has it (24)."""

    kind = "dead-link"


class Infringing(ServiceError):
    """The file is blocked."""

    kind = "infringing"


class Permanent(ServiceError):
    """The request can never succeed."""

    kind = "permanent"


class BadAnswer(ServiceError):
    """The answer is not what the API promises."""

    kind = "bad-answer"


_REFUSALS: dict[int, tuple[str, str]] = {
    8: (
        "does not accept the token",
        "Take a new one from the service's API token page: mediatui config set realdebrid.token",
    ),
    9: ("denies permission", "The account may not be premium, or the token may not do this."),
    10: ("wants a second factor", "Log in on the web site once, then try again."),
    11: ("wants a second factor", "Log in on the web site once, then try again."),
    12: ("does not accept the login", "Take a new token from the service's API token page."),
    13: ("does not accept the password", "Take a new token from the service's API token page."),
    14: ("has locked the account", "Look at the web site; nothing in the archive was changed."),
    15: ("has not activated the account", "Activate it on the web site."),
    20: ("wants a premium account", "See premium days with: mediatui doctor"),
    22: ("does not allow this IP address", "Look at the web site for what to do; VPNs and servers are often refused."),
}
_BY_CODE: dict[int, type[ServiceError]] = {
    **dict.fromkeys(_REFUSALS, Refused),
    **dict.fromkeys((5, 34), SlowDown),
    **dict.fromkeys((18, 23, 36), Exhausted),
    21: NoSlot,
    **dict.fromkeys((-1, 6, 17, 25), Transient),
    7: NotFound,
    **dict.fromkeys((19, 24), DeadLink),
    35: Infringing,
}
_BY_STATUS: dict[int, type[ServiceError]] = {
    401: Refused,
    403: Refused,
    404: NotFound,
    408: Transient,
    429: SlowDown,
    451: Infringing,
    509: NoSlot,
}
_SAYS: dict[type[ServiceError], str] = {
    SlowDown: "asks to slow down",
    Exhausted: "says the account's allowance is used up",
    NoSlot: "has no free slot",
    Transient: "failed in passing",
    NotFound: "does not know this id",
    DeadLink: "no longer has the file",
    Infringing: "blocks the file",
    Permanent: "refused the request",
}


def classify(status: int, body: bytes, headers: Mapping[str, str]) -> ServiceError:
    """The error an HTTP answer of 400 and above means; the service's own code outranks the status."""
    code, said = _read_body(body)
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
        error.retry_after = _retry_after(headers.get("retry-after", ""))
        error.hint = "Other programs share the token's limit; mediatui pauses by itself."
    return error


def _read_body(body: bytes) -> tuple[int | None, str]:
    """The service's error code and word, or the first characters of whatever came instead."""
    try:
        answer = parse_json(body)
    except ValueError:
        return None, _excerpt(body[:LONGEST].decode("utf-8", "replace"))
    if not isinstance(answer, dict):
        return None, ""
    code, said = answer.get("error_code"), answer.get("error")
    return (code if type(code) is int and abs(code) <= HIGHEST_CODE else None), _excerpt(str(said or ""))


def _excerpt(text: str) -> str:
    """The beginning of what a service said, on one line; a secret in it goes before it could be cut in two."""
    return " ".join(redact(printable(text[:LONGEST], empty="")).split())[:EXCERPT]


def _retry_after(text: str) -> float | None:
    """Seconds from now, also where the header names a moment (RFC 9110); None for what is neither."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
