"""What the name of a release says, for its columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from mediatui.names.facts import Facts, read_facts
from mediatui.names.quality import quality_of
from mediatui.names.tag_words import LANGUAGES
from mediatui.names.technical_tags import words_of

Kind = Literal["film", "episode", "pack", "unknown"]
_LONGEST: Final = 1024
_SHOWN: Final = {code: word for word, code in reversed(LANGUAGES.items())}
_SOURCES: Final = {"Blu-ray": "bluray", "WEB-DL": "web-dl", "WEB": "webrip", "HDTV": "hdtv", "DVD": "dvd"}
_CODECS: Final = {"HEVC": "x265", "AVC": "x264", "AV1": "av1", "XviD": "xvid"}
_HDR: Final = {"Dolby Vision": ("dv",), "HDR10+": ("hdr10+",), "HDR": ("hdr10",)}
_AUDIO: Final = {
    "atmos": "atmos", "truehd": "truehd", "dtshd": "dts-hd", "dts": "dts", "ddp5": "ddp", "ddp": "ddp", "eac3": "ddp",
    "aac": "aac",
}  # fmt: skip
_FLAGS: Final = {"proper": "proper", "repack": "repack", "internal": "internal", "hc": "hc"}
_WHOLE: Final = re.compile(r"\b(?:integrale|complete)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """What a name says of a release; empty, 0 or None for what it does not say. ``absolute`` are episodes counted over
    all seasons, ``resolution`` is a height (1080)."""

    title: str
    year: int | None
    seasons: tuple[int, ...]
    episodes: tuple[int, ...]
    absolute: tuple[int, ...]
    date: str
    kind: Kind
    resolution: int
    source: str
    codec: str
    hdr: tuple[str, ...]
    audio: tuple[str, ...]
    languages: tuple[str, ...]
    flags: tuple[str, ...]
    group: str

    @property
    def is_pack(self) -> bool:
        """Whether it holds a whole season or more."""
        return self.kind == "pack"


@lru_cache(maxsize=32_768)
def columns_of(name: str) -> Columns:
    """The columns of a release by its name; never raises."""
    name = name[:_LONGEST]
    facts = read_facts(name, lambda text: "")
    quality, tags = quality_of(name), [word for word in words_of(name) if word.tag]
    languages = dict.fromkeys(_SHOWN[LANGUAGES[word.text]] for word in tags if word.tag == "language")
    return Columns(
        title=facts.title,
        year=facts.year,
        seasons=facts.seasons,
        episodes=facts.episodes if facts.seasons else (),
        absolute=() if facts.seasons else facts.episodes,
        date=facts.date,
        kind=_kind(name, facts),
        resolution=quality.resolution,
        source=_SOURCES.get(quality.shown[1], "" if quality.shown[1] == "unknown" else quality.shown[1]),
        codec=_CODECS.get(quality.shown[2], ""),
        hdr=_HDR.get(quality.shown[3], ()),
        audio=tuple(dict.fromkeys(_AUDIO[word.text] for word in tags if word.text in _AUDIO)),
        languages=tuple(languages),
        flags=tuple(dict.fromkeys(_FLAGS[word.text] for word in tags if word.text in _FLAGS)),
        group=next((word.shown for word in tags if word.tag == "group"), ""),
    )


def _kind(name: str, facts: Facts) -> Kind:
    if facts.strict or facts.dated or facts.between or (facts.episodes and len(facts.seasons) <= 1):
        return "episode"
    if facts.seasons or _WHOLE.search(name):
        return "pack"
    return "unknown" if facts.year is None else "film"
