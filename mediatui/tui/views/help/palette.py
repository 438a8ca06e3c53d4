"""The help and the palette: what can be done, by name; the one here, the other everywhere."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence

from textual.app import ComposeResult

from mediatui.model.text import fold, printable
from mediatui.tui.keys import Command
from mediatui.tui.view import View
from mediatui.tui.views.help.offers import Group
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.lines import pairs
from mediatui.tui.widgets.plain_list import PlainList
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row

COLUMNS: tuple[AnyColumn, ...] = (
    Column("Key", rank=1),
    Column("Command"),
    Column("What it does", cut="end", least=30),
)


class CommandList(PlainList):
    """The commands; the keyboard stays in the line where a name is typed."""

    can_focus = False


class PaletteView(View):
    """Lists commands while one types a part of their names; enter does the one under the cursor, back where one was.
    Until something is typed they stand in groups."""

    NAME = "Commands"
    HELP = "What can be done. Type a part of its name, enter does it."

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._list = CommandList(COLUMNS, self._rows, id="command-list")
        self._groups: Sequence[Group] = ()
        self._here = 0
        """How many of the commands are offered before something is typed."""
        self._commands: Sequence[Command] = ()

    def compose(self) -> ComposeResult:
        yield self._list

    def offer(self, sign: str, groups: Sequence[Group], elsewhere: Sequence[Group] = ()) -> None:
        """Lists these from the top, and asks for a part of a name; ``sign`` stands before that. What is ``elsewhere``
        is found too, below."""
        self._groups = groups
        self._commands = [one for group in groups for one in group.commands]
        self._here = len(self._commands)
        self._commands += [one for group in elsewhere for one in group.commands]
        self.narrow("")
        hint = pairs(("enter", "do it"), ("↑↓", "move"), ("pgdn", "page"), ("q", "close"), ("esc", "close"))
        self.host.prompt.open("palette", sign, hint=hint, moves=self._list.action_move)

    def page(self, by: int) -> None:
        """A page up or down."""
        self._list.action_page(by)

    def narrow(self, text: str) -> None:
        """Lists the commands of which name, sentence or keys hold every word; those whose name begins so come first."""
        words = fold(text).split()
        self._rows.take([*self._found(words)] if words else [*self._grouped()])
        self._list.empty_text = f"Nothing that can be done here is called {printable(text)!r}."
        self._list.source_changed(to_top=True)

    def _grouped(self) -> Iterator[Row]:
        key = 0
        for number, group in enumerate(self._groups, 1):
            yield Row(-number, (group.title, "", ""), heading=True)
            for one in group.commands:
                yield _row(key, one)
                key += 1

    def _found(self, words: Sequence[str]) -> Iterator[Row]:
        found = [
            (key >= self._here, not fold(one.name).startswith(words[0]), key)
            for key, one in enumerate(self._commands)
            if all(word in fold(f"{one.name} {one.about} {one.keys}") for word in words)
        ]
        return (_row(key, self._commands[key]) for *_, key in sorted(found))

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


def _row(key: int, command: Command) -> Row:
    return Row(key, (command.keys, command.name, command.about), "quiet")
