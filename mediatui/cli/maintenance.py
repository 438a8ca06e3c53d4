"""The commands of library maintenance. Each imports what it runs when it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click

from mediatui.cli.commands import COUNT, allow_option, apply_option, commands
from mediatui.cli.run import Run

Command = Callable[..., int]
COMMON: Final = (
    click.option("--limit", type=COUNT, metavar="N", help="Print at most N findings; all are counted."),
    allow_option,
    apply_option,
)


def _common(function: Command) -> Command:
    for option in COMMON:
        function = option(function)
    return click.pass_obj(function)


def _only(categories: str) -> Callable[[Command], Command]:
    return click.option("--only", multiple=True, metavar="CATEGORY", help=f"Only these: {categories}.")


exit_code_option = click.option("--exit-code", is_flag=True, help="Exit with 5 when something was found.")


def _run(
    run: Run, tool: str, *, apply: bool = False, allow: int | None = None, limit: int | None = None,
    exit_code: bool = False, **given: Any,
) -> int:  # fmt: skip
    if run.on_screen:
        return run.open_screen(tool, given)
    from mediatui.headless.maintenance import run_tool
    from mediatui.library.maintenance.tools import ToolOptions

    options = ToolOptions(tool, **given)
    return run_tool(*run.begin(tool), options, apply=apply, allow=allow, limit=limit, exit_code=exit_code)


@commands.command()
@_only("ghost, orphan, broken")
@click.option("--limit", type=COUNT, metavar="N", help="Print at most N findings; all are counted.")
@exit_code_option
@click.pass_obj
def integrity(run: Run, only: tuple[str, ...], limit: int | None, exit_code: bool) -> int:
    """Look for what is known without a file, files nothing points at, and dead links. Changes nothing."""
    return _run(run, "integrity", only=only, limit=limit, exit_code=exit_code)


@commands.command()
@_only("broken, misplaced, duplicates, oversized, empty")
@click.option("--min-score", type=int, default=90, show_default=True, help="Relink dead links from this score on.")
@click.option("--max-per-dir", type=int, help="Entries a folder may hold. [default: 50, where range folders are there]")
@click.option("--remove-unrepaired", is_flag=True, help="With --only broken: remove dead links nothing was found for.")
@exit_code_option
@_common
def cleanup(run: Run, **given: Any) -> int:
    """Put the library in order: dead, misplaced and duplicate links, folders that are too full or empty."""
    return _run(run, "cleanup", **given)


@commands.command("repair-links")
@click.option("--min-score", type=int, default=90, show_default=True, help="Relink from this score on; 50 at least.")
@_common
def repair_links(run: Run, **given: Any) -> int:
    """Point dead links at the files they should lead to, found by name, season and episode."""
    return _run(run, "repair-links", **given)


@commands.command("fix-bad-links")
@_common
def fix_bad_links(run: Run, **given: Any) -> int:
    """Point links that lead to another episode than their name says at the right file."""
    return _run(run, "fix-bad-links", **given)


@commands.command("fix-symlinks")
@click.option("--rebase", nargs=2, metavar="OLD NEW", help="Only this: links into OLD follow a mount that is at NEW.")
@_common
def fix_symlinks(run: Run, **given: Any) -> int:
    """Make relative links absolute, and move links into the folder beside them that they belong in."""
    return _run(run, "fix-symlinks", **{**given, "rebase": given["rebase"] or ()})


@commands.command("link-movies")
@_common
def link_movies(run: Run, **given: Any) -> int:
    """Note for each film the library knows which file it is."""
    return _run(run, "link-movies", **given)
