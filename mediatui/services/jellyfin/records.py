"""Answers of Jellyfin as records, read leniently. Numbers are points of NOTES.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mediatui.model.media_server import LibraryKind, ServerItem, ServerKind, ServerLibrary, ServerUser, Watched
from mediatui.services.fields import as_text, epoch, objects, whole

TICKS: Final = 10_000_000
"""Jellyfin's ticks in a second."""
_KINDS: Final[Mapping[object, ServerKind]] = {
    "Movie": "film", "Series": "series", "Season": "season", "Episode": "episode",
}  # fmt: skip
TYPES: Final[Mapping[LibraryKind, str]] = {
    "films": "Movie", "series": "Series,Season,Episode", "other": "Movie,Series,Season,Episode",
}  # fmt: skip
"""The types of items that are asked for, by the kind of a library."""
_LIBRARIES: Final[Mapping[object, LibraryKind]] = {"movies": "films", "tvshows": "series"}
_ID: Final = re.compile(r"[0-9a-f]{32}")
_FINE: Final = re.compile(r"(\.\d{6})\d+")


@dataclass(frozen=True, slots=True)
class JellyfinStatus:
    """Which program answers; ``is_up``: it has come up (3)."""

    product: str
    version: str
    name: str
    is_up: bool


def read_status(value: object) -> JellyfinStatus:
    """The program; raises ValueError for what is no status."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    is_up = "Version" in value
    given = value if is_up else {name[:1].upper() + name[1:]: one for name, one in value.items()}
    return JellyfinStatus(_text(given, "ProductName"), _text(given, "Version"), _text(given, "ServerName"), is_up)


def read_libraries(value: object) -> list[ServerLibrary]:
    """The libraries that have an id and a folder; raises ValueError for what is no list."""
    found = []
    for row in _rows(value):
        places = row.get("Locations")
        locations = tuple(one for one in places if isinstance(one, str) and one) if isinstance(places, list) else ()
        if (key := read_id(row.get("ItemId"))) and locations:
            kind = _LIBRARIES.get(row.get("CollectionType"), "other")
            found.append(ServerLibrary(key, _text(row, "Name"), kind, locations))
    return found


def read_users(value: object) -> list[ServerUser]:
    """The users, administrators first; raises ValueError for what is no list."""
    found = []
    for row in _rows(value):
        policy = row.get("Policy")
        is_admin = isinstance(policy, dict) and policy.get("IsAdministrator") is True
        if number := read_id(row.get("Id")):
            found.append(ServerUser(number, _text(row, "Name"), is_admin))
    return sorted(found, key=lambda user: not user.is_admin)


def read_page(value: object) -> tuple[list[object], int]:
    """The rows of a page of items, and how many there are in all; raises ValueError for what is no page."""
    if not isinstance(value, dict) or not isinstance(value.get("Items"), list):
        raise ValueError("not a page of items")
    return value["Items"], whole(value.get("TotalRecordCount"))


def read_item(row: object, library: str = "", types: str = "") -> ServerItem | None:
    """A film, series, season or episode; None for anything else, for another of the ``types`` than were asked for, and
    for what has no path (5, 10)."""
    if not isinstance(row, dict):
        return None
    kind, number, path = _KINDS.get(row.get("Type")), read_id(row.get("Id")), row.get("Path")
    if types and row.get("Type") not in types.split(","):
        return None
    if kind is None or not number or not isinstance(path, str) or not path or row.get("LocationType") == "Virtual":
        return None
    given = (one.get("Path") for one in objects(row.get("MediaSources")))
    sources = tuple(one for one in given if isinstance(one, str) and one)
    is_read = kind in ("series", "season") or bool(whole(row.get("RunTimeTicks")))
    name, dated_at = _text(row, "Name"), _moment(row.get("DateCreated"))
    return ServerItem(number, kind, name, path, library, sources, is_read, dated_at)


def read_watched(value: object) -> Watched:
    """What a user has seen; raises ValueError for what is no such record."""
    if not isinstance(value, dict) or not isinstance(value.get("Played"), bool):
        raise ValueError("not what a user has seen")
    position_s = whole(value.get("PlaybackPositionTicks")) / TICKS
    return Watched(value["Played"], position_s, whole(value.get("PlayCount")), _moment(value.get("LastPlayedDate")),
                   value.get("IsFavorite") is True)  # fmt: skip


def read_seen(row: object) -> tuple[str, Watched | None]:
    """The id of an item in a list, and what the user of the list has seen of it; None where the row does not say."""
    if not isinstance(row, dict) or row.get("Type") not in ("Movie", "Episode"):
        return "", None
    try:
        return read_id(row.get("Id")), read_watched(row.get("UserData"))
    except ValueError:
        return "", None


def read_delay(value: object) -> float:
    """``LibraryMonitorDelay`` in seconds; raises ValueError where it is not said."""
    if not isinstance(value, dict) or not isinstance(value.get("LibraryMonitorDelay"), int | float):
        raise ValueError("no delay")
    return float(value["LibraryMonitorDelay"])


def read_scanning(value: object) -> bool:
    """Whether the task that reads whole libraries runs; raises ValueError for what is no list of tasks."""
    return any(row.get("Key") == "RefreshLibrary" and row.get("State") != "Idle" for row in _rows(value))


def read_id(value: object) -> str:
    """An id without dashes; empty for what is none."""
    text = value.replace("-", "").lower() if isinstance(value, str) else ""
    return text if _ID.fullmatch(text) else ""


def _moment(value: object) -> float | None:
    """A time with up to seven digits behind its seconds, as epoch seconds."""
    seconds = epoch(_FINE.sub(r"\1", value) if isinstance(value, str) else value)
    return None if seconds is None else float(seconds)


def _rows(value: object) -> Iterator[Mapping[str, object]]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return objects(value)


def _text(row: Mapping[str, object], name: str) -> str:
    return str(as_text(row.get(name)))
