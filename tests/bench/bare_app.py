"""The least a Textual app of two full pages can be, to measure the screen against."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher, Static

READY = "page one"


def page(word: str) -> str:
    """Forty rows of a table, each other than those of another page."""
    return "\n".join(f"{word} {row:>3}  {word[::-1] * 8}  {row * 7919 % 1000:>5}.4 GB  12 Nov" for row in range(40))


class BareApp(App[None]):
    """Two pages, and a key for each."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("1", "show('one')"), Binding("2", "show('two')")]

    def compose(self) -> ComposeResult:
        with ContentSwitcher(initial="one"):
            yield Static(page(READY), id="one", markup=False)
            yield Static(page("page two"), id="two", markup=False)

    def action_show(self, name: str) -> None:
        """Puts a page in front."""
        self.query_one(ContentSwitcher).current = name


if __name__ == "__main__":
    BareApp().run()
