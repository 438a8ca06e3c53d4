"""Facts about the archive as a whole, each a small JSON value with the time it was learnt."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiosqlite

WHOLE_LIST = "list.whole"
SHORT_LIST = "list.short"
"""The last list that was not whole."""
EMPTY_LIST = "list.empty"
"""When the service first listed the account as empty although the archive holds torrents of it (``clock``: the clock
mark of the machine then); kept while every list since then was empty too."""
ACCOUNT = "account"
"""The owner of the account."""


def read_fact(connection: sqlite3.Connection, name: str) -> tuple[dict[str, object], float] | None:
    """The value of a fact and when it was learnt (epoch seconds), or None."""
    row = connection.execute("SELECT value, at FROM facts WHERE name = ?", (name,)).fetchone()
    if row is None:
        return None
    value = json.loads(row[0])
    return (value if isinstance(value, dict) else {}), float(row[1])


async def store_fact(connection: aiosqlite.Connection, name: str, value: Mapping[str, object], now: float) -> None:
    """Stores a fact learnt at ``now``."""
    await connection.execute(
        "INSERT INTO facts (name, value, at) VALUES (?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at",
        (name, json.dumps(dict(value)), now),
    )


async def forget_facts(connection: aiosqlite.Connection, names: Iterable[str]) -> None:
    """Forgets facts that are no longer true."""
    await connection.executemany("DELETE FROM facts WHERE name = ?", [(name,) for name in names])
