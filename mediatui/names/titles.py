"""Folds titles so that different spellings are equal, compares them, and sorts them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from mediatui.model.text import fold
from mediatui.names.number_words import ENGLISH, FRENCH, ROMAN, numbered

FOLDING: Final = 1
"""The version of the rules of ``title_key``, whose results are stored: another number has them made again."""

# Articles count nowhere in English and French titles ("Le Seigneur des anneaux : la Communauté"), and elsewhere only
# in front: "die" and "los" are words within a title.
_ARTICLES: Final = frozenset(["the", "a", "an", "le", "la", "les", "l", "un", "une"])
_LEADING: Final = _ARTICLES | {
    *("der", "die", "das", "ein", "eine", "el", "los", "las", "lo", "il", "gli", "uno", "una", "het", "een"),
}
# Letters that Unicode does not take apart, though releases write them so.
_LETTERS: Final = str.maketrans(
    {
        "æ": "ae",
        "Æ": "ae",
        "œ": "oe",
        "Œ": "oe",
        "ø": "o",
        "Ø": "o",
        "đ": "d",
        "Đ": "d",
        "ł": "l",
        "Ł": "l",
        "ŉ": "n",  # an apostrophe and a letter
        "&": " and ",
    }
)
_ELISION = re.compile(r"\b(l|d|j|c|n|m|t|s|qu)['’ʼ‘`´]", re.IGNORECASE)
_APOSTROPHE = re.compile(r"['’ʼ‘`´]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"[0-9]+")
_PART_WORDS: Final = frozenset(
    ["part", "partie", "parte", "teil", "volume", "vol", "chapter", "chapitre", "book", "livre", "tome", "episode"]
)
_NUMBERS: Final = numbered(ENGLISH[:10], FRENCH[:10], ROMAN[:10])
_SEQUELS: Final = {word: _NUMBERS[word] for word in ROMAN[1:10]}
_AND: Final = frozenset(["and", "et", "und", "y", "e"])
_OTHER_NUMBER: Final = 60
"""The highest similarity of two titles with different numbers: a sequel is another film."""


@lru_cache(maxsize=16_384)
def fold_title(title: str) -> str:
    """``title`` with the differences between spellings removed: case, accents, punctuation, articles, ``&`` for
    ``and``, the points of ``S.W.A.T.``, and how a sequel's number is written (``Part Two``, ``Rocky II``). Folding is
    idempotent.

    Empty only where the title has neither letter nor digit.
    """
    words = _words(title)
    while True:
        changed = _without_articles(_numbered(_joined(words)))
        if changed == words:
            return " ".join(words)
        words = changed


def _words(title: str) -> list[str]:
    text = _APOSTROPHE.sub("", _ELISION.sub(r"\1 ", title))
    folded = fold(text.translate(_LETTERS)).translate(_LETTERS)
    return _NOT_A_WORD.sub(" ", unicodedata.normalize("NFKC", folded).casefold()).split()


def _numbered(words: list[str]) -> list[str]:
    """Words that are numbers as digits: after ``part`` and the like, and Roman numerals that end the title."""
    found = list(words)
    for at, word in enumerate(words):
        if at and words[at - 1] in _PART_WORDS and word in _NUMBERS:
            found[at] = str(_NUMBERS[word])
        elif at and word in _SEQUELS and (len(word) > 1 or at == len(words) - 1):
            found[at] = str(_SEQUELS[word])
    return found


def _without_articles(words: list[str]) -> list[str]:
    start = _leading_articles(words)
    kept = [
        word
        for at, word in enumerate(words[start:], start)
        if word not in _ARTICLES or word in (*words[at + 1 : at + 2], *words[max(start, at - 1) : at])
    ]
    return kept or words[start:]


def _leading_articles(words: list[str]) -> int:
    """How many words at the beginning are articles and not part of the title, as a repeated one is (``La La Land``)."""
    start = 0
    while start < len(words) - 1 and words[start] in _LEADING and words[start] != words[start + 1]:
        start += 1
    return start


def _joined(words: list[str]) -> list[str]:
    """Runs of single letters as one word: ``s w a t``."""
    found: list[str] = []
    run = ""
    for word in words:
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        if run:
            found.append(run)
            run = ""
        found.append(word)
    return [*found, run] if run else found


def similarity(a: str, b: str) -> int:
    """How alike two titles are, 0 to 100: 100 when they fold to the same, else twice the longest common subsequence of
    the folded letters over both lengths. At most 60 where their numbers differ. About 10 µs a pair once folded."""
    return folded_similarity(fold_title(a), fold_title(b))


def same_title(a: str, b: str) -> bool:
    """Whether two folded titles are the same title written differently: with or without blanks (``Spider-Man``), with
    another word for "and". A letter more or less may be another title: ``Teacher`` and ``Teachers``, ``UK`` and
    ``US``."""
    return a == b or _run_together(a) == _run_together(b) != ""


def title_key(title: str) -> str:
    """The same text for all ways to write a title (``same_title``)."""
    folded = fold_title(title)
    return _run_together(folded) or folded


def _run_together(title: str) -> str:
    return "".join(word for word in title.split() if word not in _AND)


def folded_similarity(a: str, b: str, at_least: int = 0) -> int:
    """``similarity`` of titles already folded. Where the result would be below ``at_least``, 0 may be returned
    instead."""
    if a == b:
        return 100 if a else 0
    total = len(a) + len(b)
    if not a or not b or 200 * min(len(a), len(b)) < at_least * total:
        return 0
    same_numbers = _DIGITS.findall(a) == _DIGITS.findall(b)
    if not same_numbers and at_least > _OTHER_NUMBER:
        return 0
    alike = min(99, 200 * _common(a, b) // total)
    return alike if same_numbers else min(alike, _OTHER_NUMBER)


def _common(a: str, b: str) -> int:
    """The length of the longest common subsequence, by the bits of one integer a row (Hyyrö 2004)."""
    places: dict[str, int] = {}
    bit = 1
    for char in a:
        places[char] = places.get(char, 0) | bit
        bit <<= 1
    row = bit - 1
    for char in b:
        if matches := row & places.get(char, 0):
            row = (row + matches) | (row - matches)
    return len(a) - (row & (bit - 1)).bit_count()


@lru_cache(maxsize=65_536)
def sort_key(title: str) -> str:
    """The key that titles are sorted by: letters and digits of the title alone, no leading article, no accents, no
    blanks, so that the order of whole keys is also the order of their beginnings. The A of ``A.I.`` is no article."""
    words = _joined(_words(title))
    start = _leading_articles(words)
    return "".join(words[start:])
