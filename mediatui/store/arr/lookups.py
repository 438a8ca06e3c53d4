"""What services answered to look-ups, kept for a day."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

KEPT_S: Final = 86_400.0
Found = Sequence[Mapping[str, object]]


def kept_lookups(
    connection: sqlite3.Connection, terms: Iterable[tuple[str, str]], now: float
) -> dict[tuple[str, str], Found]:
    """What is kept of these look-ups, ``(service, term)``, and not older than a day."""
    found = {}
    for service, term in terms:
        row = connection.execute(
            "SELECT found FROM lookups WHERE service = ? AND term = ? AND at BETWEEN ? AND ?",
            (service, term, now - KEPT_S, now),
        ).fetchone()
        if row is not None:
            found[service, term] = json.loads(row[0])
    return found


def keep_lookup(connection: sqlite3.Connection, service: str, term: str, found: Found, now: float) -> None:
    """Keeps what a look-up found, and drops what is too old."""
    connection.execute("DELETE FROM lookups WHERE at NOT BETWEEN ? AND ?", (now - KEPT_S, now))
    connection.execute(
        "INSERT OR REPLACE INTO lookups (service, term, found, at) VALUES (?, ?, ?, ?)",
        (service, term, json.dumps([dict(one) for one in found]), now),
    )
