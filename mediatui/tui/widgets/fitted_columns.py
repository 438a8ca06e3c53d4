"""The columns of a list as they are shown: fitted to the rows in sight, with the texts of headings and rows."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from mediatui.commands.columns import name_column
from mediatui.model.text import printable
from mediatui.tui.widgets.columns import GAP, AnyColumn, Layout, Seen, fit, join
from mediatui.tui.widgets.rows import Row, RowSource

BLOCK = 64
"""Rows that are looked at together."""
ANY_WIDTH = 10_000


class FittedColumns:
    """Columns as wide as what the rows hold that were in sight, block by block, since ``forget``.

    Moving the cursor therefore never changes a width, and going on through the rows can only widen a column or bring
    one in.
    """

    def __init__(self, columns: Sequence[AnyColumn], source: RowSource) -> None:
        self.columns = tuple(columns)
        self.layout = Layout()
        self._source = source
        self._seen = Seen(self.columns)
        self._blocks: set[int] = set()
        self._fitted_to: tuple[int, str] | None = None
        self._longest_heading = 0

    def look_again(self) -> None:
        """The rows may hold something else now."""
        self._blocks.clear()
        self._seen.begin_again()

    def forget(self) -> None:
        """The rows are others: what was seen before counts no more."""
        self._blocks.clear()
        self._seen = Seen(self.columns)
        self._longest_heading = 0

    def fit(self, first: int, last: int, width: int, sorted_by: str) -> bool:
        """Fits the columns to the rows ``[first, last)`` and those around them in ``width`` cells; ``sorted_by`` is the
        heading with an arrow. Returns whether anything is different."""
        blocks = [at for at in range(first // BLOCK, -(-last // BLOCK)) if at not in self._blocks]
        if not blocks and self._fitted_to == (width, sorted_by):
            return False
        for block in blocks:
            self._look_at(block)
        self._fitted_to = width, sorted_by
        before, self.layout = self.layout, self._seen.lay_out(width, sorted_by)
        return self.layout != before

    def _look_at(self, block: int) -> None:
        self._blocks.add(block)
        for position in range(block * BLOCK, min((block + 1) * BLOCK, self._source.count)):
            row = self._source.row(position)
            if row is not None and row.heading:
                self._longest_heading = max(self._longest_heading, cell_len(GAP.join(filter(None, row.cells))))
            elif row is not None:
                self._seen.add(row.cells)

    def natural_width(self, sorted_by: str) -> int:
        """The cells that the rows seen so far take when nothing is cut and no column left out for want of room."""
        return max(self._longest_heading, self._seen.lay_out(ANY_WIDTH, sorted_by).width)

    # Texts

    def titles(self, sorted_by: str, arrow: str, shown: str, room: int) -> str:
        """The headings, the one sorted by with an arrow, and where there is room for it what is ``shown`` of the rows:
        behind the heading of the name, else behind the last."""
        titles = [column.title + (arrow if sorted_by and column.title == sorted_by else "") for column in self.columns]
        texts = join(titles, self.columns, self.layout)
        name = name_column(self.columns)
        if not shown or name not in self.layout.indexes:
            return GAP.join(texts)
        at = self.layout.indexes.index(name)
        with_shown = f"{texts[at].rstrip()}{GAP}{shown}"
        if len(with_shown) <= len(texts[at]):
            texts[at] = with_shown.ljust(len(texts[at]))
        elif len(GAP.join([*texts, shown])) <= room:
            texts.append(shown)
        return GAP.join(texts)

    def cells(self, row: Row) -> list[tuple[int, str]]:
        """The cells of a row that are shown, each as wide as its column, with the numbers of the columns."""
        cells = [printable(cell, empty="") for cell in row.cells]
        return list(zip(self.layout.indexes, join(cells, self.columns, self.layout), strict=True))

    def heading(self, row: Row, room: int) -> str:
        """A heading over all columns in ``room`` cells: its first cell, cut where it must be, and the last one where
        the columns end, or behind it."""
        first, last = printable(row.cells[0], empty=""), printable(row.cells[-1], empty="")
        if last:
            end = min(room, max(self.layout.width, cell_len(first) + len(GAP) + cell_len(last)))
            first = fit(first, max(0, end - cell_len(last) - len(GAP)), "end") + GAP + last
        return fit(first, room, "end")

    def column_at(self, x: int) -> AnyColumn | None:
        """The column whose heading stands at a cell, the gap behind it included."""
        edge = 0
        for index, width in zip(self.layout.indexes, self.layout.widths, strict=True):
            edge += width + len(GAP)
            if x < edge:
                return self.columns[index]
        return None
