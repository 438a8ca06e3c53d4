"""What Sonarr and Radarr know beyond their own items: films and series looked up, and how they read a release's name.
Read leniently, like ``records``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from mediatui.services.arr.records import AlternateTitles, Episode, LowerText, Season, Truth, list_or_empty
from mediatui.services.fields import Text, Whole

_CAMEL = ConfigDict(alias_generator=to_camel, extra="ignore")


def _objects(value: object) -> object:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else ()


def _object_or_none(value: object) -> object:
    return value if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A film or series that a look-up found; ``id`` is its number at the service, 0 when the service does not have it.
    Sonarr tells no alternative titles here."""

    __pydantic_config__ = _CAMEL
    id: Whole = 0
    title: Text = ""
    year: Whole = 0
    tvdb_id: Whole = 0
    tmdb_id: Whole = 0
    imdb_id: Text = ""
    original_title: Text = ""
    series_type: LowerText = "unknown"
    monitored: Truth = False
    alternate_titles: AlternateTitles = ()
    seasons: Annotated[tuple[Season, ...], BeforeValidator(_objects)] = ()


@dataclass(frozen=True, slots=True)
class ParsedSeries:
    """The series that Sonarr takes a release for."""

    __pydantic_config__ = _CAMEL
    id: Whole = 0
    tvdb_id: Whole = 0


@dataclass(frozen=True, slots=True)
class ParsedRelease:
    """How Sonarr reads the name of a release: the series (None: none of its own) and the episodes."""

    __pydantic_config__ = _CAMEL
    series: Annotated[ParsedSeries | None, BeforeValidator(_object_or_none)] = None
    episodes: Annotated[tuple[Episode, ...], BeforeValidator(list_or_empty)] = ()
