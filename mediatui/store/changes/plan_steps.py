"""The steps of stored plans, as text: what kinds of steps there are is not the store's business."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mediatui.model.plan import StepOutcome


class StepRow(NamedTuple):
    """A step of a batch: its position, its JSON, its outcome and the reason for that."""

    position: int
    step: str
    outcome: StepOutcome
    reason: str


_SELECT = "SELECT position, step, outcome, reason FROM plan_steps WHERE batch = ?"


def read_steps(connection: sqlite3.Connection, batch: int, outcomes: Sequence[StepOutcome] = ()) -> list[StepRow]:
    """The steps of a batch in order, all or those with one of ``outcomes``."""
    rows = _rows(connection, "", batch)
    return [row for row in rows if not outcomes or row.outcome in outcomes]


def read_steps_at(connection: sqlite3.Connection, batch: int, position: int) -> list[StepRow]:
    """The step of a batch at a position; empty when there is none."""
    return _rows(connection, " AND position = ?", batch, position)


def read_steps_of_hash(connection: sqlite3.Connection, batch: int, info_hash: str) -> list[StepRow]:
    """The steps of a batch that are about this info-hash, in order."""
    return _rows(connection, " AND json_extract(step, '$.hash') = ?", batch, info_hash)


def read_steps_of_kind(connection: sqlite3.Connection, batch: int, kind: str) -> list[StepRow]:
    """The steps of a batch of one kind (``Step.KIND``), in order."""
    return _rows(connection, " AND kind = ?", batch, kind)


def read_steps_of_item(connection: sqlite3.Connection, batch: int, kind: str, service: str, item: int) -> list[StepRow]:
    """The steps of a batch of one kind that are about this series or film of a service, in order."""
    of_item = " AND kind = ? AND json_extract(step, '$.item') = ? AND json_extract(step, '$.service') = ?"
    return _rows(connection, of_item, batch, kind, item, service)


def _rows(connection: sqlite3.Connection, which: str, *values: object) -> list[StepRow]:
    return [StepRow(*tuple(row)) for row in connection.execute(f"{_SELECT}{which} ORDER BY position", values)]


def ended_since(connection: sqlite3.Connection, kind: str, service: str, item: int, since: float) -> bool:
    """Whether a step of this kind about this series or film of a service has ended in a batch made since then."""
    query = (
        "SELECT EXISTS (SELECT 1 FROM plan_steps s JOIN batches b ON b.batch = s.batch WHERE b.created_at >= ? "
        "AND s.kind = ? AND s.outcome NOT IN ('planned', 'acting') AND json_extract(s.step, '$.item') = ? "
        "AND json_extract(s.step, '$.service') = ?)"
    )
    return bool(connection.execute(query, (since, kind, item, service)).fetchone()[0])


def failed_since(connection: sqlite3.Connection, kinds: Sequence[str], since: float) -> list[tuple[str, str]]:
    """The steps of these kinds that failed in batches made since then, the oldest first: ``(step, reason)``."""
    marks = ", ".join("?" * len(kinds))
    rows = connection.execute(
        "SELECT s.step, s.reason FROM plan_steps s JOIN batches b ON b.batch = s.batch "
        f"WHERE b.created_at >= ? AND s.outcome = 'failed' AND s.kind IN ({marks}) ORDER BY s.batch, s.position",
        (since, *kinds),
    )
    return [(row[0], row[1]) for row in rows]


def begun_undos(connection: sqlite3.Connection, batch: int) -> list[tuple[int, str]]:
    """The steps of other batches that have begun to undo a batch and have not ended: ``(number of the batch,
    step)``."""
    rows = connection.execute(
        "SELECT s.batch, s.step FROM plan_steps s JOIN batches b ON b.batch = s.batch "
        "WHERE b.undoes = ? AND s.outcome IN ('planned', 'acting', 'failed') AND EXISTS ("
        "  SELECT 1 FROM journal j WHERE j.batch = s.batch AND j.position = s.position AND j.undone_at IS NULL "
        "  AND (j.outcome IS NULL OR j.outcome = 'done'))",
        (batch,),
    )
    return [(row[0], row[1]) for row in rows]
