"""Finds the title and the year in the name of a release: what stands before the first number, year or technical tag."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from mediatui.names.dates import YEAR_FIRST
from mediatui.names.pattern_pieces import FILM_YEAR, WORD_AFTER, WORD_BEFORE, YEAR, by_first_letter
from mediatui.names.tag_words import BESIDE, EDITION, ENDS_TITLE, SMALL_WORDS, SURE, in_a_name

_SURE: Final = by_first_letter(f"{in_a_name(SURE)}|{in_a_name(ENDS_TITLE)}")
_EDITION: Final = by_first_letter(in_a_name(EDITION))
_LANGUAGE: Final = by_first_letter(in_a_name(BESIDE))
_MORE_BESIDE: Final = rf"(?:[ ._+\-\[(,]+(?>(?:{_EDITION}|{_LANGUAGE}){WORD_AFTER}))*{WORD_AFTER}"

# What ends a title

# "1080p", "BluRay", "x264": wherever it stands
_TAG_HERE: Final = rf"(?:{_SURE}){WORD_AFTER}"
# "Extended.German.2013": an edition, where a year, a tag, a bracket or the end follows
_EDITION_HERE: Final = rf"(?:{_EDITION}){_MORE_BESIDE}(?=[ ._\-)\]+,&/]*(?:$|[\[(]|(?:{YEAR}|{_SURE}){WORD_AFTER}))"
# "German.DL.1080p": a language, where a tag follows
_LANGUAGE_HERE: Final = rf"(?:{_LANGUAGE}){_MORE_BESIDE}(?=[ ._\-)\]\[(+,&/]*(?:{_SURE}){WORD_AFTER})"
# All three are for text in small letters: without the flag for any case they are several times as fast.
_TAG = re.compile(f"{WORD_BEFORE}{_TAG_HERE}")
_ENDS = re.compile(f"{WORD_BEFORE}(?:{_TAG_HERE}|{_EDITION_HERE}|{_LANGUAGE_HERE})")
# "Film v2 [1A2B3C4D]": the second version, and a checksum
_EDITIONS = re.compile(f"{WORD_BEFORE}(?:{_EDITION_HERE})")
_VERSION = re.compile(r"[ ._]v[0-9](?=[ ._]*(?:$|[\[(]))|\[[0-9A-F]{8}\]")
# "Film.FRENCH.2013", "Der.Film.German.2011": a language before the year, in capitals behind small letters, or behind
# words of that language; "The.Good.German.2006" is a title
_LANGUAGE_AND_YEAR = re.compile(
    rf"(?<=[^\W_][ ._])(?P<language>french|german|italian|spanish|english)(?=[ ._]{YEAR}(?![0-9]))"
)
# A year that a film can be of, and not the colours of a picture: "BT.2020"
_YEAR = re.compile(rf"{WORD_BEFORE}(?!(?:(?<=bt[ ._])|(?<=rec[ ._]))2020)({FILM_YEAR}){WORD_AFTER}", re.IGNORECASE)
# "(First Last, 1967)": the director beside the year
_DIRECTOR = re.compile(r"[ ._]*\([^\W\d_][^()]*,[ ._]*$")

# What ends the title of an episode, directly before its numbers

# "Show - 36 - (S02E01)", "Show 01-12 S01": a number counted over all seasons
_ABSOLUTE = re.compile(r"(?:[ ._]+-[ ._]*(?:[0-9]{1,4})(?:\.[0-9])?|[ ._]+[0-9]{2,4}-[0-9]{2,4})[ ._(\[-]*$")
# "Show 2016 02 25 S20E142"
_DATE = re.compile(rf"[ ._(-]*{YEAR_FIRST}[ ._()-]*$")
# "Show.The.Complete.Series.S01-S03", "Show (Miniseries) S01E01"
_WHOLE = re.compile(
    r"[ ._(-]+(?:(?:the[ ._])?complete(?:[ ._]series)?|(?:l['’ ._]?)?int[eé]grale|mini-?series?)\)?[ ._-]*$",
    re.IGNORECASE,
)

# What stands in front of a title, in the order in which it is taken off

# "[ www.site.example ] - Film"
_SITE = re.compile(r"[\[( ]{0,2}www?\.[\w-]+(?:\.[\w-]+)+[\]) ]{0,2}[ ._]*-*[ ._]*", re.IGNORECASE)
# "[Group] Show", "【Group】[Other] Show"
_GROUPS = re.compile(r"(?:[ ._]*(?:\[[^\[\]]{1,60}\]|【[^【】]{1,60}】)[ ._]*-?[ ._]*)+")
# "20240315 Show", "240315_Show", "2024-03-15 Show"
_DATE_IN_FRONT = re.compile(rf"(?:(?:19|20)?[0-9]{{2}}[01][0-9][0-3][0-9]|{YEAR_FIRST})[ ._-]+")
# "h265 - HEVC Film"
_CODECS = re.compile(r"(?:(?:[hx][.]?26[456]|hevc|xvid|divx)[ ._-]+)+", re.IGNORECASE)
# "grphd-the.film.1983", "grp-film.2016": a group without vowels, joined to a name in small letters
_GROUP_JOINED = re.compile(r"(?:[a-z0-9]{2,}hd|[b-df-hj-np-tv-xz]{3,6})-(?=[a-z0-9]+[._][a-z0-9._-]+$)")
_TITLES_IN_BRACKETS: Final = ("[rec]",)

# How a title is shown

_EXTENSION = re.compile(r"\.(?:[A-Za-z][A-Za-z0-9]{1,3}|torrent)$")
_LONGEST_EXTENSION: Final = 8
_SEPARATORS = re.compile(r"[\s_]+")
# The dots between words, not those of "Vol. 2" and not the last of "Jr."
_DOTS = re.compile(r"(?<=[^\W_])\.(?=[^\s.])|\.(?=[^\W_])|(?<=\S)\.\.+")
_ARTICLES: Final = ("the", "le", "la", "der", "die", "das", "a", "el", "il")


def last_year() -> int:
    """The last year that a release can be of: the one after next."""
    return time.localtime().tm_year + 2


@lru_cache(maxsize=16)
def first_tag(name: str, start: int = 0) -> int:
    """Where the technical tags begin; the length of the name where it has none."""
    lowered = in_small_letters(name)
    return _first_of(((_ENDS, lowered), (_VERSION, name), (_LANGUAGE_AND_YEAR, lowered)), name, start)


def _edition_at_the_end(name: str, start: int) -> int:
    """Where the words for an edition begin that end a text without other tags; its length where there are none."""
    return _first_of(((_EDITIONS, in_small_letters(name)), (_VERSION, name)), name, start)


def _first_of(patterns: Iterable[tuple[re.Pattern[str], str]], name: str, start: int) -> int:
    """Where the first of these patterns matches what is no title, each in its own form of the name."""
    ends = [len(name)]
    for pattern, text in patterns:
        match = pattern.search(text, start)
        while match is not None and _is_title(name[start : match.start()], name[match.start() : match.end()], match):
            match = pattern.search(text, match.end())
        if match is not None:
            ends.append(match.start())
    return min(ends)


def in_small_letters(name: str) -> str:
    """``name`` in small letters, each character at its place: one that would become several stays as it is."""
    lowered = name.lower()
    if len(lowered) == len(name):
        return lowered
    return "".join(small if len(small := char.lower()) == 1 else char for char in name)


def _is_title(text: str, written: str, tag: re.Match[str]) -> bool:
    """Whether what looks like a tag (``written``) belongs to the title: the text before it is none yet (``The French``,
    ``Complete``), or it is a language that the text is not known to be in."""
    words = re.findall(r"[^\W_]+", text)
    if not words or (len(words) == 1 and words[0].lower() in _ARTICLES):
        return True
    if tag.re is not _LANGUAGE_AND_YEAR:
        return False
    in_capitals = written.isupper() and words[-1][-1:].islower()
    return not in_capitals and SMALL_WORDS.get(tag["language"], frozenset()).isdisjoint(map(str.lower, words))


def in_front(name: str) -> int:
    """How much at the beginning is no part of the title: the site, the group in brackets, a date of six digits."""
    start = 0
    for pattern in (_SITE, _GROUPS, _SITE, _DATE_IN_FRONT, _CODECS, _GROUP_JOINED):
        match = pattern.match(name, start)
        if match is None or name[start : start + 5].lower() in _TITLES_IN_BRACKETS:
            continue
        rest = name[match.end() :]
        if pattern is _GROUPS and (not re.match(r"[^\W_]|['\"¿¡#(]", rest) or _YEAR.match(rest.lstrip("("))):
            continue  # what follows is no title: "[REC] (2007)"
        if pattern is _DATE_IN_FRONT and _TAG.match(in_small_letters(rest)):
            continue
        start = match.end() if rest.strip() else start
    return start


def read_title(name: str, numbers: int | None = None, *, absolute: bool = False) -> tuple[str, int | None]:
    """Title and year of a release. ``numbers`` is where season, episode or date stand, None where the name has none;
    with ``absolute``, a number counted over all seasons or a date directly before them is no part of the title. Of
    several possible years the last one before the technical tags counts, one in parentheses before any other."""
    dot = name.rfind(".", -_LONGEST_EXTENSION)
    stem = name[:dot] if dot >= 0 and _EXTENSION.match(name, dot) else name
    start = in_front(stem)
    if numbers is not None and start > numbers:
        start = 0
    end = len(stem) if numbers is None else min(numbers, len(stem))
    if absolute:
        for pattern in (_DATE, _ABSOLUTE, _WHOLE):
            end = _without(pattern, stem, start, end)
    end = min(end, max(start, first_tag(stem, start)))
    year, at, after = _year(stem, start, end)
    if year is None and numbers is None:
        year = next((int(match[1]) for match in reversed(list(_YEAR.finditer(stem, end))) if _possible(match)), None)
    if year is not None and at is not None:
        end = at
        if at == start and after is not None:  # "(1995) Film"
            return shown_title(stem[after : max(after, first_tag(stem, after))]), year
        end = min(end, max(start, _edition_at_the_end(stem[:end], start)))
        end = _without(_WHOLE, stem, start, end) if absolute else end
    return shown_title(stem[start:end]), year


def _without(pattern: re.Pattern[str], name: str, start: int, end: int) -> int:
    """Where the title ends without what the pattern finds at its end; a title has to be left."""
    match = pattern.search(name, start, end)
    return match.start() if match is not None and match.start() > start else end


def _possible(match: re.Match[str]) -> bool:
    return int(match[1]) <= last_year()


def _year(name: str, start: int, end: int) -> tuple[int | None, int | None, int | None]:
    """The year of the release between two places, and where it begins and ends."""
    found = [
        match
        for match in _YEAR.finditer(name, start, end)
        if _possible(match) and name[match.end() : match.end() + 1] != "x"
    ]
    in_brackets = [match for match in found if name[match.start() - 1 : match.start()] in ("(", "[") and match.start()]
    for match in reversed(in_brackets or found):
        director = _DIRECTOR.search(name, start, match.start())
        at = director.start() if director is not None else match.start() - (match in in_brackets)
        if re.search(r"[^\W_]", name[start:at]):
            return int(match[1]), at, match.end()
        if (
            match in in_brackets
            and name[match.start() - 1] == "("
            and re.search(r"[^\W_]", name[match.end() + 1 : end])
        ):
            return int(match[1]), start, match.end() + 1
    return None, None, None


def shown_title(text: str) -> str:
    """A title with blanks for the dots and underscores of a release, without what is left over around it."""
    if text.replace(".", "").isalnum() and ".." not in text:  # nearly all
        return text.replace(".", " ").strip(" ")
    if " / " in text:
        text = next((part for part in reversed(text.split(" / ")) if re.search(r"[^\W_]", part)), text)
    text = _SEPARATORS.sub(" ", text)
    if " " not in text.strip() or text.count(".") > text.count(" "):
        text = _DOTS.sub(" ", text)
    text = _SEPARATORS.sub(" ", text).strip(" -–{,;|~")
    if text.count("[") != text.count("]"):
        text = text.strip("[] ")
    text = text.rstrip(" ._") if text.endswith(("..", " .", "_")) or text.count(".") == 1 else text
    if text.count("(") > text.count(")"):
        before, _, behind = text.rpartition("(")
        text = f"{before} {behind}" if len(behind.split()) > 1 and before.strip() else before or behind
    if text.count(")") > text.count("("):
        text = text.replace(")", " ")
    return _SEPARATORS.sub(" ", text).strip(" -–{(,;|~")
