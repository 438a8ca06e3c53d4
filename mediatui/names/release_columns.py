"""What the name of a release says, for the columns of a search: title, numbers, quality, languages, group.

All by rules of our own, some 100 µs a name; nothing here decides a change to a link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Final, Literal

from mediatui.model.text import printable
from mediatui.names import column_words as table
from mediatui.names.column_tags import Tags
from mediatui.names.facts import Facts, read_facts
from mediatui.names.release_group import group_of
from mediatui.names.release_title import shown_title
from mediatui.names.seasons import cut_name
from mediatui.names.several import Several, read_several
from mediatui.names.technical_tags import read_words

ReleaseKind = Literal["film", "episode", "pack", "collection", "unknown"]

# "Bluray1080p", "WEB-DLx264", "1280*720", "HD TV"
_GLUED: Final = re.compile(
    r"(?<![^\W_])((?:uhd)?(?:blu-?ray|bd|remux|web-?(?:dl|rip)?|[ahp]dtv|dvd(?:rip)?|4kto))(?=[0-9]{3,4}p|[xh]26[45])"
    r"|(?<=[0-9]{3})\*(?=[0-9]{3})|(?<=[ .][HS]D) (?=TV)",
    re.IGNORECASE,
)
_FREE: Final = re.compile(r"[ ._-]*[\[({]?freeleech[\])}]?[ ._]*", re.IGNORECASE)
_GLUED_HINT: Final = re.compile(r"[a-z](?:[0-9]{3,4}p|[xh]26[45])|[0-9]\*[0-9]|[hs]d tv")
_LONGEST: Final = 1024
_MOST_IN_A_FILE: Final = 2


@dataclass(frozen=True, slots=True)
class ReleaseColumns:
    """What a name says of a release; empty, 0 or None for what it does not say.

    ``title`` is written with blanks; ``cut`` says that a year, a number or a tag ended it, so that it is no guess.
    ``seasons`` and ``episodes`` ascending; ``absolute`` are episodes counted over all seasons; ``date`` as YYYY-MM-DD.
    ``resolution`` is one of 2160, 1080, 720, 576 and 480. ``languages`` are words (``multi``, ``vff``, ``french``) in
    the order of the name; those of subtitles alone are left out, but for ``vostfr``. ``channels`` as ``5.1``."""

    title: str
    year: int | None
    seasons: tuple[int, ...]
    episodes: tuple[int, ...]
    absolute: tuple[int, ...]
    date: str
    kind: ReleaseKind
    cut: bool
    resolution: int
    source: str
    codec: str
    hdr: tuple[str, ...]
    audio: tuple[str, ...]
    channels: str
    languages: tuple[str, ...]
    flags: tuple[str, ...]
    group: str

    @property
    def is_pack(self) -> bool:
        """Whether it holds more than one film, or a whole season and more."""
        return self.kind in ("pack", "collection")


def columns_of(name: str) -> ReleaseColumns:
    """The columns of a release by its name, never a path. At most 255 bytes of it are read; never raises."""
    text = unescape(name[:_LONGEST]) if "&" in name else name
    text = printable(cut_name(text), empty="")
    lowered = text.lower()
    if _GLUED_HINT.search(lowered):
        text = _GLUED.sub(_parted, text)
    free = "freeleech" in lowered
    if free:
        text = _FREE.sub("", text)
    facts = read_facts(text, lambda _: "")
    words = read_words(text)
    tags = Tags(text, words, facts)
    absolute = facts.episodes if not facts.seasons else ()
    several = None if facts.seasons or absolute or facts.dated else read_several(text, words, facts.year)
    title, year = facts.title, facts.year
    if several is not None:
        title = min(title, shown_title(text[several.title_from : several.start]) or title, key=len)
        year = None if several.of_years else year
    return ReleaseColumns(
        title=title,
        year=year,
        seasons=facts.seasons,
        episodes=() if absolute else facts.episodes,
        absolute=absolute,
        date=facts.date,
        kind=_kind(facts, several, tags),
        cut=bool(facts.whole or facts.year or facts.seasons or facts.episodes or facts.dated or tags.any),
        resolution=tags.resolution(),
        source=tags.source(),
        codec=tags.best("codec", table.CODECS),
        hdr=tags.all("hdr", table.HDR),
        audio=tags.all("audio", table.AUDIO),
        channels=tags.channels(),
        languages=tags.languages(),
        flags=("freeleech", *tags.all("flag", table.FLAGS)) if free else tags.all("flag", table.FLAGS),
        group=group_of(text, tags.place),
    )


def _parted(match: re.Match[str]) -> str:
    """Words that stand without a sign between them, with one."""
    return f"{match[1]}." if match[1] else "x" if match[0] == "*" else ""


def _kind(facts: Facts, several: Several | None, tags: Tags) -> ReleaseKind:
    """What a release is, by its numbers; ``unknown`` where it has none and no year: a film or anything else. A few
    episodes are a pack too."""
    if facts.dated or facts.between:
        return "episode"
    if facts.seasons or facts.episodes:
        return "episode" if 0 < len(facts.episodes) <= _MOST_IN_A_FILE and len(facts.seasons) <= 1 else "pack"
    if several is not None and (several.of_films or not tags.is_disc()):
        return "collection" if several.of_films else "pack"
    return "unknown" if facts.year is None else "film"
