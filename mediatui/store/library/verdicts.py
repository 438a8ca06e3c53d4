"""What the full depth of a scan said of links, kept over later looks that do not go so deep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiosqlite


async def set_verdicts(connection: aiosqlite.Connection, rows: Sequence[tuple[bytes, str | None]]) -> None:
    """Notes what the full depth found: ``(path, verdict)``, None for what plays."""
    await connection.executemany(
        "UPDATE library_links SET verdict = ?, verdict_size = size WHERE path = ? AND verdict IS NOT ?",
        [(verdict, path, verdict) for path, verdict in rows],
    )


async def recall_verdicts(connection: aiosqlite.Connection, scan: int) -> dict[str, int]:
    """Gives the links of a scan that look good, and whose target did not play at the last full look and is of the same
    size still, that verdict again; returns how many of each."""
    where = "seen = ? AND state = 'ok' AND verdict IS NOT NULL AND verdict_size IS size"
    counted = await connection.execute_fetchall(
        f"SELECT verdict, COUNT(*) FROM library_links WHERE {where} GROUP BY verdict", (scan,)
    )
    await connection.execute(f"UPDATE library_links SET state = verdict WHERE {where}", (scan,))
    return {str(verdict): int(count) for verdict, count in counted}
