"""A view of several panes: what one chooses from, a list of what that holds, and the details of a row of it."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.timer import Timer
from textual.widget import Widget
from textual.worker import Worker

from mediatui.tui.filtering import FilteredView
from mediatui.tui.widgets.detail_pane import DetailPane
from mediatui.tui.widgets.panes import opens, room_for
from mediatui.tui.widgets.row_list import RowList

FOLLOW_S = 0.15
"""How long a cursor rests before what belongs to its row is shown."""
Pane = Literal["first", "list", "choice", "detail"]
"""What one chooses from, the list, a choice in the place of the list, and the details."""


class PanesView(FilteredView):
    """A view that shows as many of its panes as there is room for, around the one with the keyboard. It composes
    ``detail`` and two panes of its own, and says which these are."""

    DETAIL: ClassVar[str] = ""
    """The id of the details."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._detail = DetailPane(self.DETAIL)
        self._detail_wanted: bool | None = None
        """Whether the details were opened or closed; None: as the width says."""
        self._in: Pane = "first"
        self._follow_due: Timer | None = None

    # What a view says of its panes

    @property
    def panes(self) -> tuple[Widget, Widget]:
        """What one chooses from, and the list, each with all that stands above it."""
        raise NotImplementedError

    def widget_of(self, pane: Pane) -> Widget:
        """What takes the keyboard in a pane."""
        raise NotImplementedError

    @property
    def first_width(self) -> int:
        """The cells in which nothing of the first pane is cut."""
        raise NotImplementedError

    def follow_first(self) -> Worker[None] | None:
        """Lists what belongs to the row under the cursor of the first pane; None when that is listed."""
        raise NotImplementedError

    def cursor_moved(self) -> None:
        """Called at once when the cursor of a pane is on another row."""

    def follow(self) -> None:
        """Shows what belongs to the row under the cursor, which rests there."""

    def show_detail(self) -> object:
        """Shows the details of the row under the cursor of the list."""

    def pane_taken(self) -> None:
        """Called when another pane is about to take the keyboard."""

    def list_left(self) -> bool:
        """Takes one step back within the list; false when there is none."""
        return False

    # What there is room for

    def on_mount(self) -> None:
        self._detail.display = False
        self.show_panes()

    def on_resize(self) -> None:
        self.show_panes()

    def show_panes(self) -> None:
        """Shows what there is room for, around the pane in use."""
        was_open, in_first = self._detail.display, self._in == "first"
        self._detail.display = opens(self.size.width, self._detail_wanted, in_first=in_first)
        room = room_for(
            self.size.width,
            detail=bool(self._detail.display),
            in_first=in_first,
            in_detail=self._in == "detail",
        )
        first, rows = self.panes
        self.set_class(room.narrow, "-narrow")
        self.set_class(room.below, "-below")
        self.set_class(self._in == "detail", "-entered")
        self.set_class(room.first and room.list and bool(self._detail.display), "-three")
        first.display, rows.display = room.first, room.list
        first.set_class(in_first, "-active")
        rows.set_class(self._in in ("list", "choice"), "-active")
        first.styles.width = "1fr" if room.narrow else self.first_width
        if self._detail.display and not was_open:
            self.show_detail()
        if self.display and self._detail.display is not was_open:
            self.host.show_keys()

    # The keyboard

    def take(self, pane: Pane) -> None:
        """Gives a pane the keyboard."""
        self._in = pane
        if pane == "list":
            self.load_rows(self.follow_first)
        self.pane_taken()
        self.show_panes()
        self.take_keyboard(self.widget_of(pane))

    def on_descendant_focus(self) -> None:
        focused = self.screen.focused
        found = next((pane for pane in _PANES if self.widget_of(pane) is focused), None)
        if found is not None and found != self._in:
            self._in = found
            self.show_panes()

    def open_detail(self, *, into: bool) -> None:
        """Shows the details of the row under the cursor; ``into`` gives them the keyboard."""
        self._detail_wanted = True
        self.show_panes()
        self.show_detail()
        if into:
            self.take("detail")

    def action_other_pane(self) -> None:
        if self._in == "first":
            self.take("list")
        elif self._in == "list" and self._detail.display:
            self.take("detail")
        elif self._in == "detail" and not self.panes[0].display:
            self.take("list")
        else:
            self.take("first")

    def action_back(self) -> None:
        if self._in in ("choice", "detail"):
            self.take("list")
        elif self._detail_wanted and self._detail.display:
            self._detail_wanted = None
            self.show_panes()
        elif self.clear_filter():
            pass
        elif self._in == "list":
            if not self.list_left():
                self.take("first")
        elif self._detail.display:
            self._detail_wanted = False
            self.show_panes()

    # The cursor

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        self.cursor_moved()
        if self._follow_due is not None:
            self._follow_due.stop()
        self._follow_due = self.set_timer(FOLLOW_S, self._follow_if_shown)

    def _follow_if_shown(self) -> None:
        if self.display:
            self.follow()


_PANES: tuple[Pane, ...] = ("first", "list", "choice", "detail")
