"""Dates in names: how they are written, and the days that decide what a file is taken for.

Every rule that looks for a date takes its pattern from here; ``loose_dates`` has the day that is only shown.
"""

from __future__ import annotations

import re
from typing import Final

from mediatui.names.pattern_pieces import WORD_AFTER, WORD_BEFORE, YEAR

MONTH: Final = r"(?:0[1-9]|1[0-2])"
DAY: Final = r"(?:0[1-9]|[12][0-9]|3[01])"
YEAR_FIRST: Final = rf"{YEAR}(?P<joint>[-._ ])[0-9]{{2}}(?P=joint)[0-9]{{2}}"
"""``2024-03-15``, ``2024.03.15``, ``2024 15 03``: the same sign twice."""
DAY_FIRST: Final = rf"[0-9]{{2}}(?P<day_joint>[-._ ])[0-9]{{2}}(?P=day_joint){YEAR}"
"""``15-03-2024``, ``03.15.2024``."""

# A date that may be any day, for rules that only have to know that one stands there.
YEAR_FIRST_DATE: Final = re.compile(rf"(?<![0-9]){YEAR_FIRST}(?![0-9])")
FULL_DATE: Final = re.compile(rf"(?<![0-9])(?:{YEAR_FIRST}|{DAY_FIRST})(?![0-9])")
# "20240315": a file named after its day.
COMPACT_DATE: Final = re.compile(rf"{YEAR}{MONTH}{DAY}(?![0-9])")
# "240315": beside the number of an episode.
SHORT_DATE: Final = re.compile(rf"{WORD_BEFORE}[0-9]{{2}}{MONTH}{DAY}{WORD_AFTER}")
# The day behind "2008x12": then that is no season and episode.
DAY_BEHIND: Final = re.compile(rf"[ ._-]{DAY}(?![0-9])")
# Any signs between the parts: a name that claims a date is no copy of one that claims another.
CLAIMED_DATE: Final = re.compile(rf"(?<![0-9])({YEAR})[-._ ]([01][0-9])[-._ ]([0-3][0-9])(?![0-9])")

_SURE_DATE = re.compile(rf"(?<![0-9])({YEAR})([-._ ])({MONTH})\2({DAY})(?![0-9])")


def date_of(name: str) -> str:
    """The one date in a name, as YYYY-MM-DD; empty where it has none or several, or one not written year first."""
    found = {f"{match[1]}-{match[3]}-{match[4]}" for match in _SURE_DATE.finditer(name)}
    return found.pop() if len(found) == 1 else ""


def dates_in(name: str) -> frozenset[str]:
    """All dates that a name claims, as YYYY-MM-DD."""
    return frozenset("-".join(match.groups()) for match in CLAIMED_DATE.finditer(name))
