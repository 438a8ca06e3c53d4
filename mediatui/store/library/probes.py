"""What scans of the full depth learnt of files, kept by path, size and time of change.

Device and inode are not used: the device number of a mount may change with each remount, and half of the inodes of an
rclone mount, which are hashes, do not fit into a column.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiosqlite

_WRAP = 1 << 64


@dataclass(frozen=True, slots=True)
class Probe:
    """What is known of a file: its path (absolute), size (bytes) and time of change (nanoseconds), whether it plays,
    why not, the facts from ffprobe, and when its first bytes were last read (epoch seconds)."""

    path: bytes
    size: int
    mtime: int
    verdict: str
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    read_at: float = 0.0

    def is_of(self, size: int, mtime: int) -> bool:
        """Whether it is about a file of this size and time of change."""
        return (self.size, self.mtime) == (size, _held(mtime))


def _held(number: int) -> int:
    """A number that fits into a column: file systems report times that no signed 64-bit number holds."""
    return (number + _WRAP // 2) % _WRAP - _WRAP // 2


def read_probe(connection: sqlite3.Connection, path: bytes) -> Probe | None:
    """What is known of the file at a path, or None."""
    row = connection.execute(
        "SELECT path, size, mtime, verdict, reason, facts, read_at FROM probes WHERE path = ?", (path,)
    ).fetchone()
    if row is None:
        return None
    path, size, mtime, verdict, reason, facts, read_at = tuple(row)
    return Probe(bytes(path), size, mtime, verdict, reason, json.loads(facts), read_at)


async def store_probes(connection: aiosqlite.Connection, probes: Sequence[Probe], now: float) -> None:
    """Stores the results of files, except of those that could not be read or judged."""
    await connection.executemany(
        "INSERT OR REPLACE INTO probes (path, size, mtime, verdict, reason, facts, checked_at, read_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (probe.path, _held(probe.size), _held(probe.mtime), probe.verdict, probe.reason,
             json.dumps(dict(probe.facts)), now, probe.read_at)
            for probe in probes
            if probe.verdict not in ("unknown", "io_error")
        ],
    )  # fmt: skip
