"""The keys of the settings: their allowed values, which are secret, and suggestions for misspelt ones."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, cast, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from mediatui.model.arr import ARR_TITLES
from mediatui.settings.model import Settings
from mediatui.settings.value_types import Allowed

MASK: Final = "********"


@dataclass(frozen=True, slots=True)
class EntryField:
    """A field of each entry of a list of tables."""

    name: str
    required: bool


@dataclass(frozen=True, slots=True)
class SettingKey:
    """A setting: ``name`` is dotted, ``kind`` how text becomes its value, ``low`` and ``high`` its range, ``choices``
    the only values it may have (empty: others too), ``fields`` those of the entries of a list of tables.

    With several services of a kind the service's name is in the middle: ``sonarr.anime.url``."""

    name: str
    kind: Literal["text", "secret", "truth", "whole", "number", "list", "table"]
    description: str
    allowed: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    fields: tuple[EntryField, ...] = ()

    @property
    def secret(self) -> bool:
        """Whether its value is never shown."""
        return self.kind == "secret"

    @property
    def section(self) -> str:
        """The section it is in."""
        return self.name.partition(".")[0]

    @property
    def service(self) -> str:
        """The name of its service; empty when it has none."""
        return self.name[len(self.section) + 1 : -len(self.field) - 1]

    @property
    def field(self) -> str:
        """Its own name in the section."""
        return self.name.rpartition(".")[2]

    @property
    def environment_name(self) -> str:
        """The environment variable that sets it; for a service with a name the variable of all services of its kind."""
        return "MEDIATUI_" + (self.section if self.service else self.name).upper().replace(".", "__")


@functools.cache
def all_keys() -> Mapping[str, SettingKey]:
    """Every key by its dotted name, in the order of the documentation."""
    found = (
        _describe(f"{section}.{name}", info)
        for section in Settings.model_fields
        for name, info in section_model(section).model_fields.items()
    )
    return {key.name: key for key in found}


def keys_of(settings: Settings) -> list[SettingKey]:
    """Every key of these settings, in the order of the documentation, service by service."""
    several = {kind: [service.section for service in settings.services if service.kind == kind] for kind in ARR_TITLES}
    sections = {kind: names for kind, names in several.items() if len(names) > 1}
    return [
        key if section == key.section else replace(key, name=f"{section}.{key.field}")
        for start in Settings.model_fields
        for section in sections.get(start, [start])  # type: ignore[call-overload]  # names of sections are texts
        for key in all_keys().values()
        if key.section == start
    ]


def section_model(name: str) -> type[BaseModel]:
    """The model of an existing section; for Sonarr and Radarr, of which there may be several, the model of each."""
    annotation = Settings.model_fields[name].annotation
    return cast("type[BaseModel]", get_args(annotation)[0] if get_origin(annotation) is tuple else annotation)


def plain_value(settings: Settings, name: str) -> object:
    """The value of a key in a form for JSON and TOML; a secret that is set is ``MASK``, an unset one empty. Raises
    UsageError for a key of an unknown service."""
    section, _, rest = name.partition(".")
    service, _, field = rest.rpartition(".")
    held = settings.arr(service or section) if section in ARR_TITLES else getattr(settings, section)
    value = getattr(held, field)
    if isinstance(value, SecretStr):
        return MASK if value.get_secret_value() else ""
    return _plain(value)


def default_value(key: SettingKey) -> object:
    """Its default, in the form of ``plain_value``; a secret has none, which is empty."""
    if key.secret:
        return ""
    return _plain(section_model(key.section).model_fields[key.field].get_default())


def _plain(value: object) -> object:
    if value is None:  # not set, and no default either
        return ""
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True, by_alias=True)
    return value if isinstance(value, bool | int | float | str | dict) else str(value)


def suggestion(name: str) -> str:
    """A sentence that suggests the key for a misspelt ``name``, or lists the keys of its section."""
    names = list(all_keys())
    section, _, field = name.partition(".")
    if not field:
        if name in Settings.model_fields:
            first = next(iter(section_model(name).model_fields), "")
            return f"It is a section: set one of its keys, as {name}.{first}."
        same = [known for known in names if known.partition(".")[2] == name]
        near = same or difflib.get_close_matches(name, Settings.model_fields, 1)
        return f"Did you mean {near[0]}?" if near else f"Sections: {', '.join(Settings.model_fields)}."
    near = difflib.get_close_matches(name, names, 1, 0.75)
    if near:
        return f"Did you mean {near[0]}?"
    if section in Settings.model_fields:
        return f"Keys of {section}: {', '.join(section_model(section).model_fields)}."
    return f"Sections: {', '.join(Settings.model_fields)}."


def _describe(name: str, info: FieldInfo) -> SettingKey:
    low = next((item.ge for item in info.metadata if hasattr(item, "ge")), None)
    high = next((item.le for item in info.metadata if hasattr(item, "le")), None)
    kind = _kind(info.annotation)
    allowed = _allowed(kind, info, low, high)
    return SettingKey(
        name, kind, info.description or "", allowed, cast("float | None", low), cast("float | None", high),
        get_args(info.annotation) if get_origin(info.annotation) is Literal else (), _fields(info.annotation),
    )  # fmt: skip


def _fields(annotation: object) -> tuple[EntryField, ...]:
    """The fields of the entries of a list of tables; empty for anything else."""
    entry = next(iter(get_args(annotation)), None) if get_origin(annotation) is list else None
    if not (isinstance(entry, type) and issubclass(entry, BaseModel)):
        return ()
    return tuple(EntryField(info.alias or name, info.is_required()) for name, info in entry.model_fields.items())


def _kind(annotation: object) -> Literal["text", "secret", "truth", "whole", "number", "list", "table"]:
    if annotation is SecretStr:
        return "secret"
    if annotation is bool:
        return "truth"
    if annotation in (int, int | None):
        return "whole"
    if annotation is float:
        return "number"
    if get_origin(annotation) is list:
        return "list"
    return "table" if get_origin(annotation) is dict else "text"


def _allowed(kind: str, info: FieldInfo, low: object, high: object) -> str:
    words = next((item.text for item in info.metadata if isinstance(item, Allowed)), "")
    if words:
        return words
    if get_origin(info.annotation) is Literal:
        return "one of " + ", ".join(get_args(info.annotation))
    if kind in ("whole", "number"):
        number = "a whole number" if kind == "whole" else "a number"
        return f"{number} from {low} to {high}"
    if kind == "list":
        return _allowed_entries(get_args(info.annotation)[0])
    return {"truth": "true or false", "table": "a table of texts"}.get(kind, "a text")


def _allowed_entries(entry: object) -> str:
    words = next((item.text for item in getattr(entry, "__metadata__", ()) if isinstance(item, Allowed)), "")
    if words:
        return f"a list, each {words}"
    fields = ", ".join(field.name for field in _fields(list[entry]))  # type: ignore[valid-type]  # a class
    return f"a list of paths or {{{fields}}}" if fields.startswith("path") else f"a list of {{{fields}}}"
