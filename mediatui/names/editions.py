"""Recognises in names that a file is another cut or edition: extended, a director's cut, remastered, in 3D, or any
"… cut", "… edition" or "… version"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mediatui.names.parts import Phrase

_ENDING: Final = r"(?: (?:cut|edition|version|edit|release|fassung))?"
_KNOWN: Final = {
    "extended": rf"(?:super )?extended{_ENDING}|langfassung|(?:version )?longue|(?:version )?etendue",
    "director": rf"directors?(?: s)?{_ENDING}|dir cut|montage du realisateur|version du realisateur",
    "theatrical": rf"theatrical{_ENDING}|kinofassung|version cinema",
    "unrated": rf"unrated{_ENDING}",
    "uncut": rf"uncut{_ENDING}|ungeschnitten|non coupee?|version integrale|integral version",
    "uncensored": rf"uncensored{_ENDING}|unzensiert|non censuree?",
    "redux": rf"redux{_ENDING}",
    "remastered": rf"(?:[48]k |digitally |hd )?remaster(?:ed|isee?|izado|isiert)?{_ENDING}",
    "restored": rf"(?:[48]k |fully )?(?:restored|restoration|restauree?|restauriert){_ENDING}",
    "criterion": r"(?:the )?criterion(?: collection| edition)?",
    "anniversary": rf"(?:[0-9]+(?:th|st|nd|rd)? )?anniversary{_ENDING}",
    "collector": rf"collectors?(?: s)?{_ENDING}",
    "imax": rf"imax(?: enhanced)?{_ENDING}",
    "open matte": r"open ?matte",
    "fan edit": r"fan ?edit|fanres|phantom edit",
    "workprint": r"work ?print",
    "black and white": r"black (?:and|n) (?:white|chrome)|b ?w|b and w|noir edition|noir et blanc",
    "colourised": r"colou?ri[sz](?:ed|ation)|coloriser?",
    "despecialized": rf"despeciali[sz]ed{_ENDING}",
    "superbit": r"superbit",
    "grindhouse": rf"grindhouse{_ENDING}",
    "roadshow": rf"roadshow{_ENDING}",
    "recut": r"recut|re cut|reconstructed|abridged|condensed",
    "sing along": r"sing ?a ?long",
    "alternate": rf"alternat(?:iv)?e{_ENDING.removesuffix('?')}",
    "3d": r"3d|(?:h|half|full|f)? ?sbs|h ?ou|half ou",
}
_PATTERN: Final = re.compile(
    r"(?<!\S)(?:"
    + "|".join(f"(?P<k{number}>{words})" for number, words in enumerate(_KNOWN.values()))
    + r"|(?:(?P<name>\w+) )?(?P<any>cut|edition|version|edit|fassung))(?!\S)"
)
_NAMES: Final = tuple(_KNOWN)
_FILLERS: Final = frozenset(("the", "a", "an", "le", "la", "der", "die", "das", "this", "new", "full"))


def editions_in(text: str) -> Iterator[Phrase]:
    """The cuts and editions that a folded text (words joined by blanks) names, each by a name that does not depend on
    how it is written: ``extended`` for ``Extended Edition`` and ``EXTENDED.CUT``."""
    for match in _PATTERN.finditer(text):
        if match["any"]:
            name = match["name"] or ""
            yield Phrase(match["any"] if name in _FILLERS or not name else name, match.start(), match.end())
        else:
            says = next(_NAMES[number] for number in range(len(_NAMES)) if match[f"k{number}"])
            yield Phrase(says, match.start(), match.end())


def edition_named(text: str) -> frozenset[str]:
    """What an edition that is written out says (that of Plex's ``{edition-Director's Cut}``), folded: the known names
    in it, else the whole text."""
    found = frozenset(phrase.says for phrase in editions_in(text))
    return found or frozenset((text,) if text else ())
