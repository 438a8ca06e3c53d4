"""Columns of a row list: which are shown and how wide, by what the rows hold, and the cells of a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from rich.cells import cell_len, set_cell_size

from mediatui.commands.columns import ABOVE, Column, Cut, cut_cell, name_column
from mediatui.model.text import printable

__all__ = ["GAP", "AnyColumn", "Column", "Layout", "Seen", "fit", "join"]

AnyColumn = Column[Any]
GAP: Final = "  "
FEW: Final = 3
"""Of fewer rows than this none are called alike."""
WIDEST: Final = 40
"""The most cells for a text that is never cut: what a service may say instead of a status."""
NO_TITLE: Final = "\n"
LEAST: Final = 99
"""The rank of a column that stays though its rows are all alike."""
LONG: Final = 10
"""Characters that all rows begin with, and which are worth leaving out."""
SEPARATORS: Final = " ._-[("


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are shown, as indexes; their widths in cells; and of each how many characters at the beginning
    of its texts every row has."""

    indexes: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    shared: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        """The cells of a line."""
        return sum(self.widths) + len(GAP) * max(0, len(self.widths) - 1)


class Seen:
    """What the rows seen so far hold, column by column: how long, whether anything, whether all the same."""

    def __init__(self, columns: Sequence[AnyColumn]) -> None:
        self._columns = columns
        self._name = name_column(columns)
        self._rows = 0
        self._longest = [0] * len(columns)
        self._first: list[str | None] = [None] * len(columns)
        self._differ = [False] * len(columns)
        self._shared: list[str | None] = [None] * len(columns)

    def begin_again(self) -> None:
        """Rows that were seen may come again: what was seen stays, only their number is counted anew."""
        self._rows = 0

    def add(self, cells: Sequence[str]) -> None:
        """Takes a row into account."""
        self._rows += 1
        for at, cell in enumerate(cells):
            width = len(cell) if cell.isascii() else cell_len(cell)
            if width > self._longest[at]:
                self._longest[at] = width
            first = self._first[at]
            if first is None:
                self._first[at] = cell
            elif cell != first:
                self._differ[at] = True
            if cell and self._columns[at].cut in ("name", "path"):
                self._share(at, printable(cell, empty=""))

    def _share(self, at: int, text: str) -> None:
        before = self._shared[at]
        if before is None:
            self._shared[at] = text
        elif not text.startswith(before):
            self._shared[at] = before[: next(n for n, char in enumerate(before) if text[n : n + 1] != char)]

    def lay_out(self, width: int, sorted_by: str = "") -> Layout:
        """Which columns are shown in ``width`` cells, and how wide they are; ``sorted_by`` is the heading that has an
        arrow beside it, empty for none."""
        sorted_by = sorted_by or NO_TITLE
        natural = [self._natural(at, sorted_by) for at in range(len(self._columns))]
        telling = [at for at in range(len(self._columns)) if not self._says_nothing(at, sorted_by)] or [self._name]
        shown = self._that_fit(telling, natural, width, sorted_by)
        widths = self._share_out(shown, natural, width)
        shared = {at: self._shared_of(at) for at in shown if widths[at] < natural[at]}
        if any(self._columns[at].cut == "path" for at in shared):  # folders that all are in are left out: shorter now
            natural = [most - self._left_out(at, shared.get(at, 0), most) for at, most in enumerate(natural)]
            shown = self._that_fit(telling, natural, width, sorted_by)
            widths = self._share_out(shown, natural, width)
        return Layout(tuple(shown), tuple(widths[at] for at in shown), tuple(shared.get(at, 0) for at in shown))

    def _natural(self, at: int, sorted_by: str) -> int:
        """The cells a column takes when nothing in it is cut."""
        column, longest = self._columns[at], self._longest[at]
        title = len(column.title) + (column.title == sorted_by)
        return max(title, min(longest, WIDEST) if column.cut == "never" else longest)

    def _left_out(self, at: int, shared: int, natural: int) -> int:
        """How many cells a column is narrower without folders that all of its paths are in."""
        if not shared or self._columns[at].cut != "path":
            return 0
        return min(shared - len(ABOVE), natural - len(self._columns[at].title))

    def _says_nothing(self, at: int, sorted_by: str) -> bool:
        """Whether a column can be left out: that which the rows are sorted by says at least that."""
        first = self._first[at]
        if first is None or self._differ[at] or at == self._name:
            return False
        column = self._columns[at]
        return not first.strip() or (
            self._rows >= FEW and column.title != sorted_by and not (column.stays or column.keeps)
        )

    def _that_fit(self, shown: list[int], natural: Sequence[int], width: int, sorted_by: str) -> list[int]:
        """The columns that are left when those of the highest ranks went: spare ones before the name is cut, others
        before something gets less than its least. The one the rows are sorted by goes last."""
        ranks = {at: self._columns[at].rank for at in shown}
        ranks |= {at: LEAST for at in shown if self._columns[at].stays and not self._differ[at]}
        ranks |= {at: min(rank, 1) for at, rank in ranks.items() if self._columns[at].title == sorted_by}
        spare = {at for at, rank in ranks.items() if rank == LEAST or self._columns[at].spare}
        spare -= {at for at in shown if self._columns[at].title == sorted_by}
        for whole in (True, False):  # whether the name is to be whole
            while going := [at for at in shown if ranks[at] and (at in spare or not whole)]:
                need = sum(natural[at] if whole and at == self._name else self._least(at, natural) for at in shown)
                if need + len(GAP) * (len(shown) - 1) <= width:
                    break
                last = max(going, key=lambda at: ranks[at])
                shown = [at for at in shown if at != last]
        return shown

    def _least(self, at: int, natural: Sequence[int]) -> int:
        column = self._columns[at]
        return natural[at] if column.cut == "never" else min(natural[at], column.least)

    def _share_out(self, shown: Sequence[int], natural: Sequence[int], width: int) -> dict[int, int]:
        """The widths: what is left goes to the name, then to the others that may be cut, by their rank."""
        giving = [at for at in shown if self._columns[at].cut != "never"]
        widths = {at: self._least(at, natural) for at in shown}
        left = width - sum(widths.values()) - len(GAP) * (len(shown) - 1)
        giving.sort(key=lambda at: (at != self._name, self._columns[at].rank))
        for at, most in [*((at, self._columns[at].most) for at in giving), *((at, natural[at]) for at in giving)]:
            wanted = max(0, min(most, natural[at]) - widths[at])
            more = max(min(left, wanted), 1 - widths[at] if at == self._name else 0)
            widths[at] += more
            left -= more
        return widths

    def _shared_of(self, at: int) -> int:
        """How many characters every text of a column begins with, up to a folder's end or a word's; 0 for a few."""
        text = self._shared[at]
        if not text or self._rows < FEW:
            return 0
        cut = self._columns[at].cut
        shared = 1 + (text.rfind("/") if cut == "path" else max(text.rfind(one) for one in SEPARATORS))
        return shared if shared >= LONG else 0


def join(cells: Sequence[str], columns: Sequence[AnyColumn], layout: Layout) -> list[str]:
    """The cells of a line, each in its width."""
    return [
        fit(cells[at], width, columns[at].cut, columns[at].right, shared)
        for at, width, shared in zip(layout.indexes, layout.widths, layout.shared, strict=True)
    ]


@lru_cache(maxsize=4096)
def fit(text: str, width: int, cut: Cut = "never", right: bool = False, shared: int = 0) -> str:
    """``text`` in exactly ``width`` terminal cells, cut as its column wants it when it is longer."""
    if text.isascii() and len(text) <= width and (cut != "path" or not shared):
        return text.rjust(width) if right else text.ljust(width)
    shown = cut_cell(text, cut, width, shared, cell_len)
    room = width - cell_len(shown)
    if room < 0:
        return set_cell_size(shown, width)
    return " " * room + shown if right else shown + " " * room
