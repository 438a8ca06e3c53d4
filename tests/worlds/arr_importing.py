"""Staged transfers beside a Sonarr or a Radarr that imports them into its own folders."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from mediatui.acquire.importing.job import plan_staged
from mediatui.acquire.importing.plan import ImportOptions, plan_of_imports
from mediatui.acquire.mount.staging_names import folder_name
from mediatui.demo.seed import SimTorrent
from mediatui.model.plan import Plan
from mediatui.model.target import MappedTarget, Target
from mediatui.model.transfer import Event, State
from mediatui.runtime.context import Context
from mediatui.runtime.jobs import JobRunner
from mediatui.services.arr.client import Arr
from mediatui.services.arr.http import ArrHttp
from mediatui.store.transfers.change import NewTransfer, change, create
from mediatui.store.transfers.files import note_file, store_files
from mediatui.store.transfers.targets import set_targets
from tests.fakes.arr import KEY, FakeArr
from tests.worlds.account import AccountWorld
from tests.worlds.importing import Importing
from tests.worlds.transfers import transfers

IMPORTS = "ManualImport"


class ArrImporting(Importing):
    """A world whose films and series these fakes look after, by kind; their roots lie in the library."""

    def __init__(self, world: AccountWorld, folder: Path, *fakes: FakeArr, **settings: object) -> None:
        self.fakes: Mapping[str, FakeArr] = {fake.kind: fake for fake in fakes}
        given: dict[str, object] = {}
        for kind in self.fakes:
            given |= {f"{kind}.enabled": True, f"{kind}.url": f"http://{kind}.invalid", f"{kind}.api_key": KEY}
        super().__init__(world, folder, **given, **settings)
        self.series, self.films = self.root / "Séries" / "Drama", self.root / "Films" / "Drama"
        for fake in fakes:
            fake.root(self.series if fake.kind == "sonarr" else self.films)
        self.now_later = world
        world._context = self._with_services  # type: ignore[method-assign]
        world.runner = JobRunner(world.db, self._with_services, wait_for_lane=False)
        world.runner.observe(lambda job, event: world.events.append(event))

    def _with_services(self, job_id: int) -> Context:
        world = self.world
        return Context(world.db, world.settings, job_id, lambda: world.client, lambda: self.now, self._connect)

    def _connect(self, name: str) -> Arr:
        transport = httpx.MockTransport(self.fakes[name])  # type: ignore[arg-type]  # a fake may answer later
        url = f"http://{name}.invalid"
        kind = self.fakes[name].kind
        return Arr(ArrHttp(kind, url, SecretStr(KEY), retry_pause_s=0.001, start_s=0.001, transport=transport))

    async def put_in_staging(self, torrent: SimTorrent, *targets: Target) -> None:
        """Has a torrent in staging for its targets at once, as fetching it leaves it."""
        self.show(torrent)
        await self.world.db.write(self._put_in_staging, torrent, targets)

    def _put_in_staging(self, connection: sqlite3.Connection, torrent: SimTorrent, targets: Sequence[Target]) -> None:
        now = self.now
        new = NewTransfer("debrid", torrent.hash, torrent.filename, torrent.size, auto="import", entry_id=torrent.id)
        number = create(connection, new, "user", event=Event.ADOPTED, to=State.READY, now=now)
        set_targets(connection, number, [MappedTarget(one) for one in targets])
        store_files(connection, number, torrent.files())
        folder = self.folder / folder_name(number, torrent.filename)
        folder.mkdir()
        for file in torrent.files():
            name = file.path.rpartition("/")[2]
            place = self.mount / "__all__" / torrent.filename / name
            os.symlink(place, folder / name)
            note_file(connection, number, file.path, "linked", remote=bytes(place), link=bytes(folder / name))
        change(connection, number, Event.FETCH, "job", State.READY, State.FETCHING, now=now)
        change(connection, number, Event.FETCHED, "job", State.FETCHING, State.STAGED, now=now)

    @property
    def sonarr(self) -> FakeArr:
        return self.fakes["sonarr"]

    @property
    def radarr(self) -> FakeArr:
        return self.fakes["radarr"]

    def keeps(self, title: str, episodes: Mapping[int, str] | None = None, *, year: int = 2018) -> int:
        """A series of Sonarr with links to these episodes (S03, by their number: the name of the link)."""
        folder = self.series / title
        links = [
            self.library_link(str((folder / "Season 3" / name).relative_to(self.root)), f"Old/{name}", size=4096)
            for name in (episodes or {}).values()
        ]
        folder.mkdir(parents=True, exist_ok=True)
        return self.sonarr.hold(title, folder, links, year=year)

    async def person_plan(self, *numbers: int, **options: Any) -> Plan:
        """The plan of a person who imports transfers."""
        chosen = [one for one in transfers(self.world) if one.id in (numbers or (1,))]
        context = self._with_services(0)
        planned, away = await plan_staged(context, chosen, ImportOptions(**options))
        assert not away, away
        return plan_of_imports(planned, ())

    def sent(self, kind: str = "sonarr") -> list[dict[str, Any]]:
        """The imports that were sent."""
        return [body for body in self.fakes[kind].bodies if body.get("name") == IMPORTS]  # type: ignore[misc]

    def asked(self, path: str, kind: str = "sonarr", method: str = "GET") -> int:
        """How often something was asked for."""
        return sum(m == method and f"/{path}" in one for m, one in self.fakes[kind].seen)

    def texts(self) -> dict[str, str]:
        """The links of the library by their names, with the names of their targets."""
        return {path.rpartition("/")[2]: os.path.basename(text) for path, text in self.tree().items()}


def series_target(title: str, item: int, *, season: int = 3, episodes: tuple[int, ...] = (), tvdb: int = 9) -> Target:
    """A season of a series that Sonarr has."""
    return Target(
        "series", title, 2018, tvdb_id=tvdb, season=season, episodes=episodes, service="sonarr", service_id=item
    )
