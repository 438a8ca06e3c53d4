"""What a fake Sonarr or Radarr answers about its items: series, films, episodes and their files.

Statuses and shapes are those of the real ones. Each method is an endpoint of ``arr_requests``; it takes the request and
the id in its path.
"""

from __future__ import annotations

import json
import os
import shutil

import httpx

from tests.fakes.arr_answers import (
    Switches,
    body_of,
    broken,
    empty,
    failure,
    gone,
    ids_in,
    missing,
    no_such_root,
    not_positive,
    ok,
    problem,
    refused,
    rows_in,
    wanting,
    with_message,
)
from tests.fakes.arr_commands import Commands
from tests.fakes.arr_disk import Disk
from tests.fakes.arr_qualities import Row
from tests.fakes.arr_records import Records, join
from tests.fakes.arr_rows import number


class ItemsApi:
    """The endpoints about items."""

    def __init__(self, records: Records, disk: Disk, commands: Commands, switches: Switches) -> None:
        self._records = records
        self._disk = disk
        self._commands = commands
        self._switches = switches

    @property
    def _sonarr(self) -> bool:
        return self._records.kind == "sonarr"

    # Items

    def items(self, request: httpx.Request, _: int) -> httpx.Response:
        field = "tvdbId" if self._sonarr else "tmdbId"
        asked = request.url.params.get(field)
        rows = [row for row in self._records.items.values() if asked in (None, str(row[field]))]
        return ok(self._records.items_json(rows))

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
            wrong.append(not_positive("QualityProfileId"))
        path = str(given.get("path") or "")
        if not path:
            wrong.append(empty("Path"))
        elif any(other["path"] == path for other in self._records.items.values() if other is not row):
            says = f"Path '{path}' is already configured for another {word}"
            wrong.append(failure("Path", says, path, f"{what}PathValidator"))
        if wrong:
            return refused(*wrong)
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
            return no_such_root(root)
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
            shown = "Expected query to return 1 rows but returned 0"
            return broken(shown) if self._sonarr else missing("Movie", item)
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

    def calendar(self, request: httpx.Request, _: int) -> httpx.Response:
        """Those with a date in a span of time, by that date; those without any are in none."""
        asked = request.url.params
        dated = [row for row in self._records.episodes if row.get("airDateUtc")]
        rows = [row for row in dated if asked.get("start", "") <= str(row["airDateUtc"]) <= asked.get("end", "")]
        if asked.get("unmonitored") != "true":
            items = self._records.items
            rows = [row for row in rows if row["monitored"] and items[number(row["seriesId"])]["monitored"]]
        return ok(sorted(rows, key=lambda row: str(row["airDateUtc"])))

    def episode(self, request: httpx.Request, episode: int) -> httpx.Response:
        found = [row for row in self._records.episodes if row["id"] == episode]
        return ok(found[0]) if found else gone(self._sonarr, self._switches.released)

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
        return ok(self._records.file_json(row)) if row else gone(self._sonarr, self._switches.released)

    def put_file(self, request: httpx.Request, file: int) -> httpx.Response:
        row, given = self._records.files.get(file), body_of(request)
        if row is None:
            return missing("EpisodeFile" if self._sonarr else "MovieFile", file)
        if not self._sonarr and "path" not in given:
            return broken("Object reference not set to an instance of an object.")
        self._correct(row, given)
        return ok(self._records.file_json(row), 202)

    def put_files(self, request: httpx.Request, _: int) -> httpx.Response:
        given = json.loads(request.content)
        told = given if isinstance(given, list) else [{**given, "id": one} for one in given.get("movieFileIds", [])]
        rows = [self._records.files.get(number(one.get("id"))) for one in told]
        if None in rows:
            return broken(f"Expected query to return {len(rows)} rows but returned {len(rows) - rows.count(None)}")
        found = [row for row in rows if row is not None]
        for row, one in zip(found, told, strict=True):
            self._correct(row, one)
        return ok([self._records.file_json(row) for row in found], 202)

    @staticmethod
    def _correct(row: Row, given: Row) -> None:
        """Takes over what is known of a release; nothing else of a record can be told."""
        names = ("quality", "languages", "releaseGroup", "sceneName", "edition", "indexerFlags")
        row |= {name: given[name] for name in names if given.get(name) is not None}

    def delete_file(self, request: httpx.Request, file: int) -> httpx.Response:
        row = self._records.files.get(file)
        if row is None:
            return missing("EpisodeFile" if self._sonarr else "MovieFile", file)
        status, wrong = self._disk.delete(row)
        return with_message(status, wrong) if status else httpx.Response(200)

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
                return with_message(status, wrong)
        return ok({})


def _tags(had: list[object], given: list[object], how: str) -> list[object]:
    if how == "replace":
        return given
    if how == "remove":
        return [one for one in had if one not in given]
    return [*had, *(one for one in given if one not in had)]
