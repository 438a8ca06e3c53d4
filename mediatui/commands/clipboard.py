"""What is said of a text that was copied: no more than is known."""

from __future__ import annotations

from mediatui.system.threads import in_thread
from mediatui.system.tmux import give_to_tmux

MOST = 64 * 1024
"""How many bytes are copied: terminals drop what is longer."""


async def copied(what: str, text: str) -> str:
    """Gives ``text`` to tmux, where this runs in one, and returns what became of it once the terminal was sent it too
    (OSC 52), as a sentence about ``what`` without its full stop. A terminal does not say whether it took a text."""
    answer = await in_thread(lambda: give_to_tmux(text))
    if answer == "":
        return f"{what} copied into tmux (prefix ] pastes)"
    refused = f"; tmux did not take it: {answer}" if answer else ""
    return f"{what} sent to the clipboard of the terminal{refused}"
