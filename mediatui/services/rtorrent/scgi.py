"""SCGI: a connection for each request, on a TCP port, a unix socket, or whatever else opens one."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from mediatui.services.torrent_client import ClientAway

CONNECT_S: Final = 10.0
"""How long a connection may take to open."""
PIECE_S: Final = 30.0
"""How long a piece of an answer may take: rTorrent answers nobody while it is busy."""
MOST_BYTES: Final = 128 * 1024 * 1024
"""An answer may have so many bytes: 10,000 torrents are 9 MB."""
_STATUS: Final = re.compile(rb"\AStatus:\s*(\d+)", re.IGNORECASE)
_ERRNO: Final = re.compile(r"\[Errno (\d+)\]")
_LENGTH: Final = re.compile(rb"^Content-Length:\s*(\d{1,12})\s*$", re.IGNORECASE | re.MULTILINE)


class Reader(Protocol):
    """What comes over a connection."""

    async def read(self, n: int = -1, /) -> bytes:
        """At most ``n`` bytes as soon as there are some; none at the end."""


class Writer(Protocol):
    """What is sent over a connection."""

    def write(self, data: bytes, /) -> None:
        """Sends bytes."""

    async def drain(self) -> None:
        """Waits until more may be sent."""

    def close(self) -> None:
        """Closes the connection."""


Connect = Callable[[], Awaitable[tuple[Reader, Writer]]]
"""Opens a connection. It raises OSError, or a ServiceError that says what helps."""


def over_tcp(host: str, port: int) -> Connect:
    """Connections to a TCP port."""
    return lambda: asyncio.open_connection(host, port)


def over_unix(path: str) -> Connect:
    """Connections to a unix socket."""
    return lambda: asyncio.open_unix_connection(path)


class Scgi:
    """The way to rTorrent over connections that ``connect`` opens; ``shown`` is the address for people."""

    def __init__(
        self, connect: Connect, shown: str, name: str, *, connect_s: float = CONNECT_S, piece_s: float = PIECE_S
    ) -> None:
        self.name = name
        self.passes_all = True
        self._connect = connect
        self._shown = shown
        self._connect_s, self._piece_s = connect_s, piece_s

    async def close(self) -> None:
        """Nothing is open between two requests."""

    async def send(self, body: bytes) -> bytes:
        """The body of the answer to a request. Raises ClientAway."""
        try:
            async with asyncio.timeout(self._connect_s):
                reader, writer = await self._connect()
        except (OSError, UnicodeError) as error:  # of a name that no host can have
            raise ClientAway(
                f"rTorrent cannot be reached at {self._shown} ({_why(error)}).", "Check that it runs, and seedbox.url."
            ) from error
        try:
            writer.write(frame(body))
            return self._body_of(await self._exchange(reader, writer))
        except TimeoutError:
            raise ClientAway(f"rTorrent did not answer within {self._piece_s:g} s.") from None
        except OSError as error:
            raise ClientAway(f"The connection to rTorrent at {self._shown} broke ({_why(error)}).") from error
        finally:
            writer.close()

    async def _exchange(self, reader: Reader, writer: Writer) -> bytes:
        async with asyncio.timeout(self._piece_s):
            await writer.drain()
        pieces: list[bytes] = []
        size = 0
        while True:
            async with asyncio.timeout(self._piece_s):
                piece = await reader.read(256 * 1024)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
            size += len(piece)
            if size > MOST_BYTES:
                raise ClientAway(f"What answers at {self._shown} sends more than {MOST_BYTES:,} bytes.")

    def _body_of(self, answer: bytes) -> bytes:
        """What comes behind the headers of an answer, which has to be whole."""
        headers, blank, body = answer.partition(b"\r\n\r\n")
        status = _STATUS.match(headers)
        if not blank or status is None or status[1] != b"200":
            raise ClientAway(
                f"At {self._shown} something else answers than rTorrent.", "Check the port or the path in seedbox.url."
            )
        length = _LENGTH.search(headers)
        if length is not None and len(body) != int(length[1]):
            raise ClientAway(f"The answer of rTorrent at {self._shown} was cut before it was whole.")
        return body


def _why(error: Exception) -> str:
    """What the system says of an error; asyncio writes its own words in its place."""
    if isinstance(error, TimeoutError):
        return "no answer"
    found = _ERRNO.search(str(error))
    return os.strerror(int(found[1])) if found is not None else getattr(error, "strerror", None) or str(error)


def frame(body: bytes) -> bytes:
    """A request as SCGI frames it: a netstring of headers, the length first, and the body."""
    pairs = (
        (b"CONTENT_LENGTH", b"%d" % len(body)), (b"SCGI", b"1"), (b"REQUEST_METHOD", b"POST"),
        (b"REQUEST_URI", b"/RPC2"), (b"CONTENT_TYPE", b"text/xml"),
    )  # fmt: skip
    headers = b"".join(b"%s\0%s\0" % pair for pair in pairs)
    return b"%d:%s,%s" % (len(headers), headers, body)
