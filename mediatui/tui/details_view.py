"""A view whose list stands beside the details of the row under its cursor."""

from __future__ import annotations

from mediatui.tui.view import View
from mediatui.tui.widgets.list_and_detail import ListAndDetail
from mediatui.tui.widgets.row_list import RowList


class DetailsView(View):
    """A view with ``_panes``. ``enter`` opens the details and leaves the keyboard in the list, ``l`` and ``tab`` go
    into them."""

    _panes: ListAndDetail

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        if message.into:
            self._panes.enter()
        else:
            self._panes.open()

    def on_list_and_detail_arranged(self, message: ListAndDetail.Arranged) -> None:
        message.stop()
        self.host.show_keys()

    def action_other_pane(self) -> None:
        self._panes.switch()

    @property
    def tab_word(self) -> str:
        """Where ``tab`` goes."""
        return "list" if self._panes.in_detail else "details"
