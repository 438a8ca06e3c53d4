"""Reads what identifies an episode without its season: a number counted over all seasons."""

from __future__ import annotations

import re
from collections.abc import Sequence

_COUNTED = re.compile(
    r"(?:\[[^\]]*\][ ._]*)+(.*?[^\W_].*?)[ ._]+-[ ._]+([0-9]{2,4})(?:v[0-9])?(?![0-9])"
    r"(?=[ ._]*(?:$|[\[(]|-[ ._]|\.[a-z0-9]{2,4}$))",
    re.IGNORECASE,
)
_OWN_SEASON = re.compile(
    r"(?<![^\W_])(?:s[0-9]{1,2}|(?:season|part|cour|saison|partie|vol)[ ._]?[0-9ivx]{1,3}|[0-9](?:nd|rd|th)[ ._]season)"
    r"(?![^\W_])",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?<![^\W_])(?:s[0-9]{1,4}[ ._-]{0,3}e|[0-9]{1,2}x)[0-9]{1,3}(?![0-9x])", re.IGNORECASE)


def counted_episode(name: str) -> tuple[str, int] | None:
    """Show and number of ``[Group] Show - 02``, an episode counted over all seasons: in the first, and only there, it
    has that number too. None for any other form, and where the name has a season or a part."""
    match = _COUNTED.match(name) if name.startswith("[") else None
    if match is None or _OWN_SEASON.search(name) or _NUMBERED.search(name):
        return None
    return match[1], int(match[2])


def in_first_season(name: str, folders: Sequence[str]) -> int | None:
    """The number of ``counted_episode`` where the folder of the file, or the one above, has the name of the show."""
    counted = counted_episode(name)
    if counted is None:
        return None
    show = _letters(counted[0])
    return counted[1] if any(_letters(folder).startswith(show) for folder in folders[-2:]) else None


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
