"""The request budget: never more than the limit in any window, whoever asks, and not much less either."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.model.pacing import Reservation, Rule
from mediatui.services.budget import BURST, Budget, MemoryLedger, RequestLane
from mediatui.store.database import Database
from mediatui.store.requests import RequestLedger
from mediatui.tui.widgets.job_line import meter_text


class Time:
    """A clock that moves only when someone sleeps."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self._waiting: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Lets everyone else run, then jumps ahead to the earliest sleeper."""
        end = self.now + seconds
        self._waiting.append(end)
        while self.now < end:
            for _ in range(20):
                await asyncio.sleep(0)
            self.now = max(self.now, min(self._waiting))
        self._waiting.remove(end)


async def send(
    budget: Budget, clock: Time, lanes: list[RequestLane], workers: int = 8
) -> list[tuple[float, RequestLane]]:
    """Sends one request for each entry of ``lanes``, several at once; returns when each went."""
    sent: list[tuple[float, RequestLane]] = []
    waiting = list(reversed(lanes))

    async def work() -> None:
        while waiting:
            lane = waiting.pop()
            async with budget.slot(lane, "GET /x"):
                sent.append((clock.now, lane))

    await asyncio.gather(*(work() for _ in range(workers)))
    return sent


def most_in(times: list[float], window: float) -> int:
    """The most of ``times`` in any half-open window."""
    return max((sum(1 for at in times if start <= at < start + window - 1e-6) for start in times), default=0)


@given(
    st.integers(5, 60),
    st.lists(st.sampled_from(["details", "interactive", "list", "unrestrict"]), min_size=1, max_size=150),
)
def test_no_window_ever_holds_more_than_the_limit(limit: int, lanes: list[RequestLane]) -> None:
    clock = Time()
    budget = Budget(MemoryLedger(), limit=limit, clock=clock, sleep=clock.sleep)
    sent = asyncio.run(send(budget, clock, lanes))
    assert len(sent) == len(lanes)
    assert most_in([at for at, _ in sent], 60.0) <= limit
    assert most_in([at for at, lane in sent if lane == "list"], 60.0) <= 25
    assert most_in([at for at, lane in sent if lane == "unrestrict"], 60.0) <= 60


async def test_a_wait_too_short_for_the_clock_to_see_is_no_endless_loop() -> None:
    """Added to a time of day, 1e-9 s is nothing: without a shortest wait the clock here never moves on."""
    clock = Time()
    clock.now = 2.0**31
    asked = 0

    class Nearly(MemoryLedger):
        async def reserve(
            self, lane: str, what: str, whole: Rule, own: Rule | None, clock: Callable[[], float]
        ) -> Reservation:
            nonlocal asked
            asked += 1
            assert asked < 10
            return Reservation(1) if clock() > 2.0**31 else Reservation(0, 1e-9)

    budget = Budget(Nearly(), clock=clock, sleep=clock.sleep)
    async with budget.slot("details", "GET /x"):
        assert clock.now > 2.0**31


async def test_the_rate_is_nearly_used_up_and_a_burst_is_short() -> None:
    clock = Time()
    budget = Budget(MemoryLedger(), limit=200, clock=clock, sleep=clock.sleep)
    began = clock.now
    sent = [at for at, _ in await send(budget, clock, ["details"] * 1000)]
    assert 1000 / (sent[-1] - began) >= 0.95 * 200 / 60
    assert most_in(sent, 1.0) <= BURST + 4


async def test_adds_are_spaced_and_slower_after_a_refusal() -> None:
    clock = Time()
    budget = Budget(MemoryLedger(), clock=clock, sleep=clock.sleep)
    times = [at for at, _ in await send(budget, clock, ["add"] * 4)]
    assert [round(b - a, 3) for a, b in itertools.pairwise(times)] == [2.0, 2.0, 2.0]
    await budget.slow_down("add", 1.0, 10)
    times = [at for at, _ in await send(budget, clock, ["add"] * 3)]
    assert round(times[2] - times[1], 3) == 20.0


async def test_a_pause_stops_every_lane_and_grows_with_refusals() -> None:
    clock = Time()
    said: list[str] = []
    budget = Budget(MemoryLedger(), clock=clock, sleep=clock.sleep)
    budget.on_wait = lambda reason, until: said.append(reason)
    until = await budget.slow_down("list", 30.0, 10)
    assert until == clock.now + 30
    sent = await send(budget, clock, ["details", "interactive", "list"])
    assert min(at for at, _ in sent) >= until
    assert "the service asked to slow down" in said
    first = await budget.slow_down("details", None, 10) - clock.now
    assert 8 <= first <= 10
    assert await budget.slow_down("details", None, 10) - clock.now == first  # one burst of refusals is one refusal
    clock.now += 11
    assert 16 <= await budget.slow_down("details", None, 10) - clock.now <= 20


async def test_after_a_refusal_requests_come_one_by_one() -> None:
    clock = Time()
    budget = Budget(MemoryLedger(), limit=200, clock=clock, sleep=clock.sleep)
    await budget.slow_down("details", 1.0, 10)
    times = [at for at, _ in await send(budget, clock, ["details"] * 10)]
    assert min(b - a for a, b in itertools.pairwise(times)) > 0.5


async def test_an_opened_row_does_not_queue_behind_waiting_details() -> None:
    clock = Time()
    budget = Budget(MemoryLedger(), limit=30, clock=clock, sleep=clock.sleep)
    sent = await send(budget, clock, ["details"] * 60 + ["interactive"], workers=61)
    assert [lane for _, lane in sent].index("interactive") < 40


async def test_two_processes_on_one_database_share_the_window(tmp_path: Path) -> None:
    one, other = await Database.open(tmp_path / "a.db"), await Database.open(tmp_path / "a.db")
    clock = Time()
    try:
        budgets = [Budget(RequestLedger(db), limit=40, clock=clock, sleep=clock.sleep) for db in (one, other)]

        async def work(budget: Budget) -> None:
            for _ in range(60):
                async with budget.slot("details", "GET /x"):
                    pass

        await asyncio.gather(*(work(budget) for budget in budgets))
        # Of the ledger: the clock jumps on while the database answers, so that the worker wakes at a later time.
        sent = [row[0] for row in await one.read(lambda c: c.execute("SELECT at FROM requests").fetchall())]
        assert len(sent) == 120
        assert most_in(sent, 60.0) <= 40
    finally:
        await one.close()
        await other.close()


async def test_window_and_pause_outlive_the_process(tmp_path: Path) -> None:
    clock = Time()
    for _ in range(2):  # the second run finds the window of the first
        db = await Database.open(tmp_path / "a.db")
        budget = Budget(RequestLedger(db), limit=10, clock=clock, sleep=clock.sleep)
        began = clock.now
        sent = [at for at, _ in await send(budget, clock, ["details"] * 10)]
        await db.close()
    assert sent[-1] - began >= 50
    db = await Database.open(tmp_path / "a.db")
    await Budget(RequestLedger(db), clock=clock, sleep=clock.sleep).slow_down("list", 100.0, 1)
    until = clock.now + 100
    await db.close()
    db = await Database.open(tmp_path / "a.db")
    sent = [at for at, _ in await send(Budget(RequestLedger(db), clock=clock, sleep=clock.sleep), clock, ["details"])]
    await db.close()
    assert sent[0] >= until


@pytest.mark.parametrize("set_back", [600, 5 * 3600])
async def test_a_clock_that_was_set_back_costs_a_window_not_the_time_it_lost(tmp_path: Path, set_back: int) -> None:
    clock = Time()
    db = await Database.open(tmp_path / "a.db")
    try:
        ahead = Budget(RequestLedger(db), limit=10, clock=clock, sleep=clock.sleep)
        await send(ahead, clock, ["details"] * 30)
        await ahead.slow_down("add", 100.0, 1)
        clock.now -= set_back
        began = clock.now
        later = Budget(RequestLedger(db), limit=10, clock=clock, sleep=clock.sleep)
        sent = [at for at, _ in await send(later, clock, ["add"])]
        assert sent[0] - began <= 60
    finally:
        await db.close()


async def test_a_pause_of_days_is_asked_about_after_an_hour(tmp_path: Path) -> None:
    clock = Time()
    db = await Database.open(tmp_path / "a.db")
    try:
        began = clock.now
        budget = Budget(RequestLedger(db), clock=clock, sleep=clock.sleep)
        await budget.slow_down("list", 10 * 86_400.0, 1)
        sent = [at for at, _ in await send(budget, clock, ["details"])]
        assert sent[0] - began == 3600
    finally:
        await db.close()


async def test_outcomes_are_kept_for_the_figures(tmp_path: Path) -> None:
    db = await Database.open(tmp_path / "a.db")
    try:
        budget = Budget(RequestLedger(db))
        async with budget.slot("details", "GET /torrents/info/{id}") as ticket:
            pass
        await budget.note(ticket, "not-found", 12.5)
        await budget.close()
        found = await db.read(lambda c: tuple(c.execute("SELECT lane, what, outcome, ms FROM requests").fetchone()))
        assert found == ("details", "GET /torrents/info/{id}", "not-found", 12.5)
    finally:
        await db.close()


async def test_the_meter_counts_what_is_in_flight() -> None:
    budget = Budget(MemoryLedger(), max_concurrent=3)
    async with budget.slot("details", "GET /x"), budget.slot("list", "GET /y"):
        assert (budget.state.in_flight, budget.state.max_in_flight) == (2, 3)
        assert meter_text(budget.state) == "2/200 · 2/3 at once"
    assert budget.state.in_flight == 0
