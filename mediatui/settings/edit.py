"""Changing the config file: comments kept, checked as a whole before it is written, readable by its owner only."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from mediatui.model.address import without_keys
from mediatui.model.arr import ARR_TITLES
from mediatui.model.errors import UsageError
from mediatui.model.text import printable
from mediatui.settings.config_file import SettingsError, read_file
from mediatui.settings.keys import MASK, SettingKey, all_keys, suggestion
from mediatui.settings.model import REAL_DEBRID_URL, RealDebridSettings, Settings
from mediatui.settings.secret_rules import without_blanks, wrong_secret
from mediatui.settings.sources import check_table, parse_text
from mediatui.system.private_files import write_private

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_SECRET_NAMES: Final = "|".join(key.field for key in all_keys().values() if key.secret)
_SECRET_IN_COMMENT: Final = re.compile(rf"^(\s*#.*\b(?:{_SECRET_NAMES})\b\s*[=:]\s*)\S.*$", re.MULTILINE)


def find_key(name: str) -> SettingKey:
    """The key called ``name``, which may contain the name of a service (``sonarr.anime.url``); raises SettingsError
    with a suggestion."""
    name = name.strip().lower()
    section, _, rest = name.partition(".")
    service, _, field = rest.rpartition(".")
    key = all_keys().get(f"{section}.{field}" if service and section in ARR_TITLES else name)
    if key is None:
        raise SettingsError([f"There is no setting {printable(name)}. {suggestion(name)}"])
    if service and not re.fullmatch("[a-z0-9-]+", service):
        allowed = all_keys()[f"{section}.name"].allowed
        raise SettingsError([f"{printable(service)} is not the name of a service; allowed is {allowed}."])
    return replace(key, name=name)


def set_value(config_file: Path, name: str, text: str) -> bool:
    """Sets the key ``name`` to the value of ``text`` (lists and tables are JSON) in the config file, which is created
    when missing; returns whether that added a service. Raises SettingsError and writes nothing when the file would not
    be valid."""
    import tomlkit
    from tomlkit.items import Table

    key = find_key(name)
    document = _open(config_file)
    table, added = _table_for(document, key)
    if not isinstance(table, MutableMapping):
        raise SettingsError([f"{key.section} is a section, not a value (config file {config_file})."])
    value = parse_text(key, without_blanks(text) if key.secret else text)
    if key.kind in ("list", "table") and isinstance(value, str):
        raise SettingsError(
            [f"{key.name} = {printable(text)} is not JSON; allowed is {key.allowed}."],
            """As JSON a list is '["one", "two"]', a table '{"name": "value"}'. Nothing was written.""",
        )
    if value is None:
        raise SettingsError([f"{key.name} = null is not allowed; allowed is {key.allowed}."])
    table[key.field] = value
    if isinstance(table, Table) and added:
        table.add(tomlkit.nl())
    _check(document, config_file)
    _check_secrets(document, [(key.name, key.field, value)])
    write_private(config_file, document.as_string())
    return added


def unset_value(config_file: Path, name: str) -> bool:
    """Removes the key ``name`` (even an unknown one), a section or a service (``sonarr.anime``) from the config file;
    returns whether it was there.

    Raises SettingsError when the file would have an error without it that it does not have now.
    """
    document = _open(config_file)
    before = check_table(document.unwrap(), f"config file {config_file}")
    if not _take_out(document, name.strip()):
        if before:
            raise SettingsError(before)
        if name not in all_keys():
            find_key(name)
        return False
    after = check_table(document.unwrap(), f"config file {config_file}")
    new = [problem for problem in after if problem not in before]
    if new:
        raise SettingsError(new)
    write_private(config_file, document.as_string())
    return True


def _table_for(document: TOMLDocument, key: SettingKey) -> tuple[object, bool]:
    """The table to write a key in, created when missing, and whether that adds a service."""
    import tomlkit

    if key.section not in document and key.service in ("", key.section):
        document.add(key.section, tomlkit.table())
    if key.section not in ARR_TITLES:
        return document[key.section], False
    held = services_in(document, key.section)
    table = _find(held, key.section, key.service)
    if table is not None or (not held and key.section in document):
        return (document[key.section] if table is None else table), False
    if not key.service:
        names = ", ".join(f"{key.section}.{name}.{key.field}" for name in held)
        raise SettingsError([f"There are {len(held):,} services in {key.section}; say which is meant: {names}."])
    return _add_service(document, key.section, key.service), True


def services_in(table: Mapping[str, object], kind: str) -> dict[str, MutableMapping[str, object]]:
    """The tables of the services of a kind in a config file, by their names; a single one without a name is called by
    the word of its kind."""
    content = table.get(kind)
    tables = content if isinstance(content, list) else [content]
    held = [table for table in tables if isinstance(table, MutableMapping)]
    return {str(table.get("name") or (kind if len(held) == 1 else "")): table for table in held}


def _find(
    held: Mapping[str, MutableMapping[str, object]], kind: str, service: str
) -> MutableMapping[str, object] | None:
    """The table of a service; without a name that of the service named like its kind, or of the only one."""
    if not service and kind not in held and len(held) == 1:
        return next(iter(held.values()))
    return held.get(service or kind)


def _add_service(document: TOMLDocument, kind: str, name: str) -> MutableMapping[str, object]:
    """Adds a table for a service; a single table becomes the first of several, its comments kept."""
    import tomlkit
    from tomlkit.items import AoT, Array, Table

    content = document.get(kind)
    if isinstance(content, Array):
        inline = tomlkit.inline_table()
        inline["name"] = name
        content.append(inline)
        return cast("MutableMapping[str, object]", content[-1])
    several = content if isinstance(content, AoT) else tomlkit.aot()
    for former, table in services_in(document, kind).items() if several is not content or len(several) == 1 else ():
        table["name"] = former
        if several is not content:
            several.append(table if isinstance(table, Table) else tomlkit.item(dict(table)))
    new = tomlkit.table()
    new["name"] = name
    several.append(new)
    document[kind] = several
    return new


def _take_out(document: TOMLDocument, name: str) -> bool:
    """Removes a key, a section or a service from the document; returns whether it was there."""
    section, dot, rest = name.partition(".")
    if not dot:
        return document.pop(section, None) is not None
    table: object = document.get(section)
    if section in ARR_TITLES:
        held = services_in(document, section)
        service, _, field = rest.rpartition(".")
        if not service and field in held and isinstance(table, list):
            table.remove(held[field])
            if not table:
                del document[section]
            return True
        table, rest = _find(held, section, service), field
    if not isinstance(table, MutableMapping) or rest not in table:
        return False
    del table[rest]
    if not table and table is document.get(section):
        del document[section]
    return True


def export_text(config_file: Path, *, with_secrets: bool) -> str:
    """The config file as it is; without ``with_secrets`` every token and API key, in comments and in addresses too, is
    ``MASK``."""
    document = _open(config_file)
    if with_secrets:
        return document.as_string()
    for _, table, field in _secrets(document):
        table[field] = MASK
    return without_keys(_SECRET_IN_COMMENT.sub(rf'\1"{MASK}"', document.as_string()))


def import_file(config_file: Path, new_file: Path, *, replace: bool = False) -> Path | None:
    """Takes over the settings of ``new_file`` if the result is valid; returns the path of the kept old file.

    What the file does not name stays as it is, also services of other names; with ``replace`` the config file is the
    new one. A secret that is ``MASK`` in ``new_file`` keeps its present value, or is removed when there is none.
    """
    if not new_file.is_file():
        raise UsageError(f"There is no file {new_file}.")
    document = _open(new_file)
    present = read_file(config_file)
    taken: list[tuple[str, str, object]] = []
    for section, table, field in _secrets(document):
        held = _present(present, section, table)
        now = held.get(field) if isinstance(held, Mapping) else None
        if table[field] != MASK:
            if table[field] != now:
                taken.append((f"{section}.{field}", field, table[field]))
        elif now is not None:
            table[field] = now
        else:
            del table[field]
    _check(document, new_file)
    if not replace and config_file.is_file():
        new, document = document, _open(config_file)
        _merge(document, new)
        _check(document, config_file)
    _check_secrets(document, taken)
    return _keep_and_write(config_file, document.as_string())


def reset(config_file: Path, section: str = "") -> Path | None:
    """Takes every setting of ``section`` (of a service: ``sonarr.anime``) out of the config file, or without one every
    setting there is, comments too; returns the path of the kept old file, None when nothing was set there. Raises
    SettingsError for an unknown section, and when the rest would not be valid."""
    section = section.strip().lower()
    name, dot, _ = section.partition(".")
    if section and (name not in Settings.model_fields or (dot and name not in ARR_TITLES)):
        raise SettingsError([f"There is no section {printable(section)}. {suggestion(name)}"])
    if not config_file.is_file():
        return None
    if not section:
        return _keep_and_write(config_file, "") if config_file.stat().st_size else None
    document = _open(config_file)
    if not _take_out(document, section):
        return None
    _check(document, config_file)
    return _keep_and_write(config_file, document.as_string())


def _keep_and_write(config_file: Path, text: str) -> Path | None:
    """Writes a new config file; returns the path the old one is kept at, None when there was none."""
    kept = None
    if config_file.is_file():
        kept = config_file.with_name(config_file.name + ".bak")
        write_private(kept, config_file.read_text("utf-8-sig"))
    write_private(config_file, text)
    return kept


def _merge(document: TOMLDocument, new: TOMLDocument) -> None:
    """Sets in the document what ``new`` has, key by key, and service by service."""
    for section, content in new.items():
        if section in ARR_TITLES:
            for service, table in services_in(new, section).items():
                held = services_in(document, section)
                target = _find(held, section, service) if held else None
                if target is None and not held:
                    document[section] = content
                    break
                (_add_service(document, section, service) if target is None else target).update(table)
        elif isinstance(content, MutableMapping) and isinstance(document.get(section), MutableMapping):
            cast("MutableMapping[str, object]", document[section]).update(content)
        else:
            document[section] = content


def _check_secrets(document: TOMLDocument, secrets: Iterable[tuple[str, str, object]]) -> None:
    """Raises SettingsError for new secrets, each a name, a field and a value, that cannot be any."""
    realdebrid = document.unwrap().get("realdebrid", {})
    of_real_debrid = RealDebridSettings(base_url=realdebrid.get("base_url", REAL_DEBRID_URL)).is_real_debrid
    problems = [
        f"{name} {fault}."
        for name, field, value in secrets
        if value
        and (fault := wrong_secret(field, str(value), of_real_debrid=of_real_debrid and name == "realdebrid.token"))
    ]
    if problems:
        raise SettingsError(problems, "Nothing was written.")


def _secrets(document: TOMLDocument) -> list[tuple[str, MutableMapping[str, object], str]]:
    """The secrets of the document, also in unknown sections, as section, table and field."""
    names = _SECRET_NAMES.split("|")
    return [
        (section, table, field)
        for section, content in document.items()
        for table in (content if isinstance(content, list) else [content])
        if isinstance(table, MutableMapping)
        for field in table
        if field in names
    ]


def _present(present: Mapping[str, object], section: str, table: Mapping[str, object]) -> object:
    """The section of the present file, or among several services the one, that corresponds to a table of the new
    file."""
    if section not in ARR_TITLES:
        return present.get(section)
    return _find(services_in(present, section), section, str(table.get("name") or ""))


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
