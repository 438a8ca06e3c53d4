"""The date that a name shows, in any order and spelling. It is shown and compared, and never decides a change to a
link (``dates`` has those that do)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mediatui.names.dates import DAY, FULL_DATE, MONTH
from mediatui.names.pattern_pieces import WORD_AFTER, WORD_BEFORE, YEAR
from mediatui.names.release_title import first_tag, in_front

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# "31st Jan 2025", "2.february.2024"
_MONTH_IN_WORDS = re.compile(
    rf"(?<![0-9])([0-3]?[0-9])(?:st|nd|rd|th)?[ ._]({'|'.join(_MONTHS)})[a-z]{{0,6}}[ ._]({YEAR})(?![0-9])",
    re.IGNORECASE,
)
# "2024x03.15"
_WITH_X = re.compile(rf"(?<![0-9])({YEAR})x({MONTH})[-._ ]({DAY})(?![0-9])", re.IGNORECASE)
# "20240315", and "240315" directly before the tags
_RUN_TOGETHER = re.compile(rf"{WORD_BEFORE}(20[0-9]{{2}}|[0-9]{{2}})({MONTH})({DAY}){WORD_AFTER}")
_OLDEST: Final = 1925
"""Nothing was broadcast up to this year."""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date as YYYY-MM-DD and where it begins; ``text`` is empty for one that may be two days (``05-06-2024``)."""

    text: str
    start: int


def read_date(name: str) -> FoundDate | None:
    """The date in a name; None where it has none."""
    for match in FULL_DATE.finditer(name):
        parts = [int(digits) for digits in re.findall("[0-9]+", match[0])]
        year_first = match["joint"] is not None
        year, month, day = parts if year_first else (parts[2], parts[1], parts[0])
        if not year_first and month <= 12 and day <= 12 and day != month:
            return FoundDate("", match.start()) if re.search(r"[^\W_]", name[: match.start()]) else None
        if month > 12:
            month, day = day, month
        if 1 <= month <= 12 and 1 <= day <= 31 and year > _OLDEST:
            return FoundDate(f"{year:04}-{month:02}-{day:02}", match.start())
    if with_x := _WITH_X.search(name):
        return FoundDate("-".join(with_x.groups()), with_x.start())
    if named := _MONTH_IN_WORDS.search(name):
        month = _MONTHS.index(named[2].lower()) + 1
        return FoundDate(f"{named[3]}-{month:02}-{int(named[1]):02}", named.start())
    for run in _RUN_TOGETHER.finditer(name):
        if len(run[1]) == 4:
            return FoundDate(f"{run[1]}-{run[2]}-{run[3]}", run.start())
        tags = first_tag(name, in_front(name))
        if run.end() + 1 >= tags and re.search(r"[^\W_]", name[: run.start()]):
            return FoundDate(f"20{run[1]}-{run[2]}-{run[3]}", run.start())
    return None
