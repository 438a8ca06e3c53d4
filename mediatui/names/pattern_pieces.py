"""Pieces of regular expressions that several rules for names share."""

from __future__ import annotations

from itertools import groupby
from typing import Final

WORD_BEFORE: Final = r"(?<![^\W_])"
"""No letter or digit stands in front."""
WORD_AFTER: Final = r"(?![^\W_])"
"""No letter or digit follows."""
NUMBER_END: Final = r"(?![0-9])(?![pPiI]\b)"
"""The number ends here, and is no height of a picture (``S01E1080p``)."""
SEASON_WORD: Final = r"saison|season|staffel|temporada|stagione|seizoen|sezon|säsong|sæson"
YEAR: Final = r"(?:19|20)[0-9]{2}"
FILM_YEAR: Final = r"(?:18[89]|19[0-9]|20[0-9])[0-9]"
"""A year that a film can be of."""


def by_first_letter(pattern: str) -> str:
    """The same alternatives with those together that begin with the same small letter: at most places of a text none
    begins so, and one look at the letter is enough. Which of several that match is taken may change."""
    found: list[str] = []
    depth, start, at = 0, 0, 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif char == "[":
            at = pattern.index("]", at + 2)
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and not depth:
            found.append(pattern[start:at])
            start = at + 1
        at += 1
    found.append(pattern[start:])
    letters = sorted(
        (one for one in found if one[:1].isalpha() and one[1:2] not in ("?", "*", "{")), key=lambda one: one[0]
    )
    others = [one for one in found if one not in letters]
    grouped = [
        f"{letter}(?:{'|'.join(one[1:] for one in ones)})" for letter, ones in groupby(letters, lambda one: one[0])
    ]
    return "|".join((*grouped, *others))
