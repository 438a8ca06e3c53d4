"""What a sync costs in requests, and what commands cost in time: ``python -m tests.bench.bench_requests``.

Prints each figure with its limit, and ends with 1 when one is exceeded. Everything runs against the simulated
account; a window of one second stands for the minute of the real one. ``--only NAME`` runs one part.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from mediatui.archive.sync.listing import ListReport, read_list, store_in_batches
from mediatui.commands.connect_account import make_client
from mediatui.demo.account import SimulatedAccount
from mediatui.demo.seed import make_torrents
from mediatui.model.torrent import ListedTorrent
from mediatui.runtime.context import Context
from mediatui.services.budget import Budget, MemoryLedger
from mediatui.settings import load_settings
from mediatui.store.database import Database
from mediatui.store.torrents.rows import store_listed
from tests.worlds.account import AccountWorld, torrents
from tests.worlds.forks import Forks
from tests.worlds.killed_sync import kill_again_and_again
from tests.worlds.places import PROJECT

ACCOUNT = 4_233
PAGE = 5_000
ROWS = 50_000
RATE = 200
ROUNDS = 15


class Report:
    """Prints figures beside their limits and remembers whether all were met."""

    def __init__(self) -> None:
        self.met = True

    def at_most(self, what: str, figure: float, limit: float, unit: str = "") -> None:
        self._say(what, figure, f"<= {limit:g}", unit, figure <= limit)

    def at_least(self, what: str, figure: float, limit: float, unit: str = "") -> None:
        self._say(what, figure, f">= {limit:g}", unit, figure >= limit)

    def _say(self, what: str, figure: float, limit: str, unit: str, met: bool) -> None:
        self.met = self.met and met
        print(f"{'ok ' if met else 'NOT'} {what:<58} {figure:>9,.2f} {unit:<3} {limit}", flush=True)  # noqa: T201


async def measure_requests(report: Report, folder: Path) -> None:
    """Requests of a first fast sync at full speed, of one that finds nothing new, and of one that finds 42."""
    world = AccountWorld(folder, make_torrents(ACCOUNT), window_s=1.0, requests_per_minute=RATE)
    world.service.cap, world.service.window_s, world.latency_s = 250, 1.0, 0.03
    await world.open()
    try:
        await world.sync(mode="fast")
        times = [at for at, *_ in world.service.log]
        report.at_most(f"first fast sync of {ACCOUNT:,}: requests", world.requests(), ACCOUNT + 50)
        report.at_most("    answered 429", world.service.refused, 0)
        report.at_least("    of the configured rate", 100 * (len(times) - 1) / (times[-1] - times[0]) / RATE, 95, "%")
        await world.sync()
        report.at_most("nothing new: requests", world.requests(), 3)
        for one in torrents(42):
            world.account.add(one)
        await world.sync()
        report.at_most("42 new: requests", world.requests(), 47)
    finally:
        await world.close()


async def measure_page(report: Report, folder: Path) -> None:
    """CPU time of all threads for a list page, from the bytes of the answer to the committed rows."""
    rows, total = SimulatedAccount(make_torrents(PAGE), frozen=True).page(0, PAGE)
    body = json.dumps(rows).encode()

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=body, headers={"x-total-count": str(total)})

    overrides = {"realdebrid.token": "SIMULATED", "realdebrid.base_url": "http://account.invalid"}
    settings = load_settings(folder / "config.toml", environ={}, folder=folder, overrides=overrides)
    spent = []
    for number in range(5):
        db = await Database.open(folder / f"page{number}.db")
        client = make_client(settings, Budget(MemoryLedger()), httpx.MockTransport(answer))
        context = Context(db, settings, 1, lambda client=client: client)  # type: ignore[misc]
        listed = ListReport()
        began = time.process_time()
        async for _ in read_list(context, listed, store_in_batches(context), 0):
            pass
        spent.append((time.process_time() - began) * 1000)
        assert len(listed.outcome.new) == PAGE
        await client.close()
        await db.close()
    report.at_most(f"a page of {PAGE:,} rows, parsed and stored: CPU", statistics.median(spent), 300, "ms")


def measure_kills(report: Report, folder: Path) -> None:
    """A sync killed twenty times over a real socket."""
    with Forks() as forks:
        came = kill_again_and_again(folder, forks, count=2_000, kills=20)
    report.at_least("kill -9 in the middle of a sync: kills", came.kills, 20)
    report.at_most("    rows that differ from the account", len(came.held ^ came.account), 0)
    report.at_most("    rows without details", came.without_details, 0)
    report.at_most("    details fetched again, a kill", came.fetched_again / max(1, came.kills), 8)


def measure_commands(report: Report, folder: Path) -> None:
    """Wall time of commands beside that of importing one library they could not do without."""
    asyncio.run(_fill(folder / "mediatui.db"))
    stats = ("-m", "mediatui", "--headless", "--data-dir", str(folder), "stats", "--compact")
    ratio = _ratio(folder, stats, ("-c", "import pydantic"))
    report.at_most(f"stats --compact of {ROWS:,} rows : import pydantic", ratio, 2.5, "x")
    ratio = _ratio(folder, ("-m", "mediatui", "--version"), ("-c", "import click"))
    report.at_most("--version : import click", ratio, 2.0, "x")


async def _fill(path: Path) -> None:
    db = await Database.open(path)
    rows = [
        ListedTorrent(f"ID{n:011d}", f"{n:040x}", f"Some.Film.{n}.1080p", "downloaded", n * 1000, 100.0, added_at=n)
        for n in range(ROWS)
    ]
    async with db.transaction() as connection:
        await store_listed(connection, rows, 1_790_000_000)
    await db.close()


def _ratio(folder: Path, command: tuple[str, ...], beside: tuple[str, ...]) -> float:
    """Median wall time of one Python run over that of another, measured in turns, both with cached bytecode."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")

    def run(arguments: tuple[str, ...]) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, env=environ, cwd=PROJECT, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began

    run(command), run(beside)
    pairs = [(run(command), run(beside)) for _ in range(ROUNDS)]
    return statistics.median(own for own, _ in pairs) / statistics.median(other for _, other in pairs)


PARTS: dict[str, Callable[[Report, Path], None]] = {
    "requests": lambda report, folder: asyncio.run(measure_requests(report, folder)),
    "page": lambda report, folder: asyncio.run(measure_page(report, folder)),
    "kills": measure_kills,
    "commands": measure_commands,
}


def main() -> int:
    """Runs the parts that were asked for; returns 1 when a limit was exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append")
    wanted = parser.parse_args().only or list(PARTS)
    report = Report()
    for name in wanted:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](report, Path(folder))
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
