"""A JSON list of any size, read piece by piece: only one piece and the elements just read are in memory."""

from __future__ import annotations

import codecs
import json
import re
from collections import deque
from typing import Final

from mediatui.model.foreign_json import parse_at

PIECE: Final = 1024 * 1024
"""At least so many bytes are read at a time."""
PART_CHARS: Final = 1024 * 1024
"""The elements returned at once have at most about so many characters together."""
LONGEST_ELEMENT: Final = 16 * 1024 * 1024
"""A longer element (characters) is an error: it would be in memory whole, several times over."""
_BLANKS: Final = re.compile(r"[ \t\n\r]*")


class NoList(ValueError):
    """The text is no JSON list."""


class JsonList:
    """Reads the elements of a list in ``pieces`` (UTF-8), and removes the pieces from the deque as it reads.

    Every method raises ValueError, and nothing else, for any bytes; NoList when it does not begin as a list.
    """

    def __init__(self, pieces: deque[bytes]) -> None:
        self._pieces = pieces
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._text = ""
        self._at = 0
        self._begun = self._ended = False
        self._first = True
        self._taken = 0

    def read(self, most: int) -> list[object]:
        """The next elements: ``most`` of them, fewer when they are long or the list ends, none after its end."""
        found: list[object] = []
        self._taken = 0
        try:
            if not self._begun:
                self._begin()
            while len(found) < most and self._taken < PART_CHARS and not self._ended:
                if self._has_next():
                    found.append(self._element())
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        return found

    def _begin(self) -> None:
        if self._peek() != "[":
            raise NoList("it does not begin with [")
        self._begun = True
        self._at += 1

    def _has_next(self) -> bool:
        """Whether an element begins here; at the end of the list nothing may follow."""
        char = self._peek()
        if char == "]":
            self._at += 1
            self._ended = True
            if self._peek():
                raise ValueError("something follows the list")
            return False
        if self._first:
            self._first = False
            return True
        if char != ",":
            raise ValueError("a comma or the end of the list was expected")
        self._at += 1
        self._peek()
        return True

    def _element(self) -> object:
        while True:
            try:
                value, end = parse_at(self._text, self._at)
            except json.JSONDecodeError:
                if not self._more():
                    raise
                continue
            if end == len(self._text) and self._more():
                continue  # a number may go on in the next piece
            self._taken += end - self._at
            self._at = end
            return value

    def _peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        if self._at < len(self._text) and (char := self._text[self._at]) > " ":
            return char
        while True:
            blanks = _BLANKS.match(self._text, self._at)
            self._at = blanks.end() if blanks is not None else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Reads more pieces, at least as much as is held already, so that parsing an element again each time costs
        twice its size, not its square. False when there are none."""
        held = len(self._text) - self._at
        if not self._pieces:
            return False
        if held > LONGEST_ELEMENT:
            raise ValueError("an element of the list is too long")
        parts = [self._text[self._at :]]
        taken = 0
        while self._pieces and taken < max(PIECE, held):
            piece = self._pieces.popleft()
            taken += len(piece)
            parts.append(self._decode(piece, not self._pieces))
        self._text, self._at = "".join(parts), 0
        return True
