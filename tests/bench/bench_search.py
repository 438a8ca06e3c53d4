"""What a search of releases costs beside the network: ``python -m tests.bench.bench_search``.

CPU time of the columns and badges of 5,000 releases beside a library of 20,000 episodes, and of one key of a filter
over 20,000 stored releases. Ends with 1 when a limit is exceeded.
"""

from __future__ import annotations

import dataclasses
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from mediatui.acquire.search.row import rows_of
from mediatui.acquire.search.wanted import folded_name, wanted_of
from mediatui.demo.names import SERIES, film_name, season_name
from mediatui.model.arr_items import ArrEpisode, ArrItem
from mediatui.model.preferred import Preferred
from mediatui.model.release import FoundRelease, Release
from mediatui.names.titles import title_key
from mediatui.store.arr.items import replace_service
from mediatui.store.database import open_reader, prepare
from mediatui.store.library.media import COLUMNS, Media
from mediatui.tui.views.search.rows import Releases
from tests.bench.bench_requests import Report

RELEASES = 5_000
STORED = 20_000
QUERIES = ("h", "harbour lights", "res:1080 lang:french -is:cam", "size:>1gb OR (is:pack seeders:>3)")


def releases() -> list[Release]:
    """Releases of films and seasons, as an indexer names them."""
    chance = random.Random(5)
    found = []
    for number in range(RELEASES):
        title = film_name(chance) if number % 2 else season_name(chance)[0]
        title = f"{title}{number % 97}"
        first = FoundRelease(
            f"g{number}", 1, "Alpha", title, size=number * 10**6, seeders=number % 90, hash=f"{number:040x}"
        )
        found.append(Release(number, 1, first, folded=folded_name(title), first_seen_at=1.0, seen_at=2.0))
    return found


def fill(path: Path) -> None:
    """A library of 2,000 series of ten episodes each, which Sonarr knows too; the first ones are those of releases."""
    prepare(path)
    names = [*SERIES, *(f"Series {number}" for number in range(len(SERIES), 2000))]
    rows = [
        Media(
            "episode", name, 2000, 1, episode, tvdb_id=number, link_path=f"/l/{number}/{episode}".encode(),
        )
        for number, name in enumerate(names, 1)
        for episode in range(1, 11)
    ]  # fmt: skip
    items = [
        ArrItem("sonarr", number, "series", name, title_key(name), tvdb_id=number, year=2000, files=10, episodes=20)
        for number, name in enumerate(names, 1)
    ]
    episodes = [
        ArrEpisode("sonarr", number, number * 100 + at, 1 + at // 10, at % 10 + 1, aired_at=1, has_file=at < 10)
        for number in range(1, 2001)
        for at in range(20)
    ]
    marks = ", ".join("?" * len(COLUMNS.split(",")))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(f"INSERT INTO media ({COLUMNS}) VALUES ({marks})", [row.as_row() for row in rows])
        replace_service(connection, "sonarr", items, episodes)


def main() -> int:
    """Runs the measurement; returns 1 when a limit was exceeded."""
    report, wanted = Report(), wanted_of("harbour lights", None, None, None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mediatui.db"
        fill(path)
        with closing(open_reader(path)) as connection:
            found = releases()
            began = time.process_time()
            rows = rows_of(connection, found, wanted, Preferred())
            report.at_most(f"{RELEASES:,} releases, columns and badges: CPU", time.process_time() - began, 1, "s")
    stored = [
        dataclasses.replace(row, release=dataclasses.replace(row.release, number=at))
        for at, row in enumerate(rows * (STORED // RELEASES), 1)
    ]
    shown = Releases()
    shown.take(stored, "score", reverse=False)
    for query in QUERIES:
        report.at_most(f"    a key over {STORED:,} releases, {query}: CPU", 1000 * _filter(shown, query), 60, "ms")
    return 0 if report.met else 1


def _filter(shown: Releases, query: str) -> float:
    """Seconds that the screen takes to narrow its list by a filter, its chips counted."""
    began = time.process_time()
    shown.narrow("", query)
    took = time.process_time() - began
    assert shown.count
    return took


if __name__ == "__main__":
    sys.exit(main())
