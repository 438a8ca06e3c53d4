"""Reading the body of an answer: unpacked in small steps, up to a limit."""

from __future__ import annotations

import asyncio
import zlib
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final

from mediatui.services.errors import BadAnswer

if TYPE_CHECKING:
    import httpx

STEP: Final = 1024 * 1024
"""At most so many bytes are unpacked at a time."""
ENCODING: Final = "gzip"
"""The encoding that is asked for, and the only one that is unpacked."""
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS


async def read_body(response: httpx.Response, most: int, host: str, hint: str) -> deque[bytes]:
    """The body of a response that is being streamed, in pieces. Raises BadAnswer when it has more than ``most`` bytes
    unpacked (``hint`` says what to do about that), or is packed in a way that cannot be unpacked; and what httpx raises
    when the connection breaks."""
    pieces: deque[bytes] = deque()
    size = 0
    async for piece in _unpacked(response, host):
        size += len(piece)
        if size > most:
            raise BadAnswer(
                f"{host} sent more than {most:,} bytes, which is more than an answer may have.",
                hint,
            )
        pieces.append(piece)
        await asyncio.sleep(0)  # unpacking does not wait for anything, so the event loop gets its turn here
    return pieces


async def read_beginning(response: httpx.Response, most: int) -> bytes:
    """At least the first ``most`` bytes of a body, as far as they can be read: enough for an error."""
    begun = b""
    try:
        async for piece in _unpacked(response, ""):
            begun += piece
            if len(begun) >= most:
                break
    except BadAnswer:
        pass
    return begun


async def _unpacked(response: httpx.Response, host: str) -> AsyncIterator[bytes]:
    if response.is_stream_consumed:  # a simulated service has it whole
        yield response.content
        return
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        async for piece in response.aiter_raw():
            yield piece
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise BadAnswer(f"{host} packed its answer in a way that was not asked for.", "Try again later.")
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        async for packed in response.aiter_raw():
            rest = packed
            while rest and not unpacker.eof:
                piece = unpacker.decompress(rest, STEP)
                rest = unpacker.unconsumed_tail
                if piece:
                    yield piece
        if not unpacker.eof:
            raise zlib.error
    except zlib.error:
        raise BadAnswer(f"{host} sent an answer that cannot be unpacked.", "Try again later.") from None
