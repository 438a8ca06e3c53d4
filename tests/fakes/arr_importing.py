"""What a fake Sonarr or Radarr answers about files that could be imported: its list, its judgement, what lies beside.

Statuses and shapes are those of the real ones. Each method is an endpoint of ``arr_requests``.
"""

from __future__ import annotations

import json
import os
import posixpath
import zlib

import httpx

from tests.fakes.arr_answers import Switches, broken, missing, ok, with_message
from tests.fakes.arr_names import Names
from tests.fakes.arr_qualities import Row, named, weight, whole
from tests.fakes.arr_reading import MOST, NotThere, Reading, languages_of
from tests.fakes.arr_records import Records
from tests.fakes.arr_rows import number
from tests.fakes.sockets import Hang


class ImportApi:
    """The endpoints about files to import."""

    def __init__(self, records: Records, reading: Reading, switches: Switches, naming: Row, names: Names) -> None:
        self._records, self._reading, self._switches = records, reading, switches
        self._naming, self._names = naming, names
        self._sonarr = records.kind == "sonarr"

    def naming(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok(self._naming)

    def put_naming(self, request: httpx.Request, _: int) -> httpx.Response:
        self._naming |= json.loads(request.content)
        return ok(self._naming, 202)

    def rename_preview(self, request: httpx.Request, _: int) -> httpx.Response:
        rows = self._names.preview(int(request.url.params.get(self._records.owner, "0")))
        newer = self._sonarr and not self._switches.released
        return ok([{**row, "id": row["episodeFileId"]} if newer else row for row in rows])

    def extra_files(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok(self._records.extras_of(int(request.url.params.get("movieId", "0"))))

    # The list

    def importable(self, request: httpx.Request, _: int) -> httpx.Response:
        if self._switches.mount_hangs:
            raise Hang
        folder = request.url.params.get("folder", "")
        if not folder:
            return broken("The string can't be left empty, null or consist of only whitespaces. (Parameter 'path')")
        folder = folder.rstrip("/") or folder
        paths = self._reading.videos(folder)
        if request.url.params.get("filterExistingFiles", "true") == "true":
            known = {self._records.path_of(record) for record in self._records.files.values()}
            paths = [path for path in paths if path not in known]
        try:
            entries = [self._entry(path, folder, judged=len(paths) <= MOST) for path in paths]
        except NotThere as why:
            return broken(str(why))
        return ok(entries)

    def _entry(self, path: str, folder: str, judged: bool) -> Row:
        self._reading.open(path)
        name = posixpath.basename(path)
        stem = posixpath.splitext(name)[0]
        below = path[len(folder) + 1 :] if path != folder else name
        place = posixpath.basename(folder) if "/" not in below else below.split("/")[0]
        told = place if judged and self._reading.is_release(place) else ""
        item = (self._reading.item_of(stem) or (self._reading.item_of(told) if told else None)) if judged else None
        episodes = self._episodes(item, stem, told) if item and self._sonarr else None
        quality = self._reading.quality_of(path, item is not None or not judged)
        if not judged:
            quality = named(self._records.kind, "Unknown")
        group = self._reading.group_of(f"{posixpath.dirname(path)}/{told or name}", item is not None)
        return {
            "path": path, "relativePath": below, **({"folderName": told} if told else {}), "name": stem,
            "size": self._records.size(path), **self._owner(item),
            **({"seasonNumber": episodes[0]["seasonNumber"], "episodes": episodes} if episodes else {}),
            **({"releaseGroup": group} if group else {}), "quality": quality, "languages": languages_of(bool(item)),
            "qualityWeight": weight(self._records.kind, quality), "customFormats": [], "customFormatScore": 0,
            "indexerFlags": 0, **self._kind_of(item, episodes, told),
            "rejections": self._reading.rejections(path, item, episodes, told, quality) if judged else [],
            "id": zlib.crc32(os.fsencode(path)) & 0x7FFFFFFF,
        }  # fmt: skip

    def _episodes(self, item: Row, stem: str, told: str) -> list[Row]:
        found = self._reading.episodes_of(number(item["id"]), stem)
        return found or (self._reading.episodes_of(number(item["id"]), told) if told else [])

    def _kind_of(self, item: Row | None, episodes: list[Row] | None, told: str) -> Row:
        if not self._sonarr:
            return {}
        if item is None:
            return {"releaseType": "unknown"}
        if told and not self._reading.numbers_of(told):
            return {"releaseType": "seasonPack"}
        return {"releaseType": "multiEpisode" if len(episodes or []) > 1 else "singleEpisode"}

    def _owner(self, item: Row | None) -> Row:
        """The series or film of an entry, without what is counted when it is asked for alone."""
        if item is None:
            return {}
        if self._sonarr:
            return {"series": {name: item[name] for name in item if name != "alternateTitles"}}
        held = self._records.item_json(item)
        left = {"statistics", "rootFolderPath", "hasFile", "sizeOnDisk", "movieFile"}
        return {"movie": {name: held[name] for name in held if name not in left}}

    # The judgement

    def judge(self, request: httpx.Request, _: int) -> httpx.Response:
        if self._switches.mount_hangs:
            raise Hang
        given = json.loads(request.content or b"[]")
        if not given:
            if self._sonarr and self._switches.released:
                return ok([])
            return with_message(400, "items must be provided")
        answers: list[Row] = []
        for one in given:
            item = self._records.items.get(number(one.get(self._records.owner)))
            if item is None:
                return missing("Series" if self._sonarr else "Movie", number(one.get(self._records.owner)))
            if not one.get("quality"):
                return broken("Object reference not set to an instance of an object.")
            try:
                self._reading.open(str(one["path"]))
            except NotThere as why:
                return broken(str(why))
            answers.append(self._judged(one, item))
        return ok(answers)

    def _judged(self, one: Row, item: Row) -> Row:
        path, quality = str(one["path"]), one["quality"]
        assert isinstance(quality, dict)
        quality = whole(self._records.kind, quality)
        given = one.get("episodeIds")
        ids = given if isinstance(given, list) else []
        episodes = [row for row in self._records.episodes if row["id"] in ids] if self._sonarr else None
        shown: Row = {"path": path, self._records.owner: item["id"], **({} if self._sonarr else self._owner(item))}
        if episodes:
            shown |= {"seasonNumber": episodes[0]["seasonNumber"], "episodes": episodes}
        rejections = self._reading.rejections(path, item, episodes, "", quality)
        if episodes == []:
            rejections = [{"reason": self._reading.importing.words("Episodes not selected"), "type": "permanent"}]
        group = one.get("releaseGroup") or ("" if self._switches.released else self._reading.group_of(path, True))
        return {
            **shown, "quality": quality, "languages": one.get("languages") or languages_of(False),
            **({"releaseGroup": group} if group else {}), "customFormats": [], "customFormatScore": 0,
            "indexerFlags": one.get("indexerFlags", 0),
            **({"releaseType": one.get("releaseType", "unknown")} if self._sonarr else {}),
            "rejections": rejections, "id": one.get("id", zlib.crc32(os.fsencode(path)) & 0x7FFFFFFF),
        }  # fmt: skip
