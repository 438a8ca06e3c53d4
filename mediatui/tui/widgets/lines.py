"""Single lines of the frame: tabs, chips with the meter, the keys. Each redraws only when it changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Static

Part = tuple[str, str]
"""A text and its style."""


GAP_CELLS = 3
"""What stands around each of some choices: blanks, and one between."""


def spaced(words: Sequence[str]) -> list[Part]:
    """Words to choose from, as parts."""
    return [part for word in words for part in ((word, "$key"), ("  ", ""))]


def pairs(*known: tuple[str, str]) -> list[Part]:
    """Keys and their words, as parts."""
    return [part for key, word in known for part in ((key, "$key"), (f" {word}  ", ""))]


class TextLine(Static):
    """One line of parts; nothing is written when it did not change."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__("", id=id, markup=False)
        self._parts: tuple[Part, ...] = ()
        self._cells = 0
        self._is_plain = True
        """Whether its text is one line of what takes the cells it says."""
        self._looks: dict[str, Style] = {}

    def set_parts(self, parts: Sequence[Part]) -> None:
        """Shows the parts, one after the other."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            content = Content.assemble(*parts)
            grows = self.styles.is_auto_width and content.cell_length != self._cells
            self._cells = content.cell_length
            self._is_plain = content.plain.isprintable()
            self.update(content, layout=grows)  # a layout draws the whole screen again

    def render_line(self, y: int) -> Strip:
        """The parts in their styles. Textual makes anything of a text, which takes longer than the rows of a list; it
        does so here where the text has to be cut."""
        width = self.size.width
        if y or self._cells > width or not self._is_plain:
            return super().render_line(y)
        parts = (*self._parts, (" " * (width - self._cells), ""))
        runs = ((look, "".join(text for text, _ in run)) for look, run in groupby(parts, lambda part: part[1]))
        return Strip([Segment(text, self._look(look)) for look, text in runs if text], width)

    def _look(self, words: str) -> Style:
        """What the words of a part's style look like on this line."""
        style = self._looks.get(words)
        if style is None:
            style = self._looks[words] = (self.visual_style + self.app.stylesheet.parse_style(words)).rich_style
        return style

    def notify_style_update(self) -> None:
        """Forgets looked-up styles when theme or CSS changes."""
        super().notify_style_update()
        self._looks.clear()

    def join_frame(self) -> None:
        """Has what was set drawn in the frame that is being made; else it may come one later."""
        self._check_refresh()


class Choices(TextLine):
    """A line of things one can click: each has an id, a text, and whether it is the chosen one."""

    class Chosen(Message):
        """One was clicked."""

        def __init__(self, sender: Choices, name: str) -> None:
            super().__init__()
            self.sender_line = sender
            self.name = name

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._ends: list[tuple[int, str]] = []

    def set_choices(
        self,
        choices: Sequence[tuple[str, str]],
        chosen: str,
        *,
        before: Sequence[Part] = (),
        after: Sequence[Part] = (),
    ) -> None:
        """Shows ``(name, text)`` pairs, between other parts."""
        parts = list(before)
        self._ends = []
        end = sum(cell_len(text) for text, _ in before)
        for name, text in choices:
            parts.append((f" {text} ", "$chosen" if name == chosen else "$quiet"))
            parts.append((" ", ""))
            end += cell_len(text) + 3
            self._ends.append((end, name))
        self.set_parts([*parts, *after])

    def on_click(self, event: events.Click) -> None:
        for end, name in self._ends:
            if event.x < end:
                self.post_message(self.Chosen(self, name))
                return
