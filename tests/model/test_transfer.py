"""The states of a transfer, its holds, and how long it waits."""

from __future__ import annotations

import pytest

from mediatui.model.transfer import (
    ENDED,
    FREE,
    OPEN,
    TRANSITIONS,
    Event,
    Hold,
    HoldKind,
    State,
    hold_after,
    is_allowed,
    last_rest,
)
from mediatui.model.transfer_errors import TROUBLES, hold_for, wait_s


def test_every_state_but_unknown_can_be_reached_and_left_by_the_table() -> None:
    reached = {to for row in TRANSITIONS for to in row.to}
    assert reached == set(State) - {State.UNKNOWN}
    left = {state for row in TRANSITIONS if row.to for state in row.states or ()}
    assert left == set(State) - {State.UNKNOWN}


def test_an_unknown_state_is_in_no_row() -> None:
    assert not any(State.UNKNOWN in (*(row.states or ()), *row.to) for row in TRANSITIONS)


@pytest.mark.parametrize(
    ("event", "who", "state", "to"),
    [
        (Event.FORGET, "user", State.IMPORTING, State.FORGOTTEN),  # what was sent runs
        (Event.MAP, "user", State.IMPORTING, State.IMPORTING),
        (Event.SEND, "start", State.WANTED, State.SENDING),
        (Event.WHOLE, "user", State.DOWNLOADING, State.READY),
        (Event.SEND, "job", State.DOWNLOADING, State.SENDING),  # nothing is sent twice
        (Event.RETRY, "user", State.FAILED, State.SENDING),
        (Event.CHOSEN, "job", None, State.WANTED),  # nothing is sent without a yes
        (Event.HELD, "job", State.DONE, State.DONE),
    ],
)
def test_what_the_table_lacks_is_not_allowed(event: Event, who: str, state: State | None, to: State) -> None:
    assert not is_allowed(event, who, state, to, "debrid")  # type: ignore[arg-type]


def test_a_transfer_of_an_arr_is_never_called_whole_and_only_the_seedbox_is_cleaned() -> None:
    assert is_allowed(Event.WHOLE, "job", State.DOWNLOADING, State.READY, "debrid")
    assert not is_allowed(Event.WHOLE, "job", State.DOWNLOADING, State.READY, "arr")
    assert is_allowed(Event.CLEAN, "user", State.DONE, State.CLEANED, "seedbox")
    assert not is_allowed(Event.CLEAN, "user", State.DONE, State.CLEANED, "debrid")


def test_open_and_ended_states_are_all_there_are() -> None:
    assert OPEN | ENDED | {State.UNKNOWN} == set(State)
    assert not OPEN & ENDED


def test_what_a_person_paused_stays_paused_unless_it_needs_an_answer() -> None:
    paused = Hold(HoldKind.PAUSED)
    waits = Hold(HoldKind.WAITING, "no-slot", retry_at=5.0)
    gone = Hold(HoldKind.CHOICE, "gone")
    assert hold_after(paused, waits, "job", State.WANTED) == paused
    assert hold_after(paused, gone, "job", State.WANTED) == gone
    assert hold_after(paused, None, "user", State.WANTED) == FREE
    assert hold_after(gone, None, "user", State.FORGOTTEN) == FREE
    assert hold_after(FREE, Hold(HoldKind.CHOICE, "rd-dead", tries=3), "job", State.FAILED) == Hold(code="rd-dead")


def test_a_retry_goes_to_where_the_transfer_could_rest_last() -> None:
    assert last_rest(["wanted", "sending", "downloading", "ready", "fetching", "failed"]) == State.READY
    assert last_rest(["wanted", "sending", "failed"]) == State.WANTED
    assert last_rest([]) == State.WANTED


@pytest.mark.parametrize("code", [code for code, trouble in TROUBLES.items() if trouble.base_s])
def test_waits_double_from_the_base_to_the_cap_within_a_fifth(code: str) -> None:
    trouble = TROUBLES[code]
    assert trouble.base_s is not None
    for tries in range(12):
        middle = min(trouble.cap_s, trouble.base_s * 2**tries)
        assert wait_s(trouble, tries, chance=0.0) == pytest.approx(middle * 0.8)
        assert wait_s(trouble, tries, chance=0.5) == pytest.approx(middle)
        assert wait_s(trouble, tries, chance=0.999999) < middle * 1.2 + 1e-6
        assert middle * 0.8 <= wait_s(trouble, tries) <= middle * 1.2


def test_nothing_is_tried_before_the_service_allows_it() -> None:
    held = hold_for("indexer-limit", FREE, 100.0, retry_after=3600)
    assert held is not None
    assert held.retry_at == 3700.0


@pytest.mark.parametrize(
    ("code", "asks"), [("add-dropped", "add-dropped"), ("remote-missing", "paths"), ("not-proven", "import")]
)
def test_after_the_last_try_a_person_is_asked(code: str, asks: str) -> None:
    hold: Hold | None = FREE
    for tries in range(TROUBLES[code].tries or 0):
        assert hold is not None
        hold = hold_for(code, hold, 100.0 + tries)
        assert hold is not None
        assert (hold.kind, hold.code, hold.tries) == (HoldKind.WAITING, code, tries + 1)
    assert hold is not None
    hold = hold_for(code, hold, 200.0)
    assert hold is not None
    assert (hold.kind, hold.code, hold.retry_at) == (HoldKind.CHOICE, asks, None)


def test_a_pause_of_the_account_is_waited_out_for_six_minutes() -> None:
    hold = hold_for("rd-pause", FREE, 1000.0, chance=0.5)
    assert hold is not None
    assert hold.retry_at == 1030.0
    later = hold_for("rd-pause", hold, 1330.0, chance=0.5)
    assert later is not None
    assert later.kind == HoldKind.WAITING
    at_last = hold_for("rd-pause", later, 1360.0)
    assert at_last is not None
    assert (at_last.kind, at_last.code) == (HoldKind.CHOICE, "refused")


def test_another_failure_begins_to_count_anew() -> None:
    before = Hold(HoldKind.WAITING, "no-slot", tries=7, since=1.0, retry_at=2.0)
    held = hold_for("add-dropped", before, 50.0)
    assert held is not None
    assert (held.tries, held.since) == (1, 50.0)


@pytest.mark.parametrize("code", [code for code, trouble in TROUBLES.items() if trouble.then == "failed"])
def test_what_no_answer_can_mend_has_failed(code: str) -> None:
    assert hold_for(code, FREE, 1.0) is None


@pytest.mark.parametrize("code", ["client-refused", "host-key", "arr-key", "bad-piece", "internal"])
def test_what_does_not_get_better_by_itself_asks_at_once(code: str) -> None:
    held = hold_for(code, FREE, 1.0)
    assert held is not None
    assert (held.kind, held.code) == (HoldKind.CHOICE, code)
