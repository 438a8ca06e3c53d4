"""Which requests a Sonarr and a Radarr know, and what no client of ours may send them.

The servers pass over a parameter they do not know, and take a command without ids for one about everything. A fake that
is strict refuses both, so that a test of ours fails where a real library would suffer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from tests.fakes.arr_qualities import Kind

Type = Literal["integer", "string", "boolean", "integers", "files", "mode"]
Fields = dict[str, Type]
PAGE: Final[Fields] = {"page": "integer", "pageSize": "integer", "sortKey": "string", "sortDirection": "string"}


@dataclass(frozen=True)
class Endpoint:
    """A method on a path (below ``/api/v3``; ``{id}`` stands for a number), by a name; ``query`` are its parameters."""

    name: str
    method: str
    path: str
    query: Fields = field(default_factory=dict)


def _item(kind: Kind) -> list[Endpoint]:
    sonarr = kind == "sonarr"
    item, plural, other = ("series", "seriesId", "tvdbId") if sonarr else ("movie", "movieId", "tmdbId")
    file = "episodefile" if sonarr else "moviefile"
    files: Fields = {plural: "integer" if sonarr else "integers"}
    files["episodeFileIds" if sonarr else "movieFileIds"] = "integers"
    return [
        Endpoint("items", "GET", item, {other: "integer", "includeSeasonImages": "boolean"}),
        Endpoint("item", "GET", f"{item}/{{id}}"),
        Endpoint("lookup", "GET", f"{item}/lookup", {"term": "string"}),
        Endpoint("add_item", "POST", item),
        Endpoint("edit_items", "PUT", f"{item}/editor"),
        Endpoint("put_item", "PUT", f"{item}/{{id}}", {"moveFiles": "boolean"}),
        Endpoint(
            "delete_item",
            "DELETE",
            f"{item}/{{id}}",
            {"deleteFiles": "boolean", "addImportListExclusion" if sonarr else "addImportExclusion": "boolean"},
        ),
        Endpoint("files", "GET", file, files),
        Endpoint("file", "GET", f"{file}/{{id}}"),
        Endpoint("put_file", "PUT", f"{file}/{{id}}"),
        Endpoint("put_files", "PUT", f"{file}/{'bulk' if sonarr else 'editor'}"),
        Endpoint("rename_preview", "GET", "rename", {plural: "integer"}),
        Endpoint("delete_files", "DELETE", f"{file}/bulk"),
        Endpoint("delete_file", "DELETE", f"{file}/{{id}}"),
        Endpoint("history_of", "GET", f"history/{item}", {plural: "integer", "eventType": "string"}),
    ]


_BOTH: Final = [
    Endpoint("status", "GET", "system/status"),
    Endpoint("roots", "GET", "rootfolder"),
    Endpoint("add_root", "POST", "rootfolder"),
    Endpoint("delete_root", "DELETE", "rootfolder/{id}"),
    Endpoint("profiles", "GET", "qualityprofile"),
    Endpoint("tags", "GET", "tag"),
    Endpoint("indexers", "GET", "indexer"),
    Endpoint("settings", "GET", "config/mediamanagement"),
    Endpoint("put_settings", "PUT", "config/mediamanagement/{id}"),
    Endpoint("naming", "GET", "config/naming"),
    Endpoint("put_naming", "PUT", "config/naming/{id}"),
    Endpoint("importable", "GET", "manualimport", {"folder": "string", "filterExistingFiles": "boolean"}),
    Endpoint("judge", "POST", "manualimport"),
    Endpoint("send", "POST", "command"),
    Endpoint("commands", "GET", "command"),
    Endpoint("command", "GET", "command/{id}"),
    Endpoint("cancel", "DELETE", "command/{id}"),
    Endpoint(
        "history", "GET", "history",
        {**PAGE, "eventType": "integer", "episodeId": "integer", "downloadId": "string"},
    ),
    Endpoint("mark_failed", "POST", "history/failed/{id}"),
    Endpoint("blocklist", "GET", "blocklist", PAGE),
    Endpoint("clients", "GET", "config/downloadclient"),
    Endpoint("history_since", "GET", "history/since", {"date": "string", "eventType": "string"}),
    Endpoint(
        "queue", "GET", "queue",
        {**PAGE, "includeUnknownSeriesItems": "boolean", "includeUnknownMovieItems": "boolean"},
    ),
    Endpoint("queue_details", "GET", "queue/details"),
    Endpoint(
        "delete_queue", "DELETE", "queue/{id}",
        {"removeFromClient": "boolean", "blocklist": "boolean", "skipRedownload": "boolean",
         "changeCategory": "boolean"},
    ),
    Endpoint("send_held", "POST", "queue/grab/{id}"),
    Endpoint("push", "POST", "release/push"),
    Endpoint("clients_tested", "POST", "downloadclient/testall"),
    Endpoint(
        "filesystem", "GET", "filesystem",
        {"path": "string", "includeFiles": "boolean", "allowFoldersWithoutTrailingSlashes": "boolean"},
    ),
    Endpoint("filesystem_type", "GET", "filesystem/type", {"path": "string"}),
    Endpoint(
        "missing", "GET", "wanted/missing", {**PAGE, "monitored": "boolean", "includeSeries": "boolean"}
    ),
]  # fmt: skip
ENDPOINTS: Final[dict[Kind, list[Endpoint]]] = {
    "sonarr": [
        *_BOTH,
        *_item("sonarr"),
        Endpoint(
            "episodes", "GET", "episode",
            {"seriesId": "integer", "seasonNumber": "integer", "episodeIds": "integers", "episodeFileId": "integer"},
        ),
        Endpoint("episode", "GET", "episode/{id}"),
        Endpoint("calendar", "GET", "calendar", {"start": "string", "end": "string", "unmonitored": "boolean"}),
        Endpoint("monitor", "PUT", "episode/monitor"),
        Endpoint("parse", "GET", "parse", {"title": "string"}),
    ],
    "radarr": [
        *_BOTH,
        *_item("radarr"),
        Endpoint("extra_files", "GET", "extrafile", {"movieId": "integer"}),
        Endpoint("parse", "GET", "parse", {"title": "string"}),
    ],
}  # fmt: skip

COMMANDS: Final[dict[Kind, dict[str, Fields]]] = {
    "sonarr": {
        "RescanSeries": {"seriesId": "integer"},
        "RefreshSeries": {"seriesIds": "integers"},
        "EpisodeSearch": {"episodeIds": "integers"},
        "ManualImport": {"files": "files", "importMode": "mode"},
        "RenameFiles": {"seriesId": "integer", "files": "integers"},
        "RefreshMonitoredDownloads": {},
    },
    "radarr": {
        "RescanMovie": {"movieId": "integer"},
        "RefreshMovie": {"movieIds": "integers"},
        "MoviesSearch": {"movieIds": "integers"},
        "ManualImport": {"files": "files", "importMode": "mode"},
        "RenameFiles": {"movieId": "integer", "files": "integers"},
        "RefreshMonitoredDownloads": {},
    },
}
"""The fields each command of ours must have, and no other; the servers take a missing one for "all"."""


def endpoint_of(kind: Kind, method: str, path: str) -> Endpoint | None:
    """The endpoint a request means, None when the server has none."""
    for endpoint in ENDPOINTS[kind]:
        pattern = re.escape(endpoint.path).replace(r"\{id\}", r"\d+")
        if endpoint.method == method and re.fullmatch(pattern, path):
            return endpoint
    return None


def wrong_query(endpoint: Endpoint, query: list[tuple[str, str]]) -> str:
    """What is wrong with a query, "" when nothing is."""
    for name, value in query:
        if name not in endpoint.query:
            return f"unknown parameter {name}"
        form = endpoint.query[name]
        if form in ("integer", "integers") and not value.isdecimal():
            return f"{name} is not a number"
        if form == "boolean" and value not in ("true", "false"):
            return f"{name} is neither true nor false"
    single = [name for name, _ in query if endpoint.query[name] != "integers"]
    return "" if len(set(single)) == len(single) else "a parameter is there twice"


def wrong_command(kind: Kind, body: object) -> str:
    """What is wrong with the body of a new command, "" when nothing is."""
    if not isinstance(body, dict):
        return "not an object"
    fields = COMMANDS[kind].get(body.get("name", ""))
    if fields is None:
        return f"unknown command {body.get('name')}"
    if set(body) != {"name", *fields}:
        return f"fields {sorted(body)}"
    if fields.get("files") == "files" and (wrong := _wrong_files(kind, body["files"])):
        return wrong
    return next((f"{name} is no {form}" for name, form in fields.items() if not _is(body[name], form)), "")


def _wrong_files(kind: Kind, files: object) -> str:
    """What is wrong with the files of an import: all that a server takes and loses a file by."""
    if not isinstance(files, list) or not 0 < len(files) <= 100:
        return "files is no list of 1 to 100"
    owner = "seriesId" if kind == "sonarr" else "movieId"
    for one in files:
        needed = ["path", owner, "quality", "languages", *(["episodeIds"] if kind == "sonarr" else [])]
        if lacking := [name for name in needed if not one.get(name)]:
            return f"a file without {lacking[0]}"
    if kind == "radarr" and len({one["movieId"] for one in files}) != len(files):
        return "two files of one film"
    return ""


def _is(value: object, form: Type) -> bool:
    """Whether a JSON value has a type; true is no integer, and no list of ids may be empty."""
    if form == "files":
        return isinstance(value, list)
    if form == "mode":
        return value in ("copy", "move")
    if form == "integers":
        return isinstance(value, list) and bool(value) and all(_is(one, "integer") for one in value)
    return isinstance(value, int) and not isinstance(value, bool)
