"""Whose series a stored file is, by its own name and the name of the folder of its series.

The file's own title decides. The folder's title counts where the file's name has none, or abbreviates the folder's
(``got.s01e02`` in ``Game of Thrones``): a folder may hold files of several series.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mediatui.model.text import fold
from mediatui.names.counted_episodes import counted_episode
from mediatui.names.dates import date_of
from mediatui.names.episode_numbers import placed_episodes
from mediatui.names.parsed import ParsedName
from mediatui.names.seasons import cut_name
from mediatui.names.titles import fold_title, same_title

_WORD: Final = re.compile(r"[^\W_]+")
_MINOR: Final = frozenset(["the", "a", "an", "of", "and", "le", "la", "les", "l", "de", "du", "des", "d", "et"])


@dataclass(frozen=True, slots=True)
class Show:
    """A title, folded, and its year where a name gives one."""

    folded: str
    year: int | None


def has_own_title(name: str) -> bool:
    """Whether a title can stand in the name of an episode: something is in front of its numbers or date."""
    if (placed := placed_episodes(cut_name(name))) is not None:
        return placed.start > 0
    date = date_of(name)
    return counted_episode(name) is not None or (bool(date) and _WORD.search(name[: name.find(date[:4])]) is not None)


def named_series(own: ParsedName | None, above: ParsedName | None) -> tuple[Show, ...]:
    """The series a file may be of: the readings of its own name, else of the folder of its series. A year in a title
    may be part of it (``Space 1999``); one that only the folder gives counts for a file of the same title."""
    if own is None or not own.folded:
        return () if above is None else _readings(above)
    found = _readings(own)
    if above is None:
        return found
    years = {show.folded: show.year for show in _readings(above)}
    found = tuple(Show(show.folded, show.year or _year_of(show.folded, years)) for show in found)
    return (*found, *_readings(above)) if is_abbreviation(own.full_title, above.full_title) else found


def is_named(found: Iterable[Show], wanted: Show, *, year_needed: bool) -> bool:
    """Whether one of the series that names give is the wanted one. Years must not differ; where the title alone is
    ambiguous, both years must be known."""
    return any(
        wanted.folded != ""
        and same_title(show.folded, wanted.folded)
        and (show.year == wanted.year if show.year and wanted.year else not year_needed)
        for show in found
    )


def is_abbreviation(short: str, title: str) -> bool:
    """Whether the last word of ``short`` is the initials of ``title``: ``got``, ``grp-tbbt``; small words may be left
    out of them."""
    words = _WORD.findall(fold(title))
    last = _WORD.findall(fold(short))[-1:]
    initials = {
        "".join(word[0] for word in chosen) for chosen in (words, [word for word in words if word not in _MINOR])
    }
    return bool(last) and len(last[0]) > 1 and last[0] in initials


def _readings(name: ParsedName) -> tuple[Show, ...]:
    if not name.folded:
        return ()
    plain = Show(name.folded, name.year)
    return (plain,) if name.year is None else (plain, Show(fold_title(f"{name.full_title} {name.year}"), None))


def _year_of(folded: str, years: dict[str, int | None]) -> int | None:
    return next((year for title, year in years.items() if same_title(title, folded)), None)
