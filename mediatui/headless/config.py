"""The commands of the settings: path, show, set, unset, export, import."""

from __future__ import annotations

import json
import os
from pathlib import Path

from mediatui.headless.output import Output
from mediatui.headless.table import TableColumn, write_table
from mediatui.headless.terminal_questions import ask_secret
from mediatui.model.errors import UsageError
from mediatui.runtime.invocation import Invocation
from mediatui.settings import MASK, keys_of, load, plain_value
from mediatui.settings.edit import export_text, find_key, import_file, set_value, unset_value
from mediatui.settings.sources import PREFIX
from mediatui.system.private_files import write_private

COLUMNS = (TableColumn("Setting"), TableColumn("Value", elastic=True), TableColumn("From"))


def run_path(invocation: Invocation, output: Output) -> int:
    """Tells where the config file is, whether it exists or not."""
    file = invocation.paths.config_file
    output.line(str(file))
    output.result(counts={"path": file, "exists": file.is_file()})
    return 0


def run_show(invocation: Invocation, output: Output) -> int:
    """Shows every setting with its value (secrets masked), and where it comes from."""
    loaded = load(invocation.paths.config_file)
    rows = []
    for key in keys_of(loaded.settings):
        value = plain_value(loaded.settings, key.name)
        origin = loaded.origins.get(key.name, "default")
        rows.append((key.name, value if isinstance(value, str) else json.dumps(value), origin))
        if output.json:
            output.row("setting", {"key": key.name, "value": value, "origin": origin, "allowed": key.allowed})
    if not output.json:
        write_table(output.line, COLUMNS, rows, output.width)
    output.result(counts={"settings": len(rows), "path": invocation.paths.config_file})
    return 0


def run_set(invocation: Invocation, output: Output, *, name: str, text: str | None) -> int:
    """Sets one setting; a secret without a value is asked for."""
    key = find_key(name)
    if text is None:
        if not key.secret:
            raise UsageError(f"{key.name} needs a value.", f"Allowed is {key.allowed}.")
        text = ask_secret(key.name)
    elif key.secret and text:
        output.said("warning", f"A secret in a command stays in the shell's history: leave it out of config set {name}")
    if set_value(invocation.paths.config_file, key.name, text):
        output.said("info", f"{key.section}.{key.service} is new.")
    for variable in dict.fromkeys((key.environment_name, f"{PREFIX}{key.section.upper()}")):
        if os.environ.get(variable):
            output.said("warning", f"The environment variable {variable} is set too, and comes first.")
    shown = MASK if key.secret else text
    output.result(f"{key.name} = {shown}", counts={"key": key.name, "path": invocation.paths.config_file})
    return 0


def run_unset(invocation: Invocation, output: Output, *, name: str) -> int:
    """Takes one setting out of the config file."""
    removed = unset_value(invocation.paths.config_file, name)
    summary = f"{name} is no longer set." if removed else f"{name} was not set in the config file."
    output.result(summary, counts={"key": name, "removed": removed, "path": invocation.paths.config_file})
    return 0


def run_export(invocation: Invocation, output: Output, *, with_secrets: bool, file: Path | None) -> int:
    """Writes the config file to ``file`` (mode 0600) or standard output; with ``--json`` as one field of a row."""
    text = export_text(invocation.paths.config_file, with_secrets=with_secrets)
    if file is not None:
        write_private(file, text)
        output.result(f"Written to {file}.", counts={"path": file})
        return 0
    if output.json:
        output.row("config", {"toml": text})
    else:
        output.raw(text)
    output.result()
    return 0


def run_import(invocation: Invocation, output: Output, *, file: Path) -> int:
    """Replaces the config file by ``file``."""
    kept = import_file(invocation.paths.config_file, file)
    summary = f"The settings are those of {file} now." + (f" The old file is {kept}." if kept else "")
    output.result(summary, counts={"path": invocation.paths.config_file, "backup": kept})
    return 0
