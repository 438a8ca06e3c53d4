"""Films, series and episodes as the catalogs TMDB and TVDB know them, and which of several languages a text is taken
from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

CatalogName = Literal["tmdb", "tvdb"]
CATALOG_TITLES: Final[Mapping[CatalogName, str]] = {"tmdb": "TMDB", "tvdb": "TVDB"}
CatalogKind = Literal["film", "series"]
BASE: Final = ""
"""The language of the text that a record has outside of its translations: which one it is, nobody says."""
_NO_TEXT: Final = frozenset(("", "tba"))


class LocalText(NamedTuple):
    """A text and the language it is in (two letters; ``BASE`` where that is not known)."""

    text: str
    language: str


def choose_text(texts: Mapping[str, str], languages: Sequence[str], original: str = "", base: str = "") -> LocalText:
    """The text of a field, chosen for this field alone: in the first of ``languages`` that has it, else in English,
    else in the ``original`` language, else that of the record itself (``base``). Blank ones and ``TBA`` count as
    missing; an empty text when there is none. ``texts`` are by language, all languages of two letters."""
    for language in (*languages, "en", original):
        if has_text(text := texts.get(language, "")):
            return LocalText(text.strip(), language)
    return LocalText(base.strip() if has_text(base) else "", BASE)


def has_text(text: str) -> bool:
    """Whether a field says something."""
    return text.strip().lower() not in _NO_TEXT


@dataclass(frozen=True, slots=True)
class CatalogSeason:
    """A season of a series, and how many episodes it has; 0 where that is not said."""

    number: int
    episodes: int = 0


@dataclass(frozen=True, slots=True)
class CatalogTitle:
    """A film or series: ``id`` is its own in the ``catalog``, never 0; the other ids are 0 where they are not known.

    ``title_from`` and ``overview_from`` are the languages these were taken from (``LocalText``). ``aliases`` are other
    titles, without the title and the original one. ``seasons`` are those of a series that was read whole, ``genres``
    the English words of one that was."""

    catalog: CatalogName
    kind: CatalogKind
    id: int
    title: str
    year: int | None = None
    original_title: str = ""
    original_language: str = ""
    overview: str = ""
    title_from: str = BASE
    overview_from: str = BASE
    aliases: tuple[str, ...] = ()
    tmdb_id: int = 0
    tvdb_id: int = 0
    imdb_id: int = 0
    status: str = ""
    seasons: tuple[CatalogSeason, ...] = ()
    genres: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called by: ``tmdb:603``, ``tvdb:81189``."""
        return f"{self.catalog}:{self.id}"

    @property
    def titles(self) -> tuple[str, ...]:
        """Its titles, each once: its own, the original one, the others."""
        return tuple(dict.fromkeys(filter(None, (self.title, self.original_title, *self.aliases))))


@dataclass(frozen=True, slots=True)
class CatalogEpisode:
    """An episode: its ``id`` in the catalog, never 0, its numbers there, the number counted through all seasons (None:
    not said), and the day it is first aired (``2024-09-03``; empty: not said)."""

    id: int
    season: int
    number: int
    title: str = ""
    air_date: str = ""
    absolute: int | None = None
