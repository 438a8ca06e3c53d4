"""Kills the road from a release to the library for real: ``python -m tests.bench.bench_road_kills [--kills 30]``.

Each round sends a batch of six to a simulated account on a socket (two films, two seasons, one that the service
refuses, one that is on its way already), lets its files appear on the mount once the account has them, and runs the
passes that bring them into staging and into the library. One of its processes gets a SIGKILL at a random moment; what
transfers, account, staging and library come to is then compared with a round that nothing disturbed. With ``--rclone``
the mount is a real one.
"""

from __future__ import annotations

import argparse
import asyncio
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
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from mediatui.demo.server import SimulatedServer, arguments, make_server
from mediatui.demo.writes import Behaviour
from mediatui.store.database import Database
from mediatui.store.library.media import Media, store_media
from tests.fakes.webdav import WebDav, video
from tests.worlds.here import answering
from tests.worlds.killed_sync import environ_of, served
from tests.worlds.rclone_mount import RcloneMount
from tests.worlds.staging import film, pack, write_video
from tests.worlds.transfers import hash_of

COMMAND = (sys.executable, "-m", "mediatui", "--headless")
PASSES = 3
TORRENTS = (
    film(hash_of(1), "Fern.Valley.2019.1080p.WEB"), film(hash_of(2), "Old.Mill.1971.720p.BluRay"),
    pack(hash_of(3), "Salt.Road.S03.1080p.WEB", count=4), pack(hash_of(4), "Tin.Garden.S03.720p.WEB", count=2),
    film(hash_of(5), "Dust.Ferry.2004.1080p.WEB"),
)  # fmt: skip
REFUSED = hash_of(5)
MEDIA = (
    Media("film", "Fern Valley", 2019, tmdb_id=7, genres=("Drama",)),
    Media("film", "Old Mill", 1971, tmdb_id=8, genres=("Action",)),
    Media("film", "Dust Ferry", 2004, tmdb_id=9, genres=("Drama",)),
    Media("episode", "Salt Road", 2018, 1, 1, tvdb_id=9, genres=("Drama",)),
    Media("episode", "Tin Garden", 2011, 1, 1, tvdb_id=10, genres=("Drama",)),
)
Show = Callable[[str, str, int], None]
"""Makes the mount show a file: folder, name, bytes."""


@dataclass(frozen=True)
class End:
    """What a round comes to: each transfer, how often the account holds each hash, the links of the library and what
    is left in staging."""

    transfers: Sequence[tuple[str, ...]]
    entries: Counter[str]
    library: dict[str, str]
    staging: Sequence[str]


def _links(folder: Path) -> Iterator[tuple[str, str]]:
    for path, _, names in os.walk(folder):
        for name in names:
            link = Path(path, name)
            yield str(link.relative_to(folder)), os.readlink(link) if link.is_symlink() else "a file"


class Round:
    """One batch in a folder of its own; ``kill_at`` are the seconds after which the process at work is killed."""

    def __init__(self, folder: Path, kill_at: float | None, rclone: bool) -> None:
        self.folder = folder
        self.is_killed = False
        self._kill_at, self._rclone = kill_at, rclone
        self._lived = 0.0

    def run(self) -> tuple[End, float]:
        """What it came to, and the seconds its processes took."""
        with contextlib.ExitStack() as stack:
            for place in ("library/Films/Action", "library/Films/Drama", "library/Séries/Drama", "staging"):
                (self.folder / place).mkdir(parents=True)
            mount, show = self._mount(stack)
            server = make_server(arguments().parse_args(["--count", "5", "--latency", "0.01", "--frozen"]))
            for one in TORRENTS:
                server.service.account.add(one)
                server.service.account.remove(one.id)
            server.service.writes.behaviours[REFUSED] = Behaviour(refusals=999)
            address = stack.enter_context(answering(server))
            stack.enter_context(mock.patch.dict(os.environ, environ_of(address)))
            self._configure(mount)
            stack.enter_context(_appearing(server, show))
            self._walk()
            return self._end(address), self._lived

    def _mount(self, stack: contextlib.ExitStack) -> tuple[Path | RcloneMount, Show]:
        if not self._rclone:
            folder = self.folder / "mount"
            (folder / "__all__" / "Another.Film").mkdir(parents=True)

            def write(name: str, file: str, size: int) -> None:
                write_video(folder / "__all__" / name / file, size)

            return folder, write
        service = stack.enter_context(WebDav({"__all__": {"Another.Film": {"a.mkv": video(9)}}}))
        mount = stack.enter_context(RcloneMount(self.folder / "mount", service.url))

        def show(name: str, file: str, size: int) -> None:
            shown = service.tree["__all__"]
            assert isinstance(shown, dict)
            folder = shown.setdefault(name, {})
            assert isinstance(folder, dict)
            folder[file] = video(size)

        return mount, show

    def _configure(self, mount: Path | RcloneMount) -> None:
        place: object = str(mount)
        if isinstance(mount, RcloneMount):
            place = {"path": str(mount.folder), "rclone_rc": mount.rc_url}
        os.environ["MEDIATUI_LIBRARY__ROOTS"] = json.dumps([str(self.folder / "library")])
        os.environ["MEDIATUI_LIBRARY__MOUNTS"] = json.dumps([place])
        os.environ["MEDIATUI_STAGING__FOLDER"] = str(self.folder / "staging")
        os.environ["MEDIATUI_ACQUIRE__PAUSE_S"] = "0"

    def _walk(self) -> None:
        self._command("sync", "--mode", "fast", may_die=False)
        asyncio.run(self._know())
        magnets = [f"magnet:?xt=urn:btih:{one.hash}&dn={one.filename}" for one in (*TORRENTS, TORRENTS[0])]
        send = ("grab", *magnets, "--again", "--auto", "import", "--apply")
        self._command(*send)
        if self.is_killed:
            self._command("resume", "--apply")
            self._command(*send)
        for _ in range(PASSES):
            self._command("transfers", "run", "--once")

    async def _know(self) -> None:
        db = await Database.open(self.folder / "mediatui.db")
        try:
            async with db.transaction() as connection:
                await store_media(connection, [one.as_row() for one in MEDIA])
        finally:
            await db.close()

    def _command(self, *words: str, may_die: bool = True) -> None:
        command = [*COMMAND, "--data-dir", str(self.folder), *words]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            begun = time.monotonic()
            if may_die and self._kill_at is not None and not self.is_killed:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, self._kill_at - self._lived))
                process.send_signal(signal.SIGKILL)
            self.is_killed |= process.wait() == -signal.SIGKILL
        self._lived += time.monotonic() - begun if may_die else 0.0

    def _end(self, address: str) -> End:
        with contextlib.closing(sqlite3.connect(self.folder / "mediatui.db")) as connection:
            rows = connection.execute("SELECT hash, state, hold, code FROM transfers ORDER BY hash")
            transfers = [
                (hash_, state) if hash_ == REFUSED else (hash_, state, hold, code) for hash_, state, hold, code in rows
            ]
        entries = Counter(entry["hash"] for entry in served(address)["entries"])
        mount = str(self.folder / "mount")
        library = {path: text.removeprefix(mount) for path, text in sorted(_links(self.folder / "library"))}
        return End(transfers, entries, library, sorted(os.listdir(self.folder / "staging")))


@contextlib.contextmanager
def _appearing(server: SimulatedServer, show: Show) -> Iterator[None]:
    """What the account has got appears on the mount a moment later."""
    ended, shown = threading.Event(), set[str]()

    def watch() -> None:
        while not ended.wait(0.05):
            for one in server.service.account.torrents():
                if (
                    one.status == "downloaded"
                    and one.id not in shown
                    and one.hash in {known.hash for known in TORRENTS}
                ):
                    shown.add(one.id)
                    for file in one.files():
                        if file.selected:
                            show(one.filename, file.path.rpartition("/")[2], file.bytes)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def main() -> None:
    """Runs the rounds and says what they came to."""
    logging.getLogger("asyncio").disabled = True  # it tells of every connection that ends with a server
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--rclone", action="store_true")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        expected, took = Round(top / "whole", None, given.rclone).run()
        said = {"undisturbed_s": round(took, 2), "states": Counter(one[1] for one in expected.transfers)}
        sys.stdout.write(json.dumps({**said, "links": len(expected.library), "staging": expected.staging}) + "\n")
        killed = different = twice = 0
        for number in range(given.kills):
            after = chance.uniform(0.2, took)
            disturbed = Round(top / str(number), after, given.rclone)
            found, _ = disturbed.run()
            killed += disturbed.is_killed
            twice += any(count > 1 for count in found.entries.values())
            if found != expected:
                different += 1
                sys.stdout.write(f"round {number}, killed after {after:.2f} s:\n{found}\nexpected:\n{expected}\n")
        sys.stdout.write(json.dumps({"kills": killed, "other_end": different, "added_twice": twice}) + "\n")


if __name__ == "__main__":
    main()
