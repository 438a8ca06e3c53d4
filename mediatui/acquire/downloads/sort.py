"""What each file of a folder of downloads is by its name: a video with a name that can be mapped, what belongs to one,
or what is left."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final, Literal, NamedTuple

from mediatui.acquire.importing.assign import ARCHIVE_ENDINGS, SAMPLE_SHARE, is_of_disc
from mediatui.acquire.mapping.release_name import ReleaseName, read_name
from mediatui.model.selection import SUBTITLES
from mediatui.names.claims import claims_of, is_extra
from mediatui.names.counted_episodes import counted_episode
from mediatui.names.episode_numbers import episodes_of
from mediatui.names.extras import kind_of_extra
from mediatui.names.seasons import season_of_folder
from mediatui.names.titles import fold_title
from mediatui.settings import Settings
from mediatui.system.folder_files import FolderContent, FolderFile

DownloadKind = Literal["film", "episode", "video", "extra", "subtitles", "archive", "disc", "other"]
UNFINISHED: Final = (".part", ".!qb", ".!ut", ".crdownload", ".aria2", ".download", ".partial", ".opdownload")
"""Endings of what is being downloaded still."""
FILM_BYTES, EPISODE_BYTES = 150_000_000, 15_000_000
"""A film or an episode below so many bytes is undersized."""
SMALL_SHARE: Final = 0.2
"""So is one below this share of the median of at least three of the same series."""
MB: Final = 1_000_000


class Group(NamedTuple):
    """What is mapped together: the folded title, the year, and the season; ``path`` is that of a file that is mapped
    alone, because its number is none of a season (empty: it is not)."""

    title: str
    year: int | None
    season: int | None = None
    path: str = ""

    def is_sibling(self, other: Group) -> bool:
        """Whether another group has the same title and year."""
        return self != other and self[:2] == other[:2]


@dataclass(frozen=True, slots=True)
class Download:
    """A file of a folder: its number in the list (from 1), what lies there, its ``path`` below the folder, and what it
    is. ``release`` is the name that is mapped, ``key`` what is mapped together with it (videos only). ``why`` is why it
    is left; ``warnings`` are what is to be known of it by its name and size."""

    number: int
    file: FolderFile
    path: str
    kind: DownloadKind
    release: ReleaseName | None = None
    key: Group | None = None
    why: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name."""
        return self.path.rpartition("/")[2]


def sort_content(content: FolderContent, settings: Settings) -> list[Download]:
    """Every file of a folder, in the order of the paths."""
    top, endings = content.top, settings.library.video_endings
    biggest: dict[bytes, int] = {}
    for file in content.files:
        if file.path.lower().endswith(endings):
            folder = _release_folder(file.path, top)
            biggest[folder] = max(biggest.get(folder, 0), file.size)
    sample_below = settings.importing.sample_max_mb * MB
    found = []
    for number, file in enumerate(content.files, 1):
        path = os.fsdecode(os.path.relpath(file.path, top))
        one = Download(number, file, path, "other")
        if file.path.lower().endswith(endings) and not file.why:
            whole = biggest[_release_folder(file.path, top)]
            found.append(_video(one, os.fsdecode(os.path.basename(top)), whole, sample_below))
        else:
            found.append(_other(one))
    return _with_small(found)


def _release_folder(path: bytes, top: bytes) -> bytes:
    """The folder right below the one that was named in which a file lies, else that itself."""
    first, below, _ = path[len(top) :].lstrip(b"/").partition(b"/")
    return first if below else b""


def _other(one: Download) -> Download:
    ending = os.path.splitext(one.path)[1].lower()
    if one.file.why:
        return replace(one, why=one.file.why)
    if is_of_disc(one.path):
        return replace(one, kind="disc", why="a disc, not a file")
    if ending in ARCHIVE_ENDINGS:
        return replace(one, kind="archive", why="an archive", warnings=("archive",))
    if ending in UNFINISHED:
        return replace(one, why="it is being downloaded still")
    if ending.lstrip(".") in SUBTITLES:
        return replace(one, kind="subtitles", why="no video beside it is imported")
    return replace(one, why="no video")


def _video(one: Download, top: str, biggest: int, sample_below: int) -> Download:
    if is_of_disc(one.path):
        return replace(one, kind="disc", why="a disc, not a file")
    folder = one.path.rpartition("/")[0].rpartition("/")[2]
    kinds = {kind_of_extra(said) for said in claims_of(one.name, [folder] if folder else []).extras}
    if kinds and is_extra(one.name, folder):
        sample = kinds == {"a sample"}
        if not sample or (one.file.size < sample_below and one.file.size < SAMPLE_SHARE * biggest):
            why = sorted(kinds)[0]
            return replace(one, kind="extra", why=why, warnings=("sample",) if sample else ())
    folders = [top, *one.path.split("/")[:-1]]
    release = read_name(_mapped_name(os.path.splitext(one.name)[0], folders))
    columns = release.columns
    numbers = episodes_of(one.name, folders)
    kind: DownloadKind = "video"
    if numbers is not None or columns.kind in ("episode", "pack") or counted_episode(one.name) is not None:
        kind = "episode"
    elif columns.kind in ("film", "collection"):
        kind = "film"
    alone = "" if numbers is not None or kind != "episode" else one.path
    season = None if numbers is None else numbers.season
    group = Group(fold_title(columns.title), columns.year, season, alone)
    return replace(one, kind=kind, release=release, key=group)


def _mapped_name(stem: str, folders: Sequence[str]) -> str:
    """The name that says what a video is of: its own, or the one of the folder it lies in where its own has no title
    (``S01E02``, ``03`` below ``Season 2``)."""
    own = read_name(stem).columns
    seasons = [season_of_folder(folder) for folder in folders]
    titled = [folder for folder, season in zip(folders, seasons, strict=True) if _has_title(folder, season)]
    numbers = episodes_of(f"{stem}.mkv", folders)
    bare = not own.cut or not own.title
    if numbers is None and own.title and not (bare and seasons and seasons[-1] is not None):
        return stem
    if own.title and (own.seasons or own.year is not None):
        return stem
    if not titled:
        return stem
    title = read_name(titled[-1]).columns
    shown = f"{title.title} {title.year}" if title.year is not None else title.title
    return f"{shown} {numbers}" if numbers is not None else f"{shown} {stem}" if seasons[-1] is not None else stem


def _has_title(folder: str, season: int | None) -> bool:
    columns = read_name(folder).columns
    if not columns.title:
        return False
    return season is None or bool(columns.seasons and columns.cut and fold_title(columns.title) not in _PLAIN)


_PLAIN: Final = frozenset(map(fold_title, ("season", "saison", "specials", "s", "book", "livre", "staffel")))


def _with_small(found: Sequence[Download]) -> list[Download]:
    """The same with those marked that are too small for what they are."""
    sizes: dict[tuple[str, int | None], list[int]] = {}
    for one in found:
        if one.key is not None and one.kind == "episode":
            sizes.setdefault(one.key[:2], []).append(one.file.size)
    usual = {key: median(some) for key, some in sizes.items() if len(some) > 2}
    marked = []
    for one in found:
        if one.key is not None:
            least = EPISODE_BYTES if one.kind == "episode" else FILM_BYTES
            if one.file.size < max(least, SMALL_SHARE * usual.get(one.key[:2], 0)):
                one = replace(one, warnings=(*one.warnings, "undersized"))
        marked.append(one)
    return marked
