"""The passes over the transfers while the app is open, as ``transfers run`` does them."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import sqlite3
import sys
import time
from typing import TYPE_CHECKING, Final

from mediatui.model.errors import MediatuiError
from mediatui.model.text import cut_middle, printable
from mediatui.runtime.events import Event, Finished, FoundRow, Said
from mediatui.system.threads import in_thread
from mediatui.tui.view import in_background

if TYPE_CHECKING:
    from mediatui.runtime.jobs import Job
    from mediatui.tui.host import Host

LONGEST_S: Final = 300.0
"""The longest pause between passes: it is doubled while nothing changes."""
SOON_S: Final = 2.0
"""How long after something was done with transfers the next pass begins."""
LOOK_S: Final = 30.0
"""How often it is seen whether there are transfers, while there are none."""

REPORT_S: Final = 5.0
"""How often it is seen whether something is to be reported to media servers."""
LONGEST_NAME: Final = 40


class TransferPasses:
    """Begins a pass now and then, while there are transfers under way and nothing else works on the account."""

    def __init__(self, app: Host) -> None:
        self._app = app
        self._wake = asyncio.Event()
        self._asked = False
        self._own: Job | None = None
        self._fetching: Job | None = None
        self._fetched = ""
        self._importing: Job | None = None
        self._reporting: Job | None = None
        self._failed_of = ""
        self._warned = ""
        self._under_way = 0
        self._counted = False

    def begin(self) -> None:
        """Counts the transfers, and begins the passes the settings ask for."""
        in_background(self._app, self._keep_going, "transfer-passes", exclusive=True)
        self._app.set_interval(REPORT_S, self._report_soon)

    def soon(self, *, now: bool = False) -> None:
        """The next pass comes soon; ``now``: at once, and also when the settings ask for none."""
        self._asked = now or self._asked
        self._wake.set()

    def is_quiet(self, job: Job) -> bool:
        """Whether a job is a pass that has found nothing to do so far."""
        quiet = job.progress is None and not any(isinstance(one, FoundRow) for one in job.events)
        return job is self._reporting or (job is self._own and quiet)

    def is_worth_saying(self, job: Job, event: Event) -> bool:
        """Whether an event is to be read by people: of a quiet pass only a failure, and the same one only once; of what
        keeps files from being fetched too."""
        if job is self._reporting:
            return isinstance(event, FoundRow) or (isinstance(event, Said) and self._is_new(event.text))
        if isinstance(event, Finished) and job is self._fetching:
            last, self._fetched = self._fetched, event.summary
            return event.summary != last or any(isinstance(one, FoundRow) for one in job.events)
        if not isinstance(event, Finished) or job is not self._own:
            return not self.is_quiet(job)
        before, self._failed_of = self._failed_of, event.error or ""
        return not self.is_quiet(job) or (bool(event.error) and event.error != before)

    def news(self, job: Job, event: Event) -> str:
        """What a pass of its own that ended well has changed, as a sentence; empty for everything else."""
        is_own = job in (self._own, self._fetching, self._importing)
        if not is_own or not isinstance(event, Finished) or event.error or event.outcome == "cancelled":
            return ""
        moved = [one.row for one in job.events if isinstance(one, FoundRow) and one.type == "transfer"]
        if len(moved) == 1:
            name = cut_middle(printable(str(moved[0]["name"] or moved[0]["hash"])), LONGEST_NAME)
            return f"{name}: {moved[0]['state']}, {printable(str(moved[0]['why']))}."
        return f"{len(moved):,} transfers moved on. {event.summary}" if moved else ""

    def ended(self, job: Job) -> None:
        """Counts the transfers again after a job; a pass follows soon where there are others now, or a plan may
        have let some go on. What was staged is imported at once."""
        in_background(self._app, functools.partial(self._count_again, job.name == "apply"), "transfer-count")
        if job is self._fetching:
            in_background(self._app, self._import, "transfer-import")

    async def _count_again(self, applied: bool) -> None:
        before = self._under_way
        count = await self._count()
        if count > before or (applied and count):
            self.soon()

    async def _count(self) -> int:
        self._under_way = await self._app.workspace.read(_count_under_way)
        if self._under_way or self._counted:
            self._counted = True
            self._app.show_tab_count("transfers", self._under_way)
        return self._under_way

    async def _keep_going(self) -> None:
        """Goes on after an archive that could not be read, too."""
        while True:
            try:
                await self._go_on()
            except MediatuiError as error:
                self._app.report_failure(error)
                await asyncio.sleep(LONGEST_S)

    async def _go_on(self) -> None:
        workspace, pause = self._app.workspace, 0.0
        while True:
            every = float(workspace.settings.automation.transfers_every_s)
            pause = max(pause, every)
            count = await self._count()
            woken = await self._wait(pause if every and count else LOOK_S)
            asked, self._asked = self._asked, False
            if woken:
                pause = every
                await asyncio.sleep(0 if asked else SOON_S)
            if asked or (every and not self._is_busy() and await self._count()):
                changed = await self._pass(asked=asked)
                pause = every if changed or woken else min(pause * 2, LONGEST_S)
            if every and not self._is_busy():
                await self._look_again()

    async def _wait(self, seconds: float) -> bool:
        """Waits so long; returns whether it was woken before."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        woken = self._wake.is_set()
        self._wake.clear()
        return woken

    def _is_busy(self) -> bool:
        """Whether something else works on the account: the pass comes after it."""
        return any(job.lane == "account" for job in self._app.workspace.runner.running)

    async def _pass(self, *, asked: bool) -> bool:
        """One pass, a quiet one unless it was asked for; returns whether anything has changed."""
        await _load("mediatui.acquire.follow", "mediatui.changes.apply", "mediatui.services.realdebrid.schemas")
        from mediatui.acquire.follow import FollowOptions
        from mediatui.commands.job_kinds import FOLLOW

        job = self._app.workspace.runner.start(FOLLOW, FollowOptions())
        self._own = None if asked else job
        await job.wait()
        await self._fetch()
        await self._import()
        return any(isinstance(event, FoundRow) for event in job.events)

    async def _fetch(self) -> None:
        """Begins to bring into staging what is due, in a lane of its own: the passes go on meanwhile."""
        if self._app.workspace.settings.staging.folder is None:
            return
        await _load("mediatui.acquire.mount.fetch")
        from mediatui.acquire.mount.fetch import FetchOptions
        from mediatui.acquire.mount.holds import is_anything_due
        from mediatui.commands.job_kinds import FETCH

        workspace = self._app.workspace
        busy = any(job.lane == FETCH.lane for job in workspace.runner.running)
        if not busy and await workspace.read(is_anything_due, workspace.settings, time.time()):
            self._fetching = workspace.runner.start(FETCH, FetchOptions())

    def _is_new(self, warning: str) -> bool:
        """Whether a report ends with another warning than the last one did."""
        last, self._warned = self._warned, warning
        return warning != last

    def _report_soon(self) -> None:
        in_background(self._app, self._report, "server-reports", exclusive=True)

    async def _report(self) -> None:
        """Reports to media servers what is due, whatever changed the library."""
        from mediatui.changes.reporting.send import ReportOptions
        from mediatui.commands.server_reports import REPORT, is_due

        workspace = self._app.workspace
        busy = any(job.lane == REPORT.lane for job in workspace.runner.running)
        if not busy and await workspace.read(is_due, time.time()):
            self._reporting = workspace.runner.start(REPORT, ReportOptions())

    async def _import(self) -> None:
        """Begins to bring into the library what is staged and due, unless something else works on the library."""
        if self._app.workspace.settings.staging.folder is None:
            return
        await _load("mediatui.acquire.importing.job")
        from mediatui.acquire.importing.job import ImportDue, is_import_due
        from mediatui.commands.job_kinds import IMPORT

        workspace = self._app.workspace
        due = await workspace.read(is_import_due, workspace.settings, time.time())
        if due and not any(job.lane == IMPORT.lane for job in workspace.runner.running):
            self._importing = workspace.runner.start(IMPORT, ImportDue())

    async def _look_again(self) -> None:
        """Looks again for files in place of dead links where that is due."""
        from mediatui.acquire.replacing.job import LookOptions, is_look_due
        from mediatui.commands.job_kinds import LOOK_AGAIN

        workspace = self._app.workspace
        if await workspace.read(is_look_due, workspace.settings, time.time()):
            await workspace.runner.start(LOOK_AGAIN, LookOptions()).wait()


async def _load(*modules: str) -> None:
    """Imports modules beside the event loop, where they are not: the first time that takes longer than a key may."""
    if missing := [one for one in modules if one not in sys.modules]:
        await in_thread(lambda: [importlib.import_module(one) for one in missing])


def _count_under_way(connection: sqlite3.Connection) -> int:
    from mediatui.store.transfers.rows import under_way

    return len(under_way(connection))
