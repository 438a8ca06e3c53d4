"""A simulated Sonarr and Radarr that hold themselves and the client to the written contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from pydantic import SecretStr

from mediatui.services.arr import Arr
from mediatui.services.arr_records import Kind
from tests.services.arr_contract import Endpoint, endpoint_of, wrong_answer, wrong_command, wrong_query

KEY = "0123456789abcdef0123456789abcdef"

Rows = list[dict[str, object]]

SERIES: Rows = [
    {"id": 1, "title": "The Show", "year": 2019, "path": "/tv/The Show", "tvdbId": 71, "tmdbId": 72, "monitored": True},
    {"id": 2, "title": "The Show US", "year": 2021, "path": "/tv/The Show US", "tvdbId": 81, "monitored": False},
    {"id": 3, "title": None, "year": 0, "path": None, "tvdbId": 0, "statistics": {"sizeOnDisk": 0}},
]
EPISODES: Rows = [
    {
        "id": 11,
        "seriesId": 1,
        "seasonNumber": 1,
        "episodeNumber": 1,
        "title": "Pilot",
        "episodeFileId": 101,
        "hasFile": True,
        "monitored": True,
    },
    {"id": 12, "seriesId": 1, "seasonNumber": 1, "episodeNumber": 2, "title": None, "hasFile": False},
]
EPISODE_FILES: Rows = [
    {"id": 101, "seriesId": 1, "seasonNumber": 1, "path": "/tv/The Show/S01/1.mkv", "size": 2**33, "relativePath": None}
]
MOVIE_FILE: dict[str, object] = {"id": 501, "movieId": 5, "path": "/films/Film (1999)/Film.mkv", "size": 2**32}
MOVIES: Rows = [
    {
        "id": 5,
        "title": "Film",
        "year": 1999,
        "path": "/films/Film (1999)",
        "tmdbId": 603,
        "hasFile": True,
        "monitored": True,
        "movieFileId": 501,
        "movieFile": MOVIE_FILE,
    },
    {"id": 6, "title": "Lost", "year": 2001, "path": "/films/Lost (2001)", "hasFile": None, "movieFileId": 0},
]


@dataclass
class Service:
    """A Sonarr or Radarr with one key, below ``base``. A new command walks through ``course``, a step a look."""

    kind: Kind = "sonarr"
    base: str = ""
    app: str = ""
    course: list[tuple[str, str, str]] = field(default_factory=lambda: [("completed", "successful", "Completed")])
    seen: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[dict[str, object]] = field(default_factory=list)
    looks: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.seen.append((request.method, request.url.raw_path.decode()))
        if request.headers.get("x-api-key") != KEY:
            return httpx.Response(401, json={"error": "Unauthorized"})
        if self.base and not path.startswith(self.base + "/"):
            return httpx.Response(307, headers={"location": self.base + request.url.raw_path.decode()})
        path = path.removeprefix(self.base)
        if not path.startswith("/api/"):
            return httpx.Response(200, html="<!doctype html><title>Sonarr</title>")
        endpoint = endpoint_of(self.kind, request.method, path)
        if endpoint is None:
            return httpx.Response(404)
        if wrong := wrong_query(endpoint, request.url.params.multi_items()):
            return httpx.Response(400, json={"message": wrong})
        return self._checked(endpoint, request, path)

    def _checked(self, endpoint: Endpoint, request: httpx.Request, path: str) -> httpx.Response:
        answer = self._answer(endpoint, request, path)
        if answer is None:
            return httpx.Response(404, json={"message": "NotFound", "description": "ModelNotFoundException"})
        if isinstance(answer, str):
            return httpx.Response(400, json=[{"propertyName": "name", "errorMessage": answer}])
        wrong = wrong_answer(endpoint, answer)
        assert not wrong, f"the simulated service answers {endpoint.path} with {wrong}"
        return httpx.Response(endpoint.status, json=answer)

    def _answer(self, endpoint: Endpoint, request: httpx.Request, path: str) -> object:
        asked = request.url.params
        match endpoint.method, endpoint.path.removeprefix("/api/v3/"):
            case "GET", "system/status":
                name = self.app or {"sonarr": "Sonarr", "radarr": "Radarr"}[self.kind]
                return {"appName": name, "instanceName": "Living room", "version": "4.0.9.2244", "urlBase": self.base}
            case "GET", "series":
                return SERIES
            case "GET", "episode":
                return [row for row in EPISODES if row["seriesId"] == int(asked["seriesId"])]
            case "GET", "episodefile":
                known = int(asked["seriesId"]) in (1, 2, 3)
                return [row for row in EPISODE_FILES if row["seriesId"] == int(asked["seriesId"])] if known else None
            case "GET", "movie":
                return MOVIES
            case "GET", "moviefile":
                return [MOVIE_FILE] if asked["movieId"] == "5" else []
            case "POST", "command":
                return self._queue(json.loads(request.content))
            case _:
                return self._look(int(path.rpartition("/")[2]))

    def _queue(self, body: dict[str, object]) -> object:
        if wrong := wrong_command(self.kind, body):
            return wrong
        self.bodies.append(body)
        return {"id": 900, "name": body["name"], "status": "queued", "result": "unknown", "message": None}

    def _look(self, command_id: int) -> object:
        if command_id != 900:
            return None
        status, result, message = self.course[min(self.looks, len(self.course) - 1)]
        self.looks += 1
        return {"id": 900, "status": status, "result": result, "message": message}


def client(
    service: Callable[[httpx.Request], httpx.Response] | None = None,
    kind: Kind = "sonarr",
    url: str = "http://arr.invalid:8989",
    key: str = KEY,
) -> Arr:
    transport = httpx.MockTransport(service or Service(kind))
    return Arr(kind, url, SecretStr(key), retry_pause_s=0.001, transport=transport)
