"""Columns of text that line up, fitted to the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from mediatui.commands.columns import Column, Item, cut_cell, name_column, printed, printed_cells
from mediatui.model.cells import cell_width
from mediatui.model.text import printable

MEASURED_ROWS: Final = 200
"""Rows read before the widths are settled; a longer cell further down pushes its own row out of line."""
NARROWEST: Final = 12
GAP: Final = "  "


def write_table(
    write: Callable[[str], None], columns: Sequence[Column[Item]], rows: Iterable[Item], width: int | None
) -> int:
    """Writes headings and ``rows`` line by line without holding more than the first few; returns how many rows.

    ``width`` is the terminal's, None for no limit: the name gives way where a row is wider. Nothing is written when
    there are no rows.
    """
    columns = printed(columns)
    held: list[list[str]] = []
    widths: list[int] | None = None
    count = 0
    for row in rows:
        cells = [printable(cell, empty="") for cell in printed_cells(columns, row)]
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
    write: Callable[[str], None], columns: Sequence[Column[Item]], held: list[list[str]], width: int | None
) -> list[int]:
    widths = _measure(columns, held, width)
    write(_line(columns, [column.title for column in columns], widths))
    for cells in held:
        write(_line(columns, cells, widths))
    return widths


def _measure(columns: Sequence[Column[Item]], rows: list[list[str]], limit: int | None) -> list[int]:
    widths = [
        max([cell_width(column.title), *(cell_width(row[number]) for row in rows)])
        for number, column in enumerate(columns)
    ]
    if limit is not None:
        name = name_column(columns)
        over = sum(widths) + len(GAP) * (len(widths) - 1) - limit
        if over > 0 and columns[name].cut != "never":
            widths[name] = max(NARROWEST, widths[name] - over)
    return widths


def _line(columns: Sequence[Column[Item]], cells: Sequence[str], widths: Sequence[int]) -> str:
    name = name_column(columns)
    parts = []
    for number, (column, cell, width) in enumerate(zip(columns, cells, widths, strict=True)):
        shown = cut_cell(cell, column.cut, width) if number == name and column.cut != "never" else cell
        padding = " " * (width - cell_width(shown))
        parts.append(padding + shown if column.right else shown + padding)
    return GAP.join(parts).rstrip()


def terminal_width() -> int:
    """The columns of the terminal, 80 when it does not say."""
    return shutil.get_terminal_size((80, 24)).columns or 80
