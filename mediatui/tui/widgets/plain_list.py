"""Lists in which headings only divide, and one in which nothing is marked either."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from mediatui.tui.widgets.row_list import RowList

MARKING = ("list.mark", "list.range", "list.mark-all", "list.unmark", "list.invert")


class DividedList(RowList):
    """A RowList whose headings only divide: the cursor goes over them."""

    def row_to_rest_on(self, position: int, by: int) -> int:
        """The next row that is no heading, in that direction where there is one."""
        rows = (*range(position, self._source.count if by > 0 else -1, by), *range(position, -1, -1), position + 1)
        return next((at for at in rows if (row := self._source.row(at)) is not None and not row.heading), position)


class PlainList(DividedList, inherit_bindings=False):
    """A RowList whose rows are opened or acted on one by one: the keys for marks do nothing here, and are free."""

    BINDINGS: ClassVar[list[BindingType]] = [
        one for one in RowList.BINDINGS if isinstance(one, Binding) and one.id not in MARKING
    ]
