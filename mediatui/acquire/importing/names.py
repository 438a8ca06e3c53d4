"""What the link of a film or an episode, and the folders it lies in, are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from mediatui.acquire.mount.staging_names import link_name
from mediatui.model.file_name import safe_file_name
from mediatui.model.target import number_text

LONGEST: Final = 231
"""Bytes of a name with its ending: 24 are left for what others put behind it."""
_COLON: Final = re.compile(r"\s*:\s+")
_ILLEGAL: Final = str.maketrans({":": "-", "/": "-", "\\": "-", **dict.fromkeys('*?"<>|')})
_BLANKS: Final = re.compile(r"\s+")
_EMPTY: Final = re.compile(r"\s*\(\s*\)")
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


def episode_name(template: str, title: str, year: int | None, season: int, episodes: Sequence[int], ending: str) -> str:
    """The name of an episode's link, or of one for several: ``… S02E03-E05``."""
    first = _Episodes(min(episodes))
    first.more = number_text(season, episodes).partition("E")[2][len(f"{first:02}") :]
    return _fitting(
        title, lambda short: template.format(title=short, year=year or "", season=season, episode=first), ending
    )


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
        short = short.encode()[: max(0, len(short.encode()) - over)].decode("utf-8", "ignore").rstrip(" .-")
