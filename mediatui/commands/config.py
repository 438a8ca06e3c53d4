"""The settings: where they are, what they are, and changing them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mediatui.commands.columns import Column
from mediatui.commands.options import NoOptions, file, flag, word

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer

_COLUMNS: Final[tuple[Column[tuple[str, str, str]], ...]] = (
    Column("Setting", headless=lambda row: row[0]),
    Column("Value", headless=lambda row: row[1], cut="end"),
    Column("From", headless=lambda row: row[2]),
)


@dataclass(frozen=True, slots=True)
class ConfigSet:
    """The options of ``config set``."""

    key: str = word("KEY", "the name of a setting")
    value: str | None = word("[VALUE]", "its value", required=False)


@dataclass(frozen=True, slots=True)
class ConfigUnset:
    """The options of ``config unset``."""

    key: str = word("KEY", "the name of a setting")


@dataclass(frozen=True, slots=True)
class ConfigExport:
    """The options of ``config export``."""

    with_secrets: bool = flag("Tokens and API keys too.")
    file: Path | None = file("Write to FILE, not standard output.", "-o", "--output")


@dataclass(frozen=True, slots=True)
class ConfigImport:
    """The options of ``config import``."""

    file: Path = word("FILE", "a config file", kind="file")
    replace: bool = flag("Settings that FILE does not name go, rather than stay.")


@dataclass(frozen=True, slots=True)
class ConfigReset:
    """The options of ``config reset``."""

    section: str | None = word("[SECTION]", "a section of the settings, as ui or sonarr.anime", required=False)


def path(answer: Answer, options: NoOptions) -> int:
    """Shows where the config file is, whether it exists or not."""
    found = answer.invocation.paths.config_file
    answer.line(str(found))
    answer.result(counts={"path": found, "exists": found.is_file()})
    return 0


def show(answer: Answer, options: NoOptions) -> int:
    """Shows every setting with its value (secrets masked), and where it comes from."""
    import json

    from mediatui.commands.workspace import load_for
    from mediatui.settings import keys_of, plain_value

    config_file = answer.invocation.paths.config_file
    loaded = load_for(answer.invocation)
    rows = []
    for key in keys_of(loaded.settings):
        value = plain_value(loaded.settings, key.name)
        origin = loaded.origins.get(key.name, "default")
        rows.append((key.name, value if isinstance(value, str) else json.dumps(value), origin))
        answer.row("setting", {"key": key.name, "value": value, "origin": origin, "allowed": key.allowed})
    answer.table(_COLUMNS, rows)
    answer.result(counts={"settings": len(rows), "path": config_file})
    return 0


def set_value(answer: Answer, name: str, text: str, *, typed: bool) -> int:
    """Sets one setting. A secret that was ``typed`` in the command is warned about."""
    import os

    from mediatui.settings import MASK, edit
    from mediatui.settings.sources import PREFIX

    config_file = answer.invocation.paths.config_file
    key = edit.find_key(name)
    if key.secret and typed and text:
        answer.said("warning", f"A secret in a command stays in the history: leave it out of config set {name}")
    if edit.set_value(config_file, key.name, text):
        answer.said("info", f"{key.section}.{key.service} is new.")
    for variable in dict.fromkeys((key.environment_name, f"{PREFIX}{key.section.upper()}")):
        if os.environ.get(variable):
            answer.said("warning", f"The environment variable {variable} is set too, and comes first.")
    shown = MASK if key.secret else text
    answer.result(f"{key.name} = {shown}", counts={"key": key.name, "path": config_file})
    return 0


def secret_to_ask(options: ConfigSet) -> str:
    """The name of the secret that has to be asked for, empty when there is a value; raises UsageError when a value is
    missing that is no secret."""
    from mediatui.model.errors import UsageError
    from mediatui.settings.edit import find_key

    key = find_key(options.key)
    if options.value is not None:
        return ""
    if not key.secret:
        raise UsageError(f"{key.name} needs a value.", f"Allowed is {key.allowed}.")
    return key.name


def unset(answer: Answer, options: ConfigUnset) -> int:
    """Takes one setting out of the config file."""
    from mediatui.commands.workspace import TOKEN, load_for
    from mediatui.settings.edit import unset_value

    config_file = answer.invocation.paths.config_file
    removed = unset_value(config_file, options.key)
    summary = f"{options.key} is no longer set." if removed else f"{options.key} was not set in the config file."
    if options.key.strip() == TOKEN and load_for(answer.invocation).login is not None:
        answer.said("info", "The login of this device is used; mediatui logout ends it.")
    answer.result(summary, counts={"key": options.key, "removed": removed, "path": config_file})
    return 0


def export(answer: Answer, options: ConfigExport) -> int:
    """Writes the config file to a file (mode 0600) or out; for a program as one field of a row."""
    from mediatui.settings.edit import export_text
    from mediatui.system.private_files import write_private

    text = export_text(answer.invocation.paths.config_file, with_secrets=options.with_secrets)
    if options.file is not None:
        write_private(options.file, text)
        answer.result(f"Written to {options.file}.", counts={"path": options.file})
        return 0
    if answer.json:
        answer.row("config", {"toml": text})
    else:
        answer.raw(text)
    answer.result()
    return 0


def import_settings(answer: Answer, options: ConfigImport) -> int:
    """Takes over the settings of a file; with ``replace`` they are all there are."""
    from mediatui.settings.edit import import_file

    config_file = answer.invocation.paths.config_file
    kept = import_file(config_file, options.file, replace=options.replace)
    done = f"The settings are those of {options.file} now." if options.replace else f"Settings of {options.file} taken."
    answer.result(done + (f" The old file is {kept}." if kept else ""), counts={"path": config_file, "backup": kept})
    return 0


def reset_settings(answer: Answer, options: ConfigReset) -> int:
    """Sets a section, or everything, back to the defaults, and says where the old file is."""
    from mediatui.settings.edit import reset

    config_file = answer.invocation.paths.config_file
    kept = reset(config_file, options.section or "")
    what = f"of {options.section} are" if options.section else "are all"
    if kept is None:
        summary = f"Nothing is set {f'in {options.section} ' if options.section else ''}in the config file."
    else:
        summary = f"The settings {what} the defaults now. The old file is {kept}."
    answer.result(summary, counts={"path": config_file, "backup": kept})
    return 0
