"""Recognises files beside a film or an episode that are only part of it: samples, trailers, extras, single discs.

Such a file often has the same title, year and numbers as what it belongs to, so those alone do not distinguish it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

_SURE: Final = r"samples?|trailers?|teasers?|featurettes?|bandes?[ ._-]annonces?"
_WORDS: Final = rf"{_SURE}|extras?|bonus|behind[ ._-]?the[ ._-]?scenes|deleted(?:[ ._-]?scenes)?|interviews?"
_FOLDER: Final = re.compile(rf"(?:{_WORDS})$", re.IGNORECASE)
_WHOLE: Final = re.compile(rf"(?:(?:{_WORDS})[ ._-]?[0-9]{{0,3}}$|sample[-._])", re.IGNORECASE)
_WITHIN: Final = re.compile(
    rf"(?:-(?:{_WORDS})|(?:[._]| - )(?:{_SURE}))[ ._-]?[0-9]{{0,2}}$|[-._]sample[-._]", re.IGNORECASE
)
_SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{2,4}$")
_DISC: Final = re.compile(r"(?<![^\W_])(?:cd|dis[ck])[ ._-]?([1-9])(?![^\W_])", re.IGNORECASE)


def is_extra(name: str, folder: str, titles: Collection[str] = ()) -> bool:
    """Whether a video is a sample, a trailer or the like, by its name or by that of its folder. ``titles`` (folded) are
    those of the film or episode wanted: a word in one of them does not count (``Trailer Park Boys``)."""
    stem = _SUFFIX.sub("", name)
    found = _FOLDER.match(folder.strip()) or _WHOLE.match(stem) or _WITHIN.search(stem)
    if found is None:
        return False
    words = set(re.findall(r"[a-z]+", found[0].lower()))
    return not any(words & set(title.split()) for title in titles)


def disc_of(name: str) -> int | None:
    """The number of the disc of a film in a name (``Heat.1995.CD2.avi``); None when it has none."""
    match = _DISC.search(name)
    return int(match[1]) if match else None


def only_part_of(name: str, folder: str, titles: Collection[str], old_names: Iterable[str]) -> str:
    """Which part of the film or episode with these titles a file is, in words; empty when it may be the whole. A disc
    is accepted when one of the ``old_names`` (of the link, of the file it led to) has the same disc number."""
    if is_extra(name, folder, titles):
        return "a sample or trailer"
    disc = disc_of(name)
    return "" if disc is None or disc in map(disc_of, old_names) else f"only disc {disc} of it"
