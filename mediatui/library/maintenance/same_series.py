"""Finds the stored files of the same series as a link: those whose names give its title and no other year."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.library.maintenance.snapshot import LibrarySnapshot
from mediatui.library.maintenance.storage import Storage
from mediatui.names.claims import is_extra
from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.parsed import library_title, parse_name
from mediatui.names.seasons import season_of_folder
from mediatui.names.series_names import Show, has_own_title, is_named, named_series
from mediatui.names.titles import fold_title
from mediatui.store.library.media import media_of_link

# A folder named after its season alone: the folder it lies in is that of the series.
_SEASON_ALONE: Final = re.compile(
    r"(?:saison|season|staffel|temporada|stagione|livre|book|s)[ ._-]{0,3}(?:[0-9]{1,4}|[ivx]{1,6})(?![^\W_])"
    r"|specials?$|sp[eé]ciaux$|hors[ ._-]s[eé]ries?$",
    re.IGNORECASE,
)


def names_of(folder: bytes) -> list[str]:
    """The names of a folder and of those it lies in, itself last."""
    return [part for part in os.fsdecode(folder).split("/") if part]


def is_season_folder(name: str) -> bool:
    """Whether a folder is named after a season and nothing else: ``Saison 01``, not ``The.Show.S01.1080p``."""
    return season_of_folder(name) is not None and _SEASON_ALONE.match(name.strip()) is not None


@dataclass(frozen=True, slots=True)
class Series:
    """The series of a link: its folder in the library, its title and year."""

    folder: bytes
    show: Show


def series_of_link(path: bytes) -> Series:
    """The series of a link of the library: the folder above its season's folder, and the title in the link's own name
    where that has the library's form, else in that folder's name."""
    folder, name = os.path.split(path)
    in_season = is_season_folder(os.fsdecode(os.path.basename(folder)))
    if in_season:
        folder = os.path.dirname(folder)
    shown = os.fsdecode(os.path.basename(folder))
    if own := library_title(os.fsdecode(name)) or library_title(shown):
        return Series(folder, Show(fold_title(own[0]), own[1]))
    if in_season:
        return Series(folder, Show(fold_title(shown), None))
    parsed = parse_name(os.fsdecode(name))  # the folder may be that of a genre
    return Series(folder, Show(parsed.folded, parsed.year))


def shows_of_link(connection: sqlite3.Connection, path: bytes, show: Show) -> list[Show]:
    """The series of a link by its path, and by the other titles that Sonarr knows it by."""
    media = media_of_link(connection, path)
    titles = () if media is None else filter(None, (media.title, media.original_title))
    return [show, *(Show(fold_title(title), show.year) for title in titles)]


class StoredEpisodes:
    """The videos on storage by their season and episodes, as the strict rule reads them, and whose series they are."""

    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._storage = snapshot.storage
        self._by_numbers: dict[EpisodeNumbers, list[bytes]] = {}
        self._by_group: dict[tuple[bytes, EpisodeNumbers], list[bytes]] = {}
        self._shows: dict[bytes, tuple[Show, ...]] = {}
        self._holds_one_series = _folders_of_series(self._storage)
        folders = self._storage.folders
        snapshot.reporter.phase("reading episodes on storage", len(folders))
        for number, (folder, names) in enumerate(folders.items()):
            parts, group = names_of(folder), self._group_of(folder)
            for name in names:
                if not snapshot.places.is_video(name) or is_extra(os.fsdecode(name), parts[-1] if parts else ""):
                    continue
                if (numbers := episodes_of(os.fsdecode(name), parts)) is not None:
                    self._by_numbers.setdefault(numbers, []).append(folder + b"/" + name)
                    if group is not None:
                        self._by_group.setdefault((group, numbers), []).append(folder + b"/" + name)
            if number % 500 == 0:
                snapshot.reporter.progress(number)

    def group(self, path: bytes) -> bytes | None:
        """The folder around a file that holds one series alone: the folder above its season's, or that of a release;
        None where folder names do not say."""
        return self._group_of(os.path.dirname(path))

    def _group_of(self, folder: bytes) -> bytes | None:
        name = os.fsdecode(os.path.basename(folder))
        if is_season_folder(name):
            above = os.path.dirname(folder)
            return above if above in self._holds_one_series else folder
        if folder not in self._storage.tops and (season_of_folder(name) is not None or library_title(name) is not None):
            return folder
        return None

    def inside(self, numbers: EpisodeNumbers, groups: frozenset[bytes]) -> list[bytes]:
        """The files of exactly these numbers in folders that hold one series."""
        return [path for group in sorted(groups) for path in self._by_group.get((group, numbers), ())]

    def of_numbers(self, numbers: EpisodeNumbers) -> list[bytes]:
        """The files of exactly these numbers."""
        return self._by_numbers.get(numbers, [])

    def is_of(self, path: bytes, show: Show, *, year_needed: bool) -> bool:
        """Whether a file's name, or that of its folder, gives the series (``series_names``)."""
        if path not in self._shows:
            self._shows[path] = series_of_file(path)
        return is_named(self._shows[path], show, year_needed=year_needed)


def series_of_file(path: bytes) -> tuple[Show, ...]:
    """The series a stored file may be of, by its own name and by the folder above its season's."""
    folder, raw = os.path.split(path)
    name, parts = os.fsdecode(raw), names_of(folder)
    own = parse_name(name) if has_own_title(name) else None
    if parts and is_season_folder(parts[-1]):
        parts.pop()
    return named_series(own, parse_name(parts[-1]) if parts else None)


def _folders_of_series(storage: Storage) -> frozenset[bytes]:
    """The folders that hold season folders and few others; a view of all torrents, one of them called ``Season 1``, is
    none."""
    seasons: dict[bytes, int] = {}
    others: dict[bytes, int] = {}
    for folder in storage.folders:
        above, name = os.path.split(folder)
        counted = seasons if is_season_folder(os.fsdecode(name)) else others
        counted[above] = counted.get(above, 0) + 1
    return frozenset(
        above for above, count in seasons.items() if others.get(above, 0) <= count and above not in storage.tops
    )


def one_of_views(paths: Sequence[bytes], near: bytes) -> bytes | None:
    """The one file behind these paths: a mount may show a file in several views, as ``<view>/<torrent>/<file>``.
    Returns the path that has most in common with ``near``; None when the paths are several files."""
    if len({tuple(path.rsplit(b"/", 2)[1:]) for path in paths}) != 1:
        return None
    return max(sorted(paths), key=lambda path: len(os.path.commonpath([path, near])))


def shared_titles(series: Iterable[Series]) -> frozenset[str]:
    """The titles that several series of the library share; only their years distinguish them."""
    years: dict[str, set[int | None]] = {}
    for known_series in series:
        years.setdefault(known_series.show.folded, set()).add(known_series.show.year)
    return frozenset(folded for folded, title_years in years.items() if len(title_years) > 1)
