"""The files of another machine, whichever way they are reached: what a fetch, a look and a removal need of them.

Paths are bytes with ``/`` between their parts: names there need not be UTF-8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["file", "folder", "link", "other"]


@dataclass(frozen=True, slots=True)
class RemoteFacts:
    """What something there is: ``size`` in bytes, ``mtime`` in epoch seconds. ``writable`` is whether anybody may write
    there, by its mode."""

    kind: Kind
    size: int
    mtime: int
    writable: bool = True


@dataclass(frozen=True, slots=True)
class RemoteEntry:
    """A name in a folder there."""

    name: bytes
    facts: RemoteFacts


@dataclass(frozen=True, slots=True)
class RemoteSpace:
    """A volume there, in bytes."""

    total: int
    free: int


class Flow(Protocol):
    """How many reads are under way at once over one connection."""

    allowed: int
    """How many there may be now."""

    async def enter(self) -> None:
        """Waits until one more may be sent."""

    def leave(self, size: int) -> None:
        """One has ended with ``size`` bytes."""


class OpenRemoteFile(Protocol):
    """A file that is open for reading."""

    @property
    def block(self) -> int:
        """How many bytes a read may ask for at most."""

    @property
    def depth(self) -> Flow:
        """The reads under way over its connection."""

    async def read(self, offset: int, size: int) -> bytes:
        """At most ``size`` bytes from ``offset``: fewer are legal, none is the end. Raises SftpAway."""

    async def close(self) -> None:
        """Closes it; never raises."""


class RemoteFiles(Protocol):
    """The files of a machine. Every call raises RemoteMissing, RemoteRefused or SftpAway."""

    async def close(self) -> None:
        """Ends every connection."""

    async def lstat(self, path: bytes) -> RemoteFacts:
        """What lies at a path; a link is one."""

    async def real_path(self, path: bytes) -> bytes:
        """Where a path leads once its links are followed."""

    async def listing(self, folder: bytes, most: int) -> Sequence[RemoteEntry]:
        """The names in a folder but ``.`` and ``..``. Raises RemoteRefused for more than ``most``."""

    async def open(self, path: bytes, way: int = 0) -> OpenRemoteFile:
        """Opens a file for reading; ``way`` chooses among several connections."""

    async def space(self, path: bytes) -> RemoteSpace:
        """The volume that a path is on."""

    async def remove(self, path: bytes) -> None:
        """Removes a file or a link."""

    async def remove_folder(self, path: bytes) -> None:
        """Removes an empty folder."""

    async def rename(self, path: bytes, target: bytes) -> None:
        """Renames; a name that is taken is refused."""

    async def make_folders(self, path: bytes) -> None:
        """Makes a folder, and those above it that are missing."""
