"""The steps of stored plans, read back from what the database keeps of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from mediatui.changes.steps.registry import step_from_json
from mediatui.model.plan import Step, StepOutcome, StoredStep
from mediatui.store.changes import plan_steps
from mediatui.store.changes.plan_steps import StepRow


def read_steps(connection: sqlite3.Connection, batch: int, outcomes: Sequence[StepOutcome] = ()) -> list[StoredStep]:
    """The steps of a batch in order, all or those with one of ``outcomes``."""
    return _stored(plan_steps.read_steps(connection, batch, outcomes))


def read_step(connection: sqlite3.Connection, batch: int, position: int) -> StoredStep | None:
    """The step of a batch at a position, or None."""
    return next(iter(_stored(plan_steps.read_steps_at(connection, batch, position))), None)


def read_steps_of_hash(connection: sqlite3.Connection, batch: int, info_hash: str) -> list[StoredStep]:
    """The steps of a batch that are about this info-hash, in order."""
    return _stored(plan_steps.read_steps_of_hash(connection, batch, info_hash))


def read_steps_of_kind(connection: sqlite3.Connection, batch: int, kind: str) -> list[StoredStep]:
    """The steps of a batch of one kind (``Step.KIND``), in order."""
    return _stored(plan_steps.read_steps_of_kind(connection, batch, kind))


def read_steps_of_item(
    connection: sqlite3.Connection, batch: int, kind: str, service: str, item: int
) -> list[StoredStep]:
    """The steps of a batch of one kind that are about this series or film of a service, in order."""
    return _stored(plan_steps.read_steps_of_item(connection, batch, kind, service, item))


def begun_undos(connection: sqlite3.Connection, batch: int) -> list[tuple[int, Step]]:
    """What other batches have begun to undo of a batch, and not ended: ``(their number, step)``."""
    return [(number, step_from_json(text)) for number, text in plan_steps.begun_undos(connection, batch)]


def _stored(rows: Iterable[StepRow]) -> list[StoredStep]:
    return [StoredStep(row.position, step_from_json(row.step), row.outcome, row.reason) for row in rows]
