"""Addresses of services as people may see them: without keys and passwords."""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "********"
_HIDDEN: Final = (
    (re.compile(r"//[^/@\s\"']*@"), f"//{MASK}@"),
    (re.compile(r"(\w://[^\s\"'?#]*#|\S\?)[^\s\"']+"), rf"\1{MASK}"),
    (re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{32}(?![0-9A-Za-z])"), MASK),
)


def without_keys(text: str) -> str:
    """A text with addresses in it, with everything that may be a key masked: user names and passwords, everything after
    ``?`` or ``#``, and whatever looks like a key of Sonarr or Radarr (32 hexadecimal digits)."""
    for pattern, shown in _HIDDEN:
        text = pattern.sub(shown, text)
    return text
