"""An archive beside a Sonarr and a Radarr: what they know, adding to them, sending through them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mediatui.acquire.acts import Act, act_on
from mediatui.acquire.follow import FollowOptions, follow
from mediatui.changes.apply import ApplyOptions, apply
from mediatui.changes.steps.arr_push import PushRelease
from mediatui.changes.undo import plan_undo
from mediatui.model.plan import Plan, Step
from mediatui.model.stuck import why_stuck
from mediatui.model.transfer import replay
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow
from mediatui.services.arr.client import Arr
from mediatui.settings import load_settings
from mediatui.store.changes.journal import Line, read_lines, store_plan
from mediatui.store.database import Database, open_reader
from mediatui.store.transfers.holds import service_holds
from mediatui.store.transfers.rows import all_transfers, find_transfer, history_of
from tests.fakes.arr import FakeArr
from tests.worlds.arr_client import client


class ServicesWorld:
    """An archive, a Sonarr and a Radarr; ``later`` seconds may pass."""

    def __init__(self, db: Database, folder: Path, **settings: object) -> None:
        self.db, self.later = db, 0.0
        self.fakes = {"sonarr": FakeArr("sonarr"), "radarr": FakeArr("radarr")}
        given = {
            f"{name}.{key}": value
            for name in self.fakes
            for key, value in {"enabled": True, "url": f"http://{name}.invalid", "api_key": "0" * 32}.items()
        }
        quick = {"realdebrid.base_url": "http://account.invalid", "realdebrid.window_s": 0.05}
        self.settings = load_settings(
            folder / "c.toml", environ={}, folder=folder, overrides={**given, **quick, **settings}
        )
        self.sonarr, self.radarr = self.fakes["sonarr"], self.fakes["radarr"]

    def connect(self, name: str) -> Arr:
        """A client of the service of this name."""
        return client(self.fakes[name], self.fakes[name].kind)

    def clock(self) -> float:
        """The time in this world."""
        return time.time() + self.later

    def context(self) -> Context:
        """The context of a job, which may not ask the account."""

        def refuse() -> Any:
            raise AssertionError("the account was asked")

        return Context(self.db, self.settings, 1, refuse, self.clock, self.connect)

    async def store(self, *steps: Step) -> int:
        """A plan of these steps, stored; the number of its batch."""
        async with self.db.transaction() as connection:
            return await store_plan(connection, Plan("test", "Test", steps), self.clock())

    async def apply(self, *steps: Step, batch: int = 0) -> Applied:
        """Applies steps, or a stored batch once more."""
        batch = batch or await self.store(*steps)
        events = [event async for event in apply(self.context(), ApplyOptions(batch, retry_failed=True))]
        return Applied(batch, events)

    async def run_pass(self, later: float = 0.0) -> Applied:
        """One pass over the transfers, some seconds later."""
        self.later += later
        return Applied(0, [event async for event in follow(self.context(), FollowOptions())])

    def push(self, title: str, info_hash: str, service: str = "sonarr", **facts: Any) -> PushRelease:
        """The step that sends a release by a magnet with a tracker, unless a link is given."""
        magnet = "" if "link" in facts else f"magnet:?xt=urn:btih:{info_hash}&tr=http%3A%2F%2Ft"
        given = {"magnet": magnet, "without_target": True, **facts}
        return PushRelease(what=title, service=service, hash=info_hash, title=title, **given)

    def states(self) -> list[tuple[str, str, str]]:
        """State, hold and code of every transfer, the oldest first; the history of each leads to its state."""
        with contextlib.closing(open_reader(self.db.path)) as connection:
            found = all_transfers(connection)[::-1]
            assert all(replay(history_of(connection, one.id)) == one.state for one in found)
            return [(one.state.value, one.hold.kind.value, one.hold.code) for one in found]

    def why(self, transfer: int = 1) -> str:
        """Why a transfer is where it is."""
        with contextlib.closing(open_reader(self.db.path)) as connection:
            one = find_transfer(connection, transfer)
            return why_stuck(one, service_holds(connection), self.clock()).why

    async def act(self, act: Act, transfer: int = 1) -> None:
        """What a person does with a transfer."""
        await self.db.write(act_on, act, str(transfer), self.clock())

    def pushes(self, service: str = "sonarr") -> list[Any]:
        """The bodies of what was pushed."""
        return [body for method, path, body in self.fakes[service].writes if (method, path) == ("POST", "release/push")]

    async def undo(self, batch: int) -> Applied:
        """Undoes a batch."""
        plan = await self.db.read(plan_undo, batch)
        async with self.db.transaction() as connection:
            undoing = await store_plan(connection, plan, self.clock())
        return await self.apply(batch=undoing)

    async def lines(self, batch: int) -> list[Line]:
        """The journal of a batch."""
        return await self.db.read(read_lines, batch)


class Applied:
    """How a batch went."""

    def __init__(self, batch: int, events: Sequence[Event]) -> None:
        self.batch, self.events = batch, events

    @property
    def finished(self) -> Finished:
        last = self.events[-1]
        assert isinstance(last, Finished)
        return last

    @property
    def steps(self) -> list[tuple[str, str]]:
        """What became of each step, and why."""
        rows = [event.row for event in self.events if isinstance(event, FoundRow) and event.type == "step"]
        return [(str(row["outcome"]), str(row["reason"])) for row in rows]
