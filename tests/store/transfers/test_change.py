"""The one function that changes a transfer: only what the table has, one event a change, nothing in part."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.model.errors import MediatuiError, StoreError
from mediatui.model.transfer import (
    ENDED,
    FREE,
    ROUTES,
    TRANSITIONS,
    Event,
    Hold,
    HoldKind,
    State,
    is_allowed,
    replay,
)
from mediatui.model.transfer_errors import hold_for
from mediatui.store.database import prepare
from mediatui.store.transfers.change import MovedOn, NewTransfer, NotAllowed, Noted, change, create
from mediatui.store.transfers.holds import hold_service, service_holds
from mediatui.store.transfers.rows import (
    NoTransfer,
    blob_of,
    find_transfer,
    history_of,
    state_to_retry,
    store_blob,
    under_way,
)

ROOT = Path(__file__).parents[3]
HASH = "a" * 40


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "mediatui.db"
    prepare(path)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def put_in(connection: sqlite3.Connection, transfer: int, state: str) -> None:
    """Puts a transfer into a state as nothing in the program can."""
    ended = 1.0 if state in ENDED else None
    connection.execute("UPDATE transfers SET state = ?, ended_at = ? WHERE id = ?", (state, ended, transfer))


def test_a_change_writes_state_hold_and_one_event(connection: sqlite3.Connection) -> None:
    made = create(connection, NewTransfer("debrid", HASH, "Film"), "user", now=1.0)
    change(connection, made, Event.SEND, "user", State.WANTED, State.SENDING, now=2.0)
    hold = Hold(HoldKind.WAITING, "no-slot", {"busy": 4, "slots": 4}, 1, 3.0, 63.0)
    after = change(
        connection, made, Event.NOT_SENT, "job", State.SENDING, State.WANTED, hold=hold, why="no slot is free",
        noted=Noted(name="Film 2020"), now=3.0,
    )  # fmt: skip
    assert (after.state, after.hold, after.name, after.changed_at) == (State.WANTED, hold, "Film 2020", 3.0)
    assert [(one.event, one.from_state, one.to_state, one.code) for one in history_of(connection, made)] == [
        ("chosen", "", "wanted", ""), ("send", "wanted", "sending", ""), ("not sent", "sending", "wanted", "no-slot"),
    ]  # fmt: skip


def test_who_comes_second_changes_nothing(connection: sqlite3.Connection) -> None:
    made = create(connection, NewTransfer("debrid", HASH), "user", now=1.0)
    change(connection, made, Event.SEND, "user", State.WANTED, State.SENDING, now=2.0)
    with pytest.raises(MovedOn):
        change(connection, made, Event.SEND, "job", State.WANTED, State.SENDING, now=3.0)
    assert len(history_of(connection, made)) == 2


def test_what_the_table_lacks_is_refused(connection: sqlite3.Connection) -> None:
    made = create(connection, NewTransfer("debrid", HASH), "user", now=1.0)
    with pytest.raises(NotAllowed):
        change(connection, made, Event.WHOLE, "job", State.WANTED, State.READY, now=2.0)
    with pytest.raises(NoTransfer):
        change(connection, made + 1, Event.SEND, "user", State.WANTED, State.SENDING, now=2.0)


def test_a_state_of_another_version_is_shown_as_unknown_and_never_acted_on(connection: sqlite3.Connection) -> None:
    made = create(connection, NewTransfer("debrid", HASH), "user", now=1.0)
    put_in(connection, made, "levitating")
    assert find_transfer(connection, made).state == State.UNKNOWN
    for event in Event:
        with pytest.raises(StoreError):
            change(connection, made, event, "user", State.UNKNOWN, now=2.0)


def test_a_hash_is_under_way_once_on_a_route_and_again_after_its_end(connection: sqlite3.Connection) -> None:
    first = create(connection, NewTransfer("debrid", HASH), "user", now=1.0)
    with pytest.raises(MovedOn):
        create(connection, NewTransfer("debrid", HASH), "user", now=2.0)
    assert create(connection, NewTransfer("seedbox", HASH), "user", now=2.0)
    change(connection, first, Event.FORGET, "user", State.WANTED, State.FORGOTTEN, now=3.0)
    assert create(connection, NewTransfer("debrid", HASH), "user", now=4.0)
    with pytest.raises(MovedOn):  # the other one is under way
        change(connection, first, Event.RETRY, "user", State.FORGOTTEN, State.WANTED, now=5.0)
    assert len(under_way(connection)) == 2


def test_a_retry_takes_an_ended_transfer_up_where_it_was(connection: sqlite3.Connection) -> None:
    made = create(connection, NewTransfer("debrid", HASH), "user", now=1.0)
    change(connection, made, Event.SEND, "user", State.WANTED, State.SENDING, now=2.0)
    change(connection, made, Event.SENT, "job", State.SENDING, State.DOWNLOADING, now=3.0)
    change(connection, made, Event.PERMANENT, "job", State.DOWNLOADING, State.FAILED, why="it is dead", now=4.0)
    assert find_transfer(connection, made).ended_at == 4.0
    assert state_to_retry(connection, made) == State.DOWNLOADING
    after = change(connection, made, Event.RETRY, "user", State.FAILED, State.DOWNLOADING, now=5.0)
    assert after.ended_at is None


_EVENTS = st.tuples(
    st.sampled_from([*Event]), st.sampled_from(["user", "job", "start"]), st.sampled_from([*State]),
    st.sampled_from([*State]), st.sampled_from([FREE, Hold(HoldKind.PAUSED), Hold(HoldKind.CHOICE, "gone")]),
)  # fmt: skip
_IN_TABLE = st.sampled_from([
    (row.event, who, state, to, FREE)
    for row in TRANSITIONS for who in row.who for state in sorted(row.states or ()) for to in sorted(row.to) or [state]
])  # fmt: skip


@given(st.sampled_from(ROUTES), st.lists(st.one_of(_EVENTS, _IN_TABLE), max_size=60), st.booleans())
def test_only_rows_of_the_table_happen_and_the_events_replay_to_the_present_state(
    tmp_path_factory: pytest.TempPathFactory,
    route: str,
    events: list[tuple[Event, str, State, State, Hold]],
    follow: bool,
) -> None:
    path = tmp_path_factory.mktemp("random") / "mediatui.db"
    prepare(path)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        made = create(connection, NewTransfer(route, HASH), "user", now=0.0)  # type: ignore[arg-type]
        changes = 1
        for number, (event, who, state, to, hold) in enumerate(events, 1):
            before = find_transfer(connection, made)
            begun = before.state if follow else state
            target = begun if follow and to == state else to
            try:
                change(connection, made, event, who, begun, target, hold=hold, now=float(number))  # type: ignore[arg-type]
            except StoreError:
                assert find_transfer(connection, made) == before
            else:
                assert is_allowed(event, who, before.state, target, before.route)  # type: ignore[arg-type]
                assert begun == before.state
                changes += 1
            history = history_of(connection, made)
            now = find_transfer(connection, made)
            assert len(history) == changes
            assert replay(history) == now.state
            assert (now.ended_at is not None) == (now.state in ENDED)
            assert now.hold.kind == HoldKind.NONE or now.state not in ENDED


KILLED = """
import os, sqlite3, sys
from mediatui.model.transfer import Event, State
from mediatui.store.transfers.change import change
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
change(connection, 1, Event.SEND, "user", State.WANTED, State.SENDING, now=2.0)
if sys.argv[2] == "after":
    connection.execute("COMMIT")
os.kill(os.getpid(), 9)
"""


@pytest.mark.process
@pytest.mark.parametrize(("moment", "state", "events"), [("before", "wanted", 1), ("after", "sending", 2)])
def test_a_kill_leaves_state_and_event_both_or_neither(tmp_path: Path, moment: str, state: str, events: int) -> None:
    path = tmp_path / "mediatui.db"
    prepare(path)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        create(connection, NewTransfer("debrid", HASH), "user", now=1.0)
    ended = subprocess.run([sys.executable, "-c", KILLED, os.fspath(path), moment], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert find_transfer(connection, 1).state == state
        assert len(history_of(connection, 1)) == events
        assert replay(history_of(connection, 1)) == state


def test_no_other_place_writes_transfers_state_or_events() -> None:
    writes_row = re.compile(r"(INSERT (OR \w+ )?INTO|UPDATE|REPLACE INTO) transfers\b")
    writes_event = re.compile(r"(INTO|UPDATE|DELETE FROM) transfer_events\b|DELETE FROM transfers\b")
    allowed = ROOT / "mediatui/store/transfers/change.py"
    for path in (ROOT / "mediatui").rglob("*.py"):
        text = path.read_text()
        if path == allowed:
            continue
        assert not writes_event.search(text), path
        for found in writes_row.finditer(text):
            statement = text[found.start() :].partition(" WHERE ")[0]
            assert path.name == "rows.py", path
            assert re.search(r"\b(state|hold|code|ended_at)\b", statement) is None, statement


def test_torrents_are_kept_while_their_transfers_need_them(connection: sqlite3.Connection) -> None:
    now = 100 * 86_400.0
    ended, under, late, never = (letter * 40 for letter in "bcde")
    for info_hash in (ended, under, late, never):
        store_blob(connection, info_hash, b"d", now - 40 * 86_400)
    for info_hash, at in ((ended, 31.0), (under, None), (late, 29.0)):
        number = create(connection, NewTransfer("debrid", info_hash), "user", now=1.0)
        if at is not None:
            put_in(connection, number, "done")
            connection.execute("UPDATE transfers SET ended_at = ? WHERE id = ?", (now - at * 86_400, number))
    store_blob(connection, HASH, b"new", now)
    kept = {one for one in (HASH, ended, under, late, never) if blob_of(connection, one)}
    assert kept == {HASH, under, late}


@pytest.mark.parametrize("column", ["state", "hold", "route"])
def test_a_word_that_is_none_is_unknown_and_nothing_is_done_with_its_transfer(
    connection: sqlite3.Connection, column: str
) -> None:
    made = create(connection, NewTransfer("debrid", HASH), "user", now=1.0)
    connection.execute(f"UPDATE transfers SET {column} = 'teleporting', detail = '{{bad'")
    assert find_transfer(connection, made).state == State.UNKNOWN
    for state in (State.WANTED, State.UNKNOWN):
        with pytest.raises(MediatuiError):
            change(connection, made, Event.FORGET, "user", state, State.FORGOTTEN, now=2.0)


def test_what_is_being_imported_is_not_forgotten_and_says_why(connection: sqlite3.Connection) -> None:
    made = create(connection, NewTransfer("debrid", HASH), "user", event=Event.ADOPTED, to=State.READY, now=1.0)
    for event, before, after in (
        (Event.FETCH, State.READY, State.FETCHING), (Event.FETCHED, State.FETCHING, State.STAGED),
        (Event.IMPORT, State.STAGED, State.IMPORTING),
    ):  # fmt: skip
        change(connection, made, event, "job", before, after, now=2.0)
    with pytest.raises(NotAllowed, match="is being imported"):
        change(connection, made, Event.FORGET, "user", State.IMPORTING, State.FORGOTTEN, now=3.0)


@pytest.mark.parametrize("text", ["{bad", "[1]", "", "null", "[" * 5000])
def test_what_is_known_of_a_hold_may_have_been_edited_by_hand(connection: sqlite3.Connection, text: str) -> None:
    hold_service(connection, "mount", "mount-away", {}, None, 1.0)
    connection.execute("UPDATE service_holds SET detail = ?", (text,))
    assert service_holds(connection)["mount"].detail == {}


def test_a_clock_that_is_set_back_keeps_nothing_waiting_for_what_it_lost(connection: sqlite3.Connection) -> None:
    made = create(connection, NewTransfer("debrid", HASH), "user", now=1.0)
    day, now = 86_400.0, 1_000_000.0
    for began, due in ((now - 10, False), (now, False), (now + day, True)):
        hold = Hold(HoldKind.WAITING, "not-on-mount", since=began, retry_at=began + 2 * day)
        change(connection, made, Event.HELD, "job", State.WANTED, hold=hold, now=began)
        assert find_transfer(connection, made).is_due(now) is due
        hold_service(connection, f"service {began}", "mount-away", {}, began + 2 * day, began)
        assert service_holds(connection)[f"service {began}"].is_over(now) is due
    again = hold_for("not-on-mount", find_transfer(connection, made).hold, now)
    assert again is not None
    assert (again.since, again.retry_at is not None and again.retry_at < now + 2 * day) == (now, True)
