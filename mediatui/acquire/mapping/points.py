"""How well a film or series fits a release: the points of each part, and its reason in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from mediatui.acquire.mapping.item import Alias, Item
from mediatui.acquire.mapping.release_name import Reading, ReleaseName
from mediatui.model.target import Target
from mediatui.names.claims import COUNTRIES
from mediatui.names.titles import folded_similarity, same_title

BY_ID: Final = 100
TITLE: Final = 60
LEAST_ALIKE: Final = 60
"""Titles less alike than this (percent) get no points."""
SAME_YEAR: Final = 20
NEXT_YEAR: Final = 8
OTHER_YEAR: Final = -30
KIND: Final = 10
OTHER_KIND: Final = -40
THERE: Final = 8
NO_SEASON: Final = -15
NOT_AIRED: Final = -10
IN_LIBRARY: Final = 4
MONITORED: Final = 4
SEARCHED: Final = 20
LONGER: Final = -20
_MOST_SEASONS: Final = 20
"""A number behind a title up to this may be that of a season: ``Show II``."""


@dataclass(frozen=True, slots=True)
class Part:
    """Points and why."""

    points: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TitleFit:
    """How well a reading of a release's title fits the titles of an item; ``alias`` is the one that is equal, if one
    is, and ``sequel`` a number behind the item's title that may be that of a season."""

    parts: tuple[Part, ...]
    reading: Reading
    alias: Alias | None = None
    sequel: int | None = None

    @property
    def points(self) -> int:
        """The points of its parts."""
        return sum(part.points for part in self.parts)


def title_points(alike: int) -> int:
    """The points for titles that are so alike (percent)."""
    return TITLE * alike // 100 if alike >= LEAST_ALIKE else 0


def year_points(one: int | None, other: int | None) -> int:
    """The points for two years; nothing where one is not known."""
    if one is None or other is None:
        return 0
    apart = abs(one - other)
    return SAME_YEAR if not apart else NEXT_YEAR if apart == 1 else OTHER_YEAR


def has_same_id(release: ReleaseName, item: Item) -> bool:
    """Whether the indexer says that a release is of this item. Films and series have ids of their own at TMDB."""
    is_film = release.columns.kind in ("film", "collection", "unknown")
    pairs = (
        (release.tvdb_id, item.tvdb_id if item.kind == "series" else 0),
        (release.tmdb_id, item.tmdb_id if (item.kind == "film") == is_film else 0),
        (release.imdb_id, item.imdb_id),
    )
    return any(own and own == its for own, its in pairs)


def fit_title(release: ReleaseName, item: Item) -> TitleFit | None:
    """How the readings of a release's title fit an item, the best of them with its year; None for a name without a
    title."""
    found = [fit for reading in release.readings if (fit := _fit_reading(reading, item)) is not None]
    return max(found, key=lambda fit: fit.points, default=None)


def _fit_reading(reading: Reading, item: Item) -> TitleFit | None:
    if reading.number is not None and item.kind == "film" and reading.exact:
        return None
    equal = [(folded, alias) for folded, alias in item.folded_titles if same_title(reading.folded, folded)]
    years = _year(reading.year, item)
    if equal:
        alias = equal[0][1]
        return TitleFit((Part(TITLE, _equal_reason(alias, item)), *years), reading, alias)
    if reading.exact:
        return None
    best = max(
        (_compare(reading.folded, folded) for folded, _ in item.folded_titles),
        key=lambda parts: sum(part.points for part in parts),
        default=(Part(0, "another title"),),
    )
    return TitleFit((*best, *years), reading, sequel=_sequel(reading.folded, item))


def _equal_reason(alias: Alias, item: Item) -> str:
    if alias.title == item.title or alias not in item.aliases:
        return "original title equal" if alias.title == item.original_title != item.title else "title equal"
    return f"alias “{alias.title}”"


def _compare(ours: str, its: str) -> tuple[Part, ...]:
    """The points for two titles that are not equal."""
    if _is_other_country(ours, its):
        return (Part(0, "of another country"),)
    if _holds(its, ours):
        return (Part(TITLE, "title equal to a part"), Part(LONGER, "its title is longer"))
    alike = folded_similarity(ours, its)
    points = title_points(alike)
    near = Part(points, f"title near ({alike} %)" if points else "another title")
    return (near, Part(LONGER, "the release's title is longer")) if _holds(ours, its) else (near,)


def _holds(longer: str, shorter: str) -> bool:
    """Whether a title holds another, word for word."""
    return shorter != "" and longer != shorter and f" {shorter} " in f" {longer} "


def _is_other_country(one: str, other: str) -> bool:
    """Whether two titles end with the letters of two countries: ``office us`` and ``office uk``."""
    (own, _, mine), (its, _, theirs) = one.rpartition(" "), other.rpartition(" ")
    return own == its != "" and mine != theirs and {mine, theirs} <= COUNTRIES


def _sequel(folded: str, item: Item) -> int | None:
    for its, _ in item.folded_titles:
        rest = folded.removeprefix(f"{its} ")
        if rest != folded and rest.isdecimal() and 2 <= int(rest) <= _MOST_SEASONS:
            return int(rest)
    return None


def _year(year: int | None, item: Item) -> tuple[Part, ...]:
    points = year_points(year, item.year)
    if not points:
        return ()
    said = {SAME_YEAR: "year equal", NEXT_YEAR: "year one off"}.get(points, f"of {item.year}, not {year}")
    return (Part(points, said),)


def kind_part(release: ReleaseName, item: Item) -> Part:
    """The points for what a name says it is; one that says nothing may be of either."""
    kind = release.columns.kind
    is_film = kind in ("film", "collection")
    if kind == "unknown" or is_film == (item.kind == "film"):
        return Part(KIND, "a film" if item.kind == "film" and is_film else "")
    return Part(
        OTHER_KIND, "a film, the release of a series" if item.kind == "film" else "a series, the release a film"
    )


def numbers_part(item: Item, targets: Iterable[Target], today: str) -> Part:
    """The points for seasons and episodes that there are; ``today`` is YYYY-MM-DD."""
    if item.kind == "film" or not (item.seasons or item.episodes):
        return Part(0)
    seasons = {*item.seasons, *(one.season for one in (*item.episodes, *item.parsed))}
    wanted = [target for target in targets if target.season is not None]
    if not wanted:
        return Part(0)
    missing = [target.season for target in wanted if target.season not in seasons]
    if missing:
        return Part(NO_SEASON, f"there is no season {missing[0]}")
    if lacking := next((one for target in wanted for one in _lacking(item, target)), None):
        return Part(0, f"{lacking} is not known")
    dates = [target.air_dates[0] for target in wanted if target.air_dates]
    if dates and min(dates) > today:
        return Part(NOT_AIRED, f"airs on {min(dates)}")
    numbers = f"{wanted[0].numbers}-{wanted[-1].numbers}" if len(wanted) > 1 else wanted[0].numbers
    return Part(THERE, f"{numbers} {'exist' if len(wanted) > 1 else 'exists'}")


def _lacking(item: Item, target: Target) -> Iterator[str]:
    if target.season is None or not item.of_season(target.season):
        return
    for number in target.episodes:
        read = any((one.season, one.number) == (target.season, number) for one in item.parsed)
        if not read and item.episode(target.season, number) is None:
            yield f"S{target.season:02d}E{number:02d}"


def known_parts(item: Item, searched: Target | None) -> Iterator[Part]:
    """The points for what is here already, and for what was searched for."""
    if item.in_library:
        yield Part(IN_LIBRARY, "in the library")
    if item.monitored:
        yield Part(MONITORED, "monitored")
    if searched is not None and searched.is_of(item.target()):
        yield Part(SEARCHED, "searched for it")
