"""What a torrent has and lacks of the episodes it is for, by the names of its files: which are selected, and what is
said before anything is waited for."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.model.arr_items import ArrEpisode
from mediatui.model.selection import choose_files, is_subtitle, is_video
from mediatui.model.target import MappedTarget, Target, number_text
from mediatui.model.torrent import TorrentFile
from mediatui.model.transfer import Transfer
from mediatui.names.episode_numbers import EpisodeNumbers
from mediatui.names.episode_numbers import episodes_of as episodes_in
from mediatui.store.arr.items import episodes_of, items_of_id
from mediatui.store.transfers.rows import history_of
from mediatui.store.transfers.targets import targets_of

WANTED: Final = "wanted"
SUBTITLES: Final = "subtitles"
"""Words of how files are selected."""
ASKED: Final = "lacks"
"""The fact of a transfer's history that says which missing episodes were asked about."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """The ``episodes`` of a season that are wanted, not here, and not in the torrent, which has ``there`` of ``of``."""

    season: int
    episodes: tuple[int, ...]
    there: int
    of: int

    @property
    def text(self) -> str:
        """``E05 is not in it: 9 of 10``."""
        numbers = number_text(self.season, self.episodes).removeprefix(number_text(self.season))
        verb = "is" if len(self.episodes) == 1 else "are"
        return f"{numbers} {verb} not in it: {self.there:,} of {self.of:,}"


def lacking(
    connection: sqlite3.Connection, files: Sequence[TorrentFile], targets: Sequence[MappedTarget], now: float
) -> list[Lacking]:
    """What a torrent of these files lacks of its targets. Nothing is said where the name of a video does not tell its
    episode, where none of them is wanted (they may be counted otherwise), or where the episodes of a season are not
    known. ``now`` is epoch seconds: what airs later is not wanted of a pack."""
    numbers = [_numbers_of(file) for file in files if is_video(file)]
    if not numbers or None in numbers:
        return []
    held = {(one.season, episode) for one in numbers if one is not None for episode in one.episodes}
    found = []
    for target in (mapped.target for mapped in targets):
        if target.kind == "film" or target.season is None:
            continue
        known = _known(connection, target)
        aired = {one.number for one in known if one.aired_at is not None and one.aired_at <= now}
        here = {one.number for one in known if one.has_file}
        wanted = {*target.episodes} or aired
        there = sum((target.season, number) in held for number in wanted)
        if there and (missing := _missing(target.season, wanted, here, held)):
            found.append(Lacking(target.season, missing, there, len(wanted)))
    return found


def wanted_files(
    connection: sqlite3.Connection, files: Sequence[TorrentFile], targets: Sequence[MappedTarget], how: str
) -> tuple[int, ...]:
    """The ids of the files to select: the videos, or all where there are none. ``how`` is ``video``; with ``wanted`` in
    it only those of the episodes they are for, of a season those that are not here, where any is of one; with
    ``subtitles`` in it those of subtitles too."""
    videos = [file for file in files if is_video(file)]
    if WANTED in how:
        of_them = [file for file in videos if any(_is_for(connection, file, mapped.target) for mapped in targets)]
        videos = of_them or videos
    subtitles = [file for file in files if SUBTITLES in how and is_subtitle(file)]
    chosen = [file.file_id for file in files if file in videos or file in subtitles]
    return tuple(chosen) if videos else choose_files(files, None, "all")


def needed_files(
    connection: sqlite3.Connection, files: Sequence[TorrentFile], targets: Sequence[MappedTarget], how: str
) -> tuple[int, ...]:
    """The ids of the files without which an entry that is there is not taken over: those of the episodes that are
    named, else all that would be selected."""
    is_named = bool(targets) and all(mapped.target.episodes for mapped in targets)
    return wanted_files(connection, files, targets, WANTED if is_named else how)


def needed_by_transfer(
    connection: sqlite3.Connection, transfer: Transfer, files: Sequence[TorrentFile]
) -> tuple[int, ...]:
    """The same for a transfer."""
    return needed_files(connection, files, targets_of(connection, transfer.id), transfer.select)


def wanted_of_transfer(
    connection: sqlite3.Connection, transfer: Transfer, files: Sequence[TorrentFile]
) -> tuple[int, ...]:
    """The ids of the files to select for a transfer."""
    return wanted_files(connection, files, targets_of(connection, transfer.id), transfer.select)


def _is_for(connection: sqlite3.Connection, file: TorrentFile, target: Target) -> bool:
    numbers = _numbers_of(file)
    if numbers is None or numbers.season != target.season:
        return False
    here = {one.number for one in _known(connection, target) if one.has_file}
    return bool({*numbers.episodes} & {*target.episodes} if target.episodes else {*numbers.episodes} - here)


def _numbers_of(file: TorrentFile) -> EpisodeNumbers | None:
    return episodes_in(file.path.rpartition("/")[2])


def _known(connection: sqlite3.Connection, target: Target) -> list[ArrEpisode]:
    """The episodes of a season that services know."""
    items = items_of_id(connection, "series", tmdb=target.tmdb_id, tvdb=target.tvdb_id, imdb=target.imdb_id)
    return [
        one for item in items for one in episodes_of(connection, item.service, item.service_id)
        if one.season == target.season
    ]  # fmt: skip


def _missing(
    season: int, wanted: Collection[int], here: Collection[int], held: Collection[tuple[int, int]]
) -> tuple[int, ...]:
    return tuple(sorted(one for one in wanted if one not in here and (season, one) not in held))


def lacking_unasked(
    connection: sqlite3.Connection, transfer_id: int, files: Sequence[TorrentFile], now: float
) -> list[Lacking]:
    """What a torrent lacks of what its transfer is for, where nobody was asked about that yet."""
    targets = targets_of(connection, transfer_id)
    if not targets or was_asked(connection, transfer_id):
        return []
    return lacking(connection, files, targets, now)


def was_asked(connection: sqlite3.Connection, transfer_id: int) -> bool:
    """Whether a person was asked about what a torrent lacks of what it is for. It waits for the answer, so one that has
    gone on since was taken as it is, and nobody is asked the same again."""
    return any(ASKED in event.facts for event in history_of(connection, transfer_id))


def question_of(found: Sequence[Lacking]) -> dict[str, object]:
    """The detail of the hold that asks what is to become of a torrent that lacks these."""
    numbers = ", ".join(number_text(one.season, one.episodes) for one in found)
    return {"lacks": numbers, "there": sum(one.there for one in found), "of": sum(one.of for one in found)}
