"""Which item of a media server a path of ours is, and what users had seen of those that get another path."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mediatui.model.media_server import ServerKind, ServerName, ServerUser, Watched


@dataclass(frozen=True, slots=True)
class KnownItem:
    """An item of a server by our path of it."""

    path: bytes
    item_id: str
    kind: ServerKind
    library: str


@dataclass(frozen=True, slots=True)
class NotedWatched:
    """What a user had seen of an item before a ``batch`` gave it its new ``path``; ``title`` is how it was called."""

    server: ServerName
    path: bytes
    user: ServerUser
    title: str
    watched: Watched
    batch: int = 0


def items_of(connection: sqlite3.Connection, server: ServerName) -> Mapping[bytes, KnownItem]:
    """What is known of the items of a server, by our paths."""
    rows = connection.execute("SELECT path, item_id, kind, library FROM server_items WHERE server = ?", (server,))
    return {row[0]: KnownItem(*row) for row in rows}


def store_items(
    connection: sqlite3.Connection, server: ServerName, items: Iterable[KnownItem], now: float, *, whole: bool
) -> None:
    """Stores items as they were listed; those of a ``whole`` list take the place of all that were known."""
    if whole:
        connection.execute("DELETE FROM server_items WHERE server = ?", (server,))
    connection.executemany(
        "INSERT OR REPLACE INTO server_items (server, path, item_id, kind, library, seen_at) VALUES (?, ?, ?, ?, ?, ?)",
        [(server, one.path, one.item_id, one.kind, one.library, now) for one in items],
    )


def drop_items(connection: sqlite3.Connection, server: ServerName, paths: Iterable[bytes]) -> None:
    """Forgets items that are gone, or whose path we changed."""
    connection.executemany("DELETE FROM server_items WHERE server = ? AND path = ?", [(server, path) for path in paths])


def note_watched(connection: sqlite3.Connection, noted: Iterable[NotedWatched], now: float) -> None:
    """Notes what users have seen, for the new paths of the items."""
    connection.executemany(
        "INSERT OR REPLACE INTO server_watched (server, path, user_id, user_name, title, played, position_s, plays, "
        "played_at, noted_at, batch, favourite) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                one.server, one.path, one.user.id, one.user.name, one.title, one.watched.played,
                one.watched.position_s, one.watched.plays, one.watched.played_at, now, one.batch,
                one.watched.favourite,
            )
            for one in noted
        ],
    )  # fmt: skip


def watched_before(connection: sqlite3.Connection, server: ServerName) -> Sequence[NotedWatched]:
    """What users had seen of items of a server whose new ones were not compared yet."""
    rows = connection.execute(
        "SELECT path, user_id, user_name, title, batch, played, position_s, plays, played_at, favourite "
        "FROM server_watched WHERE server = ? ORDER BY path, user_name",
        (server,),
    )
    found = []
    for path, user, name, title, batch, played, position_s, plays, played_at, favourite in rows:
        watched = Watched(bool(played), position_s, plays, played_at, bool(favourite))
        found.append(NotedWatched(server, path, ServerUser(user, name), title, watched, batch))
    return found


def move_watched(connection: sqlite3.Connection, path: bytes, new_path: bytes) -> None:
    """Notes that what lies at or below a path has got another, for what users had seen of it."""
    rows = connection.execute(
        "SELECT DISTINCT path FROM server_watched WHERE path = ? OR (path > ? AND path < ?)",
        (path, path + b"/", path + b"0"),
    ).fetchall()
    connection.executemany(
        "UPDATE OR REPLACE server_watched SET path = ? WHERE path = ?",
        [(new_path + row[0][len(path) :], row[0]) for row in rows],
    )


def drop_watched(connection: sqlite3.Connection, server: ServerName, paths: Iterable[bytes]) -> None:
    """Forgets what users had seen, once it was compared."""
    connection.executemany(
        "DELETE FROM server_watched WHERE server = ? AND path = ?", [(server, path) for path in paths]
    )
