"""Running the tools of maintenance from the screen, and proposing what a report found, all of it or some categories."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mediatui.commands.job_kinds import MAINTAIN
from mediatui.library.maintenance.job import plan_report
from mediatui.library.maintenance.stored_findings import StoredFinding
from mediatui.library.maintenance.tools import MIN_SCORE, TOOLS, ToolOptions, check_options
from mediatui.model.human import ago, counted
from mediatui.model.plan import Plan
from mediatui.runtime.events import Event, Finished, Phase
from mediatui.runtime.jobs import Job
from mediatui.store.library.reports import Report
from mediatui.tui.view import Ask, View
from mediatui.tui.views.maintenance.rows import LastRun
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.rows import Row

CHOICES: tuple[AnyColumn, ...] = (
    Column("Category"),
    Column("Found", right=True, rank=2),
    Column("Changes", right=True),
    Column("Means", cut="end", least=20, rank=1),
)
REMOVE = "remove unrepaired"
"""The choice that removes broken links nothing was found for."""
DEPENDENT = ("cleanup",)
"""Tools whose steps for one category rest on those of the others: a part of them has to be searched for alone."""


@dataclass(frozen=True, slots=True)
class _Running:
    """A tool that runs, and what is called with its job's number of report when it has ended well."""

    options: ToolOptions
    then: Callable[[int], None] | None = None


class ToolRuns(View):
    """A view that starts tools, knows which run, and proposes the plans of their reports."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._jobs: dict[Job, _Running] = {}
        self.doing: dict[str, str] = {}

    def runs_changed(self) -> None:
        """Called when a tool began, did something else, or ended."""

    # Running

    def start(self, options: ToolOptions, then: Callable[[int], None] | None = None) -> None:
        """Starts a tool unless it runs; raises UsageError for options that cannot be."""
        tool = check_options(options)
        if tool.name in self.doing:
            self.say(f"{tool.title} is running; ctrl+c stops it.", "warning")
            return
        job = self.workspace.runner.start(MAINTAIN, options)
        self._jobs[job] = _Running(options, then)
        self.doing[tool.name] = "begins"
        self.runs_changed()

    def on_run_event(self, job: Job, event: Event) -> None:
        """Takes what the job of a tool says."""
        running = self._jobs.get(job)
        if running is None:
            return
        tool = running.options.tool
        if isinstance(event, Phase):
            self.doing[tool] = event.name
            self.runs_changed()
        elif isinstance(event, Finished):
            del self._jobs[job]
            self.doing.pop(tool, None)
            self.runs_changed()
            report = event.counts.get("report")
            if running.then is not None and event.outcome == "done" and isinstance(report, int):
                running.then(report)

    # Proposing

    def begin_plan(self, run: LastRun) -> bool:
        """Whether a plan can rest on a run; says what is missing, and offers to run the tool again."""
        tool, report, now = run.tool, run.report, time.time()
        if tool.name in self.doing:
            self.say(f"{tool.title} is running; its plan comes after it.", "warning")
            return False
        if report is None or report.status != "done":
            self._offer(
                tool.name, f"{tool.title} {'was not run yet' if report is None else 'did not end well'}. Run it?"
            )
            return False
        if not run.is_fresh(now):
            age = ago(run.age_s(now) or 0.0)
            self._offer(
                tool.name,
                f"What {tool.title} found has expired ({age}): the library may have changed. Run it again?",
                options_of(report),
            )
            return False
        if not run.steps and not self.may_remove(run):
            self.say(
                "It only reports: there is nothing to change here." if run.found else "Nothing was found to change."
            )
            return False
        return True

    def _offer(self, tool: str, question: str, options: ToolOptions | None = None) -> None:
        self.post_message(Ask(question, lambda: self.start(options or ToolOptions(tool))))

    @staticmethod
    def may_remove(run: LastRun) -> bool:
        """Whether there are broken links that could be removed because nothing was found for them."""
        return run.tool.name == "cleanup" and run.counts.get("broken", 0) > run.steps.get("broken", 0)

    def propose_choice(self, run: LastRun, chosen: Sequence[str]) -> None:
        """Proposes the changes of these categories; searches again first where they have to be searched for alone."""
        report = run.report
        if report is None:
            return
        if REMOVE in chosen and set(chosen) - {REMOVE, "broken"}:
            self.say("What cannot be repaired is only removed alone: take the marks off the other categories.", "error")
        elif not chosen:
            self.say("Choose a category first: space marks it.", "warning")
        elif REMOVE in chosen:
            self._search_alone(run, report, ("broken",), remove=True)
        elif set(run.steps) <= set(chosen) or run.tool.name not in DEPENDENT:
            categories = () if set(run.steps) <= set(chosen) else tuple(chosen)
            self.propose(run.tool.name, categories, report.id)
        else:
            self._search_alone(run, report, tuple(chosen))

    def propose_findings(self, run: LastRun, chosen: Sequence[StoredFinding]) -> None:
        """Proposes the changes of these findings of the report alone. Searches again for them first where the steps of
        a finding rest on those of others."""
        report = run.report
        if report is None:
            return
        if run.tool.name in DEPENDENT:
            self._search_alone(run, report, (), paths=[os.fsdecode(one.finding.path) for one in chosen])
        else:
            self.propose(run.tool.name, (), report.id, [one.position for one in chosen])

    def _search_alone(
        self,
        run: LastRun,
        report: Report,
        chosen: tuple[str, ...],
        *,
        remove: bool = False,
        paths: Sequence[str] = (),
    ) -> None:
        before = options_of(report)
        options = ToolOptions(
            run.tool.name, chosen, before.min_score, before.max_per_dir, remove, paths=tuple(paths) or before.paths
        )
        what = f"the {counted(len(paths), 'marked finding')}" if paths else ", ".join(chosen)
        self.say(f"Searching for {what} alone: steps rest on each other. The plan comes after it.")
        self.start(options, lambda found: self.propose(run.tool.name, (), found))

    def propose(
        self, tool: str, categories: tuple[str, ...], report: int, positions: Sequence[int] | None = None
    ) -> None:
        """Shows the plan of a report, of all categories, of some, or of the findings at these places of it; it is asked
        about from there."""

        def make(connection: sqlite3.Connection) -> Plan:
            return plan_report(connection, tool, categories, report, positions)

        self.host.plans.preview(make)


def options_of(report: Report) -> ToolOptions:
    """The options a report was made with, and where in the library; all categories."""
    score, entries = report.options.get("min_score"), report.options.get("max_per_dir")
    paths = report.options.get("paths")
    return ToolOptions(
        report.tool,
        min_score=score if isinstance(score, int) else MIN_SCORE,
        max_per_dir=entries if isinstance(entries, int) else None,
        paths=tuple(map(str, paths)) if isinstance(paths, list) else (),
    )


def choice_rows(run: LastRun, may_remove: bool) -> tuple[list[str], list[Row]]:
    """The categories to choose from, and their rows: those that propose changes."""
    names = [name for name in run.counts if run.steps.get(name)]
    rows = [
        Row(
            key,
            (name, f"{run.counts[name]:,}", f"{run.steps[name]:,}", TOOLS[run.tool.name].categories.get(name, "")),
        )
        for key, name in enumerate(names)
    ]
    if may_remove:
        left = run.counts["broken"] - run.steps.get("broken", 0)
        cells = (REMOVE, f"{left:,}", f"{left:,}", "remove the dead links nothing was found for (alone, with broken)")
        rows.append(Row(len(names), cells, "broken"))
        names.append(REMOVE)
    return names, rows
