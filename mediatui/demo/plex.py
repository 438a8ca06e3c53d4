"""A simulated Plex with its home at plex.tv: sections over folders of links, and what its users have seen.

A refresh takes what lies below the folder then, and drops what does not; one outside a section's folders does nothing,
and is answered alike. ``files_below`` says what lies there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree import ElementTree

import httpx

MACHINE: Final = "f00dfacef00dface"
VERSION: Final = "1.40.2"
VIDEOS: Final = (".mkv", ".mp4", ".avi")
_ODD: Final = re.compile("[\udc80-\udcff]")
"""What a name has in it that is not UTF-8."""
_NO_PAGE: Final = {"content-type": "text/html"}


@dataclass
class SimSection:
    """A section with its folders, and its files by the key of each; ``type`` is movie, show or another word."""

    key: str
    title: str
    type: str
    locations: tuple[str, ...]
    refreshing: bool = False
    files: dict[str, str] = field(default_factory=dict)

    def holds(self, path: str) -> bool:
        """Whether a path lies in one of its folders, or is one."""
        return any(f"{path}/".startswith(f"{place}/") for place in self.locations)


@dataclass
class Seen:
    """What a user has seen of an item."""

    plays: int = 0
    offset_ms: int = 0
    at: int = 0


@dataclass
class PlexUser:
    """A user of the home, with the token the server knows it by; empty where there is none."""

    id: int
    title: str
    admin: bool = False
    protected: bool = False
    token: str = ""


def videos_below(folder: str) -> Iterable[str]:
    """The videos and links to some below a folder of this machine, whose targets are there; none whose path is not
    UTF-8, which could not be told."""
    for where, _, names in os.walk(folder):
        for name in sorted(names):
            path = os.path.join(where, name)
            if name.lower().endswith(VIDEOS) and os.path.exists(path) and not _ODD.search(path):
                yield path


class SimulatedPlex:
    """See the module."""

    def __init__(self, users: list[PlexUser], files_below: Callable[[str], Iterable[str]] = videos_below) -> None:
        self.users = users
        self.files_below = files_below
        self.sections: dict[str, SimSection] = {}
        self.seen: dict[tuple[str, str], Seen] = {}
        """By token and key of an item."""
        self._last_key = 100

    def section(self, key: str, title: str, kind: str, *locations: str) -> SimSection:
        """Adds a section."""
        self.sections[key] = SimSection(key, title, kind, locations)
        return self.sections[key]

    def file(self, section: str, path: str) -> str:
        """Adds a film or an episode of one file; its key."""
        self._last_key += 1
        self.sections[section].files[str(self._last_key)] = path
        return str(self._last_key)

    def state(self, token: str, key: str) -> Seen:
        """What the user of a token has seen of an item."""
        return self.seen.setdefault((token, key), Seen())

    def look(self, section: SimSection, path: str) -> None:
        """Reads a folder of a section again."""
        found = list(self.files_below(path))
        known = {file: key for key, file in section.files.items() if file.startswith(f"{path}/")}
        for file, key in known.items():
            if file not in found:
                del section.files[key]
        for file in found:
            if file not in known:
                self.file(section.key, file)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        token = request.headers.get("x-plex-token", "")
        if token not in [user.token for user in self.users if user.token]:
            return httpx.Response(401, text="<html><head><title>Unauthorized</title></head></html>", headers=_NO_PAGE)
        if request.url.host == "plex.tv":
            return self._home(request, token)
        return self._server(request, token)

    def _server(self, request: httpx.Request, token: str) -> httpx.Response:
        asked = request.url.params
        match request.url.path.strip("/").split("/"):
            case [""]:
                return self.answer({"machineIdentifier": MACHINE, "version": VERSION})
            case ["library", "sections"]:
                return self.answer({"Directory": [_row(section) for section in self.sections.values()]})
            case ["library", "sections", key, "refresh"] if key in self.sections:
                if self.sections[key].holds(asked["path"]):
                    self.look(self.sections[key], asked["path"])
                return httpx.Response(200)
            case ["library", "sections", key, "all"] if key in self.sections:
                return self._all(self.sections[key], request)
            case ["library", "metadata", key]:
                return self._one(token, key)
            case [":", "scrobble" | "unscrobble" as act]:
                state = self.state(token, asked["key"])
                state.plays = state.plays + 1 if act == "scrobble" else 0
                state.offset_ms = 0
                return httpx.Response(200)
        return _not_found()

    def _all(self, section: SimSection, request: httpx.Request) -> httpx.Response:
        start, size = (int(request.headers[f"x-plex-container-{name}"]) for name in ("start", "size"))
        fits = request.url.params["type"] == ("1" if section.type == "movie" else "4")
        rows = list(section.files) if fits else []
        page = [_item(section, key) for key in rows[start : start + size]]
        return self.answer({"size": len(page), "totalSize": len(rows), "Metadata": page})

    def _one(self, token: str, key: str) -> httpx.Response:
        section = next((one for one in self.sections.values() if key in one.files), None)
        if section is None:
            return _not_found()
        state, row = self.state(token, key), _item(section, key)
        seen = {"viewCount": state.plays, "viewOffset": state.offset_ms, "lastViewedAt": state.at}
        return self.answer({"Metadata": [row | {name: value for name, value in seen.items() if value}]})

    def _home(self, request: httpx.Request, token: str) -> httpx.Response:
        if not any(user.admin and user.token == token for user in self.users):
            return httpx.Response(401)
        match request.url.path.strip("/").split("/"):
            case ["api", "v2", "home", "users"]:
                users = [{"id": one.id, "title": one.title, "admin": one.admin, "protected": one.protected}
                         for one in self.users]  # fmt: skip
                return httpx.Response(200, json={"users": users})
            case ["api", "servers", machine, "shared_servers"] if machine == MACHINE:
                shared = [one for one in self.users if one.token and not one.admin]
                return as_xml({"SharedServer": [{"userID": str(one.id), "accessToken": one.token} for one in shared]})
        return httpx.Response(404)

    def answer(self, container: Mapping[str, Any]) -> httpx.Response:
        """An answer of the server."""
        return httpx.Response(200, json={"MediaContainer": container})


def as_xml(container: Mapping[str, Any]) -> httpx.Response:
    """An answer in XML: fields are attributes, lists elements; films and episodes have another name there."""

    def element(name: str, value: Mapping[str, Any]) -> ElementTree.Element:
        made = ElementTree.Element(name)
        for field_name, one in value.items():
            if isinstance(one, list):
                made.extend(element("Video" if field_name == "Metadata" else field_name, row) for row in one)
            else:
                made.set(field_name, str(int(one)) if isinstance(one, bool) else str(one))
        return made

    body = ElementTree.tostring(element("MediaContainer", container), encoding="utf-8", xml_declaration=True)
    return httpx.Response(200, content=body, headers={"content-type": "text/xml;charset=utf-8"})


def _not_found() -> httpx.Response:
    return httpx.Response(404, text="<html><head><title>Not Found</title></head></html>", headers=_NO_PAGE)


def _row(section: SimSection) -> dict[str, Any]:
    return {
        "key": section.key, "type": section.type, "title": section.title, "refreshing": section.refreshing,
        "Location": [{"path": path} for path in section.locations],
    }  # fmt: skip


def _item(section: SimSection, key: str) -> dict[str, Any]:
    path = section.files[key]
    kind = "movie" if section.type == "movie" else "episode"
    return {
        "ratingKey": key, "type": kind, "title": path.rpartition("/")[2],
        "Media": [{"Part": [{"file": path, "size": 2048}]}],
    }  # fmt: skip
