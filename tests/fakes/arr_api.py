"""What a fake Sonarr or Radarr answers about itself: folders, settings, commands, history and queue.

Statuses and shapes are those of the real ones. Each method is an endpoint of ``arr_requests``; it takes the request and
the id in its path.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Final

import httpx

from tests.fakes.arr_answers import Switches, body_of, failure, gone, missing, ok, paged, refused, version, with_message
from tests.fakes.arr_commands import KNOWN, QUIET, Commands
from tests.fakes.arr_qualities import Row, profile_items
from tests.fakes.arr_records import Records, join
from tests.fakes.arr_rows import number

EVENTS: Final = {
    "sonarr": {1: "grabbed", 3: "downloadFolderImported", 4: "downloadFailed", 5: "episodeFileDeleted"},
    "radarr": {1: "grabbed", 3: "downloadFolderImported", 4: "downloadFailed", 6: "movieFileDeleted"},
}
FREE: Final = 80_149_827_584
EMPTY_S: Final = 65.0
"""So long after a start the queue has no rows."""
ABOUT: Final[Row] = {
    "buildTime": "2026-11-26T15:39:31Z", "isDebug": False, "isProduction": True, "isAdmin": False,
    "isUserInteractive": False, "startupPath": "/app", "appData": "/config", "osVersion": "12", "isNetCore": True,
    "isLinux": True, "isOsx": False, "isWindows": False, "mode": "console", "migrationVersion": 230,
    "runtimeVersion": "10.0.12", "packageUpdateMechanism": "docker", "databaseVersion": "3.50.4",
    "databaseType": "sqLite",
}  # fmt: skip
"""What a server says of its build and its machine."""
TIME: Final = "%Y-%m-%dT%H:%M:%SZ"


class ServerApi:
    """The endpoints that are not about items; ``settings`` are those of media management."""

    def __init__(self, records: Records, commands: Commands, settings: Row, switches: Switches) -> None:
        self._records = records
        self._commands = commands
        self._settings = settings
        self._switches = switches
        self._root_ids: dict[str, int] = {}
        self.sees: Callable[[str], bool] = os.path.exists
        """Whether there is something at a path of ours for the server."""

    @property
    def _sonarr(self) -> bool:
        return self._records.kind == "sonarr"

    # System and folders

    def status(self, request: httpx.Request, _: int) -> httpx.Response:
        app = "Sonarr" if self._sonarr else "Radarr"
        shown: Row = {
            "appName": app, "instanceName": app, "version": version(self._sonarr, self._switches.released),
            "isDocker": True, "osName": "debian", "branch": "main" if self._sonarr else "master",
            "authentication": "external", "urlBase": self._switches.base, "runtimeName": ".NET", **ABOUT,
            "startTime": datetime.fromtimestamp(time.time() - self._switches.up_for_s, UTC).strftime(TIME),
        }  # fmt: skip
        if self._sonarr and not self._switches.released:
            shown["isContainerized"] = True
        answer = ok(shown)
        answer.headers["Date"] = formatdate(usegmt=True)
        return answer

    def roots(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok([self._root(root) for root in self._records.roots])

    def _root(self, root: str) -> Row:
        folder = self._records.ours(root)
        number_of = self._root_ids.setdefault(root, len(self._root_ids) + 1)
        if not os.path.isdir(folder) or self._switches.mount_hangs:
            return {"path": root, "accessible": os.path.isdir(folder), "id": number_of}
        held = {str(row["path"]) for row in self._records.items.values()}
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
        unmapped = [
            {"name": name, "path": join(root, name), "relativePath": name}
            for name in names
            if join(root, name) not in held
        ]
        total = {"totalSpace": 270_553_174_016} if self._sonarr and not self._switches.released else {}
        shown = {"path": root, "accessible": True, "freeSpace": FREE}
        return {**shown, **total, "unmappedFolders": unmapped, "id": number_of}

    def add_root(self, request: httpx.Request, _: int) -> httpx.Response:
        path = str(body_of(request).get("path", ""))
        if not path.startswith("/"):
            return refused(failure("Path", f"Invalid Path: '{path}'", path, "PathValidator"))
        if path in self._records.roots:
            says = f"Path '{path}' is already configured as a root folder"
            return refused(failure("Path", says, path, "RootFolderValidator"))
        if not os.path.isdir(self._records.ours(path)):
            return refused(failure("Path", f"Path '{path}' does not exist", path, "PathExistsValidator"))
        self._records.roots.append(path)
        return ok(self._root(path), 201)

    def delete_root(self, request: httpx.Request, root_id: int) -> httpx.Response:
        for root in list(self._records.roots):
            if self._root(root)["id"] == root_id:
                self._records.roots.remove(root)
        return httpx.Response(200)

    def filesystem(self, request: httpx.Request, _: int) -> httpx.Response:
        asked = request.url.params
        path = asked.get("path", "")
        if asked.get("allowFoldersWithoutTrailingSlashes") == "true" and os.path.isdir(self._records.ours(path)):
            path = path.rstrip("/") + "/"
        slash = "\\" if "\\" in path and "/" not in path else "/"
        listed = path[: path.rfind(slash) + 1]
        folder = self._records.ours(listed)
        folders: list[Row] = []
        files: list[Row] = []
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) and self.sees(folder) else []:
            ours = os.path.join(folder, name)
            status = os.lstat(ours)
            when = datetime.fromtimestamp(status.st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            if os.path.isdir(ours):
                about: Row = {"path": listed + name + slash, "size": 0, "lastModified": when}
                folders.append({"type": "folder", "name": name, **about})
            else:
                about = {"extension": os.path.splitext(name)[1], "size": status.st_size, "lastModified": when}
                files.append({"type": "file", "name": name, "path": listed + name, **about})
        parent = listed.rstrip(slash)
        with_files = asked.get("includeFiles") == "true"
        shown: Row = {"parent": parent[: parent.rfind(slash) + 1], "directories": folders}
        return ok({**shown, "files": files if with_files else []})

    def filesystem_type(self, request: httpx.Request, _: int) -> httpx.Response:
        ours = self._records.ours(request.url.params.get("path", ""))
        return ok({"type": "file" if os.path.lexists(ours) and not os.path.isdir(ours) else "folder"})

    def indexers(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok([])

    def profiles(self, request: httpx.Request, _: int) -> httpx.Response:
        rest: Row = {"upgradeAllowed": False, "cutoff": 1, "items": profile_items(self._records.kind)}
        rest |= {"minFormatScore": 0, "cutoffFormatScore": 0, "minUpgradeFormatScore": 1, "formatItems": []}
        rest |= {} if self._sonarr else {"language": {"id": -2, "name": "Original"}}
        return ok([{"name": name, **rest, "id": number_of} for number_of, name in self._records.profiles.items()])

    def tags(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok([{"label": label, "id": number_of} for number_of, label in self._records.tags.items()])

    def settings(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok(self._settings)

    def put_settings(self, request: httpx.Request, _: int) -> httpx.Response:
        self._settings.update(body_of(request))
        return ok(self._settings, 202)

    # Commands, history, queue

    def send(self, request: httpx.Request, _: int) -> httpx.Response:
        given = body_of(request)
        name = str(given.pop("name", ""))
        if name not in KNOWN[self._records.kind] | QUIET:
            status = 400 if self._sonarr and not self._switches.released else 500
            return with_message(status, "Sequence contains no matching element")
        return ok(self._commands.json(self._commands.send(name, given)), 201)

    def commands(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok([self._commands.json(command) for command in self._commands.all.values()])

    def command(self, request: httpx.Request, command_id: int) -> httpx.Response:
        command = self._commands.look(command_id)
        return ok(self._commands.json(command)) if command else gone(self._sonarr, self._switches.released)

    def cancel(self, request: httpx.Request, command_id: int) -> httpx.Response:
        command = self._commands.all.get(command_id)
        if command is None:
            return missing("CommandModel", command_id)
        return httpx.Response(200) if self._commands.cancel(command) else with_message(409, "Unable to cancel task")

    def history(self, request: httpx.Request, _: int) -> httpx.Response:
        asked = request.url.params
        rows = self._records.history[::-1]
        if event := asked.get("eventType"):
            rows = [row for row in rows if row["eventType"] == EVENTS[self._records.kind].get(int(event))]
        for name in ("episodeId", "downloadId"):
            if name in asked:
                rows = [row for row in rows if str(row.get(name)) == asked[name]]
        return paged(request, rows, "date")

    def history_of(self, request: httpx.Request, _: int) -> httpx.Response:
        asked, owner = request.url.params, self._records.owner
        rows = [row for row in self._records.history[::-1] if str(row[owner]) == asked.get(owner)]
        return ok([row for row in rows if asked.get("eventType") in (None, row["eventType"])])

    def history_since(self, request: httpx.Request, _: int) -> httpx.Response:
        asked = request.url.params
        return ok([row for row in self._records.history if str(row["date"]) >= asked.get("date", "")])

    def queue(self, request: httpx.Request, _: int) -> httpx.Response:
        unknown = f"includeUnknown{'Series' if self._sonarr else 'Movie'}Items"
        rows = self._queue_rows()
        if request.url.params.get(unknown) != "true":
            rows = [row for row in rows if self._records.owner in row]
        return paged(request, rows, "timeleft", beyond="earlier")

    def queue_details(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok(self._queue_rows())

    def _queue_rows(self) -> list[Row]:
        """The rows of a client that is away are not there, nor those of any client in the first minute after a start;
        what is held for later is."""
        rows = self._records.queue
        hidden = self._switches.client_away or self._switches.up_for_s < EMPTY_S
        return [row for row in rows if "downloadId" not in row] if hidden else rows

    def delete_queue(self, request: httpx.Request, row_id: int) -> httpx.Response:
        for row in self._queue_rows():
            if row["id"] == row_id:
                self._records.queue.remove(row)
                return httpx.Response(200)
        return httpx.Response(404, json={"message": "NotFound"})

    def clients_tested(self, request: httpx.Request, _: int) -> httpx.Response:
        wrong: Row = {"propertyName": "Host", "errorMessage": "Unable to connect to rTorrent", "severity": "error"}
        failures = [wrong] if self._switches.client_away else []
        row: Row = {"id": 1, "isValid": not failures, "validationFailures": failures}
        return ok([row], 400 if failures else 200)

    def missing(self, request: httpx.Request, _: int) -> httpx.Response:
        items = self._records.items
        if self._sonarr:
            rows = [row for row in self._records.episodes if items[number(row["seriesId"])]["monitored"]]
            rows = [row for row in rows if row["monitored"] and not row["hasFile"]]
            return paged(request, rows, "episodes.airDateUtc")
        films = [self._records.item_json(row) for row in items.values() if row["monitored"]]
        return paged(request, [row for row in films if not row["hasFile"]], "movieMetadata.sortTitle")
