"""Repairing dead links one by one: the link above, the files it could point at below, one key for each answer."""

from __future__ import annotations

import os
import sqlite3
import time
from array import array
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from mediatui.commands.job_kinds import SEARCH_AGAIN
from mediatui.library.maintenance.repair_links.series_batch import (
    candidates_from,
    candidates_of,
    list_files,
    plan_one,
    plan_removal,
    plan_series,
    series_of,
    why_not_relinked,
)
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.model.candidate import Candidate
from mediatui.model.errors import MediatuiError
from mediatui.model.finding import Finding
from mediatui.model.human import counted
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.names.parsed import library_title, parse_name
from mediatui.runtime.events import Event, Finished
from mediatui.runtime.jobs import Job
from mediatui.settings.places import configured_roots
from mediatui.store.library.findings import ignore_findings
from mediatui.store.library.reports import Report
from mediatui.system.threads import in_thread
from mediatui.tui.view import View
from mediatui.tui.views.maintenance.repair_queue import (
    COLUMNS,
    Queue,
    candidate_row,
    confirmed_file,
    link_lines,
    listed,
    next_series,
    open_of_series,
    read_finding,
    read_queue,
)
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.plain_list import PlainList
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.trail_line import TrailLine

HEIGHT = 4
"""Lines the link takes."""


class CandidateList(PlainList, inherit_bindings=False):
    """Files a dead link may be pointed at; enter takes one, ``l`` is free for another answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(one for one in PlainList.BINDINGS if isinstance(one, Binding) and one.id != "list.open"),
        Binding("enter", "open", "relink", show=False, id="list.take", tooltip="Point the link at this file"),
    ]


class RepairView(View):
    """One dead link after the other."""

    NAME = "One by one"
    HELP = (
        "One dead link after the other. r points it at the file under the cursor after a yes; once one of a series is "
        "confirmed, a takes the files of the same folder and title for all others of it, by season and episode."
    )
    KEY_WORDS: ClassVar[Mapping[str, str]] = {"open": "", "mark": ""}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "relink", "relink", id="repairing.relink", tooltip="Point the link at this file"),
        Binding("d", "remove", "remove", id="repairing.remove", tooltip="Remove the link"),
        Binding("n", "next(1)", "leave", id="repairing.next", tooltip="Leave this link, and go on to the next"),
        Binding("X", "ignore", "ignore", id="repairing.ignore", tooltip="Never list this link again"),
        Binding("a", "series", "all of series", id="repairing.series", tooltip="Relink all left of this series"),
        Binding("m", "more", "more", id="repairing.more", tooltip="Show all candidates, or only the best"),
        Binding("t", "title", "title", id="repairing.title", tooltip="Search for files by another title"),
        Binding("right_curly_bracket", "skip", "skip series", id="repairing.skip", tooltip="On to the next series"),
        Binding("N", "next(-1)", "link before", show=False, id="repairing.previous", tooltip="The link before"),
        Binding("escape,backspace,h", "leave", "back", id="repairing.back", tooltip="Back to Tidy"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._title = TrailLine(id="repairing-title")
        self._link = Static("", id="repairing-link", markup=False)
        self._rows = FixedRows()
        self._list = CandidateList(COLUMNS, self._rows, id="repairing-list")
        self._queue: Queue | None = None
        self._at = 0
        self._finding: Finding | None = None
        self._candidates: Sequence[Candidate] = ()
        self._shown: Sequence[Candidate] = ()
        self._found: dict[bytes, Sequence[Candidate]] = {}
        self._more = False
        self._search: Job | None = None

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._link
        yield self._list

    def begin(self, report: Report, at: int | None) -> None:
        """The report whose links are repaired, and the place in it to begin with (None: the first open one)."""
        self._queue = Queue(report, array("q"), 0, 0, 0, {})
        self._at = -1 if at is None else at
        self._found = {}

    async def on_front(self) -> None:
        """Shows the link it is at."""
        self.take_keyboard(self._list)
        await self._read()

    def on_job_event(self, job: Job, event: Event) -> None:
        """Moves on when a link was repaired; shows what was found by another title."""
        if not isinstance(event, Finished):
            return
        if job is self._search:
            self._search = None
            link = event.counts.get("link")
            if event.outcome == "done" and isinstance(link, str):
                self._found[os.fsencode(link)] = candidates_from(event.counts.get("candidates"))
                self._more = True
                self._show_candidates(to_top=True)
        elif job.name == "apply" and self.display:
            self._read_soon()

    @work(group="repairing", exclusive=True, exit_on_error=False)
    async def _read_soon(self) -> None:
        await self._read()

    async def _read(self, *, leave: bool = False) -> None:
        """Reads what is open, and goes on when the link it was at is not, or with ``leave`` in any case."""
        if self._queue is None:
            return
        try:
            queue = self._queue = await self.workspace.read(read_queue, self._queue.report)
            if leave or self._at not in queue:
                following = queue.next_after(self._at)
                self._at = -1 if following is None else following
                self._more = False
            self._finding = await self.workspace.read(read_finding, queue.report.id, self._at)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self._show()

    def _show(self) -> None:
        queue = self._queue
        if queue is None:
            return
        parts = [
            f"{queue.number_of(self._at):,} of {len(queue.open):,} dead links" if queue.open else "no dead link is left"
        ]
        done = ((queue.relinked, "repaired"), (queue.removed, "removed"), (queue.ignored, "ignored"))
        parts += [f"{count:,} {word}" for count, word in done if count]
        with self.app.batch_update():
            self._title.set_parts([(" · ".join(parts), "$heading")])
            self._show_candidates(to_top=True)

    def _show_candidates(self, *, to_top: bool = False) -> None:
        finding = self._finding
        if finding is None:
            self._candidates = ()
            empty = "Every dead link is repaired, ignored or gone.\nh goes back, u takes the last change back"
        else:
            self._candidates = self._found.get(finding.path) or candidates_of(finding)
            empty = "No file like it was found.\nt searches by another title, i ignores the link, n goes on"
            if self._candidates:
                count = f"{len(self._candidates):,}"
                empty = f"None of the {count} files like it may be taken.\nm shows them, t searches by another title"
        self._shown = listed(self._candidates, self._more)
        self._rows.take([candidate_row(key, one) for key, one in enumerate(self._shown)])
        self._list.empty_text = empty
        self._list.source_changed(to_top=to_top)
        self._list.refresh()
        self._show_link()

    def _show_link(self) -> None:
        """The lines above the list; the last says where the link would point."""
        finding = self._finding
        lines = []
        if finding is not None:
            roots = configured_roots(self.workspace.settings)
            lines = list(link_lines(finding, self._candidate(), roots, (self.size.width or 80) - 2))
        content = Content("\n").join([*lines, *[Content("")] * (HEIGHT - len(lines))])
        if content != self._link.content:
            self._link.update(content)

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        self._show_link()

    def on_resize(self) -> None:
        self._show_link()

    def _candidate(self) -> Candidate | None:
        key = self._list.cursor_key
        return self._shown[key] if key is not None and key < len(self._shown) else None

    # Answers

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        self.action_relink()

    @work(group="relink", exclusive=True, exit_on_error=False)
    async def action_relink(self) -> None:
        """Proposes to point the link at the candidate, after a check of both."""
        finding, one = self._finding, self._candidate()
        if finding is None or one is None:
            self.say("There is no file to point it at: t searches by another title, m shows all candidates.")
            return
        if not one.allowed:
            self.say(f"A link is never pointed at another episode or film: {one.why}.", "error")
            return
        why_not = await in_thread(lambda: why_not_relinked(finding, one.path))
        if why_not:
            self.say(f"Not now: {why_not}.", "error")
            return
        plan = plan_one(finding, one)
        self.host.plans.propose(lambda connection: plan)

    @work(group="relink", exclusive=True, exit_on_error=False)
    async def action_series(self) -> None:
        """Proposes all that is left of the series, by the file that was confirmed for one of it."""
        finding, queue = self._finding, self._queue
        if finding is None or queue is None:
            return
        series = series_of(finding.path)
        if not series.title:
            self.say("This link is of no series; r relinks it.")
            return
        confirmed = await in_thread(lambda: confirmed_file(queue, series))
        if confirmed is None:
            self.say("Relink one of this series first (r): a then takes the same for the others.", "warning")
            return
        beside = await in_thread(lambda: list_files(os.path.dirname(confirmed)))

        def make(connection: sqlite3.Connection) -> Plan:
            return plan_series(connection, open_of_series(connection, queue, series), confirmed, beside)

        self.host.plans.propose(make)

    def action_remove(self) -> None:
        """Proposes to remove the link."""
        finding = self._finding
        if finding is not None:
            self.host.plans.propose(lambda connection: plan_removal(finding))

    def action_more(self) -> None:
        self._more = not self._more
        self._show_candidates()
        hidden = len(self._candidates) - len(self._shown)
        count = counted(len(self._shown), "candidate")
        self.say(count + (f", {hidden:,} more with m." if hidden else ", that is all."))

    def action_title(self) -> None:
        """Asks for a title, beginning with the one of the link."""
        if self._finding is None:
            return
        if self._search is not None:
            self.say("A search is under way; ctrl+c stops it.", "warning")
            return
        self.host.prompt.open("title", "search for title (year): ", printable(_title_of(self._finding.path), empty=""))

    def entered(self, mode: str, text: str) -> bool:
        """Takes the typed title."""
        if mode == "title" and text.strip() and self._finding is not None:
            options = ToolOptions("repair-links", link=os.fsdecode(self._finding.path), title=text.strip())
            self._search = self.workspace.runner.start(SEARCH_AGAIN, options)
        return mode == "title"

    @work(group="repairing", exclusive=True, exit_on_error=False)
    async def action_ignore(self) -> None:
        """Ignores this link, and goes on."""
        finding, queue = self._finding, self._queue
        if finding is None or queue is None:
            return
        async with self.workspace.db.transaction() as connection:
            await ignore_findings(connection, queue.report.id, [self._at], time.time())
        await self._read(leave=True)
        self.say(f"{os.path.basename(os.fsdecode(finding.path))} is ignored; I in Tidy (5) lists it.")

    @work(group="repairing", exclusive=True, exit_on_error=False)
    async def action_skip(self) -> None:
        """On to the next series; nothing is done about this one."""
        queue = self._queue
        if queue is None or self._finding is None:
            return
        following = await self.workspace.read(next_series, queue, self._at)
        if following is None:
            self.say("All links that are left are of this series.")
        else:
            await self._go(following)

    @work(group="repairing", exclusive=True, exit_on_error=False)
    async def action_next(self, by: int) -> None:
        queue = self._queue
        if queue is not None:
            following = queue.next_after(self._at) if by > 0 else queue.before(self._at)
            if following is not None:
                await self._go(following)

    async def _go(self, position: int) -> None:
        self._at = position
        self._more = False
        await self._read()

    async def action_leave(self) -> None:
        await self.host.go_back()


def _title_of(path: bytes) -> str:
    """The title to begin with: of a film from its name, of an episode from its series."""
    series = series_of(path)
    name = os.fsdecode(os.path.basename(path if not series.title else series.folder))
    own = library_title(name)
    if own is not None:
        return f"{own[0]} ({own[1]})"
    parsed = parse_name(name)
    return f"{parsed.full_title} ({parsed.year})" if parsed.year else parsed.full_title
