"""What transfers are for, as rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from mediatui.model.target import MappedTarget, Target, TargetKind
from mediatui.model.transfer import State
from mediatui.store.json_columns import list_in
from mediatui.store.transfers.rows import read_state

TARGET_FIELDS: Final = (
    "kind, service, service_id, tmdb_id, tvdb_id, imdb_id, title, year, season, episodes, episode_ids, air_dates"
)
"""The columns that a target is read from, in the order ``target_of`` takes them."""
_COLUMNS: Final = f"{TARGET_FIELDS}, score, reasons, monitored"


def set_targets(connection: sqlite3.Connection, transfer_id: int, targets: Sequence[MappedTarget]) -> None:
    """Notes what a transfer is for, in place of what it was for before."""
    connection.execute("DELETE FROM transfer_targets WHERE transfer_id = ?", (transfer_id,))
    connection.executemany(
        f"INSERT INTO transfer_targets (transfer_id, position, {_COLUMNS}) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(transfer_id, position, *_values(one)) for position, one in enumerate(targets, 1)],
    )


def _values(one: MappedTarget) -> tuple[object, ...]:
    return (*target_values(one.target), one.score, json.dumps(one.reasons), one.monitored)


def target_values(target: Target) -> tuple[object, ...]:
    """The values of ``TARGET_FIELDS`` for a target."""
    lists = (json.dumps(one) for one in (target.episodes, target.episode_ids, target.air_dates))
    return (
        target.kind, target.service, target.service_id, target.tmdb_id, target.tvdb_id, target.imdb_id, target.title,
        target.year, target.season, *lists,
    )  # fmt: skip


def targets_of(connection: sqlite3.Connection, transfer_id: int) -> list[MappedTarget]:
    """What a transfer is for; none when that is not known."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM transfer_targets WHERE transfer_id = ? ORDER BY position", (transfer_id,)
    )
    return [_mapped(row) for row in rows]


def targets_of_all(connection: sqlite3.Connection) -> dict[int, list[MappedTarget]]:
    """What every transfer is for, by the number of the transfer."""
    found: dict[int, list[MappedTarget]] = {}
    for number, *row in connection.execute(
        f"SELECT transfer_id, {_COLUMNS} FROM transfer_targets ORDER BY transfer_id, position"
    ):
        found.setdefault(number, []).append(_mapped(row))
    return found


def targets_under_way(connection: sqlite3.Connection) -> list[tuple[int, str, State, MappedTarget]]:
    """What the transfers that have not ended are for: the number of each, its hash, its state, and the target."""
    rows = connection.execute(
        f"SELECT transfers.id, hash, state, {', '.join(f'target.{name}' for name in _COLUMNS.split(', '))} "
        "FROM transfer_targets target JOIN transfers ON transfers.id = target.transfer_id "
        "WHERE ended_at IS NULL ORDER BY transfers.id, position"
    )
    return [(number, info_hash, read_state(state), _mapped(row)) for number, info_hash, state, *row in rows]


def target_of(row: Iterable[object]) -> Target:
    """The target in a row of ``TARGET_FIELDS``."""
    (
        kind, service, service_id, tmdb_id, tvdb_id, imdb_id, title, year, season, episodes, episode_ids, dates,
    ) = tuple(row)  # fmt: skip
    is_of: TargetKind = "film" if kind == "film" else "series"
    return Target(
        is_of, str(title), _number(year), _number(tmdb_id) or 0, _number(tvdb_id) or 0, _number(imdb_id) or 0,
        str(service), _number(service_id) or 0, _number(season), _numbers(episodes), _numbers(episode_ids),
        tuple(map(str, list_in(dates))),
    )  # fmt: skip


def _mapped(row: Iterable[object]) -> MappedTarget:
    *target, score, reasons, monitored = tuple(row)
    known = None if monitored is None else bool(monitored)
    return MappedTarget(target_of(target), _number(score), tuple(map(str, list_in(reasons))), known)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _numbers(text: object) -> tuple[int, ...]:
    return tuple(one for one in list_in(text) if isinstance(one, int))
