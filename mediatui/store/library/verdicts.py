"""Verdicts of scans of the full depth, kept for later scans that do not go so deep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiosqlite


async def set_verdicts(connection: aiosqlite.Connection, rows: Sequence[tuple[bytes, str | None]]) -> None:
    """Stores verdicts of the full depth, ``(path, verdict)``; None for a file that plays."""
    await connection.executemany(
        "UPDATE library_links SET verdict = ?, verdict_size = size WHERE path = ? AND verdict IS NOT ?",
        [(verdict, path, verdict) for path, verdict in rows],
    )


async def recall_verdicts(connection: aiosqlite.Connection, scan: int) -> dict[str, int]:
    """Repeats the verdict of the last scan of the full depth for links that a shallower scan finds good and whose
    target did not play and still has the same size; returns how many got each verdict."""
    where = "seen = ? AND state = 'ok' AND verdict IS NOT NULL AND verdict_size IS size"
    counted = await connection.execute_fetchall(
        f"SELECT verdict, COUNT(*) FROM library_links WHERE {where} GROUP BY verdict", (scan,)
    )
    await connection.execute(f"UPDATE library_links SET state = verdict WHERE {where}", (scan,))
    return {str(verdict): int(count) for verdict, count in counted}
