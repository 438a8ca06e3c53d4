"""The figures of the archive, counted by SQLite. Gone rows count only where it says so; sizes are bytes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mediatui.model.link import REMOVABLE
from mediatui.model.problems import PROBLEMS
from mediatui.model.torrent import STATUSES

DAY_S: Final = 86_400
SLOW_MS: Final = 1000.0
"""An answer slower than a second counts as slow."""

_BYTES = "CAST(total(bytes) AS INTEGER)"
"""The sum of all sizes: SQL's ``sum`` fails where unchecked sizes exceed 64 bits, ``total`` does not."""
_STANDING: Final = "gone_at IS NULL"


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole account in one row; ``smallest`` leaves rows without a size out, None where nothing has one."""

    count: int
    details: int
    bytes: int
    smallest: int | None
    largest: int | None
    mean_progress: float
    added_day: int
    added_week: int
    incomplete: int
    dead_links: int
    gone: int


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the account under one name: rows (or files), their percentage of all, and bytes; and the query that
    lists its torrents, empty where none does."""

    name: str
    count: int
    percent: float
    bytes: int
    query: str = ""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows of one info-hash: ``groups`` of them, ``extra`` copies beyond the largest of each, and their bytes."""

    groups: int
    extra: int
    wasted_bytes: int


@dataclass(frozen=True, slots=True)
class SyncRun:
    """A sync that ended: when it began and ended (epoch seconds), how, and what it changed in the account's list."""

    started_at: float
    ended_at: float
    state: str
    summary: str
    new: int
    gone: int
    revived: int
    requests: int


@dataclass(frozen=True, slots=True)
class SlowRequest:
    """One kind of request and its slowest answer, with how many took longer than a second."""

    what: str
    slowest_ms: float
    slow: int


@dataclass(frozen=True, slots=True)
class RequestFigures:
    """The requests of the last 24 hours, as far as the record goes back.

    ``errors`` counts by class, ``mean_ms`` and ``p95_ms`` are None when nothing was answered. ``hours`` are the counts
    of each of these hours, the last one last; ``busiest_minute`` is the most that were sent within a minute.
    """

    count: int
    errors: tuple[tuple[str, int], ...]
    mean_ms: float | None
    p95_ms: float | None
    slowest: tuple[SlowRequest, ...]
    hours: tuple[int, ...] = ()
    busiest_minute: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """What came and went in so many days until now: torrents added that still stand, their bytes, and those gone."""

    days: int
    came: int
    came_bytes: int
    went: int


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def as_shares(
    rows: Iterable[Sequence[Any]], whole: int | None = None, query: Callable[[str], str] = str
) -> tuple[Share, ...]:
    """Rows of (name, count, bytes) as shares of ``whole`` (default: of their own sum), each with its query."""
    known = [(str(row[0]), int(row[1]), int(row[2] or 0)) for row in rows]
    total = sum(count for _, count, _ in known) if whole is None else whole
    return tuple(Share(name, count, _percent(count, total), size, query(name)) for name, count, size in known)


def read_totals(connection: sqlite3.Connection, now: float) -> Totals:
    """The whole account as seen at ``now`` (epoch seconds)."""
    row = connection.execute(
        f"SELECT count(*), count(details_at), {_BYTES}, min(nullif(bytes, 0)), max(nullif(bytes, 0)), "
        "coalesce(avg(progress), 0.0), coalesce(sum(added_at > ?), 0), coalesce(sum(added_at > ?), 0), "
        "coalesce(sum(status = 'downloaded' AND links_count < selected_count), 0), "
        "coalesce(sum(health = 'dead'), 0), "
        "(SELECT count(*) FROM torrents WHERE gone_at IS NOT NULL) "
        f"FROM torrents WHERE {_STANDING}",
        (now - DAY_S, now - 7 * DAY_S),
    ).fetchone()
    return Totals(*tuple(row))


def read_statuses(connection: sqlite3.Connection) -> tuple[tuple[Share, ...], int]:
    """The account by status, most first, and how many rows have details; answered from an index alone."""
    rows = connection.execute(
        f"SELECT status, count(*) AS n, {_BYTES}, count(details_at) FROM torrents "
        f"WHERE {_STANDING} GROUP BY status ORDER BY n DESC, status"
    ).fetchall()
    shares = as_shares(rows, query=lambda name: f"status:{name if name in STATUSES else 'unknown'}")
    return shares, sum(int(row[3]) for row in rows)


def read_classes(connection: sqlite3.Connection) -> tuple[Share, ...]:
    """The account by class, most first; rows not classified yet count as ok."""
    rows = connection.execute(
        f"SELECT coalesce(class, 'ok'), count(*) AS n, {_BYTES} FROM torrents WHERE {_STANDING} "
        "GROUP BY 1 ORDER BY n DESC, 1"
    ).fetchall()
    return as_shares(rows, query=lambda name: f"class:{name.replace(' ', '-')}")


def count_problems(connection: sqlite3.Connection) -> int:
    """How many rows of the account have a problem; answered from an index of the rows that are not well."""
    marks = ", ".join("?" * len(PROBLEMS))
    query = f"SELECT count(*) FROM torrents WHERE class NOT IN ('ok', 'gone') AND class IN ({marks})"
    return int(connection.execute(query, PROBLEMS).fetchone()[0])


def count_dead_links(connection: sqlite3.Connection) -> int:
    """How many links of the library are broken or lead to a very small file, as of the last scan of each."""
    marks = ", ".join("?" * len(REMOVABLE))
    query = f"SELECT count(*) FROM library_links WHERE state <> 'ok' AND state IN ({marks})"
    return int(connection.execute(query, REMOVABLE).fetchone()[0])


def read_hosts(connection: sqlite3.Connection, limit: int = 10) -> tuple[Share, ...]:
    """The hosts with the most torrents, as shares of the account."""
    rows = connection.execute(
        f"SELECT host, count(*) AS n, {_BYTES} FROM torrents WHERE {_STANDING} GROUP BY host ORDER BY n DESC, host"
    ).fetchall()
    return as_shares(rows, query=lambda name: f"host:{name}" if name else "")[:limit]


def read_months(connection: sqlite3.Connection) -> tuple[Share, ...]:
    """The account by local month added (``2025-03``), oldest first; rows without a date are left out."""
    rows = connection.execute(
        f"SELECT strftime('%Y-%m', added_at, 'unixepoch', 'localtime') AS month, count(*), {_BYTES} "
        f"FROM torrents WHERE {_STANDING} AND added_at IS NOT NULL "
        "GROUP BY month HAVING month IS NOT NULL ORDER BY month"
    ).fetchall()
    return as_shares(rows, query=lambda name: f"added:{name}")


def read_duplicates(connection: sqlite3.Connection) -> Duplicates:
    """The duplicates by info-hash; the bytes are what would be freed by keeping the largest of each group."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(n - 1), 0), CAST(total(total - largest) AS INTEGER) FROM "
        f"(SELECT count(*) AS n, {_BYTES} AS total, max(bytes) AS largest FROM torrents "
        f"WHERE +{_STANDING} AND hash IN "
        "(SELECT hash FROM torrents WHERE hash <> '' GROUP BY hash HAVING count(*) > 1) "
        "GROUP BY hash HAVING n > 1)"
    ).fetchone()
    return Duplicates(*map(int, row))


# The part behind the last dot: everything up to it is trimmed as characters of the path without its dots.
_EXTENSION: Final = "lower(replace(path, rtrim(path, replace(path, '.', '')), ''))"
_PARTS: Final = "'r[0-9][0-9]', 's[0-9][0-9]', '[0-9][0-9][0-9]', 'z[0-9][0-9]'"
RAR: Final = "rar"
"""The extension under which the parts of an archive (r00, 001, z01) are counted."""


def read_extensions(connection: sqlite3.Connection, limit: int = 12) -> tuple[Share, ...]:
    """The files inside by extension, most first, as shares of all files; deselected files do not count, and parts of an
    archive count as ``rar``."""
    part = " OR ".join(f"ext GLOB {pattern}" for pattern in _PARTS.split(", "))
    rows = connection.execute(
        f"WITH held AS (SELECT {_EXTENSION} AS ext, count(*) AS files, total(f.bytes) AS size FROM torrent_files f "
        f"JOIN torrents t ON t.id = f.torrent_id WHERE t.{_STANDING} AND f.selected IS NOT 0 GROUP BY ext) "
        f"SELECT CASE WHEN {part} THEN '{RAR}' ELSE ext END AS kind, sum(files) AS n, CAST(total(size) AS INTEGER) "
        "FROM held GROUP BY kind ORDER BY n DESC, kind"
    ).fetchall()
    named = [row for row in rows if row[0] and len(row[0]) <= 10 and "/" not in row[0]]
    whole = sum(row[1] for row in rows)
    return as_shares(named, whole, lambda name: "file:*.r??" if name == RAR else f"ext:{name}")[:limit]


def read_names(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """The folded names and the bytes of every standing row."""
    yield from connection.execute(f"SELECT folded, bytes FROM torrents WHERE {_STANDING}")


SIZES: Final = (("below 1 GB", 0, 1), ("1 to 5 GB", 1, 5), ("5 to 20 GB", 5, 20), ("20 to 50 GB", 20, 50),
                ("50 GB and more", 50, 0))  # fmt: skip
"""Classes of sizes: from so many GB to below so many (0: any)."""
_GB: Final = 10**9


def read_sizes(connection: sqlite3.Connection) -> tuple[Share, ...]:
    """The account by size, smallest first."""
    cases = " ".join(f"WHEN bytes < {end * _GB} THEN {number}" for number, (_, _, end) in enumerate(SIZES) if end)
    rows = connection.execute(
        f"SELECT CASE {cases} ELSE {len(SIZES) - 1} END AS number, count(*), {_BYTES} FROM torrents "
        f"WHERE {_STANDING} GROUP BY number ORDER BY number"
    ).fetchall()
    named = [(SIZES[row[0]][0], row[1], row[2]) for row in rows]
    queries = {
        name: " ".join([*([f"size:>={low}gb"] if low else []), *([f"size:<{end}gb"] if end else [])])
        for name, low, end in SIZES
    }
    return as_shares(named, query=queries.__getitem__)


PERIODS: Final = (1, 7, 30, 365)
"""The days over which what came and went is counted."""


def read_periods(connection: sqlite3.Connection, now: float) -> tuple[Period, ...]:
    """What came and went in the last days, week, month and year, seen at ``now`` (epoch seconds)."""
    since = [now - days * DAY_S for days in PERIODS]
    sums = ", ".join(["coalesce(sum(added_at > ?), 0), CAST(total(bytes * (added_at > ?)) AS INTEGER)"] * len(since))
    came = connection.execute(
        f"SELECT {sums} FROM torrents WHERE {_STANDING}", [moment for moment in since for _ in range(2)]
    ).fetchone()
    query = "SELECT count(*) FROM torrents WHERE gone_at > ?"
    return tuple(
        Period(days, int(came[2 * at]), int(came[2 * at + 1]), int(connection.execute(query, (moment,)).fetchone()[0]))
        for at, (days, moment) in enumerate(zip(PERIODS, since, strict=True))
    )


def read_sync_runs(connection: sqlite3.Connection, limit: int = 500) -> list[SyncRun]:
    """The last syncs that ended, without dry runs, oldest first."""
    rows = connection.execute(
        "SELECT started_at, ended_at, state, coalesce(summary, ''), counts, requests FROM jobs "
        "WHERE name = 'sync' AND state IN ('done', 'partial') AND ended_at IS NOT NULL "
        "ORDER BY ended_at DESC LIMIT ?",
        (limit,),
    )
    runs: list[SyncRun] = []
    for started_at, ended_at, state, summary, counts, requests in rows:
        known = json.loads(counts)
        if isinstance(known, dict) and not known.get("dry_run"):
            new, gone, revived = (_whole(known.get(name)) for name in ("new", "gone", "revived"))
            times = float(started_at or ended_at), float(ended_at)
            runs.append(SyncRun(*times, state, summary, new, gone, revived, int(requests)))
    return runs[::-1]


def read_arrivals(connection: sqlite3.Connection, since: float) -> tuple[list[int], list[int]]:
    """When rows were first seen, and when they left the account, after ``since``: epoch seconds, ascending, one for
    each row."""
    came = connection.execute("SELECT first_seen_at FROM torrents WHERE first_seen_at > ? ORDER BY 1", (since,))
    went = connection.execute("SELECT gone_at FROM torrents WHERE gone_at > ? ORDER BY 1", (since,))
    return [row[0] for row in came], [row[0] for row in went]


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def read_request_figures(connection: sqlite3.Connection, now: float) -> RequestFigures:
    """The requests of the 24 hours before ``now``."""
    since = now - DAY_S
    outcomes = connection.execute(
        "SELECT coalesce(outcome, 'unanswered') AS o, count(*) AS n FROM requests WHERE at > ? "
        "GROUP BY o ORDER BY n DESC, o",
        (since,),
    ).fetchall()
    answered, mean = connection.execute(
        "SELECT count(ms), avg(ms) FROM requests WHERE at > ? AND ms IS NOT NULL", (since,)
    ).fetchone()
    p95 = None
    if answered:
        p95 = connection.execute(
            "SELECT ms FROM requests WHERE at > ? AND ms IS NOT NULL ORDER BY ms LIMIT 1 OFFSET ?",
            (since, min(answered - 1, answered * 95 // 100)),
        ).fetchone()[0]
    hours = dict(
        connection.execute(
            "SELECT CAST((? - at) / 3600 AS INTEGER) AS ago, count(*) FROM requests WHERE at > ? GROUP BY ago",
            (now, since),
        )
    )
    busiest = connection.execute(
        "SELECT max(n) FROM (SELECT count(*) AS n FROM requests WHERE at > ? GROUP BY CAST(at / 60 AS INTEGER))",
        (since,),
    ).fetchone()[0]
    slowest = connection.execute(
        "SELECT what, max(ms) AS slowest, sum(ms > ?) FROM requests WHERE at > ? AND ms IS NOT NULL "
        "GROUP BY what ORDER BY slowest DESC LIMIT 5",
        (SLOW_MS, since),
    )
    return RequestFigures(
        count=sum(int(row[1]) for row in outcomes),
        errors=tuple((str(row[0]), int(row[1])) for row in outcomes if row[0] != "ok"),
        mean_ms=mean,
        p95_ms=p95,
        slowest=tuple(SlowRequest(row[0], float(row[1]), int(row[2])) for row in slowest),
        hours=tuple(hours.get(ago, 0) for ago in range(23, -1, -1)),
        busiest_minute=int(busiest or 0),
    )
