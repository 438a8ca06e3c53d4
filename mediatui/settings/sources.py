"""Reading the settings: environment over config file over the login of this device over Redriva's names over defaults.

The options of the command line come first, as ``overrides``. The origin of every value is kept, so that an error can
name it.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from mediatui.model.address import without_keys
from mediatui.model.arr import ARR_TITLES
from mediatui.model.secrets import keep_secret
from mediatui.model.text import cut_middle, join_words, printable
from mediatui.settings.config_file import SettingsError, flatten, read_file
from mediatui.settings.keys import SettingKey, all_keys, suggestion
from mediatui.settings.login import ORIGIN, BadLogin, LoginFile
from mediatui.settings.model import Settings
from mediatui.settings.redriva import REDRIVA_NAMES, dotenv_files, token_files
from mediatui.system.files import NotAFile

PREFIX: Final = "MEDIATUI_"
TOKEN_KEY: Final = "realdebrid.token"
_SHOWN = 80
_ABOUT_SEVERAL: Final = {"staging_folder": "staging.folder", "path_rule_service": "paths.rules"}
"""Errors that settings of several sections have together, by the one that is to be changed."""
MOST_PROBLEMS = 20
"""At most so many wrong settings are explained; the others are counted."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings of a run, and for every key that is not a default where its value came from."""

    settings: Settings
    origins: Mapping[str, str]
    login: LoginFile | None = None
    """Where the token is kept when it is that of a login."""
    token_set: str = ""
    """Where a token is set that comes before any login; empty when none is."""


@dataclass(slots=True)
class _Gathered:
    """Values and origins by dotted key; a section that is not a table, or is a list of services, is kept whole under
    its name."""

    values: dict[str, object]
    origins: dict[str, str]
    problems: list[str]

    def add(self, name: str, value: object, origin: str) -> None:
        """Adds a value, unless an earlier source has set it or its whole section."""
        if name not in self.values and name.partition(".")[0] not in self.values:
            self.values[name] = value
            self.origins[name] = origin

    def has_token(self) -> bool:
        """Whether there is a token so far."""
        return bool(str(self.values.get(TOKEN_KEY) or "").strip())

    def services(self, kind: str) -> list[object]:
        """The services of a kind that were given as a list; empty when there is at most one, given key by key."""
        whole = self.values.get(kind)
        return whole if isinstance(whole, list) else []

    def mixed(self) -> Iterator[str]:
        """A sentence for every key of a single service when another source gives a list of services."""
        for kind in ARR_TITLES:
            for name in self.values if self.services(kind) else ():
                if name.startswith(f"{kind}."):
                    yield (
                        f"{name} ({self.origins[name]}) is for the only {ARR_TITLES[kind]}, but {self.origins[kind]} "
                        f"has {len(self.services(kind)):,}. Set it there, or give all of them as JSON in "
                        f"{PREFIX}{kind.upper()}."
                    )


def load_settings(
    config_file: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    folder: Path | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """The settings of a run; see ``load``."""
    return load(config_file, environ=environ, folder=folder, overrides=overrides).settings


def load(
    config_file: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    folder: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    origin: str = "command line",
) -> Loaded:
    """The settings of a run and their origins; a missing config file counts as empty.

    ``overrides`` (dotted key to value) win over everything, and come from ``origin``; ``folder`` is searched for
    Redriva's ``.env`` (default: the working directory). Raises SettingsError.
    """
    gathered = _Gathered({}, {}, [])
    for name, value in (overrides or {}).items():
        gathered.add(name, value, origin)
    _add_environment(gathered, environ)
    for name, value in flatten(read_file(config_file)):
        gathered.add(name, value, f"config file {config_file}")
    token_set = gathered.origins[TOKEN_KEY] if gathered.has_token() else ""
    login = None if token_set else _add_login(gathered, config_file)
    _add_redriva(gathered, environ, folder or Path.cwd())
    settings, problems = _validate(gathered)
    problems = gathered.problems + problems
    if settings is None or problems:
        raise SettingsError(problems)
    for secret in _secrets(settings):
        keep_secret(secret)
    return Loaded(settings, gathered.origins | _origins_of_services(settings, gathered), login, token_set)


def check_table(table: Mapping[str, object], origin: str) -> list[str]:
    """A sentence for every error in the content of a config file; empty when there is none."""
    gathered = _Gathered({}, {}, [])
    for name, value in flatten(table):
        gathered.add(name, value, origin)
    return _validate(gathered)[1]


def parse_text(key: SettingKey, text: str) -> object:
    """The value that ``text`` (from the environment or the command line) means for ``key``; lists and tables are JSON.
    Text that cannot be read as one is returned unchanged, for the validation to report."""
    text = text if key.kind in ("text", "secret") else text.strip()
    try:
        if key.kind in ("list", "table"):
            return json.loads(text)
        if key.kind == "whole":
            return int(text)
        if key.kind == "number":
            return float(text)
    except (ValueError, RecursionError):
        return text
    if key.kind == "truth":
        return {"true": True, "false": False}.get(text.lower(), text)
    return text


def _add_environment(gathered: _Gathered, environ: Mapping[str, str]) -> None:
    """Reads every ``MEDIATUI_SECTION__KEY``; an empty one counts as unset, because compose files often leave it
    empty."""
    known = {key.environment_name: key for key in all_keys().values()}
    for kind in ARR_TITLES:
        _add_services(gathered, environ, kind)
    for name, text in environ.items():
        if not name.startswith(PREFIX) or "__" not in name:
            continue
        key = known.get(name)
        if key is None:
            dotted = name.removeprefix(PREFIX).lower().replace("__", ".", 1)
            near = suggestion(dotted)
            gathered.problems.append(f"The environment variable {printable(name)} sets nothing. {near}")
        elif text:
            gathered.add(key.name, parse_text(key, text), f"environment variable {name}")


def _add_services(gathered: _Gathered, environ: Mapping[str, str], kind: str) -> None:
    """Reads ``MEDIATUI_SONARR``: all Sonarrs as a JSON list, replacing those of the config file."""
    name = f"{PREFIX}{kind.upper()}"
    text = environ.get(name, "").strip()
    if not text:
        return
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    services = [value] if isinstance(value, dict) else value
    if not isinstance(services, list) or not all(isinstance(entry, dict) for entry in services):
        gathered.problems.append(
            f"The environment variable {name} is not a list of services; allowed is JSON such as "
            f'[{{"name": "{kind}", "url": "http://host:8989"}}].'
        )
        return
    if also := sorted(variable for variable in environ if variable.startswith(f"{name}__") and environ[variable]):
        gathered.problems.append(
            f"{name} and {', '.join(map(printable, also))} are both set in the environment; {name} alone sets every "
            f"{ARR_TITLES[kind]}."  # type: ignore[index]  # a kind
        )
        return
    if kind not in gathered.values and not any(key.startswith(f"{kind}.") for key in gathered.values):
        gathered.add(kind, services, f"environment variable {name}")


def _add_login(gathered: _Gathered, config_file: Path) -> LoginFile | None:
    """Takes the token of the login, if there is one; returns the file it is from. A login that cannot be read counts as
    none: ``doctor`` says so."""
    file = LoginFile(config_file)
    with contextlib.suppress(BadLogin):
        login = file.read()
        if login is not None and not login.ended:
            gathered.values[TOKEN_KEY], gathered.origins[TOKEN_KEY] = login.access_token, ORIGIN
            return file
    return None


def _add_redriva(gathered: _Gathered, environ: Mapping[str, str], folder: Path) -> None:
    """Reads Redriva's names; a number outside of the allowed range is brought to its nearest end, because some of
    Redriva's defaults are outside."""
    for values, place in ((environ, "environment variable {}"), *_dotenv_files(folder)):
        for old, name in REDRIVA_NAMES.items():
            text = values.get(old, "").strip()
            if not text:
                continue
            key = all_keys()[name]
            value = parse_text(key, text)
            origin = place.format(old)
            if isinstance(value, int | float) and math.isfinite(value):
                within = min(max(value, key.low or 0), key.high or value)
                if within != value:
                    origin += f", brought from {text} to {within:g}"
                    value = int(within) if key.kind == "whole" else within
            gathered.add(name, value, origin)
    if not gathered.has_token():
        for file, token in token_files(folder):
            gathered.values[TOKEN_KEY], gathered.origins[TOKEN_KEY] = token, str(file)
            break


def _dotenv_files(folder: Path) -> Iterator[tuple[Mapping[str, str], str]]:
    try:
        yield from dotenv_files(folder)
    except NotAFile as error:
        raise SettingsError([error.message]) from None


def _validate(gathered: _Gathered) -> tuple[Settings | None, list[str]]:
    mixed = list(gathered.mixed())
    table: dict[str, object] = {}
    sections: dict[str, dict[str, object]] = {}
    for name, value in gathered.values.items():
        section, dot, field = name.partition(".")
        if not dot:
            table.setdefault(section, value)
        elif not gathered.services(section):
            table[section] = sections.setdefault(section, {})
            sections[section][field] = value
    try:
        return Settings.model_validate(table), mixed
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems = [_explain(detail, gathered) for detail in found[:MOST_PROBLEMS]]
        more = [f"{len(found) - len(problems):,} more are wrong."] if len(found) > len(problems) else []
        return None, list(dict.fromkeys((*mixed, *problems, *more)))


def _origins_of_services(settings: Settings, gathered: _Gathered) -> dict[str, str]:
    """The origins of the keys of services that were given as a list."""
    found: dict[str, str] = {}
    for kind in ARR_TITLES:
        listed = gathered.services(kind)
        services = [service for service in settings.services if service.kind == kind]
        for service, fields in zip(services, listed, strict=False):
            section = service.section if len(listed) > 1 else kind
            for field in fields if isinstance(fields, dict) else ():
                found[f"{section}.{field}"] = gathered.origins[kind]
    return found


def _secrets(value: object) -> Iterator[str]:
    """Every secret in a part of the settings."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value().strip()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name))
    elif isinstance(value, list):
        for entry in value:
            yield from _secrets(entry)


def _explain(detail: ErrorDetails, gathered: _Gathered) -> str:
    """One sentence: the key, the value unless it may be a secret, what is allowed, the origin."""
    where = [str(part) for part in detail["loc"]]
    if detail["type"] == "short_window":
        where.append("window_s")
    name, shown, inside = _place(where, gathered)
    origin = gathered.origins.get(name) or gathered.origins.get(where[0] if where else "", "")
    source = f" ({origin})" if origin else ""
    if about := _ABOUT_SEVERAL.get(detail["type"]):
        return f"{detail['msg']} ({gathered.origins.get(about, 'default')})."
    if detail["type"] == "service_name":
        return f"{_about_names(where, gathered)}: {detail['msg']}."
    key = all_keys().get(name)
    if key is None:
        if name in Settings.model_fields:
            return f"{shown} is a section, not a value{source}: write it as [{shown}]."
        if name.partition(".")[0] in ARR_TITLES and isinstance(detail["input"], dict):
            section = name.partition(".")[0]
            return f"There is no setting {shown}{source}. Several are written as [[{section}]], each with a name."
        return f"There is no setting {shown}{source}. {suggestion(name)}"
    if detail["type"] in ("short_window", "plain_address", "path_rules"):
        allowed = detail["msg"]
    else:
        allowed = key.allowed + (" (as JSON)" if key.kind in ("list", "table") and "variable" in source else "")
    value = "" if key.secret else f" = {_shown(gathered.values.get(name, detail['input']))}"
    wrong_at = f", wrong at {printable(_inside(inside))}" if inside else ""
    return f"{shown}{value}{wrong_at} is not allowed{source}; allowed is {allowed}."


def _place(where: Sequence[str], gathered: _Gathered) -> tuple[str, str, list[str]]:
    """For the place of an error: the key, the key for people, and the place inside its value."""
    section = where[0] if where else ""
    if section not in ARR_TITLES or len(where) < 3:
        name = ".".join(where[:1] if section in ARR_TITLES else where[:2])
        return name, printable(name), list(where[2:])
    listed = gathered.services(section)
    fields = listed[int(where[1])] if int(where[1]) < len(listed) else {}
    service = fields.get("name") if len(listed) > 1 and isinstance(fields, dict) else None
    name = f"{section}.{where[2]}"
    return name, printable(f"{section}.{service}.{where[2]}" if service else name), list(where[3:])


def _about_names(where: Sequence[str], gathered: _Gathered) -> str:
    """The settings whose names are wrong, and where they come from."""
    kinds = [kind for kind in ARR_TITLES if not where or where[0] == kind]
    origins = sorted(
        {
            origin
            for name, origin in gathered.origins.items()
            if name.partition(".")[0] in kinds and (gathered.services(name) or name.endswith(".name"))
        }
    )
    return join_words(kinds) + (f" ({', '.join(origins)})" if origins else "")


def _inside(where: list[str]) -> str:
    """The place inside a list or table: ``entry 2, theirs``."""
    return ", ".join(f"entry {int(part) + 1}" if part.isdigit() else part for part in where)


def _shown(value: object) -> str:
    try:
        text = without_keys(json.dumps(value, ensure_ascii=False, default=str))
    except (ValueError, RecursionError):  # more digits than Python writes, or nested without end
        text = "…"
    return cut_middle(printable(text), _SHOWN)
