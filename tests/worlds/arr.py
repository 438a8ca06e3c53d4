"""A library beside a Sonarr and a Radarr that hold it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
from pydantic import SecretStr

from mediatui.changes.apply import ApplyOptions
from mediatui.changes.notify import with_links_that_came_back
from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.commands.job_kinds import APPLY
from mediatui.model.arr import ARR_TITLES
from mediatui.model.plan import Plan
from mediatui.runtime.context import Context
from mediatui.services.arr.client import Arr
from mediatui.services.arr.http import ArrHttp
from mediatui.store.database import open_reader
from tests.fakes.arr import KEY, FakeArr
from tests.worlds.library import VIDEO, LibraryWorld, Run


class ArrWorld(LibraryWorld):
    """A library whose changes these fakes are notified of, by kind; several of a kind have names of their own."""

    def __init__(self, folder: Path, fakes: Mapping[str, FakeArr], **settings: object) -> None:
        self._fakes = fakes
        overrides: dict[str, object] = {}
        named: dict[str, list[dict[str, object]]] = {}
        for name, fake in fakes.items():
            facts: dict[str, object] = {"enabled": True, "url": f"http://{name}.invalid", "api_key": KEY}
            if name in ARR_TITLES:
                overrides |= {f"{name}.{field}": value for field, value in facts.items()}
            else:
                named.setdefault(fake.kind, []).append({"name": name, **facts})
        overrides |= named
        super().__init__(folder, **{**overrides, **settings})
        self.series = self.root / "Series"
        self.series.mkdir(exist_ok=True)

    def show(self, name: str, *, episodes: int = 1, missing: int = 0) -> list[Path]:
        """Links to the episodes of a series of one season, the last of which are ``missing`` on the mount."""
        folder, shown = self.view / f"{name}.S01", self.series / name
        folder.mkdir(parents=True, exist_ok=True)
        shown.mkdir(parents=True, exist_ok=True)
        links = []
        for number in range(1, episodes + 1):
            target = folder / f"{name.lower()}.s01e{number:02}.mkv"
            if number <= episodes - missing:
                target.write_bytes(VIDEO)
            links.append(shown / f"{name}.S01E{number:02}.mkv")
            os.symlink(target, links[-1])
        return links

    def _context(self, job_id: int) -> Context:
        def account() -> object:
            raise AssertionError("nothing here may ask the account")

        return Context(self.db, self.settings, job_id, account, time.time, self.connect_arr)  # type: ignore[arg-type]

    def connect_arr(self, name: str) -> Arr:
        """A client of the simulated service of this name."""
        section = self.settings.arr(name)
        transport = httpx.MockTransport(self._fakes[section.name])  # type: ignore[arg-type]  # a fake may answer later
        key = SecretStr(section.api_key.get_secret_value())
        http = ArrHttp(
            section.kind, section.url, key, name=section.name, retry_pause_s=0.001, start_s=0.001, transport=transport
        )
        return Arr(http)

    def pending_plan(self) -> Plan:
        """What an applied scan does besides removing: the services are notified of the links that came back."""
        with contextlib.closing(open_reader(self.database)) as connection:
            empty = Plan("scan", "Remove 0 links", ())
            return with_links_that_came_back(connection, self.settings, empty)

    async def retry(self, batch: int, *, failed: bool = True) -> Run:
        """Resumes a batch; with ``failed`` also retries what failed."""
        self.events.clear()
        finished = await self.runner.start(APPLY["library"], ApplyOptions(batch, retry_failed=failed)).wait()
        return Run(finished, list(self.events))


def unlink(path: Path | bytes) -> UnlinkSymlink:
    name = os.fsdecode(path)
    return UnlinkSymlink(what=name, path=name, target=os.readlink(name), state="broken")


def plan(*paths: Path) -> Plan:
    return Plan("scan", "Remove", tuple(unlink(path) for path in paths))


def of_services(done: Run) -> list[tuple[str, str, str]]:
    """Service steps with their outcomes and reasons."""
    return [
        (str(event.row["kind"]), str(event.row["outcome"]), str(event.row["reason"]))
        for event in done.events
        if getattr(event, "type", "") == "step" and str(event.row["kind"]).startswith("arr_")  # type: ignore[union-attr]
    ]


def ends(done: Run) -> Sequence[tuple[str, str]]:
    """How the notifications of the services ended, but for the finding of what they are about."""
    return [(outcome, reason) for kind, outcome, reason in of_services(done) if kind != "arr_find"]


def shows(world: ArrWorld, sonarr: FakeArr) -> tuple[list[Path], list[Path]]:
    """Two series in Sonarr: of the first the last two links of three are dead, of the second the last of two."""
    first, second = world.show("Dark", episodes=3, missing=2), world.show("Fargo", episodes=2, missing=1)
    sonarr.hold("Dark", world.series / "Dark", first)
    sonarr.hold("Fargo", world.series / "Fargo", second)
    world.film("Enough", files=40)
    return first, second


def has_file(sonarr: FakeArr) -> dict[int, bool]:
    """Which episodes have a file on record."""
    return {int(str(row["id"])): bool(row["hasFile"]) for row in sonarr.records.episodes}
