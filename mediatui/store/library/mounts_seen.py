"""The mounts as they were when they were last seen alive."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiosqlite


@dataclass(frozen=True, slots=True)
class MountSeen:
    """A mount as it was when it was last seen alive."""

    path: bytes
    is_mount: bool
    entries: int
    at: float


def read_mount_seen(connection: sqlite3.Connection, path: bytes) -> MountSeen | None:
    """A mount as it was when last seen alive, or None."""
    row = connection.execute("SELECT path, is_mount, entries, at FROM mounts_seen WHERE path = ?", (path,)).fetchone()
    return None if row is None else MountSeen(bytes(row[0]), bool(row[1]), int(row[2]), float(row[3]))


def was_mount_point(connection: sqlite3.Connection, path: bytes) -> bool:
    """Whether a folder was a mount point when it was last seen alive."""
    seen = read_mount_seen(connection, path)
    return seen is not None and seen.is_mount


def read_mounts_seen(connection: sqlite3.Connection) -> dict[bytes, MountSeen]:
    """Every mount as it was when it was last seen alive."""
    rows = connection.execute("SELECT path, is_mount, entries, at FROM mounts_seen")
    return {bytes(row[0]): MountSeen(bytes(row[0]), bool(row[1]), int(row[2]), float(row[3])) for row in rows}


async def store_mount_seen(connection: aiosqlite.Connection, seen: MountSeen) -> None:
    """Notes a mount that was seen alive."""
    await connection.execute(
        "INSERT INTO mounts_seen (path, is_mount, entries, at) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET "
        "is_mount = excluded.is_mount, entries = excluded.entries, at = excluded.at",
        (seen.path, int(seen.is_mount), seen.entries, seen.at),
    )


async def forget_mount(connection: aiosqlite.Connection, path: bytes) -> None:
    """Forgets a mount: the next scan sees it for the first time."""
    await connection.execute("DELETE FROM mounts_seen WHERE path = ?", (path,))
