"""Calls of rTorrent over any way in: one, several at once, or a list; faults become errors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from mediatui.model.text import printable
from mediatui.services.errors import BadAnswer, ServiceError
from mediatui.services.redaction import excerpt
from mediatui.services.rtorrent.encode import Call, Param, encode, encode_several
from mediatui.services.rtorrent.scan import FaultAnswer, Row, RowScan, Unreadable, Value, fault_in, read_answer
from mediatui.services.torrent_client import CallFailed, CallRefused, ClientAway, TooLarge
from mediatui.system.threads import in_thread

UNKNOWN_METHOD: Final = -506
NOT_TRUSTED: Final = -507
"""Numbers of faults; others differ by version and say nothing alone (NOTES.md 10)."""
RAISE_LIMIT: Final = "Raise network.xmlrpc.size_limit in the configuration of rTorrent."
_LIMIT: Final = re.compile(r"\btoo large\b|\bsize exceeds\b", re.IGNORECASE)
LARGE: Final = 256 * 1024
"""A request with a file larger than this (bytes) is written in a thread."""
MOST_CALLS: Final = 1_000
"""So many calls, at most, go in a request: some milliseconds of work here and there."""
SMALLEST_LIMIT: Final = 512 * 1024
"""How much a request may have by default (bytes)."""


class Transport(Protocol):
    """A way to rTorrent."""

    @property
    def name(self) -> str:
        """The way in words."""

    @property
    def passes_all(self) -> bool:
        """Whether every call gets through, several in one request too: ruTorrent has rules of its own."""

    async def send(self, body: bytes) -> bytes:
        """The body of the answer to a request. Raises ServiceError."""

    async def close(self) -> None:
        """Closes connections."""


class Rpc:
    """Makes calls. Every one raises ServiceError: ClientAway, ClientRefused, TooLarge, CallRefused, or CallFailed with
    what rTorrent says."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.most_bytes = SMALLEST_LIMIT
        """How large a request may be; a larger one is not sent."""

    async def call(self, method: str, *params: Param) -> Value:
        """What a call returns."""
        if sum(len(one) for one in params if isinstance(one, bytes)) > LARGE:
            request = await in_thread(lambda: encode(method, params))
        else:
            request = encode(method, params)
        body = await self._send(request, method)
        try:
            return read_answer(body)
        except FaultAnswer as fault:
            raise failed(method, fault) from None
        except Unreadable as error:
            raise self._strange(body, error) from None

    async def several(self, calls: Sequence[Call]) -> list[Value | ServiceError]:
        """What each of several calls returns, or the error of it; as many requests as their size takes."""
        found: list[Value | ServiceError] = []
        at = 0
        while at < len(calls):
            count = min(len(calls) - at, MOST_CALLS)
            while len(body := encode_several(calls[at : at + count])) > self.most_bytes and count > 1:
                count = max(1, int(count * self.most_bytes / len(body) * 0.9))
            found += self._each(await self._send(body, calls[at][0]), calls[at : at + count])
            at += count
        return found

    async def each(self, calls: Sequence[Call]) -> list[Value | ServiceError]:
        """As ``several``, for calls that change something: ruTorrent passes some of these on when they come alone, and
        none of them among others (NOTES.md 12)."""
        if self.transport.passes_all:
            return await self.several(calls)
        found: list[Value | ServiceError] = []
        for method, params in calls:
            try:
                found.append(await self.call(method, *params))
            except (CallFailed, CallRefused) as error:
                found.append(error)
        return found

    async def rows(self, method: str, params: Sequence[Param], kinds: str, take: Callable[[list[Row]], object]) -> int:
        """Hands the rows of a list to ``take``, some at a time: between them others have their turn. Returns the number
        of rows that could not be read."""
        body = await self._send(encode(method, params), method)
        scan = RowScan(body, kinds)
        try:
            for batch in scan:
                take(batch)
                await asyncio.sleep(0)
        except FaultAnswer as fault:
            raise failed(method, fault) from None
        except Unreadable as error:
            raise self._strange(body, error) from None
        return scan.unread

    def _each(self, body: bytes, calls: Sequence[Call]) -> list[Value | ServiceError]:
        try:
            answers = read_answer(body)
        except FaultAnswer as fault:
            raise failed(calls[0][0], fault) from None
        except Unreadable as error:
            raise self._strange(body, error) from None
        if not isinstance(answers, list) or len(answers) != len(calls):
            raise self._strange(body, Unreadable("it has another number of values than there were calls"))
        return [_one(method, answer) for (method, _), answer in zip(calls, answers, strict=True)]

    async def _send(self, body: bytes, method: str) -> bytes:
        if len(body) > self.most_bytes:
            raise too_large(method, len(body), self.most_bytes)
        return await self.transport.send(body)

    def _strange(self, body: bytes, error: Unreadable) -> ClientAway:
        """The error for an answer that is none: ruTorrent sends ``false`` with a good status while rTorrent is down."""
        if body.strip() == b"false":
            return ClientAway("ruTorrent answers, but rTorrent behind it does not.", "Check that rTorrent runs.")
        begin = excerpt(body[:200].decode("utf-8", "replace"))
        return ClientAway(
            f"What answers at seedbox.url is not rTorrent, or its answer is not whole ({error}).",
            f'It begins with "{begin[:60]}".' if begin else "It is empty.",
        )


def _one(method: str, answer: Value) -> Value | ServiceError:
    fault = fault_in(answer)
    if fault is not None:
        return failed(method, fault)
    return (
        answer[0]
        if isinstance(answer, list) and len(answer) == 1
        else BadAnswer(f"rTorrent sent no value of {method}.")
    )


def failed(method: str, fault: FaultAnswer) -> ServiceError:
    """The error for a fault of a call."""
    said, name = excerpt(fault.text).rstrip(". "), printable(method)
    error: ServiceError
    if fault.code in (UNKNOWN_METHOD, NOT_TRUSTED):
        error = CallRefused(f"rTorrent does not allow {name} here ({said}).", code=fault.code)
    elif _LIMIT.search(said):
        error = TooLarge(f"{name} is too much for rTorrent at once ({said}).", RAISE_LIMIT, code=fault.code)
    else:
        error = CallFailed(f"rTorrent could not do {name} ({said}).", code=fault.code)
    error.said = said
    return error


def too_large(method: str, size: int, most: int) -> TooLarge:
    """The error for a request that is larger than what is taken."""
    return TooLarge(f"A request of {size:,} bytes ({method}) is larger than the {most:,} rTorrent takes.", RAISE_LIMIT)
