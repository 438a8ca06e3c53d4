"""Files that somebody named: read only when they are files.

A named pipe keeps whoever opens it waiting for ever, a device has no end, a socket and a folder cannot be read at all.
Every file that comes from outside is opened here.
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
    """Something that is no file was given for one."""

    kind = "not-a-file"


def kind_of(mode: int) -> str:
    """What there is, by its mode, in words; empty for a regular file."""
    return next((words for test, words in _KINDS if test(mode)), "")


def open_file(path: Path) -> BinaryIO:
    """The file at ``path``, open to be read; a pipe that this process was given, as the shell does for ``<(…)``, is one
    too. Raises NotAFile for what is none, OSError for what cannot be opened, ValueError for a path that can be none."""
    mode = os.stat(path).st_mode
    if stat.S_ISFIFO(mode) and os.path.realpath(path).startswith("/proc/"):
        return path.open("rb")
    _expect_file(path, mode)
    # Not blocking: a named pipe may have taken its place since.
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
