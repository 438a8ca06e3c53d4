"""Stored plans and the journal: what was planned, what was done, and what undoes it."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from mediatui.model.arr import NOTHING_FOUND
from mediatui.model.secrets import mask_secrets
from mediatui.model.text import fold
from mediatui.store.jobs import batches_at_work
from mediatui.store.writer import run

if TYPE_CHECKING:
    import aiosqlite

    from mediatui.model.plan import Plan, Step, StepOutcome

BatchState = Literal["planned", "running", "done", "partial", "cancelled", "failed", "dropped", "interrupted"]
"""``interrupted`` is never stored: a batch is that while it counts as running and no process applies it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A stored plan; times are epoch seconds. ``steps`` counts its steps, ``left`` those not begun or not ended. Of the
    lines of the journal, ``lines`` counts the done ones, ``undone`` those that were undone, ``unended`` those begun and
    not ended, ``standing`` those done, or perhaps done, and not undone. ``nothing_found`` counts the searches among the
    ``done`` that found nothing. ``first`` is what the first step is about, a name or a path; empty without steps."""

    batch: int
    command: str
    title: str
    state: BatchState
    undoes: int | None
    looked_at: int | None
    allowed: int | None
    created_at: float
    started_at: float | None
    ended_at: float | None
    steps: int
    done: int
    skipped: int
    failed: int
    left: int
    lines: int
    undone: int
    unended: int
    standing: int
    nothing_found: int
    first: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal. ``before`` is what undo needs, ``after`` the result; an ``outcome`` of None means that
    the program ended between the two."""

    batch: int
    seq: int
    at: float
    kind: str
    what: str
    before: Mapping[str, object]
    after: Mapping[str, object]
    undone_at: float | None
    position: int | None
    outcome: str | None

    def text(self, name: str) -> str:
        """The text of this name in ``before``; empty when there is none."""
        value = self.before.get(name)
        return value if isinstance(value, str) else ""


LineOutcome = Literal["done", "failed", "nothing", "told"]
NOTIFIED: Final = "told"
"""The outcome of a line by which another program was notified: it cannot be undone. As it is stored."""
_SHOWN: Final = {NOTIFIED: "notified", "tell to rescan": "rescan", "tell to search": "search"}


def shown_word(stored: str) -> str:
    """A stored kind or outcome of a line as it is shown."""
    return _SHOWN.get(stored, stored)


_INSERT_STEP = "INSERT INTO plan_steps (batch, position, kind, what, step) VALUES (?, ?, ?, ?, ?)"
_SET_OUTCOME = "UPDATE plan_steps SET outcome = ?, reason = ? WHERE batch = ? AND position = ?"
_DROP_LINE = "DELETE FROM journal WHERE batch = ? AND seq = ?"
_MARK_UNDONE = "UPDATE journal SET undone_at = ? WHERE batch = ? AND seq = ?"
_BATCHES = f"""
SELECT b.batch, command, title, state, undoes, looked_at, allowed, created_at, started_at, ended_at,
       count(s.position), coalesce(sum(s.outcome = 'done'), 0), coalesce(sum(s.outcome = 'skipped'), 0),
       coalesce(sum(s.outcome = 'failed'), 0), coalesce(sum(s.outcome IN ('planned', 'acting')), 0),
       (SELECT count(*) FROM journal j WHERE j.batch = b.batch AND j.outcome = 'done'),
       (SELECT count(*) FROM journal j WHERE j.batch = b.batch AND j.undone_at IS NOT NULL),
       (SELECT count(*) FROM journal j WHERE j.batch = b.batch AND j.outcome IS NULL AND j.undone_at IS NULL),
       (SELECT count(*) FROM journal j
        WHERE j.batch = b.batch AND (j.outcome IS NULL OR j.outcome = 'done') AND j.undone_at IS NULL),
       coalesce(sum(s.outcome = 'done' AND s.reason = '{NOTHING_FOUND}'), 0),
       coalesce((SELECT f.what FROM plan_steps f WHERE f.batch = b.batch ORDER BY f.position LIMIT 1), '')
FROM batches b LEFT JOIN plan_steps s ON s.batch = b.batch
"""


def read_batch(connection: sqlite3.Connection, batch: int) -> Batch | None:
    """A batch by number, or None."""
    row = connection.execute(f"{_BATCHES} WHERE b.batch = ? GROUP BY b.batch", (batch,)).fetchone()
    return None if row is None else _as_it_is(connection, [Batch(*tuple(row))])[0]


def _as_it_is(connection: sqlite3.Connection, batches: Sequence[Batch]) -> list[Batch]:
    """The batches; those that are said to be running while no process applies them are interrupted."""
    at_work = batches_at_work(connection, time.time()) if any(one.state == "running" for one in batches) else ()
    return [
        replace(one, state="interrupted") if one.state == "running" and one.batch not in at_work else one
        for one in batches
    ]


def recent_batches(connection: sqlite3.Connection, limit: int = 50) -> list[Batch]:
    """The newest batches, newest first, without the dropped ones."""
    rows = connection.execute(
        f"{_BATCHES} WHERE state <> 'dropped' GROUP BY b.batch ORDER BY b.batch DESC LIMIT ?", (limit,)
    )
    return _as_it_is(connection, [Batch(*tuple(row)) for row in rows])


def batches_about(connection: sqlite3.Connection, words: Sequence[str], first: int = 0) -> dict[str, set[int]]:
    """For each of these words (folded) the batches, from the ``first`` on, with a step that holds it in what it is
    about, mostly a name, or in its kind."""
    found: dict[str, set[int]] = {word: set() for word in words}
    for batch, kind, what in connection.execute("SELECT batch, kind, what FROM plan_steps WHERE batch >= ?", (first,)):
        text = fold(f"{shown_word(kind)} {what}")
        for word, batches in found.items():
            if word in text:
                batches.add(batch)
    return found


def unfinished_batches(connection: sqlite3.Connection) -> list[Batch]:
    """Batches that were begun and have steps left, oldest first, without those that are being applied now. A batch that
    was undone as far as it went is not among them, since whoever undid it does not want the rest done; nor is an undo
    that a later undo completed."""
    return _standing_with(connection, "sum(s.outcome IN ('planned', 'acting')) > 0")


def failed_undos(connection: sqlite3.Connection) -> list[Batch]:
    """Batches that undo others and have steps that failed, oldest first: they can be tried again."""
    return _standing_with(connection, "undoes IS NOT NULL AND sum(s.outcome = 'failed') > 0")


def failed_batches(connection: sqlite3.Connection) -> list[Batch]:
    """Batches with steps that failed, newest first."""
    return _standing_with(connection, "sum(s.outcome = 'failed') > 0")[::-1]


def _standing_with(connection: sqlite3.Connection, steps: str) -> list[Batch]:
    rows = connection.execute(
        f"{_BATCHES} WHERE state IN ('running', 'cancelled', 'failed', 'partial') GROUP BY b.batch "
        f"HAVING {steps} ORDER BY b.batch"
    )
    batches = [Batch(*tuple(row)) for row in rows]
    at_work = batches_at_work(connection, time.time()) if batches else ()
    return [
        batch for batch in batches
        if batch.batch not in at_work and (batch.standing or not batch.undone) and not _was_followed(connection, batch)
    ]  # fmt: skip


def _was_followed(connection: sqlite3.Connection, batch: Batch) -> bool:
    """Whether a later undo completed what this one left."""
    if batch.undoes is None:
        return False
    query = "SELECT max(batch) FROM batches WHERE undoes = ? AND state = 'done'"
    later = connection.execute(query, (batch.undoes,)).fetchone()[0] or 0
    undone = read_batch(connection, batch.undoes)
    return later > batch.batch and (undone is None or not undone.standing)


def read_lines(connection: sqlite3.Connection, batch: int, position: int | None = None) -> list[Line]:
    """The journal of a batch, or of one of its steps, in the order things were done."""
    rows = connection.execute(
        "SELECT batch, seq, at, kind, what, before, after, undone_at, position, outcome FROM journal "
        "WHERE batch = ? AND (? IS NULL OR position = ?) ORDER BY seq",
        (batch, position, position),
    )
    return [_line(row) for row in rows]


def _line(row: sqlite3.Row) -> Line:
    batch, seq, at, kind, what, before, after, undone_at, position, outcome = tuple(row)
    return Line(
        batch, seq, at, kind, what, json.loads(before or "{}"), json.loads(after or "{}"), undone_at, position, outcome
    )


def lines_about(connection: sqlite3.Connection, torrent_id: str, limit: int = 50) -> list[Line]:
    """The journal of one torrent, newest first."""
    rows = connection.execute(
        "SELECT batch, seq, at, kind, what, before, after, undone_at, position, outcome FROM journal "
        "WHERE json_extract(before, '$.id') = ? OR json_extract(after, '$.id') = ? ORDER BY at DESC LIMIT ?",
        (torrent_id, torrent_id, limit),
    )
    return [_line(row) for row in rows]


def lines_in(connection: sqlite3.Connection, batch: int, *, seq: int = 0, torrent_id: str | None = None) -> list[Line]:
    """The line of a batch with this number, or all that are about a torrent, in the order things were done."""
    rows = connection.execute(
        "SELECT batch, seq, at, kind, what, before, after, undone_at, position, outcome FROM journal WHERE batch = ? "
        "AND (seq = ? OR json_extract(before, '$.id') = ? OR json_extract(after, '$.id') = ?) ORDER BY seq",
        (batch, seq, torrent_id, torrent_id),
    )
    return [_line(row) for row in rows]


def unseen_add(connection: sqlite3.Connection, kind: str, info_hash: str) -> Line | None:
    """The newest line of a kind that added a hash, was not undone, and whose entry the archive has never seen; None
    when there is none."""
    row = connection.execute(
        "SELECT batch, seq, at, kind, what, before, after, undone_at, position, outcome FROM journal "
        "WHERE kind = ? AND outcome = 'done' AND undone_at IS NULL AND json_extract(before, '$.hash') = ? "
        "AND json_extract(after, '$.id') NOT IN (SELECT id FROM torrents) ORDER BY at DESC, batch DESC LIMIT 1",
        (kind, info_hash),
    ).fetchone()
    return None if row is None else _line(row)


def lines_of_item(connection: sqlite3.Connection, batch: int, kind: str, service: str, item: int) -> list[Line]:
    """The lines of a batch of one kind that are about this series or film of a service, in order."""
    rows = connection.execute(
        "SELECT batch, seq, at, kind, what, before, after, undone_at, position, outcome FROM journal WHERE batch = ? "
        "AND kind = ? AND json_extract(before, '$.item') = ? AND json_extract(before, '$.service') = ? ORDER BY seq",
        (batch, kind, item, service),
    )
    return [_line(row) for row in rows]


async def store_plan(connection: aiosqlite.Connection, plan: Plan, now: float, allowed: int | None = None) -> int:
    """Stores a plan; returns the number of its batch."""
    cursor = await connection.execute(
        "INSERT INTO batches (command, title, state, undoes, looked_at, allowed, created_at) "
        "VALUES (?, ?, 'planned', ?, ?, ?, ?)",
        (plan.command, plan.title, plan.undoes, plan.looked_at, allowed, now),
    )
    batch = int(cursor.lastrowid or 0)
    await connection.executemany(_INSERT_STEP, _step_rows(batch, plan.steps, 1))
    return batch


async def append_steps(connection: aiosqlite.Connection, batch: int, steps: Sequence[Step]) -> None:
    """Puts steps at the end of a stored plan."""
    rows = await connection.execute_fetchall(
        "SELECT coalesce(max(position), 0) FROM plan_steps WHERE batch = ?", (batch,)
    )
    last = int(next(iter(rows))[0])
    await connection.executemany(_INSERT_STEP, _step_rows(batch, steps, last + 1))


def _step_rows(batch: int, steps: Sequence[Step], first: int) -> list[tuple[int, int, str, str, str]]:
    from mediatui.model.plan import step_to_json

    return [
        (batch, position, step.KIND, step.what, step_to_json(step)) for position, step in enumerate(steps, start=first)
    ]


async def begin_batch(connection: aiosqlite.Connection, batch: int, now: float) -> None:
    """Marks a batch as running."""
    await connection.execute(
        "UPDATE batches SET state = 'running', started_at = coalesce(started_at, ?), ended_at = NULL WHERE batch = ?",
        (now, batch),
    )


async def raise_limit(connection: aiosqlite.Connection, batch: int, allowed: int) -> None:
    """Notes the limit a person raised for what is left of a batch."""
    await connection.execute("UPDATE batches SET allowed = ? WHERE batch = ?", (allowed, batch))


async def end_batch(connection: aiosqlite.Connection, batch: int, state: BatchState, now: float) -> None:
    """Writes how a batch ended."""
    await connection.execute("UPDATE batches SET state = ?, ended_at = ? WHERE batch = ?", (state, now, batch))


def write_outcome(
    connection: sqlite3.Connection,
    batch: int,
    position: int,
    outcome: StepOutcome,
    reason: str,
    *,
    dropped: Sequence[int] = (),
    undoes: int | None = None,
    undone: Sequence[int] = (),
    now: float,
) -> None:
    """Writes, in one transaction, the outcome of a step; forgets its ``dropped`` lines, which were written ahead; and
    notes which lines of the batch it ``undoes`` were ``undone``."""
    connection.execute(_SET_OUTCOME, (outcome, mask_secrets(reason), batch, position))
    connection.executemany(_DROP_LINE, [(batch, seq) for seq in dropped])
    if undoes is not None:
        connection.executemany(_MARK_UNDONE, [(now, undoes, seq) for seq in undone])


async def set_outcome(
    connection: aiosqlite.Connection, batch: int, position: int, outcome: StepOutcome, reason: str = ""
) -> None:
    """Writes the outcome of a step."""
    await connection.execute(_SET_OUTCOME, (outcome, mask_secrets(reason), batch, position))


async def plan_again(connection: aiosqlite.Connection, batch: int, outcomes: Iterable[StepOutcome]) -> int:
    """Makes the steps that ended in one of ``outcomes`` due again; returns how many."""
    wanted = list(outcomes)
    cursor = await connection.execute(
        f"UPDATE plan_steps SET outcome = 'planned', reason = '' "
        f"WHERE batch = ? AND outcome IN ({', '.join('?' * len(wanted))})",
        (batch, *wanted),
    )
    return cursor.rowcount


async def plan_steps_again(connection: aiosqlite.Connection, batch: int, positions: Iterable[int]) -> None:
    """Makes these steps due again, however they ended."""
    await connection.executemany(
        "UPDATE plan_steps SET outcome = 'planned', reason = '' WHERE batch = ? AND position = ?",
        [(batch, position) for position in positions],
    )


async def open_line(
    connection: aiosqlite.Connection,
    batch: int,
    position: int,
    kind: str,
    what: str,
    before: Mapping[str, object],
    now: float,
) -> int:
    """Writes, before something is done, what it is and what undoes it; returns the number of the line."""
    rows = await connection.execute_fetchall(
        "INSERT INTO journal (batch, seq, at, kind, what, before, position) "
        "SELECT ?, coalesce(max(seq), 0) + 1, ?, ?, ?, ?, ? FROM journal WHERE batch = ? RETURNING seq",
        (batch, now, kind, what, json.dumps(dict(before)), position, batch),
    )
    return int(next(iter(rows))[0])


async def close_line(
    connection: aiosqlite.Connection, batch: int, seq: int, outcome: str, after: Mapping[str, object]
) -> None:
    """Writes the outcome: ``done``, ``failed``, ``nothing`` when there was nothing to do, or NOTIFIED."""
    await run(connection, end_line, batch, seq, outcome, after)


def end_line(connection: sqlite3.Connection, batch: int, seq: int, outcome: str, after: Mapping[str, object]) -> None:
    """What ``close_line`` does, in the thread of the writer."""
    connection.execute(
        "UPDATE journal SET outcome = ?, after = ? WHERE batch = ? AND seq = ?",
        (outcome, json.dumps(dict(after)), batch, seq),
    )


async def drop_lines(connection: aiosqlite.Connection, batch: int, seqs: Iterable[int]) -> None:
    """Forgets lines that were written ahead for steps that did nothing."""
    await connection.executemany(_DROP_LINE, [(batch, seq) for seq in seqs])


async def mark_undone(connection: aiosqlite.Connection, batch: int, seqs: Iterable[int], now: float | None) -> None:
    """Notes that lines were undone at ``now``; None takes that note back."""
    lines = [(now, batch, seq) for seq in seqs]
    if lines:
        await connection.executemany(_MARK_UNDONE, lines)
