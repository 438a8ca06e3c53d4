"""Reads release names to decide whether two of them mean the same release.

Two releases are equal only when nothing in their names differs but the technical tags (resolution aside), the group and
the order of languages. Whatever else a name says, a team, a stage, the title of an episode, distinguishes it, and so
does what only one of the names says: uncertain cases count as different.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from mediatui.model.text import fold, printable
from mediatui.names.editions import editions_in
from mediatui.names.episode_numbers import Placed, placed_episodes
from mediatui.names.extras import extra_alone, extras_in
from mediatui.names.parts import parts_in
from mediatui.names.release_parser import part_numbers, part_text, release_parser
from mediatui.names.seasons import cut_name
from mediatui.names.tag_words import LANGUAGES
from mediatui.names.technical_tags import ID_TAG, NameWord, words_of

REMEMBERED: Final = 16_384
"""How many names are not parsed again."""
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
_SEASON = re.compile(r"s([0-9]{1,4})")
_SEASON_WORDS: Final = frozenset(("season", "saison", "staffel", "temporada", "stagione"))
# Facts for which the parser gives a word or a flag that is not part of the title.
_PARSED_MARKS: Final = ("edition", "country", "3d", "volumes", "dubbed", "subbed", "extras")


@dataclass(frozen=True, slots=True)
class Release:
    """The facts in a release name. ``title`` is folded, ``rest`` are its words without the technical tags, folded and
    in order, ``marks`` is whatever else distinguishes two names; ``shown`` is the title as written, which is not
    compared."""

    title: str
    year: str
    date: str
    seasons: tuple[int, ...]
    episodes: tuple[int, ...]
    resolution: str
    languages: tuple[str, ...]
    marks: frozenset[str]
    rest: tuple[str, ...]
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
    """The release of each name; each is parsed once, about a millisecond a name, and remembered while the program runs.

    A name is left out when its title or its resolution cannot be read, or when its title alone is ambiguous: a film
    needs its year, anything else a season, an episode or a date. Numbers count only where our own strict rule reads
    them, or as the mark of a season (``S01``): a number that stands alone may be anything.
    """
    found: dict[str, Release] = {}
    for name in dict.fromkeys(names):
        release = _read(name)
        if release is not None:
            found[name] = release
    return found


@lru_cache(maxsize=REMEMBERED)
def _read(name: str) -> Release | None:
    safe = printable(name, empty="")
    if not safe or cut_name(safe) != unicodedata.normalize("NFC", safe):  # what is cut off could not be compared
        return None
    parsed = release_parser()(safe)
    shown, resolution = part_text(parsed.get("title")), part_text(parsed.get("resolution"))
    words, placed = words_of(safe), placed_episodes(cut_name(safe))
    seasons, episodes = _numbers(words, placed, parsed)
    year, date = part_text(parsed.get("year")), part_text(parsed.get("date"))
    title = fold(shown)
    if not title or not resolution or not (year or date or seasons or episodes):
        return None
    languages = tuple(sorted(_words(parsed.get("languages"))))
    marks = _marks(safe, parsed, words)
    rest = tuple(_rest(words[_group_in_front(safe, words, title) :], placed, seasons))
    return Release(title, year, date, seasons, episodes, resolution.lower(), languages, marks, rest, shown)


def _numbers(
    words: Sequence[NameWord], placed: Placed | None, parsed: Mapping[str, object]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Seasons and episodes: by the strict rule, else the seasons that are marked as such."""
    if placed is not None:
        return (placed.numbers.season,), placed.numbers.episodes
    marked = {season for at in range(len(words)) if (season := _season_at(words, at)) is not None}
    seasons = part_numbers(parsed.get("seasons"))
    if marked <= set(seasons) and not part_numbers(parsed.get("episodes")):
        return (seasons if marked else ()), ()  # with those between: S01-S03
    return tuple(sorted(marked)), ()


def _season_at(words: Sequence[NameWord], at: int) -> int | None:
    """The season that a word is the mark of (``s01``), or the number behind such a word (``season 1``)."""
    if match := _SEASON.fullmatch(words[at].text):
        return int(match[1])
    if at and words[at - 1].text in _SEASON_WORDS and words[at].text.isdecimal() and len(words[at].text) <= 4:
        return int(words[at].text)
    return None


def _rest(words: Sequence[NameWord], placed: Placed | None, seasons: Sequence[int]) -> Iterator[str]:
    """The words without technical tags and languages, numbers written in one way."""
    group = " ".join(word.text for word in words if word.tag == "group")
    means = bool(extra_alone(group)) or any(True for read in (extras_in, editions_in, parts_in) for _ in read(group))
    for at, word in enumerate(words):
        if placed is not None and word.end > placed.start and word.start < placed.end:
            if word.start <= placed.start:
                yield str(placed.numbers)
            continue
        if word.tag and not (word.tag == "group" and means):
            continue
        season = _season_at(words, at)
        if season is not None:
            yield f"s{season}"
        elif word.text == "complete" and seasons:
            continue  # "S01.COMPLETE" says no more than "S01"
        elif word.text not in _SEASON_WORDS or at + 1 == len(words) or _season_at(words, at + 1) is None:
            yield word.text


def _group_in_front(name: str, words: Sequence[NameWord], title: str) -> int:
    """How many words are the group in brackets in front of a name: ``[Group] Show S01E02``; 0 for none."""
    if not name.startswith("[") or not any(char.isalpha() for char in title):
        return 0
    end = name.find("]")
    count = sum(1 for word in words if word.end <= end)
    named = title.split()
    return 0 if count == len(words) or any(word.text in named for word in words[:count]) else count


def _marks(name: str, parsed: Mapping[str, object], words: Sequence[NameWord]) -> frozenset[str]:
    folded = fold(name)
    found = {match.group().replace(" ", "") for match in _PIECE.finditer(folded)}
    found.update(_VERSION.findall(folded))
    found.update(match.group().replace(" ", "") for match in _HALF_EPISODE.finditer(folded))
    found.update(f"{mark}={parsed[mark]}" for mark in _PARSED_MARKS if parsed.get(mark))
    if parsed.get("complete") and not parsed.get("seasons"):
        found.add("complete")  # a collection or a whole disc; "S01.COMPLETE" says no more than "S01"
    found.update(f"language={LANGUAGES[word.text]}" for word in words if word.tag == "language")
    found.update(match[0].lower() for match in ID_TAG.finditer(name))
    if any(word.tag == "loose" for word in words):
        found.add("last word")  # taken for a group in each of two names, never for one in one of them alone
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
