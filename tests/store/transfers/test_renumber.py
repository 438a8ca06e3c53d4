"""A season that its service numbers anew takes what is for it along, and a transfer asks before it goes on."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.acquire.acts import act_on
from mediatui.model.arr_items import ArrEpisode, ArrItem
from mediatui.model.stuck import why_stuck
from mediatui.model.target import MappedTarget, Target
from mediatui.model.transfer import FREE, Hold, HoldKind
from mediatui.store.arr.items import store_item
from mediatui.store.database import prepare
from mediatui.store.transfers.change import NewTransfer, create
from mediatui.store.transfers.renumber import Place, counted_anew, follow_ids
from mediatui.store.transfers.rows import find_transfer, history_of
from mediatui.store.transfers.targets import set_targets, targets_of
from mediatui.store.watch_archive import Watched, note_watched, watched_entries

IDS = tuple(range(9001, 9011))
DATES = tuple(f"2024-03-{day:02d}" for day in range(1, 11))
SEASON = Target("series", "Salt Road", 2018, tvdb_id=12, service="sonarr", service_id=12, season=11, episode_ids=IDS)
EPISODE = dataclasses.replace(SEASON, episodes=(4,), episode_ids=(9004,), air_dates=(DATES[3],))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "mediatui.db"
    prepare(path)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def report(connection: sqlite3.Connection, season: int) -> None:
    """The ten episodes are in this season by now, another ten in season 11 where that is not it."""
    episodes = [
        ArrEpisode("sonarr", 12, 300 + at, season, at, tvdb_id=IDS[at - 1], air_date=DATES[at - 1])
        for at in range(1, 11)
    ]
    if season != 11:
        episodes += [ArrEpisode("sonarr", 12, 400 + at, 11, at, tvdb_id=8000 + at) for at in range(1, 9)]
    store_item(connection, ArrItem("sonarr", 12, "series", "Salt Road", "saltroad", tvdb_id=12), episodes)


def test_transfers_and_the_archive_follow_the_ids(connection: sqlite3.Connection) -> None:
    report(connection, 11)
    note_watched(connection, Watched(SEASON, "archived", "ann"))
    made = create(connection, NewTransfer("debrid", "a" * 40), "user", now=1.0)
    set_targets(connection, made, [MappedTarget(EPISODE, 98)])
    assert follow_ids(connection, "sonarr", 2.0) == []
    assert find_transfer(connection, made).hold == FREE

    report(connection, 12)
    assert follow_ids(connection, "sonarr", 3.0) == ["S11E04, is S12E04"]
    ((kept,),) = [watched_entries(connection)]
    assert (kept.target.season, kept.target.episodes) == (12, ())
    (mapped,) = targets_of(connection, made)
    assert mapped.target.numbers == "S12E04"
    transfer = find_transfer(connection, made)
    assert why_stuck(transfer, {}, 4.0).why == "was S11E04, is S12E04 now"
    assert history_of(connection, made)[-1].why == "sonarr counts it anew: was S11E04, is S12E04 now"
    assert follow_ids(connection, "sonarr", 5.0) == []

    assert isinstance(act_on(connection, "retry", str(made), 6.0), type(transfer))
    assert find_transfer(connection, made).hold == FREE


def test_another_question_stays_asked(connection: sqlite3.Connection) -> None:
    hold = Hold(HoldKind.CHOICE, "gone", since=1.0)
    made = create(connection, NewTransfer("debrid", "a" * 40), "user", hold=hold, now=1.0)
    set_targets(connection, made, [MappedTarget(EPISODE)])
    report(connection, 12)
    follow_ids(connection, "sonarr", 3.0)
    assert find_transfer(connection, made).hold.code == "gone"
    assert targets_of(connection, made)[0].target.numbers == "S12E04"


@pytest.mark.parametrize(
    ("target", "places", "numbers"),
    [
        (EPISODE, {9004: Place(12, 4, "2024-03-04")}, "S12E04"),
        (EPISODE, {9004: Place(11, 5, "2024-03-04")}, "S11E05"),
        (EPISODE, {}, "S11E04"),
        (SEASON, {one: Place(12, at, "") for at, one in enumerate(IDS, 1)}, "S12"),
        (SEASON, {one: Place(11 + at // 6, at, "") for at, one in enumerate(IDS, 1)}, "S11"),
        (SEASON, {one: Place(12, at, "") for at, one in enumerate(IDS[1:], 1)}, "S11"),
    ],
)
def test_numbers_change_only_when_all_ids_say_so(target: Target, places: dict[int, Place], numbers: str) -> None:
    assert counted_anew(target, places).numbers == numbers
