"""The command line: commands and options. It picks a face and does no work of its own.

Only click is imported here; each command imports what it runs.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mediatui import __version__
from mediatui.model.errors import MediatuiError, UsageError

if TYPE_CHECKING:
    from mediatui.headless.output import Output
    from mediatui.invocation import Invocation
    from mediatui.paths import Paths

SYNC_MODES = ("smart", "fast", "full", "torrents", "details")
EXPORT_FORMATS = ("json", "csv", "magnets", "dmm")
INTERRUPTED = 130
_NAMES = {"help_option_names": ["-h", "--help"]}
_FILE = click.Path(path_type=Path)


@dataclass(slots=True)
class Run:
    """The global options as they are read, before and after the command's name, and what comes of them."""

    arguments: Sequence[str]
    headless: bool = False
    json: bool = False
    demo: bool = False
    config: Path | None = None
    data_dir: Path | None = None
    verbose: int = 0
    quiet: bool = False
    output: Output | None = None

    @property
    def on_screen(self) -> bool:
        """Whether the full screen was asked for; ``--json`` is never for a screen."""
        return not (self.headless or self.json)

    def paths(self) -> Paths:
        """Where this run keeps its files."""
        from mediatui.paths import find_paths

        return find_paths(config=self.config, data_dir=self.data_dir, demo=self.demo)

    def invocation(self, command: str) -> Invocation:
        """What the command is given."""
        from mediatui.invocation import Invocation

        return Invocation(command, self.paths(), self.demo, self.json, self.verbose, self.quiet)

    def begin(self, command: str) -> tuple[Invocation, Output]:
        """What a headless command is given; from here on errors end with its result line.

        Raises UsageError when ``--config`` names no file, except for ``config``, whose commands create it.
        """
        from mediatui.headless.output import Output

        invocation = self.invocation(command)
        self.output = Output(invocation)
        self._check_config(command)
        return invocation, self.output

    def open_screen(self, command: str, options: Mapping[str, object] | None = None) -> int:
        """Opens the full screen on the view of ``command``; raises UsageError without a terminal."""
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError(
                "The full screen needs a terminal.", "Add --headless (or --json) to run the command without it."
            )
        self._check_config(command)
        from mediatui.tui.launch import run

        return run(self.invocation(command), command, options or {})

    def _check_config(self, command: str) -> None:
        if self.config is not None and not command.startswith("config") and not self.config.is_file():
            raise UsageError(f"There is no config file {self.config}.", "mediatui config set creates it.")


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Keeps a global option wherever it stands; one that is not given must not undo one that was."""
    run = context.find_object(Run)
    if run is None or parameter.name is None or not value:
        return
    if parameter.name == "verbose":
        run.verbose += int(str(value))
    else:
        setattr(run, parameter.name, value)


def _tell_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        click.echo(f"mediatui {__version__}")
        context.exit()


def _global_options() -> list[click.Parameter]:
    def flag(*names: str, text: str, **more: bool) -> click.Option:
        return click.Option(names, is_flag=True, expose_value=False, callback=_keep, help=text, **more)

    def file(name: str, metavar: str, text: str) -> click.Option:
        return click.Option([name], type=_FILE, metavar=metavar, expose_value=False, callback=_keep, help=text)

    version = click.Option(
        ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_tell_version, help="Tell the version."
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


class Command(click.Command):
    """A command that also takes the global options after its name."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own options, then the global ones."""
        *own, last = super().get_params(ctx)
        return [*own, *_global_options(), last]


class Group(click.Group):
    """A group of such commands; a misspelt command is answered with the one that was meant."""

    command_class = Command
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


@click.group(cls=Group, invoke_without_command=True, context_settings=_NAMES)
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
    return run.open_screen("")


@commands.command()
@click.option("--mode", type=click.Choice(SYNC_MODES), default="smart", show_default=True, help="What to read.")
@click.option("--status", "statuses", multiple=True, metavar="S", help="With details: only rows of this status.")
@click.option("--dry-run", is_flag=True, help="Read the list only; say what would be fetched and what it costs.")
@click.option("--status-changes-only", is_flag=True, help="Details of new torrents and changed statuses only.")
@click.option("--include-active-downloads", is_flag=True, help="Also details of running downloads.")
@click.option("--skip-error-retry", is_flag=True, help="Leave alone what failed before.")
@click.option("--no-resume", is_flag=True, help="Forget what an interrupted sync still owed.")
@click.pass_obj
def sync(
    run: Run,
    mode: str,
    statuses: tuple[str, ...],
    dry_run: bool,
    status_changes_only: bool,
    include_active_downloads: bool,
    skip_error_retry: bool,
    no_resume: bool,
) -> int:
    """Bring the local archive up to date."""
    options = {
        "mode": mode,
        "statuses": statuses,
        "dry_run": dry_run,
        "status_changes_only": status_changes_only,
        "include_active": include_active_downloads,
        "skip_error_retry": skip_error_retry,
        "resume": not no_resume,
    }
    if run.on_screen:
        return run.open_screen("sync", options)
    from mediatui.headless.account import run_sync

    return run_sync(*run.begin("sync"), options)


@commands.command()
@click.argument("query", nargs=-1)
@click.option(
    "--sort", metavar="KEY", default="added", show_default=True, help="Sort key, or a wrong one to list them."
)
@click.option("--reverse", is_flag=True, help="The other way round.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N rows.")
@click.pass_obj
def torrents(run: Run, query: tuple[str, ...], sort: str, reverse: bool, limit: int | None) -> int:
    """List the torrents that match QUERY.

    A query that begins with - goes after --, or begins with NOT.
    """
    text = " ".join(query)
    if run.on_screen:
        return run.open_screen("torrents", {"query": text, "sort": sort, "reverse": reverse, "limit": limit})
    from mediatui.headless.archive import run_torrents

    return run_torrents(*run.begin("torrents"), query=text, sort=sort, reverse=reverse, limit=limit)


@commands.command()
@click.argument("wanted", metavar="ID")
@click.pass_obj
def show(run: Run, wanted: str) -> int:
    """Show one torrent, whole."""
    if run.on_screen:
        return run.open_screen("show", {"wanted": wanted})
    from mediatui.headless.archive import run_show

    return run_show(*run.begin("show"), wanted=wanted)


@commands.command()
@click.option("--compact", is_flag=True, help="One line.")
@click.pass_obj
def stats(run: Run, compact: bool) -> int:
    """Show the figures of the archive."""
    if run.on_screen:
        return run.open_screen("stats")
    from mediatui.headless.archive import run_stats

    return run_stats(*run.begin("stats"), compact=compact)


@commands.command()
@click.option("--exit-code", is_flag=True, help="Exit with 5 when a problem was found.")
@click.pass_obj
def doctor(run: Run, exit_code: bool) -> int:
    """Check the service, the paths and the database."""
    from mediatui.headless.account import run_doctor

    return run_doctor(*run.begin("doctor"), exit_code=exit_code)


@commands.command()
@click.option("--yes-clear-everything", is_flag=True, help="Do not ask.")
@click.pass_obj
def clear(run: Run, yes_clear_everything: bool) -> int:
    """Empty the archive, after the word CLEAR was typed. The account is not touched."""
    from mediatui.headless.account import run_clear

    return run_clear(*run.begin("clear"), confirmed=yes_clear_everything)


@commands.command()
@click.argument("query", nargs=-1)
@click.option("--format", "file_format", type=click.Choice(EXPORT_FORMATS), required=True, help="The file format.")
@click.option("-o", "--output", "file", type=_FILE, metavar="FILE", help="Write to FILE, not standard output.")
@click.pass_obj
def export(run: Run, query: tuple[str, ...], file_format: str, file: Path | None) -> int:
    """Write the torrents that match QUERY as JSON, CSV, magnets or a Debrid Media Manager backup."""
    from mediatui.headless.account import run_export

    return run_export(*run.begin("export"), query=" ".join(query), file_format=file_format, file=file)


@commands.command("import-redriva")
@click.argument("file", type=_FILE, metavar="FILE.db")
@click.pass_obj
def import_redriva(run: Run, file: Path) -> int:
    """Take over an existing Redriva database."""
    from mediatui.headless.account import run_import_redriva

    return run_import_redriva(*run.begin("import-redriva"), file=file)


@commands.group(cls=Group, context_settings=_NAMES)
def config() -> None:
    """See and change the settings."""


@config.command("path")
@click.pass_obj
def config_path(run: Run) -> int:
    """Tell where the config file is."""
    from mediatui.headless.config import run_path

    return run_path(*run.begin("config path"))


@config.command("show")
@click.pass_obj
def config_show(run: Run) -> int:
    """Show every setting, its value and where it comes from."""
    from mediatui.headless.config import run_show

    return run_show(*run.begin("config show"))


@config.command("set")
@click.argument("key")
@click.argument("value", required=False)
@click.pass_obj
def config_set(run: Run, key: str, value: str | None) -> int:
    """Set KEY to VALUE in the config file. A secret is asked for, without echo, when VALUE is left out."""
    from mediatui.headless.config import run_set

    return run_set(*run.begin("config set"), name=key, text=value)


@config.command("unset")
@click.argument("key")
@click.pass_obj
def config_unset(run: Run, key: str) -> int:
    """Take KEY out of the config file."""
    from mediatui.headless.config import run_unset

    return run_unset(*run.begin("config unset"), name=key)


@config.command("export")
@click.option("--with-secrets", is_flag=True, help="Tokens and API keys too.")
@click.option("-o", "--output", "file", type=_FILE, metavar="FILE", help="Write to FILE, not standard output.")
@click.pass_obj
def config_export(run: Run, with_secrets: bool, file: Path | None) -> int:
    """Write the config file out, secrets as ********."""
    from mediatui.headless.config import run_export

    return run_export(*run.begin("config export"), with_secrets=with_secrets, file=file)


@config.command("import")
@click.argument("file", type=_FILE)
@click.pass_obj
def config_import(run: Run, file: Path) -> int:
    """Replace the config file by FILE; the old one is kept as .bak, a masked secret keeps its present value."""
    from mediatui.headless.config import run_import

    return run_import(*run.begin("config import"), file=file)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs mediatui and ends the process with its exit code; no traceback ever reaches the user."""
    from mediatui.headless.streams import open_missing_streams, settle_streams

    open_missing_streams()
    code = run_commands(list(sys.argv[1:] if arguments is None else arguments))
    settle_streams()
    sys.exit(code)


def run_commands(arguments: list[str]) -> int:
    """Runs the command in ``arguments``, reports what ends it, and returns the exit code."""
    run = Run(arguments)
    try:
        with commands.make_context("mediatui", list(arguments), obj=run) as context:
            code = commands.invoke(context)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        return _report(run, UsageError(error.format_message(), _advice(error)), _command_of(error))
    except MediatuiError as error:
        return _report(run, error)
    except (KeyboardInterrupt, click.Abort):
        return _interrupted(run)
    except BrokenPipeError:
        return 0
    except Exception as error:
        return _crashed(run, error)


def _command_of(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path.partition(" ")[2] if isinstance(context, click.Context) else ""


def _advice(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    if not isinstance(context, click.Context):
        return ""
    query = any(parameter.name == "query" for parameter in context.command.params)
    if isinstance(error, click.NoSuchOption) and query:
        return "A query that begins with - goes after --, or begins with NOT."
    return f"More: {context.command_path} --help"


def _output(run: Run, command: str) -> Output:
    """The output of the command, or one for an error that came before there was any."""
    if run.output is None:
        from mediatui.headless.output import Output
        from mediatui.invocation import Invocation

        machine = run.json or "--json" in run.arguments
        run.output = Output(Invocation(command, run.paths(), json=machine))
    return run.output


def _report(run: Run, error: MediatuiError, command: str = "") -> int:
    try:
        return _output(run, command).error(error)
    except MediatuiError:  # standard output is broken too: the exit code still tells
        return error.exit_code


def _interrupted(run: Run) -> int:
    try:
        return _output(run, "").interrupted()
    except (MediatuiError, KeyboardInterrupt):
        return INTERRUPTED


def _crashed(run: Run, error: Exception) -> int:
    from mediatui.logs import log_crash

    where = log_crash(run.paths().log_file)
    kind = type(error).__name__
    failure = MediatuiError(f"An unexpected error ended mediatui ({kind}).", where)
    failure.kind = "internal"
    return _report(run, failure)


if __name__ == "__main__":
    main()
