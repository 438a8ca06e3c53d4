"""The films and episodes the library knows: from Sonarr and Radarr, else from names in the tree."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiosqlite


@dataclass(frozen=True, slots=True)
class Media:
    """A film or an episode (``kind``: ``film``, ``episode``). ``link_path`` is its link in the library, ``file_path``
    the file that leads to, both bytes; ``service_id`` is the id of film or series at ``source`` (``radarr``,
    ``sonarr``; ``tree`` has none)."""

    kind: str
    title: str
    year: int | None = None
    season: int | None = None
    episode: int | None = None
    tmdb_id: int | None = None
    tvdb_id: int | None = None
    file_path: bytes | None = None
    link_path: bytes | None = None
    original_title: str | None = None
    genres: tuple[str, ...] = ()
    source: str = "tree"
    service_id: int | None = None
    id: int | None = None

    def as_row(self) -> tuple[object, ...]:
        """Its columns, in the order of ``COLUMNS``."""
        return (
            self.kind, self.title, self.year, self.season, self.episode, self.tmdb_id, self.tvdb_id, self.file_path,
            self.link_path, self.original_title, json.dumps(list(self.genres)), self.source, self.service_id,
        )  # fmt: skip


COLUMNS = (
    "kind, title, year, season, episode, tmdb_id, tvdb_id, file_path, link_path, original_title, genres, source, "
    "service_id"
)


async def store_media(connection: aiosqlite.Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Writes rows (``Media.as_row``); one with the link of a row that is there takes its place, ids that it does not
    give are kept."""
    marks = ", ".join("?" * len(COLUMNS.split(",")))
    sets = ", ".join(
        f"{name} = COALESCE(excluded.{name}, {name})" for name in COLUMNS.split(", ") if name != "link_path"
    )
    await connection.executemany(
        f"INSERT INTO media ({COLUMNS}) VALUES ({marks}) "
        f"ON CONFLICT (link_path) WHERE link_path IS NOT NULL DO UPDATE SET {sets}",
        rows,
    )


async def set_media_file(
    connection: aiosqlite.Connection,
    media: int,
    title: str,
    year: int | None,
    before: bytes | None,
    path: bytes | None,
) -> bool:
    """Notes which file a film or an episode is; False when it is not known by this number and title any more, or with
    another file than ``before``."""
    cursor = await connection.execute(
        "UPDATE media SET file_path = ? WHERE id = ? AND title = ? AND year IS ? AND file_path IS ?",
        (path, media, title, year, before),
    )
    return cursor.rowcount == 1


async def drop_media(connection: aiosqlite.Connection, source: str) -> None:
    """Forgets all that one source told, before it tells all anew."""
    await connection.execute("DELETE FROM media WHERE source = ?", (source,))


def iterate_media(connection: sqlite3.Connection, kind: str | None = None) -> Iterator[Media]:
    """Every film and episode, or those of a kind."""
    where, values = ("", ()) if kind is None else (" WHERE kind = ?", (kind,))
    for row in connection.execute(f"SELECT id, {COLUMNS} FROM media{where} ORDER BY id", values):
        yield Media(
            row["kind"], row["title"], row["year"], row["season"], row["episode"], row["tmdb_id"], row["tvdb_id"],
            row["file_path"], row["link_path"], row["original_title"], tuple(json.loads(row["genres"] or "[]")),
            row["source"], row["service_id"], row["id"],
        )  # fmt: skip
