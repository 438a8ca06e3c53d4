"""Opening the full screen."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
from typing import TYPE_CHECKING

from mediatui.runtime.invocation import Invocation

if TYPE_CHECKING:
    from mediatui.commands.parse import Typed
    from mediatui.tui.app import MediatuiApp


def run(invocation: Invocation, typed: Typed | None) -> int:
    """Runs the full screen on the view of a command, which is begun there, until it is left; returns the exit code.

    Raises StoreError, SettingsError, and the unexpected error that ended it, if one did. Settings without a command are
    checked as soon as the first frame stands: what it is drawn by is looked up before.
    """
    gc.disable()  # what is imported stays: looking for garbage in it would delay the first frame, after which it begins
    from mediatui.commands.workspace import Workspace
    from mediatui.settings.first_look import look
    from mediatui.tui.app import DEMO, MediatuiApp
    from mediatui.tui.remembered import RememberedScreens

    workspace = Workspace(invocation)
    first = "" if typed is None else typed.command.view
    seen = look(invocation.paths.config_file) if typed is None and not workspace.demo else None
    if seen is not None and not seen.has_token and not workspace.settings.account.token.get_secret_value():
        first = "welcome"
    app = MediatuiApp(workspace, first, typed, RememberedScreens(invocation.paths.screen_file))
    if seen is not None:
        app.begin_with(seen.colors, seen.theme)
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
