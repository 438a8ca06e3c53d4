"""What a fake Sonarr or Radarr answers, endpoint by endpoint: statuses and shapes of the real ones."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from typing import Final

import httpx

from tests.fakes.arr_commands import KNOWN, QUIET, Commands
from tests.fakes.arr_disk import Disk
from tests.fakes.arr_records import Records, Row, join, number

EVENTS: Final = {
    "sonarr": {1: "grabbed", 3: "downloadFolderImported", 4: "downloadFailed", 5: "episodeFileDeleted"},
    "radarr": {1: "grabbed", 3: "downloadFolderImported", 4: "downloadFailed", 6: "movieFileDeleted"},
}
PROBLEM: Final = {"type": "https://tools.ietf.org/html/rfc9110#section-15.5.5", "title": "Not Found", "status": 404}
STACK: Final = "\n   at NzbDrone"
FREE: Final = 80_149_827_584


class Api:
    """The endpoints; ``settings`` are those of media management. Each takes the request and the id in its path."""

    def __init__(self, records: Records, disk: Disk, commands: Commands, settings: Row) -> None:
        self._records = records
        self._disk = disk
        self._commands = commands
        self._settings = settings
        self.released = False
        self.mount_hangs = False
        self.client_away = False
        self.root_ids: dict[str, int] = {}

    @property
    def _sonarr(self) -> bool:
        return self._records.kind == "sonarr"

    # System and folders

    def status(self, request: httpx.Request, _: int) -> httpx.Response:
        app = "Sonarr" if self._sonarr else "Radarr"
        told: Row = {
            "appName": app, "instanceName": app, "version": version(self._sonarr, self.released),
            "isDocker": True, "osName": "debian", "branch": "main" if self._sonarr else "master",
            "authentication": "external", "urlBase": request.extensions["base"], "runtimeName": ".NET",
        }  # fmt: skip
        if self._sonarr and not self.released:
            told["isContainerized"] = True
        return ok(told)

    def roots(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok([self._root(root) for root in self._records.roots])

    def _root(self, root: str) -> Row:
        folder = self._records.ours(root)
        number_of = self.root_ids.setdefault(root, len(self.root_ids) + 1)
        if not os.path.isdir(folder) or self.mount_hangs:
            return {"path": root, "accessible": os.path.isdir(folder), "id": number_of}
        held = {str(row["path"]) for row in self._records.items.values()}
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
        unmapped = [
            {"name": name, "path": join(root, name), "relativePath": name}
            for name in names
            if join(root, name) not in held
        ]
        total = {"totalSpace": 270_553_174_016} if self._sonarr and not self.released else {}
        shown = {"path": root, "accessible": True, "freeSpace": FREE}
        return {**shown, **total, "unmappedFolders": unmapped, "id": number_of}

    def add_root(self, request: httpx.Request, _: int) -> httpx.Response:
        path = str(body_of(request).get("path", ""))
        wrong = ""
        if not path.startswith("/"):
            wrong = f"Invalid Path: '{path}'"
        elif path in self._records.roots:
            wrong = f"Path '{path}' is already configured as a root folder"
        elif not os.path.isdir(self._records.ours(path)):
            wrong = f"Path '{path}' does not exist"
        if wrong:
            return refused("Path", wrong, path)
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
        listed = path[: path.rfind("/") + 1]
        folder = self._records.ours(listed)
        folders: list[Row] = []
        files: list[Row] = []
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            ours = os.path.join(folder, name)
            status = os.lstat(ours)
            when = datetime.fromtimestamp(status.st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            if os.path.isdir(ours):
                about: Row = {"path": f"{listed}{name}/", "size": 0, "lastModified": when}
                folders.append({"type": "folder", "name": name, **about})
            else:
                about = {"extension": os.path.splitext(name)[1], "size": status.st_size, "lastModified": when}
                files.append({"type": "file", "name": name, "path": listed + name, **about})
        parent = listed.rstrip("/")
        with_files = asked.get("includeFiles") == "true"
        told: Row = {"parent": parent[: parent.rfind("/") + 1], "directories": folders}
        return ok({**told, "files": files if with_files else []})

    def filesystem_type(self, request: httpx.Request, _: int) -> httpx.Response:
        ours = self._records.ours(request.url.params.get("path", ""))
        return ok({"type": "file" if os.path.lexists(ours) and not os.path.isdir(ours) else "folder"})

    def profiles(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok([{"name": "Any", "upgradeAllowed": False, "cutoff": 1, "items": [], "id": 1}])

    def settings(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok(self._settings)

    def put_settings(self, request: httpx.Request, _: int) -> httpx.Response:
        self._settings.update(body_of(request))
        return ok(self._settings, 202)

    # Items

    def items(self, request: httpx.Request, _: int) -> httpx.Response:
        field = "tvdbId" if self._sonarr else "tmdbId"
        asked = request.url.params.get(field)
        rows = [row for row in self._records.items.values() if asked in (None, str(row[field]))]
        return ok([self._records.item_json(row) for row in rows])

    def item(self, request: httpx.Request, item: int) -> httpx.Response:
        row = self._records.items.get(item)
        return ok(self._records.item_json(row)) if row else problem()

    def put_item(self, request: httpx.Request, item: int) -> httpx.Response:
        row, given = self._records.items.get(item), body_of(request)
        what, word = ("Series", "series") if self._sonarr else ("Movie", "movie")
        if row is None:
            return missing(what, item)
        wrong: list[Row] = []
        if number(given.get("qualityProfileId")) < 1:
            wrong.append(failure("QualityProfileId", "'Quality Profile Id' must be greater than '0'.", 0))
        path = str(given.get("path") or "")
        if not path:
            wrong.append(failure("Path", "'Path' must not be empty."))
        elif any(other["path"] == path for other in self._records.items.values() if other is not row):
            wrong.append(failure("Path", f"Path '{path}' is already configured for another {word}", path))
        if wrong:
            return httpx.Response(400, json=wrong)
        source = str(row["path"])
        # What the body leaves out becomes what a new object has: nothing of it is kept.
        row |= {"path": path, "qualityProfileId": given["qualityProfileId"], "tags": given.get("tags") or []}
        row["monitored"] = bool(given.get("monitored"))
        if self._sonarr:
            self._put_series(row, given)
        else:
            row["minimumAvailability"] = given.get("minimumAvailability", "released")
        if request.url.params.get("moveFiles") == "true" and path != source:
            name = "MoveSeries" if self._sonarr else "MoveMovie"
            self._commands.send(name, {self._records.owner: item, "sourcePath": source, "destinationPath": path})
        return ok(self._records.item_json(row), 202)

    def _put_series(self, row: Row, given: Row) -> None:
        row |= {"seasonFolder": bool(given.get("seasonFolder")), "seriesType": given.get("seriesType", "standard")}
        before = {one["seasonNumber"]: one["monitored"] for one in rows_in(row, "seasons")}
        row["seasons"] = [
            {"seasonNumber": one["seasonNumber"], "monitored": one["monitored"]} for one in rows_in(given, "seasons")
        ]
        for one in rows_in(row, "seasons"):
            if before.get(one["seasonNumber"]) != one["monitored"]:
                for episode in self._records.episodes_of(number(row["id"])):
                    if episode["seasonNumber"] == one["seasonNumber"]:
                        episode["monitored"] = one["monitored"]

    def edit_items(self, request: httpx.Request, _: int) -> httpx.Response:
        given = body_of(request)
        ids = [number(one) for one in ids_in(given, "seriesIds" if self._sonarr else "movieIds")]
        root = given.get("rootFolderPath")
        if root is not None and root not in self._records.roots:
            return refused("RootFolderPath", f"Root folder '{root}' does not exist", str(root))
        found = [self._records.items[one] for one in ids if one in self._records.items]
        if len(found) != len(ids):
            return broken(f"Expected query to return {len(ids)} rows but returned {len(found)}")
        for row in found:
            if "monitored" in given:
                row["monitored"] = given["monitored"]
            if root is not None:
                new = join(str(root), os.path.basename(str(row["path"])))
                move: Row = {self._records.owner: row["id"], "sourcePath": row["path"], "destinationPath": new}
                if given.get("moveFiles"):
                    self._commands.send("MoveSeries" if self._sonarr else "MoveMovie", move)
                row["path"] = new
            if "tags" in given:
                row["tags"] = _tags(ids_in(row, "tags"), ids_in(given, "tags"), str(given.get("applyTags", "add")))
        hidden = {"statistics", "rootFolderPath"} if self._sonarr else {"statistics", "sizeOnDisk", "hasFile"}
        shown = [self._records.item_json(row) for row in found]
        return ok([{name: row[name] for name in row if name not in hidden} for row in shown], 202)

    def delete_item(self, request: httpx.Request, item: int) -> httpx.Response:
        row = self._records.items.get(item)
        if row is None:
            told = "Expected query to return 1 rows but returned 0"
            return broken(told) if self._sonarr else missing("Movie", item)
        folder = self._records.ours(str(row["path"]))
        if request.url.params.get("deleteFiles") == "true" and os.path.isdir(folder):
            shutil.rmtree(folder)
        self._records.forget(item)
        return httpx.Response(200)

    # Episodes and files

    def episodes(self, request: httpx.Request, _: int) -> httpx.Response:
        asked = request.url.params
        if not {"seriesId", "episodeIds", "episodeFileId"} & set(asked):
            return wanting("seriesId or episodeIds must be provided")
        rows = self._records.episodes
        if "seriesId" in asked:
            rows = self._records.episodes_of(int(asked["seriesId"]))
        for name, field in (("seasonNumber", "seasonNumber"), ("episodeIds", "id"), ("episodeFileId", "episodeFileId")):
            if name in asked:
                rows = [row for row in rows if str(row[field]) in asked.get_list(name)]
        return ok(rows)

    def episode(self, request: httpx.Request, episode: int) -> httpx.Response:
        found = [row for row in self._records.episodes if row["id"] == episode]
        return ok(found[0]) if found else self._gone()

    def monitor(self, request: httpx.Request, _: int) -> httpx.Response:
        given = body_of(request)
        ids = ids_in(given, "episodeIds")
        found = [row for row in self._records.episodes if row["id"] in ids]
        if len(found) != len(ids):
            return broken(f"Expected query to return {len(ids)} rows but returned {len(found)}")
        for row in found:
            row["monitored"] = bool(given.get("monitored"))
        return ok(found, 202)

    def files(self, request: httpx.Request, _: int) -> httpx.Response:
        asked, owner = request.url.params, self._records.owner
        name = "episodeFileIds" if self._sonarr else "movieFileIds"
        if owner not in asked and name not in asked:
            return wanting(f"{owner} or {name} must be provided")
        rows = list(self._records.files.values())
        if owner in asked:
            items = [int(one) for one in asked.get_list(owner)]
            if self._sonarr and items[0] not in self._records.items:
                return missing("Series", items[0])
            rows = [row for row in rows if row[owner] in items]
        if name in asked:
            rows = [row for row in rows if str(row["id"]) in asked.get_list(name)]
        return ok([self._records.file_json(row) for row in rows])

    def file(self, request: httpx.Request, file: int) -> httpx.Response:
        row = self._records.files.get(file)
        return ok(self._records.file_json(row)) if row else self._gone()

    def delete_file(self, request: httpx.Request, file: int) -> httpx.Response:
        row = self._records.files.get(file)
        if row is None:
            return missing("EpisodeFile" if self._sonarr else "MovieFile", file)
        status, wrong = self._disk.delete(row)
        return told(status, wrong) if status else httpx.Response(200)

    def delete_files(self, request: httpx.Request, _: int) -> httpx.Response:
        ids = ids_in(body_of(request), "episodeFileIds" if self._sonarr else "movieFileIds")
        found = [self._records.files[number(one)] for one in ids if one in self._records.files]
        if len(found) != len(ids):
            return broken(f"Expected query to return {len(ids)} rows but returned {len(found)}")
        # Files of another item than the first's lose their records and stay where they are.
        for row in found:
            if row[self._records.owner] != found[0][self._records.owner]:
                self._records.drop(row, "Manual")
                continue
            status, wrong = self._disk.delete(row)
            if status:
                return told(status, wrong)
        return ok({})

    def _gone(self) -> httpx.Response:
        """No such episode, file or command: the head of Sonarr says so without a word."""
        return httpx.Response(404) if self._sonarr and not self.released else problem()

    # Commands, history, queue

    def send(self, request: httpx.Request, _: int) -> httpx.Response:
        given = body_of(request)
        name = str(given.pop("name", ""))
        if name not in KNOWN[self._records.kind] | QUIET:
            return told(400 if self._sonarr and not self.released else 500, "Sequence contains no matching element")
        return ok(self._commands.json(self._commands.send(name, given)), 201)

    def commands(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok([self._commands.json(command) for command in self._commands.all.values()])

    def command(self, request: httpx.Request, command_id: int) -> httpx.Response:
        command = self._commands.look(command_id)
        return ok(self._commands.json(command)) if command else self._gone()

    def cancel(self, request: httpx.Request, command_id: int) -> httpx.Response:
        command = self._commands.all.get(command_id)
        if command is None:
            return missing("CommandModel", command_id)
        return httpx.Response(200) if self._commands.cancel(command) else told(409, "Unable to cancel task")

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
        """The rows of a client that is away are not there."""
        return [] if self.client_away else self._records.queue

    def delete_queue(self, request: httpx.Request, row_id: int) -> httpx.Response:
        for row in self._queue_rows():
            if row["id"] == row_id:
                self._records.queue.remove(row)
                return httpx.Response(200)
        return httpx.Response(404, json={"message": "NotFound"})

    def clients_tested(self, request: httpx.Request, _: int) -> httpx.Response:
        wrong: Row = {"propertyName": "Host", "errorMessage": "Unable to connect to rTorrent", "severity": "error"}
        failures = [wrong] if self.client_away else []
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


def version(sonarr: bool, released: bool) -> str:
    """What the server says its version is."""
    return ("4.0.19.2979" if released else "10.0.0.28163") if sonarr else "10.0.0.28341"


def ok(answer: object, status: int = 200) -> httpx.Response:
    """An answer as JSON."""
    content = json.dumps(answer).encode()
    return httpx.Response(status, content=content, headers={"content-type": "application/json; charset=utf-8"})


def told(status: int, message: str) -> httpx.Response:
    """An error with a message and the head of a stack."""
    return httpx.Response(status, json={"message": message, "description": message + STACK})


def broken(message: str) -> httpx.Response:
    """Their own failure, such as one unknown id among several: nothing was done."""
    return told(500, message)


def missing(what: str, number_of: int) -> httpx.Response:
    """A thing that is not there, to a request that changes it."""
    return told(404, f"{what} with ID {number_of} does not exist")


def problem() -> httpx.Response:
    """A thing that is not there, to a request that reads it."""
    return ok(PROBLEM, 404)


def wanting(message: str) -> httpx.Response:
    """A request without the argument it needs."""
    return httpx.Response(400, json={"message": f"BadRequest: {message}", "content": message})


def failure(field: str, message: str, value: object = None) -> Row:
    """One entry of a refusal."""
    shown: Row = {"propertyName": field, "errorMessage": message}
    return {**shown, **({} if value is None else {"attemptedValue": value}), "severity": "error"}


def refused(field: str, message: str, value: str) -> httpx.Response:
    """A refusal of one field."""
    return httpx.Response(400, json=[failure(field, message, value)])


def paged(request: httpx.Request, rows: list[Row], sort: str, beyond: str = "empty") -> httpx.Response:
    """A page of rows. One beyond the end is empty, or, of the queue, the last there is with that one's number."""
    asked = request.url.params
    page, size = int(asked.get("page", "1")), int(asked.get("pageSize", "10"))
    if beyond == "earlier":
        page = max(min(page, -(-len(rows) // size)), 1)
    head: Row = {"page": page, "pageSize": size, "sortKey": asked.get("sortKey", sort)}
    head |= {"sortDirection": asked.get("sortDirection", "descending"), "totalRecords": len(rows)}
    return ok({**head, "records": rows[(page - 1) * size : page * size]})


def body_of(request: httpx.Request) -> Row:
    """The body of a request as an object."""
    given = json.loads(request.content or b"{}")
    return dict(given) if isinstance(given, dict) else {}


def ids_in(row: Row, field: str) -> list[object]:
    """A list in a row, empty when it is not there."""
    value = row.get(field)
    return list(value) if isinstance(value, list) else []


def rows_in(row: Row, field: str) -> list[Row]:
    """A list of objects in a row."""
    return [one for one in ids_in(row, field) if isinstance(one, dict)]


def _tags(had: list[object], given: list[object], how: str) -> list[object]:
    if how == "replace":
        return given
    if how == "remove":
        return [one for one in had if one not in given]
    return [*had, *(one for one in given if one not in had)]
