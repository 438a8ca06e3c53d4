"""Columns of text that line up, fitted to the terminal."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.model.text import printable

MEASURED_ROWS: Final = 200
"""Rows read before the widths are settled; a longer cell further down pushes its own row out of line."""
NARROWEST: Final = 12
GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its heading and whether it lines up at the right. The one that is ``elastic`` gives way (cut in
    the middle) when a row is wider than the terminal."""

    title: str
    right: bool = False
    elastic: bool = False


def write_table(
    write: Callable[[str], None], columns: Sequence[TableColumn], rows: Iterable[Sequence[str]], width: int | None
) -> int:
    """Writes headings and ``rows`` line by line without holding more than the first few; returns how many rows.

    ``width`` is the terminal's, None for no limit. Nothing is written when there are no rows.
    """
    held: list[list[str]] = []
    widths: list[int] | None = None
    count = 0
    for row in rows:
        cells = [printable(cell, empty="") for cell in row]
        count += 1
        if widths is not None:
            write(_line(columns, cells, widths))
            continue
        held.append(cells)
        if len(held) == MEASURED_ROWS:
            widths = _begin(write, columns, held, width)
    if widths is None and held:
        _begin(write, columns, held, width)
    return count


def _begin(
    write: Callable[[str], None], columns: Sequence[TableColumn], held: list[list[str]], width: int | None
) -> list[int]:
    widths = _measure(columns, held, width)
    write(_line(columns, [column.title for column in columns], widths))
    for cells in held:
        write(_line(columns, cells, widths))
    return widths


def _measure(columns: Sequence[TableColumn], rows: list[list[str]], limit: int | None) -> list[int]:
    widths = [
        max([cell_width(column.title), *(cell_width(row[number]) for row in rows)])
        for number, column in enumerate(columns)
    ]
    elastic = next((number for number, column in enumerate(columns) if column.elastic), None)
    if limit is None or elastic is None:
        return widths
    over = sum(widths) + len(GAP) * (len(widths) - 1) - limit
    if over > 0:
        widths[elastic] = max(NARROWEST, widths[elastic] - over)
    return widths


def _line(columns: Sequence[TableColumn], cells: Sequence[str], widths: Sequence[int]) -> str:
    parts = []
    for column, cell, width in zip(columns, cells, widths, strict=True):
        if column.elastic:
            cell = fit(cell, width)
        padding = " " * (width - cell_width(cell))
        parts.append(padding + cell if column.right else cell + padding)
    return GAP.join(parts).rstrip()


def terminal_width() -> int:
    """The columns of the terminal, 80 when it does not say."""
    return shutil.get_terminal_size((80, 24)).columns or 80


def cell_width(text: str) -> int:
    """The terminal cells ``text`` takes: two for East Asian wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fit(text: str, cells: int) -> str:
    """``text`` in at most ``cells`` terminal cells, cut in the middle with an ellipsis."""
    if cell_width(text) <= cells:
        return text
    if cells <= 1:
        return "…"[:cells]
    head, tail = "", ""
    for char in text:
        if cell_width(head) + _char_width(char) > cells // 2:
            break
        head += char
    room = cells - 1 - cell_width(head)
    for char in reversed(text):
        if cell_width(tail) + _char_width(char) > room:
            break
        tail = char + tail
    return head + "…" + tail
