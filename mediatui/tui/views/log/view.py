"""The activity log: what jobs said, newest last, with levels, a filter, and following the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from mediatui.model.human import clock_time, counted, short_moment
from mediatui.runtime.events import Event, Finished, Phase, Said, Started, Waiting
from mediatui.tui.filtering import FilteredView, clear_key, filter_key
from mediatui.tui.hints import with_keys
from mediatui.tui.remembered import Value
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.lines import Choices
from mediatui.tui.widgets.log_lines import LogLine, LogLines
from mediatui.tui.widgets.menu import choices_of

LEVELS = ("debug", "info", "warning", "error")
CHIPS = (("debug", "all"), ("info", "info and graver"), ("warning", "warnings"), ("error", "errors"))
MEANINGS = ("everything", "all but details", "warnings and errors", "errors only")


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


class ActivityView(FilteredView):
    """The log of this session; the rotating file keeps it for longer."""

    NAME = "Activity"
    KEY = "0"
    HELP = "What jobs said. The same lines, and more, are in the log file of the state dir."
    BINDINGS: ClassVar[list[BindingType]] = [
        filter_key("log", "Show only lines that hold these words"),
        Binding("left_square_bracket", "chip(-1)", "less grave", show=False, id="log.chip-left"),
        Binding("right_square_bracket", "chip(1)", "graver", show=False, id="log.chip-right"),
        Binding("o", "level", "level", id="log.level", tooltip="Show only graver lines"),
        Binding("X", "clear", "clear", id="log.clear", tooltip="Forget the lines shown here"),
        Binding("e", "earlier", "earlier", id="log.earlier", tooltip="Lines of earlier runs, above"),
        clear_key("log"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._log = LogLines(id="log-lines")
        self._chips = Chips(id="log-chips")
        self._least = "info"
        self._began = time.time()
        self._oldest = self._began

    def to_remember(self) -> Mapping[str, Value | None]:
        """From which level on lines are shown."""
        return {"level": self._least}

    def compose(self) -> ComposeResult:
        self._least = self.remembered.word("level", LEVELS, "info")
        yield self._chips
        yield self._log

    def on_mount(self) -> None:
        self.show_filtered()

    async def on_front(self) -> None:
        """Gives the lines the keyboard."""
        self._show_chips()
        self.take_keyboard(self._log)

    def add(self, name: str, event: Event) -> None:
        """Adds what an event of the job ``name`` says."""
        line = as_line(event)
        if line is not None:
            self.write(line[0], f"{name}: {line[1]}")

    def write(self, level: str, text: str) -> None:
        """Adds a line of the program itself."""
        self._log.write(LogLine(clock_time(time.time()), level, with_keys(text)))
        if self.is_mounted and self.display:
            self._show_chips()

    def show_filtered(self) -> None:
        """Shows only the lines that hold the words of the filter, and are grave enough."""
        count = self._log.filter(self.filter_text, self._least)
        self._show_chips()
        self.host.prompt.say_found(counted(count, "line"))

    def _show_chips(self) -> None:
        counts = self._log.counts
        chips = [(level, f"{word} {counts[level]:,}") for level, word in CHIPS]
        found = counts[LEVELS[0]] if self.filter_text else None
        self._chips.show(chips, self._least, query=self.filter_text, found=found)

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        message.stop()
        self._show_from(message.name)

    def action_chip(self, by: int) -> None:
        self._show_from(LEVELS[(LEVELS.index(self._least) + by) % len(LEVELS)])

    def action_level(self) -> None:
        self.host.prompt.choose("show", choices_of(LEVELS, MEANINGS), self._show_from, at=self._least)

    def _show_from(self, level: str) -> None:
        self._least = level
        self.show_filtered()

    async def action_earlier(self) -> None:
        """Puts what the log file holds from before this run above the lines that are shown."""
        from mediatui.runtime.logs import read_earlier

        file = self.workspace.paths.log_file
        lines = await asyncio.to_thread(read_earlier, file, self._oldest, self._log.room)
        if not lines:
            self.say(f"There are no earlier lines in {file}.")
            return
        self._oldest = lines[0].at
        self._log.write_earlier(LogLine(short_moment(line.at), line.level, with_keys(line.text)) for line in lines)
        self._show_chips()
        self.say(f"{len(lines):,} earlier lines from {file}")

    def action_clear(self) -> None:
        self._log.clear()
        self._show_chips()
