"""Where the folders of series are, below a folder that is to hold them directly.

Jellyfin takes each folder in a folder of a series library for a series: where kinds or ranges of letters lie between,
it makes series of these, and seasons of the series.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from mediatui.names.episode_numbers import episodes_of
from mediatui.names.seasons import season_of_folder

DEEPEST: Final = 4
"""So many folders below each other are looked into."""


def homes_of_series(folder: bytes) -> Sequence[bytes]:
    """The folders that directly hold folders of series, at a folder or below it, in the order of their paths. Blocks;
    a folder that cannot be read holds none."""
    return sorted(_homes(folder, DEEPEST))


def is_series_folder(folder: bytes) -> bool:
    """Whether a folder holds folders of seasons, or episodes, by their names. Blocks."""
    names, folders = _read(folder)
    if any(season_of_folder(os.fsdecode(name)) is not None for name in folders):
        return True
    return any(episodes_of(os.fsdecode(name)) is not None for name in names)


def _homes(folder: bytes, left: int) -> set[bytes]:
    inner = [os.path.join(folder, name) for name in _read(folder)[1]]
    series = {one for one in inner if is_series_folder(one)}
    found = {folder} if series else set()
    for one in inner if left else ():
        if one not in series:
            found |= _homes(one, left - 1)
    return found


def _read(folder: bytes) -> tuple[list[bytes], list[bytes]]:
    """The names of files and links, and of folders; hidden ones left out."""
    names: list[bytes] = []
    folders: list[bytes] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith(b"."):
                    (folders if entry.is_dir(follow_symlinks=False) else names).append(entry.name)
    except OSError:
        return [], []
    return names, folders
