"""Which season a folder is for, and where a name says its season, by the marks of the strict rule."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from mediatui.names.number_words import number_of
from mediatui.names.pattern_pieces import NUMBER_END, SEASON_WORD, WORD_AFTER, WORD_BEFORE

LONGEST_NAME: Final = 255
"""Bytes of a file name that are read; no file system has longer names, and parsers slow down with the length."""

S_FORM = re.compile(
    WORD_BEFORE
    + r"[sS]([0-9]{1,4})(?:[ ._-]{0,3}[eE](?:[pP][ ._]?)?|[ ._-]{1,3}[eEéÉ]pisodes?[ ._]?)([0-9]{1,5})"
    + NUMBER_END
)
"""A season and an episode with their letters: ``S01E02``."""
_SEASON_FOLDER = re.compile(
    rf"(?:(?:{SEASON_WORD}|s)[ ._-]{{0,3}}([0-9]{{1,4}})|series[ ._-]{{0,3}}([0-9]{{1,3}}))"
    r"(?:$|[ ._-]*\(| - (?![0-9]))",
    re.IGNORECASE,
)
_BOOK_FOLDER = re.compile(
    r"(?:.*[ ._-])?(?:livre|book)[ ._-]{1,3}([0-9]{1,3}|[ivx]{1,6})(?:$|[ ._-]*[\(:]| - (?![0-9]))", re.IGNORECASE
)
_SPECIALS_FOLDER = re.compile(r"specials?$|sp[eé]ciaux$|hors[ ._-]s[eé]ries?$", re.IGNORECASE)
_PACK_FOLDER = re.compile(WORD_BEFORE + r"(?:[sS]|[sS]aison[ ._]|[sS]eason[ ._])([0-9]{1,2})" + WORD_AFTER)
_SEASON_MARK = re.compile(
    WORD_BEFORE
    + rf"(?:s|(?:{SEASON_WORD})[ ._-]{{0,2}})[0-9]{{1,2}}(?:[ ._]?[-+&~][ ._]?s?[0-9]{{1,2}})*"
    + WORD_AFTER,
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"[ ._]?(?:-|à|to|au|&|\+|,|et|and)[ ._]?[0-9]", re.IGNORECASE)


def cut_name(name: str) -> str:
    """``name`` as every rule here reads it: NFC, and at most LONGEST_NAME bytes of it; a byte that was not UTF-8 shows
    as U+FFFD."""
    if name.isascii():
        return name[:LONGEST_NAME]
    encoded = unicodedata.normalize("NFC", name[:LONGEST_NAME]).encode("utf-8", "surrogatepass")[:LONGEST_NAME]
    return unicodedata.normalize("NFC", encoded.decode("utf-8", "replace"))


def place_of_season(name: str) -> tuple[int, int] | None:
    """Where a name says its season, or its seasons (``S01``, ``Season 2``, ``S01-S03``): start and end; None where it
    does not. For showing only: no change to a link may rest on it."""
    match = _SEASON_MARK.search(name)
    return None if match is None else match.span()


def season_of_folder(folder: str) -> int | None:
    """The season a folder is for: ``Season 1``, ``Saison 01``, ``S01``, ``Specials`` (0), ``Livre IV``, ``Book 2``, or
    a release of one season (``The.Show.S01.1080p``); None for any other, and for one of several seasons."""
    folder = cut_name(folder).strip()
    if match := _SEASON_FOLDER.match(folder):
        return int(match[1] or match[2])
    if _SPECIALS_FOLDER.match(folder):
        return 0
    if match := _BOOK_FOLDER.match(folder):
        return number_of(match[1])
    if S_FORM.search(folder) is not None:
        return None
    seasons = list(_PACK_FOLDER.finditer(folder))
    if len(seasons) != 1 or _SEVERAL.match(folder, seasons[0].end()):
        return None
    return int(seasons[0][1])
