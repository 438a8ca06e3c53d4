"""Opens files that the user named, and only if they are regular files.

Opening a named pipe can block for ever, a device has no end, a socket and a folder cannot be read at all. Every file
that comes from outside is opened here.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from mediatui.model.errors import UsageError
from mediatui.model.text import printable

_KINDS = (
    (stat.S_ISFIFO, "a named pipe"), (stat.S_ISDIR, "a folder"), (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)  # fmt: skip


class NotAFile(UsageError):
    """A path that should name a file names something else."""

    kind = "not-a-file"


def kind_of(mode: int) -> str:
    """The kind of thing a mode stands for, in words; empty for a regular file."""
    return next((words for test, words in _KINDS if test(mode)), "")


def open_file(path: Path) -> BinaryIO:
    """The file at ``path``, open for reading. A pipe that this process was given, as the shell does for ``<(…)``,
    counts as a file. Raises NotAFile for anything else, OSError for what cannot be opened, ValueError for an invalid
    path."""
    mode = os.stat(path).st_mode
    if stat.S_ISFIFO(mode) and os.path.realpath(path).startswith("/proc/"):
        return path.open("rb")
    _expect_file(path, mode)
    # Not blocking: a named pipe may have replaced the file since.
    stream = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    try:
        _expect_file(path, os.fstat(stream.fileno()).st_mode)
    except BaseException:
        stream.close()
        raise
    return stream


def _expect_file(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if kind := kind_of(mode):
        raise NotAFile(f"{printable(str(path))} is {kind}, not a file.", "Give a regular file.")
