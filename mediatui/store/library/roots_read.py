"""Which folders of links a scan has read to their end: only then "nothing links to it" is an answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiosqlite


async def note_roots_read(connection: aiosqlite.Connection, roots: Sequence[bytes], scan: int, now: float) -> None:
    """Notes that a scan has read these folders to their end."""
    await connection.executemany(
        "INSERT OR REPLACE INTO roots_read (root, scan_id, at) VALUES (?, ?, ?)", [(root, scan, now) for root in roots]
    )


def roots_not_read(connection: sqlite3.Connection, roots: Sequence[bytes]) -> list[bytes]:
    """Those of the folders that no scan has read to their end."""
    read = {bytes(row[0]) for row in connection.execute("SELECT root FROM roots_read")}
    return [root for root in roots if root not in read]
