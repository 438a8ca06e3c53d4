"""The ``:`` line and the command the screen was opened with: the commands of the catalog, done on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, cast

from textual.suggester import Suggester

from mediatui.commands.catalog import COMMANDS, Command, function_of, subcommands
from mediatui.commands.options import declared, flags_of
from mediatui.commands.parse import Typed, find_subcommand, read_line
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.text import printable

if TYPE_CHECKING:
    from mediatui.tui.host import Host
    from mediatui.tui.views.answer.view import AnswerView

SCREENS: Final = ("problems", "symlinks", "maintenance", "settings", "activity", "help", "quit")
"""What can be typed beside the commands: views, and leaving."""


class CommandSuggester(Suggester):
    """Completes a command's name, then its subcommands, flags, and the values of those."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The line as it could go on."""
        before, _, last = value.rpartition(" ")
        found = next((one for one in _next_words(before.split()) if one.startswith(last) and one != last), None)
        return None if found is None or (not last and not before) else f"{before} {found}".lstrip()


def _next_words(words: Sequence[str]) -> Sequence[str]:
    """The words that could follow these."""
    if not words:
        return (*dict.fromkeys(name.partition(" ")[0] for name in COMMANDS), *SCREENS)
    name, *rest = words
    command, others = COMMANDS.get(name), subcommands(name)
    if command is None:
        command = others.get(rest[0]) if rest else None
        return tuple(others) if command is None else _options_after(command, rest[1:])
    found, left = find_subcommand(command, rest)
    return (*(others if not rest else ()), *_options_after(found, left))


def _options_after(command: Command, words: Sequence[str]) -> Sequence[str]:
    options = [(flags_of(name, option), option) for name, _, option in declared(command.options_class())]
    for flags, option in options:
        if words and words[-1] in flags and option.kind != "flag":
            return option.choices or option.examples
    known = [one for _, option in options if option.positional for one in option.examples]
    return (*known, *(flags[-1] for flags, option in options if flags and not option.headless))


def described() -> Iterator[tuple[str, str]]:
    """The commands, for the palette and help: the beginning of the line, and what it does."""
    for name, command in COMMANDS.items():
        yield name, command.about


async def perform(app: Host, line: str) -> None:
    """Does a line on the screen; what would change something is asked first. Raises UsageError."""
    name, _, rest = line.strip().partition(" ")
    name = "quit" if name == "q" else name
    if name not in SCREENS:
        await run(app, read_line(line, SCREENS))
    elif rest.strip():
        raise UsageError(f"{name} does not take {printable(rest.strip())!r}.", "It takes no options.")
    elif name == "quit":
        app.leave()
    elif name == "help":
        await app.open_manual()
    else:
        await app.open_view(name)


async def run(app: Host, typed: Typed) -> None:
    """Does a command on the screen; raises UsageError."""
    own = function_of(typed.command, "screen")
    if own is not None:
        await own(app, typed)
    elif typed.command.plan:
        app.plans.propose_command(typed.command, typed.options)
    else:
        await app.open_view("answer")
        cast("AnswerView", app.view).begin(typed)


async def begin(app: Host, typed: Typed) -> None:
    """Does the command the screen was opened with."""
    try:
        await run(app, typed)
    except MediatuiError as error:
        app.prompt.say(error.sentence, "error")
