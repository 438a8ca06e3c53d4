"""The command that asks Sonarr and Radarr for something else."""

from __future__ import annotations

import click

from mediatui.cli.commands import allow_option, apply_option, commands
from mediatui.cli.run import Run


@commands.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@apply_option
@allow_option
@click.pass_obj
def ask(run: Run, paths: tuple[str, ...], apply: bool, allow: int | None) -> int:
    """Have Sonarr or Radarr look for another release in place of a dead link, or of all dead links in a folder.

    The links are removed (undo brings them back), just their series and films rescanned, and just their episodes and
    films searched.
    """
    from mediatui.headless.search_again import run_ask

    return run_ask(*run.begin("ask"), paths=paths, apply=apply, allow=allow)
