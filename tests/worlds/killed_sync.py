"""Syncs in processes of their own that are killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from mediatui.demo.server import SimulatedServer, arguments, make_server
from tests.worlds.forks import Forks

IN_FLIGHT = 8
ANSWER_S = 60.0


@dataclass(frozen=True)
class Ordeal:
    """What came of a sync that was killed ``kills`` times: how the last, undisturbed one ended, what the archive
    holds and what the account had, and how many details were fetched more than once."""

    kills: int
    exit_code: int
    errors: str
    held: frozenset[str]
    account: frozenset[str]
    without_details: int
    pending: int
    integrity: str
    fetched_again: int
    refused: int


def kill_again_and_again(folder: Path, forks: Forks, *, count: int, kills: int) -> Ordeal:
    """Syncs an account of ``count`` torrents, killing the process after some new details, ``kills`` times or as often
    as there is something left to fetch; then lets it end."""
    chance = random.Random(11)
    database = folder / "mediatui.db"
    command = ("--headless", "--data-dir", str(folder), "sync", "--mode", "fast")
    killed = 0
    with serving(count) as server, mock.patch.dict(os.environ, environ_of(server)):
        while killed < kills:
            wanted = details_held(database) + chance.randint(1, 20)
            with forks.running(*command) as process:
                with contextlib.suppress(ProcessLookupError):
                    process.wait_for(lambda wanted=wanted: details_held(database) >= wanted)  # type: ignore[misc]
                    time.sleep(chance.uniform(0.0, 0.05))
                process.send(signal.SIGKILL)
                if process.end().code != -signal.SIGKILL:
                    break
                killed += 1
        ended = forks.run(*command)
        log = served(server)
    details: dict[str, int] = log["details_served"]
    with contextlib.closing(sqlite3.connect(database)) as connection:

        def value(query: str) -> Any:
            return connection.execute(query).fetchone()[0]

        return Ordeal(
            kills=killed,
            exit_code=ended.code,
            errors=ended.err,
            held=frozenset(row[0] for row in connection.execute("SELECT id FROM torrents WHERE gone_at IS NULL")),
            account=frozenset(log["ids"]),
            without_details=value("SELECT count(*) FROM torrents WHERE details_at IS NULL OR error IS NOT NULL"),
            pending=value("SELECT count(*) FROM job_items"),
            integrity=value("PRAGMA integrity_check"),
            fetched_again=sum(times - 1 for times in details.values()),
            refused=log["refused"],
        )


@contextlib.contextmanager
def serving(count: int) -> Iterator[str]:
    """The simulated account on a real socket, in a thread; yields its address."""
    options = ["--count", str(count), "--window", "1", "--latency", "0.01", "--frozen"]
    server = make_server(arguments().parse_args(options))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.start(), loop).result(ANSWER_S)
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(ANSWER_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: SimulatedServer) -> None:
    """Stops listening, and ends what is still being answered."""
    await server.stop()
    answering = asyncio.all_tasks() - {asyncio.current_task()}
    for task in answering:
        task.cancel()
    await asyncio.gather(*answering, return_exceptions=True)


def environ_of(server: str) -> dict[str, str]:
    """The settings of a sync with the account at this address."""
    return {
        "MEDIATUI_REALDEBRID__TOKEN": "SIMULATED",
        "MEDIATUI_REALDEBRID__BASE_URL": f"{server}/rest/1.0",
        "MEDIATUI_REALDEBRID__WINDOW_S": "1",
        "MEDIATUI_REALDEBRID__MAX_CONCURRENT": str(IN_FLIGHT),
    }


def served(server: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{server}/_sim/log", timeout=ANSWER_S) as answer:
        log: dict[str, Any] = json.load(answer)
    return log


def details_held(database: Path) -> int:
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection,
    ):
        return int(connection.execute("SELECT count(*) FROM torrents WHERE details_at IS NOT NULL").fetchone()[0])
    return 0
