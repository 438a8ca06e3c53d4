"""The interface through which a command answers, in either face."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol

from mediatui.commands.columns import Column, Item
from mediatui.runtime.invocation import Invocation

if TYPE_CHECKING:
    from mediatui.commands.workspace import Workspace
    from mediatui.runtime.events import Event, Level


class Answer(Protocol):
    """Where a command puts its rows, its lines and how it ended; ``json`` says that rows are wanted, not lines."""

    @property
    def json(self) -> bool:
        """Whether the answer is for a program."""

    @property
    def invocation(self) -> Invocation:
        """The run the command belongs to."""

    def workspace(self) -> AbstractAsyncContextManager[Workspace]:
        """The archive, the jobs and the services of this run, open."""

    def row(self, kind: str, fields: Mapping[str, object], text: str | None = None) -> None:
        """A result: ``fields`` for a program, ``text`` for people (nothing when None)."""

    def line(self, text: str = "") -> None:
        """A line for people."""

    def table(self, columns: Sequence[Column[Item]], rows: Iterable[Item]) -> int:
        """Rows that line up, for people; returns how many."""

    def raw(self, text: str) -> None:
        """Text of a file format, in any pieces."""

    async def copy(self, text: str, what: str) -> str:
        """Copies a text; returns what is known of it, as a sentence about ``what`` without its full stop, or nothing
        where there is no terminal."""

    def said(self, level: Level, text: str) -> None:
        """What goes on beside the result."""

    def event(self, event: Event) -> None:
        """How far it has come."""

    def result(self, summary: str = "", *, ok: bool = True, counts: Mapping[str, object] | None = None) -> None:
        """The end: a sentence for people, ``counts`` for a program."""
