"""Reads the first bytes of a file, to find out whether it can be read at all."""

from __future__ import annotations

import errno
import os
import stat

from mediatui.system.head_and_tail import AWAY
from mediatui.system.helper_process import call_in_helper

FIRST = 1024
# O_NONBLOCK: a file that was replaced by a FIFO opens at once instead of waiting for its writer.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


def read_first(path: bytes) -> None:
    """Reads the first KB of a regular file; does nothing for anything else. Raises OSError. Blocks."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        return
    file = os.open(path, _FLAGS)
    try:
        os.read(file, FIRST)
    finally:
        os.close(file)


def read_twice(path: bytes) -> None:
    """``read_first`` in the helper process, and once more when it fails: the error may be transient. Raises OSError."""
    try:
        call_in_helper(read_first, path)
    except OSError as error:
        if error.errno in AWAY or error.errno == errno.ENOENT:
            raise
        call_in_helper(read_first, path)
