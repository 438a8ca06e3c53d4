"""Copying from the screen: over the terminal, which does not answer, and into tmux, which does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediatui.commands.clipboard import MOST, copied
from mediatui.model.text import cut_middle, printable

if TYPE_CHECKING:
    from textual.app import App

    from mediatui.tui.host import Host

LONGEST_SHOWN = 200


async def take_to_clipboard(app: App[Any], text: str, what: str) -> str:
    """Copies over the terminal (OSC 52) and into tmux; returns what is known of it, as a sentence about ``what``
    without its full stop, or nothing when it was too much."""
    whole = text.encode("utf-8", "replace")
    if len(whole) > MOST:
        return ""
    app.copy_to_clipboard(whole.decode())
    return await copied(what, text)


async def say_copied(app: Host, text: str, what: str, more: str, severity: str) -> None:
    """Copies, and says what became of ``what`` and then ``more``; a text of one line is shown."""
    said = await app.take_to_clipboard(text, what)
    if not said:
        too_much = f"{what}: more than a clipboard takes over a terminal ({MOST // 1024} kB). Fewer can be copied."
        app.prompt.say(f"{too_much} {more}".strip(), "warning")
        return
    value = "" if "\n" in text else f": {cut_middle(printable(text, empty=''), LONGEST_SHOWN)}"
    app.prompt.say(f"{said}{value or '.'} {more}".strip(), severity)
