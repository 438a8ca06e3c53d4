"""Syncs from the screen: the menu that says what each mode costs, and starting one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from mediatui.archive.sync.estimate import estimates
from mediatui.archive.sync.job import SyncOptions
from mediatui.commands.job_kinds import SYNC
from mediatui.model.choices import SYNC_MODES, SyncMode
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted, duration
from mediatui.tui.view import in_background
from mediatui.tui.widgets.menu import choices_of

if TYPE_CHECKING:
    from mediatui.tui.host import Host

TITLE: Final = "sync"
MEANINGS: Final[Mapping[SyncMode, str]] = {
    "smart": "what is new, changed or old",
    "fast": "the list, and missing details",
    "full": "the list, and every detail",
    "torrents": "the list only",
    "details": "every detail, without the list",
}


class SyncMenu:
    """What ``s`` does."""

    def __init__(self, app: Host) -> None:
        self._app = app

    def open_menu(self) -> None:
        """Asks for a mode, and says what each costs as soon as the archive has said so."""
        self._app.prompt.choose(
            TITLE, choices_of(SYNC_MODES, [MEANINGS[mode] for mode in SYNC_MODES]), self._start_mode
        )
        in_background(self._app, self._show_costs, "sync-menu", exclusive=True)

    async def _show_costs(self) -> None:
        app = self._app
        try:
            costs = await app.workspace.read(estimates, app.workspace.settings, int(time.time()))
        except MediatuiError as error:
            app.prompt.say(error.sentence, "error")
            return
        prices = [f"{counted(one.requests, 'request')}, {duration(one.seconds)}" for one in costs]
        widest = max(map(len, prices))
        notes = {
            str(one.mode): f"{price:<{widest}}  {MEANINGS[one.mode]}" for one, price in zip(costs, prices, strict=True)
        }
        app.prompt.note_choices(TITLE, notes)

    def _start_mode(self, mode: str) -> None:
        self.start(SyncOptions(cast(SyncMode, mode)))

    def start(self, options: SyncOptions | None = None) -> None:
        """Starts a sync (smart, when no options are given) unless one runs; a token that cannot be used is said at
        once."""
        app = self._app
        if not app.workspace.is_open:
            app.prompt.say("The archive is not open yet.", "warning")
            return
        if any(job.name == SYNC.name for job in app.workspace.runner.running):
            app.prompt.say("A sync is already running; ctrl+c stops it.", "warning")
            return
        try:
            app.workspace.connect()
        except MediatuiError as error:
            app.prompt.say(error.sentence, "error")
            return
        app.workspace.runner.start(SYNC, options or SyncOptions())

    def start_when_idle(self) -> None:
        """The scheduled sync: only when nothing else runs."""
        if not self._app.workspace.runner.running:
            self.start()
