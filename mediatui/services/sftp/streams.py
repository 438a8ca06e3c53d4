"""Connections through an SSH login to what listens on the server: a unix socket, or a port of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mediatui.model.text import printable
from mediatui.services.torrent_client import ClientAway

if TYPE_CHECKING:
    import asyncssh

    from mediatui.services.rtorrent.scgi import Reader, Writer

WAYS: Final = (
    "Check the path, and that its SSH server allows forwarding (AllowTcpForwarding, DisableForwarding). Else give "
    "seedbox.url a web address, https://HOST/RPC2."
)


class _Stream:
    """What comes and goes through a channel; a connection that breaks is an OSError, as it is without SSH."""

    def __init__(self, reader: asyncssh.SSHReader[bytes], writer: asyncssh.SSHWriter[bytes]) -> None:
        self._reader, self._writer = reader, writer

    async def read(self, n: int = -1, /) -> bytes:
        import asyncssh

        try:
            return await self._reader.read(n)
        except asyncssh.Error as error:
            raise ConnectionResetError(str(error)) from error

    def write(self, data: bytes, /) -> None:
        self._writer.write(data)

    async def drain(self) -> None:
        import asyncssh

        try:
            await self._writer.drain()
        except asyncssh.Error as error:
            raise ConnectionResetError(str(error)) from error

    def close(self) -> None:
        self._writer.close()


async def connect_through(connection: asyncssh.SSHClientConnection, where: str) -> tuple[Reader, Writer]:
    """A connection to ``where`` on the server: the path of a unix socket, or ``host:port``. Raises ClientAway where the
    server opens none."""
    import asyncssh

    try:
        if where.startswith("/"):
            reader, writer = await connection.open_unix_connection(where, encoding=None)
        else:
            host, _, port = where.rpartition(":")
            reader, writer = await connection.open_connection(host, int(port), encoding=None)
    except asyncssh.ChannelOpenError as error:
        raise ClientAway(
            f"The SSH server opens no connection to {printable(where)} ({printable(error.reason)}).", WAYS
        ) from error
    stream = _Stream(reader, writer)
    return stream, stream
