"""Columns of a row list: which fit a width, and how cells are cut to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.cells import cell_len, set_cell_size

GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, width in cells (of a flexible one: its least), alignment, and its rank.

    When room is short the column with the highest ``rank`` goes first; rank 0 never goes. ``sort`` is the sort key
    a click on the heading asks for. Text that is too long is cut in the middle, or with ``cut_end`` at its end.
    """

    title: str
    width: int
    right: bool = False
    flexible: bool = False
    rank: int = 0
    sort: str = ""
    cut_end: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are shown, as indexes, and their widths in cells."""

    indexes: tuple[int, ...]
    widths: tuple[int, ...]


def lay_out(columns: Sequence[Column], width: int) -> Layout:
    """The columns that fit ``width`` cells; what is left goes to the flexible ones, in equal shares, or to the first
    one where none of these is shown: a line fills its width, else what stood there before would stay."""
    shown = list(range(len(columns)))
    while len(shown) > 1:
        need = sum(columns[i].width for i in shown)
        if need + len(GAP) * (len(shown) - 1) <= width:
            break
        last = max(shown, key=lambda i: columns[i].rank)
        if columns[last].rank == 0:
            break
        shown.remove(last)
    flexible = [i for i in shown if columns[i].flexible] or shown[:1]
    fixed = sum(columns[i].width for i in shown if i not in flexible) + len(GAP) * (len(shown) - 1)
    if len(flexible) == 1:
        rooms = {flexible[0]: max(1, width - fixed)}
    else:
        spare = max(0, width - fixed - sum(columns[i].width for i in flexible))
        shares = [spare * (at + 1) // len(flexible) - spare * at // len(flexible) for at in range(len(flexible))]
        rooms = {i: columns[i].width + share for i, share in zip(flexible, shares, strict=True)}
    return Layout(tuple(shown), tuple(rooms.get(i, columns[i].width) for i in shown))


@lru_cache(maxsize=4096)
def fit(text: str, width: int, right: bool = False) -> str:
    """``text`` in exactly ``width`` terminal cells, cut in the middle when it is longer."""
    if text.isascii():
        length = len(text)
        if length <= width:
            return text.rjust(width) if right else text.ljust(width)
        head = width // 2
        tail = width - head - 1
        return text[:head] + "…" + (text[length - tail :] if tail > 0 else "") if width > 0 else ""
    length = cell_len(text)
    if length <= width:
        return " " * (width - length) + text if right else text + " " * (width - length)
    head = width // 2
    return set_cell_size(set_cell_size(text, head) + "…" + _last_cells(text, width - head - 1), width)


def fit_start(text: str, width: int) -> str:
    """``text`` in exactly ``width`` terminal cells, cut at its end when it is longer."""
    return text + " " * (width - cell_len(text)) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def _last_cells(text: str, width: int) -> str:
    """The end of ``text`` in at most ``width`` cells."""
    start = len(text)
    used = 0
    while start > 0:
        used += cell_len(text[start - 1])
        if used > width:
            break
        start -= 1
    return text[start:]


def join(cells: Sequence[str], columns: Sequence[Column], layout: Layout) -> str:
    """One line of cells."""
    return GAP.join(cut(cells, columns, layout))


def cut(cells: Sequence[str], columns: Sequence[Column], layout: Layout) -> list[str]:
    """The cells of the columns that are shown, each as wide as its column."""
    return [
        fit_start(cells[index], width) if columns[index].cut_end else fit(cells[index], width, columns[index].right)
        for index, width in zip(layout.indexes, layout.widths, strict=True)
    ]
