"""A list with chips, a filter and details: the keys they have in common, and the way back out of them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding

from mediatui.tui.details_view import DetailsView
from mediatui.tui.filtering import FilteredView
from mediatui.tui.widgets.lines import Choices
from mediatui.tui.widgets.list_and_detail import ListAndDetail
from mediatui.tui.widgets.row_list import RowList


def chip_keys(name: str) -> tuple[Binding, ...]:
    """The bindings of a view, under the names its keys can be changed by."""
    return (
        Binding("left_square_bracket", "chip(-1)", "previous chip", show=False, id=f"{name}.chip-left"),
        Binding("right_square_bracket", "chip(1)", "next chip", show=False, id=f"{name}.chip-right"),
        Binding("tab", "other_pane", "details", show=False, id=f"{name}.pane", tooltip="Between list and details"),
        Binding("escape,backspace,h", "back", "back", show=False, id=f"{name}.back", tooltip="Close, show all"),
    )


class ChippedView(DetailsView, FilteredView):
    """A view of one list. ``esc`` goes out of the details, clears the filter, the chip and the marks, and closes the
    details, one of them each time."""

    _list: RowList
    _panes: ListAndDetail
    _chip = ""

    @property
    def chips(self) -> Sequence[str]:
        """The names of the chips, in their order."""
        return ("",)

    def show_chip(self, chip: str) -> None:
        """Lists the rows of a chip."""
        self._chip = chip
        self.show_filtered()

    def action_chip(self, by: int) -> None:
        names = self.chips
        self.show_chip(names[(names.index(self._chip) + by) % len(names)] if self._chip in names else "")

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        message.stop()
        self.show_chip(message.name)

    def on_row_list_marks_changed(self, message: RowList.MarksChanged) -> None:
        message.stop()
        self.say_marked(message.count)

    def action_back(self) -> None:
        if self._panes.step_back() or self.clear_filter():
            pass
        elif self._chip:
            self.show_chip("")
        elif self._list.marks:
            self._list.action_unmark()
        else:
            self._panes.close()
