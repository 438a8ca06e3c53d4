"""Reads release names to decide whether two of them mean the same release.

Two releases are equal only when nothing read from their names differs, so uncertain cases count as different.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from mediatui.model.text import fold, printable
from mediatui.names.release_parser import part_numbers, part_text, release_parser

# A name longer than any file name can be; the parser's time grows with the square of the length.
_LONGEST: Final = 300

# Versions that the parser does not distinguish: VOSTFR and FRENCH are both just "fr" to it.
_VERSION = re.compile(
    r"\b(multi|dual|vostfr|subfrench|truefrench|vo|vf|vff|vfq|vfi|vf2|extras?|bonus|specials?|featurettes?|trailers?"
    r"|sample|ova|oav)\b"
)
# The number of a part, and the half of an episode (S01E01a); the parser drops both.
_PIECE = re.compile(
    r"\b(?:part|partie|pt|vol|volume|cd|disc|disk|dvd|round|week|day|match|race|chapter|chapitre|tome|book|livre)"
    r"[ -]*(?:\d+|[ivx]+\b|one\b|two\b|three\b|four\b|five\b|six\b)"
)
_HALF_EPISODE = re.compile(r"\bs\d+ ?e\d+[a-d]\b")
# Facts for which the parser gives a word or a flag that is not part of the title.
_PARSED_MARKS: Final = ("edition", "country", "3d", "volumes", "dubbed", "subbed", "extras")


@dataclass(frozen=True, slots=True)
class Release:
    """The facts in a release name. ``title`` is folded, ``marks`` is whatever else distinguishes two names; ``shown``
    is the title as written, which is not compared."""

    title: str
    year: str
    date: str
    seasons: tuple[int, ...]
    episodes: tuple[int, ...]
    resolution: str
    languages: tuple[str, ...]
    marks: frozenset[str]
    shown: str = field(compare=False)

    @property
    def label(self) -> str:
        """The release in a few words for people: ``The Show S01E02 1080p``, ``Film (2010) 1080p``."""
        words = [self.shown]
        if self.year:
            words.append(f"({self.year})")
        number = _span("S", self.seasons) + _span("E", self.episodes)
        words += [word for word in (self.date, number, " ".join(self.languages), self.resolution) if word]
        return " ".join(words)


def read_releases(names: Iterable[str]) -> dict[str, Release]:
    """The release of each name; each is parsed once, about a millisecond a name.

    A name is left out when its title or its resolution cannot be read, or when its title alone is ambiguous: a film
    needs its year, anything else a season, an episode or a date.
    """
    parse = release_parser()
    found: dict[str, Release] = {}
    for name in dict.fromkeys(names):
        release = _read(name, parse)
        if release is not None:
            found[name] = release
    return found


def _read(name: str, parse: Callable[[str], Mapping[str, object]]) -> Release | None:
    safe = printable(name, empty="")
    if not safe or len(safe) > _LONGEST:
        return None
    parsed = parse(safe)
    shown, resolution = part_text(parsed.get("title")), part_text(parsed.get("resolution"))
    seasons, episodes = part_numbers(parsed.get("seasons")), part_numbers(parsed.get("episodes"))
    if not seasons and [str(number) for number in episodes] == [shown]:
        episodes = ()  # a title that is a number (1917) is not its own episode
    year, date = part_text(parsed.get("year")), part_text(parsed.get("date"))
    title = fold(shown)
    if not title or not resolution or not (year or date or seasons or episodes):
        return None
    languages = tuple(sorted(_words(parsed.get("languages"))))
    marks = _marks(safe, parsed)
    return Release(title, year, date, seasons, episodes, resolution.lower(), languages, marks, shown)


def _marks(name: str, parsed: Mapping[str, object]) -> frozenset[str]:
    folded = fold(name)
    found = {match.group().replace(" ", "") for match in _PIECE.finditer(folded)}
    found.update(_VERSION.findall(folded))
    found.update(match.group().replace(" ", "") for match in _HALF_EPISODE.finditer(folded))
    found.update(f"{mark}={parsed[mark]}" for mark in _PARSED_MARKS if parsed.get(mark))
    if parsed.get("complete") and not parsed.get("seasons"):
        found.add("complete")  # a collection or a whole disc; "S01.COMPLETE" says no more than "S01"
    return frozenset(found)


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, list) else ()


def _span(letter: str, numbers: tuple[int, ...]) -> str:
    if not numbers:
        return ""
    first, last = f"{letter}{numbers[0]:02d}", f"{letter}{numbers[-1]:02d}"
    if len(numbers) == 1:
        return first
    whole = numbers[-1] - numbers[0] == len(numbers) - 1
    return f"{first}-{last}" if whole else ",".join(f"{letter}{number:02d}" for number in numbers)
