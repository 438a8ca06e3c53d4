"""A Plex with its home at plex.tv: an httpx transport that holds sections, files and what users have seen.

    plex = FakePlex()
    plex.section("1", "Films", "movie", "/data/Films")
    film = plex.file("1", "/data/Films/SF/Dust Road (2001).mkv")
    Plex("http://plex.invalid", SecretStr(TOKEN), transport=plex.transport())

``refreshed`` are the sections and folders it was told of: of ``finds`` it takes what lies below that folder then. A
folder outside a section's locations does nothing, and is answered alike. ``xml`` has it answer in XML.
``PLEX_SHAPES`` says which fields its answers have; the fake and the client are both held to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree import ElementTree

import httpx

from tests.fakes.shapes import Shape

TOKEN: Final = "Qz9fakePlexTokenXy12"
MACHINE: Final = "f00dfacef00dface"
_PAGE: Final = 200
_ITEM: Final = {
    "Metadata[].ratingKey": (str,), "Metadata[].type": (str,), "Metadata[].title": (str,),
    "Metadata[].Media[].Part[].file": (str,), "Metadata[].Media[].Part[].size": (int,),
}  # fmt: skip
PLEX_SHAPES: Final[Mapping[str, Shape]] = {
    "GET ": {"machineIdentifier": (str,), "version": (str,)},
    "GET library/sections": {
        "Directory[].key": (str,), "Directory[].type": (str,), "Directory[].title": (str,),
        "Directory[].refreshing": (bool,), "Directory[].Location[].path": (str,),
    },
    "GET library/sections/{key}/all": {"size": (int,), "totalSize": (int,), **_ITEM},
    "GET library/metadata/{key}": {
        **_ITEM, "Metadata[].viewCount": (int,), "Metadata[].viewOffset": (int,), "Metadata[].lastViewedAt": (int,),
    },
    "plex.tv GET api/v2/home/users": {
        "users[].id": (int,), "users[].title": (str,), "users[].admin": (bool,), "users[].protected": (bool,),
    },
    "plex.tv GET api/servers/{machine}/shared_servers": {
        "SharedServer[].userID": (str,), "SharedServer[].accessToken": (str,),
    },
}  # fmt: skip
"""The fields of each answer, below its MediaContainer where it has one, and their types; each is read by the client."""


@dataclass
class Section:
    """A section, with its files by the key of each."""

    key: str
    title: str
    type: str
    locations: tuple[str, ...]
    refreshing: bool = False
    files: dict[str, str] = field(default_factory=dict)


@dataclass
class State:
    """What a user has seen of an item."""

    plays: int = 0
    offset_ms: int = 0
    at: int = 0


@dataclass
class User:
    """A user of the home, with the token the server knows it by; empty where there is none."""

    id: int
    title: str
    admin: bool = False
    protected: bool = False
    token: str = ""


class FakePlex:
    """See the module."""

    def __init__(self) -> None:
        self.sections: dict[str, Section] = {}
        self.users = [User(1, "ann", admin=True, token=TOKEN)]
        self.seen: dict[tuple[str, str], State] = {}
        """By token and key of an item."""
        self.refreshed: list[tuple[str, str]] = []
        self.finds: set[str] = set()
        """Files that lie there, and are taken when a folder of theirs is refreshed."""
        self.asked: list[httpx.Request] = []
        self.lies: deque[httpx.Response] = deque()
        """Answers that come before the true ones."""
        self.xml = False
        self._last_key = 100

    def section(self, key: str, title: str, kind: str, *locations: str) -> Section:
        """Adds a section; kind is movie, show or another word."""
        self.sections[key] = Section(key, title, kind, locations)
        return self.sections[key]

    def file(self, section: str, path: str) -> str:
        """Adds a film or an episode of one file; its key."""
        self._last_key += 1
        self.sections[section].files[str(self._last_key)] = path
        return str(self._last_key)

    def state(self, token: str, key: str) -> State:
        """What the user of a token has seen of an item."""
        return self.seen.setdefault((token, key), State())

    def transport(self) -> httpx.AsyncBaseTransport:
        """A transport for a client."""
        return httpx.MockTransport(self)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        token = request.headers.get("x-plex-token", "")
        assert not token or token not in str(request.url), "the token is in the address"
        assert {"x-plex-client-identifier", "x-plex-product"} <= set(request.headers)
        if self.lies:
            return self.lies.popleft()
        if token not in [user.token for user in self.users if user.token]:
            return httpx.Response(401, text="<html><head><title>Unauthorized</title></head></html>",
                                  headers={"content-type": "text/html"})  # fmt: skip
        if request.url.host == "plex.tv":
            return self._home(request, token)
        return self._server(request, token)

    def _server(self, request: httpx.Request, token: str) -> httpx.Response:
        match request.url.path.strip("/").split("/"):
            case [""]:
                return self._answer({"machineIdentifier": MACHINE, "version": "1.40.2"})
            case ["library", "sections"]:
                return self._answer({"Directory": list(map(_row, self.sections.values()))})
            case ["library", "sections", key, "refresh"] if key in self.sections:
                return self._refresh(self.sections[key], request.url.params["path"])
            case ["library", "sections", key, "all"] if key in self.sections:
                return self._all(self.sections[key], request)
            case ["library", "metadata", key]:
                return self._one(token, key)
            case [":", "scrobble" | "unscrobble" as act]:
                assert request.url.params["identifier"] == "com.plexapp.plugins.library"
                state = self.state(token, request.url.params["key"])
                state.plays = state.plays + 1 if act == "scrobble" else 0
                state.offset_ms = 0
                return httpx.Response(200)
        return httpx.Response(404, text="<html><head><title>Not Found</title></head></html>",
                              headers={"content-type": "text/html"})  # fmt: skip

    def _refresh(self, section: Section, path: str) -> httpx.Response:
        self.refreshed.append((section.key, path))
        if any(f"{path}/".startswith(f"{place}/") for place in section.locations):
            for found in sorted(self.finds):
                if found.startswith(f"{path}/") and found not in section.files.values():
                    self.file(section.key, found)
        return httpx.Response(200)

    def _all(self, section: Section, request: httpx.Request) -> httpx.Response:
        start, size = (int(request.headers[f"x-plex-container-{name}"]) for name in ("start", "size"))
        assert size <= _PAGE
        fits = request.url.params["type"] == ("1" if section.type == "movie" else "4")
        rows = [_item(section, key) for key in section.files] if fits else []
        page = rows[start : start + size]
        return self._answer({"size": len(page), "totalSize": len(rows), "Metadata": page})

    def _one(self, token: str, key: str) -> httpx.Response:
        section = next((one for one in self.sections.values() if key in one.files), None)
        if section is None:
            return httpx.Response(404, text="<html></html>", headers={"content-type": "text/html"})
        state, row = self.state(token, key), _item(section, key)
        if state.plays:
            row |= {"viewCount": state.plays}
        if state.offset_ms:
            row |= {"viewOffset": state.offset_ms}
        if state.at:
            row |= {"lastViewedAt": state.at}
        return self._answer({"Metadata": [row]})

    def _home(self, request: httpx.Request, token: str) -> httpx.Response:
        if not any(user.admin and user.token == token for user in self.users):
            return httpx.Response(401)
        match request.url.path.strip("/").split("/"):
            case ["api", "v2", "home", "users"]:
                users = [{"id": one.id, "title": one.title, "admin": one.admin, "protected": one.protected}
                         for one in self.users]  # fmt: skip
                return httpx.Response(200, json={"users": users})
            case ["api", "servers", machine, "shared_servers"]:
                assert machine == MACHINE
                rows = [{"userID": str(one.id), "accessToken": one.token} for one in self.users if not one.admin]
                return _xml({"SharedServer": [row for row in rows if row["accessToken"]]})
        return httpx.Response(404)

    def _answer(self, container: dict[str, Any]) -> httpx.Response:
        if not self.xml:
            return httpx.Response(200, json={"MediaContainer": container})
        return _xml({"Video" if name == "Metadata" else name: value for name, value in container.items()})


def _row(section: Section) -> dict[str, Any]:
    return {
        "key": section.key, "type": section.type, "title": section.title, "refreshing": section.refreshing,
        "Location": [{"path": path} for path in section.locations],
    }  # fmt: skip


def _item(section: Section, key: str) -> dict[str, Any]:
    path = section.files[key]
    kind = "movie" if section.type == "movie" else "episode"
    return {
        "ratingKey": key, "type": kind, "title": path.rpartition("/")[2],
        "Media": [{"Part": [{"file": path, "size": 2048}]}],
    }  # fmt: skip


def _xml(container: Mapping[str, Any]) -> httpx.Response:
    def element(name: str, value: Mapping[str, Any]) -> ElementTree.Element:
        made = ElementTree.Element(name)
        for field_name, one in value.items():
            if isinstance(one, list):
                made.extend(element(field_name, row) for row in one)
            else:
                made.set(field_name, {True: "1", False: "0"}[one] if isinstance(one, bool) else str(one))
        return made

    body = ElementTree.tostring(element("MediaContainer", container), encoding="utf-8", xml_declaration=True)
    return httpx.Response(200, content=body, headers={"content-type": "text/xml;charset=utf-8"})
