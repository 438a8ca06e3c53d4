"""Explains answers of a Sonarr or Radarr that are not those of its API: wrong address, proxy, key, certificate,
start-up.

These services have no error codes of their own; the status is the error, and ``message`` in the body the reason. Every
sentence names the service and the remedy. Addresses are shown without keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx

from mediatui.model.address import without_keys
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.foreign_json import parse_json
from mediatui.services.errors import (
    BadAnswer,
    NotFound,
    Permanent,
    Refused,
    ServiceError,
    SlowDown,
    StartingUp,
    Transient,
    Unreachable,
)
from mediatui.services.redaction import EXCERPT, excerpt, redact

API: Final = "/api/v3"
_NOT_TLS: Final = re.compile(r"WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL", re.I)
"""Errors of OpenSSL when the answer is plain text; they differ by version and by answer."""
_UNTRUSTED: Final = re.compile(r"CERTIFICATE_VERIFY_FAILED\]?(?: certificate verify failed)?:? ?(.*?)(?: \(_ssl|$)")
_STARTING: Final = re.compile(r"starting up|is loading|not (?:yet )?ready", re.I)


@dataclass(frozen=True, slots=True)
class ArrAddress:
    """The address of a service: its ``title`` for people, the ``section`` of its settings, its ``base`` address,
    the path of its ``api`` below that, and the ``port`` such programs listen on unless changed."""

    title: str
    section: str
    base: str
    api: str = API
    port: int = 8989

    @property
    def shown(self) -> str:
        """The address without keys, for people."""
        return without_keys(self.base)

    @property
    def parts(self) -> SplitResult:
        """The address in its parts."""
        return urlsplit(self.base)

    def failed(self, error: Exception, timeout_s: float) -> MediatuiError:
        """The error for a request that ended without an answer."""
        if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | UnicodeError):
            why = redact(str(error))
            return UsageError(f"{self.shown} is not a usable address ({why}).", f"See {self.section}.url.")
        if isinstance(error, httpx.ProxyError):
            return Unreachable(
                f"The proxy of the environment does not lead to {self.title} ({redact(str(error))}).",
                f"Check HTTP_PROXY and HTTPS_PROXY; with {self.parts.hostname} in NO_PROXY it is not used.",
            )
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return self._unreachable(error)
        if isinstance(error, httpx.TimeoutException | TimeoutError):
            return Transient(f"{self.title} did not answer within {timeout_s:g} s.")
        if isinstance(error, httpx.DecodingError):
            return Transient(f"The answer of {self.title} is damaged.", "A proxy before it may be in the way.")
        hint = f"If it stays so, look at the log of {self.title}, or of a proxy before it."
        return Transient(f"The connection to {self.title} was cut before its answer was whole.", hint)

    def _unreachable(self, error: Exception) -> Unreachable:
        said = redact(str(error))
        if _NOT_TLS.search(said):
            return Unreachable(
                f"At {self.shown} {self.title} speaks http, not https.", f"{self.section}.url begins with http://."
            )
        if untrusted := _UNTRUSTED.search(said):
            why = untrusted[1].strip(" .") or "it is not trusted"
            return Unreachable(
                f"The certificate at {self.shown} is not accepted: {why}.",
                f"Give {self.section}.url the name the certificate is for, or its http address; one of your own is "
                "trusted when SSL_CERT_FILE names it.",
            )
        return Unreachable(
            f"{self.title} cannot be reached at {self.shown} ({said or type(error).__name__}).",
            f"Check that it runs, and {self.section}.url.",
        )

    def refused(self, response: httpx.Response, about: str) -> ServiceError:
        """The error for a status of 300 and above; ``about`` is the thing that was asked for."""
        status, said = response.status_code, said_in(response)
        why = f"HTTP {status}{f': {said}' if said else ''}"
        if status < 400:
            return self._redirected(response)
        if status == 401:
            return self._wrong_key(response)
        if status == 407:
            hint = f"Check HTTP_PROXY and HTTPS_PROXY; with {self.parts.hostname} in NO_PROXY it is not used."
            return Refused(f"A proxy on the way to {self.title} wants a login (HTTP 407).", hint, status=status)
        if status == 403:
            return Refused(
                f"{self.title} denies access ({why}).",
                f"A proxy or firewall before {self.shown} may be in the way.",
                status=status,
            )
        if status == 404 and (not about or is_web_page(response)):
            return BadAnswer(
                f"There is no API of {self.title} at {self.shown} (HTTP 404).",
                f"Check the base path and the port in {self.section}.url; it ends before {self.api}.",
                status=status,
            )
        if status == 404:
            return NotFound(f"{self.title} does not know {about}.", status=status)
        if status == 400 and self.parts.scheme == "http" and b"HTTPS" in response.content.upper():
            return BadAnswer(
                f"At {self.shown} {self.title} speaks https, not http.",
                f"{self.section}.url begins with https://.",
                status=status,
            )
        if status == 429:
            return SlowDown(f"{self.title} asks to slow down ({why}).", status=status)
        if status == 503 and _STARTING.search(response.text):
            return StartingUp(f"{self.title} is starting up ({why}).", "Try again in a minute.", status=status)
        if status in (502, 503, 504) and is_web_page(response):
            return Transient(
                f"A proxy before {self.title} cannot reach it ({why}).", f"Check that {self.title} runs.", status=status
            )
        if status >= 500 or status == 408:
            return Transient(f"{self.title} failed ({why}).", f"See the log of {self.title}.", status=status)
        return Permanent(f"{self.title} refused the request ({why}).", status=status)

    def web_page(self, response: httpx.Response) -> BadAnswer:
        """The error for a web page as the answer."""
        return BadAnswer(
            f"At {self.shown} a web page answers instead of the API of {self.title}.",
            f"It may be the login page of a proxy, or {self.section}.url lacks the base path or has a wrong one "
            f"(such as http://host:{self.port}/{self.section.partition('.')[0]}, without {self.api}).",
            status=response.status_code,
        )

    def _redirected(self, response: httpx.Response) -> BadAnswer:
        """The error for a redirect, which is not followed because the key would be sent along. A redirect inside the
        service shows its base path: with a URL base set, it redirects a request without it to the same path below
        that."""
        location = response.headers.get("location", "")
        status = response.status_code
        try:
            target = urlsplit(str(response.request.url.join(location)))
            host = target.hostname or ""
        except (httpx.InvalidURL, ValueError):
            target, host = urlsplit(""), ""
        if host and host != self.parts.hostname:
            return BadAnswer(
                f"At {self.shown} a login page at {_host(target)} answers instead of {self.title} (HTTP {status}).",
                f"Give {self.section}.url the address that needs none, past the proxy.",
                status=status,
            )
        found, below, _ = target.path.partition(self.api + "/")
        own = self.parts.path
        if own and found != own:
            found = found.removesuffix(own)
        elsewhere = (target.scheme, target.netloc) != (self.parts.scheme, self.parts.netloc)
        if not below or (found == own and not elsewhere):
            return BadAnswer(
                f"At {self.shown} a login page at {_host(target)}{target.path} answers instead of {self.title} "
                f"(HTTP {status}).",
                f"Give {self.section}.url the address that needs none, past the proxy.",
                status=status,
            )
        hint = f"Its base path is {found}: put that at the end of {self.section}.url."
        if elsewhere:
            hint = f"Its address is {target.scheme}://{_host(target)}{found}: put that into {self.section}.url."
        elif own:
            hint = f"Its base path is {found}, not {own}: correct the end of {self.section}.url."
        return BadAnswer(
            f"{self.title} at {self.shown} answers with a redirect (HTTP {status} to "
            f"{without_keys(redact(location))[:EXCERPT]}), which is not followed.",
            hint,
            status=status,
        )

    def _wrong_key(self, response: httpx.Response) -> Refused:
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


MOST_MESSAGES: Final = 20
"""So many messages of one refusal are read."""


def is_web_page(response: httpx.Response) -> bool:
    """Whether an answer is a web page."""
    return "html" in response.headers.get("content-type", "") or response.content.lstrip()[:1] == b"<"


def _host(target: SplitResult) -> str:
    return target.netloc.rpartition("@")[2]


def said_in(response: httpx.Response) -> str:
    """The reasons from the service: its ``message``, or every message of a validation, each once."""
    if is_web_page(response):
        return "a web page, perhaps of a proxy"
    try:
        answer = parse_json(response.content)
    except ValueError:
        return ""
    texts: list[object] = []
    for one in answer if isinstance(answer, list) else [answer]:
        if not isinstance(one, dict):
            continue
        errors = one.get("errors")
        by_field = list(errors.values()) if isinstance(errors, dict) else []
        texts += [text for found in by_field if isinstance(found, list) for text in found]
        texts.append(one.get("message") or one.get("errorMessage") or "")
        nested = one.get("validationFailures")
        texts += (
            [row.get("errorMessage") for row in nested if isinstance(row, dict)] if isinstance(nested, list) else []
        )
    said = [excerpt(str(text)).rstrip(". ") for text in texts[:MOST_MESSAGES] if text]
    return "; ".join(dict.fromkeys(said))
