"""A text over the page, such as what is wrong with what is typed."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static


class Fault(Static):
    """Lies above the prompt while there is something to say, at once or once nothing was typed for a while."""

    def __init__(self) -> None:
        super().__init__("", id="prompt-fault", markup=False)
        self._due: Timer | None = None

    def put(self, text: str | Content) -> None:
        """Shows a text, in place of what was to come."""
        self.hide()
        self.update(text)
        self.display = True

    def put_later(self, after_s: float, show: Callable[[], None]) -> None:
        """Has ``show`` called after so many seconds, unless something else is put or it is hidden before."""
        self._due = self.set_timer(after_s, show)

    def hide(self) -> None:
        """Takes it away, and what was to come."""
        if self._due is not None:
            self._due.stop()
            self._due = None
        self.display = False
