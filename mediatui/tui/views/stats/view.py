"""Statistics: cards, months and sections, each row of which opens what it counts."""

from __future__ import annotations

import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from mediatui.archive.stats import collect_statistics
from mediatui.runtime.events import Changed, Event, Finished
from mediatui.runtime.jobs import Job
from mediatui.tui.view import OpenList, View, in_background
from mediatui.tui.views.stats.board import Board
from mediatui.tui.views.stats.sections import stats_page

REFRESH_S = 5.0
RESTS = 10
"""While rows change, reading rests for so many times as long as it took, and no less than REFRESH_S."""


class StatsView(View):
    """The figures of the archive; read from SQLite when shown and after a job ends."""

    NAME = "Stats"
    KEY = "3"
    HELP = "Figures of the whole archive. Arrows or h j k l go from row to row, enter lists what one counts."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "reload", "read again", id="stats.reload", tooltip="Read the figures again")
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._board = Board(id="stats-board")
        self._read_at = 0.0
        self._took_s = 0.0
        self._stale = True

    def compose(self) -> ComposeResult:
        yield self._board

    async def on_front(self) -> None:
        """Reads the figures when rows changed since, once the view stands."""
        if self._stale:
            self.call_after_refresh(self._reload_soon)
        self.take_keyboard(self._board)

    def _reload_soon(self) -> None:
        in_background(self, self.reload, "stats", exclusive=True)

    def on_job_event(self, job: Job, event: Event) -> None:
        """Figures are read again when a job ended, or some seconds after rows changed."""
        ended = isinstance(event, Finished)
        self._stale = self._stale or ended or isinstance(event, Changed)
        due = time.monotonic() - self._read_at > max(REFRESH_S, RESTS * self._took_s)
        if self.display and self._stale and (ended or due):
            self._reload_soon()

    def action_reload(self) -> None:
        self._reload_soon()

    async def reload(self) -> None:
        """Reads the figures off the event loop and shows them."""
        began = self._read_at = time.monotonic()
        self._stale = False
        figures = await self.workspace.read(collect_statistics)
        self._took_s = time.monotonic() - began
        per_minute = self.workspace.settings.realdebrid.requests_per_minute
        self._board.show(lambda width, height: stats_page(figures, width, height, per_minute))

    async def on_board_opened(self, message: Board.Opened) -> None:
        """Lists what an item stands for, or goes where it leads."""
        message.stop()
        opens = message.opens
        if opens.action:
            await self.app.run_action(opens.action, self.app)
        elif opens.view:
            await self.host.open_view(opens.view)
        else:
            self.post_message(OpenList(opens.query))
