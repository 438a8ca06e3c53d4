"""The details of one thing, as lines that scroll when they have the keyboard; what they are made of in each view."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mediatui.model.human import long_moment
from mediatui.model.text import printable, printable_path
from mediatui.store.changes.journal import Line
from mediatui.tui.widgets.pane_lines import PaneLine, fit_lines

LABEL: Final = 10
"""How many cells wide the name of a fact is."""


class DetailPane(VerticalScroll, can_focus=True):
    """Lines about one thing."""

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
        self._body = Static("", markup=False)
        self._about: object = None
        self._lines: tuple[PaneLine, ...] = ()

    def compose(self) -> ComposeResult:
        yield self._body

    def show(self, about: object, lines: Iterable[PaneLine]) -> None:
        """Shows what is known ``about`` a thing (its key or path); redraws only when something is different, and goes
        to the top only for another thing."""
        self._lines = tuple(lines)
        self._draw()
        if about != self._about:
            self._about = about
            self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Breaks the lines for the new width."""
        self._draw()

    def watch_has_focus(self, focus: bool) -> None:
        """Shows by the first line whether the pane has the keyboard."""
        super().watch_has_focus(focus)
        self._draw()

    def _draw(self) -> None:
        width = self.content_size.width - self.styles.scrollbar_size_vertical
        lines = list(fit_lines(self._lines, max(0, width)))
        if self.has_focus and lines:
            lines[0] = lines[0].stylize("$title")
        content = Content("\n").join(lines)
        if content != self._body.content:
            self._body.update(content)


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
