"""Dead links that keep their place until another file is proven: those a transfer is to point anew, and those for which
nothing was found yet."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mediatui.model.human import short_moment
from mediatui.model.target import number_text
from mediatui.store.json_columns import list_in


@dataclass(frozen=True, slots=True)
class ReplacedLink:
    """A link that is to be pointed anew: its path, the text of its target as it was when that was wanted, and what it
    is of: all the ``episodes`` of a ``season``, or a film (None)."""

    path: bytes
    target: bytes
    season: int | None = None
    episodes: tuple[int, ...] = ()

    @property
    def numbers(self) -> str:
        """Season and episodes as ``S01E09-E10``; empty for a film."""
        return number_text(self.season, self.episodes)


@dataclass(frozen=True, slots=True)
class WantedReplacement:
    """A dead link for which nothing was found: when that was looked for, how often, when it is again (epoch seconds),
    and what the last look said."""

    path: bytes
    looked_at: float
    tries: int
    next_at: float
    why: str = ""


def note_replaced(connection: sqlite3.Connection, transfer_id: int, links: Iterable[ReplacedLink]) -> None:
    """Notes which links a transfer is to point anew, beside those noted before."""
    connection.executemany(
        "INSERT OR REPLACE INTO replaced_links (transfer_id, path, target, season, episodes) VALUES (?, ?, ?, ?, ?)",
        [(transfer_id, one.path, one.target, one.season, json.dumps(one.episodes)) for one in links],
    )


def replaced_by(connection: sqlite3.Connection, transfer_id: int) -> list[ReplacedLink]:
    """The links that a transfer is to point anew, or has; none for one that places its files where they belong."""
    rows = connection.execute(
        "SELECT path, target, season, episodes FROM replaced_links WHERE transfer_id = ? ORDER BY path", (transfer_id,)
    )
    return [ReplacedLink(bytes(row[0]), bytes(row[1]), row[2], _numbers(row[3])) for row in rows]


def _numbers(text: object) -> tuple[int, ...]:
    return tuple(one for one in list_in(text) if isinstance(one, int))


def transfers_replacing(connection: sqlite3.Connection, paths: Sequence[bytes]) -> dict[bytes, int]:
    """The transfers under way that are to point these links anew, by the paths of the links."""
    wanted = set(paths)
    rows = connection.execute(
        "SELECT path, transfer_id FROM replaced_links JOIN transfers ON transfers.id = transfer_id "
        "WHERE ended_at IS NULL"
    )
    return {bytes(row[0]): int(row[1]) for row in rows if bytes(row[0]) in wanted}


def want_replacement(connection: sqlite3.Connection, wanted: WantedReplacement) -> None:
    """Notes that nothing was found for a link, in place of what was noted before."""
    connection.execute(
        "INSERT OR REPLACE INTO replacements_wanted (path, looked_at, tries, next_at, why) VALUES (?, ?, ?, ?, ?)",
        (wanted.path, wanted.looked_at, wanted.tries, wanted.next_at, wanted.why),
    )


def note_why(connection: sqlite3.Connection, path: bytes, why: str) -> None:
    """Notes what the last look for a link said."""
    connection.execute("UPDATE replacements_wanted SET why = ? WHERE path = ?", (why, path))


def wanted_replacement(connection: sqlite3.Connection, path: bytes) -> WantedReplacement | None:
    """What is noted of a link for which nothing was found; None when nothing is."""
    row = connection.execute(
        "SELECT path, looked_at, tries, next_at, why FROM replacements_wanted WHERE path = ?", (path,)
    ).fetchone()
    return None if row is None else WantedReplacement(bytes(row[0]), *tuple(row)[1:])


def noted_replacements(connection: sqlite3.Connection) -> dict[bytes, str]:
    """What is to be known of every link that is to be replaced, in a few words, by path: which transfer brings another
    file, or when that is looked for again."""
    found = {
        bytes(path): f"looks again {short_moment(next_at)}, nothing found {short_moment(looked_at)}"
        for path, looked_at, next_at in connection.execute("SELECT path, looked_at, next_at FROM replacements_wanted")
    }
    under_way = connection.execute(
        "SELECT path, transfer_id FROM replaced_links JOIN transfers ON transfers.id = transfer_id "
        "WHERE ended_at IS NULL"
    )
    return found | {bytes(path): f"transfer {number} replaces it" for path, number in under_way}


def replacements_due(connection: sqlite3.Connection, now: float) -> list[bytes]:
    """The links that a replacement is to be looked for again by now, those that wait longest first."""
    rows = connection.execute("SELECT path FROM replacements_wanted WHERE next_at <= ? ORDER BY next_at", (now,))
    return [bytes(row[0]) for row in rows]


def drop_wanted(connection: sqlite3.Connection, path: bytes) -> None:
    """Forgets that a replacement of a link is wanted."""
    connection.execute("DELETE FROM replacements_wanted WHERE path = ?", (path,))
