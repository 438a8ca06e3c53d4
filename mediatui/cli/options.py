"""The global options, taken before and after the name of a command."""

from __future__ import annotations

from typing import Final

import click

from mediatui import __version__
from mediatui.cli.run import Run
from mediatui.commands.file_path import FILE

NAMES: Final = {"help_option_names": ["-h", "--help"]}


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Keeps a global option wherever it stands; one that is not given must not undo one that was."""
    run = context.find_object(Run)
    if run is None or parameter.name is None or not value:
        return
    if parameter.name == "verbose":
        run.verbose += int(str(value))
    else:
        setattr(run, parameter.name, value)


def _print_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        click.echo(f"mediatui {__version__}")
        context.exit()


def _global_options() -> list[click.Parameter]:
    def flag(*names: str, text: str, **more: bool) -> click.Option:
        return click.Option(names, is_flag=True, expose_value=False, callback=_keep, help=text, **more)

    def file(name: str, metavar: str, text: str) -> click.Option:
        return click.Option([name], type=FILE, metavar=metavar, expose_value=False, callback=_keep, help=text)

    version = click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print_version,
        help="Show the version.",
    )
    return [
        flag("--headless", text="Run without the full screen: for pipes, cron and timers."),
        flag("--json", text="One JSON object a line on standard output; implies --headless."),
        flag("--demo", text="A simulated account: no token, no network, a data dir of its own."),
        file("--config", "FILE", "The config file."),
        file("--data-dir", "DIR", "The folder of the archive."),
        click.Option(
            ["-v", "--verbose"], count=True, expose_value=False, callback=_keep, help="Say more on standard error."
        ),
        flag("-q", "--quiet", text="Only results, warnings and errors."),
        version,
    ]


class CommandWithGlobals(click.Command):
    """A command that also takes the global options after its name."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own options, then the global ones."""
        *own, last = super().get_params(ctx)
        return [*own, *_global_options(), last]


class Group(click.Group):
    """A group of such commands; a misspelt command is answered with the one that was meant."""

    command_class = CommandWithGlobals
    group_class = type

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The group's own options, then the global ones."""
        *own, last = super().get_params(ctx)
        return [*own, *_global_options(), last]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command to run; raises UsageError with a suggestion."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), 1)
            meant = f'Did you mean "{near[0]}"?' if near else f"Commands: {', '.join(self.list_commands(ctx))}."
            raise click.UsageError(f'There is no command "{args[0]}". {meant}', ctx)
        return super().resolve_command(ctx, args)
