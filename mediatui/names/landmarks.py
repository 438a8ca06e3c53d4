"""What in a name tells it apart from its like: the season and episodes, else a date, else the year; the resolution."""

from __future__ import annotations

import re
from functools import lru_cache

from mediatui.names.pattern_pieces import FILM_YEAR, SEASON_WORD, WORD_AFTER, WORD_BEFORE
from mediatui.names.resolution import RESOLUTION

Span = tuple[int, int]
"""Start and end of a part of a text."""

LONGEST_READ = 255
"""Characters of a name that are read."""
# How nearly every name writes it: "S01E02", "S01E02-E04", "S01", "S01-S03". Others are left to the strict rule.
_USUAL = re.compile(
    WORD_BEFORE + r"s[0-9]{1,4}"
    r"(?:[ ._-]?e[0-9]{1,5}(?:[ ._]?(?:[-~&+][ ._]?e?|e)[0-9]{1,4}(?![0-9p]))*|(?:[ ._]?[-+&~][ ._]?s?[0-9]{1,2})*)"
    + WORD_AFTER,
    re.IGNORECASE,
)
_CROSSED = re.compile(r"[0-9][xX][0-9]")
_WORDS = (*SEASON_WORD.split("|"), "series", "livre", "book")
_YEAR = re.compile(WORD_BEFORE + FILM_YEAR + WORD_AFTER)
_DIGITS = re.compile(r"[0-9]{2}")
_COUNTED = re.compile(r"[^\W_]*?[0-9]+(?:[-~&+]E?[0-9]+)*")


@lru_cache(maxsize=4096)
def landmarks(name: str) -> tuple[Span, ...]:
    """Where the parts of a name stand by which it is told apart, those that matter most first: what numbers it (season
    and episodes, a season, a date, an episode counted over all seasons, or, where there is none of these, the year),
    the resolution, and the year where something else numbers it. For showing only: nothing may be changed by it.

    ``name`` is a file's or a release's, never a path, in NFC. Takes some 20 µs, a few hundred where the number is
    written in an unusual way. Never raises.
    """
    name = name[:LONGEST_READ]
    resolution = RESOLUTION.search(name)
    years = [match.span() for match in _YEAR.finditer(name)]
    year = years[-1] if years else None  # a title may begin with one: 2012 (2009)
    usual = _USUAL.search(name)
    number = usual.span() if usual is not None else _read(name, year)
    found = [number or year, None if resolution is None else resolution.span()]
    if number is not None and year is not None and not (number[0] <= year[0] < number[1]):
        found.append(year)
    return tuple(span for span in found if span is not None)


def _read(name: str, year: Span | None) -> Span | None:
    """What the rules for names find: they take longer to import than a screen to draw, and few names need them."""
    lowered = name.lower()
    if _CROSSED.search(name) or any(word in lowered for word in _WORDS):
        from mediatui.names.episode_numbers import placed_episodes
        from mediatui.names.seasons import cut_name, place_of_season

        read = cut_name(name)
        placed = placed_episodes(read) if name.startswith(read) else None
        found = (placed.start, placed.end) if placed is not None else place_of_season(name)
        if found is not None:
            return found
    if len(_DIGITS.findall(name)) < 2:
        return None
    from mediatui.names.dates import FULL_DATE

    if date := FULL_DATE.search(name):
        return date.span()
    if year is not None:
        return None
    from mediatui.names.loose_numbers import loose_numbers

    loose = loose_numbers(name)
    match = None if loose is None else _COUNTED.search(name, loose.start)
    return None if match is None else match.span()
