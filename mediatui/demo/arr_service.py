"""The simulated Sonarr and Radarr of the demo, in the shapes of real ones; what is changed there is kept in a file."""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from email.utils import formatdate
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import httpx

from mediatui.demo.arr_importing import Importing
from mediatui.demo.arr_items import Known, Row, add_title, counts_of, date_of, root_of
from mediatui.demo.arr_qualities import profile
from mediatui.demo.arr_sent import history_of, import_due, queue_of
from mediatui.demo.catalogs import SimTitle
from mediatui.model.arr import ArrKind
from mediatui.model.text import fold

FREE: Final = 1_800_000_000_000
PROFILES: Final = ((1, "HD-1080p"), (2, "Ultra-HD"), (3, "Any"))
_EPISODE: Final = re.compile(r"^(?P<title>.+?)[ ._-]+S(?P<season>\d{1,2})(?:E(?P<episode>\d{1,3}))?", re.IGNORECASE)
_FILM: Final = re.compile(r"^(?P<title>.+?)[ ._(]+(?P<year>(?:19|20)\d\d)\b")
_HASH: Final = re.compile(r"urn:btih:([0-9a-fA-F]{40})\b")


class SimulatedArr:
    """Answers requests for what is ``known``. ``titles`` are what it looks up elsewhere, ``hash_behind`` the hash
    behind a link, ``file`` keeps what was changed."""

    def __init__(
        self,
        kind: ArrKind,
        known: Known,
        library: Path,
        titles: Callable[[], Sequence[SimTitle]],
        hash_behind: Callable[[str], str],
        file: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.kind: ArrKind = kind
        self._known, self._library, self._titles, self._hash_behind = known, library, titles, hash_behind
        self._file, self._clock = file, clock
        self._path = "series" if kind == "sonarr" else "movie"
        self._catalog = "tvdbId" if kind == "sonarr" else "tmdbId"
        self._owner = "seriesId" if kind == "sonarr" else "movieId"
        self._changes: Row = {"items": {}, "added": {}, "removed": [], "sent": [], "imported": []}
        self._commands: list[Row] = []
        self._load()
        self._imports = Importing(kind, known, self._changes["imported"])

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request."""
        if not request.headers.get("x-api-key"):
            return httpx.Response(401)
        path = request.url.path.removeprefix("/api/v3/")
        query = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        body = json.loads(request.content) if request.content else {}
        import_due(self.kind, self._known, self._changes["sent"], self._clock())
        answer = self._answer(request.method, path.split("/"), query, body)
        return httpx.Response(404) if answer is None else answer

    def _answer(self, method: str, path: list[str], query: Mapping[str, str], body: Row) -> httpx.Response | None:
        match method, path:
            case "GET", ["system", "status"]:
                name = self.kind.title()
                started = date_of(int(self._clock()) - 86_400)
                status = {"appName": name, "instanceName": name, "version": "10.0.0.28163", "urlBase": ""}
                answer = _json({**status, "startTime": started})
                answer.headers["Date"] = formatdate(self._clock(), usegmt=True)
                return answer
            case "GET", ["rootfolder"]:
                root = {"id": 1, "path": root_of(self.kind, self._library), "accessible": True, "freeSpace": FREE}
                return _json([{**root, "unmappedFolders": []}])
            case "GET", ["qualityprofile"]:
                return _json([profile(self.kind, number, name) for number, name in PROFILES])
            case "GET", ["tag"]:
                return _json([{"id": 1, "label": "vu"}])
            case "GET", ["config", "mediamanagement"]:
                return _json({"deleteEmptyFolders": False, "recycleBin": "", "importExtraFiles": False, "id": 1})
            case "POST", ["downloadclient", "testall"]:
                return _json([{"id": 1, "isValid": True, "validationFailures": []}])
            case "GET", ["queue", "details"]:
                return _json(list(queue_of(self.kind, self._changes["sent"], self._clock())))
            case "GET", ["history"]:
                lines = self._lines(query)
                return _json({"page": 1, "totalRecords": len(lines), "records": lines})
            case "GET", ["history", *_]:
                return _json([])
            case "GET", ["filesystem"]:
                return _json({"parent": "", **self._listing(query.get("path", ""))})
            case "GET", ["command"]:
                return _json(self._commands)
            case "GET", ["command", number]:
                return _json(next((one for one in self._commands if str(one["id"]) == number), {"status": "completed"}))
            case "POST", ["command"]:
                return _json(self._command(str(body.get("name")), body), 201)
            case "POST", ["release", "push"]:
                return self._push(body)
        return self._imports.answer(method, path, query, body) or self._items(method, path, query, body)

    def _listing(self, path: str) -> Row:
        """The content of a folder, with the folders of what it has files of: also of a film whose link lies right in
        its genre, and of a series whose files the library of the demo does not hold."""
        listed = _listing(path)
        folder = path[: path.rfind("/") + 1]
        there = {one["name"] for one in listed["directories"]}
        known = self._known
        series = {one["seriesId"] for rows in known.episodes.values() for one in rows if one["hasFile"]}
        own = (str(row["path"]) for item, row in known.items.items() if item in series or known.files.get(item))
        names = {one[len(folder) :] for one in own if one.startswith(folder) and "/" not in one[len(folder) :]}
        listed["directories"] += [
            {"type": "folder", "name": name, "path": f"{folder}{name}/"} for name in sorted(names - there) if name
        ]
        return listed

    def _items(self, method: str, path: list[str], query: Mapping[str, str], body: Row) -> httpx.Response | None:
        known, item = self._known, self._path
        match method, path:
            case "GET", [name] if name == item:
                wanted = query.get(self._catalog)
                rows = [row for row in known.items.values() if wanted in (None, str(row[self._catalog]))]
                return _json([self._shown(row) for row in rows])
            case "GET", [name, "lookup"] if name == item:
                return _json([self._found(title) for title in self._looked_up(query.get("term", ""))])
            case "POST", [name] if name == item:
                return self._add(body)
            case _, [name, number] if name == item and number.isdecimal():
                return self._one(method, int(number), body)
            case "GET", ["calendar"]:
                return _json([one for rows in known.episodes.values() for one in rows if one.get("airDateUtc")])
            case "GET", ["episode"]:
                return _json(known.episodes.get(int(query.get("seriesId", "0")), []))
            case "GET", ["episodefile" | "moviefile"]:
                return _json(known.files.get(int(query.get(self._owner, "0")), []))
            case "GET", ["parse"]:
                return _json({"title": query.get("title", "")})
            case "PUT", ["episode", "monitor"]:
                for rows in known.episodes.values():
                    for one in rows:
                        if one["id"] in body["episodeIds"]:
                            one["monitored"] = body["monitored"]
                return _json([], 202)
        return None

    def _one(self, method: str, number: int, body: Row) -> httpx.Response:
        row = self._known.items.get(number)
        if row is None:
            return httpx.Response(404, json={"message": "NotFound"})
        if method == "DELETE":
            del self._known.items[number]
            self._known.episodes.pop(number, None)
            self._known.files.pop(number, None)
            self._changes["removed"].append(number)
            self._changes["added"].pop(str(number), None)
            self._save()
            return httpx.Response(200)
        if method == "PUT":
            changed: Row = {name: body[name] for name in ("path", "monitored", "tags") if name in body}
            row |= changed
            self._changes["items"][str(number)] = {**self._changes["items"].get(str(number), {}), **changed}
            self._save()
            return _json(self._shown(row), 202)
        return _json(self._shown(row))

    def _shown(self, row: Row) -> Row:
        """An item as it is answered."""
        item, root = row["id"], root_of(self.kind, self._library)
        files = self._known.files.get(item, [])
        size = sum(one["size"] for one in files)
        if self.kind == "radarr":
            file = {"movieFile": files[0], "movieFileId": files[0]["id"]} if files else {"movieFileId": 0}
            return {**row, "rootFolderPath": root, "hasFile": bool(files), "sizeOnDisk": size, **file}
        episodes = self._known.episodes.get(item, [])
        seasons = [{**one, "statistics": counts_of(episodes, one["seasonNumber"])} for one in row.get("seasons", [])]
        counts = {**counts_of(episodes), "sizeOnDisk": size, "seasonCount": len(seasons)}
        return {**row, "rootFolderPath": root, "seasons": seasons, "statistics": counts}

    def _lines(self, query: Mapping[str, str]) -> list[Row]:
        """The lines of its history, those of one hash or of one kind."""
        lines = history_of(self.kind, self._changes["sent"], query.get("downloadId", ""), self._clock())
        lines = lines if "downloadId" in query else [*self._imports.lines(), *lines]
        kinds = {"1": "grabbed", "3": "downloadFolderImported"}
        wanted = kinds.get(query.get("eventType", ""), query.get("eventType"))
        return [one for one in lines if wanted in (None, "", one["eventType"])]

    # Looking up and adding

    def _looked_up(self, term: str) -> list[SimTitle]:
        word, colon, given = term.partition(":")
        kind = "series" if self.kind == "sonarr" else "film"
        titles = [title for title in self._titles() if title.kind == kind]
        if colon and word in ("tvdb", "tmdb", "imdb"):
            number = int(given.removeprefix("tt") or 0) if given.removeprefix("tt").isdecimal() else 0
            return [title for title in titles if number and getattr(title, word) == number]
        return [title for title in titles if title.has(term)][:20]

    def _found(self, title: SimTitle) -> Row:
        number = title.tvdb if self.kind == "sonarr" else title.tmdb
        own = next((row for row in self._known.items.values() if row[self._catalog] == number), None)
        if own is not None:
            return self._shown(own)
        seasons = sorted({one.season for one in title.episodes})
        row = {"title": title.name, "year": title.year, "tmdbId": title.tmdb, "imdbId": f"tt{title.imdb:07d}"}
        if self.kind == "radarr":
            others = [{"title": one} for one in title.titles.values()]
            return {**row, "monitored": False, "minimumAvailability": "tba", "alternateTitles": others}
        listed = [{"seasonNumber": one, "monitored": True} for one in seasons]
        return {**row, "tvdbId": title.tvdb, "seriesType": "standard", "monitored": True, "seasons": listed}

    def _add(self, body: Row) -> httpx.Response:
        number = body.get(self._catalog, 0)
        title = next(iter(self._looked_up(f"{self._catalog[:4]}:{number}")), None)
        if any(row[self._catalog] == number for row in self._known.items.values()):
            return _refused(self._catalog.title(), f"This {self._path} has already been added")
        if title is None:
            return _refused(self._catalog.title(), f"A {self._path} with this ID was not found. Path: ")
        row = self._take(title, body)
        self._changes["added"][str(row["id"])] = body
        self._save()
        name, ids = ("RefreshSeries", "seriesIds") if self.kind == "sonarr" else ("RefreshMovie", "movieIds")
        self._command(name, {ids: [row["id"]]})
        return _json(self._shown(row), 201)

    def _take(self, title: SimTitle, body: Row) -> Row:
        return add_title(self._known, self.kind, title, str(body["rootFolderPath"]), self._clock(), body)

    def _command(self, name: str, body: Row) -> Row:
        """Every command ends at once."""
        ended = {"status": "completed", "result": "successful", "message": "Scanning, as simulated"}
        if name == "ManualImport":
            ended["message"] = self._imports.run(body, self._clock())
            self._save()
        elif name.startswith("Rescan"):
            self._imports.rescan(body.get(self._owner, 0))
        command = {"id": len(self._commands) + 1, "name": name, "body": body, **ended}
        self._commands.append(command)
        return command

    # Sending

    def _push(self, body: Row) -> httpx.Response:
        title = str(body.get("title", ""))
        match = (_EPISODE if self.kind == "sonarr" else _FILM).match(title)
        if match is None:
            return _refused("Title", "Unable to parse")
        ids, why = self._ids(match, body)
        row: Row = {"title": title, "approved": not why, "rejected": bool(why), "temporarilyRejected": False}
        if not why:
            magnet = _HASH.search(str(body.get("magnetUrl", "")))
            info_hash = magnet[1] if magnet else self._hash_behind(str(body.get("downloadUrl", "")))
            row["infoHash"] = info_hash.upper()
            if info_hash:
                sent = {"hash": info_hash.upper(), "title": title, "ids": ids, "at": self._clock()}
                self._changes["sent"].append(sent)
                self._save()
        return _json([{**row, "rejections": [why] if why else []}])

    def _ids(self, match: re.Match[str], body: Row) -> tuple[list[int], str]:
        """What a release is for: the film, or the series and its episodes; and why it is for none."""
        wanted = _folded(match["title"])
        row = next((one for one in self._known.items.values() if wanted in map(_folded, _titles_of(one))), None)
        if row is None and body.get(self._catalog):
            row = next((one for one in self._known.items.values() if one[self._catalog] == body[self._catalog]), None)
        if row is None:
            return [], "Unknown Series" if self.kind == "sonarr" else f"Unknown Movie. Movie title: {match['title']}"
        if self.kind == "radarr":
            return [row["id"]], ""
        season, episode = int(match["season"]), match["episode"]
        ids = [
            one["id"]
            for one in self._known.episodes.get(row["id"], [])
            if one["seasonNumber"] == season and (episode is None or one["episodeNumber"] == int(episode))
        ]
        return ids, "" if ids else "Unable to identify correct episode(s) using release name and scene mappings"

    # What was changed

    def _load(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._changes |= json.loads(self._file.read_text(encoding="utf-8"))
        if self._changes["added"]:
            titles = {(title.tvdb if self.kind == "sonarr" else title.tmdb): title for title in self._titles()}
            for number, body in self._changes["added"].items():
                if (title := titles.get(int(number))) is not None:
                    self._take(title, body)
        for number in self._changes["removed"]:
            self._known.items.pop(number, None)
        for number, changed in self._changes["items"].items():
            if int(number) in self._known.items:
                self._known.items[int(number)] |= changed

    def _save(self) -> None:
        temporary = self._file.with_suffix(".part")
        with contextlib.suppress(OSError):
            temporary.write_text(json.dumps(self._changes), encoding="utf-8")
            temporary.replace(self._file)


def _titles_of(row: Row) -> list[str]:
    return [row["title"], *(one["title"] for one in row["alternateTitles"])]


def _folded(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", fold(title))


def _listing(path: str) -> Row:
    """The content of a folder; a path without a slash at its end lists the one above."""
    folder = path[: path.rfind("/") + 1]
    entries: list[Any] = []
    with contextlib.suppress(OSError, ValueError):
        entries = sorted(os.scandir(folder), key=lambda one: one.name)
    names = [(one.name.encode("utf-8", "replace").decode(), one.is_dir()) for one in entries]
    sizes = [one.stat(follow_symlinks=False).st_size for one in entries]
    folders = [{"type": "folder", "name": name, "path": f"{folder}{name}/"} for name, is_dir in names if is_dir]
    files = [
        {"type": "file", "name": name, "path": f"{folder}{name}", "size": size}
        for (name, is_dir), size in zip(names, sizes, strict=True)
        if not is_dir
    ]
    return {"directories": folders, "files": files}


def _json(answer: object, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=answer)


def _refused(field: str, message: str) -> httpx.Response:
    return _json([{"propertyName": field, "errorMessage": message, "severity": "error"}], 400)
