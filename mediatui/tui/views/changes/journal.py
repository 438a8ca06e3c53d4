"""The journal: what was changed, batch by batch, and undoing it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from mediatui.commands.columns import screen_cells, shown_on_screen
from mediatui.commands.journal_columns import JOURNAL_COLUMNS, state_and_tone
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted, date_time, long_day, short_moment
from mediatui.model.text import fold
from mediatui.runtime.events import Event, Finished, Progress
from mediatui.runtime.jobs import Job
from mediatui.store.changes.journal import Batch, batches_about, recent_batches
from mediatui.tui.filtering import FilteredView, clear_key, filter_key, nothing_matches
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.plain_list import PlainList
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row

COLUMNS = shown_on_screen(JOURNAL_COLUMNS)
_DONE, _FAILED = (next(at for at, one in enumerate(COLUMNS) if one.title == title) for title in ("Done", "Failed"))
MOST = 1000
REFRESH_S = 0.5
DEBOUNCE_S = 0.06


class JournalView(FilteredView):
    """Every batch, the newest first."""

    NAME = "Journal"
    KEY = "6"
    HELP = "What was changed. Enter shows the steps of a batch, u undoes it, t tries its failed steps again."
    KEY_WORDS: ClassVar[Mapping[str, str]] = {"open": "steps"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "undo", id="journal.undo", tooltip="Take the batch under the cursor back"),
        Binding("r", "resume", "carry on", id="journal.resume", tooltip="Carry on with an unfinished batch"),
        Binding("t", "retry", "retry failed", id="journal.retry", tooltip="Try what failed again"),
        filter_key("journal", "Words of what was changed, its name, what was done, the day"),
        clear_key("journal"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._chips = Chips(id="journal-chips")
        self._list = PlainList(COLUMNS, self._rows, id="journal-list")
        self._batches: dict[int, Batch] = {}
        self._about: Mapping[str, Collection[int]] = {}
        """The batches with a step about each word of the filter."""
        self._due: Timer | None = None
        self.limit: int | None = None
        """At most so many batches are listed, when a command said so."""

    def compose(self) -> ComposeResult:
        yield self._chips
        yield self._list

    async def on_front(self) -> None:
        """Reads the batches."""
        self._read_soon()
        self.take_keyboard(self._list)

    def on_job_event(self, job: Job, event: Event) -> None:
        """Reads again, a little later, while a batch runs."""
        if job.name == "apply" and isinstance(event, Progress | Finished) and self.display and self._due is None:
            self._due = self.set_timer(REFRESH_S, self._read_soon)

    @work(group="journal", exclusive=True, exit_on_error=False)
    async def _read_soon(self) -> None:
        self._due = None
        try:
            found = await self.workspace.read(recent_batches, self.limit or MOST)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self._batches = {batch.batch: batch for batch in found}
        await self._search()

    def show_filtered(self) -> None:
        """Lists the batches that hold the words of the filter, in themselves or in their steps."""
        self.load_rows(self._search_soon)

    @work(group="journal-filter", exclusive=True, exit_on_error=False)
    async def _search_soon(self) -> None:
        await asyncio.sleep(DEBOUNCE_S)  # the steps are not searched for every letter of a word being typed
        await self._search()

    async def _search(self) -> None:
        words = fold(self.filter_text).split()
        first = min(self._batches, default=0)
        self._about = await self.workspace.read(batches_about, words, first) if words else {}
        self._list_batches(words)

    def _list_batches(self, words: Sequence[str]) -> None:
        now = time.time()
        held = [batch for batch in self._batches.values() if self._holds(batch, words, now)]
        self._rows.take(day_rows(held, now))
        nothing = "Nothing was changed yet.\nWhat is, is noted here before it is done"
        self._list.empty_text = nothing_matches(self.filter_text) if words else nothing
        with self.app.batch_update():
            self._chips.show([("", f"all {len(self._batches):,}")], "", query=self.filter_text, found=len(held))
            self._list.source_changed(anew=self.narrowed_anew())
            if not held:
                self._list.refresh()
        self.host.prompt.say_found(counted(len(held), "batch", "batches"))

    def _holds(self, batch: Batch, words: Sequence[str], now: float) -> bool:
        """Whether a batch holds every word: what stands in its row, its day, its command, or one of its steps."""
        at = batch.created_at
        cells = (*screen_cells(COLUMNS, batch), batch.command, long_day(at, now), short_moment(at), date_time(at))
        text = fold(" ".join(cells))
        return all(word in text or batch.batch in self._about.get(word, ()) for word in words)

    def _chosen(self) -> Batch | None:
        key = self._list.cursor_key
        return None if key is None else self._batches.get(key)

    async def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        changing = self.host.plans
        changing.plan, changing.batch = None, message.key
        await self.host.open_view("plan")

    def action_undo(self) -> None:
        batch = self._chosen()
        if batch is not None:
            self.host.plans.undo(batch.batch)

    def action_resume(self) -> None:
        batch = self._chosen()
        if batch is None or not batch.left:
            self.say("Nothing is left to do in this batch.")
        else:
            self.host.plans.offer(batch)

    def action_retry(self) -> None:
        batch = self._chosen()
        if batch is None or not batch.failed:
            self.say("Nothing failed in this batch.")
        else:
            self.host.plans.carry_on(batch.batch, failed=True)


def day_rows(batches: Sequence[Batch], now: float) -> list[Row]:
    """The rows of batches, each day below a heading."""
    return list(_with_days(batches, now))


def _with_days(batches: Sequence[Batch], now: float) -> Iterator[Row]:
    before = ""
    for batch in batches:
        day = long_day(batch.created_at, now)
        if day != before:
            yield Row(-batch.batch, (day, ""), heading=True)
        before = day
        done = "attention" if batch.state != "running" and batch.done < batch.steps else ""
        tone = state_and_tone(batch)[1]
        yield Row(batch.batch, screen_cells(COLUMNS, batch), tone, also=((_DONE, done), (_FAILED, "broken")))
