"""A list in which nothing is marked."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from mediatui.tui.widgets.row_list import RowList

MARKING = ("list.mark", "list.range", "list.mark-all", "list.unmark", "list.invert")


class PlainList(RowList, inherit_bindings=False):
    """A RowList whose rows are opened or acted on one by one: the keys for marks do nothing here, and are free."""

    BINDINGS: ClassVar[list[BindingType]] = [
        one for one in RowList.BINDINGS if isinstance(one, Binding) and one.id not in MARKING
    ]
