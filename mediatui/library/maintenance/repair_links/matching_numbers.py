"""Compares the numbers, date or year of a file with those a link asks for."""

from __future__ import annotations

from collections.abc import Sequence

from mediatui.names.counted_episodes import counted_episode
from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.seasons import season_of_folder


def numbers_in_first_season(name: str, folders: Sequence[str]) -> EpisodeNumbers | None:
    """The numbers of a file for a link of a first season, where an episode counted over all seasons has the same
    number; a file in the folder of another season does not count."""
    numbers = episodes_of(name, folders)
    counted = counted_episode(name) if numbers is None else None
    if counted is None or (folders and season_of_folder(folders[-1]) not in (None, 1)):
        return numbers
    return EpisodeNumbers(1, (counted[1],))


def points_by_numbers(wanted: EpisodeNumbers | None, found: EpisodeNumbers | None) -> tuple[int, str]:
    """The points that the numbers of a file add to the likeness of its title, and the reason."""
    if found is None or wanted is None:
        return -30, "no episode in its name"
    if found == wanted:
        return 30, f"same episode {found}"
    if found.season == wanted.season:
        return -20, f"another episode ({found})"
    return -30, f"another season ({found})"


def points_by_date(same: bool) -> tuple[int, str]:
    """The points that a date adds to the likeness of titles, and the reason."""
    return (30, "same date") if same else (-30, "another date")


def points_by_year(wanted: int | None, found: int | None) -> tuple[int, str]:
    """The points that the year of a film adds to the likeness of titles, and the reason."""
    if not wanted or not found:
        return 0, ""
    apart = abs(wanted - found)
    if not apart:
        return 10, "same year"
    return (-10 if apart > 2 else -5), (f"year {found}" if apart == 1 else "")
