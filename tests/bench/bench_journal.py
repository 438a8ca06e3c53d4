"""What a journal that is on the disk before anything is done costs: ``python -m tests.bench.bench_journal [LINKS]``.

Removes 1,000 dead links of 3,000 with lines that are synced, and as many with lines that are only committed, in turns.
Ends with 1 when the first takes more than 1.5 times as long.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from unittest import mock

import aiosqlite

from mediatui.store.database import Database
from tests.bench.bench_requests import Report
from tests.worlds.library import LibraryWorld

LINKS = 1_000
ROUNDS = 2
MOST = 1.5

_transaction = Database.transaction


@contextlib.asynccontextmanager
async def _only_committed(db: Database, *, synced: bool = False) -> AsyncIterator[aiosqlite.Connection]:
    async with _transaction(db) as connection:
        yield connection


async def seconds(links: int) -> float:
    """How long it takes to remove so many dead links."""
    with tempfile.TemporaryDirectory(prefix="mediatui-bench-") as folder:
        async with LibraryWorld(Path(folder)) as world:
            world.film("Good", files=2 * links)
            world.dead(*(f"{number}.mkv" for number in range(links)))
            await world.scan()
            plan = world.plan()
            began = time.perf_counter()
            done = await world.apply(plan)
            took = time.perf_counter() - began
            assert done.finished.counts["done"] == links
            return took


async def main(links: int) -> int:
    """Measures and reports; returns the exit code."""
    report = Report()
    synced = committed = 0.0
    for _ in range(ROUNDS):
        with mock.patch.object(Database, "transaction", _only_committed):
            committed += await seconds(links)
        synced += await seconds(links)
    print(f"{links:,} removals take {synced / ROUNDS:.2f} s synced, {committed / ROUNDS:.2f} s committed")  # noqa: T201
    report.at_most(f"{links:,} removals with synced lines, times committed ones", synced / committed, MOST)
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else LINKS)))
