"""What reading names costs: ``python -m tests.bench.bench_names``.

The strict rule, the library's own form and whole parses over made names of all kinds, the similarity of titles, and
100,000 names out of the database; and the slowest a hostile name of full length can make the rules. Ends with 1 when
a limit is exceeded. With a folder of clones of Sonarr, Radarr and guessit it only prints how many of the names in their
tests are read right, beside guessit and parsett where those are installed.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from mediatui.demo.names import FILMS, SERIES, film_name, season_name
from mediatui.names.episode_numbers import episodes_of
from mediatui.names.parsed import known_names, library_title, parse_name
from mediatui.names.titles import fold_title, folded_similarity
from mediatui.store.database import Database, open_reader
from mediatui.store.library.names import store_names
from tests.bench.bench_requests import Report
from tests.bench.peer_names import table

NAMES = 100_000
PARSED = 2_000
ROUNDS = 5
HOSTILE = (
    "s1e1" * 64, "1x1" * 85, "S01E01" + "-02" * 80, "s1 e1 " * 42, "season 1 " * 28, "book i " * 36, "1-1-" * 64,
    "(2010) " * 36, " - " * 85, "." * 255, "saison" + " " * 240, "[" * 255, "5" * 255, "05 " * 85, "a (" * 85,
)  # fmt: skip


def library_names(chance: random.Random, count: int) -> list[str]:
    """Names in the library's own form, a third of them films; all different."""
    found = []
    for number in range(count):
        year = chance.randint(1960, 2025)
        if number % 3 == 0:
            found.append(f"{chance.choice(FILMS)} ({year}) - 1080p {number}.mkv")
        else:
            episode = f"S{chance.randint(1, 9):02d}E{chance.randint(1, 24):02d}"
            found.append(f"{chance.choice(SERIES)} ({year}) - {episode} - Part {number}.mkv")
    return found


def release_names(chance: random.Random, count: int) -> list[str]:
    """Release names, half of them episodes."""
    found = []
    for number in range(count):
        name, season = season_name(chance)
        episode = name.replace(f"S{season:02d}", f"S{season:02d}E{number % 24 + 1:02d}")
        found.append(f"{episode}.mkv" if number % 2 else f"{film_name(chance)}.mkv")
    return found


def microseconds(names: Sequence[str], read: Callable[[str], object]) -> float:
    """The best of several rounds, a name."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for name in names:
            read(name)
        best = min(best, time.perf_counter() - began)
    return best / len(names) * 1e6


def slowest(read: Callable[[str], object]) -> float:
    """Microseconds of the worst of the hostile names; each ends in another number, so that none is remembered."""
    return max(microseconds([f"{name[:253]}{number}" for number in range(10, 90)], read) for name in HOSTILE)


async def cached(names: list[str], folder: Path) -> tuple[float, float, int]:
    """Seconds of a first and of a second run over these names, and how many the second parsed."""
    db = await Database.open(folder / "mediatui.db")
    try:
        began = time.perf_counter()
        first = await db.read(known_names, names)
        async with db.transaction() as connection:
            await store_names(connection, first.fresh)
        between = time.perf_counter()
    finally:
        await db.close()
    with closing(open_reader(folder / "mediatui.db")) as reader:
        again = time.perf_counter()
        second = known_names(reader, names)
        return between - began, time.perf_counter() - again, len(second.fresh)


def main() -> int:
    """Measures and reports; 1 when a limit is exceeded."""
    if len(sys.argv) > 1:
        print("\n".join(table(Path(sys.argv[1]))))  # noqa: T201
        return 0
    chance = random.Random(5)
    library, releases = library_names(chance, PARSED), release_names(chance, PARSED)
    folders = ("Harbour Lights (2010)", "Season 1")
    report = Report()
    mixed = library + releases
    report.at_most("strict rule, us a name", microseconds(mixed, lambda name: episodes_of(name, folders)), 20)
    report.at_most("strict rule, worst name, us", slowest(lambda name: episodes_of(name, folders)), 5_000)
    report.at_most("library form, us a name", microseconds(mixed, library_title), 10)
    report.at_most("library form, worst name, us", slowest(library_title), 5_000)
    report.at_most("whole parse, library names, us a name", microseconds(library, parse_name), 100)
    report.at_most("whole parse, releases, us a name", microseconds(releases[:400], parse_name), 2_000)
    folded = [fold_title(title) for title in (*FILMS, *SERIES)]
    pairs = [(a, b) for a in folded for b in folded]
    near = microseconds(["x"], lambda _: [folded_similarity(a, b) for a, b in pairs]) / len(pairs)
    report.at_most("similarity, us a pair", near, 20)
    with tempfile.TemporaryDirectory() as folder:
        first, second, parsed = asyncio.run(cached(library_names(chance, NAMES), Path(folder)))
    report.at_most(f"{NAMES:,} names, first run, s", first, 30)
    report.at_most(f"{NAMES:,} names, second run, s", second, 5)
    report.at_most("names the second run parsed", parsed, 0)
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
