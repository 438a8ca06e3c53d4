"""The films and episodes the library knows: from Sonarr and Radarr, else from names in the tree."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiosqlite


@dataclass(frozen=True, slots=True)
class Media:
    """A film or an episode (``kind``: ``film``, ``episode``). ``link_path`` is its link in the library, ``file_path``
    the file that link leads to, both bytes; ``service_id`` is the id of the film or series at ``source`` (``radarr``,
    ``sonarr``; ``tree`` has none). ``more_episodes`` are the episodes in its file besides ``episode``;
    ``reported_path`` is where the service reports its file, mapped to our paths. ``release_names`` are the names under
    which Sonarr imported its file, ``scene_season`` and ``scene_episodes`` how releases count it, by Sonarr."""

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
    more_episodes: tuple[int, ...] = ()
    series_type: str | None = None
    reported_path: bytes | None = None
    release_names: tuple[str, ...] = ()
    scene_season: int | None = None
    scene_episodes: tuple[int, ...] = ()

    @property
    def episodes(self) -> tuple[int, ...]:
        """Every episode of its file, ascending."""
        return () if self.episode is None else (self.episode, *self.more_episodes)

    def as_row(self) -> tuple[object, ...]:
        """Its columns, in the order of ``COLUMNS``."""
        return (
            self.kind, self.title, self.year, self.season, self.episode, self.tmdb_id, self.tvdb_id, self.file_path,
            self.link_path, self.original_title, _list(self.genres), self.source, self.service_id,
            _list(self.more_episodes), self.series_type, self.reported_path, _list(self.release_names),
            self.scene_season, _list(self.scene_episodes),
        )  # fmt: skip


COLUMNS = (
    "kind, title, year, season, episode, tmdb_id, tvdb_id, file_path, link_path, original_title, genres, source, "
    "service_id, more_episodes, series_type, told_path, release_names, scene_season, scene_episodes"
)
_MARKS = ", ".join("?" * len(COLUMNS.split(",")))
_OF_THE_PATH = ("season", "episode", "more_episodes")
"""Columns read from the name alone: a number that is no longer in the name is not kept."""


def _list(values: Sequence[object]) -> str | None:
    return json.dumps(values) if values else None


async def store_media(connection: aiosqlite.Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Writes rows (``Media.as_row``). A row with the link of a stored one replaces it, but a missing value of the new
    row does not erase the stored value."""
    sets = ", ".join(
        f"{name} = excluded.{name}" if name in _OF_THE_PATH else f"{name} = COALESCE(excluded.{name}, {name})"
        for name in COLUMNS.split(", ")
        if name != "link_path"
    )
    await connection.executemany(
        f"INSERT INTO media ({COLUMNS}) VALUES ({_MARKS}) "
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
    """Notes the file of a film or an episode; False when no row has this id, title and year with the file ``before``
    any more."""
    cursor = await connection.execute(
        "UPDATE media SET file_path = ? WHERE id = ? AND title = ? AND year IS ? AND file_path IS ?",
        (path, media, title, year, before),
    )
    return cursor.rowcount == 1


def read_media_file(connection: sqlite3.Connection, media: int) -> bytes | None:
    """The noted file of a film or an episode; None when there is none, or the item is not known."""
    row = connection.execute("SELECT file_path FROM media WHERE id = ?", (media,)).fetchone()
    return None if row is None or row[0] is None else bytes(row[0])


async def set_media_links(connection: aiosqlite.Connection, rows: Iterable[tuple[int, bytes]]) -> None:
    """Writes ``(id, link_path)``: the link of an item, whose file has to be found again. Another row with that link was
    for the same item and is replaced."""
    await connection.executemany(
        "UPDATE OR REPLACE media SET link_path = ?, file_path = NULL WHERE id = ?",
        [(path, media) for media, path in rows],
    )


async def drop_media(connection: aiosqlite.Connection, ids: Iterable[int]) -> None:
    """Forgets rows."""
    await connection.executemany("DELETE FROM media WHERE id = ?", [(media_id,) for media_id in ids])


async def replace_media(connection: aiosqlite.Connection, source: str, reported: Collection[Media]) -> None:
    """Replaces the rows of a service by what it reports now. An item whose file is reported at the same path keeps its
    known link and file: those have followed moves that the service does not know of. Other rows with the link of one of
    these were for the same file and are replaced."""
    cursor = await connection.execute(f"SELECT id, {COLUMNS} FROM media WHERE source = ?", (source,))
    before = {_key(row): row for row in map(_media, await cursor.fetchall())}
    changed: list[Media] = []
    for media in reported:
        known = before.pop(_key(media), None)
        new = media if known is None else _merged(media, known)
        if new != known:
            changed.append(new)
    await drop_media(connection, [row.id for row in before.values() if row.id is not None])
    await overwrite_media(connection, [(new.id, *new.as_row()) for new in changed])


async def drop_other_sources(connection: aiosqlite.Connection, sources: Sequence[str]) -> None:
    """Forgets the rows of services that are not among ``sources``: those are no longer configured, or have another
    name."""
    marks = ", ".join("?" * len(sources))
    await connection.execute(f"DELETE FROM media WHERE source NOT IN ({marks})", tuple(sources))


async def overwrite_media(connection: aiosqlite.Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Writes rows whole, ``(id, *Media.as_row())``, replacing those with the same id or the same link."""
    await connection.executemany(f"INSERT OR REPLACE INTO media (id, {COLUMNS}) VALUES (?, {_MARKS})", rows)


def _key(media: Media) -> tuple[object, ...]:
    """What identifies a row of a service: a film is one row, with or without a file; of a series each file is one."""
    return media.kind, media.service_id, None if media.kind == "film" else media.reported_path


def _merged(reported: Media, known: Media) -> Media:
    new = replace(
        reported,
        id=known.id,
        tmdb_id=reported.tmdb_id or known.tmdb_id,
        tvdb_id=reported.tvdb_id or known.tvdb_id,
    )  # fmt: skip
    if reported.reported_path != known.reported_path:
        return new
    return replace(new, link_path=known.link_path, file_path=known.file_path)


def paths_on_record(connection: sqlite3.Connection) -> set[bytes]:
    """The links that were files of Sonarr or Radarr by their last report, at their present paths."""
    rows = connection.execute("SELECT link_path FROM media WHERE source <> 'tree' AND link_path IS NOT NULL")
    return {row[0] for row in rows}


def iterate_media(connection: sqlite3.Connection, kind: str | None = None) -> Iterator[Media]:
    """Every film and episode, or those of a kind."""
    where, values = ("", ()) if kind is None else (" WHERE kind = ?", (kind,))
    for row in connection.execute(f"SELECT id, {COLUMNS} FROM media{where} ORDER BY id", values):
        yield _media(row)


def has_link_of(connection: sqlite3.Connection, kind: str, tmdb_id: int, tvdb_id: int) -> bool:
    """Whether a film or series with one of these ids (0: none given) has a link in the library."""
    row = connection.execute(
        "SELECT 1 FROM media WHERE kind = ? AND link_path IS NOT NULL AND "
        "((? > 0 AND tmdb_id = ?) OR (? > 0 AND tvdb_id = ?)) LIMIT 1",
        (kind, tmdb_id, tmdb_id, tvdb_id, tvdb_id),
    ).fetchone()
    return row is not None


def media_of_link(connection: sqlite3.Connection, path: bytes) -> Media | None:
    """What a service reported of a link; None when only its name is known."""
    row = connection.execute(
        f"SELECT id, {COLUMNS} FROM media WHERE link_path = ? AND source <> 'tree'", (path,)
    ).fetchone()
    return None if row is None else _media(row)


def _media(row: sqlite3.Row) -> Media:
    (
        identity, kind, title, year, season, episode, tmdb, tvdb, file, link, original, genres, source, service, more,
        series_type, reported_path, names, scene_season, scene_episodes,
    ) = tuple(row)  # fmt: skip
    return Media(
        kind, title, year, season, episode, tmdb, tvdb, file, link, original, tuple(json.loads(genres or "[]")),
        source, service, identity, tuple(json.loads(more or "[]")), series_type, reported_path,
        tuple(json.loads(names or "[]")), scene_season, tuple(json.loads(scene_episodes or "[]")),
    )  # fmt: skip
