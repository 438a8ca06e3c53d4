"""Single lines of the frame: tabs, chips with the meter, the keys. Each redraws only when it changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
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

    def set_parts(self, parts: Sequence[Part]) -> None:
        """Shows the parts, one after the other."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            content = Content.assemble(*parts)
            grows = self.styles.is_auto_width and content.cell_length != self._cells
            self._cells = content.cell_length
            self.update(content, layout=grows)  # a layout draws the whole screen again


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
