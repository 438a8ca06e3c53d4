"""A film or series that a release may be of, as the library or a service knows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from mediatui.model.target import Target, TargetKind
from mediatui.names.main_title import main_title
from mediatui.names.titles import fold_title


@dataclass(frozen=True, slots=True)
class ItemEpisode:
    """An episode; ``absolute`` is its number over all seasons and ``tvdb_id`` its id at TVDB (0: not known),
    ``air_date`` the day it was first shown (YYYY-MM-DD, empty: not known)."""

    season: int
    number: int
    absolute: int = 0
    tvdb_id: int = 0
    air_date: str = ""
    has_file: bool = False
    monitored: bool = False


@dataclass(frozen=True, slots=True)
class Alias:
    """Another title; of a series it may be that of one ``season`` only (None: of all), which releases
    of this title call ``counted``."""

    title: str
    season: int | None = None
    counted: int | None = None


@dataclass(frozen=True)
class Item:
    """A film or series with all its titles and ids (0: not known).

    ``seasons`` are the numbers of its seasons, ``episodes`` its episodes, each empty where that is not known.
    ``in_library`` says that a service has it, or the library a file; ``monitored``, that a service looks for it (None:
    not known). ``parsed`` are the episodes that the service's own parser reads in the release that is mapped.
    """

    kind: TargetKind
    title: str
    year: int | None = None
    original_title: str = ""
    aliases: tuple[Alias, ...] = ()
    tmdb_id: int = 0
    tvdb_id: int = 0
    imdb_id: int = 0
    service: str = ""
    service_id: int = 0
    series_type: str = ""
    in_library: bool = False
    monitored: bool | None = None
    seasons: tuple[int, ...] = ()
    episodes: tuple[ItemEpisode, ...] = ()
    parsed: tuple[ItemEpisode, ...] = ()

    @cached_property
    def folded_titles(self) -> tuple[tuple[str, Alias], ...]:
        """Its titles folded for comparing, each with the title it is, its own first and also without what stands in
        brackets behind it, as ``(US)``."""
        own = (self.title, main_title(self.title, hyphens=False), self.original_title)
        titles = (*(Alias(title) for title in own if title), *self.aliases)
        found: dict[str, Alias] = {}
        for one in titles:
            if folded := fold_title(one.title):
                found.setdefault(folded, one)
        return tuple(found.items())

    def episode(self, season: int, number: int) -> ItemEpisode | None:
        """The episode of these numbers."""
        return next((one for one in self.episodes if (one.season, one.number) == (season, number)), None)

    def of_season(self, season: int) -> tuple[ItemEpisode, ...]:
        """The episodes of a season."""
        return tuple(one for one in self.episodes if one.season == season)

    def target(self, season: int | None = None, episodes: Iterable[int] = ()) -> Target:
        """The target for a season and episodes of it, with the ids and dates of these episodes."""
        numbers = tuple(sorted(set(episodes)))
        known: Sequence[ItemEpisode] = ()
        if season is not None:
            listed = (*self.episodes, *self.parsed)
            known = [one for one in listed if one.season == season and (not numbers or one.number in numbers)]
            known = sorted({one.number: one for one in known}.values(), key=lambda one: one.number)
        return Target(
            self.kind, self.title, self.year, self.tmdb_id, self.tvdb_id, self.imdb_id, self.service, self.service_id,
            season, numbers, tuple(one.tvdb_id for one in known if one.tvdb_id),
            tuple(one.air_date for one in known if one.air_date),
        )  # fmt: skip
