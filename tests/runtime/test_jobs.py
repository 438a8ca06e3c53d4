"""The job runner: lanes, cancel, persistence, and locks that survive a dead owner."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from mediatui.model.errors import GuardTripped
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, Phase, Progress, Said
from mediatui.runtime.jobs import Job, JobKind, JobRunner, Pace
from mediatui.store.database import Database
from mediatui.store.jobs import (
    HEARTBEAT_S,
    LaneHolder,
    batches_at_work,
    is_alive,
    process_start,
    read_holder,
    read_job,
    recent_jobs,
)
from mediatui.system.machine import clock_mark


@dataclass(frozen=True)
class Steps:
    count: int = 3
    pause: float = 0.0


async def stepping(ctx: Context, options: Steps) -> AsyncGenerator[Event, None]:
    yield Phase("stepping", options.count)
    for done in range(1, options.count + 1):
        await asyncio.sleep(options.pause)
        yield Progress(done, options.count)
    yield Finished("done", "stepped", {"steps": options.count})


async def guarded(ctx: Context, options: Steps) -> AsyncGenerator[Event, None]:
    yield Phase("looking")
    raise GuardTripped("The mount is not alive.", "Mount it.")


async def bursting(ctx: Context, options: Steps) -> AsyncGenerator[Event, None]:
    yield Phase("looking")
    raise ZeroDivisionError("secret detail")


STEPPING = JobKind("stepping", "account", stepping)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "mediatui.db")
    yield database
    await database.close()


def runner(db: Database, *, wait: bool = True) -> JobRunner:
    def context(job_id: int) -> Context:
        return Context(db, cast(Any, None), job_id, cast(Any, None))

    return JobRunner(db, context, wait_for_lane=wait)


async def test_observers_hear_everything_a_job_says_and_its_row_says_how_it_ended(db: Database) -> None:
    jobs = runner(db)
    events: list[Event] = []
    jobs.observe(lambda job, event: events.append(event))
    job = jobs.start(STEPPING, Steps(3))
    finished = await job.wait()
    assert finished.outcome == "done"
    assert [type(event).__name__ for event in events] == [
        "Started",
        "Phase",
        "Progress",
        "Progress",
        "Progress",
        "Finished",
    ]
    assert job.id is not None
    row = await db.read(read_job, job.id)
    assert row is not None
    assert (row.state, row.options, row.counts["steps"]) == ("done", {"count": 3, "pause": 0.0}, 3)
    assert await db.read(read_holder, "account") is None


async def test_a_lane_runs_one_job_at_a_time_in_order(db: Database) -> None:
    jobs = runner(db)
    order: list[tuple[int, str]] = []
    jobs.observe(lambda job, event: order.append((job.number, type(event).__name__)))
    first, second = jobs.start(STEPPING, Steps(2, 0.01)), jobs.start(STEPPING, Steps(2, 0.01))
    await first.wait()
    await second.wait()
    first_end = order.index((first.number, "Finished"))
    assert order.index((second.number, "Phase")) > first_end
    assert (second.number, "Said") in order


async def test_different_lanes_run_together(db: Database) -> None:
    jobs = runner(db)
    slow = jobs.start(STEPPING, Steps(1, 30))
    quick = jobs.start(JobKind("stepping", "library", stepping), Steps(1))
    assert (await quick.wait()).outcome == "done"
    assert slow.running
    await jobs.stop()


async def test_a_job_that_is_cancelled_before_it_begins_ends_all_the_same(db: Database) -> None:
    jobs = runner(db)
    ends: list[str] = []
    jobs.observe(lambda job, event: ends.append(event.outcome) if isinstance(event, Finished) else None)
    job = jobs.start(STEPPING, Steps(1000, 0.005))
    await jobs.stop()
    assert (await job.wait()).outcome == "cancelled"
    assert not jobs.running
    assert ends == ["cancelled"]


async def test_a_cancelled_job_says_where_it_stopped_and_frees_its_lane(db: Database) -> None:
    jobs = runner(db)
    job = jobs.start(STEPPING, Steps(1000, 0.005))
    while job.progress is None:
        await asyncio.sleep(0.005)
    job.cancel()
    finished = await job.wait()
    assert (finished.outcome, finished.exit_code) == ("cancelled", 130)
    assert "of 1,000 (stepping)" in finished.summary
    assert job.id is not None
    row = await db.read(read_job, job.id)
    assert row is not None
    assert row.state == "cancelled"
    assert (await jobs.start(STEPPING, Steps(1)).wait()).outcome == "done"


async def test_an_error_of_ours_ends_the_job_with_its_sentence_and_exit_code(db: Database) -> None:
    finished = await runner(db).start(JobKind("guarded", "account", guarded), Steps()).wait()
    assert (finished.outcome, finished.error, finished.hint, finished.exit_code, finished.error_kind) == (
        "failed",
        "The mount is not alive.",
        "Mount it.",
        4,
        "guard",
    )


async def test_an_unexpected_error_shows_no_detail_to_the_user(db: Database) -> None:
    finished = await runner(db).start(JobKind("bursting", "account", bursting), Steps()).wait()
    assert finished.exit_code == 1
    assert "secret" not in f"{finished.error}{finished.summary}{finished.hint}"


async def test_an_observer_that_fails_does_not_harm_the_job(db: Database) -> None:
    jobs = runner(db)

    def clumsy(job: Job, event: Event) -> None:
        raise RuntimeError

    jobs.observe(clumsy)
    assert (await jobs.start(STEPPING, Steps(2)).wait()).outcome == "done"


def hold_lane(path: Path, lane: str, pid: int, start: str, host: str, since: float) -> None:
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT OR REPLACE INTO job_locks (lane, job_name, host, pid, process_start, since, heartbeat_at) "
        "VALUES (?, 'sync', ?, ?, ?, ?, ?)",
        (lane, host, pid, start, since, since),
    )
    connection.commit()
    connection.close()


@pytest.mark.process
async def test_a_lane_held_by_a_living_process_is_named_with_pid_and_time(db: Database) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        hold_lane(db.path, "account", other.pid, process_start(other.pid), socket.gethostname(), time.time())
        finished = await runner(db, wait=False).start(STEPPING, Steps()).wait()
        assert (finished.error_kind, finished.exit_code) == ("busy", 4)
        assert f"pid {other.pid}" in str(finished.error)
        assert "since" in str(finished.error)

        waiting = runner(db).start(STEPPING, Steps())
        while not waiting.events:
            await asyncio.sleep(0.01)
        assert any(isinstance(event, Said) and str(other.pid) in event.text for event in waiting.events)
        assert waiting.running
        assert other.stdin is not None
        other.stdin.close()
        other.wait()
        assert (await waiting.wait()).outcome == "done"


@pytest.mark.process
async def test_a_lock_left_by_a_dead_process_is_taken_over_and_its_job_marked_interrupted(db: Database) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    hold_lane(db.path, "account", dead.pid, "1", socket.gethostname(), time.time())
    async with db.transaction() as connection:
        await connection.execute(
            "INSERT INTO jobs (name, lane, state, pid, started_at) VALUES ('sync', 'account', 'running', ?, 0)",
            (dead.pid,),
        )
    assert (await runner(db, wait=False).start(STEPPING, Steps()).wait()).outcome == "done"
    states = {row.name: row.state for row in await db.read(recent_jobs)}
    assert states == {"sync": "interrupted", "stepping": "done"}


async def test_a_lock_this_process_could_not_give_back_does_not_keep_it_from_its_own_lane(db: Database) -> None:
    hold_lane(db.path, "account", os.getpid(), process_start(os.getpid()), socket.gethostname(), time.time())
    assert (await runner(db, wait=False).start(STEPPING, Steps()).wait()).outcome == "done"


def test_a_reused_pid_is_not_the_owner() -> None:
    now = time.time()
    mine = LaneHolder("account", "sync", socket.gethostname(), os.getpid(), process_start(os.getpid()), now, now)
    assert is_alive(mine, now)
    other_life = LaneHolder("account", "sync", socket.gethostname(), os.getpid(), "12", now, now)
    assert not is_alive(other_life, now)


def test_a_lock_of_another_host_lives_by_its_heartbeat() -> None:
    far = LaneHolder("account", "sync", "another-host", 1, "", 0, 1000)
    assert is_alive(far, 1000 + HEARTBEAT_S)
    assert not is_alive(far, 1000 + 600)


async def test_a_lock_of_another_container_or_boot_lives_by_its_heartbeat(db: Database) -> None:
    """The host has the same name, and its process ids say nothing here."""
    host, now = socket.gethostname(), time.time()
    ticks, space, boot = process_start(os.getpid()).split(" ")
    for start in (f"1 pid:[1] {boot}", f"{ticks} pid:[1] {boot}", f"1 {space} another-boot"):
        gone = LaneHolder("account", "sync", host, 2**22 + 1, start, now, now)
        assert is_alive(gone, now + HEARTBEAT_S)
        assert not is_alive(gone, now + 600)
        hold_lane(db.path, "account", 2**22 + 1, start, host, time.time())
        assert (await runner(db, wait=False).start(STEPPING, Steps()).wait()).error_kind == "busy"
    hold_lane(db.path, "account", 2**22 + 1, f"1 {space} {boot}", host, time.time())
    assert (await runner(db, wait=False).start(STEPPING, Steps()).wait()).outcome == "done"


def test_a_clock_that_was_set_forward_stops_no_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within one boot the age of a heartbeat is what has really passed."""
    _, _, boot = process_start(os.getpid()).split(" ")
    now = time.time()
    beaten = LaneHolder("account", "sync", socket.gethostname(), 1, f"1 pid:[1] {clock_mark(now)}", now, now)
    assert boot in beaten.process_start
    assert is_alive(beaten, now + 86_400)  # it is the clock that says so, and it says so now


async def test_a_job_whose_lane_was_taken_over_stops(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was stopped for so long that another took it for dead."""
    monkeypatch.setattr("mediatui.store.jobs.HEARTBEAT_S", 0.02)
    job = runner(db).start(STEPPING, Steps(1, 60))
    while job.phase is None:
        await asyncio.sleep(0.005)
    hold_lane(db.path, "account", 1, "1 pid:[1] boot", "elsewhere", time.time())
    assert (await job.wait()).outcome == "cancelled"
    assert any(isinstance(event, Said) and "has taken over account" in event.text for event in job.events)
    holder = await db.read(read_holder, "account")
    assert holder is not None
    assert holder.host == "elsewhere"


CONTAINER = ("unshare", "--pid", "--fork", "--mount-proc")
SLEEPS = """
import asyncio, sys, tests.runtime.test_jobs as here
from pathlib import Path
async def go():
    db = await here.Database.open(Path(sys.argv[1]))
    job = here.runner(db, wait=False).start(here.STEPPING, here.Steps(1, float(sys.argv[2])))
    while job.phase is None and job.running:
        await asyncio.sleep(0.005)
    print("begun", flush=True)
    print((await job.wait()).error_kind)
    await db.close()
asyncio.run(go())
"""


def can_unshare() -> bool:
    return shutil.which("unshare") is not None and subprocess.run([*CONTAINER, "true"]).returncode == 0


@pytest.mark.process
@pytest.mark.skipif(not can_unshare(), reason="no PID namespace can be made here")
def test_two_containers_of_one_host_name_do_not_work_side_by_side(tmp_path: Path) -> None:
    """One sees none of the processes of the other."""
    command = [*CONTAINER, sys.executable, "-c", SLEEPS, str(tmp_path / "mediatui.db")]
    with subprocess.Popen([*command, "60"], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "begun\n"
        second = subprocess.run([*command, "0"], capture_output=True, text=True, check=True)
        assert second.stdout.split() == ["begun", "busy"]
        (inside,) = Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split()
        os.kill(int(inside), signal.SIGKILL)


def test_pace_tells_rate_and_time_left() -> None:
    pace = Pace()
    assert pace.measure(Progress(0, 100), 0.0).rate is None
    later = pace.measure(Progress(20, 100), 10.0)
    assert (later.rate, later.eta_s) == (2.0, 40.0)


def test_the_time_left_counts_the_waits_for_the_budget() -> None:
    """43 pages of which 20 go a minute: about a minute is left after the first, not seventeen."""
    pace = Pace()
    pace.restart(0.0)
    for page in range(1, 21):
        pace.measure(Progress(page, 43), page * 0.1)
    waited = pace.measure(Progress(21, 43), 60.0)
    assert waited.eta_s == pytest.approx(22 * 60 / 21)


@pytest.mark.process
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="states of processes are known from /proc")
def test_a_killed_owner_that_nobody_waited_for_is_dead() -> None:
    now = time.time()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        holder = LaneHolder("account", "sync", socket.gethostname(), other.pid, process_start(other.pid), now, now)
        assert is_alive(holder, now)
        os.kill(other.pid, signal.SIGKILL)
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays a zombie
        assert not is_alive(holder, now)


async def test_a_job_that_only_waits_lets_others_have_its_lane_and_keeps_what_it_holds(db: Database) -> None:
    """A search of eight minutes keeps no scan waiting, and nobody else begins the same batch."""
    left, go_on = asyncio.Event(), asyncio.Event()

    async def waiting(ctx: Context, options: Steps) -> AsyncGenerator[Event, None]:
        assert ctx.holds is not None
        await ctx.holds.hold("batch 7")
        await ctx.holds.leave_lane()
        left.set()
        yield Phase("waiting for Sonarr")
        await go_on.wait()
        yield Finished("done", "it ended")

    runner = JobRunner(db, lambda job_id: Context(db, None, job_id, None), wait_for_lane=False)  # type: ignore[arg-type]
    first = runner.start(JobKind("apply", "library", waiting), Steps())
    await left.wait()
    assert (await runner.start(JobKind("scan", "library", stepping), Steps()).wait()).outcome == "done"
    again = await runner.start(JobKind("apply", "library", waiting), Steps()).wait()
    assert again.error == "Another job of this program is working on batch 7."
    assert await db.read(batches_at_work, time.time()) == {7}
    assert first.id is not None
    row = await db.read(read_job, first.id)
    assert row is not None
    assert (row.state, row.lane) == ("running", "batch 7")
    go_on.set()
    assert (await first.wait()).outcome == "done"
    assert await db.read(batches_at_work, time.time()) == set()
    assert await db.read(read_holder, "batch 7") is None
