"""Splits a name into words and recognises technical tags: resolution, source, codec, audio, HDR, PROPER and their like,
languages, and the group.

Words such as ``real``, ``web`` or ``french`` also stand in titles. They count as tags only behind the first sure tag
(``1080p``, ``BluRay``, ``x264``) or in an unbroken run before it or before the end of the name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from mediatui.model.text import fold
from mediatui.names.pattern_pieces import FILM_YEAR
from mediatui.names.seasons import cut_name
from mediatui.names.tag_words import BEHIND, LANGUAGES, MAYBE, SURE, SURE_BEGINS, TITLE_WORDS

EXTENSION: Final = re.compile(
    r"\.(?:mkv|mp4|m4v|avi|ts|m2ts|mts|mov|wmv|webm|mpe?g|iso|ogm|flv|divx|vob|strm|srt|ass|ssa|sub|idx|nfo)$",
    re.IGNORECASE,
)
_LONGEST_EXTENSION: Final = 6
ID_TAG: Final = re.compile(r"[\[{(](?:tmdb|tvdb|imdb|tmdbid|tvdbid|imdbid|anidb)[-=:_ ]?[a-z0-9]+[\]})]", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]+(?:['’ʼ`´‘][^\W_]+)*")
_APOSTROPHE: Final = re.compile(r"['’ʼ`´‘]")
_NUMBER: Final = re.compile(rf"{FILM_YEAR}$|s[0-9]{{1,4}}(?:e[0-9]+|$)|[0-9]{{1,2}}x[0-9]{{2}}$")
_SURE: Final = re.compile(SURE)
_WITH_CHANNELS: Final = re.compile(r"[a-z][1257]$").search
_CHECKSUM: Final = re.compile(r"\[[0-9A-Fa-f]{8}\]")


class NameWord(NamedTuple):
    """A word of a name: ``text`` folded, ``before`` what stands between it and the word before, where it stands
    (``start``, ``end``), and whether it is a ``tag``: ``sure``, ``maybe``, ``language``, ``group``, ``loose`` (a last
    word that is taken for the group though no hyphen says so), or empty."""

    text: str
    shown: str
    before: str
    start: int
    end: int
    tag: str = ""


@lru_cache(maxsize=2_048)
def words_of(name: str) -> tuple[NameWord, ...]:
    """What ``read_words`` reads, remembered."""
    return read_words(name)


def read_words(name: str) -> tuple[NameWord, ...]:
    """The words of a name, its extension aside, with the tags among them. Identifiers (``{tmdb-1}``) and checksums are
    left out. The name is read as ``cut_name`` gives it; positions are in that text."""
    text = without_extension(unicodedata.normalize("NFC", cut_name(name)))
    if "[" in text or "{" in text or "(" in text:
        text = ID_TAG.sub(lambda match: " " * len(match[0]), text)
        text = _CHECKSUM.sub(lambda match: " " * len(match[0]), text)
    found: list[NameWord] = []
    end = 0
    for match in _WORD.finditer(text):
        shown = match[0]
        folded = shown.lower() if shown.isascii() and "'" not in shown else fold(_APOSTROPHE.sub("", shown))
        if folded:
            start, behind = match.span()
            found.append(NameWord(folded, shown, text[end:start], start, behind))
            end = behind
    kinds = _kinds(found)
    _mark_group(found, kinds, text[end:])
    return tuple(NameWord(*word[:5], kind) if kind else word for word, kind in zip(found, kinds, strict=True))


def without_extension(name: str) -> str:
    """A name without the ending of a file."""
    at = name.rfind(".", -_LONGEST_EXTENSION)
    return name[:at] if at >= 0 and EXTENSION.match(name, at) else name


def first_tag(words: Sequence[NameWord], start: int = 0) -> int:
    """The place of the first tag from ``start`` on; the number of words where there is none."""
    return next((at for at in range(start, len(words)) if words[at].tag), len(words))


def _kinds(words: Sequence[NameWord]) -> list[str]:
    kinds = [""] * len(words)
    at = 0
    while at < len(words):
        taken = _sure_at(words, at)
        for place in range(at, at + taken):
            kinds[place] = "sure"
        at += taken or 1
    _keep_titles(words, kinds)
    first = next((at for at, kind in enumerate(kinds) if kind), len(words))
    for at in range(first, len(words)):
        if not kinds[at]:
            kinds[at] = "maybe" if words[at].text in BEHIND else _maybe(words[at].text)
    for at in range(1, len(words)):
        count = _channels_at(words, at) if kinds[at - 1] else 0
        kinds[at : at + count] = ["sure"] * count
    at = first - 1
    while at > 0 and (kind := _maybe(words[at].text)):  # a title has at least one word
        kinds[at] = kind
        at -= 1
    return kinds


def _channels_at(words: Sequence[NameWord], at: int) -> int:
    """How many words from this place on, behind a tag, are the channels of a sound track: ``DDP5.1``, ``AAC 2.0``."""
    text = words[at].text
    if text in ("1", "2", "5", "7") and at + 1 < len(words) and words[at + 1].text in ("0", "1", "2"):
        return 2 if words[at + 1].before == "." else 0
    return int(text in ("0", "1", "2") and words[at].before == "." and bool(_WITH_CHANNELS(words[at - 1].text)))


def _keep_titles(words: Sequence[NameWord], kinds: list[str]) -> None:
    """Unmarks words before a year or a number that are tags elsewhere and words of a title there (``Opus 2010``)."""
    if TITLE_WORDS.isdisjoint([word.text for word in words]):
        return
    ends = [at for at, word in enumerate(words) if _NUMBER.match(word.text) and not kinds[at]]
    for end in ends[-1:] if ends else ():
        before = [at for at in range(end) if kinds[at]]
        if all(words[at].text in TITLE_WORDS for at in before):
            for at in before:
                kinds[at] = ""


def _sure_at(words: Sequence[NameWord], at: int) -> int:
    """How many words from this place on are one sure tag; 0 for none."""
    text = words[at].text
    if text in SURE_BEGINS or text.isdecimal():
        joined, count = text, 1
        for word in words[at + 1 : at + 3]:
            if word.before not in (" ", ".", "-", "_"):
                break
            joined, count = f"{joined} {word.text}", count + 1
        while count > 1:
            if _is_sure(joined):
                return count
            joined, count = joined.rpartition(" ")[0], count - 1
    return 1 if _is_sure(text) else 0


@lru_cache(maxsize=16_384)
def _is_sure(text: str) -> bool:
    """Whether words joined by blanks are one sure tag."""
    return _SURE.fullmatch(text) is not None


def _maybe(text: str) -> str:
    if text in LANGUAGES:
        return "language"
    return "maybe" if text in MAYBE else ""


def _mark_group(words: Sequence[NameWord], kinds: list[str], tail: str) -> None:
    """Marks the words that are the group: those joined by hyphens up to the end, behind a hyphen that follows a tag; a
    single last word behind the tags; and a site in brackets behind either."""
    last = len(words)
    site = last > 1 and tail.strip()[:1] in ("]", ")") and words[-1].before.strip()[-1:] in ("[", "(")
    last -= site
    start = last
    while start > 0 and not kinds[start - 1] and (start == last or words[start].before == "-"):
        start -= 1
    if 0 < start < last and kinds[start - 1]:
        if words[start].before == "-":
            kinds[start:last] = ["group"] * (last - start)
        elif last - start == 1 and not site and _may_be_a_group(words[start]):
            kinds[start] = "loose"
    if site and not kinds[last] and kinds[last - 1]:
        kinds[last] = "group"


def _may_be_a_group(word: NameWord) -> bool:
    """Whether a last word may be a group: no number, and not written like a word of a title (``Lions``)."""
    return not word.text.isdigit() and not (len(word.shown) > 1 and word.shown.istitle() and word.shown.isalpha())


def is_tag_word(text: str) -> bool:
    """Whether a folded word may be a tag wherever it stands."""
    return text in MAYBE or _is_sure(text)
