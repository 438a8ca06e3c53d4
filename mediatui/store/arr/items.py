"""The films, series and episodes of Sonarr and Radarr: replaced service by service, read by id, title and number."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from mediatui.model.arr_items import ArrEpisode, ArrItem, ArrSeason, ItemKind, OtherTitle

ITEM_COLUMNS: Final = (
    "service, service_id, kind, title, folded, tmdb_id, tvdb_id, imdb_id, original_title, titles, year, path, "
    "monitored, has_file, files, episodes, size, status, series_type, added_at, seasons, file"
)
EPISODE_COLUMNS: Final = (
    "service, series_id, id, season, number, tvdb_id, absolute, air_date, aired_at, title, monitored, has_file, file_id"
)
_Row = tuple[Any, ...]


class ServiceCounts(NamedTuple):
    """How many films or series, and how many episodes, are known of a service."""

    items: int
    episodes: int


def replace_service(
    connection: sqlite3.Connection, service: str, items: Iterable[ArrItem], episodes: Iterable[ArrEpisode]
) -> None:
    """Replaces what is known of a service by what it reports now; only what differs is written. All of it belongs into
    one transaction."""
    _replace(connection, "arr_items", ITEM_COLUMNS, "service_id", service, map(_of_item, items))
    _replace(connection, "arr_episodes", EPISODE_COLUMNS, "id", service, map(_of_episode, episodes))


def _replace(
    connection: sqlite3.Connection, table: str, columns: str, key: str, service: str, rows: Iterable[_Row]
) -> None:
    names = columns.split(", ")
    at = names.index(key)
    stored = connection.execute(f"SELECT {columns} FROM {table} WHERE service = ?", (service,))
    before: Mapping[object, _Row] = {row[at]: tuple(row) for row in stored}
    now = {row[at]: row for row in rows}
    connection.executemany(
        f"DELETE FROM {table} WHERE service = ? AND {key} = ?",
        [(service, gone) for gone in before if gone not in now],
    )
    connection.executemany(
        f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))})",
        [row for number, row in now.items() if before.get(number) != row],
    )


def store_item(connection: sqlite3.Connection, item: ArrItem, episodes: Iterable[ArrEpisode] = ()) -> None:
    """Writes one film or series with its episodes, as after it was added or changed."""
    connection.execute(
        f"INSERT OR REPLACE INTO arr_items ({ITEM_COLUMNS}) VALUES ({_marks(ITEM_COLUMNS)})", _of_item(item)
    )
    connection.execute("DELETE FROM arr_episodes WHERE service = ? AND series_id = ?", (item.service, item.service_id))
    connection.executemany(
        f"INSERT OR REPLACE INTO arr_episodes ({EPISODE_COLUMNS}) VALUES ({_marks(EPISODE_COLUMNS)})",
        list(map(_of_episode, episodes)),
    )


def drop_item(connection: sqlite3.Connection, service: str, service_id: int) -> None:
    """Forgets one film or series, as after it was removed from its service."""
    connection.execute("DELETE FROM arr_items WHERE service = ? AND service_id = ?", (service, service_id))
    connection.execute("DELETE FROM arr_episodes WHERE service = ? AND series_id = ?", (service, service_id))


def drop_other_services(connection: sqlite3.Connection, services: Collection[str]) -> None:
    """Forgets what is known of services that are not among ``services``."""
    kept = json.dumps(list(services))
    for table in ("arr_items", "arr_episodes"):
        connection.execute(f"DELETE FROM {table} WHERE service NOT IN (SELECT value FROM json_each(?))", (kept,))


def counts_of(connection: sqlite3.Connection, service: str) -> ServiceCounts:
    """How much is known of a service."""
    items, episodes = (
        connection.execute(f"SELECT count(*) FROM {table} WHERE service = ?", (service,)).fetchone()[0]
        for table in ("arr_items", "arr_episodes")
    )
    return ServiceCounts(int(items), int(episodes))


def all_items(connection: sqlite3.Connection, kind: ItemKind | None = None) -> Iterator[ArrItem]:
    """Every film and series, or those of a kind, service by service."""
    where, values = ("", ()) if kind is None else (" WHERE kind = ?", (kind,))
    rows = connection.execute(f"SELECT {ITEM_COLUMNS} FROM arr_items{where} ORDER BY service, service_id", values)
    return map(_item, rows)


def find_item(connection: sqlite3.Connection, service: str, service_id: int) -> ArrItem | None:
    """A film or series by its number at its service; None when it is not known."""
    row = connection.execute(
        f"SELECT {ITEM_COLUMNS} FROM arr_items WHERE service = ? AND service_id = ?", (service, service_id)
    ).fetchone()
    return None if row is None else _item(row)


def items_of_id(
    connection: sqlite3.Connection, kind: ItemKind, *, tmdb: int = 0, tvdb: int = 0, imdb: int = 0
) -> list[ArrItem]:
    """The films or series with one of these ids (0: none given); the same one of several services is there several
    times."""
    rows = connection.execute(
        f"SELECT {ITEM_COLUMNS} FROM arr_items WHERE kind = ? AND "
        "((? > 0 AND tmdb_id = ?) OR (? > 0 AND tvdb_id = ?) OR (? > 0 AND imdb_id = ?)) ORDER BY service, service_id",
        (kind, tmdb, tmdb, tvdb, tvdb, imdb, imdb),
    )
    return list(map(_item, rows))


def items_titled(connection: sqlite3.Connection, folded: str, kind: ItemKind | None = None) -> list[ArrItem]:
    """The films and series whose own title folds to this; other titles are in ``titles``."""
    rows = connection.execute(
        f"SELECT {ITEM_COLUMNS} FROM arr_items WHERE folded = ? AND kind IN (?, ?) ORDER BY service, service_id",
        (folded, kind or "film", kind or "series"),
    )
    return list(map(_item, rows))


def episodes_of(connection: sqlite3.Connection, service: str, series_id: int) -> list[ArrEpisode]:
    """The episodes of a series, in order."""
    rows = connection.execute(
        f"SELECT {EPISODE_COLUMNS} FROM arr_episodes WHERE service = ? AND series_id = ? ORDER BY season, number, id",
        (service, series_id),
    )
    return list(map(_episode, rows))


def _marks(columns: str) -> str:
    return ", ".join("?" * (columns.count(",") + 1))


def _of_item(item: ArrItem) -> _Row:
    return (
        item.service, item.service_id, item.kind, item.title, item.folded, item.tmdb_id, item.tvdb_id, item.imdb_id,
        item.original_title, json.dumps(item.titles), item.year, item.path, int(item.monitored), int(item.has_file),
        item.files, item.episodes, item.size, item.status, item.series_type, item.added_at, json.dumps(item.seasons),
        item.file,
    )  # fmt: skip


def _item(row: Sequence[Any]) -> ArrItem:
    (
        service, service_id, kind, title, folded, tmdb, tvdb, imdb, original, titles, year, path, monitored, has_file,
        files, episodes, size, status, series_type, added_at, seasons, file,
    ) = row  # fmt: skip
    return ArrItem(
        service, service_id, kind, title, folded, tmdb, tvdb, imdb, original,
        tuple(OtherTitle(*one) for one in json.loads(titles)), year, path, bool(monitored), bool(has_file), files,
        episodes, size, status, series_type, added_at, tuple(ArrSeason(*one) for one in json.loads(seasons)), file,
    )  # fmt: skip


def _of_episode(episode: ArrEpisode) -> _Row:
    return (
        episode.service, episode.series_id, episode.id, episode.season, episode.number, episode.tvdb_id,
        episode.absolute, episode.air_date, episode.aired_at, episode.title, int(episode.monitored),
        int(episode.has_file), episode.file_id,
    )  # fmt: skip


def _episode(row: Sequence[Any]) -> ArrEpisode:
    service, series, id_, season, number, tvdb, absolute, air_date, aired_at, title, monitored, has_file, file_id = row
    return ArrEpisode(
        service, series, id_, season, number, tvdb, absolute, air_date, aired_at, title, bool(monitored),
        bool(has_file), file_id,
    )  # fmt: skip
