"""What a transfer is for is kept whole, and found again."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.model.target import MappedTarget, Target
from mediatui.model.transfer import Event, State
from mediatui.store.database import prepare
from mediatui.store.transfers.change import NewTransfer, change, create
from mediatui.store.transfers.targets import set_targets, targets_of, targets_of_all, targets_under_way
from mediatui.store.watch_archive import Watched, note_watched, rejected_entries, watched_entries

SEASON = Target(
    "series", "Foundation", 2021, 5, 6, 7, "sonarr", 8, 2, (1, 2), (61, 62), ("2023-07-14", "2023-07-21")
)  # fmt: skip
FILM = Target("film", "Dune: Part Two", 2024, tmdb_id=693134)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "mediatui.db"
    prepare(path)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as opened:
        opened.row_factory = sqlite3.Row
        opened.execute("PRAGMA foreign_keys = ON")
        yield opened


def test_targets_are_kept_in_their_order_and_replaced_together(connection: sqlite3.Connection) -> None:
    made = create(connection, NewTransfer("debrid", "a" * 40), "user", now=1.0)
    first = [MappedTarget(SEASON, 98, ("title equal", "season 2 exists"), True), MappedTarget(FILM)]
    set_targets(connection, made, first)
    assert targets_of(connection, made) == first
    set_targets(connection, made, first[1:])
    assert targets_of_all(connection) == {made: first[1:]}


def test_only_what_has_not_ended_is_under_way_for_a_target(connection: sqlite3.Connection) -> None:
    made = [create(connection, NewTransfer("debrid", letter * 40), "user", now=1.0) for letter in "ab"]
    for one in made:
        set_targets(connection, one, [MappedTarget(FILM)])
    change(connection, made[0], Event.FORGET, "user", State.WANTED, State.FORGOTTEN, now=2.0)
    assert targets_under_way(connection) == [(made[1], "b" * 40, State.WANTED, MappedTarget(FILM))]


def test_lists_edited_by_hand_are_read_as_empty(connection: sqlite3.Connection) -> None:
    made = create(connection, NewTransfer("debrid", "a" * 40), "user", now=1.0)
    set_targets(connection, made, [MappedTarget(SEASON)])
    connection.execute("UPDATE transfer_targets SET episodes = 'x', air_dates = '3', reasons = '{}'")
    (one,) = targets_of(connection, made)
    assert (one.target.episodes, one.target.air_dates, one.reasons) == ((), (), ())


def test_what_was_watched_or_rejected_is_kept_as_it_was(connection: sqlite3.Connection) -> None:
    kept = Target("series", "Foundation", 2021, 5, 6, 7, "", 0, 2, (1, 2), (61, 62), ("2023-07-14", "2023-07-21"))
    seen = Watched(kept, "archived", "ann", 3.0, 4.0, 12, "1080p", "c" * 40)
    left = Watched(FILM, "rejected")
    for one in (seen, left):
        note_watched(connection, one)
    assert watched_entries(connection) == [left, seen]
    assert rejected_entries(connection) == [left]
