"""Hints of commands as they read on the screen: the key that does it, where one does, in place of the command."""

from __future__ import annotations

import re
from typing import Final

_COMMAND: Final = r"mediatui (?:--headless |(?=(?:clear|config|doctor|login)\b))"
_ALONE: Final = r"(?! [a-z\d-])"
"""Without words or options of its own."""
_KEYS: Final = tuple(
    (re.compile(_COMMAND + command), key)
    for command, key in (
        (r"resume \d+ --failed(?: --apply)?", "t in Journal (6)"),
        (r"resume \d+(?: --apply)?", "r in Journal (6)"),
        (r"undo(?: \d+)?(?: --apply)?", "u"),
        (r"journal", "Journal (6)"),
        (r"sync(?: --[a-z-]+(?: [a-z]+)?)*", "s"),
        (r"scan list", "H in Links (4)"),
        (r"scan" + _ALONE, "S in Links (4)"),
        (r"check" + _ALONE, "C in Problems (2)"),
        (r"diagnose" + _ALONE, "Problems (2)"),
        (r"dedupe" + _ALONE, "D in Problems (2)"),
        (r"(?:integrity|cleanup|(?:repair|fix-bad)-links|fix-symlinks|link-movies)" + _ALONE, "S in Tidy (5)"),
        (r"torrents --json", "Torrents (1)"),
        (r"transfers retry \d+", "r in Transfers (8)"),
        (r"transfers" + _ALONE, "Transfers (8)"),
        (r"map [0-9]+(?: --to TARGET)?", "m in Transfers (8)"),
        (r"grab [0-9a-f]{40} --no-target --apply", "m in Transfers (8)"),
        (r"config set prowlarr\.enabled true", "P in Search (7)"),
        (r"search (?:list|show SEARCH)", "e in Search (7)"),
        (r"config set library\.roots '\S+'", "library.roots in Settings (,)"),
        (r"config set realdebrid\.token" + _ALONE, "Settings (,)"),
        (r"export" + _ALONE, "x"),
        (r"", ":"),
    )
)
"""What does what a command does; any other command is typed on the ``:`` line."""


def with_keys(text: str) -> str:
    """A sentence with the keys in place of the commands it names, or with what to type on the ``:`` line."""
    for command, key in _KEYS:
        text = command.sub(key, text)
    return text
