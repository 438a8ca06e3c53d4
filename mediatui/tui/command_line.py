"""The ``:`` line and the command the screen was opened with: the commands of the catalog, done on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, cast

from mediatui.commands.catalog import COMMANDS, GROUPS, subcommands
from mediatui.commands.command import Command, function_of
from mediatui.commands.options import declared, flags_of
from mediatui.commands.parse import Typed, find_subcommand, read_line
from mediatui.model.completion import Completion
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.text import printable
from mediatui.tui.widgets.lines import pairs

if TYPE_CHECKING:
    from mediatui.tui.host import Host
    from mediatui.tui.views.answer.view import AnswerView

KEYS: Final = pairs(("↑↓", "choose"), ("tab", "complete"), ("enter", "run"), ("esc", "back"))
"""What the keys line says while a command is typed."""
SCREENS: Final[Mapping[str, str]] = {
    "problems": "What is wrong with torrents, by class.",
    "symlinks": "The links of the library.",
    "maintenance": "The tools that maintain the library.",
    "settings": "Every setting.",
    "activity": "What jobs said: the log.",
    "help": "What there is to read.",
    "quit": "Leave; a running job stops cleanly.",
}
"""What can be typed beside the commands: views, and leaving."""


def completions(line: str) -> list[Completion]:
    """How a line could go on behind what is typed of it: commands, then subcommands, flags, and the values of those,
    each with what is said of it."""
    before, blank, last = line.rpartition(" ")
    return [
        Completion(f"{before}{blank}{word} ", word, about)
        for word, about in _next_words(before.split())
        if word.startswith(last)
    ]


def _next_words(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The words that could follow these, and what is said of each."""
    if not words:
        yield from ({name: about for name, about in _first_words() if name not in SCREENS} | dict(SCREENS)).items()
        return
    name, *rest = words
    command, others = COMMANDS.get(name), subcommands(name)
    if command is None:
        command = others.get(rest[0]) if rest else None
        rest = rest[1:]
        if command is None:
            yield from ((word, one.about) for word, one in others.items())
            return
    found, left = find_subcommand(command, rest)
    if command.name == name and not rest:
        yield from ((word, one.about) for word, one in others.items())
    yield from _options_after(found, left)


def _first_words() -> Iterator[tuple[str, str]]:
    for name, command in COMMANDS.items():
        word, _, second = name.partition(" ")
        if word in GROUPS:
            yield word, GROUPS[word]
        elif not second:
            yield word, command.about


def _options_after(command: Command, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Values of the option that was begun, else values of words, and the options that are not there yet."""
    options = [(flags_of(name, option), option) for name, _, option in declared(command.options_class())]
    for flags, option in options:
        if words and words[-1] in flags and option.kind != "flag":
            yield from ((word, "") for word in option.choices or option.examples)
            return
    for flags, option in options:
        if option.positional:
            yield from ((word, "") for word in option.choices or option.examples)
        elif not option.headless and (option.many or not any(flag in words for flag in flags)):
            yield flags[-1], f"{option.metavar}: {option.help}" if option.metavar else option.help


def described() -> Iterator[tuple[str, str]]:
    """The commands, for the palette and help: the beginning of the line, and what it does."""
    for name, command in COMMANDS.items():
        yield name, command.about


async def perform(app: Host, line: str) -> None:
    """Does a line on the screen; what would change something is asked first. Raises UsageError."""
    name, _, rest = line.strip().partition(" ")
    name = "quit" if name == "q" else name
    if name not in SCREENS:
        await run(app, read_line(line, tuple(SCREENS)))
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
