"""What the words of a name say of a release: resolution, source, languages. For search and figures over a whole
archive, so it goes by words alone, and SQL can say the same (``store.conditions``). ``names.quality`` reads single
names with more care.

Names are folded (``model.text.fold``); a word ends at anything that is no letter from a to z and no digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal

ReleaseFact = Literal["resolution", "source", "language"]
NOT_NAMED: Final = "none"
"""The value of a name that says nothing of a fact."""

# An underscore stands for whatever is between two words. Of several that a name says the first in its list counts.
RESOLUTIONS: Final[Mapping[str, str]] = {
    "2160p": "2160p 2160i", "1440p": "1440p", "1080p": "1080p 1080i", "720p": "720p 720i", "576p": "576p 576i",
    "480p": "480p 480i", "4k": "4k uhd",
}  # fmt: skip
SOURCES: Final[Mapping[str, str]] = {
    "remux": "remux bdremux", "bluray": "bluray blu_ray bdrip brrip bdmv uhdrip bd25 bd50 bd66 bd100",
    "web-dl": "webdl web_dl", "web": "web webrip web_rip", "hdtv": "hdtv hdtvrip pdtv dsr dsrip satrip tvrip hdrip",
    "dvd": "dvd dvdrip dvdr dvd5 dvd9", "cam": "hdcam camrip telesync hdts hdtc telecine dvdscr screener",
}  # fmt: skip
LANGUAGES: Final[Mapping[str, str]] = {
    "multi": "multi multi2 multi3", "french": "truefrench vff vfi vfq vf2", "vostfr": "vostfr subfrench vost",
    "english": "eng", "german": "deutsch", "spanish": "castellano", "latino": "latino", "italian": "ita",
    "portuguese": "", "brazilian": "dublado ptbr", "russian": "rus", "polish": "", "dutch": "", "swedish": "swesub",
    "norwegian": "", "danish": "", "finnish": "", "nordic": "", "czech": "", "hungarian": "", "romanian": "",
    "greek": "", "turkish": "", "hebrew": "", "arabic": "", "hindi": "", "tamil": "", "telugu": "", "japanese": "jpn",
    "korean": "kor", "chinese": "", "ukrainian": "", "thai": "", "vietnamese": "",
}  # fmt: skip
"""The words that say a language wherever they stand. Its own name is a word of titles too (The French Dispatch)."""
AFTER_LANGUAGE: Final = (
    "multi vostfr proper repack web webrip webdl bluray bdrip brrip hdtv hdlight dvdrip dvd uhd hdr x264 x265 h264 "
    "h265 hevc avc av1 xvid divx ac3 eac3 aac dts ddp5 remux complete integrale subforced dubbed subs"
)
"""What may follow the name of a language that is none of a title; so may a number, and one may stand before it."""
FACTS: Final[Mapping[ReleaseFact, Mapping[str, str]]] = {
    "resolution": RESOLUTIONS, "source": SOURCES, "language": LANGUAGES,
}  # fmt: skip
SHOWN_AS: Final = {"4k": "2160p"}
"""A value that is another one where a name says no better: ``UHD.BluRay.1080p`` is 1080p."""


_WRITTEN: Final = {
    NOT_NAMED: "not named", "bluray": "Blu-ray", "web-dl": "WEB-DL", "web": "WEB", "hdtv": "HDTV", "dvd": "DVD",
    "multi": "multi", "vostfr": "VOSTFR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReleaseWords:
    """What a name says: the best resolution and source (``none`` where it names none), and its languages."""

    resolution: str
    source: str
    languages: frozenset[str]


def values_of(fact: ReleaseFact) -> tuple[str, ...]:
    """Every value of a fact."""
    return tuple(value for value in FACTS[fact] if value not in SHOWN_AS)


def shown_as(fact: ReleaseFact, value: str) -> str:
    """A value as people write it: ``Blu-ray``, ``French``."""
    return _WRITTEN.get(value, value.capitalize() if fact == "language" else value)


def words_for(fact: ReleaseFact, value: str) -> tuple[str, ...]:
    """The words that say a value wherever they stand in a name; an underscore stands for what is between words."""
    return tuple(FACTS[fact][value].split())


def is_title_word(fact: ReleaseFact, value: str) -> bool:
    """Whether the value itself says it too, but only beside a number or before one of ``AFTER_LANGUAGE``."""
    return fact == "language" and value not in words_for(fact, value)


def value_meant(fact: ReleaseFact, text: str) -> str | None:
    """The value a text names, by itself or by one of its words (``4k``, ``1080``, ``eng``); None when there is none."""
    text = text.strip().lower()
    if text == NOT_NAMED:
        return NOT_NAMED
    wanted = (
        {text, f"{text}p", re.sub("[ -]", "_", text)} if fact == "resolution" else {text, re.sub("[ -]", "_", text)}
    )
    found = next((value for value in FACTS[fact] if wanted & {value, *words_for(fact, value)}), None)
    return None if found is None else SHOWN_AS.get(found, found)


def read_words(names: str) -> ReleaseWords:
    """What the folded names of a torrent say."""
    alone, patterns = _known_words()
    words = set(_WORD.findall(names))
    said = {alone[word] for word in alone.keys() & words}
    for word in patterns.keys() & words:
        said |= {value for value, pattern in patterns[word] if pattern.search(names)}
    return _release(frozenset(said))


@lru_cache(maxsize=4096)
def _release(said: frozenset[_Value]) -> ReleaseWords:
    languages = frozenset(value for fact, value in said if fact == "language")
    return ReleaseWords(_best("resolution", said), _best("source", said), languages)


def _best(fact: ReleaseFact, said: frozenset[_Value]) -> str:
    found = next((value for value in FACTS[fact] if (fact, value) in said), NOT_NAMED)
    return SHOWN_AS.get(found, found)


def all_words() -> Iterator[tuple[ReleaseFact, str, str, bool]]:
    """Every word with the fact and the value it says, and whether it is a word of titles too."""
    for fact, known in FACTS.items():
        for value in known:
            for word in words_for(fact, value):
                yield fact, value, word, False
            if is_title_word(fact, value):
                yield fact, value, value, True


_Value = tuple[ReleaseFact, str]
_WORD: Final = re.compile("[a-z0-9]+")


@cache
def _known_words() -> tuple[dict[str, _Value], dict[str, list[tuple[_Value, re.Pattern[str]]]]]:
    """The values of the words that say something by themselves; and for the others, by the first word of each, what
    finds them in a name."""
    alone: dict[str, _Value] = {}
    patterns: dict[str, list[tuple[_Value, re.Pattern[str]]]] = {}
    after = "|".join(AFTER_LANGUAGE.split())
    for fact, value, word, of_titles in all_words():
        if of_titles:
            beside = rf"(?<=[0-9][^a-z0-9]){word}|{word}(?=[^a-z0-9](?:[0-9]|(?:{after})(?![a-z0-9])))"
        elif "_" in word:
            beside = word.replace("_", "[^a-z0-9]")
        else:
            alone[word] = fact, value
            continue
        pattern = re.compile(rf"(?<![a-z0-9])(?:{beside})(?![a-z0-9])")
        patterns.setdefault(word.partition("_")[0], []).append(((fact, value), pattern))
    return alone, patterns
