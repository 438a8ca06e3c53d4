"""Which season and episodes of a series a release is of, by the numbers in its name.

What the name does not say for sure gives several ways to read it, or one that is asked about: an episode is never
guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from mediatui.acquire.mapping.item import Item, ItemEpisode
from mediatui.acquire.mapping.points import TitleFit
from mediatui.acquire.mapping.release_name import ReleaseName
from mediatui.model.target import Target

_MOST_ABSOLUTE: Final = 99
"""A number over all seasons of a series that is no anime is not larger."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A way to read the numbers of a release: what it is of, why, and what has to be asked before that is taken
    (empty: nothing)."""

    targets: tuple[Target, ...]
    reason: str = ""
    asks: str = ""


def number_targets(release: ReleaseName, item: Item, fit: TitleFit | None) -> list[Numbered]:
    """The ways to read the numbers of a release as those of an item, the likeliest first."""
    columns = release.columns
    if item.kind == "film":
        asks = "a collection: name each of its films" if columns.kind == "collection" else ""
        return [Numbered((item.target(),), asks=asks)]
    season = None if fit is None or fit.alias is None else fit.alias.season
    number = None if fit is None else fit.reading.number
    if columns.date:
        return _dated(item, columns.date)
    if number is not None:
        return _bare(item, number)
    if columns.absolute:
        return _counted(item, columns.absolute, season, None if fit is None else fit.sequel)
    if season is not None and fit is not None and fit.alias is not None and columns.seasons == (fit.alias.counted,):
        return [Numbered((item.target(season, columns.episodes),), f"alias of season {season}")]
    if season is not None and columns.seasons == (1,) != (season,):
        ways = [item.target(season, columns.episodes), item.target(1, columns.episodes)]
        return [Numbered((one,), asks=f"the title is that of season {season}") for one in ways]
    if columns.seasons:
        return _marked(item, columns.seasons, columns.episodes)
    if season is not None:
        return [Numbered((item.target(season),), f"alias of season {season}")]
    if columns.kind == "pack":
        regular = [one for one in item.seasons if one > 0]
        return [Numbered(tuple(map(item.target, regular)) or (item.target(),), "all of it")]
    return [Numbered((item.target(),), asks="its name has no number of a season or episode")]


def _marked(item: Item, seasons: Sequence[int], episodes: Sequence[int]) -> list[Numbered]:
    """Numbers with their marks. Specials are counted differently by everybody: what is not known is asked."""
    plain = _plain(item, seasons, episodes)
    if 0 in episodes:
        return _ask(plain, "E00 is no regular episode")
    if 0 in seasons and episodes and any(item.episode(0, one) is None for one in episodes):
        parsed = _of_episodes(item, item.parsed, "by the service's own reading")
        return parsed or _ask(plain, "no special of this number is known")
    return [plain]


def _plain(item: Item, seasons: Sequence[int], episodes: Sequence[int]) -> Numbered:
    return Numbered(tuple(item.target(season, episodes if len(seasons) == 1 else ()) for season in seasons))


def _ask(one: Numbered, asks: str) -> list[Numbered]:
    return [Numbered(one.targets, one.reason, asks)]


def _dated(item: Item, date: str) -> list[Numbered]:
    """The episode of a day; where there is none its neighbours are offered."""
    same = [one for one in (item.episodes or item.parsed) if one.air_date == date]
    same = same or [one for one in item.parsed if one.air_date == date]
    if len(same) == 1:
        return _of_episodes(item, same, f"aired on {date}")
    if same:
        return [Numbered((item.target(one.season, [one.number]),), asks=f"{len(same)} aired on {date}") for one in same]
    aired = sorted((one for one in item.episodes if one.air_date), key=lambda one: one.air_date)
    beside = [*[one for one in aired if one.air_date < date][-1:], *[one for one in aired if one.air_date > date][:1]]
    asks = f"no episode of {date} is known"
    found = [Numbered((item.target(one.season, [one.number]),), f"aired on {one.air_date}", asks) for one in beside]
    return found or [Numbered((item.target(),), asks=asks)]


def _bare(item: Item, number: int) -> list[Numbered]:
    """A number of three or four digits: counted over all seasons in an anime series, else season and episode or that,
    which is asked."""
    absolute = [one for one in item.episodes if one.absolute == number]
    if item.series_type == "anime":
        found = _of_episodes(item, absolute, f"number {number} of all")
        found = found or _of_episodes(item, item.parsed, "by the service's own reading")
        if found:
            return found
    asks = f"{number} may be season and episode, or counted over all"
    season, episode = divmod(number, 100)
    exists = item.episode(season, episode) is not None or (not item.episodes and season in item.seasons)
    ways = [item.target(season, [episode])] if season and episode and (exists or not item.seasons) else []
    ways += [item.target(one.season, [one.number]) for one in absolute]
    return [Numbered((one,), asks=asks) for one in ways] or [Numbered((item.target(),), asks=asks)]


def _counted(item: Item, numbers: Sequence[int], season: int | None, sequel: int | None) -> list[Numbered]:
    """Numbers counted over all seasons, or behind the title of one season within that."""
    if season is not None:
        inside = all(item.episode(season, one) is not None for one in numbers)
        if inside:
            return [Numbered((item.target(season, numbers),), f"alias of season {season}")]
        return _offer(item, numbers, (season, 1), f"season {season} has no episode {numbers[-1]}")
    if sequel is not None:
        return _offer(item, numbers, (sequel, 1), f"{sequel} may be the season")
    found = [one for one in item.episodes if one.absolute in numbers]
    if len(found) == len(numbers) and (numbers[-1] <= _MOST_ABSOLUTE or item.series_type == "anime"):
        return _of_episodes(item, found, f"number {numbers[0]} of all")
    if parsed := _of_episodes(item, item.parsed, "by the service's own reading"):
        return parsed
    regular = [one for one in item.seasons if one > 0]
    if len(regular) == 1 and all(item.episode(regular[0], one) is not None for one in numbers):
        return [Numbered((item.target(regular[0], numbers),), "its only season")]
    return _offer(item, numbers, regular[:1] or (1,), f"number {numbers[0]} of all is not known")


def _offer(item: Item, numbers: Sequence[int], seasons: Iterable[int], asks: str) -> list[Numbered]:
    return [Numbered((item.target(season, numbers),), asks=asks) for season in dict.fromkeys(seasons)]


def _of_episodes(item: Item, episodes: Sequence[ItemEpisode], reason: str) -> list[Numbered]:
    """The target of these episodes, one for each season; none for none."""
    ordered = sorted(episodes, key=lambda one: (one.season, one.number))
    targets = tuple(
        item.target(season, [one.number for one in members])
        for season, members in groupby(ordered, key=lambda one: one.season)
    )
    return [Numbered(targets, reason)] if targets else []
