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
from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.facts import Facts, library_title, read_facts
from mediatui.names.main_title import main_title
from mediatui.names.release_parser import part_text, release_parser
from mediatui.names.release_title import in_front
from mediatui.names.resolution import RESOLUTION
from mediatui.names.seasons import cut_name
from mediatui.names.titles import fold_title
from mediatui.store.library.names import NameRow, read_names

__all__ = ["KnownNames", "ParsedName", "episodes_of", "known_names", "library_title", "parse_name"]

Kind = Literal["film", "episode", "pack"]

VERSION: Final = 8
"""The version of the rules here; names parsed by other versions are parsed again."""

# "Film.2013.COMPLETE.BLURAY": one film
WHOLE_DISC: Final = re.compile(r"(?<![^\W_])complete[ ._-](?:uhd[ ._-])?(?:blu-?ray|bd|hd-?dvd|dvd)", re.I)


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


def parse_name(name: str) -> ParsedName:
    """Parses the name of a file or a release; never a path. Takes some 50 µs where season and episode or the library's
    own form suffice, else about a millisecond. Never raises."""
    asked: list[Mapping[str, object]] = []

    def title_instead(text: str) -> str:
        asked.append(_ask_parser(text))
        return part_text(asked[0].get("title"))

    facts = read_facts(name, title_instead)
    name = printable(cut_name(name), empty="")
    if facts.whole:
        match = RESOLUTION.search(name)
        resolution = "" if match is None else f"{match[1]}p" if match[1] else "2160p"
        return _named(facts, name, None, facts.episodes, resolution, "episode" if facts.strict else "film")
    found = asked[0] if asked else _ask_parser(name)
    counted = facts.episodes
    absolute = counted[0] if len(counted) == 1 and not facts.seasons else None
    episodes = counted if absolute is None else ()
    if (episodes and len(facts.seasons) == 1) or facts.dated or absolute is not None or facts.between:
        kind: Kind = "episode"
    else:
        complete = (
            found.get("complete") and not facts.title.lower().startswith("complete") and not WHOLE_DISC.search(name)
        )
        kind = "pack" if facts.seasons or counted or complete else "film"
    resolution = part_text(found.get("resolution")).lower()
    return _named(facts, name, absolute, episodes, resolution, kind)


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


def _named(
    facts: Facts, name: str, absolute: int | None, episodes: tuple[int, ...], resolution: str, kind: Kind
) -> ParsedName:
    """The result; a film's title is parted, behind a group in front only at brackets: such titles have hyphens of their
    own."""
    title = main_title(facts.title, hyphens=not in_front(name)) if kind == "film" else facts.title
    folded = fold_title(facts.title)
    return ParsedName(
        title, facts.title, folded, facts.year, facts.seasons, episodes, absolute, facts.date, resolution, kind,
        facts.strict,
    )  # fmt: skip


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
