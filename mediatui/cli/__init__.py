"""The command line: it picks a face and does no work of its own.

Only click is imported here; each command imports what it runs.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from mediatui.cli.commands import commands
from mediatui.cli.run import Run
from mediatui.commands.parse import message_of
from mediatui.model.errors import MediatuiError, UsageError

if TYPE_CHECKING:
    from mediatui.headless.output import Output

INTERRUPTED: Final = 130
INFORMS: Final = (0, 5)
"""Exit codes of commands that ended well: 5 says that they found something."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs mediatui and ends the process with its exit code; no traceback ever reaches the user."""
    from mediatui.headless.streams import open_missing_streams, settle_streams

    open_missing_streams()
    if "_MEDIATUI_COMPLETE" in os.environ:  # a shell wants to know what fits
        from mediatui.commands.completion import complete

        sys.exit(complete(commands))
    code = run_commands(list(sys.argv[1:] if arguments is None else arguments))
    settle_streams()
    sys.exit(code)


def run_commands(arguments: list[str]) -> int:
    """Runs the command in ``arguments``, reports what ends it, and returns the exit code."""
    code = _run_commands(arguments)
    if logs := sys.modules.get("mediatui.runtime.logs"):  # only a command that has a log imports it
        logs.note_end(code)
    return code


def _run_commands(arguments: list[str]) -> int:
    run = Run(arguments)
    try:
        with commands.make_context("mediatui", list(arguments), obj=run) as context:
            code = commands.invoke(context)
        return _ended(run, code if isinstance(code, int) else 0)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        return _report(run, UsageError(message_of(error), _advice(error)), _command_of(error))
    except MediatuiError as error:
        return _report(run, error)
    except (KeyboardInterrupt, click.Abort):
        return _interrupted(run)
    except BrokenPipeError:
        return 0
    except Exception as error:
        if (
            run.output is None and isinstance(error, OSError) and error.errno == errno.ENOSPC
        ):  # click writes help itself
            return _report(run, MediatuiError(f"The output cannot be written: {error.strerror}."))
        return _crashed(run, error)


def _ended(run: Run, code: int) -> int:
    """The exit code of a command that came to its end. What it did stands, but output that is lost is an error."""
    if run.output is None:
        return code
    try:
        run.output.flush()
    except MediatuiError as error:
        return max(_report(run, error), code if code not in INFORMS else 0)
    return code


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
        from mediatui.runtime.invocation import Invocation

        machine = run.json or "--json" in run.arguments
        run.output = Output(Invocation(command, run.paths(), json=machine))
    return run.output


def _report(run: Run, error: MediatuiError, command: str = "") -> int:
    if logs := sys.modules.get("mediatui.runtime.logs"):
        logs.note_error(error.sentence)
    try:
        return _output(run, command).error(error)
    except MediatuiError:  # standard output is broken too: only the exit code is left
        return error.exit_code


def _interrupted(run: Run) -> int:
    try:
        return _output(run, "").interrupted()
    except (MediatuiError, KeyboardInterrupt):
        return INTERRUPTED


def _crashed(run: Run, error: Exception) -> int:
    from mediatui.runtime.logs import log_crash
    from mediatui.store.database import find_damage

    database = run.paths().database
    if database.is_file() and (damage := find_damage(database)) is not None:  # what was read of it may be anything
        return _report(run, damage)
    where = log_crash(run.paths().log_file)
    kind = type(error).__name__
    failure = MediatuiError(f"An unexpected error ended mediatui ({kind}).", where)
    failure.kind = "internal"
    return _report(run, failure)
