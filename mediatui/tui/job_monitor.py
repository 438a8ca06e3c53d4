"""The jobs on the screen: reporting them, stopping them, starting the scheduled ones, and reporting failures."""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
import time
from typing import TYPE_CHECKING, cast

from mediatui.model.errors import MediatuiError
from mediatui.runtime.events import Changed, Event, Finished
from mediatui.runtime.jobs import Job
from mediatui.store.torrents.classes import classify_archive
from mediatui.tui.switcher import ViewSwitcher
from mediatui.tui.transfer_passes import TransferPasses
from mediatui.tui.view import in_background
from mediatui.tui.widgets.job_line import JobLine

if TYPE_CHECKING:
    from mediatui.tui.host import Host
    from mediatui.tui.views.log.view import ActivityView

CLASSIFY_EVERY_S = 60.0
LOOK_WHAT_IS_DUE_S = 20.0
"""How often it is seen whether Sonarr and Radarr are to be read again."""
ASKING = "ask"
"""The group of the workers that ask Sonarr and Radarr."""
_UNDO = re.compile(r"Undo(?: (.+?))?: mediatui --headless undo .*")

log = logging.getLogger(__name__)


class JobMonitor:
    """The jobs that run. Their events go to the log, every view, the job line and the message line."""

    def __init__(self, app: Host, switcher: ViewSwitcher) -> None:
        self._app = app
        self._switcher = switcher
        self.passes = TransferPasses(app)
        self.line = JobLine(lambda: self.shown_jobs, lambda: app.workspace.budget_state, id="job")

    @property
    def jobs(self) -> list[Job]:
        """The jobs that run; none before the workspace is open."""
        workspace = self._app.workspace
        return workspace.runner.running if workspace.is_open else []

    @property
    def shown_jobs(self) -> list[Job]:
        """The jobs that run, but for a pass over the transfers that finds nothing to do."""
        return [job for job in self.jobs if not self.passes.is_quiet(job)]

    def begin(self) -> None:
        """Observes the jobs of the workspace that was opened, and starts the scheduled ones."""
        app, automation = self._app, self._app.workspace.settings.automation
        app.workspace.runner.observe(self._on_job_event)
        if automation.sync_every_minutes:
            app.set_interval(automation.sync_every_minutes * 60, app.sync_menu.start_when_idle)
        if automation.scan_every_hours:
            app.set_interval(automation.scan_every_hours * 3600, self._scan_when_idle)
        if automation.arr_every_hours:
            app.set_interval(LOOK_WHAT_IS_DUE_S, self._refresh_soon)
        app.set_interval(CLASSIFY_EVERY_S, self._classify_soon)
        self._classify_soon()
        self._count_links_soon()
        self.passes.begin()

    def _scan_when_idle(self) -> None:
        """The scheduled scan: the whole library, unless something runs."""
        from mediatui.commands.job_kinds import SCAN
        from mediatui.library.scan.job import ScanOptions

        busy = [job for job in self.jobs if not job.left_lane]
        if not busy and self._app.workspace.settings.library.roots:
            self._app.workspace.runner.start(SCAN, ScanOptions())

    def _refresh_soon(self) -> None:
        in_background(self._app, self._refresh, "refresh", exclusive=True)

    async def _refresh(self) -> None:
        """Reads what the services know whose copy is too old."""
        from mediatui.commands.job_kinds import REFRESH
        from mediatui.library.refresh import RefreshOptions, due_services

        workspace = self._app.workspace
        if any(job.lane == REFRESH.lane for job in self.jobs):
            return
        if due := await workspace.read(due_services, workspace.settings, time.time()):
            workspace.runner.start(REFRESH, RefreshOptions(due))

    def _classify_soon(self) -> None:
        in_background(self._app, self._classify, "classify", exclusive=True)

    async def _classify(self) -> None:
        """Classifies again what time alone may have changed, and everything after a migration."""
        if await asyncio.to_thread(classify_archive, self._app.workspace.paths.database):
            self._torrents_changed()

    def archive_changed(self) -> None:
        """Has every view read its torrents again, those whose class is not known yet once it is."""
        self._torrents_changed()
        self._classify_soon()

    def _torrents_changed(self) -> None:
        self._notify_views(Job(0, "classify", "", "classify"), Changed("torrents", None))

    def _count_links_soon(self) -> None:
        in_background(self._app, self._count_links, "count links", exclusive=True)

    async def _count_links(self) -> None:
        """Shows beside its tab how many links of the library are wrong, once any were scanned."""
        from mediatui.model.link import BAD_STATES
        from mediatui.store.library.links import count_in_states, count_links

        roots = self._app.workspace.library_roots()

        def count(connection: sqlite3.Connection) -> int | None:
            if not any(count_links(connection, root) for root in roots):
                return None
            return sum(count_in_states(connection, root, BAD_STATES) for root in roots)

        wrong = await self._app.workspace.read(count)
        if wrong is not None:
            self._app.show_tab_count("symlinks", wrong)

    @property
    def _log(self) -> ActivityView:
        return cast("ActivityView", self._switcher.made_early("activity"))

    def write(self, severity: str, text: str) -> None:
        """Puts a line into the log."""
        self._log.write(severity, text)

    def _on_job_event(self, job: Job, event: Event) -> None:
        """An event of a job: to the log, to every view, to the job line a few times a second."""
        worth_saying = self.passes.is_worth_saying(job, event)
        if worth_saying:
            self._log.add(job.title, event)
        self._notify_views(job, event)
        if isinstance(event, Finished):
            self.passes.ended(job)
        news = self.passes.news(job, event)
        if news:
            self._app.prompt.say(news)
        elif isinstance(event, Finished) and worth_saying:
            severity = {"done": "info", "failed": "error"}.get(event.outcome, "warning")
            hint = self._hint_with_key(event) if job.name == "apply" else event.hint
            how = "" if event.outcome == "cancelled" else f" {event.outcome}"
            self._app.prompt.say(f"{job.title}{how}: {event.summary} {hint}".strip(), severity, "log")
            self._count_links_soon()
        self.line.on_job_event(event)

    def _hint_with_key(self, event: Finished) -> str:
        """The hint of a batch that ended. The key undoes the last batch, which may have been begun meanwhile."""
        found = _UNDO.fullmatch(event.hint)
        if found is None:
            return event.hint
        if event.counts.get("undoes"):
            return ""
        from mediatui.store.changes.journal import recent_batches

        latest = recent_batches(self._app.workspace.reader, 1)
        key = "u" if latest and latest[0].batch == event.counts.get("batch") else "u in Journal (6)"
        return f"{key} undoes {found[1] or 'it'}."

    def _notify_views(self, job: Job, event: Event) -> None:
        for view in self._switcher.made.values():
            view.on_job_event(job, event)

    def stop_one(self) -> None:
        """Stops asking Sonarr and Radarr, else the job that began first; it can be resumed."""
        asking = [worker for worker in self._app.workers if worker.group == ASKING and not worker.is_finished]
        for worker in asking:
            worker.cancel()
        if asking:
            self._app.prompt.say("Stopped asking; nothing was changed.")
            return
        for job in self.jobs[:1]:
            job.cancel()
            self._app.prompt.say(f"Stopping {job.title} …")
        if not self.jobs:
            self._app.prompt.say("Nothing is running. q quits.")

    def leave(self) -> None:
        """Quits; asks first while a job runs."""
        app = self._app
        if not self.shown_jobs:
            app.exit(0)
            return
        question = f"{self.shown_jobs[0].title} is running; it stops cleanly and the next one carries on. Quit?"
        app.prompt.ask(question, lambda: app.exit(0), 1, at_once=True)

    def report_failure(self, error: BaseException) -> None:
        """Says what went wrong in the background; an unexpected error goes to the log file with its traceback."""
        if self._app.return_code is not None:
            return  # what leaving cuts off has not failed
        if isinstance(error, MediatuiError):
            text = error.sentence
        else:
            log.error("a worker of the screen broke", exc_info=error)
            where = self._app.workspace.paths.log_file
            text = f"An unexpected error ({type(error).__name__}): what is shown may be old. Details are in {where}."
        self.write("error", text)
        self._app.prompt.say(text, "error", "log")
