"""The titles of series and films that Sonarr and Radarr reported, alternative ones too."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import aiosqlite

OTHER_NUMBERS: Final = -1
"""The season of a title whose releases count other numbers than the service."""


class ReportedTitle(NamedTuple):
    """A title of a series or film (``kind``: ``series``, ``film``) of the service ``source``; ``catalog_id`` is its id
    at TVDB or TMDB, ``role`` is ``title``, ``original`` or ``alternative``, ``season`` the only season an alternative
    title is for, None for all, or OTHER_NUMBERS."""

    source: str
    service_id: int
    kind: str
    catalog_id: int | None
    year: int | None
    title: str
    role: str
    season: int | None


class KnownTitle(NamedTuple):
    """A ReportedTitle as it is stored: ``key`` is the same for all spellings of the title, by version ``folding`` of
    the rules."""

    source: str
    service_id: int
    kind: str
    catalog_id: int | None
    year: int | None
    title: str
    role: str
    season: int | None
    key: str
    folding: int

    @property
    def item(self) -> tuple[object, ...]:
        """What identifies the series or film: the same for all services that have it."""
        return (self.kind, self.catalog_id) if self.catalog_id else (self.source, self.service_id)


COLUMNS: Final = ", ".join(KnownTitle._fields)
_MARKS: Final = ", ".join("?" * len(KnownTitle._fields))


def titles_of_source(connection: sqlite3.Connection, source: str) -> dict[ReportedTitle, tuple[int, int]]:
    """The titles a service reported; of each the number of its row, and the version of the rules of its key."""
    rows = connection.execute(
        f"SELECT {', '.join(ReportedTitle._fields)}, id, folding FROM known_titles WHERE source = ?", (source,)
    )
    return {ReportedTitle(*title): (number, folding) for *title, number, folding in rows}


def has_titles(connection: sqlite3.Connection, source: str) -> bool:
    """Whether a service has reported titles."""
    return connection.execute("SELECT 1 FROM known_titles WHERE source = ? LIMIT 1", (source,)).fetchone() is not None


def titles_of_item(connection: sqlite3.Connection, source: str, service_id: int) -> list[KnownTitle]:
    """The titles of one series or film, in the order in which the service lists them."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM known_titles WHERE source = ? AND service_id = ? ORDER BY id", (source, service_id)
    )
    return [KnownTitle(*row) for row in rows]


def titles_of_key(connection: sqlite3.Connection, kind: str, key: str, folding: int) -> list[KnownTitle]:
    """The titles of every series or film that have this key by this version of the rules."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM known_titles WHERE key = ? AND kind = ? AND folding = ? ORDER BY id",
        (key, kind, folding),
    )
    return [KnownTitle(*row) for row in rows]


def items_of_keys(connection: sqlite3.Connection, keys: Collection[str], folding: int) -> list[tuple[str, int]]:
    """The films and series that have a title of one of these keys by this version of the rules, or of one with a year
    behind it: service and id there, service by service."""
    rows = connection.execute(
        "SELECT DISTINCT source, service_id FROM json_each(?) wanted JOIN known_titles known "
        "ON known.key = wanted.value OR (known.key BETWEEN wanted.value || '1' AND wanted.value || '3' "
        "AND known.key GLOB wanted.value || '[12][0-9][0-9][0-9]') WHERE folding = ? ORDER BY source, service_id",
        (json.dumps(list(keys)), folding),
    )
    return [(row[0], int(row[1])) for row in rows]


def keys_of_titles(connection: sqlite3.Connection, folding: int) -> list[str]:
    """The keys of all titles by this version of the rules."""
    return [row[0] for row in connection.execute("SELECT DISTINCT key FROM known_titles WHERE folding = ?", (folding,))]


def titles_of_other_rules(connection: sqlite3.Connection, folding: int) -> list[KnownTitle]:
    """The titles whose keys were made by another version of the rules."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM known_titles WHERE folding <> ? ORDER BY id", (folding,))
    return [KnownTitle(*row) for row in rows]


def alternative_titles(connection: sqlite3.Connection, kind: str) -> Iterator[KnownTitle]:
    """The alternative titles of all series or films."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM known_titles WHERE kind = ? AND role = 'alternative' ORDER BY id", (kind,)
    )
    return (KnownTitle(*row) for row in rows)


async def change_titles(connection: aiosqlite.Connection, gone: Iterable[int], new: Sequence[KnownTitle]) -> None:
    """Removes the rows of these numbers and adds titles."""
    await connection.executemany("DELETE FROM known_titles WHERE id = ?", [(number,) for number in gone])
    await connection.executemany(f"INSERT INTO known_titles ({COLUMNS}) VALUES ({_MARKS})", new)


def replace_titles_of_item(
    connection: sqlite3.Connection, source: str, service_id: int, titles: Sequence[KnownTitle]
) -> None:
    """Replaces the titles of one series or film."""
    connection.execute("DELETE FROM known_titles WHERE source = ? AND service_id = ?", (source, service_id))
    connection.executemany(f"INSERT INTO known_titles ({COLUMNS}) VALUES ({_MARKS})", titles)


async def drop_titles_of_others(connection: aiosqlite.Connection, sources: Sequence[str]) -> None:
    """Forgets the titles of services that are not among ``sources``."""
    marks = ", ".join("?" * len(sources))
    await connection.execute(f"DELETE FROM known_titles WHERE source NOT IN ({marks})", tuple(sources))
