"""Ranks releases by what their names say of the quality: resolution, source, codec, HDR, languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.names.tag_words import LANGUAGES
from mediatui.names.technical_tags import words_of

_RESOLUTION: Final = re.compile(r"\b(480|540|576|720|900|1080|1440|2160|4320)[pi]|\b(8k)\b|\b(4k|uhd)\b")
_SOURCES: Final = (
    ("remux", 7, r"bd ?remux|remux"),
    ("Blu-ray", 6, r"blu ?ray|b[dr]rip|bd(?:mv|mux|25|50|66|100)?|uhdrip"),
    ("WEB-DL", 5, r"web ?dl"),
    ("WEB", 4, r"web ?rip|web"),
    ("HDTV", 3, r"hdtv(?:rip)?|hd ?rip|pdtv|dsr(?:ip)?|satrip|tv ?rip"),
    ("DVD", 2, r"dvd(?: ?rip|5|9|r)?"),
    ("cam", 0, r"cam|hdcam|camrip|telesync|hdts|ts|telecine|hdtc|tc|screener|dvd ?scr|scr"),
)
_CODECS: Final = (
    ("AV1", 4, r"av1"),
    ("HEVC", 3, r"hevc|[xh] ?265"),
    ("AVC", 2, r"avc|[xh] ?264"),
    ("XviD", 1, r"xvid|divx|mpeg ?[24]"),
)
_HDR: Final = (
    ("Dolby Vision", 3, r"dv|dovi|dolby ?vision"), ("HDR10+", 2, r"hdr10(?:p|plus)"), ("HDR", 1, r"hdr(?: ?10)?|hlg"),
)  # fmt: skip
_UNKNOWN: Final = ("unknown", 1)


@dataclass(frozen=True, slots=True)
class Quality:
    """What a name says of the quality; higher numbers are better. ``shown`` are the words for resolution, source, codec
    and HDR, in that order."""

    resolution: int
    source: int
    codec: int
    hdr: int
    languages: frozenset[str]
    shown: tuple[str, str, str, str]

    def rank(self, languages: Sequence[str] = ()) -> tuple[int, ...]:
        """What two releases are compared by, the best first when sorted: resolution, source, codec, HDR, then how many
        of the preferred ``languages`` it has, the first of them before the others."""
        has = [_code(language) in self.languages for language in languages]
        return (-self.resolution, -self.source, -self.codec, -self.hdr, *(0 if one else 1 for one in has))


def quality_of(name: str) -> Quality:
    """The quality of a release by the technical tags of its name."""
    tags = [word for word in words_of(name) if word.tag]
    text = " ".join(word.text for word in tags if word.tag in ("sure", "maybe"))
    match = _RESOLUTION.search(text)
    resolution = 0 if match is None else int(match[1]) if match[1] else 4320 if match[2] else 2160
    source, codec = _best(text, _SOURCES), _best(text, _CODECS)
    hdr = _best(text, _HDR, ("no HDR", 0))
    languages = frozenset(LANGUAGES[word.text] for word in tags if word.tag == "language")
    shown = (f"{resolution}p" if resolution else "no resolution", source[0], codec[0], hdr[0])
    return Quality(resolution, source[1], codec[1], hdr[1], languages, shown)


def why_better(one: str, other: str, languages: Sequence[str] = ()) -> str:
    """Why the first of two names is the better release, in words (``Blu-ray rather than WEB``); empty where no tag
    makes the difference."""
    best, second = quality_of(one), quality_of(other)
    ranks = zip(best.rank(languages), second.rank(languages), strict=True)
    at = next((place for place, (a, b) in enumerate(ranks) if a != b), None)
    if at is None:
        return ""
    if at < len(best.shown):
        what = ("", "source ", "codec ", "")[at] if "unknown" in (best.shown[at], second.shown[at]) else ""
        return f"{what}{best.shown[at]} rather than {second.shown[at]}"
    return f"has the language {languages[at - len(best.shown)]}"


def _best(text: str, kinds: Sequence[tuple[str, int, str]], default: tuple[str, int] = _UNKNOWN) -> tuple[str, int]:
    return next(((name, rank) for name, rank, words in kinds if re.search(rf"\b(?:{words})\b", text)), default)


def _code(language: str) -> str:
    return LANGUAGES.get(language.lower(), language.lower())
