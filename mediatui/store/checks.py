"""What looks at links said, and the download rows our own looks made."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mediatui.store.classes import classify_ids

if TYPE_CHECKING:
    import aiosqlite

Verdict = Literal["ok", "suspect", "dead", "unknown"]


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """What the last look at a link said; ``suspect_at`` is the first of the failures in a row (epoch seconds)."""

    torrent_id: str
    position: int
    link: str
    verdict: Verdict
    code: int | None
    at: int
    suspect_at: int | None


def read_checks(connection: sqlite3.Connection, torrent_id: str) -> dict[int, LinkCheck]:
    """The verdicts on the links of a torrent, by position."""
    rows = connection.execute(
        "SELECT torrent_id, position, link, verdict, code, at, suspect_at FROM link_checks WHERE torrent_id = ?",
        (torrent_id,),
    )
    return {row[1]: LinkCheck(*tuple(row)) for row in rows}


def due_for_check(
    connection: sqlite3.Connection,
    where: str,
    parameters: Sequence[object],
    *,
    second_look_before: int,
    fresh_since: int,
    limit: int | None,
) -> list[str]:
    """The finished rows that match ``where`` and whose links are due for a look, most urgent first: those that failed
    once, long enough ago; then those never looked at, newest first; then those whose verdict is old. A row that failed
    lately, or was looked at lately, is not due."""
    rows = connection.execute(
        f"""SELECT id FROM (
              SELECT id, added_at, health_at,
                     (SELECT max(suspect_at) FROM link_checks c
                      WHERE c.torrent_id = torrents.id AND verdict = 'suspect') AS suspect_at
              FROM torrents WHERE ({where}) AND gone_at IS NULL AND status = 'downloaded')
            WHERE CASE WHEN suspect_at IS NOT NULL THEN suspect_at <= ?
                       ELSE health_at IS NULL OR health_at < ? END
            ORDER BY suspect_at IS NULL, health_at IS NOT NULL, health_at, added_at DESC
            LIMIT ?""",
        (*parameters, second_look_before, fresh_since, -1 if limit is None else limit),
    )
    return [row[0] for row in rows]


def left_probe_downloads(connection: sqlite3.Connection) -> list[str]:
    """Download rows our looks made and an interrupted run left."""
    return [row[0] for row in connection.execute("SELECT id FROM probe_downloads ORDER BY at")]


async def note_probe_download(connection: aiosqlite.Connection, download_id: str, now: float) -> None:
    """Notes a download row we made, before it is taken away."""
    await connection.execute("INSERT OR IGNORE INTO probe_downloads (id, at) VALUES (?, ?)", (download_id, now))


async def forget_probe_download(connection: aiosqlite.Connection, download_id: str) -> None:
    """The row is gone."""
    await connection.execute("DELETE FROM probe_downloads WHERE id = ?", (download_id,))


async def store_checks(connection: aiosqlite.Connection, checks: Sequence[LinkCheck], now: int) -> None:
    """Stores verdicts, and what they make of the health and the class of their torrents.

    A torrent is dead when a link is, ok when all that were looked at are, else unknown; a suspect link keeps its code.
    """
    await connection.executemany(
        "INSERT INTO link_checks (torrent_id, position, link, verdict, code, at, suspect_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (torrent_id, position) DO UPDATE SET link = excluded.link, "
        "verdict = excluded.verdict, code = excluded.code, at = excluded.at, suspect_at = excluded.suspect_at",
        [(c.torrent_id, c.position, c.link, c.verdict, c.code, c.at, c.suspect_at) for c in checks],
    )
    ids = sorted({check.torrent_id for check in checks})
    for torrent_id in ids:
        await connection.execute(
            """UPDATE torrents SET
                 health = (SELECT CASE max(CASE verdict WHEN 'dead' THEN 3 WHEN 'suspect' THEN 2
                                                        WHEN 'unknown' THEN 1 ELSE 0 END)
                                  WHEN 3 THEN 'dead' WHEN 0 THEN 'ok' ELSE 'unknown' END
                           FROM link_checks WHERE torrent_id = torrents.id),
                 health_code = (SELECT code FROM link_checks WHERE torrent_id = torrents.id AND code IS NOT NULL
                                ORDER BY verdict = 'dead' DESC, position LIMIT 1),
                 health_at = (SELECT max(at) FROM link_checks WHERE torrent_id = torrents.id)
               WHERE id = ?""",
            (torrent_id,),
        )
    await classify_ids(connection, ids, now)


async def forget_checks(connection: aiosqlite.Connection, torrent_ids: Sequence[str]) -> None:
    """Forgets the verdicts on torrents whose links are others now."""
    await connection.executemany("DELETE FROM link_checks WHERE torrent_id = ?", [(one,) for one in torrent_ids])
    await connection.executemany(
        "UPDATE torrents SET health = NULL, health_code = NULL, health_at = NULL WHERE id = ?",
        [(one,) for one in torrent_ids],
    )
