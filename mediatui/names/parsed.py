"""Parses names of the library and of releases: title, year, season and episodes, date, resolution.

Season and episodes come from our own strict rule wherever it finds them (``episode_numbers``); everything else comes
from ``parsett``. Numbers from ``parsett`` are marked as not strict and never decide a change to a link.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from mediatui.model.text import printable
from mediatui.names.episode_numbers import (
    EpisodeNumbers,
    Placed,
    cut_name,
    episodes_of,
    placed_episodes,
    season_of_folder,
)
from mediatui.names.release_parser import part_numbers, part_text, release_parser
from mediatui.names.titles import fold_title, range_key, similarity, sort_key
from mediatui.store.library.names import NameRow, read_names

__all__ = [
    "EpisodeNumbers", "KnownNames", "NameRow", "ParsedName", "episodes_of", "fold_title", "known_names",
    "library_title", "parse_name", "range_key", "similarity", "sort_key",
]  # fmt: skip

Kind = Literal["film", "episode", "pack"]

VERSION: Final = 2
"""The version of the rules here; names parsed by other versions are parsed again."""
_FIRST_YEAR: Final = 1880

_LIBRARY = re.compile(r"(?P<title>[^/]*?[^\s/(]) \((?P<year>(?:18[89]|19[0-9]|20[0-9])[0-9])\)(?=$|[ .])")
_TRAILING_YEAR = re.compile(r"[ (\[]+((?:19|20)[0-9]{2})[)\]]?$")
_SEPARATORS = re.compile(r"[\s._]+")
_PLAIN = re.compile(r"[^\[\]{}]+")
_RESOLUTION = re.compile(
    r"(?<![^\W_])(2160|1440|1080|720|576|480|360)[pi](?![^\W_])|(?<![^\W_])(4k|uhd)(?![^\W_])", re.I
)
_DATE = re.compile(
    r"(?<![0-9])(?:(?:19|20)[0-9]{2}([-._ ])[0-9]{2}\1[0-9]{2}|[0-9]{2}([-._ ])[0-9]{2}\2(?:19|20)[0-9]{2})(?![0-9])"
)
# Words before the episode that are not part of the title: names with them are left to the parser.
_NOT_TITLE = re.compile(
    r"(?<![^\W_])(?:www|multi|french|truefrench|vostfr|vff?|vo|integrale|complete|saison|season|[0-9]{3,4}p"
    r"|bluray|web|webrip|hdtv|dvdrip|x26[45]|h26[45])(?![^\W_])",
    re.I,
)
# Words the parser takes for facts about a release wherever they stand; releases write such facts after the title.
_LEADING: Final = frozenset(
    ["complete", "web", "proper", "extended", "remastered", "retail", "uncut", "imax", "cam", "dual", "dub", "subs"]
)
_BOOK = re.compile(r"(.+?)[ -]+livre ", re.I)
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,3}$")


@dataclass(frozen=True, slots=True)
class ParsedName:
    """The facts in a name. ``title`` as it is written, ``folded`` for comparing it (empty when no title was found);
    ``seasons`` and ``episodes`` ascending; ``absolute`` an episode counted over all seasons; ``date`` as YYYY-MM-DD,
    empty when there is none; ``resolution`` in lower case (``1080p``). ``strict`` says that season and episodes come
    from our own rule and may decide a change to a link."""

    title: str
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
    def season(self) -> int | None:
        """The one season in the name; None when it has none or several."""
        return self.seasons[0] if len(self.seasons) == 1 else None

    @property
    def numbers(self) -> EpisodeNumbers | None:
        """Season and episodes by the strict rule; None when only the parser found them, or nothing did."""
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
    """Parses the name of a file or a release; never a path. Takes some 20 µs where season and episode or the library's
    own form suffice, else about a millisecond. Never raises."""
    raw = cut_name(name)
    name, placed = printable(raw, empty=""), placed_episodes(raw)
    own = library_title(name)
    if own is not None and (placed is not None or _says_nothing_more(name)):
        return _parsed(own[0], own[1], placed, name)
    if placed is not None:
        before = _title_before(printable(raw[: placed.start], empty=""))
        if before is not None:
            return _parsed(*before, placed, name)
    return _behind(name, own, placed)


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
    return not _DATE.search(name) and not any(word in lowered for word in ("season", "saison", " s0", " s1", "- e"))


def _title_before(text: str) -> tuple[str, int | None] | None:
    """Title and year in the text before season and episode; None where the parser is needed."""
    text = _SEPARATORS.sub(" ", text).strip(" -([")
    balanced = text.count("(") == text.count(")")
    if not text:
        return "", None
    if not balanced or not _PLAIN.fullmatch(text) or _NOT_TITLE.search(text):
        return None
    match = _TRAILING_YEAR.search(text)
    if match is None:
        return text, None
    title = text[: match.start()].strip(" -")
    return (title, int(match[1])) if title else (text, None)


def _parsed(title: str, year: int | None, placed: Placed | None, name: str) -> ParsedName:
    """Builds the result without the parser."""
    numbers = placed.numbers if placed is not None else None
    seasons, episodes = ((numbers.season,), numbers.episodes) if numbers is not None else ((), ())
    kind: Kind = "film" if numbers is None else "episode"
    match = _RESOLUTION.search(name)
    resolution = "" if match is None else f"{match[1]}p" if match[1] else "2160p"
    return ParsedName(
        title, fold_title(title), year, seasons, episodes, None, "", resolution, kind, numbers is not None
    )


def _behind(name: str, own: tuple[str, int] | None, placed: Placed | None) -> ParsedName:
    """Parses with ``parsett`` what the strict rule and the library's own form do not cover."""
    found = _ask_parser(name)
    title, year = own or _title_and_year(name, found)
    if own is None:
        title, year = _with_leading_words(name[: placed.start] if placed is not None else name, title, year)
    stem = _SEPARATORS.sub(" ", _EXTENSION.sub("", name)).strip()
    resolution, date = part_text(found.get("resolution")).lower(), part_text(found.get("date"))
    if placed is not None:
        numbers = placed.numbers
        return ParsedName(
            title, fold_title(title), year, (numbers.season,), numbers.episodes, None, date, resolution, "episode", True
        )
    title = title or stem
    seasons, counted = part_numbers(found.get("seasons")), part_numbers(found.get("episodes"))
    if not seasons and [str(number) for number in counted] == [title]:
        counted = ()  # a title that is a number is not its own episode
    if not seasons and not counted and year is None and (book := _BOOK.match(stem)):
        title, seasons = book[1], _one(season_of_folder(stem))
    absolute = counted[0] if len(counted) == 1 and not seasons else None
    episodes = counted if len(seasons) == 1 else ()
    if episodes or date or absolute is not None:
        kind: Kind = "episode"
    else:
        complete = found.get("complete") and not title.lower().startswith("complete")
        kind = "pack" if seasons or counted or complete else "film"
    return ParsedName(title, fold_title(title), year, seasons, episodes, absolute, date, resolution, kind, False)


def _one(season: int | None) -> tuple[int, ...]:
    return () if season is None else (season,)


def _ask_parser(name: str) -> Mapping[str, object]:
    """The parser's result; empty where it fails, as it does on a few odd names."""
    parse = release_parser()
    try:
        return parse(name)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return {}


def _title_and_year(name: str, found: Mapping[str, object]) -> tuple[str, int | None]:
    title = part_text(found.get("title"))
    year = found.get("year")
    if not isinstance(year, int):
        return title, None
    if title and _FIRST_YEAR <= year <= time.localtime().tm_year + 2:
        return title, year
    # a film that is called like a year (2012), or after one to come (Blade Runner 2049)
    return (f"{title} {year}" if title else str(year)), None


def _with_leading_words(name: str, title: str, year: int | None) -> tuple[str, int | None]:
    """Puts leading words back into the title that the parser took for something else: ``Complete Unknown``, ``Cam``."""
    words = _SEPARATORS.sub(" ", name).split()
    rest = 0
    while rest < len(words) - 1 and words[rest].lower() in _LEADING:
        rest += 1
    if not rest:
        return title, year
    lead, shown = " ".join(words[:rest]), title.split()
    if year is None and title.isdigit() and words[rest] == title and int(title) >= _FIRST_YEAR:
        return lead, int(title)
    return (f"{lead} {title}", year) if shown and words[rest : rest + len(shown)] == shown else (title, year)


def _to_json(parsed: ParsedName) -> str:
    values = [
        parsed.title, parsed.year, parsed.seasons, parsed.episodes, parsed.absolute, parsed.date, parsed.resolution,
        parsed.kind, parsed.strict,
    ]  # fmt: skip
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _from_json(text: str) -> ParsedName:
    title, year, seasons, episodes, absolute, date, resolution, kind, strict = json.loads(text)
    return ParsedName(
        title, fold_title(title), year, tuple(seasons), tuple(episodes), absolute, date, resolution, kind, strict
    )
