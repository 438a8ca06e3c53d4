"""How wide text is in a terminal, and text cut to a width."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

CellWidth = Callable[[str], int]
"""The terminal cells a text takes; of a text the sum of those of its characters."""
ELLIPSIS = "…"


def cell_width(text: str) -> int:
    """The terminal cells ``text`` takes: two for East Asian wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def first_cells(text: str, cells: int, width_of: CellWidth = cell_width) -> str:
    """The beginning of ``text`` that fits ``cells``."""
    if text.isascii():
        return text[: max(0, cells)]
    used = 0
    for at, char in enumerate(text):
        used += width_of(char)
        if used > cells:
            return text[:at]
    return text


def last_cells(text: str, cells: int, width_of: CellWidth = cell_width) -> str:
    """The end of ``text`` that fits ``cells``; it begins with a character that stands alone."""
    if text.isascii():
        return text[len(text) - max(0, cells) :] if cells < len(text) else text
    used, start = 0, len(text)
    for at in range(len(text) - 1, -1, -1):
        width = width_of(text[at])
        used += width
        if used > cells:
            break
        if width:
            start = at
    return text[start:]


def cut_middle(text: str, cells: int, width_of: CellWidth = cell_width) -> str:
    """``text`` in at most ``cells``, cut in the middle with an ellipsis."""
    if width_of(text) <= cells:
        return text
    if cells <= 1:
        return ELLIPSIS[:cells]
    head = first_cells(text, cells // 2, width_of)
    return head + ELLIPSIS + last_cells(text, cells - 1 - width_of(head), width_of)


def cut_end(text: str, cells: int, width_of: CellWidth = cell_width) -> str:
    """``text`` in at most ``cells``, cut at its end with an ellipsis."""
    if width_of(text) <= cells:
        return text
    return first_cells(text, cells - 1, width_of) + ELLIPSIS if cells > 0 else ""
