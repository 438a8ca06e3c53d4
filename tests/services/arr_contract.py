"""The part of Sonarr's and Radarr's API v3 the client uses: paths, parameters, bodies, fields and their types.

Written from the facts in their OpenAPI files; where the servers are known to differ (201 for a new command, the fields
of each command, parameters that are needed though marked optional) this says what the servers do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

Type = Literal["integer", "string", "boolean", "object", "integers", "strings"]
Fields = dict[str, Type]


@dataclass(frozen=True)
class Endpoint:
    """A method on a path. ``query`` are the parameters there are, ``needed`` those without which it is a 400;
    ``answer`` names the form of the answer, "" for an empty object; ``many`` says that it is a list of them."""

    method: str
    path: str
    answer: str = ""
    many: bool = False
    status: int = 200
    query: Fields = field(default_factory=dict)
    needed: tuple[str, ...] = ()


STATUS: Final = Endpoint("GET", "/api/v3/system/status", "SystemResource")
NEW_COMMAND: Final = Endpoint("POST", "/api/v3/command", "CommandResource", status=201)
COMMAND: Final = Endpoint("GET", "/api/v3/command/{id}", "CommandResource")

ENDPOINTS: Final[dict[str, tuple[Endpoint, ...]]] = {
    "sonarr": (
        STATUS,
        NEW_COMMAND,
        COMMAND,
        Endpoint(
            "GET",
            "/api/v3/series",
            "SeriesResource",
            many=True,
            query={"tvdbId": "integer", "includeSeasonImages": "boolean"},
        ),
        Endpoint(
            "GET",
            "/api/v3/episode",
            "EpisodeResource",
            many=True,
            query={"seriesId": "integer", "seasonNumber": "integer", "episodeIds": "integers"},
            needed=("seriesId",),
        ),
        Endpoint(
            "GET",
            "/api/v3/episodefile",
            "EpisodeFileResource",
            many=True,
            query={"seriesId": "integer", "episodeFileIds": "integers"},
            needed=("seriesId",),
        ),
    ),
    "radarr": (
        STATUS,
        NEW_COMMAND,
        COMMAND,
        Endpoint("GET", "/api/v3/movie", "MovieResource", many=True, query={"tmdbId": "integer"}),
        Endpoint(
            "GET",
            "/api/v3/moviefile",
            "MovieFileResource",
            many=True,
            query={"movieId": "integers", "movieFileIds": "integers"},
            needed=("movieId",),
        ),
    ),
}

COMMANDS: Final[dict[str, dict[str, Fields]]] = {
    "sonarr": {"RescanSeries": {"seriesId": "integer"}, "EpisodeSearch": {"episodeIds": "integers"}},
    "radarr": {"RescanMovie": {"movieId": "integer"}, "MoviesSearch": {"movieIds": "integers"}},
}
"""The fields each command of ours must have; the servers take a missing one for "all"."""

STATUSES: Final = ("queued", "started", "completed", "failed", "aborted", "cancelled", "orphaned")
RESULTS: Final = ("unknown", "successful", "unsuccessful")

FIELDS: Final[dict[str, Fields]] = {
    "SystemResource": {
        "appName": "string",
        "instanceName": "string",
        "version": "string",
        "urlBase": "string",
        "isDocker": "boolean",
    },
    "SeriesResource": {
        "id": "integer",
        "title": "string",
        "year": "integer",
        "path": "string",
        "monitored": "boolean",
        "tvdbId": "integer",
        "tmdbId": "integer",
        "rootFolderPath": "string",
        "seriesType": "string",
        "genres": "strings",
        "statistics": "object",
    },
    "EpisodeResource": {
        "id": "integer",
        "seriesId": "integer",
        "episodeFileId": "integer",
        "seasonNumber": "integer",
        "episodeNumber": "integer",
        "title": "string",
        "hasFile": "boolean",
        "monitored": "boolean",
    },
    "EpisodeFileResource": {
        "id": "integer",
        "seriesId": "integer",
        "seasonNumber": "integer",
        "relativePath": "string",
        "path": "string",
        "size": "integer",
    },
    "MovieResource": {
        "id": "integer",
        "title": "string",
        "year": "integer",
        "path": "string",
        "hasFile": "boolean",
        "movieFileId": "integer",
        "monitored": "boolean",
        "tmdbId": "integer",
        "originalTitle": "string",
        "genres": "strings",
        "movieFile": "object",
    },
    "MovieFileResource": {
        "id": "integer",
        "movieId": "integer",
        "relativePath": "string",
        "path": "string",
        "size": "integer",
    },
    "CommandResource": {
        "id": "integer",
        "name": "string",
        "commandName": "string",
        "message": "string",
        "status": "string",
        "result": "string",
        "exception": "string",
    },
}
NULLABLE: Final = frozenset(
    {
        "title",
        "path",
        "relativePath",
        "genres",
        "originalTitle",
        "message",
        "exception",
        "MovieResource.hasFile",
        "urlBase",
        "version",
    }
)
"""Fields the files allow to be null, everywhere or in one resource; the others are there or are not."""


def endpoint_of(service: str, method: str, path: str) -> Endpoint | None:
    """The endpoint a request means, None when the service has none."""
    for endpoint in ENDPOINTS[service]:
        pattern = re.escape(endpoint.path).replace(r"\{id\}", r"\d+")
        if endpoint.method == method and re.fullmatch(pattern, path):
            return endpoint
    return None


def wrong_query(endpoint: Endpoint, query: list[tuple[str, str]]) -> str:
    """What is wrong with a query, "" when nothing is."""
    for name, value in query:
        if name not in endpoint.query:
            return f"unknown parameter {name}"
        if endpoint.query[name] in ("integer", "integers") and not value.isdecimal():
            return f"{name} is not a number"
    missing = set(endpoint.needed) - {name for name, _ in query}
    return f"missing {', '.join(sorted(missing))}" if missing else ""


def wrong_command(service: str, body: object) -> str:
    """What is wrong with the body of a new command, "" when nothing is."""
    if not isinstance(body, dict):
        return "not an object"
    fields = COMMANDS[service].get(body.get("name", ""))
    if fields is None:
        return f"unknown command {body.get('name')}"
    if set(body) != {"name", *fields}:
        return f"fields {sorted(body)}"
    return next((f"{name} is no {form}" for name, form in fields.items() if not is_type(body[name], form)), "")


def wrong_answer(endpoint: Endpoint, answer: object) -> str:
    """What is wrong with an answer, "" when nothing is."""
    rows = answer if endpoint.many else [answer]
    if not isinstance(rows, list):
        return "not a list"
    for row in rows:
        if not isinstance(row, dict):
            return "not an object"
        allowed = FIELDS.get(endpoint.answer, {})
        for name, value in row.items():
            if name not in allowed:
                return f"unknown field {name}"
            may_be_null = bool({name, f"{endpoint.answer}.{name}"} & NULLABLE)
            if not (value is None and may_be_null) and not is_type(value, allowed[name]):
                return f"{name} is no {allowed[name]}"
        if endpoint.answer == "CommandResource" and (row["status"] not in STATUSES or row["result"] not in RESULTS):
            return "unknown status or result"
    return ""


def is_type(value: object, form: Type) -> bool:
    """Whether a JSON value has a type; true is no integer."""
    match form:
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "integers":
            return isinstance(value, list) and bool(value) and all(is_type(one, "integer") for one in value)
        case "strings":
            return isinstance(value, list) and all(is_type(one, "string") for one in value)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "object":
            return isinstance(value, dict)
