"""The chips over a list: what narrows it, with counts, behind the filter that was typed, as long as that holds."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.message import Message

from mediatui.model.text import printable
from mediatui.tui.widgets.columns import fit
from mediatui.tui.widgets.lines import GAP_CELLS, Choices, Part

SHORTEST_QUERY = 12
MORE_CELLS = 5
"""What says how many chips there is no room for, and the key that goes on to them."""
CLEAR = "esc ✕"
"""How the filter's chip ends: the key that clears it, and where to click for that."""


class Chips(Choices):
    """Chips one can click. That of the filter stands first, in the accent colour."""

    class Cleared(Message):
        """The chip of the filter was clicked: it is to hold no more."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._shown: tuple[Sequence[tuple[str, str]], str, str, str, str] = ((), "", "", "", "")
        self._filter_cells = 0

    def show(
        self,
        chips: Sequence[tuple[str, str]],
        chosen: str,
        *,
        query: str = "",
        found: int | None = None,
        text: str = "",
    ) -> None:
        """Shows ``(name, text)`` pairs, one of them chosen, behind the ``query`` of the filter and how many it finds
        (None: not known yet); ``text`` stands at the end."""
        query = printable(query, empty="").strip()
        self._shown = (chips, chosen, query, "" if found is None else f"{found:,}", text)
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        chips, chosen, query, found, text = self._shown
        width = self.size.width or self.app.size.width - 2
        chip = filter_chip(query, found, width // 2) if query else ""
        self._filter_cells = cell_len(chip) + GAP_CELLS if chip else 0
        first: list[Part] = [(f" {chip} ", "$filter"), (" ", "")] if chip else []
        last: list[Part] = [(text, "$heading")] if text else []
        room = width - self._filter_cells
        shown = fit_chips(chips, chosen, room)
        if len(shown) < len(chips):
            shown = fit_chips(chips, chosen, room - MORE_CELLS)
            last = [(f"+{len(chips) - len(shown)} ]", "$key"), *last]
        self.set_choices(shown, chosen, before=first, after=last)

    def on_click(self, event: events.Click) -> None:
        if event.x < self._filter_cells:
            event.stop()
            event.prevent_default()
            self.post_message(self.Cleared())


def filter_chip(query: str, found: str, most: int) -> str:
    """The text of a filter's chip in at most about ``most`` cells: the query is cut where it is too long."""
    rest = " ".join(filter(None, (found, CLEAR)))
    room = max(SHORTEST_QUERY, most - cell_len(rest) - 2)
    return f"/{query if cell_len(query) <= room else fit(query, room, 'end')} {rest}"


def fit_chips(chips: Sequence[tuple[str, str]], chosen: str, width: int) -> list[tuple[str, str]]:
    """The chips that fit ``width`` cells, the chosen one among them."""
    shown = list(chips)
    while len(shown) > 1 and sum(cell_len(text) + GAP_CELLS for _, text in shown) - 1 > width:
        del shown[-2 if shown[-1][0] == chosen else -1]
    return shown
