"""Kills ``grab`` for real: ``python -m tests.bench.bench_kills [--kills 20]``.

Each round sends a batch of twelve (one that is there already, one the service refuses, one without metadata at first)
to a simulated account on a socket, kills the process with SIGKILL at a random moment, carries on with ``resume`` and
``transfers run``, and compares what the transfers and the account come to with an undisturbed round.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest import mock
from urllib.request import Request, urlopen

from mediatui.demo.server import arguments, make_server
from mediatui.demo.writes import Behaviour
from tests.worlds.account import torrent
from tests.worlds.here import answering
from tests.worlds.killed_sync import environ_of, served
from tests.worlds.transfers import hash_of

BATCH = 12
THERE, REFUSED, SLOW = hash_of(1), hash_of(2), hash_of(3)
COMMAND = (sys.executable, "-m", "mediatui", "--headless")
End = tuple[list[tuple[str, str, str]], Counter[str]]


@contextlib.contextmanager
def _account() -> Iterator[str]:
    server = make_server(arguments().parse_args(["--count", "20", "--window", "1", "--latency", "0.03", "--frozen"]))
    server.service.account.add(torrent(hash=THERE))
    server.service.writes.behaviours[REFUSED] = Behaviour(refusals=999)
    server.service.writes.behaviours[SLOW] = Behaviour(converts_for=3)
    with answering(server) as address, mock.patch.dict(os.environ, environ_of(address)):
        yield address


def _pass_time(address: str) -> None:
    """Asks for what has no metadata yet as often as the simulated account wants to be asked before it has."""
    for entry in served(address)["entries"]:
        if entry["status"] == "magnet_conversion":
            request = Request(f"{address}/rest/1.0/torrents/info/{entry['id']}", headers={"Authorization": "Bearer x"})
            for _ in range(3):
                urlopen(request, timeout=10).close()


def _run(folder: Path, *command: str) -> None:
    subprocess.run([*COMMAND, "--data-dir", folder, *command], capture_output=True, check=False)


def _round(folder: Path, after_s: float | None) -> tuple[End, float, bool]:
    """One batch, killed after some seconds (None: never). Returns what it came to, the seconds the batch took, and
    whether it was killed in the middle."""
    with _account() as address:
        _run(folder, "sync", "--mode", "fast")
        hashes = map(hash_of, range(1, BATCH + 1))
        begun = time.monotonic()
        grab = [*COMMAND, "--data-dir", folder, "grab", *hashes, "--no-target", "--again", "--apply"]
        with subprocess.Popen(grab, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            if after_s is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(after_s)
                process.send_signal(signal.SIGKILL)
            is_killed = process.wait() == -signal.SIGKILL
        took = time.monotonic() - begun
        if is_killed:
            _run(folder, "resume", "--apply")
        _run(folder, "grab", *map(hash_of, range(1, BATCH + 1)), "--no-target", "--again", "--apply")
        for _ in range(3):
            _pass_time(address)
            _run(folder, "transfers", "run", "--once")
        entries = Counter(entry["hash"] for entry in served(address)["entries"])
    with contextlib.closing(sqlite3.connect(folder / "mediatui.db")) as connection:
        states = sorted(connection.execute("SELECT hash, state, code FROM transfers"))
    return (states, entries), took, is_killed


def _settled(end: End) -> End:
    """The end with what will come of a refusal: one that was asked for twice is remembered, the other is not yet."""
    states, entries = end
    return [(hash_, state, code.replace("rd-pause", "refused")) for hash_, state, code in states], entries


def main() -> None:
    """Runs the rounds and says what they came to."""
    logging.getLogger("asyncio").disabled = True  # it tells of every connection that ends with a server
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    wanted = parser.parse_args().kills
    chance = random.Random(5)
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        expected, took, _ = _round(top / "whole", None)
        sys.stdout.write(
            json.dumps({"undisturbed_s": round(took, 2), "states": Counter(state for _, state, _ in expected[0])})
            + "\n"
        )
        killed = different = twice = 0
        for number in range(wanted):
            found, _, is_killed = _round(top / str(number), chance.uniform(0.2, took))
            killed += is_killed
            twice += any(count > 1 for count in found[1].values())
            if _settled(found) != _settled(expected):
                different += 1
                sys.stdout.write(json.dumps({"round": number, "states": found[0], "expected": expected[0]}) + "\n")
        sys.stdout.write(json.dumps({"kills": killed, "other_end": different, "added_twice": twice}) + "\n")


if __name__ == "__main__":
    main()
