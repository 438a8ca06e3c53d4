"""Pending rescans: links that Sonarr or Radarr accept only once their targets are back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiosqlite


async def note_pending_rescans(
    connection: aiosqlite.Connection, service: str, paths: Iterable[bytes], now: float
) -> None:
    """Notes that a service (by its name) did not accept the dangling links at these paths."""
    await connection.executemany(
        "INSERT OR IGNORE INTO rescans_owed (service, path, since) VALUES (?, ?, ?)",
        [(service, path, now) for path in paths],
    )


async def drop_pending_rescans(connection: aiosqlite.Connection, service: str, paths: Iterable[bytes]) -> None:
    """Forgets the pending rescans of these paths."""
    await connection.executemany(
        "DELETE FROM rescans_owed WHERE service = ? AND path = ?", [(service, path) for path in paths]
    )


def links_that_came_back(connection: sqlite3.Connection, services: Sequence[str]) -> dict[str, list[bytes]]:
    """The links with a pending rescan whose targets were there at the last scan, by service."""
    found: dict[str, list[bytes]] = {}
    rows = connection.execute(
        "SELECT service, r.path FROM rescans_owed r JOIN library_links l ON l.path = r.path WHERE l.state = 'ok' "
        "ORDER BY service, r.path"
    )
    for service, path in rows:
        if service in services:
            found.setdefault(service, []).append(path)
    return found
