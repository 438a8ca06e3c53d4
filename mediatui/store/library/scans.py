"""The scans in the archive, and what each found wrong."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import aiosqlite

ScanStatus = Literal["running", "done", "cancelled", "failed"]
EVERY_SCAN: Final = 100_000
"""The limit that means every scan."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A row of ``scans``; ``counts`` are links by state, ``links`` all of them; times are epoch seconds. ``unjudged``
    are the rows of ``model.views.unjudged_row``."""

    id: int
    started_at: float
    ended_at: float | None
    status: ScanStatus
    mode: str
    depth: str
    roots: tuple[str, ...]
    counts: Mapping[str, int]
    links: int
    unjudged: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class ScanFinding:
    """A link a scan found something wrong with."""

    scan: int
    path: bytes
    target: bytes
    state: str
    reason: str
    torrent_id: str | None


async def create_scan(connection: aiosqlite.Connection, roots: Sequence[str], depth: str, mode: str, now: float) -> int:
    """Writes a running scan; returns its number. Only one scan runs at a time, so any other running one was killed and
    is marked as failed."""
    await connection.execute("UPDATE scans SET status = 'failed', ended_at = started_at WHERE status = 'running'")
    cursor = await connection.execute(
        "INSERT INTO scans (started_at, status, mode, depth, roots) VALUES (?, 'running', ?, ?, ?)",
        (now, mode, depth, json.dumps(list(roots))),
    )
    return int(cursor.lastrowid or 0)


async def end_scan(
    connection: aiosqlite.Connection, scan: int, status: ScanStatus, counts: Mapping[str, int], now: float
) -> None:
    """Writes how a scan ended, and its findings from the present states of the links."""
    await connection.execute(
        "UPDATE scans SET status = ?, ended_at = ?, counts = ?, links = ? WHERE id = ?",
        (status, now, json.dumps(dict(counts)), sum(counts.values()), scan),
    )
    await connection.execute(
        "INSERT OR REPLACE INTO scan_findings (scan_id, path, target, state, reason, torrent_id) "
        "SELECT ?, path, target, state, coalesce(code, ''), torrent_id FROM library_links "
        "WHERE seen = ? AND state <> 'ok'",
        (scan, scan),
    )


async def store_unjudged(connection: aiosqlite.Connection, scan: int, rows: Sequence[Mapping[str, object]]) -> None:
    """Keeps what a scan could not judge."""
    await connection.execute(
        "UPDATE scans SET unjudged = ? WHERE id = ?", (json.dumps([dict(row) for row in rows]), scan)
    )


async def prune_findings(connection: aiosqlite.Connection, keep: int) -> None:
    """Forgets the findings of all but the newest scans; their numbers stay."""
    await connection.execute(
        "DELETE FROM scan_findings WHERE scan_id NOT IN (SELECT id FROM scans ORDER BY id DESC LIMIT ?)", (keep,)
    )


async def delete_scan(connection: aiosqlite.Connection, number: int) -> None:
    """Forgets a scan and its findings; the states of the links stay."""
    await connection.execute("DELETE FROM scan_findings WHERE scan_id = ?", (number,))
    await connection.execute("DELETE FROM scans WHERE id = ?", (number,))


def read_scans(connection: sqlite3.Connection, limit: int = 100) -> list[Scan]:
    """The newest scans, newest first."""
    rows = connection.execute(
        "SELECT id, started_at, ended_at, status, mode, depth, roots, counts, links, unjudged FROM scans "
        "ORDER BY id DESC LIMIT ?",
        (limit,),
    )
    return [
        Scan(
            row[0], row[1], row[2], row[3], row[4], row[5], tuple(json.loads(row[6])), json.loads(row[7]), row[8],
            tuple(json.loads(row[9] or "[]")),
        )
        for row in rows
    ]  # fmt: skip


def read_scan(connection: sqlite3.Connection, number: int) -> Scan | None:
    """A scan by its number, or None."""
    return next((scan for scan in read_scans(connection, EVERY_SCAN) if scan.id == number), None)


def read_findings(connection: sqlite3.Connection, scan: int) -> list[ScanFinding]:
    """What a scan found wrong, by state and path."""
    rows = connection.execute(
        "SELECT scan_id, path, target, state, reason, torrent_id FROM scan_findings WHERE scan_id = ? "
        "ORDER BY state, path",
        (scan,),
    )
    return [ScanFinding(row[0], bytes(row[1]), bytes(row[2]), row[3], str(row[4]), row[5]) for row in rows]
