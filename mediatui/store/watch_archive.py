"""What users watched, and what was removed after it or rejected: kept for ever."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final, Literal

from mediatui.model.target import Target
from mediatui.store.transfers.targets import TARGET_FIELDS, target_of, target_values

Why = Literal["archived", "rejected", "gone"]
_TARGET: Final = ", ".join(name for name in TARGET_FIELDS.split(", ") if not name.startswith("service"))
_COLUMNS: Final = f"user, why, watched_at, removed_at, size, quality, hash, {_TARGET}"


@dataclass(frozen=True, slots=True)
class Watched:
    """What a user watched, or rejected: a film, or a season or episodes of a series; times are epoch seconds, the size
    bytes of what was removed. ``hash`` is that of the torrent it came from."""

    target: Target
    why: Why
    user: str = ""
    watched_at: float | None = None
    removed_at: float | None = None
    size: int | None = None
    quality: str = ""
    hash: str = ""


def note_watched(connection: sqlite3.Connection, entry: Watched) -> int:
    """Adds an entry; returns its number."""
    kind, _service, _service_id, *values = target_values(entry.target)
    known = (entry.user, entry.why, entry.watched_at, entry.removed_at, entry.size, entry.quality, entry.hash)
    cursor = connection.execute(
        f"INSERT INTO watch_archive ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*known, kind, *values),
    )
    return int(cursor.lastrowid or 0)


def watched_entries(connection: sqlite3.Connection) -> list[Watched]:
    """Every entry, the newest first."""
    return [_entry(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM watch_archive ORDER BY id DESC")]


def rejected_entries(connection: sqlite3.Connection) -> list[Watched]:
    """The entries of what was rejected."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM watch_archive WHERE why = 'rejected' ORDER BY id DESC")
    return [_entry(row) for row in rows]


def _entry(row: sqlite3.Row) -> Watched:
    user, why, watched_at, removed_at, size, quality, info_hash, kind, *target = tuple(row)
    reason: Why = "rejected" if why == "rejected" else "gone" if why == "gone" else "archived"
    return Watched(
        target_of((kind, "", 0, *target)), reason, str(user), watched_at, removed_at, size, str(quality), str(info_hash)
    )
