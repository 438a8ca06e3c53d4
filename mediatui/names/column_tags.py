"""Reads the technical tags of a release's name, by column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from mediatui.names import column_words as table
from mediatui.names.facts import Facts
from mediatui.names.tag_words import BEHIND, LANGUAGES, MAYBE
from mediatui.names.technical_tags import NameWord

_HEIGHT: Final = re.compile(r"([0-9]{3,4})[pi](?:[0-9]{2,3})?$")
_PICTURE: Final = re.compile(r"([0-9]{3,4})x([0-9]{3,4})$")
_CHANNELS: Final = re.compile(
    r"(?<![0-9][0-9][.])(?<![ ._][0-9][.])(?<![0-9])([1257])[. _]([012])(?![0-9]|[.][0-9](?![0-9])|[ ._]?[gmt]i?b)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"s[0-9]+(?:e[0-9]+)*$|[0-9]+x[0-9]+$")
_JOINTS: Final = frozenset((" ", ".", "-", "_"))
_WITH_PLUS: Final = {"hdr10": "hdr10+", "dd": "ddp"}
_DISCS: Final = frozenset(("bluray", "bd", "hddvd"))
_RECORDED: Final = frozenset(("ts", "tc", "cam", "scr"))
_ENCODED: Final = frozenset(
    ["x264", "x265", "h264", "h265", "xvid", "divx", "bdrip", "brrip", "dvdrip", "mhd", "hdlight", "10bit", "10bits"]
)
_SOURCES: Final = ("remux", "cam", "bluray", "webrip", "web-dl", "hdtv", "dvd")
_SUBTITLES: Final = frozenset(("sub", "subs", "subbed", "subtitles", "esub", "esubs"))
_WITH_FRENCH: Final = frozenset(("multi", "vostfr", "vf", "vff", "vfq", "vfi", "vf2", "vo"))
_CHINESE: Final = re.compile("[简繁]|国语|國語|双语|雙語|字幕")
# "HebDubbed", "PLDUB", "LEKPL", "BGAUDIO", "2xUkr"
_DUBBED: Final = re.compile(r"(?:[1-9]x)?([a-z]{2,3})(?:dub(?:bed)?|lek|audio)$|(?:dub|lek|[1-9]x)([a-z]{2,3})$")
_PAIRS: Final = {"pl lek": "pl", "lek pl": "pl", "pl dub": "pl", "dub pl": "pl", "bg audio": "bg", "pt br": "br"}


class Tags:
    """The technical tags of a name, by column. ``start`` is the first word that is one, ``place`` where it begins."""

    def __init__(self, text: str, words: Sequence[NameWord], facts: Facts) -> None:
        self._text = text
        self._words = words
        self._said: dict[str, set[str]] = {}
        self._squashed: set[str] = set()
        self._heights: list[int] = []
        self._weak: list[int] = []
        self._languages: dict[str, None] = {}
        self._numbered = bool(facts.seasons or facts.episodes or facts.dated)
        self._unbroken = False
        self._small = text.islower()
        self._ending = text[-5:].lower()
        self.start = self._first(facts)
        self.place = self._place(facts)
        self._read()

    @property
    def any(self) -> bool:
        """Whether the name has a technical tag."""
        return self.start < len(self._words)

    def _first(self, facts: Facts) -> int:
        """The first word from which on tags are read: in an unbroken run before the first that is one for certain, or
        right behind the year of a film."""
        words = self._words
        first = 0
        while first < len(words) and not _is_certain(words[first], first):
            first += 1
        run = self._begin_of_run(first)
        if facts.year is not None and not self._numbered:
            year = str(facts.year)
            behind = next((at + 1 for at in range(len(words) - 1, 0, -1) if words[at].text == year), len(words))
            self._unbroken = run <= behind or all(
                _may_be_a_tag(word) or word.text in BEHIND for word in words[behind:first]
            )
            run = min(run, behind)
        return run

    def _begin_of_run(self, first: int) -> int:
        """Where the unbroken run of words begins that may be tags and end with a certain one."""
        words = self._words
        while first > 1:
            before = words[first - 1]
            if _may_be_a_tag(before):
                first -= 1
            elif first > 2 and _NUMBER.match(before.text) and _is_loud_language(words[first - 2]):
                first -= 2  # "Show.2020.FRENCH.S01E03"
            else:
                break
        return first

    def _place(self, facts: Facts) -> int:
        """Where the tags begin in the text, or what stands in front of a group."""
        if self.any:
            return self._words[self.start].start
        if facts.year is None and not self._numbered:
            return len(self._text)
        return self._words[1].start if len(self._words) > 1 else len(self._text)

    def _read(self) -> None:
        words, at, last = self._words, self.start, len(self._words) - 1
        while at <= last:
            if words[at].tag in ("group", "loose") or (at == last and self._ends_with_a_group(at)):
                at += 1
                continue
            count = min(3, last + 1 - at) if words[at].text in table.BEGINNINGS else 1
            while count and not self._take(at, count):
                count -= 1
            if not count:
                count = self._language(at)
            at += count or 1
        if self._ending == ".divx":
            self._said.setdefault("codec", set()).add("xvid")
        if not self._text.isascii() and _CHINESE.search(self._text):
            self._languages["zh"] = None

    def _ends_with_a_group(self, at: int) -> bool:
        """Whether the last word is a group of letters that are a tag elsewhere: ``H.264-BD``, ``x264-SDTV``."""
        word = self._words[at]
        return (
            word.before == "-" and at > 0 and self._words[at - 1].text in ("264", "265", "x264", "x265", "h264", "cz")
        )

    def _take(self, at: int, count: int) -> bool:
        """Reads some words as one tag; False where they are none."""
        parts = self._words[at : at + count]
        squashed = parts[0].text
        for part in parts[1:]:
            if part.before not in _JOINTS or part.tag in ("group", "loose"):
                return False
            squashed += part.text
        says = table.SAYS.get(squashed)
        if says is None and not self._height(squashed):
            return False
        if count == 1 and squashed in BEHIND and not (parts[0].tag or self._unbroken):
            return False
        if squashed in _RECORDED and self._numbered:
            return False  # a word of the title of an episode: nobody records one from a screen
        self._squashed.add(squashed)
        if count > 1:
            self._squashed.add("-".join(part.text for part in parts))
        end = parts[-1].end
        plus = self._text[end : end + 1] == "+"
        for column, value in says or ():
            if plus:
                value = _WITH_PLUS.get(value, value)
            self._said.setdefault(column, set()).add(value)
        if says is not None:
            self._height(squashed)
        return True

    def _height(self, squashed: str) -> bool:
        if squashed[0].isdigit() and (match := _HEIGHT.match(squashed)):
            self._heights.append(int(match[1]))
        elif squashed[0].isdigit() and (match := _PICTURE.match(squashed)):
            self._heights.append(max(int(match[2]), int(match[1]) * 9 // 16))
        elif squashed in table.WEAK_HEIGHTS:
            self._weak.append(table.WEAK_HEIGHTS[squashed])
        else:
            return False
        return True

    def _language(self, at: int) -> int:
        """Reads a word, or two, as a language; how many were."""
        words = self._words
        if at + 1 < len(words) and (code := _PAIRS.get(f"{words[at].text} {words[at + 1].text}")):
            self._languages[code] = None
            return 2
        code = _language_of(words[at], small=self._small)
        if code and not self._of_subtitles(at) and not self._of_a_group(at):
            self._languages[code] = None
        return 1

    def _of_a_group(self, at: int) -> bool:
        """Whether two letters end the name of a group: ``[YTS.LT]``."""
        words = self._words
        return (
            len(words[at].text) == 2 and at == len(words) - 1 and not words[at - 1].tag and words[at - 1].text.isalpha()
        )

    def _of_subtitles(self, at: int) -> bool:
        """Whether a language is that of subtitles: ``ENG.SUBS``, ``SUB ITA ENG``."""
        words = self._words
        if at + 1 < len(words) and words[at + 1].text in _SUBTITLES and words[at + 1].before in _JOINTS:
            return True
        if LANGUAGES.get(words[at].text) in _WITH_FRENCH:
            return False
        while at > self.start and _language_of(words[at - 1], small=False):
            at -= 1
        return at > 0 and words[at - 1].text in _SUBTITLES

    def resolution(self) -> int:
        """The class of the height that the name says, of several the first; 0 for none."""
        heights = self._heights or self._weak
        if not heights:
            return 0
        return next((known for known, least in table.RESOLUTIONS.items() if heights[0] >= least), 480)

    def is_disc(self) -> bool:
        """Whether it is a whole disc: one that is called so, or one that was not encoded again."""
        found: set[str] = self._said.get("source", set())
        if "remux" in found:
            return False
        if "disc" in found or self._ending.endswith(".iso"):
            return True
        if not self._squashed & _DISCS or self._squashed & _ENCODED:
            return False
        untouched = table.UNTOUCHED if "blu-ray" in self._squashed else table.UNTOUCHED - {"hevc"}
        return bool(self._squashed & untouched) or any(word.text == "complete" for word in self._words)

    def source(self) -> str:
        """Where the picture is from; the best of several, empty for none."""
        return "disc" if self.is_disc() else self.best("source", _SOURCES)

    def best(self, column: str, order: Iterable[str]) -> str:
        """The first of these values that the name says; empty for none."""
        found = self._said.get(column)
        return next((value for value in order if value in found), "") if found else ""

    def all(self, column: str, order: Iterable[str]) -> tuple[str, ...]:
        """Those of these values that the name says."""
        found = self._said.get(column)
        return tuple([value for value in order if value in found]) if found else ()

    def channels(self) -> str:
        """The channels of the first sound track that names them; empty for none."""
        if not self.any:
            return ""
        match = _CHANNELS.search(self._text, self._words[self.start].start)
        if match is not None:
            return f"{match[1]}.{match[2]}"
        return next((table.CHANNELS[word.text] for word in self._words if word.text in table.CHANNELS), "")

    def languages(self) -> tuple[str, ...]:
        """The words for the languages, each once."""
        return tuple(table.LANGUAGE_NAMES[code] for code in self._languages)


def _is_certain(word: NameWord, at: int) -> bool:
    """Whether a word is a tag wherever it stands."""
    if word.tag:
        return word.tag not in ("group", "loose")
    text = word.text
    return at > 0 and text in table.SAYS and text not in MAYBE and text not in BEHIND and text not in table.BESIDE_TAGS


def _may_be_a_tag(word: NameWord) -> bool:
    """Whether a word is a tag where it stands before one."""
    text = word.text
    return (
        text in MAYBE
        or text in table.BESIDE_TAGS
        or (text in LANGUAGES and (len(text) > 2 or word.shown.isupper()))
        or (text in table.SHORT_LANGUAGES and word.shown.isupper())
        or _DUBBED.match(text) is not None
    )


def _is_loud_language(word: NameWord) -> bool:
    """Whether a word is a language, and not written as titles are: ``FRENCH``, ``MULTi``."""
    return len(word.text) > 4 and word.text in LANGUAGES and not word.shown.istitle() and not word.shown.islower()


def _language_of(word: NameWord, *, small: bool) -> str:
    """The code of the language that a word beside tags is; empty for none. Two letters have to be capitals."""
    text = word.text
    if len(text) > 2 and (code := LANGUAGES.get(text)):
        return code
    if word.shown.isupper() or (small and text in ("fr", "vf", "vo")):
        code = LANGUAGES.get(text) or table.SHORT_LANGUAGES.get(text)
        if code:
            return code
    if match := _DUBBED.match(text):
        return _code_of(match[1] or match[2])
    return ""


def _code_of(letters: str) -> str:
    code = LANGUAGES.get(letters) or table.SHORT_LANGUAGES.get(letters, "")
    return code if code in table.LANGUAGE_NAMES else ""
