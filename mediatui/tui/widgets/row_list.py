"""The big table: a list of any length of which only what is visible is fetched and drawn.

Bytes matter over SSH: a cursor move redraws two lines, each one or two runs of one style; leaving the window jumps
half a page instead of scrolling line by line; when rows change only lines that look different are drawn again. Cursor
and marks are kept as keys and survive filter, sort and refresh.
"""

from __future__ import annotations

import textwrap
from collections.abc import Container, Sequence
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.strip import Strip

from mediatui.tui.widgets.columns import GAP, AnyColumn
from mediatui.tui.widgets.drawn_lines import DrawnLines
from mediatui.tui.widgets.fitted_columns import FittedColumns
from mediatui.tui.widgets.marks import MarkedRange, Marks
from mediatui.tui.widgets.row_keys import ROW_KEYS
from mediatui.tui.widgets.row_messages import RowMessages
from mediatui.tui.widgets.rows import RowSource

MARKED = "●"
MOVES = frozenset(("move", "page", "half", "top", "bottom", "other_pane"))
"""The actions that only move the cursor, or go to another pane."""
NO_STYLE = Style.null()
GUTTER = 2
"""Cells at the left for the cursor and the mark."""


class RowList(RowMessages, DrawnLines, can_focus=True):
    """Shows a RowSource: cursor, marks, columns as wide as what is in sight."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--header", "rows--group", "rows--cursor", "rows--marked"}
    BINDINGS: ClassVar[list[BindingType]] = [*ROW_KEYS]

    def __init__(self, columns: Sequence[AnyColumn], source: RowSource, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._source = source
        self._fitted = FittedColumns(columns, source)
        self._width = -1
        self._moved = False
        self._strips: LRUCache[tuple[int, bool, str], Strip] = LRUCache(512)
        self._key: int | None = None
        self.cursor = 0
        self.marks = Marks()
        self._range = MarkedRange(self.marks, source.key_at)
        self.empty_text = ""
        self.sort_title = ("", False)

    @property
    def cursor_key(self) -> int | None:
        """The key of the row under the cursor, as it is shown: the source may be ahead of the screen."""
        return self._key

    def targets(self) -> list[int]:
        """What an action works on: the marked rows, else the row under the cursor."""
        return self.marked() or ([] if self._key is None else [self._key])

    def marked(self) -> list[int]:
        """The marked rows in the order of the list; those a filter hides come last."""
        if not self.marks:
            return []
        left = set(self.marks)
        found = [key for key in iter(self._source.keys()) if key in left]
        left.difference_update(found)
        return [*found, *sorted(left)]

    def marked_or_all(self) -> list[int]:
        """The marked rows, else every row that is listed, in the order of the list."""
        return self.marked() or list(self._source.keys())

    def keep_marks(self, keys: Container[int]) -> None:
        """Takes the marks of rows that are not among ``keys``: what they marked is gone."""
        gone = [key for key in self.marks if key not in keys]
        for key in gone:
            self.marks.toggle(key)
        if gone:
            self._draw_changed()
            self._marks_changed()

    # What is shown

    def on_mount(self) -> None:
        self._key = self._source.key_at(self.cursor)

    def source_changed(self, *, to_top: bool = False, anew: bool = False) -> None:
        """The source has other rows now: the cursor stays on its row, on the same line, when that is still there, and
        on the first row until it was moved. ``anew`` says that the rows are others altogether, as does ``to_top``: the
        columns are then laid out without a thought to what was shown before."""
        self._strips.clear()
        if anew or to_top or self._key is None:
            self._fitted.forget()
        else:
            self._fitted.look_again()
        first = self._visible()[0]
        line = self.cursor - first
        self._moved = self._moved and not to_top
        to_first = to_top or (not self._moved and first == 0)
        position = None if to_first or self._key is None else self._source.position_of(self._key)
        self.cursor = 0 if to_first else self.cursor if position is None else position
        self.cursor = self.row_to_rest_on(max(0, min(self.cursor, self._source.count - 1)), 1)
        self._range.follow(self._source.position_of)
        before = self._key
        self._key = self._source.key_at(self.cursor)
        self._measure()
        self._scroll(0 if to_first else self.cursor - line)
        self._show_cursor()
        self._draw_changed()
        if self._key != before or to_top:
            self.post_message(self.Highlighted(self._key))

    def _fit_columns(self) -> None:
        if self._fitted.fit(*self.in_sight, self.size.width - GUTTER, self.sort_title[0]):
            self._strips.clear()

    @property
    def wanted_width(self) -> int:
        """The cells in which none of the rows seen so far is cut."""
        self._fit_columns()
        return GUTTER + self._fitted.natural_width(self.sort_title[0])

    def set_sort(self, title: str, reverse: bool) -> None:
        """Draws the arrow beside a heading."""
        self.sort_title = (title, reverse)
        self._draw_changed()

    def _measure(self) -> None:
        size = Size(self.size.width, self._source.count + 1)
        if self._scrolls(size) == self._scrolls(self.virtual_size):
            # No new layout for a row more or less: Textual would draw every line again.
            self.set_reactive(RowList.virtual_size, size)
        else:
            self.virtual_size = size

    def _scrolls(self, size: Size) -> bool:
        return size.height > self.size.height

    def on_resize(self, event: events.Resize) -> None:
        self._measure()
        self._show_cursor()

    def _forget_strips(self, at_cursor: bool) -> None:
        if not at_cursor:
            self._strips.clear()
        for name in [*self._strips.keys()]:
            if name[1]:
                self._strips.discard(name)

    def _style(self, name: str = "") -> Style:
        """How a kind of line looks, or the list itself."""
        style = self._styles.get(name)
        if style is None:
            style = self.get_component_rich_style(f"rows--{name}") if name else self.rich_style
            self._styles[name] = style
        return style

    def _said(self, meaning: str, at_cursor: bool = False) -> Style:
        """How a word with a meaning looks, over the style of its row. Named colours are not put on that of the cursor:
        nobody knows how they go together."""
        if not meaning or (at_cursor and self.has_focus and self.app.native_ansi_color):
            return NO_STYLE
        style = self._styles.get(f"${meaning}")
        if style is None:
            style = self._styles[f"${meaning}"] = self.app.stylesheet.parse_style(f"${meaning}").rich_style
        return style

    def _look_at(self, lines: Sequence[int]) -> list[Strip]:
        width = self.size.width
        if self._width != width:
            self._width = width
            self._strips.clear()  # a line may be asked for before the resize is reported
        self._fit_columns()
        first = self._visible()[0]
        return [self._strip(y, first + y - 1, width) if y else self._header(width) for y in lines]

    def _strip(self, y: int, position: int, width: int) -> Strip:
        """A line below the heading, on which the row at a position is, if there is one."""
        key = self._source.key_at(position) if position < self._source.count else None
        if key is None:
            return self._empty_line(y, width)
        sign = MARKED if key in self.marks else " "
        name = (key, position == self.cursor, sign)
        strip = self._strips.get(name)
        if strip is None:
            strip = self._strips[name] = self._draw(position, width, position == self.cursor, sign)
        return strip

    def _empty_line(self, y: int, width: int) -> Strip:
        """A line below the rows: blank, or of the text an empty list shows instead of rows."""
        texts = self.empty_text.splitlines() if self._source.count == 0 else []
        lines = [line for text in texts for line in textwrap.wrap(text, max(1, width - GUTTER))]
        at = y - max(2, self.size.height // 3)
        if not 0 <= at < len(lines):
            return Strip.blank(width, self._style())
        style = self._style() + self._said("quiet")
        return Strip([Segment(set_cell_size(lines[at].center(width), width), style)], width)

    def _header(self, width: int) -> Strip:
        title, reverse = self.sort_title
        first, last = self.in_sight
        count = self._source.count  # part of the heading: it changes only when all is drawn anyway
        shown = f"{first + 1:,}-{last:,} of {count:,}" if count > last - first else ""
        text = " " * GUTTER + self._fitted.titles(title, "↓" if reverse else "↑", shown, width - GUTTER)
        return Strip([Segment(set_cell_size(text, width), self._style("header"))], width)

    def _draw(self, position: int, width: int, at_cursor: bool, sign: str) -> Strip:
        row = self._source.row(position)
        if row is None:
            return Strip.blank(width, self._style())
        before = ("▌" if at_cursor else " ") + sign
        own = self._style("group") if row.heading else self._style()
        base = self._style("cursor") if at_cursor else self._style("marked") if sign != " " else own
        if row.heading:
            text = before + self._fitted.heading(row, width - GUTTER)
            return Strip([Segment(set_cell_size(text, width), base)], width)
        meant = dict(((len(row.cells) - 1, row.tone), *row.also))
        parts: list[Segment] = []
        text, style = before, base
        for number, (index, cell) in enumerate(self._fitted.cells(row)):
            text += GAP if number else ""
            said = base + self._said(meant.get(index, ""), at_cursor)
            if said != style:
                parts.append(Segment(text, style))
                text, style = "", said
            text += cell
        text += " " * (width - GUTTER - self._fitted.layout.width)
        return Strip([*parts, Segment(text, style)]).crop(0, width)

    # The cursor

    def _line(self, position: int) -> Region:
        return Region(0, position + 1 - round(self.scroll_offset.y), self.size.width, 1)

    def _visible(self) -> tuple[int, int]:
        first = round(self.scroll_offset.y)
        return first, first + max(1, self.size.height - 1)

    @property
    def in_sight(self) -> tuple[int, int]:
        """The rows ``[first, last)`` that are on the screen."""
        first, last = self._visible()
        return first, min(last, self._source.count)

    def move_to(self, position: int) -> None:
        """Puts the cursor on a row, within the rows there are."""
        count = self._source.count
        position = self.row_to_rest_on(max(0, min(position, count - 1)), 1 if position >= self.cursor else -1)
        if not count or (position == self.cursor and self._key is not None and self._is_visible()):
            return
        self._moved = True
        before, self.cursor = self.cursor, position
        self._key = self._source.key_at(position)
        if self._range.stretch(before, position):
            self._marks_changed()
        if self._is_visible():
            passed = range(min(before, position), max(before, position) + 1)
            lines = passed if self._range.is_open else (before, position)
            self.refresh(*(self._line(line) for line in lines))
        else:
            self._show_cursor()
        self.post_message(self.Highlighted(self._key))

    def row_to_rest_on(self, position: int, by: int) -> int:
        """The row the cursor rests on when it is to go to ``position``, ``by`` 1 downwards, by -1 upwards."""
        return position

    def stay_at(self, position: int) -> None:
        """Puts the cursor on a row it stays on, wherever that goes, even if it is the first one now."""
        self.move_to(position)
        self._moved = True

    def _is_visible(self) -> bool:
        first, last = self._visible()
        return first <= self.cursor < last

    def _show_cursor(self) -> None:
        """Scrolls half a page beyond the cursor when it is outside the window: a tenth of the bytes of single lines."""
        if not self.size.height:  # about to be shown: the resize that comes sees to it
            return
        first, last = self._visible()
        height = last - first
        if self.cursor >= last:
            self._scroll(self.cursor - height // 2)
        elif self.cursor < first:
            self._scroll(self.cursor - (height - 1) // 2)

    def _scroll(self, first: int) -> None:
        """Puts a row on the first line, as far as there are rows."""
        first = max(0, min(first, self._source.count - max(1, self.size.height - 1)))
        if first != round(self.scroll_offset.y):
            self.scroll_to(y=first, animate=False, immediate=True, force=True)

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

    def action_open(self, into: bool = False) -> None:
        key = self.cursor_key
        if key is not None:
            self.post_message(self.Opened(key, into))

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
        column = self._fitted.column_at(x - GUTTER)
        if column is not None and column.sort:
            self.post_message(self.SortRequested(column.sort))

    # Marks

    def action_mark(self) -> None:
        if self._key is None:
            return
        self.marks.toggle(self._key)
        self.refresh(self._line(self.cursor))
        self._marks_changed()
        self.move_to(self.cursor + 1)

    def action_range(self) -> None:
        if self._range.is_open:
            self._range.end()
        elif self._key is not None:
            self._range.begin(self.cursor)
            self.refresh(self._line(self.cursor))
            self._marks_changed()

    def action_mark_all(self) -> None:
        self.marks.add(self._source.keys())
        self._all_marks_changed()

    def action_unmark(self) -> None:
        self.marks.clear()
        self._all_marks_changed()

    def action_invert(self) -> None:
        self.marks.invert(self._source.keys())
        self._all_marks_changed()

    def _all_marks_changed(self) -> None:
        self._range.end()
        self._draw_changed()
        self._marks_changed()

    def _marks_changed(self) -> None:
        self.post_message(self.MarksChanged(len(self.marks)))
