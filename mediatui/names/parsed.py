"""Parses names of the library and of releases: title, year, season and episodes, date, resolution.

Season and episodes come from the strict rule wherever it finds them (``episode_numbers``); those of the loose rules
(``loose_numbers``) are marked as not strict and never decide a change to a link. The parser of releases has the
resolution, what is complete, and the title where no rule finds one.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from mediatui.model.text import printable
from mediatui.names.dates import FULL_DATE
from mediatui.names.episode_numbers import EpisodeNumbers, Placed, episodes_of, placed_episodes
from mediatui.names.loose_dates import read_date
from mediatui.names.loose_numbers import loose_numbers
from mediatui.names.main_title import main_title
from mediatui.names.pattern_pieces import FILM_YEAR, YEAR
from mediatui.names.release_parser import part_text, release_parser
from mediatui.names.release_title import in_front, read_title
from mediatui.names.resolution import RESOLUTION
from mediatui.names.seasons import cut_name, season_of_folder
from mediatui.names.titles import fold_title
from mediatui.store.library.names import NameRow, read_names

__all__ = ["KnownNames", "ParsedName", "episodes_of", "known_names", "library_title", "parse_name"]

Kind = Literal["film", "episode", "pack"]

VERSION: Final = 7
"""The version of the rules here; names parsed by other versions are parsed again."""

_LIBRARY = re.compile(rf"(?P<title>[^/]*?[^\s/(]) \((?P<year>{FILM_YEAR})\)(?=$|[ .])")
_SEPARATORS = re.compile(r"[\s._]+")
# A date, or an episode counted over all seasons: "Show (2010) - 133", "Show (2010) {05}"
_NUMBERED = re.compile(rf"{FULL_DATE.pattern}|\) - [0-9]{{2,4}}(?=$| [-(\[]|\.[a-z])|\{{[0-9]{{2,4}}\}}")
_OF_SERIES: Final = ("season", "saison", "stagione", "temporada", "staffel", " - series ", " s0", " s1", "- e")
# "Show - 09 (2021) [Group]"
_GROUP_BEHIND = re.compile(rf" - [0-9]{{2,4}} \(({YEAR})\) \[")
# "Show - Livre IV"
_BOOK = re.compile(r"(.+?)[ -]+livre ", re.I)
# "Film.2013.COMPLETE.BLURAY": one film
_WHOLE_DISC = re.compile(r"(?<![^\W_])complete[ ._-](?:uhd[ ._-])?(?:blu-?ray|bd|hd-?dvd|dvd)", re.I)
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,3}$")


@dataclass(frozen=True, slots=True)
class ParsedName:
    """The facts in a name. ``title`` is the title alone; ``full_title`` is what the name has as the title, with a
    second title, a part or an edition (``Dune`` and ``Dune Part Two``): for searching and showing. They differ only for
    films. ``folded`` is the full title for comparing, empty for none. ``seasons`` and ``episodes`` ascending;
    ``absolute`` an episode counted over all seasons; ``date`` as YYYY-MM-DD, empty when there is none; ``resolution``
    in lower case (``1080p``). ``strict`` says that season and episodes come from our own rule and may decide a change
    to a link."""

    title: str
    full_title: str
    folded: str
    year: int | None
    seasons: tuple[int, ...]
    episodes: tuple[int, ...]
    absolute: int | None
    date: str
    resolution: str
    kind: Kind
    strict: bool

    @property
    def title_rest(self) -> str:
        """What the name has behind the title that may belong to it: ``Part Two``; empty where it has nothing."""
        return self.full_title.removeprefix(self.title).strip(" -–—,([])")

    @property
    def season(self) -> int | None:
        """The one season in the name; None when it has none or several."""
        return self.seasons[0] if len(self.seasons) == 1 else None

    @property
    def numbers(self) -> EpisodeNumbers | None:
        """Season and episodes by the strict rule; None when only the loose rules found them, or nothing did."""
        return EpisodeNumbers(self.seasons[0], self.episodes) if self.strict else None


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Parsed names by name; ``fresh`` are the rows of those that were parsed now, to be stored."""

    parsed: dict[str, ParsedName]
    fresh: list[NameRow]


def library_title(name: str) -> tuple[str, int] | None:
    """Title and year of a name in the library's own form ``Title (Year)``, whatever follows; None for any other form.
    About 2 µs a name."""
    match = _LIBRARY.match(cut_name(name))
    if match is None or (name.startswith(("[", "www.")) and " - " in match["title"]):
        return None  # "[Group] Show - 133 (2010)" is a release
    return match["title"].strip(), int(match["year"])


def parse_name(name: str) -> ParsedName:
    """Parses the name of a file or a release; never a path. Takes some 50 µs where season and episode or the library's
    own form suffice, else about a millisecond. Never raises."""
    raw = cut_name(name)
    name, placed = printable(raw, empty=""), placed_episodes(raw)
    own = library_title(name)
    if own is not None and ((name.startswith("[") and in_front(name)) or _GROUP_BEHIND.search(name)):
        own = None
    if own is not None and (placed is not None or _says_nothing_more(name)):
        return _parsed(own[0], own[1], placed, name)
    if placed is not None:
        start = len(printable(raw[: placed.start], empty=""))
        return _parsed(*(_second_title(name, placed) or read_title(name, start, absolute=True)), placed, name)
    return _behind(name, own)


def known_names(
    connection: sqlite3.Connection,
    names: Iterable[str],
    *,
    on_parsed: Callable[[int], None] | None = None,
) -> KnownNames:
    """These names parsed: from the database where they were parsed before, else now.

    ``len(fresh)`` is how many were parsed; give those rows to ``store_names`` and a second run parses none.
    ``on_parsed`` is called with the number parsed so far, every 500. Blocks while it parses: never call it on the event
    loop.
    """
    keys = {name: cut_name(name) for name in names}
    stored = read_names(connection, keys.values(), VERSION)
    parsed = {key: _from_json(text) for key, text in stored.items()}
    fresh: list[NameRow] = []
    for key in keys.values():
        if key not in parsed:
            parsed[key] = parse_name(key)
            fresh.append((key, VERSION, _to_json(parsed[key])))
            if on_parsed is not None and len(fresh) % 500 == 0:
                on_parsed(len(fresh))
    return KnownNames({name: parsed[key] for name, key in keys.items()}, fresh)


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


def _parsed(title: str, year: int | None, placed: Placed | None, name: str) -> ParsedName:
    """Builds the result without the parser."""
    numbers = placed.numbers if placed is not None else None
    seasons, episodes = ((numbers.season,), numbers.episodes) if numbers is not None else ((), ())
    kind: Kind = "film" if numbers is None else "episode"
    match = RESOLUTION.search(name)
    resolution = "" if match is None else f"{match[1]}p" if match[1] else "2160p"
    return _named(title, name, year, seasons, episodes, None, "", resolution, kind, strict=numbers is not None)


def _behind(name: str, own: tuple[str, int] | None) -> ParsedName:
    """Reads what the strict rule and the library's own form do not cover."""
    found = _ask_parser(name)
    resolution = part_text(found.get("resolution")).lower()
    date, loose = read_date(name), loose_numbers(name)
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
    title = title or ("" if first == 0 else part_text(found.get("title")) or stem)
    seasons, counted = (loose.seasons, loose.episodes) if loose is not None else ((), ())
    if not seasons and [str(number) for number in counted] == [title]:
        counted = ()  # a title that is a number is not its own episode
    if not seasons and not counted and year is None and (book := _BOOK.match(stem)):
        title, seasons = book[1], _one(season_of_folder(stem))
    absolute = counted[0] if len(counted) == 1 and not seasons else None
    episodes = counted if absolute is None else ()
    between = loose is not None and not seasons and not counted  # "Show - 02.5"
    if (episodes and len(seasons) == 1) or date is not None or absolute is not None or between:
        kind: Kind = "episode"
    else:
        complete = found.get("complete") and not title.lower().startswith("complete") and not _WHOLE_DISC.search(name)
        kind = "pack" if seasons or counted or complete else "film"
    return _named(title, name, year, seasons, episodes, absolute, day, resolution, kind, strict=False)


def _named(
    full_title: str,
    name: str,
    year: int | None,
    seasons: tuple[int, ...],
    episodes: tuple[int, ...],
    absolute: int | None,
    date: str,
    resolution: str,
    kind: Kind,
    *,
    strict: bool,
) -> ParsedName:
    """The result; a film's title is parted, behind a group in front only at brackets: such titles have hyphens of their
    own."""
    title = main_title(full_title, hyphens=not in_front(name)) if kind == "film" else full_title
    folded = fold_title(full_title)
    return ParsedName(title, full_title, folded, year, seasons, episodes, absolute, date, resolution, kind, strict)


def _one(season: int | None) -> tuple[int, ...]:
    return () if season is None else (season,)


def _ask_parser(name: str) -> Mapping[str, object]:
    """The parser's result; empty where it fails, as it does on a few odd names."""
    parse = release_parser()
    try:
        return parse(name)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return {}


def _to_json(parsed: ParsedName) -> str:
    values = [
        parsed.title, parsed.full_title, parsed.year, parsed.seasons, parsed.episodes, parsed.absolute, parsed.date,
        parsed.resolution, parsed.kind, parsed.strict,
    ]  # fmt: skip
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _from_json(text: str) -> ParsedName:
    title, full_title, year, seasons, episodes, absolute, date, resolution, kind, strict = json.loads(text)
    folded = fold_title(full_title)
    return ParsedName(
        title, full_title, folded, year, tuple(seasons), tuple(episodes), absolute, date, resolution, kind, strict
    )
