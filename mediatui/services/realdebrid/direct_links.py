"""Whether direct links lead anywhere: one byte of a file is asked for, without the token."""

from __future__ import annotations

import asyncio
from typing import Final

import httpx

from mediatui.services.errors import Transient, Unreachable
from mediatui.services.http import Transport

PATIENCE_S: Final = 15.0
"""How long a direct link may take to answer."""
MOST_REDIRECTS: Final = 5


class DirectLinks:
    """Asks the servers that direct links lead to, which are none of the API's. ``close`` when done."""

    def __init__(self, *, timeout_s: float = PATIENCE_S, transport: Transport | None = None) -> None:
        self._patience_s = min(timeout_s, PATIENCE_S)
        self._transport = transport
        self._made: httpx.AsyncClient | None = None

    @property
    def _client(self) -> httpx.AsyncClient:
        if self._made is None:  # only when it is needed: making one takes long
            self._made = httpx.AsyncClient(
                headers={"User-Agent": "mediatui", "Range": "bytes=0-0", "Accept-Encoding": "identity"},
                timeout=self._patience_s,
                follow_redirects=True,
                max_redirects=MOST_REDIRECTS,
                transport=self._transport,
            )
        return self._made

    async def close(self) -> None:
        """Closes connections."""
        if self._made is not None:
            await self._made.aclose()

    async def status(self, address: str) -> int:
        """The HTTP status of an address. Raises Unreachable when no connection to its server can be made, and Transient
        when the connection breaks or takes too long; the errors do not name the address, which is a secret."""
        if not address.startswith(("http://", "https://")):
            raise Unreachable("The service sent a direct link that is no address.")
        try:
            async with asyncio.timeout(self._patience_s), self._client.stream("GET", address) as response:
                return response.status_code
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
            raise Unreachable(f"The server of a direct link cannot be reached ({type(error).__name__}).") from None
        except (httpx.HTTPError, TimeoutError, UnicodeError) as error:
            raise Transient(f"The server of a direct link did not answer ({type(error).__name__}).") from None
