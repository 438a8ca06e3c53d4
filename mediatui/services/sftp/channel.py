"""One SFTP session: its connection, with a receive window large enough for a far server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from mediatui.services.sftp.depth import Depth

if TYPE_CHECKING:
    import asyncssh

WINDOW: Final = 16 * 1024 * 1024
"""Bytes that may be on their way: with asyncssh's own 2 MiB a connection moves that much in a round trip at most."""
LARGEST_BLOCK: Final = 256 * 1024


@dataclass(slots=True, eq=False)
class Channel:
    """An SFTP session and the connection that it lives on."""

    connection: asyncssh.SSHClientConnection
    client: asyncssh.SFTPClient
    depth: Depth = field(default_factory=Depth)

    @property
    def is_open(self) -> bool:
        """Whether its connection is there, as far as is known."""
        return not self.connection.is_closed()

    @property
    def block(self) -> int:
        """How many bytes a read may ask for: what the server allows."""
        return min(LARGEST_BLOCK, self.client.limits.max_read_len or 32 * 1024)

    def drop(self) -> None:
        """Ends the connection at once."""
        self.connection.abort()


async def open_channel(connection: asyncssh.SSHClientConnection, most: int) -> Channel:
    """An SFTP session on a connection, whose paths are bytes. Raises asyncssh's errors.

    ``asyncssh.sftp.start_sftp_client`` is not documented, and the documented way has no window: where the first has
    another signature, the second serves."""
    import asyncssh

    writer, reader, _ = await connection.open_session(subsystem="sftp", encoding=None, window=WINDOW)
    try:
        from asyncssh.sftp import start_sftp_client

        made = start_sftp_client(
            connection, asyncio.get_running_loop(), "strict", cast(Any, reader), cast(Any, writer), None, "strict", 3
        )
    except (ImportError, TypeError):
        writer.close()
        client = await connection.start_sftp_client(path_encoding=None)
    else:
        client = await made
    assert isinstance(client, asyncssh.SFTPClient)
    return Channel(connection, client, Depth(most))


async def read_block(file: asyncssh.SFTPClientFile, offset: int, size: int) -> bytes:
    """At most ``size`` bytes of an open file, none at its end; ``size`` is no more than a block. Raises asyncssh's
    errors.

    The documented way spreads each read over tasks of its own, which costs a quarter of the time; where the inner one
    is not there, the documented one serves."""
    import asyncssh

    handler = getattr(file, "_handler", None)
    if handler is None:
        data = await file.read(size, offset)
        return data.encode() if isinstance(data, str) else data
    try:
        found, _ = await handler.read(file.handle, offset, size)
    except asyncssh.SFTPEOFError:
        return b""
    return bytes(found)
