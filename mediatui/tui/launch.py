"""Opening the full screen."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING

from mediatui.runtime.invocation import Invocation

if TYPE_CHECKING:
    from mediatui.commands.parse import Typed
    from mediatui.tui.app import MediatuiApp


def run(invocation: Invocation, typed: Typed | None) -> int:
    """Runs the full screen on the view of a command, which is begun there, until it is left; returns the exit code.

    Raises StoreError and SettingsError before the screen opens, and the unexpected error that ended it, if one did.
    """
    from mediatui.commands.workspace import Workspace
    from mediatui.tui.app import DEMO, MediatuiApp
    from mediatui.tui.remembered import RememberedScreens

    workspace = Workspace(invocation)
    first = "" if typed is None else typed.command.view
    settings = workspace.settings if typed is None and not workspace.demo else None
    if settings is not None and not settings.account.token.get_secret_value():
        first = "welcome"
    app = MediatuiApp(workspace, first, typed, RememberedScreens(invocation.paths.screen_file))
    if settings is not None:
        app.begin_with(settings.ui.colors, settings.ui.theme)
    code = asyncio.run(_show(app))
    if app.broke is not None:
        raise app.broke
    if code == DEMO:
        from mediatui.runtime.paths import find_paths

        demo = dataclasses.replace(invocation, demo=True, paths=find_paths(demo=True))
        return run(demo, None)
    return code or app.return_code or 0


async def _show(app: MediatuiApp) -> int | None:
    """Runs the screen; however it ends, the archive is closed, else its threads would outlive the screen."""
    try:
        return await app.run_async()
    finally:
        await app.workspace.close()
