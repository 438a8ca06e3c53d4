"""Recognises in names that a file is only a part: half of an episode (``S01E02a``), or a part, disc or volume with a
number in digits, words or Roman numerals (``Part Two``, ``CD1``, ``pt.II``, ``1of2``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mediatui.names.number_words import ENGLISH, FRENCH, GERMAN, ORDINALS, ROMAN, SHORT_ORDINALS, SPANISH, numbered

_FAMILIES: Final = {
    "part": "parts?|pts?|parties?|partes?|teil|deel|osa|czesc",
    "disc": "cd|dis[ck]s?|disques?|discos?|dvd|side|reel|tape",
    "volume": "vols?|volumes?|tome",
    "section": "chapters?|chapitres?|book|livre|acts?|round|stage|match|day|leg|heat|week|race",
}
_NUMBERS: Final = numbered(ENGLISH, FRENCH, GERMAN, SPANISH, ORDINALS, ROMAN[:12], SHORT_ORDINALS)
_NUMBER: Final = "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True))
_ORDINAL: Final = "|".join(word for word in _NUMBERS if word.endswith(("st", "nd", "rd", "th")))
_WITH_NUMBER: Final = re.compile(
    "|".join(rf"(?P<{family}>{words})" for family, words in _FAMILIES.items()).join((r"(?<!\S)(?:", ")"))
    + rf" ?(?P<number>[0-9]{{1,3}}|(?:{_NUMBER}|[a-f])(?!\S))(?: of [0-9a-z]+)?(?!\S)"
)
_OF: Final = re.compile(r"(?<!\S)(?P<number>[0-9]{1,2}) ?of ?[0-9]{1,2}(?!\S)")
_ORDERED: Final = re.compile(
    rf"(?<!\S)(?P<number>{_ORDINAL}) (?:(?P<part>half|part|period)|(?P<disc>dis[ck])|(?P<volume>volume|leg))(?!\S)"
)
_HALF: Final = re.compile(r"([a-h])(?:[-+&]?([b-h]))?(?![^\W_])", re.IGNORECASE)
_SIZES: Final = frozenset(("dvd 5", "dvd 9", "dvd5", "dvd9"))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something that a text says, ``text[start:end]``."""

    says: str
    start: int
    end: int


def parts_in(text: str) -> Iterator[Phrase]:
    """The parts that a folded text (words joined by blanks) names, as ``part 2``, ``disc 1``, ``volume 3``, or
    ``section 4`` for a chapter, a day, a match and their like, as titles of episodes have them too."""
    for pattern in (_WITH_NUMBER, _OF, _ORDERED):
        for match in pattern.finditer(text):
            if match[0] in _SIZES:
                continue
            family = next((name for name in _FAMILIES if match.groupdict().get(name)), "part")
            yield Phrase(f"{family} {_plain(match['number'])}", match.start(), match.end())


def half_behind(name: str, end: int) -> str:
    """The half right behind the number of an episode, which ends at ``end``: ``a``; ``ab`` for both; empty for none."""
    match = _HALF.match(name, end)
    return "".join(filter(None, match.groups())).lower() if match else ""


def same_part(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether two names claim equal parts. ``CD2`` and ``part 2`` are the same: players take one for the other."""
    return a == b or (len(a) == len(b) == 1 and {_number(part) for part in a} == {_number(part) for part in b})


def _number(part: str) -> str:
    return part if part.startswith("volume") else part.rpartition(" ")[2]


def _plain(number: str) -> str:
    return str(_NUMBERS.get(number, "")) or number.lstrip("0") or "0"
