"""Narrowing a list: ``/`` types a filter, its chip stands as long as it holds, ``esc`` or a click clears it."""

from __future__ import annotations

from textual.binding import Binding

from mediatui.tui.view import View
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.lines import Part, pairs


def filter_key(name: str, tooltip: str) -> Binding:
    """The binding of ``/`` in a view, under the name its key can be changed by."""
    return Binding("slash", "filter", "filter", id=f"{name}.filter", tooltip=tooltip)


def clear_key(name: str) -> Binding:
    """The binding of ``esc`` in a view in which it does nothing but clear the filter."""
    return Binding("escape,backspace,h", "clear_filter", "clear filter", show=False, id=f"{name}.back")


class FilteredView(View):
    """A view whose rows are narrowed by words, or by a query. It lists those that match ``filter_text`` whenever
    ``show_filtered`` is called, and has a line of ``Chips``."""

    filter_text = ""
    """The filter that holds, or that is being typed; empty for none."""
    _text_before = ""
    _listed_for = ""

    def show_filtered(self) -> None:
        """Lists the rows that match ``filter_text``; called for each letter that is typed."""

    def filter_entered(self) -> None:
        """The filter stays, the prompt is gone."""

    def fault_of(self, text: str) -> str:
        """Why a text is no filter; empty when it is one."""
        return ""

    def action_filter(self) -> None:
        """Types a filter, beginning with the one that holds."""
        self._text_before = self.filter_text
        self.open_filter(self.filter_text)

    def open_filter(self, text: str) -> None:
        """Opens the field for a filter."""
        self.host.prompt.open("filter", "/ ", text, hint=self.filter_hint())

    def filter_hint(self) -> list[Part]:
        """What the keys line says while a filter is typed."""
        return pairs(("enter", "keep it"), ("↑", "earlier"), ("esc", "back"))

    def completed_hint(self) -> list[Part]:
        """What the keys line says while a filter is typed that tab completes."""
        return pairs(("enter", "keep it"), ("tab", "complete"), ("↑", "earlier"), ("esc", "back"))

    def filter_typed(self, text: str) -> str:
        """The filter as it is being typed. Returns why it is none; the last good rows stay then."""
        fault = self.fault_of(text)
        if not fault:
            self.set_filter(text)
        return fault

    def filter_left(self) -> None:
        """Takes the filter back that held before."""
        self.set_filter(self._text_before)

    def set_filter(self, text: str) -> None:
        """Lists the rows that match another query."""
        text = text if text.strip() else ""
        if text != self.filter_text:
            self.filter_text = text
            self.show_filtered()

    def clear_filter(self) -> bool:
        """Lists all rows again; whether there was a filter."""
        held = bool(self.filter_text)
        self.set_filter("")
        return held

    def narrowed_anew(self) -> bool:
        """Whether the filter is another one than when this was asked last: the rows are others altogether then."""
        anew, self._listed_for = self.filter_text != self._listed_for, self.filter_text
        return anew

    def action_clear_filter(self) -> None:
        self.clear_filter()

    def on_chips_cleared(self, message: Chips.Cleared) -> None:
        message.stop()
        self.clear_filter()


def nothing_matches(query: str) -> str:
    """The text of a list that a filter left empty."""
    from mediatui.model.text import printable

    return f"Nothing matches /{printable(query)}\nesc clears the filter"
