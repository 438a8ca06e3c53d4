"""Brings the numbers of one catalog to those of another: TMDB counts the seasons of some series differently from TVDB,
whose numbers Sonarr has. The days on which episodes were first shown say which season is which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

LEAST_EQUAL: Final = 0.8
"""So much of a season's days have to be those of the other's."""


class Dated(NamedTuple):
    """An episode with its numbers in a catalog and the day it was first shown (YYYY-MM-DD, empty: not known)."""

    season: int
    number: int
    air_date: str


@dataclass(frozen=True, slots=True)
class SameSeason:
    """A season that is another catalog's: ``equal`` of its ``of`` days are the same. ``episodes`` are the numbers there
    by those here."""

    season: int
    equal: int
    of: int
    episodes: Mapping[int, int]

    @property
    def is_sure(self) -> bool:
        """Whether enough of the days are equal."""
        return self.equal >= LEAST_EQUAL * self.of > 0


def same_season(wanted: Sequence[Dated], there: Iterable[Dated]) -> SameSeason | None:
    """The season ``there`` that has most of the days of a season, be it sure or not; None where no day is the same or
    two seasons have as many. Specials stand for regular episodes nowhere, nor the other way round."""
    days = [one for one in wanted if one.air_date]
    is_special = bool(days) and days[0].season == 0
    seasons: dict[int, list[Dated]] = {}
    for one in there:
        if one.air_date and (one.season == 0) == is_special:
            seasons.setdefault(one.season, []).append(one)
    found = sorted((_compared(days, season, members) for season, members in seasons.items()), key=_share, reverse=True)
    if not found or not found[0].equal:
        return None
    return found[0] if len(found) == 1 or _share(found[0]) > _share(found[1]) else None


def _share(one: SameSeason) -> int:
    return one.equal


def _compared(days: Sequence[Dated], season: int, members: Sequence[Dated]) -> SameSeason:
    """How a season compares: of several episodes of one day the first ones belong together."""
    left: dict[str, list[int]] = {}
    for one in sorted(members, key=lambda one: one.number):
        left.setdefault(one.air_date, []).append(one.number)
    episodes = {}
    for one in sorted(days, key=lambda one: one.number):
        if left.get(one.air_date):
            episodes[one.number] = left[one.air_date].pop(0)
    return SameSeason(season, len(episodes), len(days), episodes)
