"""The simulated service as an httpx transport: no socket, the same client code."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import httpx

from mediatui.demo.direct import A_SECOND, pieces
from mediatui.demo.faults import Reply
from mediatui.demo.service import SimulatedService


class _CutBody(httpx.AsyncByteStream):
    """The first half of a body, then a broken connection."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


class _FileBody(httpx.AsyncByteStream):
    """The bytes of a simulated file, half of them when it is ``cut``, at ``pace`` bytes a second (0: at once)."""

    def __init__(self, extent: tuple[int, int], *, cut: bool, pace: int) -> None:
        self._extent, self._cut, self._pace = extent, cut, pace

    async def __aiter__(self) -> AsyncIterator[bytes]:
        first, end = self._extent
        for piece in pieces(first, first + (end - first) // 2 if self._cut else end):
            if self._pace:
                await asyncio.sleep(len(piece) / self._pace)
            yield piece
        if self._cut:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


class SimulatedTransport(httpx.AsyncBaseTransport):
    """Answers requests from a SimulatedService; ``latency_s`` is how long an answer takes, give or take a third."""

    def __init__(self, service: SimulatedService, *, latency_s: float = 0.0) -> None:
        self.service = service
        self._latency_s = latency_s

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request and its answer."""
        query = dict(request.url.params)
        authorization = request.headers.get("authorization", "")
        body = await request.aread()
        if str(request.url).startswith(self.service.writes.direct):
            asked_range = request.headers.get("range", "")
            reply = self.service.download(str(request.url), asked_range, authorization)
        else:
            reply = self.service.answer(request.method, request.url.path, query, authorization, body)
        await self._take_time(request, reply)
        if reply.drop:
            raise httpx.ReadError("connection closed before an answer", request=request)
        stream: httpx.AsyncByteStream | None = _CutBody(reply.body) if reply.cut else None
        if reply.extent is not None:
            stream = _FileBody(reply.extent, cut=reply.cut, pace=A_SECOND if self._latency_s else 0)
            reply.headers["content-length"] = str(reply.extent[1] - reply.extent[0])
        if stream is not None:
            return httpx.Response(reply.status, headers=reply.headers, stream=stream, request=request)
        return httpx.Response(reply.status, headers=reply.headers, content=reply.body, request=request)

    async def _take_time(self, request: httpx.Request, reply: Reply) -> None:
        delay = reply.delay_s
        if self._latency_s:
            delay += self._latency_s * random.uniform(0.67, 1.33)
        if not delay:
            return
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and delay > patience:
            await asyncio.sleep(patience)
            raise httpx.ReadTimeout("no answer in time", request=request)
        await asyncio.sleep(delay)
