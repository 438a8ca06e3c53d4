"""A library that a Sonarr and a Radarr manage, as they make it: links in ``tv/Title`` and ``movies/Title (Year)``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from mediatui.changes.apply import ApplyOptions
from mediatui.commands.job_kinds import APPLY
from mediatui.runtime.context import Context
from mediatui.services.arr.client import Arr
from mediatui.services.arr.http import ArrHttp
from tests.fakes.arr import KEY, FakeArr
from tests.fakes.arr_qualities import Row
from tests.worlds.library import VIDEO, Run
from tests.worlds.maintenance import MaintenanceWorld

SERIES = ("Amber Coast", "Brass Lantern", "Dover Lane", "Foxglove", "Harbor Lights")
FILMS = ("Ash", "Birch", "Cedar", "Fern", "Hazel", "Larch")
MARKS = ("id", "hasFile", "episodeFileId", "monitored")
State = dict[str, object]
Answers = Callable[[httpx.Request], Any]


class ManagedWorld(MaintenanceWorld):
    """``roots`` are tv and movies; ``sonarr`` and ``radarr`` have them for root folders."""

    def __init__(self, folder: Path, services: Sequence[FakeArr] = (), **settings: object) -> None:
        self.services: dict[str, Answers] = {fake.kind: fake for fake in services}
        root = folder / "library"
        given: dict[str, object] = {"roots": [str(root / "tv"), str(root / "movies")]}
        for fake in services:
            given |= {f"{fake.kind}.enabled": True, f"{fake.kind}.api_key": KEY}
            given |= {f"{fake.kind}.url": f"http://{fake.kind}.invalid"}
        super().__init__(folder, **{**given, **settings})
        self.tv, self.movies = self.root / "tv", self.root / "movies"
        for place in (self.tv, self.movies):
            place.mkdir(exist_ok=True)

    def _context(self, job_id: int) -> Context:
        context = super()._context(job_id)
        context.connect_arr = self.connect_arr if self.services else None
        context.clock = time.time
        return context

    def connect_arr(self, name: str) -> Arr:
        """A client of a fake service, or of what stands before it and answers in its place."""
        section = self.settings.arr(name)
        transport = httpx.MockTransport(self.services[section.kind])
        key = SecretStr(section.api_key.get_secret_value())
        http = ArrHttp(section.kind, section.url, key, name=section.name, retry_pause_s=0.001, transport=transport)
        return Arr(http)

    async def retry(self, batch: int) -> Run:
        """Tries what failed in a batch again."""
        self.events.clear()
        finished = await self.runner.start(APPLY["library"], ApplyOptions(batch, retry_failed=True)).wait()
        return Run(finished, list(self.events))

    def show(self, title: str, *, episodes: int = 2, below: str = "tv") -> tuple[Path, list[Path]]:
        """A series with a season of links; its folder and the links."""
        folder = self.root / below / title
        return folder, [
            self._link(folder / "Season 1" / f"{title} - S01E{one:02d}.mkv") for one in range(1, episodes + 1)
        ]

    def movie_folder(self, title: str, year: int = 2001, *, below: str = "movies") -> tuple[Path, list[Path]]:
        """A film's folder and its link in it."""
        folder = self.root / below / f"{title} ({year})"
        return folder, [self._link(folder / f"{title} ({year}) WEBDL-1080p.mkv")]

    def _link(self, path: Path) -> Path:
        return self.link(path, self.file(f"files/{path.name}", VIDEO))


def managed(sonarr: FakeArr, radarr: FakeArr, world: ManagedWorld) -> None:
    """Five series and six films, each with records, one episode and one film of them unmonitored."""
    sonarr.root(world.tv)
    radarr.root(world.movies)
    for title in SERIES:
        sonarr.hold(title, *world.show(title, episodes=5))
    for title in FILMS:
        radarr.hold(title, *world.movie_folder(title))
    sonarr.records.episodes[3]["monitored"] = False
    radarr.records.items[2]["monitored"] = False


def state(*services: FakeArr) -> State:
    """All that must not change: paths, root folders, records with their ids and releases, marks."""
    kept: State = {}
    for fake in services:
        records = fake.records
        for item, row in records.items.items():
            seen = fake.item(item)
            kept[f"{fake.kind} {row['title']}"] = (
                seen["path"], seen["rootFolderPath"], seen["monitored"],
                sorted(_facts(record) for record in records.files_of(item)),
                [tuple(one[name] for name in MARKS) for one in records.episodes_of(item)],
            )  # fmt: skip
    return kept


def _facts(record: Row) -> tuple[str, ...]:
    return tuple(str(record.get(name)) for name in ("id", "sceneName", "releaseGroup", "relativePath"))


def without_paths(kept: State) -> State:
    """A state but for where things lie."""
    return {name: facts[2:] for name, facts in kept.items() if isinstance(facts, tuple)}
