"""Opening the player with a file or an address."""

from __future__ import annotations

import os

from mediatui.model.text import printable
from mediatui.system.threads import in_thread
from mediatui.tui.view import View


async def open_player(view: View, address: str, name: str = "") -> None:
    """Opens the player with an address or a path and says so under ``name`` (empty: the file's), or copies and shows
    the address where there is no player."""
    from mediatui.commands.play import start

    workspace = view.workspace
    player = workspace.settings.play.player
    program, why = await in_thread(lambda: start(player, address, demo=workspace.demo))
    if program:
        view.say(f"{printable(name or os.path.basename(address))}: {program} plays it.")
    else:
        view.host.copy_text(address, f"{why} Address")
