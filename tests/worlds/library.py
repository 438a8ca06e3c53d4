"""A library of real symlinks, a mount of real files and a real archive, for tests of scans and removals."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediatui.changes.apply import ApplyOptions
from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.changes.undo import plan_undo
from mediatui.commands.job_kinds import APPLY, SCAN
from mediatui.library.links.unlink import plan_unlink
from mediatui.library.scan.job import ScanOptions
from mediatui.model.plan import Plan
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, Said
from mediatui.runtime.jobs import Job, JobRunner
from mediatui.services.realdebrid.client import RealDebrid
from mediatui.settings import load_settings
from mediatui.store.changes.journal import Line, read_lines, store_plan
from mediatui.store.database import Database, open_reader

SENTINEL = ".mounted"
NEIGHBOUR = "Neighbour"
"""A torrent that no link leads into: a view is never empty while it is well."""
VIDEO = b"v" * 2048


@dataclass(frozen=True)
class Run:
    """How a job went: its last event, and all it said."""

    finished: Finished
    events: Sequence[Event]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """What became of each step, and why."""
        return [
            (str(event.row["outcome"]), str(event.row["reason"]))
            for event in self.events
            if isinstance(event, FoundRow) and event.type == "step"
        ]

    @property
    def outcomes(self) -> set[str]:
        return {outcome for outcome, _ in self.steps}

    def said(self) -> str:
        return "\n".join(event.text for event in self.events if isinstance(event, Said))


class LibraryWorld:
    """Folders ``library`` (with ``Films``) and ``mount`` (with the view ``all``) below ``folder``."""

    def __init__(self, folder: Path, **library: object) -> None:
        self.folder = folder
        self.root = folder / "library"
        self.mount = folder / "mount"
        self.films = self.root / "Films"
        self.view = self.mount / "all"
        self.database = folder / "mediatui.db"
        self.films.mkdir(parents=True, exist_ok=True)
        self.view.mkdir(parents=True, exist_ok=True)
        (self.view / NEIGHBOUR).mkdir(exist_ok=True)
        (self.view / NEIGHBOUR / "beside.nfo").touch()
        (self.mount / SENTINEL).touch()
        self.events: list[Event] = []
        self.clock: Callable[[], float] = time.time
        overrides: dict[str, object] = {
            "library.roots": [str(self.root)],
            "library.mounts": [{"path": str(self.mount), "sentinel": SENTINEL}],
            "realdebrid.base_url": "http://account.invalid/rest/1.0",
            "realdebrid.window_s": 0.1,  # commands of Sonarr and Radarr are asked after as often as that
        }
        whole = ("sonarr", "radarr")  # sections of their own; what else has no section is the library's
        overrides |= {
            name if "." in name or name in whole else f"library.{name}": value for name, value in library.items()
        }
        self.settings = load_settings(folder / "config.toml", environ={}, folder=folder, overrides=overrides)

    async def __aenter__(self) -> LibraryWorld:
        self.db = await Database.open(self.database)
        self.runner = JobRunner(self.db, self._context, wait_for_lane=False)
        self.runner.observe(lambda job, event: self.events.append(event))
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.runner.stop()
        await self.db.close()

    def _context(self, job_id: int) -> Context:
        return Context(self.db, self.settings, job_id, _no_account, self.clock)

    def film(self, name: str, *, files: int = 1, missing: int = 0) -> list[Path]:
        """Links to a torrent of files on the mount, the last of which are ``missing``."""
        folder, shown = self.view / name, self.films / name
        folder.mkdir(parents=True, exist_ok=True)
        shown.mkdir(parents=True, exist_ok=True)
        links = []
        for number in range(files):
            target = folder / f"{os.path.basename(name)}.{number}.mkv"
            if number < files - missing:
                target.write_bytes(VIDEO)
            links.append(shown / target.name)
            os.symlink(target, links[-1])
        return links

    def dead(self, *names: str | bytes) -> list[bytes]:
        """Links right in ``Films`` whose targets on the mount are not there."""
        found = []
        for name in names:
            name = os.fsencode(name)
            found.append(os.path.join(os.fsencode(self.films), name))
            os.symlink(os.path.join(os.fsencode(self.view), b"gone", name), found[-1])
        return found

    def torrent(self, torrent_id: str, filename: str, files: Sequence[tuple[str, int]] = (), **facts: Any) -> None:
        """A torrent of the archive."""
        given = {"original_filename": None, "gone_at": None, "added_at": 1, "folded": "", **facts}
        given |= {"first_seen_at": 1, "last_seen_at": 1}
        names = ("id", "hash", "filename", "status", "bytes", *given)
        values = (torrent_id, f"{abs(hash(torrent_id)):040x}"[:40], filename, "downloaded", 1, *given.values())
        with contextlib.closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(
                f"INSERT INTO torrents ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", values
            )
            connection.executemany(
                "INSERT INTO torrent_files (torrent_id, file_id, path, bytes, selected) VALUES (?, ?, ?, ?, 1)",
                [(torrent_id, number, f"/{path}", size) for number, (path, size) in enumerate(files, 1)],
            )

    def start_scan(self, *roots: str) -> Job:
        self.events.clear()
        return self.runner.start(SCAN, ScanOptions(roots))

    async def scan(self, *roots: str) -> Run:
        finished = await self.start_scan(*roots).wait()
        return Run(finished, list(self.events))

    def states(self) -> dict[bytes, str]:
        """What the archive says of each link, by its name."""
        return {os.path.basename(path): state for path, state in self.rows("SELECT path, state FROM library_links")}

    def plan(self, *roots: Path) -> Plan:
        """The removal of what is broken."""
        with contextlib.closing(open_reader(self.database)) as connection:
            return plan_unlink(connection, [os.fsencode(root) for root in roots or (self.root,)])

    def undo_plan(self, batch: int | None = None) -> Plan:
        with contextlib.closing(open_reader(self.database)) as connection:
            return plan_undo(connection, batch)

    async def store(self, plan: Plan, allowed: int | None = 10**6) -> int:
        async with self.db.transaction() as connection:
            return await store_plan(connection, plan, time.time(), allowed)

    def start(self, batch: int) -> Job:
        self.events.clear()
        return self.runner.start(APPLY["library"], ApplyOptions(batch))

    async def apply(self, plan: Plan, *, allowed: int | None = 10**6) -> Run:
        """Stores a plan and applies it to its end."""
        finished = await self.start(await self.store(plan, allowed)).wait()
        return Run(finished, list(self.events))

    async def undo(self, batch: int | None = None) -> Run:
        return await self.apply(self.undo_plan(batch))

    def journal(self, batch: int = 1) -> list[Line]:
        with contextlib.closing(open_reader(self.database)) as connection:
            return read_lines(connection, batch)

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What the archive holds, by SQL."""
        with contextlib.closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(query, parameters).fetchall()

    def unmount(self) -> None:
        """What is left of a mount that is away: an empty folder."""
        os.rename(self.mount, self.folder / "elsewhere")
        self.mount.mkdir()

    def mount_again(self) -> None:
        shutil.rmtree(self.mount)
        os.rename(self.folder / "elsewhere", self.mount)

    def links(self) -> dict[bytes, bytes]:
        """Every symlink of the library and the text of its target."""
        found = {}
        for folder, folders, names in os.walk(os.fsencode(self.root)):
            for path in (os.path.join(folder, name) for name in (*folders, *names)):
                if os.path.islink(path):
                    found[path] = os.readlink(path)
        return found

    def real_files(self) -> dict[bytes, bytes]:
        """Every file of the mount and of the library that is no link, and what is in it."""
        found = {}
        for top in (self.mount, self.root):
            for folder, _, names in os.walk(os.fsencode(top)):
                for path in (os.path.join(folder, name) for name in names):
                    if not os.path.islink(path) and os.path.isfile(path):
                        found[path] = Path(os.fsdecode(path)).read_bytes()
        return found


def _no_account() -> RealDebrid:
    raise AssertionError("nothing here may ask the account")


def run(coroutine: Any) -> Any:
    """A coroutine to its end."""
    return asyncio.run(coroutine)


def unlink(path: bytes, state: str = "broken") -> UnlinkSymlink:
    name = os.fsdecode(path)
    return UnlinkSymlink(what=name, path=name, target=os.fsdecode(os.readlink(path)), state=state)


def removal_of(*paths: bytes, state: str = "broken") -> Plan:
    return Plan("scan", "Remove links", tuple(unlink(path, state) for path in paths))
