"""What every screen's main widget is, and what it may ask of the app."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, cast, runtime_checkable

from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from mediatui.runtime.events import Event
from mediatui.tui.remembered import Remembered, Value

if TYPE_CHECKING:
    from mediatui.commands.workspace import Workspace
    from mediatui.model.choices import TorrentSort
    from mediatui.runtime.jobs import Job
    from mediatui.tui.host import Host, RunsWorkers

Severity = Literal["info", "warning", "error"]
LONGEST_WAIT_S = 1.0


class OpenList(Message):
    """The torrent list is wanted, filtered by ``query``; in another order (a key, and whether the largest come first)
    and cut to ``limit`` rows where these are given."""

    def __init__(self, query: str, order: tuple[TorrentSort, bool] | None = None, limit: int | None = None) -> None:
        super().__init__()
        self.query = query
        self.order = order
        self.limit = limit


class Ask(Message):
    """A question on the prompt line, the safe answer first; ``then`` is called after a yes.

    Above fifty items ``count`` has to be typed.
    """

    def __init__(self, question: str, then: Callable[[], None], count: int = 1) -> None:
        super().__init__()
        self.question = question
        self.then = then
        self.count = count


def in_background(
    node: RunsWorkers, function: Callable[[], Coroutine[object, object, None]], group: str, *, exclusive: bool = False
) -> Worker[None]:
    """Runs a coroutine function as a worker of ``node``; an ``exclusive`` one ends those of its group. One that fails
    is reported. (A coroutine, in place of its function, would never be awaited when it is ended before it began.)"""
    return node.run_worker(cast(Any, function), group=group, exclusive=exclusive, exit_on_error=False)


@runtime_checkable
class ReportsFailures(Protocol):
    """An app that says what went wrong in the background."""

    def report_failure(self, error: BaseException) -> None:
        """Says it."""


class HasWorkers:
    """A widget with workers (``@work``). One that fails is reported, so that an old screen is not taken for current."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Hands what a worker failed of to the app."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            app = event.worker.node.app
            if isinstance(app, ReportsFailures):
                app.report_failure(event.worker.error)


class View(HasWorkers, Widget):
    """One of the app's views. It is made when first shown, belongs to the app, and owns no job.

    ``NAME`` is its tab, ``KEY`` the digit that opens it, ``HELP`` the sentence on top of its help.
    """

    NAME: ClassVar[str] = ""
    KEY: ClassVar[str] = ""
    HELP: ClassVar[str] = ""
    FIRST_KEYS: ClassVar[Sequence[str]] = ()
    """The actions whose keys are used most, in this order: the keys line begins with them."""
    KEY_WORDS: ClassVar[Mapping[str, str]] = {}
    """Words for actions whose keys do something of their own here; an empty one keeps a key off the keys line."""
    STAYS: ClassVar[bool] = False
    """Whether it stays in front when a plan of several steps begins, in place of its steps."""
    remembered = Remembered()
    """What is remembered of it from the start before, known before it is mounted."""
    rows_coming: Worker[None] | None = None
    """The worker that lists the rows a key asked for. The next key is meant for one of them, so it waits for this."""

    async def wait_for_rows(self) -> None:
        """Waits until the rows asked for are listed, or could not be; a second at most, since keys wait behind this."""
        until = time.monotonic() + LONGEST_WAIT_S
        while (worker := self.rows_coming) is not None and time.monotonic() < until:
            waiting = asyncio.ensure_future(worker.wait())
            waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
            await asyncio.wait({waiting}, timeout=until - time.monotonic())
            if self.rows_coming is worker:  # else another has taken its place
                self.rows_coming = None

    def load_rows(self, begin: Callable[[], Worker[None] | None], *, from_key: bool = True) -> bool:
        """Begins a worker that lists rows; returns whether there was one to begin. Keys wait for a worker that a key
        asked for (``from_key``), and for what takes its place, not for one that follows the cursor or the jobs."""
        coming = self.rows_coming is not None and not self.rows_coming.is_finished
        worker = begin()
        if worker is not None and (from_key or coming):
            self.rows_coming = worker
        return worker is not None

    @property
    def host(self) -> Host:
        """The app, for what views have in common: the prompt, changes, other views."""
        return cast("Host", self.app)

    @property
    def workspace(self) -> Workspace:
        """The run's archive and services."""
        return self.host.workspace

    @property
    def crumb(self) -> str:
        """The word for this screen on the way to one that was opened from it."""
        return self.NAME.lower()

    @property
    def place(self) -> str:
        """Where on this screen one is, for the same: a folder, a tool; empty when that is not said."""
        return ""

    @property
    def first_keys(self) -> Sequence[str]:
        """The actions the keys line begins with, as the view is now (``FIRST_KEYS``)."""
        return self.FIRST_KEYS

    @property
    def key_words(self) -> Mapping[str, str]:
        """Words for actions, as the view is now (``KEY_WORDS``)."""
        return self.KEY_WORDS

    def to_remember(self) -> Mapping[str, Value | None]:
        """What is to be remembered of it until the next start, by name; None for nothing."""
        return {}

    async def on_front(self) -> None:
        """Called each time the view comes to the front: load what may be old, take the keyboard."""

    def take_keyboard(self, widget: Widget) -> None:
        """Focuses ``widget`` at once, in the frame being made; ``Widget.focus`` would draw it twice, a frame later."""
        self.screen.set_focus(widget, scroll_visible=False)

    def entered(self, mode: str, text: str) -> bool:
        """Called with what was typed on the prompt; whether it was for this view."""
        return False

    def work_begun(self, ids: Collection[str]) -> None:
        """Called when a yes was given to change these torrents, or links, before the next key is taken."""

    def work_ended(self) -> None:
        """Called when the change has ended, whether anything was changed or not."""

    def on_job_event(self, job: Job, event: Event) -> None:
        """Called for every event of every job, also while the view is hidden."""

    def say_of_row(self, text: str) -> None:
        """Says something of the row under the cursor, unless the result of an action is to be read there."""
        self.host.prompt.say_of_row(text)

    def say_marked(self, count: int) -> None:
        """Says at the right of the message line how many rows are marked."""
        self.host.prompt.set_right(f"{count:,} marked" if count else "")

    def say(self, text: str, severity: Severity = "info") -> None:
        """Puts a line on the message line, at once: what is said next stands there last."""
        self.host.prompt.say(text, severity)
