"""What keeps a whole service, hashes that were refused, and hashes that are to be left alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from mediatui.model.secrets import mask_secrets
from mediatui.model.transfer import ServiceHold
from mediatui.store.json_columns import object_in


def service_holds(connection: sqlite3.Connection) -> dict[str, ServiceHold]:
    """The holds of services, by service."""
    rows = connection.execute("SELECT service, code, detail, since, tries, retry_at FROM service_holds")
    return {row[0]: ServiceHold(row[0], row[1], object_in(row[2]), *tuple(row)[3:]) for row in rows}


def hold_service(
    connection: sqlite3.Connection,
    service: str,
    code: str,
    detail: Mapping[str, object],
    retry_at: float | None,
    now: float,
) -> None:
    """Holds a service; one that is held for the same code goes on being held since then, with one more try."""
    connection.execute(
        "INSERT INTO service_holds (service, code, detail, since, tries, retry_at) VALUES (?, ?, ?, ?, 1, ?) "
        "ON CONFLICT (service) DO UPDATE SET detail = excluded.detail, retry_at = excluded.retry_at, "
        "since = CASE WHEN code = excluded.code THEN min(since, excluded.since) ELSE excluded.since END, "
        "tries = CASE WHEN code = excluded.code THEN tries + 1 ELSE 1 END, code = excluded.code",
        (service, code, mask_secrets(json.dumps(dict(detail))), now, retry_at),
    )


def release_service(connection: sqlite3.Connection, service: str) -> bool:
    """Ends the hold of a service; returns whether there was one."""
    return connection.execute("DELETE FROM service_holds WHERE service = ?", (service,)).rowcount > 0


def note_refused(
    connection: sqlite3.Connection, service: str, info_hash: str, name: str, code: str, now: float
) -> None:
    """Notes that a service refuses a hash."""
    connection.execute(
        "INSERT OR REPLACE INTO refused_hashes (service, hash, name, code, at) VALUES (?, ?, ?, ?, ?)",
        (service, info_hash, name, code, now),
    )


def refused_at(connection: sqlite3.Connection, service: str, info_hash: str) -> float | None:
    """When a service refused a hash (epoch seconds), or None."""
    row = connection.execute(
        "SELECT at FROM refused_hashes WHERE service = ? AND hash = ?", (service, info_hash)
    ).fetchone()
    return None if row is None else float(row[0])


def accept_hash(connection: sqlite3.Connection, service: str, info_hash: str) -> None:
    """Forgets that a service refused a hash, since it has taken it."""
    connection.execute("DELETE FROM refused_hashes WHERE service = ? AND hash = ?", (service, info_hash))


def ignore_hash(connection: sqlite3.Connection, info_hash: str, name: str, now: float) -> None:
    """Notes that a hash is to be left alone."""
    connection.execute(
        "INSERT OR REPLACE INTO ignored_hashes (hash, name, at) VALUES (?, ?, ?)", (info_hash, name, now)
    )


def unignore_hash(connection: sqlite3.Connection, info_hash: str) -> bool:
    """Takes that back; returns whether it was ignored."""
    return connection.execute("DELETE FROM ignored_hashes WHERE hash = ?", (info_hash,)).rowcount > 0


def is_ignored(connection: sqlite3.Connection, info_hash: str) -> bool:
    """Whether a hash is to be left alone."""
    return connection.execute("SELECT 1 FROM ignored_hashes WHERE hash = ?", (info_hash,)).fetchone() is not None


def add_outcomes(connection: sqlite3.Connection, since: float) -> list[tuple[str, bool]]:
    """How adds to the account of this program went since a moment, the newest first: the hash, and whether it was
    taken (an entry that was there already says nothing)."""
    rows = connection.execute(
        "SELECT t.hash, e.event = 'sent' FROM transfer_events e JOIN transfers t ON t.id = e.transfer_id "
        "WHERE t.route = 'debrid' AND e.at >= ? AND (e.event = 'sent' OR (e.event = 'not sent' AND "
        "json_extract(e.facts, '$.code') = 'rd-pause')) ORDER BY e.id DESC",
        (since,),
    )
    return [(row[0], bool(row[1])) for row in rows]
