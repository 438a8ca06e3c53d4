"""What our own rules read of a name without any parser: title, year, season and episodes, date.

``parsed`` adds what the parser of releases knows; ``release_columns`` adds the technical tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mediatui.model.text import printable
from mediatui.names.dates import FULL_DATE
from mediatui.names.episode_numbers import Placed, placed_episodes
from mediatui.names.loose_dates import read_date
from mediatui.names.loose_numbers import loose_numbers, plain_numbers
from mediatui.names.number_words import number_of
from mediatui.names.pattern_pieces import FILM_YEAR, YEAR
from mediatui.names.release_title import in_front, read_title
from mediatui.names.seasons import cut_name

_LIBRARY = re.compile(rf"(?P<title>[^/]*?[^\s/(]) \((?P<year>{FILM_YEAR})\)(?=$|[ .])")
_SEPARATORS = re.compile(r"[\s._]+")
# A date, or an episode counted over all seasons: "Show (2010) - 133", "Show (2010) {05}"
_NUMBERED = re.compile(rf"{FULL_DATE.pattern}|\) - [0-9]{{2,4}}(?=$| [-(\[]|\.[a-z])|\{{[0-9]{{2,4}}\}}")
_OF_SERIES = ("season", "saison", "stagione", "temporada", "staffel", " - series ", " s0", " s1", "- e")
# "Show - 09 (2021) [Group]"
_GROUP_BEHIND = re.compile(rf" - [0-9]{{2,4}} \(({YEAR})\) \[")
# "Show - Livre IV"
_BOOK = re.compile(r"(?!(?:le|the|un) )(.+?)[ -]+livre[ -]+([0-9]{1,3}|[ivx]{1,6})(?=$|[ ])", re.I)
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,3}$")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a name says. ``episodes`` without ``seasons`` are counted over all seasons. ``strict`` says that they come
    from the strict rule; ``between`` that the name is of an episode between two (``02.5``); ``whole`` that the rules
    read all of it, so that no parser knows more."""

    title: str
    year: int | None
    seasons: tuple[int, ...] = ()
    episodes: tuple[int, ...] = ()
    date: str = ""
    dated: bool = False
    strict: bool = False
    between: bool = False
    whole: bool = False


def library_title(name: str) -> tuple[str, int] | None:
    """Title and year of a name in the library's own form ``Title (Year)``, whatever follows; None for any other form.
    About 2 µs a name."""
    match = _LIBRARY.match(cut_name(name))
    if match is None or (name.startswith(("[", "www.")) and " - " in match["title"]):
        return None  # "[Group] Show - 133 (2010)" is a release
    return match["title"].strip(), int(match["year"])


def read_facts(name: str, title_instead: Callable[[str], str]) -> Facts:
    """The facts in the name of a file or a release; never a path. ``title_instead`` gives the title of a name in which
    the rules find none, empty for the whole name. Never raises."""
    raw = cut_name(name)
    name, placed = printable(raw, empty=""), placed_episodes(raw)
    own = library_title(name)
    if own is not None and ((name.startswith("[") and in_front(name)) or _GROUP_BEHIND.search(name)):
        own = None
    if placed is not None:
        start = len(printable(raw[: placed.start], empty=""))
        title, year = own or _second_title(name, placed) or read_title(name, start, absolute=True)
        return Facts(title, year, (placed.numbers.season,), placed.numbers.episodes, strict=True, whole=True)
    if own is not None and _says_nothing_more(name):
        return Facts(*own, whole=True)
    return _loose_facts(name, own, title_instead)


def _says_nothing_more(name: str) -> bool:
    """Whether a name in the library's own form is a film's: it has no date, and no word of a season that our rule did
    not read."""
    lowered = name.lower()
    return not _NUMBERED.search(lowered) and not any(word in lowered for word in _OF_SERIES)


def _second_title(name: str, placed: Placed) -> tuple[str, int | None] | None:
    """The title and year of a name that has two, each with the same numbers (``Титул (S1E2) / Title (S1E2)``): those of
    the second, as of all names with two; None for any other name."""
    at = name.find(" / ", placed.end)
    again = placed_episodes(name[at + 3 :]) if at > 0 else None
    if again is None or again.numbers != placed.numbers or not again.start:
        return None
    return read_title(name[at + 3 :], again.start, absolute=True)


def _loose_facts(name: str, own: tuple[str, int] | None, title_instead: Callable[[str], str]) -> Facts:
    """Reads what the strict rule and the library's own form do not cover."""
    plain, loose = plain_numbers(name)
    date, loose = (None, loose) if plain else (read_date(name), loose_numbers(name))
    day = date.text if date is not None else ""
    starts = [at.start for at in (date, loose) if at is not None]
    first = min(starts, default=None)
    if own is None or (first is not None and first < len(own[0])):
        title, year = read_title(name, first, absolute=loose is not None)
    else:
        title, year = own
    if year is None and (behind := _GROUP_BEHIND.search(name)):
        year = int(behind[1])
    if not title and loose is not None and loose.title_from:
        title, year = read_title(name[loose.title_from :].partition(" - ")[0])
    stem = _SEPARATORS.sub(" ", _EXTENSION.sub("", name)).strip()
    title = title or ("" if first == 0 else title_instead(name) or stem)
    seasons, counted = (loose.seasons, loose.episodes) if loose is not None else ((), ())
    if not seasons and [str(number) for number in counted] == [title]:
        counted = ()  # a title that is a number is not its own episode
    if not seasons and not counted and year is None and (book := _BOOK.match(stem)):
        season = number_of(book[2])
        title, seasons = book[1], () if season is None else (season,)
    between = loose is not None and not seasons and not counted  # "Show - 02.5"
    return Facts(title, year, seasons, counted, day, date is not None, between=between)
