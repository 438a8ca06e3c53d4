"""Range folders: the key a title is sorted by, and the folders (``A-Ci``, ``0-9``) that hold a stretch of keys.

A key is the title without article, accents, case, blanks and signs. Keys compare as text: figures first, then a to z,
then the letters of other scripts by their code points.
"""

from __future__ import annotations

import os.path
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Final, Literal

from mediatui.model.text import fold
from mediatui.names.titles import sort_key

NameKind = Literal["figures", "latin", "other"]

KEY_LETTERS: Final = 24
"""Keys are cut here, so that the name of a range stays under 255 bytes in any script."""
LAST: Final = chr(0x10FFFF)

_YEAR = re.compile(r"[\s._]*\((?:19|20)\d\d\)")
_LATIN_NAME = re.compile(r"LATIN (?:SMALL |CAPITAL )?(?:LETTER|LIGATURE) ([A-Z]{1,2})\b")
_LATIN_LETTERS: Final = {"ı": "i", "þ": "th", "ð": "d", "ŋ": "n", "ə": "e"}
_DASH = re.compile(r"\s*[-–—]\s*")
_OTHER_NAMES: Final = ("other", "others", "autres")


def place_key(name: str) -> str:
    """The key of an entry's name, 1 to 24 letters; ``0`` when it has neither letter nor figure. The year after a title
    orders those of one title, and is never its first word: ``The (2010)`` is the title ``The``."""
    year = _YEAR.search(name)
    title, rest = (name[: year.start()], name[year.start() :]) if year and year.start() else (name, "")
    return _letters(sort_key(title) + sort_key(rest))[:KEY_LETTERS] or "0"


def section_of(key: str) -> NameKind:
    """Whether a key begins with a figure, a Latin letter, or a letter of another script."""
    first = key[:1]
    if not first.isascii():
        return "other"
    return "figures" if first.isdigit() else "latin"


def _letters(text: str) -> str:
    """The letters and figures of ``text``; those of other scripts only where the first of all is one of them, so that
    a Latin key has no end but z."""
    kept = "".join(map(_letter, fold(text)))
    if kept.isascii():
        return kept
    if kept[0].isascii():
        return "".join(char for char in kept if char.isascii())
    return unicodedata.normalize("NFC", kept)


@lru_cache(maxsize=4096)
def _letter(char: str) -> str:
    """What a folded character becomes in a key: itself, a plain letter or figure, or nothing."""
    if not char.isalnum():
        return ""
    if char.isascii():
        return char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    name = unicodedata.name(char, "")
    if not name.startswith("LATIN"):
        return char
    plain = _LATIN_NAME.match(name)
    return _LATIN_LETTERS.get(char) or (plain[1].lower() if plain else "")


@dataclass(frozen=True, slots=True)
class RangeFolder:
    """The keys from ``start`` to those that begin with ``end``: ``a``-``ci`` holds ``alien`` and ``citizenkane``."""

    start: str
    end: str

    def __contains__(self, key: str) -> bool:
        return self.start <= key and key[: len(self.end)] <= self.end

    @property
    def label(self) -> str:
        """The folder name of this range; ``parse_range`` reads it back."""
        if self == OTHER:
            return _OTHER_NAMES[0].capitalize()
        if self.start == self.end and self.start in _WHOLE_LETTERS:
            return self.start.upper()
        return self._dashed("-")

    def label_beside(self, taken: Collection[str]) -> str:
        """The label, or another form of it when a name in ``taken`` (casefolded) is the same."""
        if self.label.casefold() not in taken:
            return self.label
        if self == OTHER:
            forms = (f"{self.label} {'-' * dashes}" for dashes in count(1))
        else:
            forms = (self._dashed(" " * blanks + "-" + " " * blanks) for blanks in count())
        return next(form for form in forms if form.casefold() not in taken)

    def _dashed(self, dash: str) -> str:
        return f"{self.start.capitalize()}{dash}{self.end.capitalize()}"


_WHOLE_LETTERS: Final = tuple("abcdefghijklmnopqrstuvwxyz")
FIGURES: Final = RangeFolder("0", "9")
OTHER: Final = RangeFolder(chr(0x80), LAST)
"""All scripts but the Latin one."""


def parse_range(name: str) -> RangeFolder | None:
    """The range in a folder name: ``A-Ci``, ``A - C``, ``M``, ``0-9``, ``#``, ``Other``; None when it is no range."""
    folded = fold(name)
    if folded == "#":
        return FIGURES
    if folded.rstrip(" -") in _OTHER_NAMES:
        return OTHER
    if folded in _WHOLE_LETTERS:
        return RangeFolder(folded, folded)
    bounds = [_bound(part) for part in _DASH.split(name.strip())]
    if len(bounds) != 2 or not all(bounds):
        return None
    start, end = bounds
    return RangeFolder(start, end) if start[: len(end)] <= end else None


def _bound(text: str) -> str:
    folded = fold(text)
    return _letters(folded) if folded.isalnum() else ""


def is_range_folder(name: str, entries: Collection[str]) -> bool:
    """Whether a folder is a range folder, by its name and the names in it: ``Ant-Man`` with ``Ant-Man (2015).mkv`` in
    it is the folder of that film, and a folder whose content is mostly outside the range (``A-Team`` with seasons in
    it, the decade ``1990-1999``) is none either."""
    span = parse_range(name)
    if span is None:
        return False
    if not entries:
        return True
    own = re.compile(re.escape(fold(name)) + r"(?![^\W_])")
    titled = sum(1 for entry in entries if own.match(fold(os.path.splitext(entry)[0])))
    if titled == len(entries) or (titled and len(fold(name)) > 1):
        return False
    return 2 * sum(place_key(entry) in span for entry in entries) >= len(entries)
