"""The palette: everything that can be done where one is, by name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence

from textual.app import ComposeResult

from mediatui.model.text import fold, printable
from mediatui.tui.keys import Command
from mediatui.tui.view import View
from mediatui.tui.widgets.columns import Column
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.lines import spaced
from mediatui.tui.widgets.plain_list import PlainList
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row

COLUMNS = (
    Column("Command", 18, rank=0),
    Column("What it does", 40, flexible=True, cut_end=True),
    Column("Key", 14, rank=1),
)


def typed_commands(described: Iterable[tuple[str, str]], open_line: Callable[[str], object]) -> Iterator[Command]:
    """The commands of the ``:`` line (name, sentence); each opens that line with its name."""
    for line, about in described:
        yield Command(f":{line}", about, ":", functools.partial(open_line, f"{line} "))


def themes(names: Iterable[str], choose: Callable[[str], object]) -> Iterator[Command]:
    """The colours there are."""
    for name in sorted(names):
        yield Command(f"theme {name}", "Colours", "", functools.partial(choose, name))


class PaletteView(View):
    """Lists commands while one types a part of their names; enter does the one under the cursor, back where one was."""

    NAME = "Commands"
    HELP = "Everything that can be done here. Type a part of its name, enter does it."

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._list = PlainList(COLUMNS, self._rows, id="command-list")
        self._commands: Sequence[Command] = ()

    def compose(self) -> ComposeResult:
        yield self._list

    def offer(self, commands: Sequence[Command]) -> None:
        """Lists these, and asks for a part of a name."""
        self._commands = commands
        self.narrow("")
        hint = spaced(("enter does it", "↑↓ another", "esc back"))
        self.host.prompt.open("palette", "command: ", hint=hint, moves=self._list.action_move)

    def narrow(self, text: str) -> None:
        """Lists the commands of which name, sentence or keys hold every word; those whose name begins so come first."""
        words = fold(text).split()
        found = [
            (not fold(one.name).startswith(tuple(words[:1]) or ""), key)
            for key, one in enumerate(self._commands)
            if all(word in fold(f"{one.name} {one.about} {one.keys}") for word in words)
        ]
        rows = [(key, self._commands[key]) for _, key in sorted(found)]
        self._rows.take([Row(key, (one.name, one.about, one.keys), "quiet") for key, one in rows])
        self._list.empty_text = f"Nothing that can be done here is called {printable(text)!r}."
        self._list.source_changed(to_top=True)

    async def choose(self) -> None:
        """Does what is under the cursor, where one came from."""
        key = self._list.cursor_key
        await self.host.go_back()
        if key is not None:
            done = self._commands[key].run()
            if inspect.isawaitable(done):
                await done

    async def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        self.host.prompt.close()
        await self.choose()
