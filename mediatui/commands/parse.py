"""Reading a command as it was typed, in a shell or on the ``:`` line: click does it, from what the catalog declares."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from mediatui.commands.catalog import COMMANDS, subcommands
from mediatui.commands.command import Command
from mediatui.commands.file_path import FILE
from mediatui.commands.options import LARGEST, Option, declared, flags_of
from mediatui.model.errors import UsageError
from mediatui.model.text import printable

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Typed(NamedTuple):
    """A command and its options, an instance of the class it declares."""

    command: Command
    options: Any


class WholeNumber(click.IntRange):
    """A whole number between two; so it is called where something else was typed."""

    name = "whole number"


class WordArgument(click.Argument):
    """A word that is no option, and what it is: ``the number of a scan``, empty where its name says all. A shell is
    offered ``known`` words, among what else it may be."""

    def __init__(self, names: Sequence[str], *, about: str, known: Sequence[str], **rest: Any) -> None:
        super().__init__(names, **rest)
        self.about = about
        self.known = known

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What click offers, behind the known words that begin so."""
        return [*_offer(self.known, incomplete), *super().shell_complete(ctx, incomplete)]


class KnownOption(click.Option):
    """An option for which a shell is offered ``known`` values, among what else it may be."""

    def __init__(self, flags: Sequence[str], *, known: Sequence[str], **rest: Any) -> None:
        super().__init__(flags, **rest)
        self.known = known

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What click offers, behind the known values that begin so."""
        return [*_offer(self.known, incomplete), *super().shell_complete(ctx, incomplete)]


def _offer(known: Sequence[str], incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(one) for one in known if one.startswith(incomplete)]


def message_of(error: click.ClickException) -> str:
    """What is wrong with a command line in one line, and what the word is that is wrong or missing."""
    text = " ".join(error.format_message().split())
    word = getattr(error, "param", None)
    if isinstance(word, WordArgument) and word.about:
        return f"{text.removesuffix('.')}: it is {word.about}."
    return text


def parameters_of(command: Command) -> list[click.Parameter]:
    """The arguments and options of a command, for click."""
    return [_parameter(command, *one) for one in declared(command.options_class())]


def _parameter(command: Command, name: str, default: object, option: Option) -> click.Parameter:
    kind = _type_of(option)
    if option.positional:
        metavar = option.metavar
        for second, other in subcommands(command.name).items():
            takes = "".join(f" {one.metavar}" for _, _, one in declared(other.options_class()) if one.positional)
            metavar += f" | {second}{takes}"
        known = (*subcommands(command.name), *option.examples)
        return WordArgument(
            [name],
            nargs=-1 if option.many else 1,
            required=option.required,
            type=kind,
            metavar=metavar,
            about=option.help,
            known=known,
        )
    flags = [*flags_of(name, option), name]
    if option.kind == "flag":
        return click.Option(flags, is_flag=True, flag_value=not option.off, default=bool(default), help=option.help)
    defaults: dict[str, Any] = {} if default in (None, ()) else {"default": default}
    return KnownOption(
        flags,
        known=option.examples,
        type=kind,
        **defaults,
        required=option.required,
        multiple=option.many,
        nargs=option.takes,
        metavar=option.metavar or None,
        show_default=option.show_default,
        help=option.help,
    )


def _type_of(option: Option) -> click.ParamType[Any] | None:
    if option.choices:
        return click.Choice(option.choices)
    if option.kind == "number":
        return click.INT if option.least is None else WholeNumber(option.least, LARGEST)
    return FILE if option.kind == "file" else None


def options_from(command: Command, params: Mapping[str, Any]) -> Any:
    """The options of a command as click read them, as an instance of the class it declares."""
    kind = command.options_class()
    return kind(**{name: params[name] or () if default == () else params[name] for name, default, _ in declared(kind)})


def find_subcommand(command: Command, words: Sequence[str]) -> tuple[Command, list[str]]:
    """The command that words after a command's name are for: one of its subcommands when the first word that is no
    option names one, else itself; and what is left of the words."""
    others = subcommands(command.name)
    valued = {
        flag: option.takes
        for name, _, option in (declared(command.options_class()) if others else ())
        if option.kind != "flag"
        for flag in flags_of(name, option)
    }
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "--":
        at += 1 + valued.get(words[at], 0)
    if at < len(words) and words[at] in others:
        return others[words[at]], [*words[:at], *words[at + 1 :]]
    return command, list(words)


def read_line(line: str, also: Sequence[str] = ()) -> Typed:
    """The command in a line typed on the screen. Raises UsageError that says what is wrong and what there is, names of
    ``also`` among it."""
    name, _, rest = line.strip().partition(" ")
    known = list(dict.fromkeys((*(one.partition(" ")[0] for one in COMMANDS), *also)))
    if not name:
        raise UsageError("Nothing was typed.", f"Commands: {', '.join(known)}.")
    command = COMMANDS.get(name)
    if command is None and not (others := subcommands(name)):
        raise UsageError(f"There is no command {printable(name, empty='')!r} here.", f"Commands: {', '.join(known)}.")
    if command is None:
        second, _, rest = rest.strip().partition(" ")
        command = others.get(second)
        if command is None:
            raise UsageError(f"{name} does not take {printable(second)!r}.", f"It takes {', '.join(others)}.")
    keeps_quotes = any(option.query for _, _, option in declared(command.options_class()))
    words = _split_query(rest) if keeps_quotes else _split(rest)
    command, words = find_subcommand(command, words)
    return Typed(command, _read(command, words, lenient=keeps_quotes))


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(f"The command cannot be read: {error}.") from None


def _split_query(text: str) -> list[str]:
    """Words whose quotes stay: they are the query's."""
    try:
        return shlex.split(text, posix=False)
    except ValueError:
        return text.split()


def _read(command: Command, words: Sequence[str], *, lenient: bool) -> Any:
    """What click reads; ``lenient`` lets words of a query begin with a hyphen."""
    allowed = ", ".join(_described(command)) or "no options"
    context_settings = {"help_option_names": [], "ignore_unknown_options": lenient}
    reader = click.Command(command.name, params=parameters_of(command), context_settings=context_settings)
    try:
        with reader.make_context(command.name, list(words)) as context:
            params = dict(context.params)
    except click.NoSuchOption as error:
        name = printable(error.option_name)
        raise UsageError(f"{command.name} does not take {name!r}.", f"It takes {allowed}.") from None
    except click.ClickException as error:
        raise UsageError(f"{command.name}: {message_of(error)}", f"It takes {allowed}.") from None
    options = options_from(command, params)
    for name, _, option in declared(type(options)):
        value = getattr(options, name)
        unknown = [word for word in value if word.startswith("--")] if option.query else []
        if unknown:
            raise UsageError(f"{command.name} does not take {printable(unknown[0])!r}.", f"It takes {allowed}.")
    if flag := flag_of_headless(options):
        raise UsageError(f"{flag} is for --headless; here everything is in a list.")
    return options


def flag_of_headless(options: Any) -> str:
    """The flag of an option that was given and has a meaning for headless commands only; empty when there is none."""
    for name, default, option in declared(type(options)):
        if option.headless and getattr(options, name) != default:
            return flags_of(name, option)[0]
    return ""


def _described(command: Command) -> list[str]:
    found = []
    for name, _, option in declared(command.options_class()):
        if option.positional:
            found.append(option.metavar)
        elif not option.headless:
            found.append(f"{flags_of(name, option)[-1]} {option.metavar}".strip())
    return found


def usage_of(command: Command) -> str:
    """A command with all it takes, on one line: ``export [QUERY] --format json|csv|magnets|dmm [-o FILE]``."""
    parts = [command.name]
    for name, _, option in declared(command.options_class()):
        if option.positional:
            parts.append(option.metavar.replace("]...", " ...]").replace("...", " ...").replace("  ", " "))
            continue
        value = "|".join(option.choices) or option.metavar
        text = f"{flags_of(name, option)[0]} {value}{' ...' if option.many else ''}".strip()
        text = text if option.kind != "flag" else flags_of(name, option)[0]
        parts.append(text if option.required else f"[{text}]")
    return " ".join(parts)
