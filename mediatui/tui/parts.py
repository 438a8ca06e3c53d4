"""The parts of a screen: ``<`` and ``>`` go from one to the next, and a line says which there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from textual import events
from textual.binding import Binding

from mediatui.tui.view import View
from mediatui.tui.widgets.lines import Choices

PARTS_OF_TRANSFERS: Final = ("transfers", "staging")
"""The views that are parts of Transfers, in their order; each word is its own name."""
WAY: Final = "< >"


def part_keys(name: str) -> tuple[Binding, ...]:
    """The bindings of a part, under the names its keys can be changed by."""
    return (
        Binding("less_than_sign", "part(-1)", "previous part", show=False, id=f"{name}.part-left"),
        Binding("greater_than_sign", "part(1)", "next part", show=False, id=f"{name}.part-right"),
    )


class PartsLine(Choices):
    """The parts one can click, each with its count, and the keys at the right."""

    def __init__(self, parts: Sequence[str], here: str, *, id: str) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._parts_shown = parts
        self._here = here
        self._counts: Mapping[str, int] = {}

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Shows these counts beside the words of the parts."""
        self._counts = counts
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        choices = [(name, f"{name} {self._counts[name]:,}" if name in self._counts else name)
                   for name in self._parts_shown]  # fmt: skip
        used = sum(len(text) + 3 for _, text in choices)
        width = self.size.width or self.app.size.width - 2
        blank = " " * max(1, width - used - len(WAY))
        self.set_choices(choices, self._here, after=[(blank, ""), (WAY, "$key")])


class PartView(View):
    """A view that is one of the parts of a screen."""

    PARTS: Sequence[str] = ()
    _parts: PartsLine

    def action_part(self, by: int) -> None:
        at = self.PARTS.index(self.id or "")
        self._open_part(self.PARTS[(at + by) % len(self.PARTS)])

    def _open_part(self, name: str) -> None:
        self.host.call_later(self.host.open_view, name)

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """Goes to the part that was clicked; a click on another line is not for this."""
        if message.sender_line is self._parts:
            message.stop()
            message.prevent_default()
            self._open_part(message.name)
