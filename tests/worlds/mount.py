"""A library whose links lead into a real rclone mount of a WebDAV service, for tests of what such a mount does."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
import tomlkit

from mediatui.commands.job_kinds import SCAN
from mediatui.library.scan.job import ScanOptions
from tests.fakes.webdav import Tree, WebDav, video
from tests.worlds.here import run_beside
from tests.worlds.home import Result
from tests.worlds.library import LibraryWorld, Run
from tests.worlds.places import PROJECT
from tests.worlds.rclone_mount import RcloneMount

FILMS, SHOWS, EPISODES = 12, 12, 2
LINKS = FILMS + SHOWS * EPISODES
VIEWS = ("movies", "shows", "__all__")
DEAD = 10


def film(number: int) -> str:
    """The name of a film's torrent."""
    return f"Film.{number:02d}.2001.1080p-GRP"


def show(number: int) -> str:
    """The name of a season's torrent."""
    return f"Show.{number:02d}.S01.1080p-GRP"


def torrents(films: int = FILMS, shows: int = SHOWS) -> Tree:
    """What a service of torrents shows: each under the view of its kind, all of them under ``__all__``."""
    movies: Tree = {film(number): {f"{film(number)}.mkv": video()} for number in range(films)}
    series: Tree = {
        show(number): {f"Show.{number:02d}.S01E{one:02d}.mkv": video() for one in range(1, EPISODES + 1)}
        for number in range(shows)
    }
    return {"movies": movies, "shows": series, "__all__": {**movies, **series}}


class MountWorld(LibraryWorld):
    """Links in ``Films`` and ``Shows`` to every film and episode the service shows under ``movies`` and ``shows``.

    ``view`` and ``mount`` of the other worlds are a plain folder here that nothing is configured for; ``debrid`` is the
    mount. Settings are also in ``config.toml``, so that ``command`` runs the program on the same library."""

    def __init__(self, folder: Path, service: WebDav, debrid: RcloneMount, **library: object) -> None:
        super().__init__(folder, **{"mounts": [{"path": str(debrid.folder)}], **library})
        self.service, self.debrid = service, debrid
        self.shows = self.root / "Shows"
        for view, shown in (("movies", self.films), ("shows", self.shows)):
            for name, files in dict(_folder(service.tree, view)).items():
                (shown / name).mkdir(parents=True)
                for file in files if isinstance(files, dict) else ():
                    (shown / name / file).symlink_to(debrid.folder / view / name / file)
        given: dict[str, dict[str, object]] = {"library": {"roots": [str(self.root)], "mounts": [str(debrid.folder)]}}
        for name, value in library.items():
            section, _, key = name.rpartition(".")
            given.setdefault(section or "library", {})[key] = value
        (folder / "config.toml").write_text(tomlkit.dumps(given))

    async def __aenter__(self) -> MountWorld:
        await super().__aenter__()
        return self

    async def look(self, **options: object) -> Run:
        """A scan with options (``depth="full"``)."""
        self.events.clear()
        finished = await self.runner.start(SCAN, ScanOptions(**options)).wait()  # type: ignore[arg-type]
        return Run(finished, list(self.events))

    async def begin(self, *words: str) -> asyncio.subprocess.Process:
        """A headless command begun in a process of its own on this library."""
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "mediatui", *self._words(*words),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(PROJECT), "HOME": str(self.folder)},
        )  # fmt: skip

    async def command(self, *words: str) -> Result:
        """A headless command run to its end on this library, in this process."""
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setenv("HOME", str(self.folder))
            return Result(*await run_beside(self._words(*words)))

    def _words(self, *words: str) -> list[str]:
        place = ["--config", str(self.folder / "config.toml"), "--data-dir", str(self.folder)]
        return [*place, "--headless", *words]


def dead_links(world: MountWorld) -> list[Path]:
    """Links to files that are not in their torrents, ``DEAD`` of them."""
    links = []
    for number in range(DEAD):
        link = world.films / film(number) / "Extra.mkv"
        link.symlink_to(world.debrid.folder / "movies" / film(number) / "Extra.mkv")
        links.append(link)
    return links


def _folder(tree: Tree, name: str) -> Tree:
    found = tree.get(name, {})
    return found if isinstance(found, dict) else {}
