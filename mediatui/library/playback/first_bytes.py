"""Reading the first bytes of a file: whether it can be read at all."""

from __future__ import annotations

import errno
import os
import stat

from mediatui.library.playback.head_and_tail import AWAY
from mediatui.system.helper_process import elsewhere

FIRST = 1024
# O_NONBLOCK: what became a FIFO meanwhile opens at once instead of waiting for its writer.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


def read_first(path: bytes) -> None:
    """Reads the first KB of a file; nothing of what is no file. Raises OSError. Blocks."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        return
    file = os.open(path, _FLAGS)
    try:
        os.read(file, FIRST)
    finally:
        os.close(file)


def read_twice(path: bytes) -> None:
    """``read_first`` where it may hang, and again when it fails: an error in passing says nothing. Raises OSError."""
    try:
        elsewhere(read_first, path)
    except OSError as error:
        if error.errno in AWAY or error.errno == errno.ENOENT:
            raise
        elsewhere(read_first, path)
