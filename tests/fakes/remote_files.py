"""Files of another machine that lie in a folder here, with what may happen to them there."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from mediatui.services.remote_files import Kind, RemoteEntry, RemoteFacts, RemoteSpace
from mediatui.services.sftp.depth import Depth
from mediatui.services.sftp.errors import RemoteMissing, RemoteRefused, SftpAway

Result = TypeVar("Result")


class LocalFile:
    """An open one. It answers shorter than it is asked, as servers may."""

    block = 4096

    def __init__(self, owner: LocalFiles, number: int, path: bytes) -> None:
        self.depth = owner.depth
        self._owner, self._number, self._path = owner, number, path

    async def read(self, offset: int, size: int) -> bytes:
        await asyncio.sleep(0)
        self._owner.reads.append((self._path, offset, size))
        if self._owner.on_read is not None:
            self._owner.on_read(self._path, offset)
        data = os.pread(self._number, max(1, size - size // 3), offset)
        if self._owner.spoil is not None:
            data = self._owner.spoil(self._path, offset, data)
        return data

    async def close(self) -> None:
        self._owner.opened -= 1
        os.close(self._number)


class LocalFiles:
    """``on_read`` is called before each read and may raise or change things, ``spoil`` changes what comes; ``reads``
    are all that were made, ``changes`` all that was changed, ``opened`` counts the files that are open."""

    def __init__(self) -> None:
        self.depth = Depth()
        self.on_read: Callable[[bytes, int], None] | None = None
        self.spoil: Callable[[bytes, int, bytes], bytes] | None = None
        self.reads: list[tuple[bytes, int, int]] = []
        self.changes: list[tuple[str, bytes]] = []
        self.opened = 0

    def bytes_read(self) -> int:
        return sum(size for _, _, size in self.reads)

    async def close(self) -> None:
        pass

    async def lstat(self, path: bytes) -> RemoteFacts:
        return _said(lambda: _facts(os.lstat(path)), path)

    async def real_path(self, path: bytes) -> bytes:
        return os.path.realpath(path)

    async def listing(self, folder: bytes, most: int) -> Sequence[RemoteEntry]:
        names = _said(lambda: sorted(os.listdir(folder)), folder)
        if len(names) > most:
            raise RemoteRefused("too many")
        return [RemoteEntry(name, _facts(os.lstat(folder + b"/" + name))) for name in names]

    async def open(self, path: bytes, way: int = 0) -> LocalFile:
        number = _said(lambda: os.open(path, os.O_RDONLY), path)
        self.opened += 1
        return LocalFile(self, number, path)

    async def space(self, path: bytes) -> RemoteSpace:
        return RemoteSpace(10**12, 10**11)

    async def remove(self, path: bytes) -> None:
        self.changes.append(("remove", path))
        _said(lambda: os.unlink(path), path)

    async def remove_folder(self, path: bytes) -> None:
        self.changes.append(("rmdir", path))
        _said(lambda: os.rmdir(path), path)

    async def rename(self, path: bytes, target: bytes) -> None:
        self.changes.append(("rename", path))
        if os.path.lexists(target):
            raise RemoteRefused("taken")
        _said(lambda: os.rename(path, target), path)

    async def make_folders(self, path: bytes) -> None:
        Path(os.fsdecode(path)).mkdir(parents=True, exist_ok=True)


def broken(_path: bytes, _offset: int) -> None:
    """What ``on_read`` is when the connection breaks."""
    raise SftpAway("The connection broke.")


def _said(call: Callable[[], Result], path: bytes) -> Result:
    try:
        return call()
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            raise RemoteMissing(f"{path!r} is not there.") from None
        raise RemoteRefused(f"{path!r}: {error.strerror}") from None


def _facts(found: os.stat_result) -> RemoteFacts:
    kinds: dict[int, Kind] = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
    return RemoteFacts(kinds.get(stat.S_IFMT(found.st_mode), "other"), found.st_size, int(found.st_mtime))
