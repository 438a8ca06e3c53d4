"""The keys of a list of rows: moving, opening, marking."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding

ROW_KEYS: Final = (
    Binding("j,down", "move(1)", "down", show=False, id="list.down", tooltip="Next row"),
    Binding("k,up", "move(-1)", "up", show=False, id="list.up", tooltip="Row before"),
    Binding("pagedown", "page(1)", "page down", show=False, id="list.page-down", tooltip="Next page"),
    Binding("pageup", "page(-1)", "page up", show=False, id="list.page-up", tooltip="Page before"),
    Binding("ctrl+d", "half(1)", "half a page down", show=False, id="list.half-down", tooltip="Half a page on"),
    Binding("ctrl+u", "half(-1)", "half a page up", show=False, id="list.half-up", tooltip="Half a page back"),
    Binding("g,home", "top", "first row", show=False, id="list.top", tooltip="First row"),
    Binding("G,end", "bottom", "last row", show=False, id="list.bottom", tooltip="Last row"),
    Binding("enter", "open", "open", id="list.open", tooltip="Details of the row under the cursor"),
    Binding("l", "open(True)", "go into it", show=False, id="list.into", tooltip="Go into what enter opens"),
    Binding("space", "mark", "mark", id="list.mark", tooltip="Mark the row and move on"),
    Binding("v", "range", "range", show=False, id="list.range", tooltip="Mark while moving, until v again"),
    Binding("a", "mark_all", "mark all", show=False, id="list.mark-all", tooltip="Mark every row shown"),
    Binding("A", "unmark", "unmark", show=False, id="list.unmark", tooltip="Take every mark away"),
    Binding("i", "invert", "invert", show=False, id="list.invert", tooltip="Invert the marks of the rows shown"),
)
"""What every ``RowList`` binds."""
