"""The answer of a command on the screen: its lines are kept for a view, log lines go to the message line."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mediatui.commands.columns import Column, Item
from mediatui.commands.table import write_table
from mediatui.runtime.events import Event, Level, Phase, Progress, Said
from mediatui.runtime.invocation import Invocation

if TYPE_CHECKING:
    from mediatui.commands.workspace import Workspace
    from mediatui.tui.host import Host

MOST_LINES = 20_000
"""How many lines are kept; a longer answer is for a file."""


class ScreenAnswer:
    """A ``commands.answer.Answer``. Lines may come from another thread; the screen reads them when it draws."""

    json = False

    def __init__(self, app: Host, width: int | None = None) -> None:
        self._app = app
        self._width = width
        self._begun = ""
        self.lines: list[str] = []
        self.left_out = 0
        self.summary = ""
        self.ok = True

    @property
    def invocation(self) -> Invocation:
        """The run of the screen."""
        return self._app.workspace.invocation

    @contextlib.asynccontextmanager
    async def workspace(self) -> AsyncIterator[Workspace]:
        """The workspace of the screen, which stays open."""
        yield self._app.workspace

    def row(self, kind: str, fields: Mapping[str, object], text: str | None = None) -> None:
        """Keeps the line of a row."""
        if text is not None:
            self.line(text)

    def line(self, text: str = "") -> None:
        """Keeps a line."""
        if len(self.lines) < MOST_LINES:
            self.lines.append(text)
        else:
            self.left_out += 1

    def table(self, columns: Sequence[Column[Item]], rows: Iterable[Item]) -> int:
        """Keeps rows that line up."""
        return write_table(self.line, columns, rows, self._width)

    def raw(self, text: str) -> None:
        """Keeps text of a file format, cut into lines."""
        *whole, self._begun = (self._begun + text).split("\n")
        for line in whole:
            self.line(line)

    async def copy(self, text: str, what: str) -> str:
        """Copies over the terminal and into tmux; returns what is known of it."""
        return await self._app.take_to_clipboard(text, what)

    def said(self, level: Level, text: str) -> None:
        """Shows it on the message line."""
        if level != "debug":
            self._app.call_later(self._app.prompt.say, text, level)

    def event(self, event: Event) -> None:
        """Shows how far it has come on the message line."""
        if isinstance(event, Phase):
            self.said("info", f"{event.name} …")
        elif isinstance(event, Progress):
            self.said("info", f"{event.done:,} so far …")
        elif isinstance(event, Said):
            self.said(event.level, event.text)

    def result(self, summary: str = "", *, ok: bool = True, counts: Mapping[str, object] | None = None) -> None:
        """Keeps how it ended."""
        if self._begun:
            self.line(self._begun)
            self._begun = ""
        self.summary, self.ok = summary, ok
