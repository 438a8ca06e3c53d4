"""Recognises names of several films, or of a whole series, that have no number of a season: ``Trilogie``,
``Intégrale``, ``1999-2003``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.names.pattern_pieces import FILM_YEAR, WORD_AFTER, WORD_BEFORE
from mediatui.names.release_title import in_front
from mediatui.names.tag_words import words_in
from mediatui.names.technical_tags import NameWord

# Of films, whatever year stands beside it
_OF_FILMS: Final = re.compile(
    rf"{WORD_BEFORE}(?:la[ ._]|the[ ._])?(?:(?:tri|duo|di|quadri|tetra|penta|hexa|hepta|octa)log(?:ie|y|ia)"
    rf"|(?:[2-9]|[1-3][0-9])[ ._-]?(?:films|movies)){WORD_AFTER}",
    re.IGNORECASE,
)
# Of films only where no single year stands beside it: "The Collection 2012" is a film
_PERHAPS: Final = re.compile(
    rf"{WORD_BEFORE}(?:la[ ._]|the[ ._])?(?:saga|antholog(?:ie|y)|collection|coffret|box[ ._-]?set|films|movies"
    rf"|{FILM_YEAR}[ ._]?(?:-|–|à|a|to)[ ._]?{FILM_YEAR}){WORD_AFTER}",
    re.IGNORECASE,
)
_YEARS: Final = re.compile(rf"(?<![0-9]){FILM_YEAR}[ ._]?(?:-|–|à|a|to)[ ._]?{FILM_YEAR}(?![0-9])", re.IGNORECASE)
# "Version intégrale" is a cut of a film
_WHOLE: Final = re.compile(
    rf"{WORD_BEFORE}(?<!version[ ._])(?:l['’ ._]?)?"
    r"(?:(?P<series>int[eé]grale?|(?:the[ ._])?(?:complete|full)[ ._](?:series|collection)|toutes[ ._]les[ ._]saisons)"
    rf"|complete?|completa){WORD_AFTER}",
    re.IGNORECASE,
)
_HINTS: Final = words_in(
    "trilogie trilogy trilogia duologie duology dilogie quadrilogie quadrilogy tetralogie tetralogy pentalogie "
    "pentalogy hexalogie hexalogy heptalogie heptalogy octalogie octalogy films movies saga anthologie anthology "
    "collection coffret boxset box integrale integral lintegrale complete complet completa full toutes"
)


@dataclass(frozen=True, slots=True)
class Several:
    """That a name is of several films (``of_films``), else of a whole series; the title is ``title_from`` to ``start``
    in the name. ``of_years`` says that it names the years it covers."""

    title_from: int
    start: int
    of_films: bool
    of_years: bool


def read_several(name: str, words: Sequence[NameWord], year: int | None) -> Several | None:
    """What a name without numbers says of holding several; None for one that does not, or has no title before it.
    ``year`` is the one that was read in it."""
    hinted = not _HINTS.isdisjoint(word.text for word in words)
    years = _YEARS.search(name) if hinted or (year is not None and _two_years(words)) else None
    if not hinted and years is None:
        return None
    begin = in_front(name)
    whole = _WHOLE.search(name, begin)
    films = _OF_FILMS.search(name, begin)
    if years is not None or year is None or films is not None:
        perhaps = _PERHAPS.search(name, begin)
        films = perhaps if films is None or (perhaps and perhaps.start() < films.start()) else films
        if films is not None and whole is not None and _YEARS.match(films[0]):
            films = None  # "Show.Integrale.1999-2003": not said of what
    if films is None and year is not None and years is None and (whole is None or not whole["series"]):
        return None  # "Film.2013.COMPLETE.BLURAY"
    starts = [match.start() for match in (films, whole, years) if match is not None]
    if (films is None and whole is None) or not re.search(r"[^\W_]", name[begin : min(starts)]):
        return None
    return Several(begin, min(starts), films is not None, years is not None)


def _two_years(words: Sequence[NameWord]) -> bool:
    return sum(len(word.text) == 4 and word.text.isdecimal() for word in words) > 1
