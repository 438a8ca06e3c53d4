"""Changing the config file: comments kept, checked as a whole before it is written, readable by its owner only."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mediatui.model.errors import UsageError
from mediatui.model.text import printable
from mediatui.paths import write_private
from mediatui.settings.keys import MASK, Key, all_keys, suggestion
from mediatui.settings.sources import SettingsError, check_table, parse_text, read_file

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_SECRET_NAMES: Final = "|".join(key.name.partition(".")[2] for key in all_keys().values() if key.secret)
_SECRET_IN_COMMENT: Final = re.compile(rf"^(\s*#.*\b(?:{_SECRET_NAMES})\b\s*[=:]\s*)\S.*$", re.MULTILINE)


def find_key(name: str) -> Key:
    """The key called ``name``; raises SettingsError with what may have been meant."""
    key = all_keys().get(name.strip().lower())
    if key is None:
        raise SettingsError([f"There is no setting {printable(name)}. {suggestion(name.strip().lower())}"])
    return key


def set_value(config_file: Path, name: str, text: str) -> None:
    """Sets the key ``name`` to what ``text`` means (lists and tables are JSON) in the config file, which is created
    when missing. Raises SettingsError and writes nothing when the file would then not be valid."""
    key = find_key(name)
    document = _open(config_file)
    section, _, field = key.name.partition(".")
    if section not in document:
        import tomlkit

        document.add(section, tomlkit.table())
    table = document[section]
    if not isinstance(table, dict):
        raise SettingsError([f"{section} is a section, not a value (config file {config_file})."])
    value = parse_text(key, text)
    if key.kind in ("list", "table") and isinstance(value, str):
        raise SettingsError(
            [f"{key.name} = {printable(text)} is not JSON; allowed is {key.allowed}."],
            """As JSON a list is '["one", "two"]', a table '{"name": "value"}'. Nothing was written.""",
        )
    if value is None:
        raise SettingsError([f"{key.name} = null is not allowed; allowed is {key.allowed}."])
    table[field] = value
    _check(document, config_file)
    write_private(config_file, document.as_string())


def unset_value(config_file: Path, name: str) -> bool:
    """Takes the key ``name`` (an unknown one too) out of the config file; returns whether it was there.

    Raises SettingsError when the file would be wrong without it in a way it was not before.
    """
    document = _open(config_file)
    before = check_table(document.unwrap(), f"config file {config_file}")
    section, dot, field = name.strip().partition(".")
    if not dot:
        table: object = document
        field = section
    else:
        table = document.get(section)
    if not isinstance(table, dict) or field not in table:
        if before:
            raise SettingsError(before)
        if name not in all_keys():
            find_key(name)
        return False
    del table[field]
    if dot and not table:
        del document[section]
    after = check_table(document.unwrap(), f"config file {config_file}")
    new = [problem for problem in after if problem not in before]
    if new:
        raise SettingsError(new)
    write_private(config_file, document.as_string())
    return True


def export_text(config_file: Path, *, with_secrets: bool) -> str:
    """The config file as it is; without ``with_secrets`` every token and API key, in comments too, is ``MASK``."""
    document = _open(config_file)
    if with_secrets:
        return document.as_string()
    for section, field in _secrets(document):
        document[section][field] = MASK
    return _SECRET_IN_COMMENT.sub(rf'\1"{MASK}"', document.as_string())


def import_file(config_file: Path, new_file: Path) -> Path | None:
    """Replaces the config file by ``new_file`` once that is known to be valid; returns where the old one was kept.

    A secret that is ``MASK`` in ``new_file`` keeps its present value, or goes when there is none.
    """
    if not new_file.is_file():
        raise UsageError(f"There is no file {new_file}.")
    document = _open(new_file)
    present = read_file(config_file)
    for section, field in _secrets(document):
        if document[section][field] != MASK:
            continue
        held = present.get(section)
        if isinstance(held, dict) and field in held:
            document[section][field] = held[field]
        else:
            del document[section][field]
    _check(document, new_file)
    kept = None
    if config_file.is_file():
        kept = config_file.with_name(config_file.name + ".bak")
        write_private(kept, config_file.read_text("utf-8-sig"))
    write_private(config_file, document.as_string())
    return kept


def _secrets(document: Mapping[str, object]) -> list[tuple[str, str]]:
    """Where the document holds something under the name of a secret, wherever its section is."""
    names = _SECRET_NAMES.split("|")
    return [
        (section, field)
        for section, content in document.items()
        if isinstance(content, dict)
        for field in content
        if field in names
    ]


def _open(config_file: Path) -> TOMLDocument:
    """The file with its comments; ``read_file`` names what is wrong with one that cannot be read."""
    import tomlkit

    read_file(config_file)
    with contextlib.suppress(FileNotFoundError):
        return tomlkit.parse(config_file.read_text("utf-8-sig"))
    return tomlkit.document()


def _check(document: TOMLDocument, config_file: Path) -> None:
    problems = check_table(document.unwrap(), f"config file {config_file}")
    if problems:
        raise SettingsError(problems, "Nothing was written.")
