"""Results of link checks, and the download rows that the checks made."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mediatui.model.link_codes import BLOCKED
from mediatui.store.conditions import TorrentCondition
from mediatui.store.torrents.classes import classify_ids
from mediatui.store.writer import run

if TYPE_CHECKING:
    import aiosqlite

LinkVerdict = Literal["ok", "suspect", "dead", "unknown"]


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """The last check of a link; ``suspect_at`` is the first of the failures in a row (epoch seconds)."""

    torrent_id: str
    position: int
    link: str
    verdict: LinkVerdict
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


def failed_links(checks: Mapping[int, LinkCheck]) -> list[int]:
    """The positions of the links that did not open at their last check."""
    return sorted(position for position, result in checks.items() if result.verdict in ("suspect", "dead"))


def due_for_check(
    connection: sqlite3.Connection,
    condition: TorrentCondition,
    *,
    second_check_before: int,
    fresh_since: int,
    limit: int | None,
) -> list[str]:
    """The finished rows that match and whose links are due for a check, most urgent first: those that failed once, long
    enough ago; then those never checked, newest first; then those whose verdict is old or unknown. A row that failed or
    gave no answer lately, or has a fresh verdict, is not due; nor is one whose links are not known."""
    rows = connection.execute(
        f"""SELECT id FROM (
              SELECT id, added_at, health, health_at,
                     (SELECT min(suspect_at) FROM link_checks c
                      WHERE c.torrent_id = torrents.id AND verdict = 'suspect') AS suspect_at
              FROM torrents WHERE ({condition.text}) AND gone_at IS NULL AND status = 'downloaded'
              AND EXISTS (SELECT 1 FROM torrent_links l WHERE l.torrent_id = torrents.id))
            WHERE CASE WHEN suspect_at IS NOT NULL THEN suspect_at <= ?
                       WHEN health = 'unknown' THEN health_at <= ?
                       ELSE health_at IS NULL OR health_at < ? END
            ORDER BY suspect_at IS NULL, health_at IS NOT NULL, health_at, added_at DESC
            LIMIT ?""",
        (*condition.values, second_check_before, second_check_before, fresh_since, -1 if limit is None else limit),
    )
    return [row[0] for row in rows]


def last_failures(connection: sqlite3.Connection, since: int, limit: int) -> list[bool]:
    """Whether each of the last ``limit`` checks after ``since`` (epoch seconds) failed, oldest first; a blocked file
    and a check without an answer are no failures."""
    rows = connection.execute(
        f"SELECT verdict IN ('suspect', 'dead') AND coalesce(code, 0) <> {BLOCKED} FROM link_checks WHERE at > ? "
        "ORDER BY at DESC LIMIT ?",
        (since, limit),
    ).fetchall()
    return [bool(row[0]) for row in reversed(rows)]


def links_known_good(connection: sqlite3.Connection, limit: int) -> list[str]:
    """Links of the account that opened at their last check, the latest first."""
    rows = connection.execute(
        "SELECT link FROM link_checks c JOIN torrents t ON t.id = c.torrent_id "
        "WHERE verdict = 'ok' AND gone_at IS NULL ORDER BY at DESC LIMIT ?",
        (limit,),
    )
    return [row[0] for row in rows]


def left_probe_downloads(connection: sqlite3.Connection) -> list[str]:
    """Download rows that an interrupted check left in the account."""
    return [row[0] for row in connection.execute("SELECT id FROM probe_downloads ORDER BY at")]


async def note_probe_download(connection: aiosqlite.Connection, download_id: str, now: float) -> None:
    """Notes a download row that a check made, before it is deleted."""
    await connection.execute("INSERT OR IGNORE INTO probe_downloads (id, at) VALUES (?, ?)", (download_id, now))


async def forget_probe_download(connection: aiosqlite.Connection, download_id: str) -> None:
    """Forgets a download row that was deleted."""
    await connection.execute("DELETE FROM probe_downloads WHERE id = ?", (download_id,))


async def store_checks(connection: aiosqlite.Connection, checks: Sequence[LinkCheck], now: int) -> None:
    """Stores verdicts and updates the health and the class of their torrents."""
    await run(connection, _store_checks, checks, now)


def _store_checks(connection: sqlite3.Connection, checks: Sequence[LinkCheck], now: int) -> None:
    connection.executemany(
        "INSERT INTO link_checks (torrent_id, position, link, verdict, code, at, suspect_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (torrent_id, position) DO UPDATE SET link = excluded.link, "
        "verdict = excluded.verdict, code = excluded.code, at = excluded.at, suspect_at = excluded.suspect_at",
        [(c.torrent_id, c.position, c.link, c.verdict, c.code, c.at, c.suspect_at) for c in checks],
    )
    _update_health(connection, sorted({check.torrent_id for check in checks}), now)


def forget_outdated_checks(connection: sqlite3.Connection, ids: Sequence[str], now: float) -> None:
    """Forgets the verdicts on links that these torrents no longer have, inside a transaction: new links begin
    unchecked."""
    rows = connection.execute(
        """DELETE FROM link_checks WHERE torrent_id IN (SELECT value FROM json_each(?)) AND NOT EXISTS (
             SELECT 1 FROM torrent_links l
             WHERE l.torrent_id = link_checks.torrent_id AND l.position = link_checks.position
             AND substr(l.link, 1, length(link_checks.link)) = link_checks.link)
           RETURNING torrent_id""",
        (json.dumps(list(ids)),),
    ).fetchall()
    changed = {str(row[0]) for row in rows}
    _update_health(connection, sorted(changed), now)


def _update_health(connection: sqlite3.Connection, ids: Sequence[str], now: float) -> None:
    """A torrent is dead when one of its links is, ok when every checked link is, unchecked when none was checked, else
    unknown. The code is that of a blocked file, else of a dead link, else of one that failed once."""
    if not ids:
        return
    connection.executemany(
        f"""UPDATE torrents SET
             health = (SELECT CASE max(CASE verdict WHEN 'dead' THEN 2 WHEN 'ok' THEN 0 ELSE 1 END)
                              WHEN 2 THEN 'dead' WHEN 1 THEN 'unknown' WHEN 0 THEN 'ok' END
                       FROM link_checks WHERE torrent_id = torrents.id),
             health_code = (SELECT code FROM link_checks
                            WHERE torrent_id = torrents.id AND verdict IN ('dead', 'suspect')
                            ORDER BY code = {BLOCKED} DESC, verdict = 'dead' DESC, position LIMIT 1),
             health_at = (SELECT max(at) FROM link_checks WHERE torrent_id = torrents.id)
           WHERE id = ?""",
        [(torrent_id,) for torrent_id in ids],
    )
    classify_ids(connection, ids, now)
