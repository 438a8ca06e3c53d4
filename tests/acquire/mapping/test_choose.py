"""Saying what a transfer is for: it goes on when it waited for that, and nothing that was sent changes."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.acquire.mapping.choose import map_transfer, take_back_target
from mediatui.model.errors import UsageError
from mediatui.model.target import MappedTarget, Target, targets_from_text
from mediatui.model.transfer import ENDED, FREE, OPEN, Hold, HoldKind, State
from mediatui.store.database import prepare
from mediatui.store.transfers.change import NewTransfer, NotAllowed, create
from mediatui.store.transfers.rows import find_transfer, history_of
from mediatui.store.transfers.targets import set_targets, targets_of

FIRST = MappedTarget(Target("series", "Pilot Show", 2024, tvdb_id=54, season=1), 82, ("title equal",), True)
OTHER = MappedTarget(Target("film", "Heat", 1995, tmdb_id=949))
QUESTION = Hold(HoldKind.CHOICE, "target", {"unsure": "two fit"}, since=1.0)
SENT = ("route", "hash", "name", "size", "state", "auto", "entry_id", "entry_is_new", "cached_only", "select", "status",
        "progress", "created_at", "ended_at")  # fmt: skip


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "mediatui.db"
    prepare(path)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def make(connection: sqlite3.Connection, state: State, hold: Hold = FREE) -> int:
    number = create(connection, NewTransfer("debrid", "a" * 40, "Heat.1995", 7), "user", hold=hold, now=1.0)
    connection.execute(
        "UPDATE transfers SET state = ?, entry_id = 'E7', status = 'downloading', progress = 40.0, ended_at = ? "
        "WHERE id = ?",
        (state, 1.0 if state in ENDED else None, number),
    )
    set_targets(connection, number, [FIRST])
    return number


def test_a_transfer_that_waited_for_a_target_goes_on(connection: sqlite3.Connection) -> None:
    number = make(connection, State.WANTED, QUESTION)
    changed = map_transfer(connection, number, [OTHER], 2.0)
    assert (changed.hold, changed.may_be_sent, changed.state) == (FREE, True, State.WANTED)
    assert targets_of(connection, number) == [OTHER]
    last = history_of(connection, number)[-1]
    assert (last.event, last.why) == ("mapped", "for Heat (1995)")
    assert targets_from_text(str(last.facts["before"])) == (FIRST,)


@pytest.mark.parametrize("state", sorted(OPEN - {State.IMPORTING}))
@pytest.mark.parametrize("hold", [FREE, Hold(HoldKind.PAUSED, since=1.0), Hold(HoldKind.CHOICE, "gone", since=1.0)])
def test_a_map_never_changes_what_was_sent(connection: sqlite3.Connection, state: State, hold: Hold) -> None:
    number = make(connection, state, hold)
    before = dataclasses.asdict(find_transfer(connection, number))
    after = dataclasses.asdict(map_transfer(connection, number, [OTHER, FIRST], 2.0))
    assert {name: after[name] for name in SENT} == {name: before[name] for name in SENT}
    assert after["hold"] == before["hold"]
    assert targets_of(connection, number) == [OTHER, FIRST]


@pytest.mark.parametrize("state", [State.IMPORTING, *sorted(ENDED)])
def test_what_is_imported_or_has_ended_is_not_mapped(connection: sqlite3.Connection, state: State) -> None:
    number = make(connection, state)
    with pytest.raises(NotAllowed):
        map_transfer(connection, number, [OTHER], 2.0)
    assert targets_of(connection, number) == [FIRST]


def test_a_choice_is_taken_back_to_what_was_before(connection: sqlite3.Connection) -> None:
    number = make(connection, State.DOWNLOADING)
    with pytest.raises(UsageError, match="not chosen by map"):
        take_back_target(connection, number, 2.0)
    map_transfer(connection, number, [OTHER], 2.0)
    assert take_back_target(connection, number, 3.0).hold == FREE
    assert targets_of(connection, number) == [FIRST]


def test_what_was_for_nothing_yet_is_asked_about_again(connection: sqlite3.Connection) -> None:
    number = make(connection, State.WANTED, QUESTION)
    set_targets(connection, number, [])
    map_transfer(connection, number, [OTHER], 2.0)
    after = take_back_target(connection, number, 3.0)
    assert (after.hold.code, after.may_be_sent, targets_of(connection, number)) == ("target", False, [])
