"""The job line: what runs now. It redraws a few times a second at most."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from mediatui.model.human import duration
from mediatui.model.text import cut_middle, printable
from mediatui.runtime.events import Event, Finished, Waiting
from mediatui.tui.widgets.lines import Part, TextLine

if TYPE_CHECKING:
    from mediatui.runtime.jobs import Job
    from mediatui.services.budget import BudgetState

REDRAW_S = 0.25


class JobLine(TextLine):
    """Shown while a job runs. ``running`` gives the jobs, ``budget`` the state of the request budget."""

    def __init__(
        self,
        running: Callable[[], Sequence[Job]],
        budget: Callable[[], BudgetState | None],
        *,
        id: str,  # noqa: A002 - Textual's own parameter name
    ) -> None:
        super().__init__(id=id)
        self._jobs, self._budget = running, budget
        self._waiting: Waiting | None = None
        self._due = False

    def on_job_event(self, event: Event) -> None:
        """An event of a job: what the line shows may have changed."""
        if isinstance(event, Waiting):
            self._waiting = event
        elif isinstance(event, Finished):
            self._waiting = None
        if not self._due:
            self._due = True
            self.set_timer(REDRAW_S, self.draw)

    def draw(self) -> None:
        """Shows how the oldest running job stands."""
        self._due = False
        if not self.is_running:
            return
        running = self._jobs()
        self.set_class(bool(running), "-shown")
        if running:
            state = self._budget()
            meter = "" if state is None else meter_text(state)
            self.set_parts(job_parts(running[0], self._waiting, meter, self.app.size.width - 2))


def meter_text(state: BudgetState) -> str:
    """The budget in use: requests in the window, and how many are in flight at once."""
    return f"{state.used}/{state.limit} · {state.in_flight}/{state.max_in_flight} at once"


def job_parts(job: Job, waiting: Waiting | None, meter: str, width: int) -> list[Part]:
    """The job line: what runs, how far, how fast, how long, the budget as far as there is room for it, and
    the key that stops it."""
    stop = "^c stop"
    texts = [job.title]
    if job.waiting_for:
        texts.append(f"waits for {job.waiting_for}")
    elif job.phase is not None:
        texts.append(job.phase.name)
    progress = job.progress
    if progress is not None:
        total = "" if progress.total is None else f"/{progress.amount(progress.total)}"
        texts[-1] += f" {progress.amount(progress.done)}{total}"
        if progress.rate is not None:
            texts.append(f"{progress.amount(progress.rate)}/s")
        if progress.eta_s is not None:
            texts.append(f"{duration(progress.eta_s)} left")
    if waiting is not None and waiting.until > time.time():
        texts.append(f"waits {duration(waiting.until - time.time())}: {waiting.reason}")
    room = max(10, width - len(stop) - 3)
    for budget in (meter, meter.partition(" · ")[0], ""):  # the rest of the job says more than the budget
        text = printable(" · ".join(filter(None, (*texts, budget))))
        if cell_len(text) <= room:
            break
    text = cut_middle(text, room)
    return [(text, "$working"), (" " * max(1, width - cell_len(text) - len(stop) - 1), ""), (stop, "$quiet")]
