"""Following a link of Prowlarr to where an indexer itself has the torrent, as its option Redirect wants it.

The address has a key of the indexer in it, so it is neither logged nor shown; Prowlarr's own key is not sent there. A
link never leads to this machine or to the link-local network, unless Prowlarr itself is there.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import time
from typing import Final
from urllib.parse import urlsplit

import httpx

from mediatui.model.torrent_file import MAX_BYTES
from mediatui.services.body import ENCODING, read_body
from mediatui.services.errors import BadAnswer, SlowDown, Transient, Unreachable
from mediatui.services.http import Transport, certificates, retry_after
from mediatui.services.prowlarr.links import REDIRECTS, Linked, LinkGone, is_magnet, read_torrent

MOST_HOPS: Final = 3
TIMEOUT_S: Final = 20.0

log = logging.getLogger(__name__)


async def follow(address: str, *, may_be_here: bool, transport: Transport | None = None) -> Linked:
    """What stands behind an address of an indexer. ``may_be_here`` says that it may be of this machine. Raises LinkGone
    where there is no torrent, SlowDown, and other ServiceErrors."""
    async with httpx.AsyncClient(
        headers={"User-Agent": "mediatui", "Accept-Encoding": ENCODING},
        timeout=TIMEOUT_S,
        follow_redirects=False,
        verify=certificates() if transport is None else True,
        transport=transport,
    ) as client:
        for _ in range(MOST_HOPS):
            host = await _checked_host(address, may_be_here=may_be_here, looks_up=transport is None)
            began = time.monotonic()
            try:
                request = client.build_request("GET", address)
                response = await client.send(request, stream=True)
                try:
                    found = await _read(response, host)
                finally:
                    await response.aclose()
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
                raise _failed(error, host) from None  # the address in it has a key
            log.debug("GET of a torrent at %s: %s, %.0f ms", host, response.status_code,
                      (time.monotonic() - began) * 1000)  # fmt: skip
            if isinstance(found, Linked):
                return found
            address = found
    raise LinkGone(f"The link leads from one address to another, more than {MOST_HOPS} times.")


async def _read(response: httpx.Response, host: str) -> Linked | str:
    """The torrent, the magnet, or the next address."""
    status = response.status_code
    if status in REDIRECTS:
        location = response.headers.get("location", "")
        if is_magnet(location):
            return Linked(magnet=location)
        if not location:
            raise LinkGone(f"{host} leads to another address, and does not say to which.", status=status)
        return str(response.request.url.join(location))
    if status in (429, 503):
        error = SlowDown(f"{host} asks to slow down (HTTP {status}).", status=status)
        error.retry_after = retry_after(response.headers)
        raise error
    if status >= 500:
        raise Transient(f"{host} failed (HTTP {status}).", status=status)
    if status != 200:
        raise LinkGone(f"{host} has no torrent behind the link (HTTP {status}).", status=status)
    return read_torrent(b"".join(await read_body(response, MAX_BYTES, host, "")))


async def _checked_host(address: str, *, may_be_here: bool, looks_up: bool) -> str:
    """The host of an address that may be asked; ``looks_up`` says that its name leads to a real machine. Raises
    LinkGone for another, without the address itself."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise LinkGone("The link leads to what is neither a web address nor a magnet.")
    port = port or (443 if parts.scheme == "https" else 80)
    if not may_be_here and (is_here(host) or (looks_up and any(map(is_here, await _addresses_of(host, port))))):
        raise LinkGone(f"The link leads to {host}, which is this machine, and Prowlarr is not on it.")
    return host


async def _addresses_of(host: str, port: int) -> set[str]:
    """The addresses of a host; none when its name has none, which the request will say."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {str(entry[4][0]) for entry in found}


def is_here(host: str) -> bool:
    """Whether a host, by its address or name alone, is this machine or on its link-local network."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        one = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    own = (one.ipv4_mapped or one) if isinstance(one, ipaddress.IPv6Address) else one
    return own.is_loopback or own.is_link_local or own.is_unspecified


def _failed(error: Exception, host: str) -> Transient | BadAnswer:
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | UnicodeError):
        return BadAnswer("The link leads to an address that is none.")
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Unreachable(f"{host} cannot be reached.")
    if isinstance(error, httpx.TimeoutException):
        return Transient(f"{host} did not answer within {TIMEOUT_S:g} s.")
    return Transient(f"The connection to {host} was cut before its answer was whole.")
