"""The first line of a screen without a tab of its own: the way one came to it, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from rich.cells import cell_len
from textual import events

from mediatui.tui.widgets.lines import Part, TextLine

STEP = " › "


class Trailed(Protocol):
    """An app that knows the way to the view in front."""

    @property
    def trail(self) -> Sequence[str]:
        """The words of the screens on the way, that in front last."""
        ...

    async def go_back(self) -> None:
        """One step back."""


class TrailLine(TextLine):
    """``5 Tidy › Cleanup › plan`` and, behind it, what the view says; a click on the way goes one step back."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._said: Sequence[Part] = ()
        self._way = 0

    def set_parts(self, parts: Sequence[Part]) -> None:
        """Shows the way here, and these behind it."""
        self._said = parts
        self.show_trail()

    def show_trail(self) -> None:
        """Shows the way here as it is now."""
        *before, last = cast(Trailed, self.app).trail or [""]
        way = "".join(f"{word}{STEP}" for word in before)
        self._way = cell_len(way)
        super().set_parts([(way, "$quiet"), (last, "$title"), ("   ", ""), *self._said])

    async def on_click(self, event: events.Click) -> None:
        if event.x - self.gutter.left < self._way:
            event.stop()
            await cast(Trailed, self.app).go_back()
