"""Jobs as rows: their life, and the locks that keep two of a lane apart, also across processes."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediatui.model.secrets import mask_secrets
from mediatui.system.machine import boot_id, clock_mark, pid_namespace, seconds_apart

if TYPE_CHECKING:
    import aiosqlite

HEARTBEAT_S = 20.0
FOREIGN_LIFE_S = 120.0
"""A lock of a process that we cannot see (another host, another container) dies with its heartbeat after this long."""
_HOLDER = "SELECT lane, job_name, host, pid, process_start, since, heartbeat_at FROM job_locks"


@dataclass(frozen=True, slots=True)
class JobRow:
    """One row of ``jobs``; times are epoch seconds, ``options`` and ``counts`` decoded JSON."""

    id: int
    name: str
    lane: str
    options: dict[str, object]
    state: str
    pid: int
    started_at: float
    ended_at: float | None
    phase: str | None
    done: int | None
    total: int | None
    requests: int
    counts: dict[str, object]
    summary: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class LaneHolder:
    """Who holds a lane: ``job_name``, ``host``, ``pid`` and ``since`` (epoch seconds). ``process_start`` is what
    ``process_start`` gives, and in what is stored also what the clock was worth at the last heartbeat."""

    lane: str
    job_name: str
    host: str
    pid: int
    process_start: str
    since: float
    heartbeat_at: float


def process_start(pid: int) -> str:
    """What tells a process from every other with the same pid: its start in clock ticks, its PID namespace, and the
    boot of its machine; ``""`` if unknown."""
    facts = _process_facts(pid)
    return f"{facts[19]} {pid_namespace()} {boot_id()}" if facts else ""


def _process_facts(pid: int) -> list[str]:
    """What /proc tells of a process from its state on; empty where it tells nothing."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return stat.rpartition(")")[2].split()


def is_alive(holder: LaneHolder, now: float) -> bool:
    """Whether the process behind a lock still runs: where we would see it, whether it is there; on another host, in
    another container or before the last start of the machine, whether its heart still beats.

    One that has ended and that nobody has waited for (a zombie, for ever where no init reaps) does not run.
    """
    start, _, where = holder.process_start.partition(" ")
    if holder.host != socket.gethostname() or (where.count(" ") > 0 and not _is_here(where)):
        return _heartbeat_age(holder, now) < FOREIGN_LIFE_S
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    facts = _process_facts(holder.pid)
    if not facts:
        return True
    return facts[0] not in ("Z", "X") and (not holder.process_start or facts[19] == start)


def _is_here(where: str) -> bool:
    """Whether processes of this PID namespace and boot are those we see; a lock of an earlier version does not say."""
    return where.split(" ")[:2] == [pid_namespace(), boot_id()]


def _heartbeat_age(holder: LaneHolder, now: float) -> float:
    """How many seconds ago a holder said that it is there; in one boot whatever the clock was set to since."""
    _, _, mark = holder.process_start.partition(" ")[2].partition(" ")
    return seconds_apart(holder.heartbeat_at, mark, now, clock_mark(now))


_JOB_COLUMNS = (
    "id, name, lane, options, state, pid, started_at, ended_at, phase, done, total, requests, counts, summary, error"
)


def _job(row: Iterable[Any]) -> JobRow:
    values = list(row)
    values[3] = json.loads(values[3])
    values[12] = json.loads(values[12])
    return JobRow(*values)


def read_job(connection: sqlite3.Connection, job_id: int) -> JobRow | None:
    """A job by id, or None."""
    row = connection.execute(f"SELECT {_JOB_COLUMNS} FROM jobs WHERE id = ?", (job_id,)).fetchone()
    return None if row is None else _job(row)


def recent_jobs(connection: sqlite3.Connection, limit: int = 50) -> list[JobRow]:
    """The newest jobs, newest first."""
    rows = connection.execute(f"SELECT {_JOB_COLUMNS} FROM jobs ORDER BY id DESC LIMIT ?", (limit,))
    return [_job(row) for row in rows]


def unfinished_with_items(connection: sqlite3.Connection, name: str, other_than: int) -> list[tuple[JobRow, int]]:
    """Jobs of a name, newest first, that ended early and still owe items: ``(job, how many)``."""
    rows = connection.execute(
        f"SELECT {_JOB_COLUMNS}, (SELECT count(*) FROM job_items WHERE job_id = jobs.id) AS owed FROM jobs "
        "WHERE name = ? AND id <> ? AND state <> 'done' AND owed > 0 ORDER BY id DESC",
        (name, other_than),
    )
    return [(_job(tuple(row)[:-1]), int(row["owed"])) for row in rows]


def read_holder(connection: sqlite3.Connection, lane: str) -> LaneHolder | None:
    """Who holds a lane according to the database, alive or not."""
    row = connection.execute(f"{_HOLDER} WHERE lane = ?", (lane,)).fetchone()
    return None if row is None else LaneHolder(*tuple(row))


def lock_of_batch(batch: int) -> str:
    """The name under which the job that applies a batch holds it, also while it is in no lane."""
    return f"batch {batch}"


def batches_at_work(connection: sqlite3.Connection, now: float) -> set[int]:
    """The batches which a living process applies just now."""
    rows = connection.execute(f"{_HOLDER} WHERE lane LIKE 'batch %'")
    holders = [LaneHolder(*tuple(row)) for row in rows]
    return {int(one.lane.partition(" ")[2]) for one in holders if is_alive(one, now)}


async def take_lane(connection: aiosqlite.Connection, lane: str, job_name: str, now: float) -> LaneHolder | None:
    """Takes a lane for this process; returns None, or the living process that holds it.

    A lock whose owner is dead is taken over, and jobs it left running are marked interrupted. So is one of this
    process, which a full disk kept from being given back: within a process the runner sees to it that lanes are free.
    """
    async with connection.execute(f"{_HOLDER} WHERE lane = ?", (lane,)) as cursor:
        row = await cursor.fetchone()
    if row is not None:
        holder = LaneHolder(*tuple(row))
        if is_alive(holder, now) and not _is_ours(holder):
            return holder
    pid = os.getpid()
    await connection.execute(
        "INSERT OR REPLACE INTO job_locks (lane, job_name, host, pid, process_start, since, heartbeat_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (lane, job_name, socket.gethostname(), pid, _with_clock(now), now, now),
    )
    await connection.execute(
        "UPDATE jobs SET state = 'interrupted', ended_at = ? WHERE lane = ? AND state = 'running'",
        (now, lane),
    )
    return None


def _with_clock(now: float) -> str:
    """What tells this process from others, and what the clock is worth (``clock_mark`` begins with the boot)."""
    start = process_start(os.getpid())
    return f"{start} {clock_mark(now).rpartition(' ')[2]}" if start else ""


def _is_ours(holder: LaneHolder) -> bool:
    pid = os.getpid()
    start = " ".join(holder.process_start.split(" ")[:3])
    return (holder.host, holder.pid, start) == (socket.gethostname(), pid, process_start(pid))


async def beat(connection: aiosqlite.Connection, lane: str, now: float) -> bool:
    """Tells those who cannot see this process that it is still there; returns whether it holds the lane still. One
    that was stopped for long (a machine that slept) may have lost it."""
    async with connection.execute(f"{_HOLDER} WHERE lane = ?", (lane,)) as cursor:
        row = await cursor.fetchone()
    if row is None or not _is_ours(LaneHolder(*tuple(row))):
        return False
    await connection.execute(
        "UPDATE job_locks SET heartbeat_at = ?, process_start = ? WHERE lane = ?", (now, _with_clock(now), lane)
    )
    return True


async def release_lane(connection: aiosqlite.Connection, lane: str) -> None:
    """Gives a lane of this process back."""
    async with connection.execute(f"{_HOLDER} WHERE lane = ?", (lane,)) as cursor:
        row = await cursor.fetchone()
    if row is not None and _is_ours(LaneHolder(*tuple(row))):
        await connection.execute("DELETE FROM job_locks WHERE lane = ?", (lane,))


async def create_job(
    connection: aiosqlite.Connection, name: str, lane: str, options: Mapping[str, object], now: float
) -> int:
    """Writes a running job; returns its id."""
    cursor = await connection.execute(
        "INSERT INTO jobs (name, lane, options, state, pid, started_at) VALUES (?, ?, ?, 'running', ?, ?)",
        (name, lane, json.dumps(dict(options)), os.getpid(), now),
    )
    return int(cursor.lastrowid or 0)


async def leave_lane(connection: aiosqlite.Connection, job_id: int, held: str) -> None:
    """Notes that a running job goes on outside its lane, under what else it holds."""
    await connection.execute("UPDATE jobs SET lane = ? WHERE id = ?", (held, job_id))


async def note_progress(
    connection: aiosqlite.Connection, job_id: int, phase: str | None, done: int | None, total: int | None
) -> None:
    """Writes where a running job stands, for other processes and for a look after a crash."""
    await connection.execute(
        "UPDATE jobs SET phase = ?, done = ?, total = ? WHERE id = ?", (phase, done, total, job_id)
    )


async def end_job(
    connection: aiosqlite.Connection,
    job_id: int,
    state: str,
    *,
    now: float,
    requests: int,
    counts: Mapping[str, object],
    summary: str,
    error: str | None,
) -> None:
    """Writes how a job ended."""
    await connection.execute(
        "UPDATE jobs SET state = ?, ended_at = ?, requests = ?, counts = ?, summary = ?, error = ? WHERE id = ?",
        (state, now, requests, json.dumps(dict(counts)), mask_secrets(summary), error and mask_secrets(error), job_id),
    )


async def take_over_items(connection: aiosqlite.Connection, old_job: int, new_job: int) -> None:
    """Moves what an unfinished job owes to the job that carries on."""
    await connection.execute("UPDATE job_items SET job_id = ? WHERE job_id = ?", (new_job, old_job))


async def drop_items(connection: aiosqlite.Connection, name: str, other_than: int) -> None:
    """Forgets what earlier jobs of a name owe (``--no-resume``)."""
    await connection.execute(
        "DELETE FROM job_items WHERE job_id IN (SELECT id FROM jobs WHERE name = ? AND id <> ?)",
        (name, other_than),
    )
