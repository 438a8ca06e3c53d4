"""What the tables know of releases: one query each, however many releases there are."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple


class KnownItem(NamedTuple):
    """A series or film of the library (``kind``: ``series``, ``film``); ``catalog_id`` is its id at TVDB or TMDB, 0 for
    none. Of one that Sonarr or Radarr has, ``service`` and ``service_id`` say which it is there, ``monitored`` whether
    it waits for files, ``file`` is that of a film (empty: none), ``seasons`` are those that are monitored, and
    ``season`` is the only one the title stands for (None: all)."""

    kind: str
    title: str
    year: int | None
    catalog_id: int
    service: str = ""
    service_id: int = 0
    monitored: bool = False
    file: str = ""
    seasons: tuple[int, ...] = ()
    season: int | None = None


class KnownEpisode(NamedTuple):
    """An episode that Sonarr knows; ``aired_at`` is epoch seconds, None for no date."""

    season: int
    number: int
    absolute: int | None
    air_date: str
    aired_at: int | None
    monitored: bool
    has_file: bool


class KnownFile(NamedTuple):
    """A file the library knows: of a film, or of episodes of a season."""

    kind: str
    title: str
    year: int | None
    season: int | None
    episodes: tuple[int, ...]
    path: bytes


class ArchivedItem(NamedTuple):
    """An entry of the watch archive; ``catalog_id`` is its id at TVDB or TMDB (0: none), without a ``season`` it is of
    the whole film or series, without ``episodes`` of the whole season."""

    kind: str
    why: str
    title: str
    year: int | None
    catalog_id: int
    season: int | None
    episodes: tuple[int, ...]
    air_dates: tuple[str, ...]

    def has(self, number: int) -> bool:
        """Whether an episode of its season is in it."""
        return not self.episodes or number in self.episodes


def archived_items(connection: sqlite3.Connection) -> Iterator[ArchivedItem]:
    """Every entry of the watch archive, the newest first."""
    rows = connection.execute(
        "SELECT kind, why, title, year, CASE kind WHEN 'film' THEN tmdb_id ELSE tvdb_id END, season, episodes, "
        "air_dates FROM watch_archive ORDER BY id DESC"
    )
    for kind, why, title, year, catalog_id, season, episodes, air_dates in rows:
        yield ArchivedItem(kind, why, title, year, catalog_id, season, _list(episodes), _list(air_dates))


def _list(text: str) -> tuple[Any, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def titles_of_media(connection: sqlite3.Connection) -> Iterator[tuple[str, KnownItem]]:
    """Every title of the library's films and series, original ones too, with the film or series."""
    rows = connection.execute(
        "SELECT DISTINCT kind, title, year, original_title, "
        "coalesce(CASE kind WHEN 'film' THEN tmdb_id ELSE tvdb_id END, 0) FROM media"
    )
    for kind, title, year, original, catalog_id in rows:
        item = KnownItem("film" if kind == "film" else "series", title, year, catalog_id)
        yield title, item
        if original and original != title:
            yield original, item


def titles_of_services(
    connection: sqlite3.Connection, keys: Collection[str], folding: int
) -> list[tuple[str, KnownItem]]:
    """The series and films that Sonarr and Radarr know by titles of these keys, each with its key and the title it is
    called by there."""
    rows = connection.execute(
        "SELECT found.key, found.kind, own.title, found.year, coalesce(found.catalog_id, 0), found.source, "
        "found.service_id, coalesce(item.monitored, 0), coalesce(item.file, ''), coalesce(item.has_file, 0), "
        "coalesce(item.seasons, '[]'), found.season FROM known_titles found "
        "JOIN known_titles own ON own.source = found.source AND own.service_id = found.service_id "
        "LEFT JOIN arr_items item ON item.service = found.source AND item.service_id = found.service_id "
        "WHERE own.role = 'title' AND found.key IN (SELECT value FROM json_each(?)) AND found.folding = ?",
        (json.dumps(list(keys)), folding),
    )
    return [
        (
            key,
            KnownItem(
                kind, title, year, catalog_id, service, service_id, bool(monitored),
                (file or "?") if kind == "film" and has_file else "",
                tuple(number for number, is_monitored, *_ in json.loads(seasons) if is_monitored), season,
            ),
        )
        for key, kind, title, year, catalog_id, service, service_id, monitored, file, has_file, seasons, season in rows
    ]  # fmt: skip


def episodes_of_series(
    connection: sqlite3.Connection, series: Collection[tuple[str, int]]
) -> dict[tuple[str, int], list[KnownEpisode]]:
    """The episodes of these series, each given as the name of its service and its number there."""
    rows = connection.execute(
        "SELECT one.service, one.series_id, one.season, one.number, one.absolute, one.air_date, one.aired_at, "
        "one.monitored, one.has_file FROM json_each(?) wanted JOIN arr_episodes one "
        "ON one.service = json_extract(wanted.value, '$[0]') AND one.series_id = json_extract(wanted.value, '$[1]')",
        (json.dumps(sorted(series)),),
    )
    found: dict[tuple[str, int], list[KnownEpisode]] = {}
    for service, series_id, season, number, absolute, air_date, aired_at, monitored, has_file in rows:
        found.setdefault((service, series_id), []).append(
            KnownEpisode(season, number, absolute, air_date, aired_at, bool(monitored), bool(has_file))
        )
    return found


def files_of_titles(connection: sqlite3.Connection, titles: Collection[str]) -> list[KnownFile]:
    """The files of the films and episodes with these titles, as media has them."""
    rows = connection.execute(
        "SELECT kind, title, year, season, episode, more_episodes, coalesce(link_path, file_path) FROM media "
        "WHERE kind IN ('film', 'episode') AND title IN (SELECT value FROM json_each(?)) "
        "AND coalesce(link_path, file_path) IS NOT NULL",
        (json.dumps(list(titles)),),
    )
    return [
        KnownFile(kind, title, year, season, _episodes(episode, more), bytes(path))
        for kind, title, year, season, episode, more, path in rows
    ]


def hashes_of_account(connection: sqlite3.Connection, hashes: Collection[str]) -> set[str]:
    """Which of these hashes the account has."""
    rows = connection.execute(
        "SELECT hash FROM torrents WHERE gone_at IS NULL AND hash IN (SELECT value FROM json_each(?))",
        (json.dumps(list(hashes)),),
    )
    return {row[0] for row in rows}


def transfers_sent(connection: sqlite3.Connection) -> list[tuple[str, str, int]]:
    """Hash, name and size (bytes, 0: not known) of every transfer."""
    return [(row[0], row[1], row[2] or 0) for row in connection.execute("SELECT hash, name, size FROM transfers")]


def hashes_left(connection: sqlite3.Connection, hashes: Collection[str]) -> tuple[dict[str, float], set[str]]:
    """Which of these hashes a service refused, and when last (epoch seconds); and which are to be left alone."""
    given = json.dumps(list(hashes))
    rows = connection.execute(
        "SELECT hash, max(at) FROM refused_hashes WHERE hash IN (SELECT value FROM json_each(?)) GROUP BY hash "
        "UNION ALL SELECT hash, NULL FROM ignored_hashes WHERE hash IN (SELECT value FROM json_each(?))",
        (given, given),
    ).fetchall()
    return {row[0]: float(row[1]) for row in rows if row[1] is not None}, {row[0] for row in rows if row[1] is None}


def _episodes(first: int | None, more: str | None) -> tuple[int, ...]:
    others = json.loads(more) if more else []
    return () if first is None else (first, *(number for number in others if isinstance(number, int)))


def titles_of_id(connection: sqlite3.Connection, kind: str, catalog_id: int) -> tuple[list[str], int | None]:
    """The titles by which the library knows the film of an id at TMDB, or the series of one at TVDB, its own and the
    original one first; and its year."""
    rows = connection.execute(
        "SELECT title, year FROM known_titles WHERE kind = ? AND catalog_id = ? "
        "ORDER BY CASE role WHEN 'title' THEN 0 WHEN 'original' THEN 1 ELSE 2 END, id",
        (kind, catalog_id),
    ).fetchall()
    if not rows:
        own, column = ("film", "tmdb_id") if kind == "film" else ("episode", "tvdb_id")
        media = connection.execute(
            f"SELECT title, original_title, year FROM media WHERE kind = ? AND {column} = ? LIMIT 1", (own, catalog_id)
        )
        rows = [(title, year) for title, original, year in media for title in (title, original) if title]
    years = [int(year) for _, year in rows if year]
    return list(dict.fromkeys(str(title) for title, _ in rows)), years[0] if years else None


def files_by_ids(connection: sqlite3.Connection, kind: str, catalog_ids: Collection[int]) -> dict[int, int]:
    """How many files the library has of the films of ids at TMDB, or episodes of the series of ids at TVDB, by the id;
    those it does not know are left out."""
    own, column = ("film", "tmdb_id") if kind == "film" else ("episode", "tvdb_id")
    rows = connection.execute(
        f"SELECT {column}, count(DISTINCT coalesce(link_path, file_path)) FROM media "
        f"WHERE kind = ? AND {column} IN (SELECT value FROM json_each(?)) GROUP BY {column}",
        (own, json.dumps(list(catalog_ids))),
    )
    return {int(number): int(files) for number, files in rows}
