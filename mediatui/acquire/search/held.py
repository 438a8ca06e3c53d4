"""How much of a release the library has: which film or series it is of, and which of its episodes have a file."""

from __future__ import annotations

import ntpath
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mediatui.acquire.search.archived import Archive, Numbers
from mediatui.model.badges import BadgeName, Known
from mediatui.model.release import FoundRelease
from mediatui.names.extras import extra_alone
from mediatui.names.release_columns import ReleaseColumns
from mediatui.names.titles import title_key
from mediatui.store.library.titles import OTHER_NUMBERS
from mediatui.store.releases.known import KnownEpisode, KnownFile, KnownItem

NamedItem = tuple[str, str, int | None]
"""Kind, title and year."""


@dataclass(slots=True)
class Held:
    """What the library has of a film or series by its own tables: whether it has a file of the film, and the episodes
    with a file by season."""

    film: bool = False
    episodes: dict[int, set[int]] = field(default_factory=dict)


def held_by_item(files: Iterable[KnownFile]) -> dict[NamedItem, Held]:
    """What these files are of; one whose whole name is that of an extra is none of a film."""
    held: dict[NamedItem, Held] = {}
    for file in files:
        kind = "film" if file.kind == "film" else "series"
        one = held.setdefault((kind, file.title, file.year), Held())
        if kind == "series" and file.season is not None:
            one.episodes.setdefault(file.season, set()).update(file.episodes)
        elif kind == "film":
            one.film = one.film or _is_film(os.fsdecode(file.path))
    return held


def _is_film(path: str) -> bool:
    """Whether a file, by its whole name, is no extra; a path is of this system or of Windows."""
    return not extra_alone(os.path.splitext(ntpath.basename(path))[0])


@dataclass(frozen=True, slots=True)
class Library:
    """What is known of films and series: the ``items`` by the keys of their titles, what is ``held`` of each, and the
    ``episodes`` that services know of a series; the ``archive`` of what was seen; and the ids, by kind, that were
    ``searched``."""

    items: Mapping[str, Sequence[KnownItem]]
    held: Mapping[NamedItem, Held]
    episodes: Mapping[tuple[str, int], Sequence[KnownEpisode]]
    archive: Archive
    now: float
    searched: Mapping[str, int] = field(default_factory=dict)

    def known(self, offer: FoundRelease, columns: ReleaseColumns) -> Known:
        """The badge of a release, and the film or series it was taken for."""
        found = _candidates(offer, columns, self.items.get(title_key(columns.title), ()) if columns.title else ())
        if not found:
            told = [("film", offer.tmdb_id), ("series", offer.tvdb_id)]
            return Known(self.archive.badge(columns, [one for one in told if one[1]]) or "unknown")
        if _are_several(found):
            found = [one for one in found if one.catalog_id and one.catalog_id == self.searched.get(one.kind)]
            if not found:
                return Known("unknown?")
        item = next((one for one in found if one.service), found[0])
        held = [self.held[key] for one in found if (key := (one.kind, one.title, one.year)) in self.held]
        if item.kind == "film":
            is_here = any(one.film for one in held) or any(one.file and _is_film(one.file) for one in found)
            waits = any(one.monitored for one in found)
            badge = "obtained" if is_here else self._without_file(columns, found, waits=waits)
            return Known(badge, title=item.title, year=item.year)
        return self._of_series(columns, found, _merged(held))

    def _of_series(self, columns: ReleaseColumns, found: Sequence[KnownItem], held: Mapping[int, set[int]]) -> Known:
        """How much of the episodes of a release is here."""
        title, year = found[0].title, found[0].year
        season = found[0].season if all(one.season == found[0].season for one in found) else None
        here, wanted, known = 0, 0, False
        missing: list[KnownEpisode] = []
        waits = any(one.monitored and _season_waits(columns, one, season) for one in found)
        if season != OTHER_NUMBERS:
            its = self._episodes_of(columns, found, season)
            known = bool(its)
            have = {(one.season, one.number) for one in its if one.has_file}
            have |= {(one.season, one.number) for one in its if one.number in held.get(one.season, ())}
            here = len(have)
            wanted = max(len({(one.season, one.number) for one in its}), len(set(columns.episodes)))
            missing = [one for one in its if (one.season, one.number) not in have]
            if known:
                waits = any(one.monitored for one in found) and any(one.monitored for one in missing)
            else:
                here, wanted = _by_files_alone(columns, held, season)
        if wanted and here >= wanted:
            return Known("obtained", title=title, year=year)
        if here:
            return Known("part", here, title=title, year=year, of=wanted)
        numbers = {(one.season, one.number) for one in missing}
        return Known(self._without_file(columns, found, numbers, waits=waits), title=title, year=year)

    def _without_file(
        self, columns: ReleaseColumns, found: Sequence[KnownItem], wanted: Numbers = (), *, waits: bool
    ) -> BadgeName:
        """The badge of what no file is here of."""
        if waits:
            return "monitored"
        ids = {(one.kind, one.catalog_id) for one in found if one.catalog_id}
        return self.archive.badge(columns, ids, wanted) or "unmanaged"

    def _episodes_of(
        self, columns: ReleaseColumns, found: Sequence[KnownItem], season: int | None
    ) -> list[KnownEpisode]:
        """The episodes of a release that services know; of a pack those that have aired."""
        known: dict[tuple[int, int], KnownEpisode] = {}
        for item in found:
            for one in self.episodes.get((item.service, item.service_id), ()):
                before = known.get((one.season, one.number))
                if before is None or (one.has_file and not before.has_file):
                    known[one.season, one.number] = one
        numbers = columns.episodes or columns.absolute
        seasons = _seasons(columns, season)
        if columns.date:
            return [one for one in known.values() if one.air_date == columns.date]
        if columns.absolute and season is None:
            return [one for one in known.values() if one.absolute in columns.absolute]
        if numbers:
            return [known[key] for number in numbers for one in seasons if (key := (one, number)) in known]
        aired = [one for one in known.values() if one.aired_at is not None and one.aired_at <= self.now]
        return [one for one in aired if (one.season in seasons if seasons else one.season > 0)]


def _merged(held: Iterable[Held]) -> dict[int, set[int]]:
    episodes: dict[int, set[int]] = {}
    for one in held:
        for season, numbers in one.episodes.items():
            episodes.setdefault(season, set()).update(numbers)
    return episodes


def _seasons(columns: ReleaseColumns, season: int | None) -> tuple[int, ...]:
    """The seasons of a release, by the numbers of its service: a title that stands for one season counts from it."""
    if season is None:
        return columns.seasons
    return (season,) if columns.seasons in ((), (1,), (season,)) else columns.seasons


def _season_waits(columns: ReleaseColumns, item: KnownItem, season: int | None) -> bool:
    """Whether any season of a release is monitored, where its episodes are not known."""
    seasons = _seasons(columns, None if season == OTHER_NUMBERS else season)
    return not seasons or any(one in item.seasons for one in seasons)


def _by_files_alone(columns: ReleaseColumns, held: Mapping[int, set[int]], season: int | None) -> tuple[int, int]:
    """How many episodes of a release the library's own tables hold, and of how many; of how many a season has is not
    known there (0)."""
    seasons = _seasons(columns, season)
    if columns.episodes and len(seasons) == 1:
        return len(set(columns.episodes) & held.get(seasons[0], set())), len(columns.episodes)
    if columns.absolute or columns.date:
        return 0, 0
    return sum(len(held.get(one, ())) for one in seasons or held), 0


def _are_several(candidates: Sequence[KnownItem]) -> bool:
    """Whether the candidates are more than one film or series. One without an id, which is known by its name alone, is
    the same as one of its year."""
    with_id = {(one.kind, one.catalog_id) for one in candidates if one.catalog_id}
    years = {one.year for one in candidates if one.catalog_id}
    named = {one.year for one in candidates if not one.catalog_id and one.year is not None}
    several = len(with_id) > 1 or len({one.kind for one in candidates}) > 1
    return several or (bool(named - years) if with_id else len(named) > 1)


def _candidates(offer: FoundRelease, columns: ReleaseColumns, items: Sequence[KnownItem]) -> list[KnownItem]:
    """The films or series a release may be of: of its kind, of its year where both have one, and of the id its indexer
    tells where one of them has it."""
    kind = {"film": "film", "episode": "series", "pack": "series"}.get(columns.kind, "")
    same = [one for one in items if not kind or one.kind == kind]
    ids = {"film": offer.tmdb_id, "series": offer.tvdb_id}
    identified = [one for one in same if one.catalog_id and one.catalog_id == ids[one.kind]]
    if identified or columns.year is None:
        return identified or same
    return [one for one in same if one.year in (None, columns.year)]
