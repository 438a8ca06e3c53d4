"""A page that is drawn line by line, with a cursor that goes from item to item; only lines that changed are sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, cast

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from mediatui.tui.views.stats.page import Direction, Item, Opens, Page, Piece
from mediatui.tui.widgets.drawn_lines import DrawnLines

MARGIN = 1
"""Cells at the left that stay empty."""
WAITING = "Reading the figures …"


class Board(DrawnLines, can_focus=True):
    """Shows a page. The cursor stays on its item, by name, when the figures change."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"board--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="stats.open", tooltip="What the row under the cursor stands for"),
        Binding("j,down", "go('down')", "down", show=False, id="stats.down", tooltip="Next row"),
        Binding("k,up", "go('up')", "up", show=False, id="stats.up", tooltip="Row before"),
        Binding("h,left", "go('left')", "left", show=False, id="stats.left", tooltip="What is at the left"),
        Binding("l,right", "go('right')", "right", show=False, id="stats.right", tooltip="What is at the right"),
        Binding("tab", "section(1)", "next section", id="stats.next", tooltip="The next section"),
        Binding(
            "shift+tab", "section(-1)", "section before", show=False, id="stats.previous", tooltip="The section before"
        ),
        Binding("pagedown,ctrl+d", "page(1)", "page down", show=False, id="stats.page-down", tooltip="Next page"),
        Binding("pageup,ctrl+u", "page(-1)", "page up", show=False, id="stats.page-up", tooltip="Page before"),
        Binding("g,home", "end(0)", "first", show=False, id="stats.first", tooltip="First row"),
        Binding("G,end", "end(-1)", "last", show=False, id="stats.last", tooltip="Last row"),
    ]

    class Opened(Message):
        """An item was opened."""

        def __init__(self, opens: Opens) -> None:
            super().__init__()
            self.opens = opens

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._page: Page | None = None
        self._lay_out: Callable[[int, int], Page] | None = None
        self._cursor = 0
        self._goal = 0
        self._laid_out_for = (0, 0)
        self._strips: dict[int, Strip] = {}
        """The lines of the page where the cursor is not."""

    # What is shown

    @property
    def room(self) -> int:
        """How many cells wide a page may be: at the right a blank and the scroll bar stand."""
        return self.size.width - MARGIN - 2

    def show(self, lay_out: Callable[[int, int], Page]) -> None:
        """Shows the page that ``lay_out`` makes for so many cells and lines, in place of the one before. Lines that
        look the same are not drawn again."""
        self._lay_out, self._laid_out_for = lay_out, (0, 0)
        if self.room > 0:
            self._laid_out_for = self.room, self.size.height
            self._show(lay_out(*self._laid_out_for))

    def _show(self, page: Page) -> None:
        name = self.item.name if self.item is not None else ""
        self._page = page
        self._strips.clear()
        self._cursor = page.named(name) or 0
        size = Size(self.size.width, len(page.lines) + 1)
        if (size.height > self.size.height) == (self.virtual_size.height > self.size.height):
            self.set_reactive(Board.virtual_size, size)  # no new layout, which would draw everything
        else:
            self.virtual_size = size
        self._draw_changed()

    @property
    def item(self) -> Item | None:
        """The item under the cursor."""
        page = self._page
        return page.items[self._cursor] if page is not None and self._cursor < len(page.items) else None

    def on_resize(self) -> None:
        """Lays the page out anew for the room there is, unless it was laid out for that."""
        if self._lay_out is not None and self._laid_out_for != (self.room, self.size.height):
            self.show(self._lay_out)

    def _forget_strips(self, at_cursor: bool) -> None:
        if not at_cursor:
            self._strips.clear()

    def _look_at(self, lines: Sequence[int]) -> list[Strip]:
        (width, height), page, item = self.size, self._page, self.item
        if page is None:
            texts = (WAITING.center(width) if y == height // 3 else " " * width for y in lines)
            return [Strip([Segment(text, self._style("quiet"))], width) for text in texts]
        first = round(self.scroll_offset.y)
        strips: list[Strip] = []
        for number in (first + y for y in lines):
            if item is not None and (item.y <= number < item.bottom or number == item.note_line):
                strips.append(self._strip(page, number, width))
                continue
            if number not in self._strips:
                self._strips[number] = self._strip(page, number, width)
            strips.append(self._strips[number])
        return strips

    def _strip(self, page: Page, number: int, width: int) -> Strip:
        """A line of the page."""
        pieces = self._pieces(number) if number < len(page.lines) else ()
        segments: list[Segment] = []
        end = -MARGIN
        for piece in pieces:
            if piece.x > end:
                segments.append(Segment(" " * (piece.x - end), self._style()))
            segments.append(Segment(piece.text, self._style(piece.meaning, at_cursor=piece.item == self._cursor)))
            end = piece.x + cell_len(piece.text)
        return Strip(segments).adjust_cell_length(width, self._style()).simplify()

    def _pieces(self, number: int) -> tuple[Piece, ...]:
        """The pieces of a line, with what the item under the cursor notes there."""
        pieces, item = cast(Page, self._page).lines[number], self.item
        if item is None or item.note_line != number:
            return pieces
        x = self.room - sum(cell_len(text) for text, _ in item.note)
        kept = [piece for piece in pieces if piece.x + cell_len(piece.text) <= x]
        for text, meaning in item.note:
            kept.append(Piece(x, text, meaning))
            x += cell_len(text)
        return tuple(kept)

    def _style(self, meaning: str = "", *, at_cursor: bool = False) -> Style:
        """How text with a meaning looks; named colours are not put on that of the cursor."""
        key = f"{meaning} {at_cursor} {self.has_focus}"
        style = self._styles.get(key)
        if style is None:
            style, cursor = self.rich_style, self.get_component_rich_style("board--cursor", partial=True)
            if at_cursor and (not meaning or (self.has_focus and self.app.native_ansi_color)):
                style += cursor
            elif meaning:
                style += self.app.stylesheet.parse_style(f"${meaning}").rich_style
                style += Style(bgcolor=cursor.bgcolor, reverse=cursor.reverse) if at_cursor else Style.null()
            self._styles[key] = style
        return style

    # The cursor

    def _move(self, number: int | None, *, goal: bool = False) -> None:
        """Puts the cursor on an item; ``goal`` makes its middle the cell that going up and down keeps to."""
        page, before = self._page, self.item
        if page is None or number is None or before is None or number == self._cursor:
            return
        self._cursor = number
        item = page.items[number]
        if goal:
            self._goal = item.x + item.width // 2
        first, height = round(self.scroll_offset.y), self.size.height
        if first <= item.y and item.bottom <= first + height:
            self.refresh(*self._places(before), *self._places(item))
        else:
            top = 0 if item.y < height - 1 else max(0, min(item.y - height // 2, len(page.lines) + 1 - height))
            self.scroll_to(y=top, animate=False, immediate=True, force=True)
            self._draw_changed()

    def _places(self, item: Item) -> list[Region]:
        """Where an item and its note are on the screen."""
        first, height = round(self.scroll_offset.y), self.size.height
        places = [Region(item.x + MARGIN, y - first, item.width, 1) for y in range(item.y, item.bottom)]
        if item.note:
            wide = sum(cell_len(text) for text, _ in item.note)
            places.append(Region(self.room - wide + MARGIN, item.note_line - first, wide, 1))
        return [place for place in places if 0 <= place.y < height]

    def action_go(self, direction: Direction) -> None:
        """To the item beside this one; at the edge the page scrolls to its end."""
        page = self._page
        if page is None or self.item is None:
            return
        found = page.next_to(self._cursor, direction, self._goal)
        if found is not None:
            self._move(found, goal=direction in ("left", "right"))
        elif direction in ("up", "down"):
            self.scroll_to(y=0 if direction == "up" else self.max_scroll_y, animate=False, immediate=True)

    def action_section(self, by: int) -> None:
        """To the first item of the section so many further on."""
        if self._page is not None and self.item is not None:
            self._move(self._page.in_section(self._cursor, by), goal=True)

    def action_page(self, by: int) -> None:
        """To the item a screen further on, in the same column where that can be."""
        page, item = self._page, self.item
        if page is None or item is None:
            return
        wanted = item.y + by * max(1, self.size.height - 2)
        ahead = [at for at, one in enumerate(page.items) if (one.y - item.y) * by > 0]
        if ahead:
            items = page.items
            column = [at for at in ahead if items[at].x <= self._goal < items[at].right] or ahead
            self._move(min(column, key=lambda at: abs(items[at].y - wanted)))

    def action_end(self, which: int) -> None:
        """To the first or the last item."""
        if self._page is not None and self._page.items:
            self._move(which % len(self._page.items), goal=True)

    def action_open(self) -> None:
        if self.item is not None:
            self.post_message(self.Opened(self.item.opens))

    def on_click(self, event: events.Click) -> None:
        """Goes to what was clicked, and opens it."""
        page = self._page
        number = None if page is None else page.item_at(event.x - MARGIN, event.y + round(self.scroll_offset.y))
        if number is not None:
            self._move(number, goal=True)
            self.action_open()
