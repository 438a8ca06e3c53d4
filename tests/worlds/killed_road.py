"""The road from a release to the library, walked by commands in processes of their own that may be killed: an account,
a Sonarr, a Radarr and a Jellyfin on sockets of this process, which outlives them; a mount; a library; staging.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from unittest import mock

import httpx

from mediatui.demo.jellyfin import SimulatedJellyfin, SimUser
from mediatui.demo.jellyfin_library import SimLibrary
from mediatui.demo.server import arguments, make_server
from mediatui.demo.writes import Behaviour
from mediatui.store.database import Database
from mediatui.store.library.media import store_media
from tests.fakes.arr import KEY, FakeArr
from tests.fakes.sockets import on_socket
from tests.fakes.webdav import WebDav, video
from tests.worlds.forks import Forks, Running
from tests.worlds.here import answering
from tests.worlds.home import Result
from tests.worlds.killed_sync import environ_of, served
from tests.worlds.rclone_mount import RcloneMount
from tests.worlds.road_batch import ALL, DEAD, MEDIA, REFUSED, THERE, TORRENTS, Show, appearing, hold_batch, links_below
from tests.worlds.staging import write_video

PASSES = 5
ROWS = """SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM transfer_events)
    + (SELECT count(*) FROM plan_steps WHERE outcome <> 'planned')"""
Service = Callable[[httpx.Request], object]


@dataclass(frozen=True)
class Kill:
    """When a process is sent a signal: some seconds after the database holds a ``number`` of new rows of journal,
    events and steps, or after the services were asked so often."""

    after: Literal["rows", "requests"]
    number: int
    late_s: float
    signal: signal.Signals = signal.SIGKILL


@dataclass(frozen=True)
class End:
    """What a round comes to: each transfer, how often the account holds each hash, the links of the library, what is
    left in staging, the records of the services, and what media servers were told."""

    transfers: Sequence[tuple[str, ...]]
    entries: Counter[str]
    library: Mapping[str, str]
    staging: Sequence[str]
    records: Sequence[str] = ()
    reports: Sequence[tuple[str, str]] = ()


@dataclass
class Seen:
    """What was seen on the way: what a killed process was at, how commands ended by their first word, what they said on
    standard error, and the requests of the services."""

    phase: str = ""
    ends: Counter[tuple[str, int]] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    rows: int = 0
    took_s: float = 0.0


class Road:
    """One batch in a folder of its own. What none of the ``services`` looks after is imported by links of our own;
    ``rclone``: through a real mount."""

    def __init__(self, folder: Path, forks: Forks, *, services: Sequence[str] = ALL, rclone: bool = False) -> None:
        self.folder, self.library = folder, folder / "library"
        self.database = folder / "mediatui.db"
        self.seen = Seen()
        self.is_killed = False
        self.fakes: dict[str, FakeArr] = {}
        self._forks, self._services, self._rclone = forks, services, rclone
        self.kill: Kill | None = None
        self._running: Running | None = None
        self._rows_before = 0
        self._address = ""

    @contextlib.contextmanager
    def made(self) -> Iterator[Road]:
        """The world, before anything of the batch is sent."""
        with contextlib.ExitStack() as stack:
            for place in ("library/Films/Action", "library/Films/Drama", "library/Séries/Drama", "staging"):
                (self.folder / place).mkdir(parents=True)
            mount, show = self._mount(stack)
            server = make_server(arguments().parse_args(["--count", "5", "--latency", "0.01", "--frozen"]))
            for one in TORRENTS:
                server.service.account.add(one)
                server.service.account.remove(one.id)
            server.service.account.add(THERE)
            server.service.writes.behaviours[REFUSED] = Behaviour(refusals=999)
            self._address = stack.enter_context(answering(server))
            stack.enter_context(mock.patch.dict(os.environ, environ_of(self._address)))
            for file in THERE.files():
                show(THERE.filename, file.path.rpartition("/")[2], file.bytes)
            place: object = str(mount)
            if isinstance(mount, RcloneMount):
                place = {"path": str(mount.folder), "rclone_rc": mount.rc_url}
            self._set("library.roots", json.dumps([str(self.library)]))
            self._set("library.mounts", json.dumps([place]))
            self._set("staging.folder", str(self.folder / "staging"))
            self._set("acquire.pause_s", "0")
            if self._services:
                self._serve(stack, show)
            stack.enter_context(appearing(server, show))
            self.command("sync", "--mode", "fast")
            asyncio.run(self._know())
            if self._services:
                self.command("library", "refresh")
                self.command("scan")
            self._rows_before = self._count_rows()
            yield self

    def _set(self, name: str, value: str) -> None:
        os.environ[f"MEDIATUI_{name.replace('.', '__').upper()}"] = value

    # Mount and services

    def _mount(self, stack: contextlib.ExitStack) -> tuple[Path | RcloneMount, Show]:
        if not self._rclone:
            folder = self.folder / "mount"
            (folder / "__all__" / "Another.Film").mkdir(parents=True)

            def write(name: str, file: str, size: int) -> None:
                write_video(folder / "__all__" / name / file, size)

            return folder, write
        service = stack.enter_context(WebDav({"__all__": {"Another.Film": {"a.mkv": video(4096)}}}))
        mount = stack.enter_context(RcloneMount(self.folder / "mount", service.url))

        def show(name: str, file: str, size: int) -> None:
            shown = service.tree["__all__"]
            assert isinstance(shown, dict)
            folder = shown.setdefault(name, {})
            assert isinstance(folder, dict)
            folder[file] = video(size)

        return mount, show

    def _serve(self, stack: contextlib.ExitStack, show: Show) -> None:
        self.fakes = hold_batch(self.library, self.folder / "mount" / "__all__", show)
        for kind, fake in self.fakes.items():
            if kind not in self._services:
                continue
            self._set(f"{kind}.enabled", "true")
            self._set(f"{kind}.url", stack.enter_context(on_socket(self._counted(kind, fake))))
            self._set(f"{kind}.api_key", KEY)
        self._set("importing.existing", "upgrade")
        if "jellyfin" in self._services:
            self._serve_jellyfin(stack)

    def _serve_jellyfin(self, stack: contextlib.ExitStack) -> None:
        shown = [
            SimLibrary("Films", "movies", [str(self.library / "Films")]),
            SimLibrary("Series", "tvshows", [str(self.library / "Séries")]),
        ]
        jellyfin = SimulatedJellyfin(shown, [SimUser("admin", "a" * 32, is_admin=True)], key=KEY, delay_s=0.0)
        self._set("jellyfin.enabled", "true")
        self._set("jellyfin.url", stack.enter_context(on_socket(self._counted("jellyfin", jellyfin))))
        self._set("jellyfin.api_key", KEY)

    def _counted(self, name: str, service: Service) -> Service:
        def answer(request: httpx.Request) -> object:
            self.seen.requests.append(f"{name} {request.method} {request.url.path.removeprefix('/api/v3')}")
            kill = self.kill
            if kill is not None and kill.after == "requests" and len(self.seen.requests) == kill.number:
                threading.Timer(kill.late_s, self._send).start()
            return service(request)

        return answer

    async def _know(self) -> None:
        db = await Database.open(self.database)
        try:
            async with db.transaction() as connection:
                known = [one for one in MEDIA if one.kind == "film" or "sonarr" not in self._services]
                await store_media(connection, [one.as_row() for one in known])
        finally:
            await db.close()

    # The way

    def walk(self, kill: Kill | None = None) -> End:
        """Walks it; the process that is at work when it is time for a ``kill`` gets its signal, and what a person does
        then is done."""
        self.kill, begun = kill, time.monotonic()
        self.seen.requests.clear()
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(over,))
        watcher.start()
        try:
            if self._services:
                self.again("replace", str(self.library / DEAD), "--apply")
            self.again(*self.send)
            for _ in range(PASSES):
                self._pass_time()
                self.command("transfers", "run", "--once")
        finally:
            over.set()
            watcher.join()
        self.seen.took_s = time.monotonic() - begun
        return self.end()

    @property
    def send(self) -> Sequence[str]:
        """The command that sends the batch."""
        magnets = [f"magnet:?xt=urn:btih:{one.hash}&dn={one.filename}" for one in (*TORRENTS, TORRENTS[0])]
        return ("grab", *magnets, "--again", "--auto", "import", "--apply")

    def again(self, *words: str) -> None:
        """A command, and once more if it was killed."""
        was = self.is_killed
        self.command(*words)
        if self.is_killed and not was:
            self.command("resume", "--apply")
            self.command(*words)

    def walk_beside(self, forks: Sequence[Forks]) -> End:
        """Walks it with several processes at once: all but the first run passes, that one imports what is staged."""
        begun = time.monotonic()
        if self._services:
            self.command("replace", str(self.library / DEAD), "--apply")
        self.command(*self.send)

        passes, imports = ("transfers", "run", "--once"), ("import", "1", "2", "3", "4", "--apply")
        over = threading.Event()

        def work(own: Forks) -> None:
            for _ in range(PASSES):
                self._note(passes, own.run("--headless", "--data-dir", str(self.folder), *passes))

        def bring() -> None:
            while not over.is_set():
                self._note(imports, forks[0].run("--headless", "--data-dir", str(self.folder), *imports))

        bringing = threading.Thread(target=bring)
        passing = [threading.Thread(target=work, args=(own,)) for own in forks[1:]]
        for one in (*passing, bringing):
            one.start()
        while any(one.is_alive() for one in passing):
            self._pass_time()
            passing[-1].join(0.2)
        over.set()
        bringing.join()
        for _ in range(PASSES):
            self._pass_time()
            self.command(*passes)
        self.seen.took_s = time.monotonic() - begun
        return self.end()

    def command(self, *words: str) -> None:
        """A command, to its end."""
        with self._forks.running("--headless", "--data-dir", str(self.folder), *words) as self._running:
            ended = self._running.end()
        self._note(words, ended)

    def _note(self, words: Sequence[str], ended: Result) -> None:
        self.seen.ends[words[0], ended.code] += 1
        self.seen.said.append(ended.err)

    def _watch(self, over: threading.Event) -> None:
        """Sends the signal once there are so many rows."""
        kill = self.kill
        while kill is not None and kill.after == "rows" and not over.wait(0.004):
            if self._count_rows() - self._rows_before >= kill.number:
                over.wait(kill.late_s)
                self._send()
                return

    def _send(self) -> None:
        running, kill = self._running, self.kill
        if running is None or kill is None or self.is_killed:
            return
        running.send(kill.signal)
        self.is_killed = True
        self.seen.phase = self.phase()

    def _count_rows(self) -> int:
        return int(str(self._rows(ROWS)[0][0]))

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    def phase(self) -> str:
        """What is at work: the steps that were begun, else the states of transfers that are held by one."""
        acting = self._rows("SELECT kind FROM plan_steps WHERE outcome = 'acting'")
        held = self._rows("SELECT state FROM transfers WHERE state IN ('sending', 'fetching', 'importing') LIMIT 1")
        jobs = self._rows("SELECT name FROM jobs WHERE ended_at IS NULL")
        found = acting or held or jobs
        return "+".join(sorted({str(one[0]) for one in found})) or "between"

    def _pass_time(self) -> None:
        """Has what waits for a time be due."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=30)) as connection, connection:
            connection.execute("UPDATE transfers SET retry_at = 0 WHERE retry_at IS NOT NULL AND hash <> ?", (REFUSED,))
            connection.execute("UPDATE service_holds SET retry_at = 0 WHERE retry_at IS NOT NULL")
            connection.execute("UPDATE server_reports SET due_at = 0 WHERE state IN ('waiting', 'sent')")

    # What it came to

    def end(self) -> End:
        """What it came to."""
        self.seen.rows = self._count_rows() - self._rows_before
        rows = [
            tuple(map(str, one if one[0] != REFUSED else one[:2]))
            for one in self._rows("SELECT hash, state, hold, code FROM transfers ORDER BY hash, id")
        ]
        entries = Counter(str(entry["hash"]) for entry in served(self._address)["entries"])
        top = str(self.folder)
        library = {path: text.removeprefix(top) for path, text in sorted(links_below(self.library))}
        records = [
            f"{fake.records.path_of(one).removeprefix(top)}"
            for fake in self.fakes.values() for one in fake.records.files.values()
        ]  # fmt: skip
        reports = [
            (os.fsdecode(path).removeprefix(top), str(state))  # type: ignore[arg-type]
            for path, state in self._rows("SELECT path, state FROM server_reports ORDER BY path")
        ]
        staging = sorted(os.listdir(self.folder / "staging"))
        return End(rows, entries, library, staging, sorted(records), reports)

    def imported(self) -> Counter[str]:
        """How often each file was sent with an import."""
        return Counter(
            str(file["path"]).removeprefix(str(self.folder))
            for fake in self.fakes.values() for body in fake.bodies if body.get("name") == "ManualImport"
            for file in body["files"]  # type: ignore[attr-defined]
        )  # fmt: skip
