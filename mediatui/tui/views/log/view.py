"""The activity log: what jobs said, newest last, with levels, a filter, and following the end."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from mediatui.model.human import clock_time, short_moment
from mediatui.runtime.events import Event, Finished, Phase, Said, Started, Waiting
from mediatui.tui.view import View
from mediatui.tui.widgets.log_lines import LogLine, LogLines

LEVELS = ("debug", "info", "warning", "error")


def as_line(event: Event) -> tuple[str, str] | None:
    """The level and text an event adds to the log, or None for events that are not lines."""
    if isinstance(event, Said):
        return event.level, event.text
    if isinstance(event, Started):
        return "info", "begins"
    if isinstance(event, Phase):
        return "debug", event.name
    if isinstance(event, Waiting):
        until = clock_time(event.until)
        return "warning", f"waiting until {until}: {event.reason}"
    if isinstance(event, Finished):
        level = {"done": "info", "partial": "warning", "cancelled": "warning"}.get(event.outcome, "error")
        hint = f" {event.hint}" if event.hint else ""
        return level, f"{event.outcome}: {event.summary}{hint}"
    return None


class ActivityView(View):
    """The log of this session; the rotating file keeps it for longer."""

    NAME = "Activity"
    KEY = "0"
    HELP = "What jobs said. The same lines, and more, are in the log file of the state dir."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", id="log.filter", tooltip="Show only lines that hold these words"),
        Binding("o", "level", "level", id="log.level", tooltip="Show only graver lines"),
        Binding("X", "clear", "clear", id="log.clear", tooltip="Forget the lines shown here"),
        Binding("e", "earlier", "earlier", id="log.earlier", tooltip="Lines of earlier runs, above"),
        Binding("escape,backspace", "unfilter", "all lines", show=False, id="log.unfilter", tooltip="Show all lines"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._log = LogLines(id="log-lines")
        self._input = Input(placeholder="words", id="log-filter", select_on_focus=False)
        self._input.cursor_blink = False
        self._least = "info"
        self._began = time.time()
        self._oldest = self._began

    def compose(self) -> ComposeResult:
        yield self._log
        yield self._input

    def on_mount(self) -> None:
        self._input.display = False
        self._log.filter("", self._least)

    async def on_front(self) -> None:
        """Gives the lines the keyboard."""
        self.take_keyboard(self._log)

    def add(self, name: str, event: Event) -> None:
        """Adds what an event of the job ``name`` says."""
        line = as_line(event)
        if line is not None:
            self.write(line[0], f"{name}: {line[1]}")

    def write(self, level: str, text: str) -> None:
        """Adds a line of the program itself."""
        self._log.write(LogLine(clock_time(time.time()), level, text))

    def action_filter(self) -> None:
        self._input.display = True
        self._input.focus()

    def action_unfilter(self) -> None:
        self._input.value = ""
        self._input.display = False
        self._log.focus()

    def action_level(self) -> None:
        self._least = LEVELS[(LEVELS.index(self._least) + 1) % len(LEVELS)]
        count = self._log.filter(self._input.value, self._least)
        self.say(f"Lines from {self._least} up: {count:,}")

    async def action_earlier(self) -> None:
        """Puts what the log file holds from before this run above the lines that are shown."""
        from mediatui.runtime.logs import read_earlier

        file = self.workspace.paths.log_file
        lines = await asyncio.to_thread(read_earlier, file, self._oldest, self._log.room)
        if not lines:
            self.say(f"There are no earlier lines in {file}.")
            return
        self._oldest = lines[0].at
        self._log.write_earlier(LogLine(short_moment(line.at), line.level, line.text) for line in lines)
        self.say(f"{len(lines):,} earlier lines from {file}")

    def action_clear(self) -> None:
        self._log.clear()

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self._log.filter(message.value, self._least)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self._log.focus()
