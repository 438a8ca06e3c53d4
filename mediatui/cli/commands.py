"""The commands as click knows them, made of the catalog. The options of each are imported when it is wanted.

Without ``--headless`` a command opens the full screen on its view; one without a view runs headless in any case.
"""

from __future__ import annotations

from typing import Any

import click

from mediatui.cli.options import NAMES, CommandWithGlobals, Group
from mediatui.cli.run import Run
from mediatui.commands.catalog import COMMANDS, GROUPS, reported_as, subcommands
from mediatui.commands.command import Command


class CatalogGroup(Group):
    """The commands whose names begin with ``prefix``, each made when click asks for it."""

    prefix: str = ""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of commands and groups, in alphabetical order."""
        return sorted(subcommands(self.prefix) if self.prefix else {name.partition(" ")[0] for name in COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command or group of that name."""
        if not self.prefix and cmd_name in GROUPS:
            group = CatalogGroup(cmd_name, help=GROUPS[cmd_name], context_settings=NAMES)
            group.prefix = cmd_name
            return group
        command = COMMANDS.get(f"{self.prefix} {cmd_name}" if self.prefix else cmd_name)
        return None if command is None else make_command(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in ``--help``: from the register alone."""
        names = self.list_commands(ctx)
        room = formatter.width - 6 - max(map(len, names))
        rows = []
        for name in names:
            command = COMMANDS.get(f"{self.prefix} {name}" if self.prefix else name)
            about = GROUPS.get(name, "") if command is None else command.about
            rows.append((name, click.Command(name, help=about).get_short_help_str(room)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command to run: that of two words, where a command takes another's name as its first word."""
        command = COMMANDS.get(args[0]) if args and not self.prefix else None
        if command is not None and subcommands(command.name):
            from mediatui.commands.parse import find_subcommand

            found, rest = find_subcommand(command, args[1:])
            if found is not command:
                return found.name, make_command(found), rest
        return super().resolve_command(ctx, args)


def make_command(command: Command) -> click.Command:
    """A command of the catalog as click's."""
    from mediatui.commands.parse import parameters_of

    def run(**params: Any) -> int:
        return _run(command, params)

    text = f"{command.about}\n\n{command.more}" if command.more else command.about
    name = command.name.rpartition(" ")[2]
    return CommandWithGlobals(name, callback=run, params=parameters_of(command), help=text, context_settings=NAMES)


def _run(command: Command, params: dict[str, Any]) -> int:
    from mediatui.commands.parse import Typed, flag_of_headless, options_from
    from mediatui.model.errors import UsageError

    run = click.get_current_context().ensure_object(Run)
    options = options_from(command, params)
    if run.on_screen and command.view:
        if flag := flag_of_headless(options):
            raise UsageError(f"{flag} goes with --headless.", f"mediatui --headless {command.name} … {flag}")
        return run.open_screen(Typed(command, options))
    from mediatui.headless.run_command import run_command

    return run_command(*run.begin(reported_as(command)), command, options)


@click.group(cls=CatalogGroup, invoke_without_command=True, context_settings=NAMES)
@click.pass_context
def commands(context: click.Context) -> int:
    """One terminal for a Real-Debrid and symlink media library.

    Without a command the full screen opens on the torrent list; a command picks another view. With --headless the
    same command runs without the screen.
    """
    run = context.ensure_object(Run)
    if context.invoked_subcommand is not None:
        return 0
    if not run.on_screen:
        raise click.UsageError("--headless needs a command.", context)
    return run.open_screen(None)
