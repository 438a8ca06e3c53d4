"""HTTP: a web server passes requests on to rTorrent (``/RPC2``), or ruTorrent does (``action.php``)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.secrets import keep_secret
from mediatui.model.seedbox_address import SeedboxAddress, is_private
from mediatui.services.arr.refusals import ArrAddress, is_web_page
from mediatui.services.body import ENCODING
from mediatui.services.errors import ServiceError
from mediatui.services.http import Call, HttpClient, Policy
from mediatui.services.redaction import excerpt
from mediatui.services.rtorrent.scgi import MOST_BYTES, PIECE_S
from mediatui.services.torrent_client import CallRefused, ClientAway, ClientRefused, TooLarge

_LOGIN: Final = "See seedbox.user and seedbox.password."


class AskedLogin(httpx.Auth):
    """Sends nothing of a login before the server asks for one, then as it asks: by Digest where it can, else by
    Basic."""

    def __init__(self, user: str, password: str) -> None:
        self._ways = {"digest": httpx.DigestAuth(user, password), "basic": httpx.BasicAuth(user, password)}
        self._chosen: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The requests until one is accepted, or refused for good."""
        if self._chosen is None:
            response = yield request
            asked = " ".join(response.headers.get_list("www-authenticate")).lower()
            found = next((way for word, way in self._ways.items() if word in asked), None)
            if response.status_code != 401 or found is None:
                return
            self._chosen = found
        yield from self._chosen.auth_flow(request)


class OverHttp:
    """The way to rTorrent over HTTP. Raises UsageError when a password would travel unencrypted to a host that is
    neither this machine nor in its network, unless that is allowed."""

    def __init__(
        self,
        address: SeedboxAddress,
        user: str = "",
        password: SecretStr | None = None,
        *,
        verify_tls: bool = True,
        allow_http: bool = False,
        timeout_s: float = PIECE_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.name = "ruTorrent's httprpc" if address.is_httprpc else "HTTP"
        self.passes_all = not address.is_httprpc
        secret = "" if password is None else password.get_secret_value()
        keep_secret(secret)
        if secret and not address.is_secret and not allow_http:
            raise UsageError(
                f"The password would travel unencrypted to {address.host}.",
                "Give seedbox.url an address with https://, or set seedbox.allow_http to true.",
            )
        parts = urlsplit(address.text)
        self._path = parts.path.lstrip("/")
        shown = ArrAddress("rTorrent", "seedbox", address.text)
        self._http = HttpClient(
            f"{parts.scheme}://{parts.netloc}",
            {"Content-Type": "text/xml", "Accept-Encoding": ENCODING},
            Policy(
                name="rTorrent", tries=lambda call, error: 1, timeout_s=timeout_s, most_bytes=lambda call: MOST_BYTES
            ),
            _Failures(shown, timeout_s, is_httprpc=address.is_httprpc, has_login=bool(user)),
            proxied=not is_private(address.host),
            auth=AskedLogin(user, secret) if user else None,
            verified=verify_tls,
            transport=transport,
        )

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def send(self, body: bytes) -> bytes:
        """The body of the answer to a request. Raises ServiceError."""
        call = Call("POST", self._path, "interactive", "POST to rTorrent", content=body)
        return (await self._http.request(call)).body


class _Failures:
    """Explains the answers of what stands before rTorrent."""

    def __init__(self, address: ArrAddress, timeout_s: float, *, is_httprpc: bool, has_login: bool) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._is_httprpc = is_httprpc
        self._has_login = has_login

    def no_answer(self, error: Exception) -> MediatuiError:
        found = self._address.failed(error, self._timeout_s)
        if not isinstance(found, ServiceError):
            return found
        hint = found.hint
        if "certificate" in found.message:
            hint = "Give seedbox.url the name the certificate is for, or set seedbox.verify_tls to false."
        return ClientAway(found.message, hint)

    async def refusal(self, call: Call, response: httpx.Response) -> ServiceError | None:
        status = response.status_code
        if status == 200:
            return None
        await response.aread()
        shown = self._address.shown
        if status in (401, 403, 407):
            why = "does not accept the login" if self._has_login else "wants a login"
            if status == 403:
                why = "denies access"
            return ClientRefused(f"What answers at {shown} {why} (HTTP {status}).", _LOGIN, status=status)
        if status == 413:
            hint = "Raise client_max_body_size there (nginx; 1 MiB unless set)."
            size = len(call.content or b"")
            return TooLarge(
                f"The web server at {shown} takes no request of {size:,} bytes (HTTP 413).", hint, status=status
            )
        if status == 500 and self._is_httprpc:
            said = "" if is_web_page(response) else excerpt(response.text)
            return CallRefused(f"ruTorrent does not pass this call on ({said or 'HTTP 500'}).", status=status)
        if status in (502, 503, 504):
            return ClientAway(
                f"The web server at {shown} does not reach rTorrent (HTTP {status}).", "Check that rTorrent runs.",
                status=status,
            )  # fmt: skip
        if 300 <= status < 400:
            return ClientAway(
                f"At {shown} a redirect answers instead of rTorrent (HTTP {status}).",
                "It may lead to a login page; give seedbox.url the address that needs none, or its https address.",
                status=status,
            )
        return ClientAway(
            f"At {shown} there is no rTorrent (HTTP {status}).", "Check the path in seedbox.url.", status=status
        )
