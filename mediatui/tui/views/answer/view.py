"""The lines a command answered with, where it has no view of its own."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from mediatui.commands.command import load
from mediatui.commands.parse import Typed
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.text import printable
from mediatui.system.threads import in_thread
from mediatui.tui.answer import ScreenAnswer
from mediatui.tui.view import Severity, View, in_background
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.plain_list import PlainList
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row
from mediatui.tui.widgets.trail_line import TrailLine

COLUMNS: tuple[AnyColumn, ...] = (Column("", cut="end"),)
REFRESH_S = 0.3


class AnswerView(View):
    """Runs a command and lists its lines as they come."""

    NAME = "Answer"
    HELP = "What a command answered. Enter shows the whole line below, y copies all lines."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="answer.copy", tooltip="Copy every line"),
        Binding("escape,backspace,h", "leave", "back", id="answer.back", tooltip="Back to where you were"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._title = TrailLine(id="answer-title")
        self._list = PlainList(COLUMNS, self._rows, id="answer-list")
        self._answer: ScreenAnswer | None = None
        self._name = ""
        self._ticker: Timer | None = None
        self._then: Callable[[str], None] | None = None

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._list

    async def on_front(self) -> None:
        """Gives the lines the keyboard."""
        self.take_keyboard(self._list)

    def begin(self, typed: Typed) -> None:
        """Runs a command that answers; the one before it is not waited for."""
        self.run(typed, lambda answer: load(f"commands.{typed.command.answer}")(answer, typed.options))

    def show_lines(self, name: str, lines: Sequence[str]) -> None:
        """Lists lines that are there already."""
        self._name, self._answer = name, ScreenAnswer(self.host)
        for line in lines:
            self._answer.line(line)
        self._show("")

    def run(self, typed: Typed, work: Callable[[ScreenAnswer], object]) -> None:
        """Runs ``work`` for a command, in a thread unless it is a coroutine, and lists what it answers."""
        self._name, self._answer = typed.command.name, ScreenAnswer(self.host, max(20, self.app.size.width - 4))
        self._list.empty_text = ""
        self._show("…")
        if self._ticker is None:
            self._ticker = self.set_interval(REFRESH_S, self._show_so_far)
        in_background(self, functools.partial(self._run, typed, self._answer, work), "answer", exclusive=True)

    async def _run(self, typed: Typed, answer: ScreenAnswer, work: Callable[[ScreenAnswer], object]) -> None:
        try:
            if typed.command.answer and inspect.iscoroutinefunction(load(f"commands.{typed.command.answer}")):
                await _awaited(work(answer))
            else:
                await in_thread(lambda: work(answer))
                answer.result(answer.summary, ok=answer.ok)  # a line that is not ended is one
        except MediatuiError as error:
            self._show("failed")
            self._say_last(error.sentence, "error")
            return
        finally:
            if self._answer is answer and self._ticker is not None:
                self._ticker.stop()
                self._ticker = None
        if typed.command.makes == "settings":
            self.workspace.reload_settings()
            self.host.settings_changed()
        self.host.archive_changed()  # by an import, say
        if answer.left_out:
            answer.summary = (
                f"{counted(answer.left_out, 'more line')}: write them to a file with -o FILE. {answer.summary}"
            )
        self._show("" if answer.ok else "· not all of it went well")
        summary = answer.summary or f"{typed.command.name} done."
        self._say_last(summary, "info" if answer.ok else "warning")

    def _say_last(self, text: str, severity: Severity) -> None:
        """Says how it ended, behind all that the work itself says on its way through the app's queue."""
        self.app.call_later(self.say, text, severity)

    def _show_so_far(self) -> None:
        self._show("…")

    def _show(self, how: str) -> None:
        if self._answer is None:
            return
        lines = [printable(line, empty="") for line in list(self._answer.lines)]
        self._rows.take([Row(number, (line,)) for number, line in enumerate(lines)])
        with self.app.batch_update():
            self._title.set_parts([(f"{self._name} {how}".strip(), "$heading")])
            self._list.source_changed()
            self._list.refresh()

    def ask_secret(self, what: str, then: Callable[[str], None]) -> None:
        """Asks for a secret, without echo."""
        self._then = then
        self.host.prompt.open("secret", f"{what}: ")

    def entered(self, mode: str, text: str) -> bool:
        """Takes the secret that was asked for."""
        if mode != "secret" or self._then is None:
            return False
        then, self._then = self._then, None
        if text.strip():
            then(text.strip())
        else:
            self.say("Nothing was changed.")
        return True

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        """Says the line whole: the list may be too narrow for it."""
        message.stop()
        if self._answer is not None and message.key < len(self._answer.lines):
            self.say(self._answer.lines[message.key])

    def action_copy(self) -> None:
        if self._answer is not None and self._answer.lines:
            lines = self._answer.lines
            self.host.copy_text("\n".join(lines), counted(len(lines), "line"))

    async def action_leave(self) -> None:
        await self.host.go_back()


async def _awaited(work: object) -> None:
    if inspect.isawaitable(work):
        await work
