"""Syncs from the screen: the menu that says what each mode costs, and starting one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mediatui.archive.sync.estimate import estimates
from mediatui.archive.sync.job import SyncOptions
from mediatui.commands.workspace import SYNC
from mediatui.model.choices import SYNC_MODES
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.human import duration
from mediatui.model.text import word_meant
from mediatui.tui.view import in_background

if TYPE_CHECKING:
    from mediatui.tui.host import Host


class SyncMenu:
    """What ``s`` does."""

    def __init__(self, app: Host) -> None:
        self._app = app

    def open_menu(self) -> None:
        """Asks for a mode; the costs come from the archive alone."""
        in_background(self._app, self._open_menu, "sync-menu", exclusive=True)

    async def _open_menu(self) -> None:
        app = self._app
        try:
            costs = await app.workspace.read(estimates, app.workspace.settings, int(time.time()))
        except MediatuiError as error:
            app.prompt.say(error.sentence, "error")
            return
        menu = [
            part
            for one in costs
            for part in ((one.mode, "bold"), (f" {one.requests:,}, {duration(one.seconds)}  ", ""))
        ]
        app.prompt.open("sync", "sync mode; requests and time below (enter: smart): ", hint=menu)

    def entered(self, text: str) -> None:
        """Starts the mode whose name begins with what was typed."""
        try:
            mode = word_meant(text, SYNC_MODES, "sync mode", default=SYNC_MODES[0])
        except UsageError as error:
            self._app.prompt.say(error.sentence, "error")
            return
        self.start(SyncOptions(mode))

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
