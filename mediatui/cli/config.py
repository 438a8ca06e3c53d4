"""The commands of the settings."""

from __future__ import annotations

from pathlib import Path

import click

from mediatui.cli.options import FILE, NAMES, Group
from mediatui.cli.run import Run


@click.group(cls=Group, context_settings=NAMES)
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
@click.option("-o", "--output", "file", type=FILE, metavar="FILE", help="Write to FILE, not standard output.")
@click.pass_obj
def config_export(run: Run, with_secrets: bool, file: Path | None) -> int:
    """Write the config file out, secrets as ********."""
    from mediatui.headless.config import run_export

    return run_export(*run.begin("config export"), with_secrets=with_secrets, file=file)


@config.command("import")
@click.argument("file", type=FILE)
@click.pass_obj
def config_import(run: Run, file: Path) -> int:
    """Replace the config file by FILE; the old one is kept as .bak, a masked secret keeps its present value."""
    from mediatui.headless.config import run_import

    return run_import(*run.begin("config import"), file=file)
