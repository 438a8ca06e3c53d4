"""What Sonarr and Radarr know of films, series and episodes, as this machine keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

ItemKind = Literal["film", "series"]


class OtherTitle(NamedTuple):
    """Another title of a film or series; of the one ``season`` it stands for, which releases of that title count as
    ``scene_season``; None: all of them."""

    title: str
    season: int | None = None
    scene_season: int | None = None


class ArrSeason(NamedTuple):
    """A season of a series: how many episodes it has, aired or not, and how many of them have a file."""

    number: int
    monitored: bool
    episodes: int
    files: int


@dataclass(frozen=True, slots=True)
class ArrItem:
    """A film of Radarr or a series of Sonarr. Ids are 0 when they are not known; ``imdb_id`` is the number without
    ``tt``; ``folded`` is the title for comparing (``names.titles.title_key``); ``path`` is its folder as the service
    writes it, ``file`` that of a film; ``files`` counts episodes with a file, ``episodes`` all of them; ``size`` is
    bytes, ``added_at`` epoch seconds; ``status`` and ``series_type`` are words of the service."""

    service: str
    service_id: int
    kind: ItemKind
    title: str
    folded: str
    tmdb_id: int = 0
    tvdb_id: int = 0
    imdb_id: int = 0
    original_title: str = ""
    titles: tuple[OtherTitle, ...] = ()
    year: int | None = None
    path: str = ""
    monitored: bool = False
    has_file: bool = False
    files: int = 0
    episodes: int = 0
    size: int = 0
    status: str = ""
    series_type: str = ""
    added_at: int | None = None
    seasons: tuple[ArrSeason, ...] = ()
    file: str = ""

    @property
    def catalog_id(self) -> int:
        """What identifies it wherever it is known: the id of a film at TMDB, of a series at TVDB."""
        return self.tmdb_id if self.kind == "film" else self.tvdb_id


@dataclass(frozen=True, slots=True)
class ArrEpisode:
    """An episode of a series of Sonarr; ``id`` is the service's own. ``air_date`` is the day where it airs
    (2024-05-17, empty when not known), ``aired_at`` the moment (epoch seconds); ``absolute`` counts from the first
    episode of the series on, where the service does."""

    service: str
    series_id: int
    id: int
    season: int
    number: int
    tvdb_id: int = 0
    absolute: int | None = None
    air_date: str = ""
    aired_at: int | None = None
    title: str = ""
    monitored: bool = False
    has_file: bool = False
    file_id: int = 0

    def has_aired(self, now: float) -> bool:
        """Whether it has aired at ``now``; one without a date has not."""
        return self.aired_at is not None and self.aired_at <= now
