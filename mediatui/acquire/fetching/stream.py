"""The bytes of a remote file in order, with many reads under way."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator

from mediatui.acquire.fetching.gate import Gate
from mediatui.services.remote_files import OpenRemoteFile
from mediatui.services.sftp.errors import RemoteChanged


async def stream(file: OpenRemoteFile, start: int, end: int, gate: Gate) -> AsyncGenerator[bytes, None]:
    """The bytes from ``start`` to ``end``. Raises RemoteChanged when the file ends before, SftpAway. However it ends,
    no read is under way any more."""
    under_way: deque[asyncio.Task[bytes]] = deque()
    at = start
    try:
        while at < end or under_way:
            while at < end and len(under_way) < file.depth.allowed:
                if under_way and (gate.paused or (gate.rate and under_way[0].done())):
                    break
                size = min(gate.block(file.block), end - at)
                await gate.take(size)
                under_way.append(asyncio.create_task(_whole(file, at, size)))
                at += size
            yield await under_way.popleft()
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def read_range(file: OpenRemoteFile, offset: int, size: int, gate: Gate) -> bytes:
    """Some bytes of a file, whole. Raises RemoteChanged, SftpAway."""
    return b"".join([piece async for piece in stream(file, offset, offset + size, gate)])


async def _whole(file: OpenRemoteFile, offset: int, size: int) -> bytes:
    """One block: a read may come short."""
    await file.depth.enter()
    came = 0
    try:
        pieces = []
        while came < size:
            piece = await file.read(offset + came, size - came)
            if not piece:
                raise RemoteChanged("The file there ends before its size.", "It is fetched anew.")
            pieces.append(piece)
            came += len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
    finally:
        file.depth.leave(came)
