"""Numbers that names write in digits, in words or in Roman numerals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mediatui.model.text import fold


def numbered(*lists: Iterable[str]) -> dict[str, int]:
    """The words of lists that begin with the word for one, by their number."""
    return {word: number for words in lists for number, word in enumerate(words, start=1)}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ENGLISH: Final = _words("one two three four five six seven eight nine ten eleven twelve")
FRENCH: Final = _words("un deux trois quatre cinq six sept huit neuf dix onze douze")
GERMAN: Final = _words("eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf")
SPANISH: Final = _words("uno dos tres cuatro cinco seis siete ocho nueve diez once doce")
ITALIAN: Final = _words("uno due tre quattro cinque sei sette otto nove dieci undici dodici")
ORDINALS: Final = _words("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth")
SHORT_ORDINALS: Final = _words("1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th")
ROMAN: Final = tuple(
    tens + ones
    for tens in ("", "x")
    for ones in ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
    if tens or ones
)
"""I to XIX."""
CARDINALS: Final = numbered(ENGLISH, FRENCH, GERMAN, SPANISH, ITALIAN)
_ANY: Final = {**CARDINALS, **numbered(ROMAN)}


def number_of(text: str) -> int | None:
    """The number that a text is, in digits, as a word up to twelve or as a Roman numeral up to XIX; None for any other
    text."""
    return int(text) if text.isdigit() else _ANY.get(fold(text))
