"""What a person does with transfers, and how they are chosen by a text."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.acquire.acts import act_on
from mediatui.acquire.query import chosen
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.stuck import why_stuck
from mediatui.model.target import MappedTarget, Target
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, State, Transfer
from mediatui.store.database import prepare
from mediatui.store.transfers.change import NewTransfer, change, create
from mediatui.store.transfers.holds import hold_service, ignore_hash, is_ignored, service_holds
from mediatui.store.transfers.rows import all_transfers, find_transfer

HASH = "a" * 40
GONE = Hold(HoldKind.CHOICE, "gone", since=1.0)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "mediatui.db"
    prepare(path)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def made(connection: sqlite3.Connection, *, hold: Hold = FREE, without_target: bool = True, name: str = "Film") -> int:
    number = len(all_transfers(connection)) + 1
    new = NewTransfer("debrid", f"{number:040x}", name, without_target=without_target)
    return create(connection, new, "user", hold=hold, now=1.0)


def do(connection: sqlite3.Connection, act: str, transfer: int) -> Transfer:
    done = act_on(connection, act, str(transfer), 5.0)  # type: ignore[arg-type]
    assert isinstance(done, Transfer)
    return done


def to_downloading(connection: sqlite3.Connection, transfer: int) -> None:
    change(connection, transfer, Event.SEND, "user", State.WANTED, State.SENDING, now=2.0)
    change(connection, transfer, Event.SENT, "job", State.SENDING, State.DOWNLOADING, now=3.0)


@pytest.mark.parametrize(("aside", "back", "kind"), [("pause", "resume", "paused"), ("ignore", "unignore", "ignored")])
def test_what_was_put_aside_is_taken_up_as_it_was(
    connection: sqlite3.Connection, aside: str, back: str, kind: str
) -> None:
    for hold in (FREE, GONE, Hold(HoldKind.WAITING, "stalled", {"quiet": "31m"}, 2, 1.0, 9.0)):
        transfer = made(connection, hold=hold)
        assert do(connection, aside, transfer).hold.kind == kind
        with pytest.raises(MediatuiError):
            do(connection, aside, transfer)
        assert do(connection, back, transfer).hold == hold  # what needs an answer still needs it
        with pytest.raises(MediatuiError):
            do(connection, back, transfer)


def test_a_retry_answers_a_question_and_lets_the_account_go_on(connection: sqlite3.Connection) -> None:
    transfer = made(connection, hold=GONE)
    hold_service(connection, "realdebrid", "client-refused", {}, None, 1.0)
    assert do(connection, "retry", transfer).hold == FREE
    assert service_holds(connection) == {}


@pytest.mark.parametrize("by", ["retry", "pause then retry"])
def test_a_retry_never_sends_what_has_no_target(connection: sqlite3.Connection, by: str) -> None:
    transfer = made(connection, hold=Hold(HoldKind.CHOICE, "target"), without_target=False)
    if by != "retry":
        do(connection, "pause", transfer)
    with pytest.raises(UsageError) as refused:
        do(connection, "retry", transfer)
    assert "--no-target" in refused.value.hint


@pytest.mark.parametrize(("act", "state"), [("forget", "forgotten"), ("done", "by hand")])
def test_what_was_ended_is_taken_up_where_it_was(connection: sqlite3.Connection, act: str, state: str) -> None:
    transfer = made(connection)
    to_downloading(connection, transfer)
    assert do(connection, act, transfer).state == state
    with pytest.raises(MediatuiError):
        do(connection, act, transfer)
    with pytest.raises(MediatuiError):
        do(connection, "pause", transfer)
    assert do(connection, "retry", transfer).state == State.DOWNLOADING


def test_hashes_without_a_transfer_are_ignored_and_taken_back(connection: sqlite3.Connection) -> None:
    assert act_on(connection, "ignore", HASH.upper(), 1.0) == HASH
    assert is_ignored(connection, HASH)
    assert act_on(connection, "unignore", HASH, 2.0) == HASH
    assert not is_ignored(connection, HASH)
    with pytest.raises(UsageError):
        act_on(connection, "unignore", HASH, 3.0)


def test_a_hash_that_has_a_transfer_can_be_ignored_by_either(connection: sqlite3.Connection) -> None:
    transfer = made(connection)
    ignore_hash(connection, find_transfer(connection, transfer).hash, "", 1.0)
    do(connection, "unignore", transfer)
    assert not is_ignored(connection, find_transfer(connection, transfer).hash)


@pytest.mark.parametrize("given", ["", "x", "-1", "9" * 40, "１", "99"])
def test_what_is_no_number_of_a_transfer_is_named(connection: sqlite3.Connection, given: str) -> None:
    with pytest.raises(UsageError):
        act_on(connection, "pause", given, 1.0)


def test_an_unknown_state_is_left_alone(connection: sqlite3.Connection) -> None:
    transfer = made(connection)
    connection.execute("UPDATE transfers SET state = 'levitating'")
    for act in ("pause", "retry", "forget", "done", "ignore"):
        with pytest.raises(MediatuiError):
            do(connection, act, transfer)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [3, 1]),
        ("dune", [1]),
        ("DÛNE", [1]),
        ("-dune", [3]),
        ("state:ended", [2]),
        ("state:by-hand", [2]),
        ("state:wanted", [3, 1]),
        ("waits:you", [3]),
        ("code:gone", [3]),
        ("hold:none", [1]),
        ("route:seedbox", []),
        ("id:2", [2]),
        ("hash:000000", [3, 2, 1]),
        ("waits:you nothing", []),
        ("deuxième", [1]),
        ("for:deuxième", [1]),
        ("for:tmdb:693134", [1]),
        ("for:tmdb:69313", []),
        ("for:none", [3]),
        ("-for:none", [1]),
        ("for:none state:ended", [2]),
    ],
)
def test_transfers_are_chosen_by_words_and_fields(
    connection: sqlite3.Connection, query: str, numbers: list[int]
) -> None:
    dune = Target("film", tmdb_id=693134, title="Dune : Deuxième partie", year=2024)
    targets = {made(connection, name="Dune.Part.Two"): [MappedTarget(dune)]}
    do(connection, "done", made(connection, name="Old"))
    made(connection, name="Lost", hold=GONE)
    rows = [(one, why_stuck(one, {}, 9.0), targets.get(one.id, ())) for one in all_transfers(connection)]
    assert [one.id for one, _, _ in chosen(query.split(), rows)] == numbers


@pytest.mark.parametrize("query", ["colour:red", "state:flying", "waits:"])
def test_an_unknown_field_or_value_is_named_with_what_is_allowed(query: str) -> None:
    with pytest.raises(UsageError) as refused:
        chosen([query], [])
    assert refused.value.hint
