"""The details of one thing, as lines that scroll when they have the keyboard; what they are made of in each view."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from mediatui.model.human import long_moment
from mediatui.model.text import printable, printable_path
from mediatui.tui.widgets.pane_lines import PaneLine, fit_lines

if TYPE_CHECKING:
    from mediatui.store.changes.journal import Line

LABEL: Final = 10
"""How many cells wide the name of a fact is."""


class DetailPane(ScrollView, can_focus=True):
    """Lines about one thing. Only those that look different are drawn again."""

    ALLOW_SELECT: ClassVar[bool] = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "down", show=False, id="pane.down"),
        Binding("k,up", "scroll_up", "up", show=False, id="pane.up"),
        Binding("ctrl+d,pagedown", "page_down", "page down", show=False, id="pane.page-down"),
        Binding("ctrl+u,pageup", "page_up", "page up", show=False, id="pane.page-up"),
        Binding("g,home", "scroll_home", "first line", show=False, id="pane.top"),
        Binding("G,end", "scroll_end", "last line", show=False, id="pane.bottom"),
    ]

    def __init__(self, name: str) -> None:
        """``name`` is the pane's id."""
        super().__init__(id=name)
        self._about: object = None
        self._lines: tuple[PaneLine, ...] = ()
        self._shown: list[Content] = []

    def show(self, about: object, lines: Iterable[PaneLine]) -> None:
        """Shows what is known ``about`` a thing (its key or path); redraws only what is different, and goes to the top
        only for another thing."""
        self._lines = tuple(lines)
        if about != self._about:
            self._about = about
            self.scroll_to(y=0, animate=False, immediate=True, force=True)
        self._draw()

    def on_resize(self) -> None:
        """Breaks the lines for the new width."""
        self._draw()

    def watch_has_focus(self, focus: bool) -> None:
        """Shows by the first line whether the pane has the keyboard."""
        super().watch_has_focus(focus)
        self._draw()

    @property
    def _width(self) -> int:
        """How many cells wide a line may be: the bar beside it takes one whether it is shown or not."""
        return self.scrollable_content_region.width

    def _draw(self) -> None:
        lines = list(fit_lines(self._lines, self._width))
        if self.has_focus and lines:
            lines[0] = lines[0].stylize("$title")
        before, self._shown = self._shown, lines
        self._measure()
        first = round(self.scroll_offset.y)
        changed = [
            Region(same := _same_cells(*pair), at - first, max(line.cell_length for line in pair) - same, 1)
            for at, pair in enumerate(zip_longest(before, lines, fillvalue=Content("")))
            if first <= at < first + self.size.height and not pair[0].is_same(pair[1])
        ]
        if changed:
            self.refresh(*changed)

    def _measure(self) -> None:
        size = Size(self._width, len(self._shown))
        if self._scrolls(size) == self._scrolls(self.virtual_size) and not self.styles.is_auto_height:
            # No new layout for a line more or less: Textual would draw every line again.
            self.set_reactive(DetailPane.virtual_size, size)
            self._scroll_update(size)
        else:
            self.virtual_size = size

    def _scrolls(self, size: Size) -> bool:
        return size.height > self.size.height

    def render_line(self, y: int) -> Strip:
        """One visible line."""
        at, width = round(self.scroll_offset.y) + y, self._width
        if at >= len(self._shown):
            return Strip.blank(width, self.rich_style)
        strips = Visual.to_strips(self, self._shown[at], width, 1, self.visual_style, apply_selection=False)
        return strips[0].adjust_cell_length(width, self.rich_style)


def _same_cells(one: Content, other: Content) -> int:
    """In how many cells two lines begin the same; those that are certainly one cell a character."""
    pairs = takewhile(
        lambda pair: pair[0] == pair[1] and " " <= pair[0] <= "~", zip(one.plain, other.plain, strict=False)
    )
    count = max(0, sum(1 for _ in pairs) - 1)  # a mark may follow that belongs to the last
    return count if one[:count].is_same(other[:count]) else 0


def title_lines(path: bytes) -> Iterator[Content]:
    """A path as the title of a pane: its name, and the folder it is in."""
    folder, name = os.path.split(path)
    yield Content.styled(printable_path(name), "$heading")
    yield Content.styled(f"in {printable_path(folder)}", "$quiet")
    yield Content("")


def heading_lines(text: str) -> Iterator[Content]:
    """The heading of a part, with an empty line before it."""
    yield Content("")
    yield Content.styled(text, "$heading")


def label(name: str, width: int = LABEL) -> tuple[str, str]:
    """The name of a fact, before its value."""
    shown = printable(name)
    return (f"{shown:<{width}}{' ' * (len(shown) >= width)}", "$quiet")


def fact_lines(facts: Sequence[tuple[str, str]], width: int = LABEL) -> Iterator[Content]:
    """A line for each fact that has a value."""
    for name, text in facts:
        if text:
            yield Content.assemble(label(name, width), printable(text))


def history_lines(lines: Sequence[Line], indent: str = "") -> Iterator[Content]:
    """What the journal says was changed, if anything was."""
    if lines:
        yield from heading_lines("what was changed")
    for line in lines:
        undone = ", undone" if line.undone_at is not None else ""
        moment = long_moment(line.at)
        yield Content(f"{indent}{moment}  {line.kind}: {line.outcome or 'begun'}{undone}  (batch {line.batch})")
