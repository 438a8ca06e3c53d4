"""The details a sync has to fetch, kept as a list that survives an interruption."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.model.torrent import DONE_STATUSES, PROBLEM_STATUSES, WORKING_STATUSES

if TYPE_CHECKING:
    import aiosqlite

DETAILS_LIFE_S = 7 * 86_400
"""Details of rows that are not finished are fetched again after seven days (sync modes)."""


@dataclass(frozen=True, slots=True)
class PendingDetail:
    """A detail to fetch, and why: new, status changed, active, error retry, missing, old, old finished, every."""

    torrent_id: str
    reason: str


def _marks(values: Sequence[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


_STANDING = "t.gone_at IS NULL"
_CHANGED = "t.details_of IS NOT t.status || '|' || t.bytes || '|' || coalesce(t.ended_at, '')"
_REASONS: dict[str, str] = {
    "new": "t.details_at IS NULL AND t.first_seen_at >= :since AND t.error IS NULL",
    "status changed": f"t.details_of IS NOT NULL AND {_CHANGED}",
    "active": f"t.status IN ({_marks(WORKING_STATUSES)})",
    # A torrent that is in error at the service too is not asked for again, unless its details never came.
    "error retry": f"t.error IS NOT NULL AND (t.status NOT IN ({_marks(PROBLEM_STATUSES)}) OR t.details_at IS NULL)",
    # Details taken over from another tool have no details_of: their files are missing.
    "missing": "(t.details_at IS NULL OR t.details_of IS NULL) AND t.error IS NULL",
    "old": f"t.details_at < :old AND t.status NOT IN ({_marks(DONE_STATUSES)})",
    "old finished": f"t.details_at < :old AND t.status IN ({_marks(DONE_STATUSES)})",
    "every": "1",
}


def _queries(
    reasons: Sequence[str], since: int, now: int, statuses: Sequence[str], most_old_finished: int
) -> Iterator[tuple[str, str, dict[str, object]]]:
    """For each reason the statement that finds its rows, and the bound parameters."""
    parameters: dict[str, object] = {"since": since, "old": now - DETAILS_LIFE_S, "most": most_old_finished}
    narrowed = ""
    if statuses:
        names = [f"status{index}" for index in range(len(statuses))]
        parameters.update(zip(names, statuses, strict=True))
        narrowed = f" AND t.status IN ({', '.join(':' + name for name in names)})"
    for reason in reasons:
        order = "ORDER BY t.files_count IS NOT NULL AND t.details_at IS NULL, t.added_at DESC, t.key"
        if reason == "old finished":
            order = "ORDER BY t.details_at, t.key LIMIT :most"
        statement = f"SELECT t.id FROM torrents t WHERE {_STANDING} AND ({_REASONS[reason]}){narrowed} {order}"
        yield reason, statement, parameters


def select_pending(
    connection: sqlite3.Connection,
    reasons: Sequence[str],
    *,
    since: int,
    now: int,
    statuses: Sequence[str] = (),
    most_old_finished: int = 0,
) -> list[PendingDetail]:
    """The rows whose details are pending for one of ``reasons``, each once, in the order of ``reasons``.

    Within a reason the newest come first, and a row whose file list came from a torrent of the same hash comes last.
    ``since`` (epoch seconds) is when this sync began: rows first seen since then are ``new``. ``statuses`` narrows. Of
    finished rows with old details the ``most_old_finished`` oldest are taken.
    """
    found: dict[str, PendingDetail] = {}
    for reason, statement, parameters in _queries(reasons, since, now, statuses, most_old_finished):
        for row in connection.execute(statement, parameters):
            found.setdefault(row[0], PendingDetail(row[0], reason))
    return list(found.values())


async def select_pending_uncommitted(
    connection: aiosqlite.Connection,
    reasons: Sequence[str],
    *,
    since: int,
    now: int,
    statuses: Sequence[str] = (),
    most_old_finished: int = 0,
) -> list[PendingDetail]:
    """``select_pending`` inside an open transaction, so that a dry run can read and then roll back."""
    found: dict[str, PendingDetail] = {}
    for reason, statement, parameters in _queries(reasons, since, now, statuses, most_old_finished):
        async with connection.execute(statement, parameters) as cursor:
            for row in await cursor.fetchall():
                found.setdefault(row[0], PendingDetail(row[0], reason))
    return list(found.values())


_LACKING_LINKS = (
    f"SELECT id FROM torrents t WHERE {_STANDING} AND links_count IS NULL AND status IN ({_marks(DONE_STATUSES)})"
)


def lacking_links(connection: sqlite3.Connection) -> set[str]:
    """Ids of finished rows whose links neither a page nor a detail has brought yet."""
    return {row[0] for row in connection.execute(_LACKING_LINKS)}


async def lacking_links_uncommitted(connection: aiosqlite.Connection) -> set[str]:
    """``lacking_links`` inside an open transaction, for a dry run."""
    async with connection.execute(_LACKING_LINKS) as cursor:
        return {str(row[0]) for row in await cursor.fetchall()}


def has_working(connection: sqlite3.Connection) -> bool:
    """Whether any row was still working when last seen (only a new list shows its progress)."""
    query = f"SELECT 1 FROM torrents t WHERE {_STANDING} AND status IN ({_marks(WORKING_STATUSES)}) LIMIT 1"
    return connection.execute(query).fetchone() is not None


async def drop_fetched(connection: aiosqlite.Connection) -> None:
    """Removes from every list what another job has fetched since that list was begun, and what is gone."""
    await connection.execute(
        "DELETE FROM job_items WHERE EXISTS (SELECT 1 FROM torrents t JOIN jobs j ON j.id = job_items.job_id "
        "WHERE t.id = job_items.item AND (t.gone_at IS NOT NULL OR t.details_at > j.started_at))"
    )


def read_pending(connection: sqlite3.Connection, job_id: int) -> list[PendingDetail]:
    """The pending details of a job, in order."""
    rows = connection.execute("SELECT item, reason FROM job_items WHERE job_id = ? ORDER BY position", (job_id,))
    return [PendingDetail(row[0], row[1]) for row in rows]


async def store_pending(connection: aiosqlite.Connection, job_id: int, pending: Sequence[PendingDetail]) -> None:
    """Replaces the pending details of the job by ``pending``."""
    await connection.execute("DELETE FROM job_items WHERE job_id = ?", (job_id,))
    await connection.executemany(
        "INSERT INTO job_items (job_id, position, item, reason) VALUES (?, ?, ?, ?)",
        [(job_id, position, item.torrent_id, item.reason) for position, item in enumerate(pending)],
    )


async def mark_fetched(connection: aiosqlite.Connection, job_id: int, torrent_ids: Iterable[str]) -> None:
    """Removes fetched items from a job's list; call it in the transaction that stores their details."""
    await connection.executemany(
        "DELETE FROM job_items WHERE job_id = ? AND item = ?", [(job_id, item) for item in torrent_ids]
    )
