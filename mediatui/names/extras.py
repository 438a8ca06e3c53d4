"""What lies beside a film or an episode and is not it: samples, trailers, what is under ``Extras``; discs of a film.

Such a file often has the very title, year and numbers of what it belongs to, so names alone do not keep it apart.
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
    those of what is looked for: a word they hold tells nothing (``Trailer Park Boys``)."""
    stem = _SUFFIX.sub("", name)
    found = _FOLDER.match(folder.strip()) or _WHOLE.match(stem) or _WITHIN.search(stem)
    if found is None:
        return False
    words = set(re.findall(r"[a-z]+", found[0].lower()))
    return not any(words & set(title.split()) for title in titles)


def disc_of(name: str) -> int | None:
    """Which disc of a film a name says it is (``Heat.1995.CD2.avi``); None when it says none."""
    match = _DISC.search(name)
    return int(match[1]) if match else None


def only_part_of(name: str, folder: str, titles: Collection[str], old_names: Iterable[str]) -> str:
    """What part of the film or episode of these titles a file is, in words; empty when it may be all of it. A disc that
    one of the ``old_names`` (of the link, of the file it led to) asks for is right."""
    if is_extra(name, folder, titles):
        return "a sample or trailer"
    disc = disc_of(name)
    return "" if disc is None or disc in map(disc_of, old_names) else f"only disc {disc} of it"
