"""What the link of a film or an episode, and the folders it lies in, are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from mediatui.acquire.mount.staging_names import link_name
from mediatui.model.file_name import safe_file_name
from mediatui.model.target import number_text
from mediatui.names.claims import is_extra
from mediatui.names.episode_numbers import episodes_of

LONGEST: Final = 231
"""Bytes of a name with its ending: 24 are left for what others put behind it."""
_COLON: Final = re.compile(r"\s*:\s+")
_ILLEGAL: Final = str.maketrans({":": "-", "/": "-", "\\": "-", **dict.fromkeys('*?"<>|')})
_BLANKS: Final = re.compile(r"\s+")
_EMPTY: Final = re.compile(r"\s*\(\s*\)")
_DANGLING: Final = re.compile(r"(?:\s*[-–—.,:]+\s*|\(\s*\)|\[\s*\])+$")
_JOINED: Final = " & "
SHORTEST: Final = 8
"""Less of an episode's title than so many bytes says nothing."""
_FOLDER_NUMBER: Final = re.compile(r"(\D*?)(\d+)")


class _Episodes(int):
    """The first of some episodes; written, the others follow it: ``03-E05``."""

    more: str = ""

    def __format__(self, form: str) -> str:
        return f"{int(self):{form}}{self.more}"


def plain_title(title: str) -> str:
    """A title as a part of a file name: without what some file systems do not take."""
    return _BLANKS.sub(" ", _COLON.sub(" - ", title).translate(_ILLEGAL)).strip(" .")


def film_name(template: str, title: str, year: int | None, ending: str, part: int = 0) -> str:
    """The name of a film's link; ``part`` is that of a film in parts."""
    behind = f" - part{part}" if part else ""
    return _fitting(title, lambda short: template.format(title=short, year=year or "") + behind, ending)


def episode_name(
    template: str, title: str, year: int | None, season: int, episodes: Sequence[int], ending: str,
    titles: Sequence[str] = (),
) -> str:  # fmt: skip
    """The name of an episode's link, or of one for several: ``… S02E03-E05``. ``titles`` are those of the episodes,
    where the template has a place for them: they give way to the length, the last one first."""
    first = _Episodes(min(episodes))
    first.more = number_text(season, episodes).partition("E")[2][len(f"{first:02}") :]

    def named(short: str, own: str) -> str:
        text = template.format(title=short, year=year or "", season=season, episode=first, episode_title=own)
        return text if own or "{episode_title}" not in template else _DANGLING.sub("", text)

    given = [plain for one in titles if (plain := plain_title(one))]
    while given:
        own = _JOINED.join(given)
        over = len(named(plain_title(title), own).encode()) + len(ending.encode()) - LONGEST
        if over <= 0:
            break
        last = given.pop()
        if cut := _cut(last, len(last.encode()) - over):
            given.append(cut)
            break
    own = _JOINED.join(given)
    name = _fitting(title, lambda short: named(short, own), ending)
    if own and not _says_what(name, season, episodes):
        name = _fitting(title, lambda short: named(short, ""), ending)
    return name


def _says_what(name: str, season: int, episodes: Sequence[int]) -> bool:
    """Whether a name is read as these episodes, and as no extra: the title of one may be called like anything."""
    found = episodes_of(name)
    return found is not None and (found.season, found.episodes) == (season, tuple(episodes)) and not is_extra(name, "")


def title_folder(title: str, year: int | None) -> str:
    """The folder of a film or series: ``Title (Year)``."""
    return _fitting(title, lambda short: f"{short} ({year})" if year else short, "")


def season_folder(template: str, season: int, siblings: Sequence[str] = ()) -> str:
    """The folder of a season, called as most of its siblings, else by the template."""
    forms: dict[tuple[str, int], int] = {}
    for name in siblings:
        if (match := _FOLDER_NUMBER.fullmatch(name)) is not None:
            key = match[1], len(match[2])
            forms[key] = forms.get(key, 0) + 1
    if forms:
        word, width = max(forms, key=lambda form: (forms[form], form))
        return f"{word}{season:0{width}}"
    return safe_file_name(template.format(season=season))


def _fitting(title: str, named: object, ending: str) -> str:
    """The name with as much of the title as fits, cut at a character."""
    assert callable(named)
    short = plain_title(title)
    while True:
        base = _BLANKS.sub(" ", _EMPTY.sub("", str(named(short)))).strip(" .")
        name = link_name(f"{safe_file_name(base, 'untitled')}{ending}") if ending else safe_file_name(base, "untitled")
        over = len(base.encode()) + len(ending.encode()) - LONGEST
        if over <= 0 or not short:
            return name
        short = _cut(short, len(short.encode()) - over, least=0)


def _cut(text: str, most: int, least: int = SHORTEST) -> str:
    """As much of a text as fits in so many bytes, whole characters; empty where that is less than ``least``."""
    short = text.encode()[: max(0, most)].decode("utf-8", "ignore").rstrip(" .-")
    return short if len(short.encode()) >= least else ""
