"""The files of a seedbox over SFTP: opened when they are first asked for, opened again when the connection broke."""

from __future__ import annotations

import asyncio
import contextlib
import stat
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from mediatui.model.text import printable
from mediatui.services.errors import ServiceError
from mediatui.services.remote_files import Kind, RemoteEntry, RemoteFacts, RemoteSpace
from mediatui.services.sftp.channel import Channel, open_channel, read_block
from mediatui.services.sftp.connect import log_in
from mediatui.services.sftp.depth import MOST
from mediatui.services.sftp.errors import RemoteMissing, RemoteRefused, SftpAway
from mediatui.services.sftp.host_keys import KnownHosts
from mediatui.services.sftp.streams import connect_through

if TYPE_CHECKING:
    import asyncssh

    from mediatui.services.rtorrent.scgi import Connect, Reader, Writer
    from mediatui.settings.sftp import SftpSettings

Result = TypeVar("Result")
ANSWER_S: Final = 60.0
"""How long an answer may take before the connection counts as dead (seconds)."""
_BAD_SESSION: Final = (
    "Its SSH server lets the login in, but closes SFTP: look at ChrootDirectory (no folder above it may be writable by "
    "others), ForceCommand and the login's shell."
)
_TOO_MANY: Final = "Its SSH server opens no more sessions (MaxSessions): let fewer programs use it at once."


class Sftp:
    """The SSH login of the settings. Every call raises ServiceError, and UsageError for settings that cannot be used;
    ``close`` it when done. It is used in one event loop."""

    def __init__(
        self, section: SftpSettings, known: KnownHosts, *, connections: int = 1, answer_s: float = ANSWER_S
    ) -> None:
        """At most ``connections`` are opened, one after the other, when files are opened by several ways."""
        self._section, self._known, self._answer_s = section, known, answer_s
        self._channels: list[Channel | None] = [None] * connections
        self._bare: asyncssh.SSHClientConnection | None = None
        self._lock = asyncio.Lock()
        self.opened = 0
        """How many connections were opened so far."""

    async def close(self) -> None:
        """Ends every connection."""
        async with self._lock:
            gone = [channel.connection for channel in self._channels if channel is not None]
            gone += [self._bare] if self._bare is not None else []
            self._channels = [None] * len(self._channels)
            self._bare = None
        for connection in gone:
            connection.close()
        for connection in gone:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(2):
                    await connection.wait_closed()

    # connections

    async def channel(self, way: int = 0) -> Channel:
        """An open session; connections are opened one by one, for servers throttle new ones (MaxStartups)."""
        number = way % len(self._channels)
        async with self._lock:
            found = self._channels[number]
            if found is not None and found.is_open:
                return found
            connection = await self._connection(number)
            try:
                async with asyncio.timeout(self._answer_s):
                    made = await open_channel(connection, max(16, MOST // len(self._channels)))
            except Exception as error:
                connection.abort()
                raise _session_error(error) from error
            self._channels[number] = made
            return made

    async def _connection(self, number: int) -> asyncssh.SSHClientConnection:
        """The bare connection, if there is one, for the first session; else a new one."""
        bare, self._bare = (self._bare, None) if number == 0 else (None, self._bare)
        if bare is not None and not bare.is_closed():
            return bare
        self.opened += 1
        return await log_in(self._section, self._known)

    async def connection(self) -> asyncssh.SSHClientConnection:
        """An open connection, with a session for files or without."""
        async with self._lock:
            first = self._channels[0]
            if first is not None and first.is_open:
                return first.connection
            if self._bare is None or self._bare.is_closed():
                self.opened += 1
                self._bare = await log_in(self._section, self._known)
            return self._bare

    def drop(self, channel: Channel) -> None:
        """Ends a connection that hangs or broke: the next call opens another."""
        self._channels = [None if one is channel else one for one in self._channels]
        channel.drop()

    def through_ssh(self, where: str) -> Connect:
        """Connections to a unix socket there, by its path, or to ``host:port``."""

        async def connect() -> tuple[Reader, Writer]:
            return await connect_through(await self.connection(), where)

        return connect

    # files

    async def lstat(self, path: bytes) -> RemoteFacts:
        return _facts(await self._ask("look at", path, lambda client: client.lstat(path)))

    async def real_path(self, path: bytes) -> bytes:
        found = await self._ask("follow", path, lambda client: client.realpath(path))
        return found.encode() if isinstance(found, str) else found

    async def home(self) -> bytes:
        """The folder where the login begins, as its SFTP server sees it."""
        return await self.real_path(b".")

    async def listing(self, folder: bytes, most: int) -> Sequence[RemoteEntry]:
        async def names(client: asyncssh.SFTPClient) -> list[RemoteEntry]:
            found: list[RemoteEntry] = []
            async for entry in client.scandir(folder):
                name = entry.filename.encode() if isinstance(entry.filename, str) else entry.filename
                if name in (b".", b".."):
                    continue
                if len(found) >= most:
                    raise RemoteRefused(f"{_shown(folder)} has more than {most:,} entries.", "It is left alone.")
                found.append(RemoteEntry(name, _facts(entry.attrs)))
            return found

        return await self._ask("list", folder, names)

    async def open(self, path: bytes, way: int = 0) -> RemoteFile:
        began = time.monotonic()
        channel, file = await self._with_channel("open", path, lambda client: client.open(path, "rb"), way)
        channel.depth.seen_round_trip(time.monotonic() - began)
        return RemoteFile(self, channel, file, path, self._answer_s)

    async def space(self, path: bytes) -> RemoteSpace:
        """Raises RemoteRefused where the server does not tell."""
        facts = await self._ask("measure", path, lambda client: client.statvfs(path))
        size = facts.frsize or facts.bsize
        return RemoteSpace(facts.blocks * size, facts.bavail * size)

    async def remove(self, path: bytes) -> None:
        await self._ask("remove", path, lambda client: client.remove(path), again=False)

    async def remove_folder(self, path: bytes) -> None:
        await self._ask("remove", path, lambda client: client.rmdir(path), again=False)

    async def rename(self, path: bytes, target: bytes) -> None:
        await self._ask("rename", path, lambda client: client.rename(path, target), again=False)

    async def make_folders(self, path: bytes) -> None:
        await self._ask("make", path, lambda client: client.makedirs(path, exist_ok=True))

    async def make_folder(self, folder: str) -> None:
        """Makes a folder that a torrent client names, and those above it that are missing."""
        await self.make_folders(folder.encode("utf-8", "surrogateescape"))

    async def _ask(
        self, verb: str, path: bytes, call: Callable[[asyncssh.SFTPClient], Awaitable[Result]], *, again: bool = True
    ) -> Result:
        return (await self._with_channel(verb, path, call, again=again))[1]

    async def _with_channel(
        self, verb: str, path: bytes, call: Callable[[asyncssh.SFTPClient], Awaitable[Result]], way: int = 0,
        *, again: bool = True,
    ) -> tuple[Channel, Result]:  # fmt: skip
        """Asks; on a connection that had broken unseen once more, where asking twice does no harm."""
        while True:
            channel = await self.channel(way)
            try:
                async with asyncio.timeout(self._answer_s):
                    return channel, await call(channel.client)
            except Exception as error:
                said = remote_error(error, verb, path)
                if isinstance(said, SftpAway):
                    self.drop(channel)
                    if again and not isinstance(error, TimeoutError):
                        again = False
                        continue
                raise said from error


class RemoteFile:
    """A file that is open for reading over one connection."""

    def __init__(
        self, owner: Sftp, channel: Channel, file: asyncssh.SFTPClientFile, path: bytes, answer_s: float
    ) -> None:
        self.block = channel.block
        self.depth = channel.depth
        self._owner, self._channel, self._file, self._path, self._answer_s = owner, channel, file, path, answer_s

    async def read(self, offset: int, size: int) -> bytes:
        try:
            async with asyncio.timeout(self._answer_s):
                return await read_block(self._file, offset, size)
        except Exception as error:
            said = remote_error(error, "read", self._path)
            if isinstance(said, SftpAway):
                self._owner.drop(self._channel)
            raise said from error

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(self._answer_s):
                await self._file.close()


@contextlib.asynccontextmanager
async def opened(section: SftpSettings, known: KnownHosts) -> AsyncIterator[Sftp]:
    """The files of the configured server, closed at the end."""
    sftp = Sftp(section, known)
    try:
        yield sftp
    finally:
        await sftp.close()


def remote_error(error: Exception, verb: str, path: bytes) -> ServiceError:
    """What became of a call, as one of ours."""
    import asyncssh

    what = f"{verb} {_shown(path)}"
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, asyncssh.SFTPNoSuchFile | asyncssh.SFTPNoSuchPath):
        return RemoteMissing(
            f"{_shown(path)} is not there over SFTP.", "Check the path rules: mediatui --headless paths test"
        )
    if isinstance(error, asyncssh.SFTPConnectionLost | asyncssh.SFTPNoConnection):
        return SftpAway("The SFTP connection to the seedbox broke.", "It is opened again.")
    if isinstance(error, asyncssh.SFTPOpUnsupported):
        return RemoteRefused(f"The SFTP server cannot {what}: it does not know how.")
    if isinstance(error, asyncssh.SFTPPermissionDenied):
        return RemoteRefused(f"The SFTP server does not allow to {what}.", "Check the rights of the login there.")
    if isinstance(error, asyncssh.SFTPError):
        return RemoteRefused(f"The SFTP server could not {what} ({printable(error.reason or 'it says no more')}).")
    if isinstance(error, TimeoutError):
        return SftpAway(f"The SFTP server took too long to {what}.", "The connection is opened again.")
    return SftpAway(f"The SFTP connection to the seedbox broke ({printable(str(error))}).", "It is opened again.")


def _session_error(error: Exception) -> ServiceError:
    import asyncssh

    if isinstance(error, ServiceError):
        return error
    if isinstance(error, asyncssh.ChannelOpenError):
        return SftpAway(f"The SSH server opens no SFTP session ({printable(error.reason)}).", _TOO_MANY)
    return SftpAway("The SSH server closed SFTP.", _BAD_SESSION)


def _facts(attrs: asyncssh.SFTPAttrs) -> RemoteFacts:
    return RemoteFacts(
        _kind(attrs.permissions), attrs.size or 0, int(attrs.mtime or 0), bool((attrs.permissions or 0o200) & 0o222)
    )


def _kind(mode: int | None) -> Kind:
    if mode is None:
        return "other"
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "other"


def _shown(path: bytes) -> str:
    return printable(path.decode("utf-8", "surrogateescape"))
