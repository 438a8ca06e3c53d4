"""A file that is being fetched: written under a private name of its own, and given its name once it is whole."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import threading
from pathlib import Path
from typing import Final

from mediatui.model.errors import Busy, StoreError, UsageError
from mediatui.model.file_name import shortened
from mediatui.model.text import printable
from mediatui.system.private_files import make_folder
from mediatui.system.rename import rename_exclusive

REWIND: Final = 1024 * 1024
"""So many of the last bytes that an earlier run left are fetched again: they may not have reached the disk (bytes)."""
_PATIENCE_S: Final = 1.0
_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class PartialFile:
    """What is there of the file ``name`` in ``folder``, in ``NAME.KEY.part``; ``key`` says whose part it is, so that
    the part of another file is never carried on. ``have`` bytes of it are good.

    Opening raises StoreError, and Busy while another process fetches the same. Every call may block; closing waits for
    one that is under way in another thread, unless its disk hangs.
    """

    def __init__(self, folder: Path, name: str, key: str) -> None:
        self.path = folder / name
        self.part = folder / shortened(name, f".{key}.part")
        self.have = 0
        self._folder = -1
        self._file = -1
        self._ours = False
        self._ended = False
        self._lock = threading.Lock()

    def open(self) -> None:
        """Opens what is there of it, or begins it."""
        with self._lock:
            if self._ended:
                return
            try:
                self._open()
            except OSError as error:
                raise self._unwritable(error) from error

    def _open(self) -> None:
        self._folder = os.open(self.part.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._file = os.open(self.part.name, _FLAGS, 0o600, dir_fd=self._folder)
        facts = os.fstat(self._file)
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1:
            raise StoreError(f"{self._shown} is no file of ours.", "Remove it, or give another folder with -o.")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"{self._shown} is being fetched already.", "Wait for that to end.") from None
        named = os.stat(self.part.name, dir_fd=self._folder, follow_symlinks=False)
        if (named.st_dev, named.st_ino) != (facts.st_dev, facts.st_ino):  # another run has just completed it
            raise Busy(f"{self._shown} was being fetched until now.", "Try again.")
        os.fchmod(self._file, 0o600)
        self._ours = True
        self.have = facts.st_size

    def close(self) -> None:
        """Closes it; a part without a byte is removed."""
        self._ended = True
        if self._lock.acquire(timeout=_PATIENCE_S):
            self._close()
            self._lock.release()
        else:
            threading.Thread(target=self._close_later, daemon=True).start()

    def _close_later(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._ours and not self.have:
            with contextlib.suppress(OSError):
                os.unlink(self.part.name, dir_fd=self._folder)
        self._ours = False
        for number in (self._file, self._folder):
            if number >= 0:
                os.close(number)
        self._file = self._folder = -1

    def keep(self, count: int) -> None:
        """Goes back to the first ``count`` bytes. Raises StoreError."""
        with self._lock:
            try:
                os.ftruncate(self._file, count)
            except OSError as error:
                raise self._unwritable(error) from error
            self.have = count

    def append(self, data: bytes) -> None:
        """Adds bytes. Raises StoreError, and counts what was written all the same."""
        view = memoryview(data)
        with self._lock:
            try:
                while view:
                    written = os.pwrite(self._file, view, self.have)
                    self.have += written
                    view = view[written:]
            except OSError as error:
                raise self._unwritable(error) from error

    def put(self, data: bytes, offset: int) -> None:
        """Writes over bytes that are there. Raises StoreError."""
        with self._lock:
            try:
                while data:
                    written = os.pwrite(self._file, data, offset)
                    data, offset = data[written:], offset + written
            except OSError as error:
                raise self._unwritable(error) from error

    def read(self, offset: int, size: int) -> bytes:
        """The bytes that are there, as many as there are. Raises StoreError."""
        pieces = []
        with self._lock:
            try:
                while size and (piece := os.pread(self._file, size, offset)):
                    pieces.append(piece)
                    size, offset = size - len(piece), offset + len(piece)
            except OSError as error:
                raise self._unwritable(error) from error
        return b"".join(pieces)

    def sync(self) -> None:
        """Sees to it that what is there is on the disk; others go on writing. Raises StoreError."""
        try:
            os.fdatasync(self._file)
        except OSError as error:
            raise self._unwritable(error) from error

    def complete(self, mtime: int | None = None) -> None:
        """Gives the file its name, with the usual permissions and that time of change. Raises UsageError when something
        has the name by now, StoreError."""
        with self._lock:
            try:
                if mtime is not None:
                    os.utime(self._file, (mtime, mtime))
                os.fsync(self._file)
                os.fchmod(self._file, 0o666 & ~_umask())
                name = os.fsencode(self.path.name)
                rename_exclusive(os.fsencode(self.part.name), name, self._folder, self._folder)
                os.fsync(self._folder)
            except FileExistsError:
                raise UsageError(
                    f"{printable(str(self.path))} is there by now; what was fetched is in {self._shown}."
                ) from None
            except OSError as error:
                raise self._unwritable(error) from error
            self._ours = False

    @property
    def free(self) -> int:
        """The bytes that can be written to its disk. Raises StoreError."""
        with self._lock:
            facts = os.fstatvfs(self._folder)
        return facts.f_bavail * facts.f_frsize

    @property
    def _shown(self) -> str:
        return printable(str(self.part))

    def _unwritable(self, error: OSError) -> StoreError:
        why = error.strerror or type(error).__name__
        return StoreError(f"{self._shown} cannot be written ({why}).", "What is there of it is kept.")


def make_target_folder(folder: Path) -> None:
    """Makes sure that files can be written into ``folder``, which is made when it is missing. Raises StoreError."""
    make_folder(folder, "folder", "Name another one with -o.")


def _umask() -> int:
    mask = os.umask(0o077)  # it cannot be read without being set
    os.umask(mask)
    return mask
