"""The types of values of settings: how text becomes one, and what is allowed, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from mediatui.model.languages import LONG, short_language
from mediatui.model.path_map import read_folder
from mediatui.model.seedbox_address import read_seedbox_address

ROUTES = ("debrid", "seedbox", "arr")
PREFERENCES = ("languages", "resolutions", "sources", "groups")


@dataclass(frozen=True, slots=True)
class Allowed:
    """The allowed values in words, for types whose range is not in their annotation."""

    text: str


def _absolute(path: Path) -> Path:
    try:
        path = path.expanduser()
    except RuntimeError as error:
        raise ValueError(str(error)) from None
    if not path.is_absolute():
        raise ValueError("the path is not absolute")
    return path


def _path_or_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _absolute_or_none(path: Path | None) -> Path | None:
    return None if path is None else _absolute(path)


def _view(text: str) -> str:
    """A folder below a mount, without slashes at its ends."""
    view = text.strip().strip("/")
    if any(part in ("", ".", "..") for part in view.split("/")) and view:
        raise ValueError("not a folder below a mount")
    return view


def _folder_there(text: str) -> str:
    """A path of some machine, as it is written."""
    if read_folder(text) is None or "\0" in text:
        raise ValueError("not an absolute path")
    return text


def _remote_folder(text: str) -> str:
    """A folder of the seedbox, without slashes at its end; never the whole of it."""
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if not text.startswith("/") or "\0" in text or ".." in parts or not parts:
        raise ValueError("not an absolute path")
    return "/" + "/".join(parts)


def _url(text: str) -> str:
    text = text.strip().rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(char.isspace() for char in text):
        raise ValueError("not an address")
    if parts.username is not None or parts.query or parts.fragment:
        raise PydanticCustomError(
            "plain_address",
            "an address without user name, key or anything behind a ? or # (a key has a setting of its own)",
        )
    _ = parts.port  # raises ValueError for a port that is none
    return text


def _seedbox_url(text: str) -> str:
    text = text.strip().rstrip("/")
    if not text:
        return ""
    if "@" in urlsplit(text).netloc:
        raise PydanticCustomError(
            "plain_address", "an address without user name and password (they have settings of their own)"
        )
    return read_seedbox_address(text).text


def _url_or_empty(text: str) -> str:
    return _url(text) if text.strip() else ""


def _tag_label(text: str) -> str:
    label = text.strip().lower()
    if not re.fullmatch(r"[a-z0-9-]+", label):
        raise ValueError
    return label


def _service_name(text: str) -> str:
    if not re.fullmatch("[a-z0-9-]+", text):
        raise ValueError("not a name")
    return text


def _ssh_host(text: str) -> str:
    text = text.strip()
    if not re.fullmatch(r"[\w.:-]*", text) or text.startswith("-"):
        raise ValueError("not a host")
    return text


def _extension(text: str) -> str:
    text = text.strip().lower().removeprefix(".")
    if not text.isalnum():
        raise ValueError("not an extension")
    return text


def _language(text: str) -> str:
    text = text.strip().lower()
    if not re.fullmatch("[a-z0-9]{2,20}", text):
        raise ValueError("not a language")
    return text


def _language_code(text: str) -> str:
    code = short_language(text)
    if code not in LONG:
        raise ValueError("not a language")
    return code


def _preferences(value: object) -> object:
    """Lists as texts; raises for what cannot be preferred."""
    if not isinstance(value, dict):
        return value
    if unknown := [name for name in value if name not in PREFERENCES]:
        raise PydanticCustomError(
            "preference", "{names}, not {unknown}", {"names": ", ".join(PREFERENCES), "unknown": str(unknown[0])}
        )
    return {name: ", ".join(map(str, one)) if isinstance(one, list) else one for name, one in value.items()}


def _routes(value: object) -> object:
    """A route for each name; raises for another word."""
    if isinstance(value, dict):
        for name, route in value.items():
            if route not in ROUTES:
                raise PydanticCustomError(
                    "route", "{routes}, not {route} for {name}",
                    {"routes": ", ".join(ROUTES), "route": str(route), "name": str(name)},
                )  # fmt: skip
    return value


AbsolutePath = Annotated[Path, AfterValidator(_absolute), Allowed("an absolute path")]
OptionalPath = Annotated[
    Path | None,
    BeforeValidator(_path_or_none),
    AfterValidator(_absolute_or_none),
    Allowed("an absolute path; empty is none"),
]
ViewName = Annotated[str, AfterValidator(_view), Allowed("a folder below a mount; empty finds it")]
RemoteFolder = Annotated[str, AfterValidator(_remote_folder), Allowed("an absolute path such as /home/bob/data")]
RulePath = Annotated[str, AfterValidator(_folder_there)]
Url = Annotated[str, AfterValidator(_url), Allowed("an address such as https://host:port/path")]
OptionalUrl = Annotated[str, AfterValidator(_url_or_empty), Allowed("an address such as http://host:8989")]
ProwlarrUrl = Annotated[str, AfterValidator(_url_or_empty), Allowed("an address such as http://host:9696")]
MediaServerUrl = Annotated[str, AfterValidator(_url_or_empty), Allowed("an address such as http://host:8096")]
PlexUrl = Annotated[str, AfterValidator(_url_or_empty), Allowed("an address such as http://host:32400")]
SeedboxUrl = Annotated[
    str,
    AfterValidator(_seedbox_url),
    Allowed("an address: scgi://host:port, scgi:///path/of/socket, ssh+scgi:///path/of/socket, https://host/RPC2"),
]
SshHost = Annotated[str, AfterValidator(_ssh_host), Allowed("a host such as box.example.org, without user and port")]
ServiceName = Annotated[str, AfterValidator(_service_name), Allowed("a name of small letters, digits and hyphens")]
OptionalRcUrl = Annotated[str, AfterValidator(_url_or_empty), Allowed("an address such as http://127.0.0.1:5572")]
Language = Annotated[str, AfterValidator(_language), Allowed("a language such as fr, french or multi")]
LanguageCode = Annotated[str, AfterValidator(_language_code), Allowed("a language of two letters such as fr or en")]
TagLabel = Annotated[
    str, AfterValidator(_tag_label), Allowed("a label of letters a to z, digits and hyphens, as they write it")
]
IndexerName = Annotated[str, Allowed("the name of an indexer of Prowlarr")]
Preferences = Annotated[
    dict[str, str],
    BeforeValidator(_preferences),
    Allowed('a table such as {"languages": "multi, french", "resolutions": "1080p"}'),
]
Routes = Annotated[
    dict[str, str], BeforeValidator(_routes), Allowed('a table such as {"Alpha": "seedbox"}: debrid, seedbox or arr')
]
Extension = Annotated[str, AfterValidator(_extension), Allowed("a file extension such as mkv")]


def _template(text: str, needed: Sequence[str], known: Sequence[str]) -> str:
    """A name made of fields in braces, numbers with at most two digits behind a colon; raises ValueError for one that
    lacks a field or has an unknown one."""
    parts = [(name, form, convert) for _, name, form, convert in Formatter().parse(text) if name is not None]
    plain = all(
        not convert and (not form or _NUMBER_FORM.fullmatch(name + (form or ""))) for name, form, convert in parts
    )
    if "/" in text or not plain or not set(needed) <= {name for name, _, _ in parts} <= set(known):
        raise ValueError("not a name of these fields")
    return text.strip()


_EPISODE_FIELDS = ("title", "year", "season", "episode", "episode_title")
_NUMBER_FORM = re.compile(r"(?:season|episode)0?[0-9]d?")
FilmName = Annotated[
    str,
    AfterValidator(lambda text: _template(text, ("title",), ("title", "year"))),
    Allowed("a name with {title}, and {year} or not"),
]
EpisodeName = Annotated[
    str,
    AfterValidator(lambda text: _template(text, ("season", "episode"), _EPISODE_FIELDS)),
    Allowed("a name with {season:02} and {episode:02}, and {title}, {year}, {episode_title} or not"),
]
SeasonFolder = Annotated[
    str,
    AfterValidator(lambda text: _template(text, ("season",), ("season",))),
    Allowed("a name with {season} or {season:02}"),
]
