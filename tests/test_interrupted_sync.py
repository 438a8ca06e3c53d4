"""kill -9 at random moments of a sync: the archive still ends as the account, and nothing is fetched twice."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

COUNT = 400
KILLS = int(os.environ.get("MEDIATUI_TEST_KILLS", "6"))
IN_FLIGHT = 8


@pytest.fixture
def server() -> Iterator[str]:
    """The simulated account on a real socket; yields its address."""
    arguments = ["--port", "0", "--count", str(COUNT), "--window", "1", "--latency", "0.01", "--frozen"]
    with subprocess.Popen(
        [sys.executable, "-m", "mediatui.demo.server", *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1].rstrip("/")
        process.terminate()


def environment(server: str) -> dict[str, str]:
    return {
        **os.environ,
        "MEDIATUI_REALDEBRID__TOKEN": "SIMULATED",
        "MEDIATUI_REALDEBRID__BASE_URL": f"{server}/rest/1.0",
        "MEDIATUI_REALDEBRID__WINDOW_S": "1",
        "MEDIATUI_REALDEBRID__MAX_CONCURRENT": str(IN_FLIGHT),
    }


def start_sync(server: str, data_dir: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "mediatui", "--headless", "--data-dir", str(data_dir), "sync", "--mode", "fast"]
    return subprocess.Popen(command, env=environment(server), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def served(server: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{server}/_sim/log") as answer:
        log = json.load(answer)
    assert isinstance(log, dict)
    return log


def test_a_sync_killed_again_and_again_ends_with_the_whole_account(server: str, tmp_path: Path) -> None:
    chance = random.Random(11)
    database = tmp_path / "mediatui.db"
    kills = 0
    while kills < KILLS:
        with start_sync(server, tmp_path) as process:
            owed_before = _details_held(database)
            deadline = time.monotonic() + 30
            while process.poll() is None and time.monotonic() < deadline and _details_held(database) == owed_before:
                time.sleep(0.02)
            time.sleep(chance.uniform(0.0, 0.2))
            if process.poll() is not None:
                break
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
    with start_sync(server, tmp_path) as process:
        errors = process.communicate(timeout=90)[1].decode()
    assert process.returncode == 0, errors
    assert kills >= 3, "the account was too small to be killed in the middle"

    connection = sqlite3.connect(database)
    held = {row[0] for row in connection.execute("SELECT id FROM torrents WHERE gone_at IS NULL")}
    without = connection.execute("SELECT count(*) FROM torrents WHERE details_at IS NULL AND error IS NULL").fetchone()
    owed = connection.execute("SELECT count(*) FROM job_items").fetchone()[0]
    integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    log = served(server)
    details = log["details_served"]
    assert isinstance(details, dict)
    assert held == set(details)
    assert (without[0], owed, integrity) == (0, 0, "ok")
    twice = sum(times - 1 for times in details.values())
    # A kill loses what was in flight, and as many again that had arrived and were about to be committed.
    assert twice <= kills * 2 * IN_FLIGHT
    assert log["refused"] == 0


def _details_held(database: Path) -> int:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(
        sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    ) as connection:
        return int(connection.execute("SELECT count(*) FROM torrents WHERE details_at IS NOT NULL").fetchone()[0])
    return 0
