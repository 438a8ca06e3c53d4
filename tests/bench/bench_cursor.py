"""What a cursor key costs while releases are searched, transfers are followed and one is imported, in a real pty:
``python -m tests.bench.bench_cursor``.

Milliseconds from the key to what it draws, p95, in the list of releases that grows meanwhile and in that of the
account, beside those of the same keys while nothing else is done. Two hundred transfers are under way, looked at every
second; six indexers answer one after the other; then one film is fetched, and imported into a library of 100,000 links,
until its link is there. Ends with 1 when a limit is exceeded.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import httpx

from mediatui.demo.library import put_files
from mediatui.demo.library_plan import is_linkable
from mediatui.demo.seed import SimTorrent
from mediatui.demo.server import arguments, make_server
from mediatui.demo.writes import Behaviour
from tests.bench.bench_requests import Report
from tests.bench.big_library import make_big_library
from tests.bench.terminal import Terminal
from tests.fakes.arr import KEY
from tests.fakes.prowlarr import FakeProwlarr
from tests.fakes.sockets import on_socket
from tests.worlds.here import answering
from tests.worlds.killed_sync import environ_of
from tests.worlds.transfers import hash_of

TRANSFERS = 200
INDEXERS, ROWS, ANSWERS_AFTER_S = 6, 300, 0.8
KEYS = 60
LIMIT_MS = 16.0
LINKS, IMPORT_S = 100_000, 60.0
_FILM = re.compile(r"(.+?)\.((?:19|20)\d\d)\.")


class SlowProwlarr(FakeProwlarr):
    """A Prowlarr whose indexers answer one after the other, each some time after the one before."""

    def __init__(self) -> None:
        super().__init__()
        for number in range(1, INDEXERS + 1):
            names = [f"Zephyr.Quay.S{number:02d}E{at:03d}.MULTi.1080p.WEB.x264-GRP{at}" for at in range(ROWS)]
            self.add(number, names, ignores_limit=True)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/search"):
            time.sleep(ANSWERS_AFTER_S)
        return super().__call__(request)


def move(terminal: Terminal) -> float:
    """Moves the cursor down and up: milliseconds to what a key draws, p95."""
    found = [terminal.press("jjjjjkkkkk"[at % 10], quiet_s=0.02).first_ms for at in range(KEYS)]
    return statistics.quantiles(found, n=20, method="inclusive")[-1]


def move_until(terminal: Terminal, link: Path) -> float:
    """The same until a link is there, for a minute at most; says when it never came."""
    found: list[float] = []
    end = time.monotonic() + IMPORT_S
    while not link.is_symlink() and time.monotonic() < end:
        found += [terminal.press("jjjjjkkkkk"[at % 10], quiet_s=0.02).first_ms for at in range(10)]
    if not link.is_symlink():
        raise SystemExit(f"Nothing was imported within {IMPORT_S:g} seconds.")
    print(f"imported while {len(found):,} keys were pressed; the slowest took {max(found):.1f} ms")  # noqa: T201
    return statistics.quantiles(found, n=20, method="inclusive")[-1]


def library_for(folder: Path, film: SimTorrent) -> tuple[str, Path]:
    """Makes a library, a mount that shows a film, and a folder for staging; returns their settings, and the folder in
    the library that the film has."""
    root, mount = make_big_library(folder, LINKS, 0)
    put_files(mount, film)
    (staging := folder / "staging").mkdir()
    found = _FILM.match(film.filename)
    assert found is not None
    own = root / "Films" / "Drama" / f"{found[1].replace('.', ' ')} ({found[2]})"
    own.mkdir()
    settings = f'[library]\nroots = ["{root}"]\nmounts = ["{mount}"]\n[staging]\nfolder = "{staging}"\n'
    return f"{settings}keep_free_gb = 0\n", own


def film_of(torrents: Sequence[SimTorrent]) -> SimTorrent:
    """A film of the account that a mount shows whole."""
    return next(
        one for one in torrents
        if one.shape == "film" and one.link_code is None and is_linkable(one) and _FILM.match(one.filename)
    )  # fmt: skip


def search(terminal: Terminal) -> None:
    """Begins a search, and waits for its first rows."""
    for key in (":", "search zephyr quay"):
        terminal.press(key)
    terminal.send("enter")
    terminal.wait_for("Zephyr.", limit_s=60.0)


def main() -> int:
    """Runs the measurement; returns 1 when a limit was exceeded."""
    report = Report()
    server = make_server(arguments().parse_args(["--count", "2000", "--window", "1", "--latency", "0.01", "--frozen"]))
    hashes = [hash_of(number) for number in range(TRANSFERS)]
    server.service.writes.behaviours.update({one: Behaviour(hangs=True) for one in hashes})
    with tempfile.TemporaryDirectory() as text, answering(server) as account, on_socket(SlowProwlarr()) as indexers:
        folder = Path(text)
        config = folder / "config.toml"
        film = film_of(server.service.account.torrents())
        library, own = library_for(folder, film)
        config.write_text(f'[prowlarr]\nenabled = true\nurl = "{indexers}"\napi_key = "{KEY}"\n{library}')
        config.chmod(0o600)
        every = {"MEDIATUI_AUTOMATION__TRANSFERS_EVERY_S": "1", "MEDIATUI_AUTOMATION__SYNC_EVERY_MINUTES": "0"}
        with mock.patch.dict(os.environ, {**environ_of(account), **every}):
            command = (sys.executable, "-m", "mediatui", "--config", str(config), "--data-dir", str(folder / "data"))
            take_on = ("import", film.id, "--for", f"film:{own.name}", "--auto", "import", "--apply")
            number = str(TRANSFERS + 1)
            for words in (
                ("sync", "--mode", "fast"), ("grab", *hashes, "--no-target", "--apply"), take_on,
                ("transfers", "pause", number),
            ):  # fmt: skip
                subprocess.run([*command, "--headless", *words], capture_output=True, check=True)
            with Terminal(command, columns=120, rows=40) as terminal:
                terminal.wait_for("2,", limit_s=60.0)
                terminal.drain(quiet_s=1.5)
                alone = move(terminal)
                search(terminal)
                growing = move(terminal)
                terminal.drain(quiet_s=2.0, limit_s=30.0)
                search(terminal)
                terminal.press("1")
                beside = move(terminal)
                terminal.drain(quiet_s=2.0, limit_s=30.0)
                terminal.press(":")
                terminal.press(f"transfers resume {number}")
                terminal.send("enter")
                importing = move_until(terminal, own / f"{own.name}.mkv")
    report.at_most("cursor key, nothing else is done, p95", alone, LIMIT_MS, "ms")
    report.at_most("cursor key in releases that come, p95", growing, LIMIT_MS, "ms")
    report.at_most("cursor key in torrents meanwhile, p95", beside, LIMIT_MS, "ms")
    report.at_most("cursor key in torrents while one is imported, p95", importing, LIMIT_MS, "ms")
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
