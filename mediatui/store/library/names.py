"""Parsed names, kept so that each is parsed once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiosqlite

NameRow = tuple[str, int, str]
"""name, version of the rules that parsed it, result (JSON)."""
CHUNK = 2_000


def read_names(connection: sqlite3.Connection, names: Iterable[str], version: int) -> dict[str, str]:
    """The results stored for these names by this version of the rules, as JSON; the names must be UTF-8. Names never
    parsed, or parsed by other rules, are left out."""
    wanted = list(dict.fromkeys(names))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), CHUNK):
        chunk = json.dumps(wanted[start : start + CHUNK])
        found.update(
            connection.execute(
                "SELECT name, parsed FROM names WHERE version = ? AND name IN (SELECT value FROM json_each(?))",
                (version, chunk),
            ).fetchall()
        )
    return found


async def store_names(connection: aiosqlite.Connection, rows: Iterable[NameRow]) -> None:
    """Stores parsed names, replacing earlier results."""
    await connection.executemany("INSERT OR REPLACE INTO names (name, version, parsed) VALUES (?, ?, ?)", rows)
