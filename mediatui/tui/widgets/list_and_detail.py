"""A list with the details of the row under its cursor: the list keeps the keyboard until one goes into the details."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer

from mediatui.tui.widgets.detail_pane import DetailPane
from mediatui.tui.widgets.pane_lines import PaneLine
from mediatui.tui.widgets.panes import BESIDE, opens
from mediatui.tui.widgets.row_list import RowList

FOLLOW_S = 0.15
"""How long the cursor rests before the details follow."""


class ListAndDetail(Container):
    """The details stand beside the list, or below it where the screen is narrow, and there in its place while they have
    the keyboard. On a wide screen they are open by themselves."""

    class Arranged(Message):
        """The details were opened or closed."""

    def __init__(
        self, rows: RowList, detail: DetailPane, lines_of: Callable[[int | None], Iterable[PaneLine]], *, name: str
    ) -> None:
        """``lines_of`` gives the lines about a key; ``name`` is the id."""
        super().__init__(id=name)
        self.list = rows
        self.detail = detail
        self._lines_of = lines_of
        self.wanted: bool | None = None
        """Whether they were opened or closed; None: as the width says."""
        self._follow_due: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.detail

    def on_mount(self) -> None:
        self.detail.display = False

    @property
    def is_open(self) -> bool:
        """Whether the details are shown."""
        return bool(self.detail.display)

    @property
    def in_detail(self) -> bool:
        """Whether the details have the keyboard."""
        return self.detail.has_focus

    # What there is room for

    def on_resize(self) -> None:
        self._arrange(inside=self.in_detail)

    def on_descendant_focus(self) -> None:
        self._arrange(inside=self.in_detail)

    def _arrange(self, *, inside: bool) -> None:
        width = self.size.width
        shown = opens(width, self.wanted)
        below = 0 < width < BESIDE
        self.set_class(below, "-below")
        self.set_class(inside, "-entered")
        was_open, self.detail.display = self.is_open, shown
        self.list.display = not (shown and below and inside)
        if shown and not was_open:
            self.show()
        if shown != was_open:
            self.post_message(self.Arranged())

    # Opening, going in and out

    def open(self) -> None:
        """Shows the details; what has the keyboard keeps it: the key that goes into them may have come first."""
        self.wanted = True
        self._arrange(inside=self.in_detail)
        self.show()

    def enter(self) -> None:
        """Gives the details the keyboard, shown first where they are not."""
        self.open()
        self._arrange(inside=True)
        self.screen.set_focus(self.detail, scroll_visible=False)

    def leave(self) -> None:
        """Gives the list the keyboard."""
        self._arrange(inside=False)
        self.screen.set_focus(self.list, scroll_visible=False)

    def switch(self) -> None:
        """From the list into the details, or back."""
        if self.in_detail:
            self.leave()
        else:
            self.enter()

    def step_back(self) -> bool:
        """Out of the details, or closes those that were opened; false when there was nothing to leave."""
        if self.in_detail:
            self.leave()
        elif self.wanted:
            self.wanted = None
            self._arrange(inside=False)
        else:
            return False
        return True

    def close(self) -> bool:
        """Closes the details that are open by themselves; false when they are not."""
        was_open, self.wanted = self.is_open, False if self.is_open else self.wanted
        self._arrange(inside=False)
        return was_open

    # What they are about

    def show(self) -> None:
        """Shows what is known now of the row under the cursor."""
        if self.is_open:
            key = self.list.cursor_key
            self.detail.show(key, self._lines_of(key))

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        """Follows the cursor."""
        if self.is_open:
            if self._follow_due is not None:
                self._follow_due.stop()
            self._follow_due = self.set_timer(FOLLOW_S, self.show)
