"""The columns of a list, each declared once for the screen and for headless output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

from mediatui.model.cells import CellWidth, cell_width, cut_end

Item = TypeVar("Item")
ABOVE: Final = "…/"
"""Stands for folders that are left out."""
Cut = Literal["never", "end", "name", "path"]
"""How a text that is too long is cut: not at all (a status, a size, a date), at its end (a sentence), or around what
tells names or paths apart."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Item]):
    """A column: its heading, its cell of a row in either face (None where that face does not have it), and how it takes
    part in a line.

    A column is as wide as its longest text, or its heading. One that may be ``cut`` gives way, down to ``least`` cells;
    the first of these that has rank 0 is the name, and gets what the others leave (more than ``most`` only when these
    have what they hold). Where room is short the column with the highest ``rank`` goes first, rank 0 never; a ``spare``
    one goes before anything is cut. On the screen a column whose rows are all empty or all alike is left out, one that
    ``stays`` only where room is short, one that ``keeps`` its rank never sooner for that. ``sort`` is the sort key a
    click on the heading asks for.
    """

    title: str
    on_screen: Callable[[Item], str] | None = None
    headless: Callable[[Item], str] | None = None
    right: bool = False
    cut: Cut = "never"
    least: int = 0
    most: int = 10_000
    rank: int = 0
    spare: bool = False
    stays: bool = False
    keeps: bool = False
    sort: str = ""


def name_column(columns: Sequence[Column[Item]]) -> int:
    """The place of the column that gets what the others leave: the first of rank 0 that may be cut, else the first."""
    return next((at for at, column in enumerate(columns) if column.cut != "never" and not column.rank), 0)


def shown_on_screen(columns: Sequence[Column[Item]]) -> tuple[Column[Item], ...]:
    """The columns the screen has."""
    return tuple(column for column in columns if column.on_screen is not None)


def screen_cells(columns: Sequence[Column[Item]], item: Item) -> tuple[str, ...]:
    """A row's cells, of the columns the screen has."""
    return tuple(column.on_screen(item) for column in columns if column.on_screen is not None)


def printed(columns: Sequence[Column[Item]]) -> tuple[Column[Item], ...]:
    """The columns headless output has."""
    return tuple(column for column in columns if column.headless is not None)


def printed_cells(columns: Sequence[Column[Item]], item: Item) -> tuple[str, ...]:
    """A row's cells, of the columns headless output has."""
    return tuple(column.headless(item) for column in columns if column.headless is not None)


def cut_cell(text: str, cut: Cut, cells: int, shared: int = 0, width_of: CellWidth = cell_width) -> str:
    """A cell's text in at most ``cells``; its first ``shared`` characters are those of every row shown, of a path
    folders that are left out in any case."""
    if cut == "path" and 0 < shared < len(text):
        text, shared = ABOVE + text[shared:], len(ABOVE)
    if width_of(text) <= cells:
        return text
    if cut in ("never", "end"):
        return cut_end(text, cells, width_of)
    from mediatui.names.shortened import shorten, shorten_path  # for the few commands whose names are too long

    return (shorten if cut == "name" else shorten_path)(text, cells, shared, width_of)
