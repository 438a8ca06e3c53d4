"""The big table: a list of any length of which only what is visible is fetched and drawn.

Bytes matter over SSH: a cursor move redraws two lines, each one or two runs of one style; leaving the window jumps
half a page instead of scrolling line by line. Marks are kept as keys and survive filter, sort and refresh.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from mediatui.tui.widgets.columns import GAP, Column, Layout, join, lay_out

MARKED = "●"
GUTTER = 2
"""Cells at the left for the cursor and the mark."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row to draw: its key, one safe text a column, and the tone of its last column (ok, working, attention,
    broken, quiet)."""

    key: int
    cells: tuple[str, ...]
    tone: str = "ok"


class RowSource(Protocol):
    """Where rows come from. All calls are made on the event loop and must be fast."""

    @property
    def count(self) -> int:
        """How many rows there are."""
        ...

    def row(self, position: int) -> Row | None:
        """The row at a position from 0; None when it is not there."""
        ...

    def key_at(self, position: int) -> int | None:
        """The key at a position."""
        ...

    def position_of(self, key: int) -> int | None:
        """The position of a key; None when it is not among the rows."""
        ...

    def keys(self) -> Iterable[int]:
        """Every key, in order."""
        ...


class RowList(ScrollView, can_focus=True):
    """Shows a RowSource: cursor, marks, columns that give way to the width."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--header", "rows--cursor", "rows--marked", "rows--ok", "rows--working", "rows--attention",
        "rows--broken", "rows--quiet",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "down", show=False, id="list.down"),
        Binding("k,up", "move(-1)", "up", show=False, id="list.up"),
        Binding("pagedown", "page(1)", "page down", show=False, id="list.page-down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="list.page-up"),
        Binding("ctrl+d", "half(1)", "half a page down", show=False, id="list.half-down"),
        Binding("ctrl+u", "half(-1)", "half a page up", show=False, id="list.half-up"),
        Binding("g,home", "top", "first row", show=False, id="list.top"),
        Binding("G,end", "bottom", "last row", show=False, id="list.bottom"),
        Binding("enter,l", "open", "open", id="list.open", tooltip="Details of the row under the cursor"),
        Binding("space", "mark", "mark", id="list.mark", tooltip="Mark the row and move on"),
        Binding("v", "range", "range", show=False, id="list.range", tooltip="Begin or end a range of marks"),
        Binding("a", "mark_all", "mark all", show=False, id="list.mark-all", tooltip="Mark every row shown"),
        Binding("A", "unmark", "unmark", show=False, id="list.unmark", tooltip="Take every mark away"),
        Binding("i", "invert", "invert", show=False, id="list.invert", tooltip="Invert the marks of the rows shown"),
    ]

    class Highlighted(Message):
        """The cursor is on another row; ``key`` is None when there is none."""

        def __init__(self, key: int | None) -> None:
            super().__init__()
            self.key = key

        def can_replace(self, message: Message) -> bool:
            """Only the newest of several waiting ones matters."""
            return isinstance(message, RowList.Highlighted)

    class Opened(Message):
        """A row was opened."""

        def __init__(self, key: int) -> None:
            super().__init__()
            self.key = key

    class MarksChanged(Message):
        """So many rows are marked now."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count

    class SortRequested(Message):
        """A heading was clicked."""

        def __init__(self, sort: str) -> None:
            super().__init__()
            self.sort = sort

    def __init__(self, columns: Sequence[Column], source: RowSource, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._source = source
        self._layout = Layout((), ())
        self._laid_out = -1
        self._strips: LRUCache[tuple[int, int, bool, bool], Strip] = LRUCache(512)
        self._styles: dict[str, Style] = {}
        self._version = 0
        self._range_from: int | None = None
        self.cursor = 0
        self.marks: set[int] = set()
        self.sort_title = ("", False)

    @property
    def cursor_key(self) -> int | None:
        """The key of the row under the cursor."""
        return self._source.key_at(self.cursor)

    def targets(self) -> list[int]:
        """What an action works on: the marked rows, else the row under the cursor."""
        if self.marks:
            return sorted(self.marks)
        key = self.cursor_key
        return [] if key is None else [key]

    # What is shown

    def source_changed(self, *, keep_key: int | None = None, to_top: bool = False) -> None:
        """The source has other rows now: the cursor stays on its row (``keep_key``) when that is still there."""
        self._version += 1
        self._strips.clear()
        self._measure()
        position = None if keep_key is None or to_top else self._source.position_of(keep_key)
        self.cursor = 0 if to_top else self.cursor if position is None else position
        self.cursor = max(0, min(self.cursor, self._source.count - 1))
        self._show_cursor(paint=False)
        self.refresh()
        self.post_message(self.Highlighted(self.cursor_key))

    def set_sort(self, title: str, reverse: bool) -> None:
        """Draws the arrow beside a heading."""
        self.sort_title = (title, reverse)
        self.refresh(Region(0, 0, self.size.width, 1))

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, self._source.count + 1)

    def on_resize(self, event: events.Resize) -> None:
        self._strips.clear()
        self._laid_out = -1
        self._measure()
        self._show_cursor(paint=False)

    def notify_style_update(self) -> None:
        """Forgets looked-up styles when theme or CSS changes."""
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self._styles[name] = self.get_component_rich_style(f"rows--{name}")
        return style

    def render_line(self, y: int) -> Strip:
        """The heading on line 0, rows below."""
        width = self.size.width
        if self._laid_out != width:
            self._laid_out = width
            self._layout = lay_out(self._columns, width - GUTTER)
        if y == 0:
            return self._header(width)
        position = y - 1 + round(self.scroll_offset.y)
        if position >= self._source.count:
            return Strip.blank(width, self.rich_style)
        key = self._source.key_at(position)
        at_cursor, marked = position == self.cursor, key in self.marks
        if key is None:
            return Strip.blank(width, self.rich_style)
        name = (key, self._version, at_cursor, marked)
        strip = self._strips.get(name)
        if strip is None:
            strip = self._strips[name] = self._draw(position, width, at_cursor, marked)
        return strip

    def _header(self, width: int) -> Strip:
        title, reverse = self.sort_title
        titles = [
            column.title + (("↓" if reverse else "↑") if column.title == title else "") for column in self._columns
        ]
        text = " " * GUTTER + join(titles, self._columns, self._layout)
        return Strip([Segment(text, self._style("header"))], width)

    def _draw(self, position: int, width: int, at_cursor: bool, marked: bool) -> Strip:
        row = self._source.row(position)
        if row is None:
            return Strip.blank(width, self.rich_style)
        gutter = ("▌" if at_cursor else " ") + (MARKED if marked else " ")
        text = gutter + join(row.cells, self._columns, self._layout)
        base = self._style("cursor") if at_cursor else self._style("marked") if marked else self.rich_style
        if row.tone == "ok" or len(self._layout.indexes) < 2:
            return Strip([Segment(text, base)], width)
        tail = self._layout.widths[-1]
        cut = len(text) - len(join(row.cells, self._columns, Layout(self._layout.indexes[-1:], (tail,))))
        tone = base + Style(color=self._style(row.tone).color, bold=self._style(row.tone).bold)
        return Strip([Segment(text[:cut], base), Segment(text[cut:], tone)], width)

    # The cursor

    def _line(self, position: int) -> Region:
        return Region(0, position + 1 - round(self.scroll_offset.y), self.size.width, 1)

    def _visible(self) -> tuple[int, int]:
        first = round(self.scroll_offset.y)
        return first, first + max(1, self.size.height - 1)

    def move_to(self, position: int) -> None:
        """Puts the cursor on a row, within the rows there are."""
        count = self._source.count
        position = max(0, min(position, count - 1))
        if position == self.cursor or not count:
            return
        before, self.cursor = self.cursor, position
        first, last = self._visible()
        if first <= position < last:
            self.refresh(self._line(before), self._line(position))
        else:
            self._show_cursor(paint=True)
        self.post_message(self.Highlighted(self.cursor_key))

    def _show_cursor(self, *, paint: bool) -> None:
        """Scrolls half a page beyond the cursor when it is outside the window."""
        first, last = self._visible()
        height = last - first
        if first <= self.cursor < last:
            return
        if self.cursor >= last:
            target = self.cursor - height // 2
        else:
            target = self.cursor - (height - 1) // 2
        target = max(0, min(target, self._source.count - height))
        self.scroll_to(y=target, animate=False, immediate=True, force=True)
        if paint:
            self.refresh()

    def action_move(self, by: int) -> None:
        self.move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        self.move_to(self.cursor + by * max(1, self.size.height - 2))

    def action_half(self, by: int) -> None:
        self.move_to(self.cursor + by * max(1, (self.size.height - 1) // 2))

    def action_top(self) -> None:
        self.move_to(0)

    def action_bottom(self) -> None:
        self.move_to(self._source.count - 1)

    def action_open(self) -> None:
        key = self.cursor_key
        if key is not None:
            self.post_message(self.Opened(key))

    def on_click(self, event: events.Click) -> None:
        if event.y == 0:
            self._header_clicked(event.x)
            return
        position = event.y - 1 + round(self.scroll_offset.y)
        if position == self.cursor and event.chain > 1:
            self.action_open()
        elif position < self._source.count:
            self.move_to(position)

    def _header_clicked(self, x: int) -> None:
        edge = GUTTER
        for index, width in zip(self._layout.indexes, self._layout.widths, strict=True):
            edge += width + len(GAP)
            if x < edge:
                if self._columns[index].sort:
                    self.post_message(self.SortRequested(self._columns[index].sort))
                return

    # Marks

    def action_mark(self) -> None:
        key = self.cursor_key
        if key is None:
            return
        self.marks ^= {key}
        self.refresh(self._line(self.cursor))
        self._marks_changed()
        self.move_to(self.cursor + 1)

    def action_range(self) -> None:
        if self._range_from is None:
            self._range_from = self.cursor
            return
        low, high = sorted((self._range_from, self.cursor))
        self._range_from = None
        keys = (self._source.key_at(position) for position in range(low, high + 1))
        self._set_marks(self.marks | {key for key in keys if key is not None})

    def action_mark_all(self) -> None:
        self._set_marks(self.marks | set(self._source.keys()))

    def action_unmark(self) -> None:
        self._range_from = None
        self._set_marks(set())

    def action_invert(self) -> None:
        self._set_marks(self.marks ^ set(self._source.keys()))

    def _set_marks(self, marks: set[int]) -> None:
        self.marks = marks
        self.refresh()
        self._marks_changed()

    def _marks_changed(self) -> None:
        self.post_message(self.MarksChanged(len(self.marks)))
