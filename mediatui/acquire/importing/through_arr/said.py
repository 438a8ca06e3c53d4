"""What Sonarr takes videos for whose names do not say their episode: numbers over all seasons, and days."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from mediatui.names.episode_numbers import EpisodeNumbers
from mediatui.names.release_columns import columns_of

if TYPE_CHECKING:
    from mediatui.model.transfer_file import TransferFile
    from mediatui.services.arr.importing import ImportEntry
    from mediatui.services.arr.records import Episode

_BARE: Final = re.compile(r"(?<![^\W_])[0-9]{3,4}(?![^\W_])")
_PICTURE: Final = frozenset((480, 576, 720, 1080, 2160))


def said_of(
    files: Sequence[TransferFile], listed: Mapping[str, ImportEntry], episodes: Mapping[int, Sequence[Episode]]
) -> dict[str, EpisodeNumbers]:
    """The episodes of files (by their paths in the torrent), as far as they are of one season of a series that is
    wanted. ``listed`` is by the same paths, ``episodes`` by series. A bare number of three or four digits has to be the
    one that the service counts over all seasons."""
    found: dict[str, EpisodeNumbers] = {}
    for file in files:
        entry = listed.get(file.path)
        if entry is None or entry.series is None or entry.series.id not in episodes:
            continue
        ids = {one.id for one in entry.episodes}
        said = [one for one in episodes[entry.series.id] if one.id in ids]
        seasons = {one.season_number for one in said}
        if said and len(said) == len(ids) and len(seasons) == 1 and _is_plain(file.path, said):
            found[file.path] = EpisodeNumbers(seasons.pop(), tuple(sorted(one.episode_number for one in said)))
    return found


def _is_plain(path: str, said: Sequence[Episode]) -> bool:
    """Whether a name has no number that could be a season and an episode, or be counted otherwise."""
    stem = os.path.splitext(path.rpartition("/")[2])[0]
    columns = columns_of(stem)
    if columns.date:
        return all(one.air_date == columns.date for one in said)
    bare = {int(one) for one in _BARE.findall(stem)} - _PICTURE - {columns.year}
    return bare <= {one.absolute_episode_number for one in said}
