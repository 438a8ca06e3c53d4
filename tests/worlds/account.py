"""An account behind the real client, and a real archive, for tests of what a sync makes of one and the other."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mediatui.archive.check import CheckOptions
from mediatui.archive.sync.job import SyncOptions, sync
from mediatui.changes.apply import ApplyOptions
from mediatui.commands.connect_account import make_client
from mediatui.commands.job_kinds import APPLY, CHECK
from mediatui.demo.account import SimulatedAccount
from mediatui.demo.faults import Fault, Reply
from mediatui.demo.seed import SimTorrent
from mediatui.demo.service import SimulatedService
from mediatui.demo.transport import SimulatedTransport
from mediatui.demo.writes import Behaviour
from mediatui.model.plan import Plan
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, Said
from mediatui.runtime.jobs import Job, JobKind, JobRunner
from mediatui.services.budget import Budget
from mediatui.services.realdebrid.client import RealDebrid
from mediatui.settings import load_settings
from mediatui.store.changes.journal import store_plan
from mediatui.store.database import Database, open_reader
from mediatui.store.requests import RequestLedger

SYNC = JobKind("sync", "account", sync)
DAY = 86_400
LIST = "/torrents"
INFO = "/torrents/info/"


@dataclass(frozen=True)
class Run:
    """How a sync went: its last event, and all it said."""

    finished: Finished
    events: Sequence[Event]

    @property
    def counts(self) -> dict[str, Any]:
        return dict(self.finished.counts)

    @property
    def steps(self) -> list[tuple[str, str]]:
        """What became of each step, and why."""
        return [
            (str(event.row["outcome"]), str(event.row["reason"]))
            for event in self.events
            if isinstance(event, FoundRow) and event.type == "step"
        ]

    def said(self) -> str:
        return "\n".join(event.text for event in self.events if isinstance(event, Said))

    def plan(self) -> dict[str, Any]:
        """The classes of a dry run: reason to row."""
        return {
            str(event.row["reason"]): event.row
            for event in self.events
            if isinstance(event, FoundRow) and event.type == "plan"
        }


class AccountWorld:
    """An account with given torrents, and the archive that syncs with it. ``later`` seconds may pass."""

    def __init__(self, folder: Path, torrents: Iterable[SimTorrent], **settings: object) -> None:
        self.path = folder / "mediatui.db"
        self.later = 0.0
        self.account = SimulatedAccount(list(torrents), frozen=True)
        self.service = SimulatedService(self.account, cap=10**9)
        self.latency_s = 0.0
        overrides: dict[str, object] = {
            "realdebrid.token": "SIMULATED",
            "realdebrid.base_url": "http://account.invalid/rest/1.0",
            "realdebrid.window_s": 0.1,
        }
        overrides |= {f"realdebrid.{name}": value for name, value in settings.items()}
        self.settings = load_settings(folder / "config.toml", environ={}, folder=folder, overrides=overrides)
        self.events: list[Event] = []

    async def open(self) -> AccountWorld:
        self.db = await Database.open(self.path)
        options = self.settings.realdebrid
        budget = Budget(
            RequestLedger(self.db),
            limit=options.requests_per_minute,
            window_s=options.window_s,
            max_concurrent=options.max_concurrent,
        )
        transport = SimulatedTransport(self.service, latency_s=self.latency_s)
        self.client: RealDebrid = make_client(self.settings, budget, transport)
        self.runner = JobRunner(self.db, self._context, wait_for_lane=False, requests_sent=lambda: budget.sent)
        self.runner.observe(lambda job, event: self.events.append(event))
        return self

    async def close(self) -> None:
        await self.runner.stop()
        await self.client.close()
        await self.db.close()

    def _context(self, job_id: int) -> Context:
        return Context(self.db, self.settings, job_id, lambda: self.client, lambda: time.time() + self.later)

    def start(self, **options: Any) -> Job:
        """Starts a sync and counts requests and served details from zero."""
        self.events.clear()
        self.service.log.clear()
        self.account.details_served.clear()
        return self.runner.start(SYNC, SyncOptions(**options))

    async def sync(self, **options: Any) -> Run:
        """One sync to its end."""
        finished = await self.start(**options).wait()
        return Run(finished, list(self.events))

    def start_check(self, **options: Any) -> Job:
        """Starts a look at links and counts requests from zero."""
        self.events.clear()
        self.service.log.clear()
        return self.runner.start(CHECK, CheckOptions(**options))

    async def check(self, **options: Any) -> Run:
        """One look at links to its end."""
        finished = await self.start_check(**options).wait()
        return Run(finished, list(self.events))

    async def apply(self, plan: Plan, *, allowed: int | None = None) -> Run:
        """Stores a plan and applies it to its end."""
        async with self.db.transaction() as connection:
            batch = await store_plan(connection, plan, time.time(), allowed)
        return await self.carry_on(batch)

    async def carry_on(self, batch: int) -> Run:
        """Applies what is left of a stored plan."""
        self.events.clear()
        finished = await self.runner.start(APPLY["account"], ApplyOptions(batch)).wait()
        return Run(finished, list(self.events))

    def plan(self, planner: Callable[..., Plan], *arguments: Any, **more: Any) -> Plan:
        """``planner(connection, …)`` over the archive."""
        with contextlib.closing(open_reader(self.path)) as connection:
            return planner(connection, *arguments, **more)

    def on_account(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        """What the account holds: id to info-hash and the ids of the selected files."""
        return {
            one.id: (one.hash, tuple(file.file_id for file in one.files() if file.selected))
            for one in self.account.torrents()
        }

    def behave(self, info_hash: str, **how: Any) -> None:
        """Makes adds of a hash behave like this (``demo.writes.Behaviour``)."""
        self.service.writes.behaviours[info_hash] = Behaviour(**how)

    async def cancel_once(self, happened: Callable[[], bool], **options: Any) -> Run:
        """A sync that is cancelled as soon as ``happened()``."""
        job = self.start(**options)
        while job.running and not happened():
            await asyncio.sleep(0.001)
        job.cancel()
        return Run(await job.wait(), list(self.events))

    def requests(self, path: str = "/") -> int:
        """How many requests of the last sync began with ``path``."""
        return self.service.count(path)

    def lists(self) -> int:
        """How many list pages the last sync asked for."""
        return sum(1 for _, _, path, _ in self.service.log if path == LIST)

    def fetched(self) -> list[str]:
        """The ids whose details the last sync asked for, in order."""
        return [path.removeprefix(INFO) for _, _, path, _ in self.service.log if path.startswith(INFO)]

    def fault(self, path: str, change: Callable[[Reply], Reply], *, first: int = 1, times: int = 1) -> Fault:
        fault = Fault(path, change, first, times)
        self.service.faults.append(fault)
        return fault

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What the archive holds, by SQL."""
        connection = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(query, parameters).fetchall()
        finally:
            connection.close()

    def value(self, query: str, *parameters: object) -> Any:
        return self.rows(query, *parameters)[0][0]

    def pending(self) -> int:
        """How many details are pending, for any job."""
        return int(self.value("SELECT count(*) FROM job_items"))

    def forget(self, *, details: Iterable[str]) -> None:
        """Makes the archive forget that it has these details."""
        connection = sqlite3.connect(self.path)
        connection.executemany(
            "UPDATE torrents SET details_at = NULL, details_of = NULL WHERE id = ?", [(id_,) for id_ in details]
        )
        connection.commit()
        connection.close()


_numbers = itertools.count(1)


def torrent(status: str = "downloaded", **facts: Any) -> SimTorrent:
    """A film of one file, newer ones first when listed in the order they are made."""
    number = next(_numbers)
    done = status == "downloaded"
    made = SimTorrent(
        id=f"T{number:012d}",
        hash=f"{number:040x}",
        filename=f"Film.{number}",
        original_filename=f"Film.{number}",
        status=status,
        progress=100.0 if done else 40.0,
        size=1_000_000,
        added_at=1_780_000_000.0 - number,
        ended_at=1_780_000_100.0 if done else None,
        shape="film",
        file_count=1,
    )
    return replace(made, **facts)


def torrents(count: int, status: str = "downloaded", **facts: Any) -> list[SimTorrent]:
    return [torrent(status, **facts) for _ in range(count)]


MakeWorld = Callable[..., Awaitable[AccountWorld]]
