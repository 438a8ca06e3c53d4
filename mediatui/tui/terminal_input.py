"""What comes from the terminal, before Textual takes it apart: a paste is one text, whatever bytes are in it.

Textual makes a key of every character that is pasted without brackets, and of every byte behind an ESC within them:
20 KB of that keep the screen busy for half a minute, and each key may be a command.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import selectors
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, TextIO, cast

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from mediatui.tui.fewer_bytes import shorten

START: Final = "\x1b[200~"
END: Final = "\x1b[201~"
PASTE_MOST: Final = 16_384
"""How many characters of a paste are taken; a magnet with all its trackers has a quarter of them."""
BURST: Final = 256
"""From so many characters at once on they were not typed: they are a paste without brackets."""
BURST_S: Final = 0.4
"""Input that follows such a burst within so many seconds belongs to it."""
UNENDED_S: Final = 1.0
"""A paste whose end has not come after so many seconds is over, so that keys work again."""
READ_BYTES: Final = 65_536
WAIT_S: Final = 0.1
_SEQUENCE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|[^\x1b])?", re.DOTALL)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

Piece = str | events.Paste


class PasteReader:
    """Parts what keys send from what was pasted."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pasted: list[str] | None = None
        self._held = ""
        self._last = 0.0
        self._burst_until = 0.0

    def feed(self, data: str) -> Iterator[Piece]:
        """What keys sent, as text for the parser, and pastes, in their order."""
        self._last = self._clock()
        data, self._held = self._held + data, ""
        while data:
            mark = START if self._pasted is None else END
            before, found, data = data.partition(mark)
            if not found:
                self._held = _begun(before, mark)
                before = before.removesuffix(self._held)
            if self._pasted is not None:
                self._pasted.append(before[:PASTE_MOST])
                if found:
                    yield self._end()
            else:
                yield from self._keys(before)
                if found:
                    self._pasted = []

    def tick(self) -> Iterator[Piece]:
        """Input that was held back and is not waited for any longer."""
        if self._pasted is not None:
            if self._clock() - self._last > UNENDED_S:
                self._held = ""
                yield self._end()
        elif self._held:
            held, self._held = self._held, ""
            yield held

    def _keys(self, text: str) -> Iterator[Piece]:
        now = self._clock()
        if not text:
            return
        plain = _SEQUENCE.sub("", text) if len(text) > BURST else text
        if len(plain) > BURST or now < self._burst_until:
            self._burst_until = now + BURST_S
            yield _paste(_SEQUENCE.sub("", text))
        else:
            yield text

    def _end(self) -> events.Paste:
        pasted, self._pasted = self._pasted or [], None
        return _paste("".join(pasted))


def _begun(text: str, mark: str) -> str:
    """The end of ``text`` that may be the beginning of ``mark``; an ESC alone is a key."""
    return next((mark[:length] for length in range(len(mark) - 1, 1, -1) if text.endswith(mark[:length])), "")


def _paste(text: str) -> events.Paste:
    return events.Paste(_CONTROLS.sub("", text)[:PASTE_MOST])


class Output:
    """What is written to. Once the terminal is gone nothing is, and that is no error: the thread that writes must not
    end of it, or what waits for it waits forever."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Writes a text."""
        with contextlib.suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        """Sends what was written."""
        with contextlib.suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """The number of the file."""
        return self._file.fileno()


class TerminalDriver(LinuxDriver):
    """Textual's driver for terminals, with pastes taken out of what its parser is given, and fewer bytes written."""

    def start_application_mode(self) -> None:
        """Takes the terminal."""
        file: object = self._file
        if not isinstance(file, Output):
            self._file = cast(Any, Output(cast(TextIO, file)))
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's has no types

    def write(self, data: str) -> None:
        """Writes what Textual draws."""
        super().write(shorten(data))

    def run_input_thread(self) -> None:
        """Waits for input and dispatches what it means."""
        parser = XTermParser(self._debug)
        pastes = PasteReader()
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode

        def dispatch(pieces: Iterator[Piece]) -> None:
            for piece in pieces:
                if isinstance(piece, events.Paste):
                    self.process_message(piece)
                    continue
                for message in parser.feed(piece):
                    self.process_message(message)

        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            # However the program ended, this thread does not outlive it.
            while not self.exit_event.is_set() and threading.main_thread().is_alive():
                if selector.select(WAIT_S):
                    read = os.read(self.fileno, READ_BYTES)
                    if not read:  # the terminal is gone
                        break
                    dispatch(pastes.feed(decode(read)))
                else:
                    dispatch(pastes.tick())
                for message in parser.tick():
                    self.process_message(message)
            if selector.select(WAIT_S):  # an answer of the terminal is not to end up in the shell
                os.read(self.fileno, READ_BYTES)
        try:
            for _ in parser.feed(""):
                pass
        except (EOFError, ParseError):
            pass


def calm_driver(chosen: type[Driver]) -> type[Driver]:
    """The driver to use in place of the one Textual chose: ours for a terminal of its own, else that."""
    return TerminalDriver if chosen is LinuxDriver else chosen
