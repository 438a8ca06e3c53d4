"""Hints of commands as they read on the screen: the key that does it, where one does, in place of the command."""

from __future__ import annotations

import re
from typing import Final

_KEYS: Final = (
    (re.compile(r"mediatui --headless resume \d+ --failed(?: --apply)?"), "t in Journal (6)"),
    (re.compile(r"mediatui --headless resume \d+(?: --apply)?"), "r in Journal (6)"),
    (re.compile(r"mediatui --headless undo(?: \d+)?(?: --apply)?"), "u"),
    (re.compile(r"mediatui --headless journal"), "Journal (6)"),
)


def with_keys(text: str) -> str:
    """A sentence with keys in place of the commands that resume, undo, or show what was changed."""
    for command, key in _KEYS:
        text = command.sub(key, text)
    return text
