"""A library beside a Sonarr and a Radarr that hold it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import httpx
from pydantic import SecretStr

from mediatui.context import Context
from mediatui.services.arr import Arr
from mediatui.store.journal import plan_again
from tests.fakes.arr import KEY
from tests.library.library_world import LibraryWorld, Run

Answer = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


class ArrWorld(LibraryWorld):
    """A library whose changes Sonarr and Radarr hear of; ``answers`` stand in for the services."""

    def __init__(self, folder: Path, answers: Mapping[str, Answer], **settings: object) -> None:
        self._answers = answers
        overrides: dict[str, object] = {
            "realdebrid.base_url": "http://account.invalid/rest/1.0",
            "realdebrid.window_s": 0.1,
        }
        for kind in answers:
            overrides |= {f"{kind}.enabled": True, f"{kind}.url": f"http://{kind}.invalid", f"{kind}.api_key": KEY}
        super().__init__(folder, **{**overrides, **settings})

    def _context(self, job_id: int) -> Context:
        def account() -> object:
            raise AssertionError("nothing here may ask the account")

        return Context(self.db, self.settings, job_id, account, time.time, self.connect_arr)  # type: ignore[arg-type]

    def connect_arr(self, name: str) -> Arr:
        """A client of the simulated service of this name."""
        section = self.settings.arr(name)
        transport = httpx.MockTransport(self._answers[section.name])  # type: ignore[arg-type]  # a fake may answer later
        key = SecretStr(section.api_key.get_secret_value())
        return Arr(section.kind, section.url, key, name=section.name, retry_pause_s=0.001, transport=transport)

    async def retry(self, batch: int) -> Run:
        """Tries what failed in a batch again."""
        async with self.db.transaction() as connection:
            await plan_again(connection, batch, ("failed",))
        finished = await self.start(batch).wait()
        return Run(finished, list(self.events))
