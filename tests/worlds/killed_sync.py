"""Syncs in processes of their own that are killed and started again."""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.worlds.places import PROJECT

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


def kill_again_and_again(folder: Path, *, count: int, kills: int) -> Ordeal:
    """Syncs an account of ``count`` torrents, killing the process after its first new details, ``kills`` times or
    as often as there is something left to fetch; then lets it end."""
    chance = random.Random(11)
    database = folder / "mediatui.db"
    killed = 0
    with serving(count) as server:
        while killed < kills:
            with start_sync(server, folder) as process:
                before = details_held(database)
                while process.poll() is None and details_held(database) == before:
                    time.sleep(0.02)
                time.sleep(chance.uniform(0.0, 0.2))
                if process.poll() is not None:
                    break
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
        with start_sync(server, folder) as process:
            errors = process.communicate(timeout=90)[1].decode()
        log = served(server)
    details: dict[str, int] = log["details_served"]
    with contextlib.closing(sqlite3.connect(database)) as connection:

        def value(query: str) -> Any:
            return connection.execute(query).fetchone()[0]

        return Ordeal(
            kills=killed,
            exit_code=process.returncode,
            errors=errors,
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
    """The simulated account on a real socket; yields its address."""
    arguments = ["--port", "0", "--count", str(count), "--window", "1", "--latency", "0.01", "--frozen"]
    command = [sys.executable, "-m", "mediatui.demo.server", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        assert process.stdout is not None
        try:
            ready, _, _ = select.select([process.stdout], [], [], ANSWER_S)
            assert ready, f"the simulated account did not say its address within {ANSWER_S:.0f} s"
            yield process.stdout.readline().split()[-1].rstrip("/")
        finally:
            process.terminate()


def start_sync(server: str, data_dir: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "mediatui", "--headless", "--data-dir", str(data_dir), "sync", "--mode", "fast"]
    environ = {
        **os.environ,
        "MEDIATUI_REALDEBRID__TOKEN": "SIMULATED",
        "MEDIATUI_REALDEBRID__BASE_URL": f"{server}/rest/1.0",
        "MEDIATUI_REALDEBRID__WINDOW_S": "1",
        "MEDIATUI_REALDEBRID__MAX_CONCURRENT": str(IN_FLIGHT),
    }
    return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=PROJECT)


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
