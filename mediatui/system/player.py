"""The player of this machine: which program it is, and starting it beside mediatui."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import Final

PLAYERS: Final = (("mpv", "{url}"), ("vlc", "{url}"), ("xdg-open", "{url}"))
"""The players that are looked for, in this order."""
STARTS_IN_S: Final = 0.5
"""A player that ends with an error within this time has not started (seconds)."""
_ADDRESS: Final = "{url}"


def is_remote(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether one is here over SSH without a display, where a window would open for nobody."""
    over_ssh = any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))
    return over_ssh and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def find_player(configured: Sequence[str]) -> tuple[str, ...] | None:
    """The command line of the player, with ``{url}`` for the address: the configured one, else the first of PLAYERS
    that is installed, else None."""
    if configured:
        return tuple(configured)
    return next((words for words in PLAYERS if shutil.which(words[0])), None)


def start_player(words: Sequence[str], url: str, starts_in_s: float | None = None) -> str:
    """Starts a player for an address, on its own: it goes on when mediatui ends, and writes nothing to the terminal.
    Returns why it could not be started, empty when it runs or has ended well. The address is one argument, never part
    of a shell line. Blocks for ``starts_in_s`` seconds (default STARTS_IN_S)."""
    command = [words[0], *(word.replace(_ADDRESS, url) for word in words[1:])]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            close_fds=True,
        )
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or type(error).__name__
    with contextlib.suppress(subprocess.TimeoutExpired):
        code = process.wait(STARTS_IN_S if starts_in_s is None else starts_in_s)
        return "" if code == 0 else f"it ended with exit code {code}"
    threading.Thread(target=process.wait, daemon=True, name="player").start()  # so that it leaves no zombie
    return ""
