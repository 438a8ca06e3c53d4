"""Standard output and error, also when they are closed from the start, closed early, or full."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TextIO, cast

from mediatui.model.errors import MediatuiError

# A reader that went away (a pipe), or a terminal that did (a dropped connection).
_GONE = (errno.EPIPE, errno.ECONNRESET, errno.EIO, errno.EBADF)


class OutputFailed(MediatuiError):
    """Standard output cannot take more, for example because a disk is full."""

    kind = "output"


def open_missing_streams() -> None:
    """Opens the null device for each of the three standard streams that was closed when the process began, so
    that no file opened later becomes one of them by accident; and has characters that cannot be encoded replaced."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_WRONLY)  # takes the lowest free number
    sys.stdin = sys.stdin or _stream(0, "r")
    sys.stdout = sys.stdout or _stream(1, "w")
    sys.stderr = sys.stderr or _stream(2, "w")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _stream(number: int, mode: str) -> TextIO:
    return cast("TextIO", os.fdopen(number, mode, encoding="utf-8", closefd=False))


def settle_streams() -> None:
    """Flushes standard output and error for the last time, so that nothing is left to fail at shutdown."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            abandon(stream)


def abandon(stream: TextIO) -> None:
    """Points a broken stream at the null device; what is still buffered goes there."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


class Sink:
    """A stream that ends quietly: once nothing takes what is written, ``gone`` is true and writing does nothing.

    That its reader went away is no error. Anything else is one, in ``failure``, to be reported at the end: a command
    that changes something goes on, whether its output can be read or not.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.gone = False
        self.failure: OutputFailed | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether a person watches."""
        try:
            return self._stream.isatty() and os.environ.get("TERM") != "dumb"
        except ValueError:
            return False

    def write(self, text: str, *, flush: bool = False) -> None:
        """Writes ``text``."""
        if self.gone:
            return
        try:
            self._stream.write(text)
            if flush:
                self._stream.flush()
        except (OSError, ValueError) as error:
            self._fail(error)

    def flush(self) -> None:
        """Hands everything over."""
        self.write("", flush=True)

    def _fail(self, error: OSError | ValueError) -> None:
        self.gone = True
        abandon(self._stream)
        number = getattr(error, "errno", None)
        if number is not None and number not in _GONE:
            self.failure = OutputFailed(f"The output cannot be written: {os.strerror(number)}.")
