"""The account's torrents in the archive: storing the answers of the service, and marking what is gone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediatui.model.secrets import mask_secrets
from mediatui.model.text import fold, fold_names
from mediatui.model.torrent import ListedTorrent, Torrent, TorrentDetail
from mediatui.store.torrents.checks import forget_outdated_checks
from mediatui.store.torrents.classes import classify_ids
from mediatui.store.writer import run

if TYPE_CHECKING:
    import aiosqlite

COLUMNS = (
    "key, id, hash, filename, original_filename, status, bytes, original_bytes, progress, host, split, added_on, "
    "added_at, ended_at, speed, seeders, links_count, files_count, selected_count, first_seen_at, last_seen_at, "
    "gone_at, details_at, health, health_code, health_at, error, class"
)

_LIST_FIELDS = "hash, filename, status, bytes, progress, host, split, added_on, added_at, ended_at, speed, seeders"

_INSERT = f"""
INSERT INTO torrents (id, {_LIST_FIELDS}, links_count, folded, first_seen_at, last_seen_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_UPDATE = """
UPDATE torrents SET hash = coalesce(nullif(?, ''), hash), filename = ?, status = ?, bytes = ?, progress = ?, host = ?,
    split = ?, added_on = ?, added_at = ?, ended_at = ?, speed = ?, seeders = ?,
    links_count = coalesce(?, links_count), folded = ?, last_seen_at = ?, gone_at = NULL
WHERE id = ?
"""


@dataclass(slots=True)
class ListOutcome:
    """What storing list rows changed, as torrent ids: ``new``, ``changed`` (any fact), ``status_changed``
    (a subset of changed), ``revived`` (a tombstone came back)."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    status_changed: list[str] = field(default_factory=list)
    revived: list[str] = field(default_factory=list)

    def add(self, other: ListOutcome) -> None:
        """Adds the ids of another page."""
        self.new += other.new
        self.changed += other.changed
        self.status_changed += other.status_changed
        self.revived += other.revived


def torrent_from_row(row: sqlite3.Row) -> Torrent:
    """The record of a row selected with ``COLUMNS``."""
    return Torrent(*tuple(row))


def details_of(row: ListedTorrent) -> str:
    """What the details of a row depend on: when it differs from the stored one, they are out of date.

    A finished torrent's files never change for an id, so status, selected bytes and end are enough.
    """
    return f"{row.status}|{row.bytes}|{row.ended_at or ''}"


def _facts(row: ListedTorrent) -> tuple[object, ...]:
    return (
        row.hash,
        row.filename,
        row.status,
        row.bytes,
        row.progress,
        row.host,
        row.split,
        row.added,
        row.added_at,
        row.ended_at,
        row.speed,
        row.seeders,
    )


async def store_listed(
    connection: aiosqlite.Connection, rows: Sequence[ListedTorrent], now: int, *, classified: bool = True
) -> ListOutcome:
    """Stores rows of the account's list (seen at ``now``, epoch seconds); rows given twice count once.

    Links are stored where the list brought them; an empty list of links in a big page means nothing.
    """
    return await run(connection, _store_listed, rows, now, classified=classified)


def _store_listed(
    connection: sqlite3.Connection, rows: Sequence[ListedTorrent], now: int, *, classified: bool = True
) -> ListOutcome:
    outcome = ListOutcome()
    by_id = {row.id: row for row in rows}
    ids = json.dumps(list(by_id))
    stored = connection.execute(
        f"SELECT id, {_LIST_FIELDS}, original_filename, gone_at, links_count FROM torrents "
        "WHERE id IN (SELECT value FROM json_each(?))",
        (ids,),
    ).fetchall()
    known = {str(row[0]): tuple(row)[1:] for row in stored}
    inserts: list[tuple[object, ...]] = []
    updates: list[tuple[object, ...]] = []
    for row in by_id.values():
        facts = _facts(row)
        links_count = None if row.links is None else len(row.links)
        before = known.get(row.id)
        if before is None:
            outcome.new.append(row.id)
            inserts.append((row.id, *facts, links_count, fold(row.filename), now, now))
            continue
        original, gone_at, known_links = before[12], before[13], before[14]
        links_news = links_count is not None and links_count != known_links
        if gone_at is not None:
            outcome.revived.append(row.id)
        elif before[:12] == facts and not links_news:
            continue
        outcome.changed.append(row.id)
        if before[2] != row.status:
            outcome.status_changed.append(row.id)
        updates.append((*facts, links_count, fold_names(row.filename, original), now, row.id))
    connection.executemany(_INSERT, inserts)
    connection.executemany(_UPDATE, updates)
    connection.execute(
        "UPDATE torrents SET last_seen_at = ? WHERE last_seen_at <> ? AND id IN (SELECT value FROM json_each(?))",
        (now, now, ids),
    )
    _store_links(connection, [(row.id, row.links) for row in by_id.values() if row.links is not None], now)
    if classified:
        classify_ids(connection, [*outcome.new, *outcome.changed], now)
    return outcome


def _store_links(connection: sqlite3.Connection, links: Sequence[tuple[str, Sequence[str]]], now: int) -> None:
    if not links:
        return
    connection.executemany("DELETE FROM torrent_links WHERE torrent_id = ?", [(id_,) for id_, _ in links])
    connection.executemany(
        "INSERT INTO torrent_links (torrent_id, position, link) VALUES (?, ?, ?)",
        [(id_, position, link) for id_, its in links for position, link in enumerate(its)],
    )
    forget_outdated_checks(connection, [id_ for id_, _ in links], now)


async def store_details(connection: aiosqlite.Connection, details: Sequence[TorrentDetail], now: int) -> ListOutcome:
    """Stores whole torrents fetched at ``now``, and gives their file lists to twins that have none yet.

    A twin's own selection and links stay unknown until its own detail (the file list is fixed by the info-hash, what
    was selected is not). Details without files remove no known ones: the files of an entry never change.
    """
    return await run(connection, _store_details, details, now)


def _store_details(connection: sqlite3.Connection, details: Sequence[TorrentDetail], now: int) -> ListOutcome:
    outcome = _store_listed(connection, [detail.row for detail in details], now, classified=False)
    connection.executemany(
        """UPDATE torrents SET original_filename = ?, original_bytes = ?, folded = ?,
               files_count = coalesce(?, files_count, 0), selected_count = coalesce(?, selected_count, 0),
               links_count = ?, details_at = ?, details_of = ?, error = NULL
           WHERE id = ?""",
        [
            (
                detail.original_filename,
                detail.original_bytes,
                fold_names(detail.row.filename, detail.original_filename),
                len(detail.files) or None,
                sum(1 for file in detail.files if file.selected) if detail.files else None,
                len(detail.links),
                now,
                details_of(detail.row),
                detail.row.id,
            )
            for detail in details
        ],
    )
    connection.executemany(
        "DELETE FROM torrent_files WHERE torrent_id = ?", [(detail.row.id,) for detail in details if detail.files]
    )
    connection.executemany(
        "INSERT OR REPLACE INTO torrent_files (torrent_id, file_id, path, bytes, selected, position) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [
            (detail.row.id, file.file_id, file.path, file.bytes, file.selected, position)
            for detail in details
            for position, file in enumerate(detail.files)
        ],
    )
    _store_links(connection, [(detail.row.id, detail.links) for detail in details], now)
    _give_to_twins(connection, details)
    classify_ids(connection, [detail.row.id for detail in details], now)
    return outcome


def _give_to_twins(connection: sqlite3.Connection, details: Sequence[TorrentDetail]) -> None:
    """Gives the file lists of ``details`` to torrents of the same hash that have none yet."""
    by_hash = {detail.row.hash: detail for detail in details if detail.files and detail.row.hash}
    connection.executemany(
        """INSERT INTO torrent_files (torrent_id, file_id, path, bytes, selected, position)
           SELECT twin.id, file.file_id, file.path, file.bytes, NULL, file.position
           FROM torrents twin JOIN torrent_files file ON file.torrent_id = ?
           WHERE twin.hash = ? AND twin.id <> ? AND twin.details_at IS NULL AND twin.files_count IS NULL""",
        [(detail.row.id, its_hash, detail.row.id) for its_hash, detail in by_hash.items()],
    )
    connection.executemany(
        "UPDATE torrents SET files_count = ? WHERE hash = ? AND details_at IS NULL AND files_count IS NULL",
        [(len(detail.files), its_hash) for its_hash, detail in by_hash.items()],
    )


async def store_error(connection: aiosqlite.Connection, torrent_id: str, error: str, now: float) -> None:
    """Notes on a row why its details could not be fetched at ``now``; the next sync retries."""
    await run(connection, _store_error, torrent_id, error, now)


def _store_error(connection: sqlite3.Connection, torrent_id: str, error: str, now: float) -> None:
    said = mask_secrets(error)
    connection.execute("UPDATE torrents SET error = ?, class = NULL WHERE id = ?", (said, torrent_id))
    classify_ids(connection, [torrent_id], now)


async def mark_gone(connection: aiosqlite.Connection, listed: Iterable[str], now: int) -> list[str]:
    """Marks every row that is not in a *whole* list as a tombstone; returns their ids. No row is deleted."""
    ids = json.dumps(list(listed))
    async with connection.execute(
        "UPDATE torrents SET gone_at = ?, class = 'gone', class_due = NULL "
        "WHERE gone_at IS NULL AND id NOT IN (SELECT value FROM json_each(?)) "
        "RETURNING id",
        (now, ids),
    ) as cursor:
        return [str(row[0]) for row in await cursor.fetchall()]


async def mark_ids_gone(connection: aiosqlite.Connection, ids: Iterable[str], now: int) -> None:
    """Marks rows as tombstones that the account no longer holds."""
    await connection.executemany(
        "UPDATE torrents SET gone_at = ?, class = 'gone', class_due = NULL WHERE id = ? AND gone_at IS NULL",
        [(now, torrent_id) for torrent_id in ids],
    )


async def clear_archive(connection: aiosqlite.Connection) -> int:
    """Empties the archive (torrents, jobs, facts); returns how many torrents it held.

    The request window stays, so that clearing cannot break the service's limit; library and journal stay too.
    """
    async with connection.execute("SELECT count(*) FROM torrents") as cursor:
        row = await cursor.fetchone()
    for table in ("torrent_links", "torrent_files", "torrents", "job_items", "jobs", "facts"):
        await connection.execute(f"DELETE FROM {table}")
    return int(row[0]) if row else 0
