"""What a torrent lacks of the episodes it is for, by the names of its files: said before anything is waited for."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.model.selection import is_video
from mediatui.model.target import MappedTarget, number_text
from mediatui.model.torrent import TorrentFile
from mediatui.names.episode_numbers import episodes_of as episodes_in
from mediatui.store.arr.items import episodes_of, items_of_id
from mediatui.store.transfers.rows import history_of
from mediatui.store.transfers.targets import targets_of

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
    numbers = [episodes_in(file.path.rpartition("/")[2]) for file in files if is_video(file)]
    if not numbers or None in numbers:
        return []
    held = {(one.season, episode) for one in numbers if one is not None for episode in one.episodes}
    found = []
    for target in (mapped.target for mapped in targets):
        if target.kind == "film" or target.season is None:
            continue
        items = items_of_id(connection, "series", tmdb=target.tmdb_id, tvdb=target.tvdb_id, imdb=target.imdb_id)
        known = [
            one for item in items for one in episodes_of(connection, item.service, item.service_id)
            if one.season == target.season
        ]  # fmt: skip
        aired = {one.number for one in known if one.aired_at is not None and one.aired_at <= now}
        here = {one.number for one in known if one.has_file}
        wanted = {*target.episodes} or aired
        there = sum((target.season, number) in held for number in wanted)
        if there and (missing := _missing(target.season, wanted, here, held)):
            found.append(Lacking(target.season, missing, there, len(wanted)))
    return found


def _missing(
    season: int, wanted: Collection[int], here: Collection[int], held: Collection[tuple[int, int]]
) -> tuple[int, ...]:
    return tuple(sorted(one for one in wanted if one not in here and (season, one) not in held))


def lacking_unasked(
    connection: sqlite3.Connection, transfer_id: int, files: Sequence[TorrentFile], now: float
) -> list[Lacking]:
    """What a torrent lacks of what its transfer is for, where nobody was asked about that yet."""
    targets = targets_of(connection, transfer_id)
    if not targets or any(ASKED in event.facts for event in history_of(connection, transfer_id)):
        return []
    return lacking(connection, files, targets, now)


def question_of(found: Sequence[Lacking]) -> dict[str, object]:
    """The detail of the hold that asks what is to become of a torrent that lacks these."""
    numbers = ", ".join(number_text(one.season, one.episodes) for one in found)
    return {"lacks": numbers, "there": sum(one.there for one in found), "of": sum(one.of for one in found)}
