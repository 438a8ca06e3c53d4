"""Jobs as rows: their state, and the locks that let one job at a time into a lane, across processes too."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediatui.model.secrets import mask_secrets
from mediatui.system.machine import boot_id, clock_mark, pid_namespace, seconds_apart

HEARTBEAT_S = 20.0
FOREIGN_LIFE_S = 120.0
"""A lock of a process that cannot be seen from here (another host, another container) expires after so many seconds
without a heartbeat."""
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
    """Who holds a lane: ``job_name``, ``host``, ``pid`` and ``since`` (epoch seconds). ``process_start`` is the result
    of the function of that name; the stored one also holds the clock mark of the last heartbeat."""

    lane: str
    job_name: str
    host: str
    pid: int
    process_start: str
    since: float
    heartbeat_at: float


def process_start(pid: int) -> str:
    """What distinguishes a process from others with the same pid: its start in clock ticks, its PID namespace, and the
    boot of its machine; ``""`` if unknown."""
    facts = _process_facts(pid)
    return f"{facts[19]} {pid_namespace()} {boot_id()}" if facts else ""


def _process_facts(pid: int) -> list[str]:
    """The fields of ``/proc/PID/stat`` from the state on; empty when it cannot be read."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return stat.rpartition(")")[2].split()


def is_alive(holder: LaneHolder, now: float) -> bool:
    """Whether the process behind a lock still runs.

    A process of this host and container is looked up by its pid; for one of another host, another container or an
    earlier boot, the age of its heartbeat decides. A zombie, which stays for ever where no init reaps it, does not run.
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
    """Whether this process is in that PID namespace and boot; a lock of an earlier version does not say."""
    return where.split(" ")[:2] == [pid_namespace(), boot_id()]


def _heartbeat_age(holder: LaneHolder, now: float) -> float:
    """The age of a holder's last heartbeat in seconds; within one boot, setting the clock does not change it."""
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
    """Jobs of a name, newest first, that ended early and have pending items: ``(job, how many)``."""
    rows = connection.execute(
        f"SELECT {_JOB_COLUMNS}, (SELECT count(*) FROM job_items WHERE job_id = jobs.id) AS pending FROM jobs "
        "WHERE name = ? AND id <> ? AND state <> 'done' AND pending > 0 ORDER BY id DESC",
        (name, other_than),
    )
    return [(_job(tuple(row)[:-1]), int(row["pending"])) for row in rows]


def read_holder(connection: sqlite3.Connection, lane: str) -> LaneHolder | None:
    """Who holds a lane according to the database, alive or not."""
    row = connection.execute(f"{_HOLDER} WHERE lane = ?", (lane,)).fetchone()
    return None if row is None else LaneHolder(*tuple(row))


def lock_of_batch(batch: int) -> str:
    """The name of the lock that the job applying a batch holds, also while it is in no lane."""
    return f"batch {batch}"


def batches_at_work(connection: sqlite3.Connection, now: float) -> set[int]:
    """The batches that a running process is applying now."""
    rows = connection.execute(f"{_HOLDER} WHERE lane LIKE 'batch %'")
    holders = [LaneHolder(*tuple(row)) for row in rows]
    return {int(holder.lane.partition(" ")[2]) for holder in holders if is_alive(holder, now)}


def take_lane(connection: sqlite3.Connection, lane: str, job_name: str, now: float) -> LaneHolder | None:
    """Takes a lane for this process; returns None, or the running process that holds it.

    A lock whose owner no longer runs is taken over, and the jobs it left running are marked interrupted. So is a lock
    of this process that could not be released because the disk was full: within a process the runner makes sure that
    lanes are free.
    """
    holder = read_holder(connection, lane)
    if holder is not None and is_alive(holder, now) and not _is_ours(holder):
        return holder
    pid = os.getpid()
    connection.execute(
        "INSERT OR REPLACE INTO job_locks (lane, job_name, host, pid, process_start, since, heartbeat_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (lane, job_name, socket.gethostname(), pid, _with_clock(now), now, now),
    )
    connection.execute(
        "UPDATE jobs SET state = 'interrupted', ended_at = ? WHERE lane = ? AND state = 'running'",
        (now, lane),
    )
    return None


def _with_clock(now: float) -> str:
    """``process_start`` of this process and the clock mark (without the boot it begins with)."""
    start = process_start(os.getpid())
    return f"{start} {clock_mark(now).rpartition(' ')[2]}" if start else ""


def _is_ours(holder: LaneHolder) -> bool:
    pid = os.getpid()
    start = " ".join(holder.process_start.split(" ")[:3])
    return (holder.host, holder.pid, start) == (socket.gethostname(), pid, process_start(pid))


def beat(connection: sqlite3.Connection, lane: str, now: float) -> bool:
    """Writes a heartbeat for processes that cannot see this one; returns whether this process still holds the lane. A
    process that was stopped for long (a machine that slept) may have lost it."""
    holder = read_holder(connection, lane)
    if holder is None or not _is_ours(holder):
        return False
    connection.execute(
        "UPDATE job_locks SET heartbeat_at = ?, process_start = ? WHERE lane = ?", (now, _with_clock(now), lane)
    )
    return True


def release_lane(connection: sqlite3.Connection, lane: str) -> None:
    """Releases a lane of this process."""
    holder = read_holder(connection, lane)
    if holder is not None and _is_ours(holder):
        connection.execute("DELETE FROM job_locks WHERE lane = ?", (lane,))


def create_job(connection: sqlite3.Connection, name: str, lane: str, options: Mapping[str, object], now: float) -> int:
    """Writes a running job; returns its id."""
    cursor = connection.execute(
        "INSERT INTO jobs (name, lane, options, state, pid, started_at) VALUES (?, ?, ?, 'running', ?, ?)",
        (name, lane, json.dumps(dict(options)), os.getpid(), now),
    )
    return int(cursor.lastrowid or 0)


def leave_lane(connection: sqlite3.Connection, job_id: int, held: str) -> None:
    """Notes that a running job goes on outside its lane, under the other lock it holds."""
    connection.execute("UPDATE jobs SET lane = ? WHERE id = ?", (held, job_id))


def note_progress(
    connection: sqlite3.Connection, job_id: int, phase: str | None, done: int | None, total: int | None
) -> None:
    """Writes the progress of a running job, for other processes and for after a crash."""
    connection.execute("UPDATE jobs SET phase = ?, done = ?, total = ? WHERE id = ?", (phase, done, total, job_id))


def end_job(
    connection: sqlite3.Connection,
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
    connection.execute(
        "UPDATE jobs SET state = ?, ended_at = ?, requests = ?, counts = ?, summary = ?, error = ? WHERE id = ?",
        (state, now, requests, json.dumps(dict(counts)), mask_secrets(summary), error and mask_secrets(error), job_id),
    )


def take_over_items(connection: sqlite3.Connection, old_job: int, new_job: int) -> None:
    """Moves the pending items of an unfinished job to the job that carries on."""
    connection.execute("UPDATE job_items SET job_id = ? WHERE job_id = ?", (new_job, old_job))


def drop_items(connection: sqlite3.Connection, name: str, other_than: int) -> None:
    """Forgets the pending items of earlier jobs of a name (``--no-resume``)."""
    connection.execute(
        "DELETE FROM job_items WHERE job_id IN (SELECT id FROM jobs WHERE name = ? AND id <> ?)",
        (name, other_than),
    )
