"""A library of films and series with real files on a mount and in a storage, for tests of the maintenance tools."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mediatui.commands.job_kinds import MAINTAIN
from mediatui.library.maintenance.job import plan_report
from mediatui.library.maintenance.stored_findings import iterate_findings
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.model.finding import Finding
from mediatui.model.plan import Plan
from mediatui.runtime.jobs import Job
from mediatui.store.database import open_reader
from mediatui.store.library.media import Media, iterate_media, store_media
from mediatui.store.library.reports import Report, newest_report
from tests.worlds.library import VIDEO, LibraryWorld, Run

Snapshot = dict[bytes, tuple[str, int, bytes]]
"""Every path: what it is (``folder``, ``file``, ``link``, ``other``), its mode, and its target text or the hash of its
content."""


class MaintenanceWorld(LibraryWorld):
    """Besides ``Films`` on the library there is ``Séries``; besides the mount a ``storage`` of real files."""

    def __init__(self, folder: Path, **library: object) -> None:
        self.storage = folder / "storage"
        self.storage.mkdir(parents=True, exist_ok=True)
        (self.storage / "readme.txt").write_text("a storage is never empty while it is alive")
        super().__init__(folder, **{"storage": [str(self.storage)], **library})
        self.series = self.root / "Séries"
        self.series.mkdir(exist_ok=True)

    async def __aenter__(self) -> MaintenanceWorld:
        await super().__aenter__()
        return self

    # What is there.

    def file(self, path: str | bytes | Path, content: bytes = VIDEO) -> Path:
        """A real file; a relative path is one on the mount, in the view ``all``."""
        full = Path(os.fsdecode(os.path.join(os.fsencode(self.view), os.fsencode(path))))
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content)
        return full

    def link(self, path: str | bytes | Path, target: str | bytes | Path) -> Path:
        """A symlink; a relative path is one in the library. The target need not be there, and is written as given."""
        full = Path(os.fsdecode(os.path.join(os.fsencode(self.root), os.fsencode(path))))
        full.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(target, full)
        return full

    def movie(
        self, title: str, year: int = 2001, *, genre: str = "Action", target: str | Path | None = None,
        missing: bool = False,
    ) -> Path:  # fmt: skip
        """The link ``Films/<genre>/<title> (<year>).mkv``, its file below ``all/Films`` of the mount unless ``target``
        says where (relative to ``all``)."""
        name = f"{title} ({year})"
        full = self.view / (target or f"Films/{name}/{name}.mkv")
        if not missing and not full.exists():
            self.file(full)
        return self.link(f"Films/{genre}/{name}.mkv", full)

    def episode(
        self, title: str, season: int, episode: int, *, year: int = 2001, kind: str = "Drama", name: str = "x",
        target: str | Path | None = None, missing: bool = False,
    ) -> Path:  # fmt: skip
        """The link ``Séries/<kind>/<title> (<year>)/Saison 01/<title> (<year>) - S01E02 - <name>.mkv``, its file below
        ``all/Series`` of the mount unless ``target`` says where (relative to ``all``)."""
        show, numbers = f"{title} ({year})", f"S{season:02d}E{episode:02d}"
        full = self.view / (target or f"Series/{show}/S{season:02d}/{title.replace(' ', '.')}.{numbers}.mkv")
        if not missing and not full.exists():
            self.file(full)
        return self.link(f"Séries/{kind}/{show}/Saison {season:02d}/{show} - {numbers} - {name}.mkv", full)

    async def media(self, *rows: Media) -> None:
        """Rows of the media table."""
        async with self.db.transaction() as connection:
            await store_media(connection, [row.as_row() for row in rows])

    def known(self, kind: str | None = None) -> list[Media]:
        """What the media table holds."""
        with contextlib.closing(open_reader(self.database)) as connection:
            return list(iterate_media(connection, kind))

    # What the tools make of it.

    def begin(self, tool: str, **options: Any) -> Job:
        """A tool started."""
        self.events.clear()
        return self.runner.start(MAINTAIN, ToolOptions(tool, **options))

    async def run(self, tool: str, **options: Any) -> Run:
        """A tool run to its end; a failure is an outcome."""
        finished = await self.begin(tool, **options).wait()
        return Run(finished, list(self.events))

    def report(self, tool: str) -> Report:
        """The newest report of a tool."""
        with contextlib.closing(open_reader(self.database)) as connection:
            found = newest_report(connection, tool)
        assert found is not None
        return found

    def findings(self, tool: str, category: str | None = None) -> list[Finding]:
        """What the newest report of a tool lists, of one category or of all."""
        report = self.report(tool)
        with contextlib.closing(open_reader(self.database)) as connection:
            stored = iterate_findings(connection, report.id, None if category is None else [category])
            return [one.finding for one in stored]

    def found(self, tool: str, category: str | None = None) -> list[str]:
        """The names of what the newest report lists, sorted."""
        return sorted(os.path.basename(os.fsdecode(one.path)) for one in self.findings(tool, category))

    def plan_for(self, tool: str, categories: Sequence[str] = ()) -> Plan:
        """The steps the newest report of a tool proposes; raises UsageError as the commands show it."""
        with contextlib.closing(open_reader(self.database)) as connection:
            return plan_report(connection, tool, tuple(categories))

    async def mend(self, tool: str, categories: Sequence[str] = (), **options: Any) -> Run:
        """A tool run, and what it proposes applied."""
        ran = await self.run(tool, **options)
        assert ran.finished.outcome == "done", ran.finished
        return await self.apply(self.plan_for(tool, categories))

    def snapshot(self) -> Snapshot:
        """Every path of library, mount and storage: to compare before, after and undone."""
        return {path: _look(path) for top in (self.root, self.mount, self.storage) for path in _below(top)}


def _below(top: Path) -> Iterable[bytes]:
    yield os.fsencode(top)
    for folder, folders, names in os.walk(os.fsencode(top)):
        for name in (*folders, *names):
            yield os.path.join(folder, name)


def _look(path: bytes) -> tuple[str, int, bytes]:
    seen = os.lstat(path)
    mode = stat.S_IMODE(seen.st_mode)
    if stat.S_ISLNK(seen.st_mode):
        return "link", mode, os.readlink(path)
    if stat.S_ISDIR(seen.st_mode):
        return "folder", mode, b""
    if not stat.S_ISREG(seen.st_mode):
        return "other", mode, b""
    return "file", mode, hashlib.sha256(Path(os.fsdecode(path)).read_bytes()).digest()
