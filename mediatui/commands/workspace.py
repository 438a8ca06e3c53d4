"""Everything a face needs, wired together: settings, store, services, jobs. Opened once, closed once."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from mediatui.runtime.context import Context
from mediatui.runtime.events import Waiting
from mediatui.runtime.invocation import Invocation
from mediatui.runtime.jobs import JobRunner
from mediatui.store.database import Database, open_reader, prepare

if TYPE_CHECKING:
    from pathlib import Path

    from mediatui.model.plan import Plan
    from mediatui.services.arr.client import Arr
    from mediatui.services.budget import Budget, BudgetState, Ledger
    from mediatui.services.catalogs import Catalogs
    from mediatui.services.http import Transport
    from mediatui.services.realdebrid.client import RealDebrid
    from mediatui.settings import Loaded, Settings

P = ParamSpec("P")
T = TypeVar("T")

TOKEN = "realdebrid.token"
DEMO_TOKEN = "NO-TOKEN-IS-NEEDED"
DEMO_ARR: dict[str, object] = {
    "enabled": True,
    "api_key": "0" * 32,
    "after_change": "none",
    "quality_profile": "HD-1080p",
}
DEMO_SETTINGS: dict[str, object] = {
    TOKEN: DEMO_TOKEN,
    "automation.sync_every_minutes": 1,
    "sonarr": [{**DEMO_ARR, "url": "http://sonarr.invalid"}],
    "radarr": [{**DEMO_ARR, "url": "http://radarr.invalid"}],
    "prowlarr.enabled": True,
    "prowlarr.url": "http://prowlarr.invalid",
    "prowlarr.api_key": DEMO_TOKEN,
    "plex.enabled": True,
    "plex.url": "http://plex.invalid",
    "plex.token": DEMO_TOKEN,
    "jellyfin.enabled": True,
    "jellyfin.url": "http://jellyfin.invalid",
    "jellyfin.api_key": DEMO_TOKEN,
    "metadata.tmdb_key": DEMO_TOKEN,
    "metadata.tvdb_key": DEMO_TOKEN,
}
"""The simulated services take any token; the account is synced often, so that its changes are seen. No service outside
is notified of what is done to the demo's library."""


def demo_overrides(database: Path) -> dict[str, object]:
    """The settings of the demo; its link library is made when they are first asked for."""
    from mediatui.demo.archive import fill_library
    from mediatui.demo.library import SENTINEL, library_folders
    from mediatui.demo.staged import STAGING

    fill_library(database)
    folders = library_folders(database.parent)
    staging = database.parent / STAGING
    staging.mkdir(exist_ok=True)
    places = {
        "library.roots": [str(folders.root)],
        "library.mounts": [{"path": str(folders.mount), "sentinel": SENTINEL}],
        "library.storage": [str(folders.storage)],
        "staging.folder": str(staging),
        "staging.keep_free_gb": 0,
    }
    return {**DEMO_SETTINGS, **places}


class Workspace:
    """One run's archive and services.

    ``reader`` is there as soon as the workspace is made, so that a screen can paint from SQLite at once; ``open``
    adds the writer and the job runner. The account is opened when it is first needed.
    """

    def __init__(
        self,
        invocation: Invocation,
        *,
        wait_for_lane: bool = True,
        transport: Transport | None = None,
    ) -> None:
        """``transport`` stands in for the network of the account."""
        self.invocation = invocation
        self.paths = invocation.paths
        self.demo = invocation.demo
        self._wait_for_lane = wait_for_lane
        self._given_transport = transport
        self._db: Database | None = None
        self._runner: JobRunner | None = None
        self._account: RealDebrid | None = None
        self._memory: dict[type, object] = {}
        self._old_catalogs: list[Catalogs] = []
        self._opened = asyncio.Event()
        self.paths.make_data_dir()
        if self.demo:
            from mediatui.demo.archive import fill_demo

            fill_demo(self.paths.database)
        prepare(self.paths.database)

    @property
    def settings(self) -> Settings:
        """The settings of this run; raises SettingsError."""
        return self.loaded.settings

    @functools.cached_property
    def loaded(self) -> Loaded:
        """The settings of this run, where each comes from, and the login; raises SettingsError."""
        return load_for(self.invocation)

    def library_roots(self) -> tuple[bytes, ...]:
        """The configured folders of links; raises SettingsError."""
        from mediatui.settings.places import configured_roots

        return configured_roots(self.settings)

    def start_log(self) -> str:
        """Starts the log file as configured; returns a sentence when it cannot be written, else an empty text."""
        from mediatui.runtime.logs import note_begin, start_log

        log = self.settings.log
        problem = start_log(self.paths.log_file, level=log.level, max_bytes=log.max_bytes, backups=log.backups)
        note_begin(self.invocation.arguments or (self.invocation.command or "full screen",))
        return problem

    def reload_settings(self, *, keep_account: bool = False) -> None:
        """Forgets settings and client, so that both are made again from what is configured now; with ``keep_account``
        the client stays, where what changed is not about it."""
        self.__dict__.pop("loaded", None)
        self._old_catalogs += [old] if (old := self.__dict__.pop("catalogs", None)) is not None else []
        if not keep_account:
            self._account = None

    @functools.cached_property
    def reader(self) -> sqlite3.Connection:
        """A read-only connection of this thread's own."""
        return open_reader(self.paths.database)

    @property
    def db(self) -> Database:
        """The archive; the workspace must be open."""
        assert self._db is not None, "the workspace is not open"
        return self._db

    @property
    def is_open(self) -> bool:
        """Whether the writer and the job runner are there."""
        return self._runner is not None

    @property
    def runner(self) -> JobRunner:
        """The job runner; the workspace must be open."""
        assert self._runner is not None, "the workspace is not open"
        return self._runner

    async def open(self) -> None:
        """Opens the writer and the job runner; raises StoreError."""
        from mediatui.runtime.event_log import log_event

        self._db = await Database.open(self.paths.database)
        self._runner = JobRunner(
            self._db, self._context, wait_for_lane=self._wait_for_lane,
            requests_sent=lambda: 0 if self._account is None else self._account.budget.sent,
        )  # fmt: skip
        self._runner.observe(log_event)
        self._opened.set()

    async def close(self) -> None:
        """Stops jobs, leaves them resumable, and closes everything, even when a part fails; safe to call twice."""
        reader = self.__dict__.pop("reader", None)
        async with contextlib.AsyncExitStack() as closing:  # the last one pushed goes first
            if reader is not None:
                closing.callback(reader.close)
            if self._db is not None:
                closing.push_async_callback(self._db.close)
            if self._account is not None:
                closing.push_async_callback(self._account.close)
            for catalogs in (*self._old_catalogs, *filter(None, [self.__dict__.pop("catalogs", None)])):
                closing.push_async_callback(catalogs.close)
            if self._runner is not None:
                await self._runner.stop()
            self._account = self._db = None

    async def wait_until_open(self) -> None:
        """Waits until the writer and the job runner are there."""
        await self._opened.wait()

    async def read(
        self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """``function(connection, …)`` off the event loop, as soon as the workspace is open."""
        await self._opened.wait()
        return await self.db.read(function, *args, **kwargs)

    async def store_plan(self, plan: Plan, allowed: int | None = None) -> int:
        """Stores a plan to be applied (``APPLY``); ``allowed`` is the limit on what may go that a person typed."""
        from mediatui.store.changes.journal import store_plan

        async with self.db.transaction() as connection:
            return await store_plan(connection, plan, time.time(), allowed)

    def arr(self, name: str) -> Arr:
        """A client of the Sonarr or Radarr of this name, to be closed by the caller; raises UsageError."""
        from mediatui.commands.connect_arr import make_arr

        return make_arr(self.settings, self.invocation, name)

    def context(self) -> Context:
        """What plans are made with that look at the library; the workspace must be open."""
        return self._context(0)

    def _context(self, job_id: int) -> Context:
        from mediatui.commands.connect_media_servers import make_media_server
        from mediatui.commands.connect_prowlarr import make_prowlarr
        from mediatui.commands.connect_seedbox import make_sftp

        connect_files = functools.partial(make_sftp, self.settings, self.invocation)
        connect_server = functools.partial(make_media_server, self.settings, self.invocation)
        connect_prowlarr = functools.partial(make_prowlarr, self.settings, self.invocation)
        return Context(
            self.db, self.settings, job_id, self.connect, connect_arr=self.arr, connect_prowlarr=connect_prowlarr,
            connect_catalogs=lambda: self.catalogs, connect_server=connect_server, connect_files=connect_files,
            memory=self._memory,
        )  # fmt: skip

    @functools.cached_property
    def catalogs(self) -> Catalogs:
        """The catalogs of films and series that have a key; raises SettingsError."""
        from mediatui.commands.connect_catalogs import make_catalogs

        return make_catalogs(self.settings, self.invocation)

    def connect(self) -> RealDebrid:
        """The account; raises UsageError when the token or the address is unusable."""
        if self._account is None:
            from mediatui.commands.connect_account import make_client
            from mediatui.store.requests import RequestLedger

            budget = self._budget(RequestLedger(self.db))
            budget.on_wait = self._report_waiting
            self._account = make_client(self.settings, budget, self.transport(), login=self.loaded.login)
        return self._account

    def _report_waiting(self, reason: str, until: float) -> None:
        for job in self.runner.running:
            if job.lane == "account" and job.state == "running":
                self.runner.report(job, Waiting(reason, until))

    def _budget(self, ledger: Ledger) -> Budget:
        from mediatui.services.budget import Budget

        options = self.settings.realdebrid
        return Budget(
            ledger,
            limit=options.requests_per_minute,
            window_s=options.window_s,
            max_concurrent=options.max_concurrent,
        )

    def transport(self) -> Transport | None:
        """What stands in for the network of the account, in the demo the simulated one; None: nothing."""
        if not self.demo:
            return self._given_transport
        from mediatui.demo.connect import demo_transport

        return demo_transport(self.paths.database)

    @property
    def budget_state(self) -> BudgetState | None:
        """What the meter shows; None before the first request of this run."""
        return None if self._account is None else self._account.budget.state


def load_for(invocation: Invocation) -> Loaded:
    """The settings of a run; those of the demo are its own. Raises SettingsError."""
    from mediatui.settings import load

    config_file = invocation.paths.config_file
    if not invocation.demo:
        return load(config_file)
    from mediatui.settings.login import BadLogin, LoginFile

    overrides = demo_overrides(invocation.paths.database)
    with contextlib.suppress(BadLogin):
        login = LoginFile(config_file).read()
        if login is not None and not login.ended:
            del overrides[TOKEN]
    return load(config_file, overrides=overrides, origin="demo")


@contextlib.asynccontextmanager
async def open_workspace(invocation: Invocation, *, wait_for_lane: bool = True) -> AsyncIterator[Workspace]:
    """A workspace, open; closed at the end in any case."""
    workspace = Workspace(invocation, wait_for_lane=wait_for_lane)
    try:
        await workspace.open()
        yield workspace
    finally:
        await workspace.close()
