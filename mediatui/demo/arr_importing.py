"""How the simulated Sonarr and Radarr import: what they take files for, and what an import does on disk.

A link stays a link of the same text. As in the real ones a file that is replaced goes before the new one is placed, and
the end of a command says nothing of what it came to.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx

from mediatui.demo.arr_items import Known, Row, date_of, file_of
from mediatui.demo.arr_qualities import read_quality, weight_of
from mediatui.model.arr import ArrKind
from mediatui.model.text import fold
from mediatui.names.episode_numbers import episodes_of
from mediatui.names.release_columns import columns_of

VIDEOS: Final = (".mkv", ".mp4", ".avi", ".m4v", ".ts")
_ENGLISH: Final = [{"id": 1, "name": "English"}]


class Importing:
    """The imports of a service. ``done`` are those that were, as they are kept: oldest first, a row a file."""

    def __init__(self, kind: ArrKind, known: Known, done: list[Row]) -> None:
        self._kind, self._known, self._done = kind, known, done
        self._owner = "seriesId" if kind == "sonarr" else "movieId"
        for one in done:
            self._record(one)

    def answer(self, method: str, path: Sequence[str], query: Mapping[str, str], body: Any) -> httpx.Response | None:
        """The answer to a request about imports; None for one about something else."""
        match method, path:
            case "GET", ["manualimport"]:
                return self.listed(query.get("folder", "").rstrip("/"))
            case "POST", ["manualimport"]:
                return self.judged(body)
            case "GET", ["extrafile"]:
                return httpx.Response(200, json=[])
            case "GET", ["config", "naming"]:
                return httpx.Response(200, json={"renameEpisodes": False, "renameMovies": False, "id": 1})
        return None

    # What there is to import

    def listed(self, folder: str) -> httpx.Response:
        """The files below a folder, or one file, and what they are taken for."""
        entries = []
        for path in _videos(folder):
            if not os.path.exists(path):
                target = os.path.realpath(path)
                return httpx.Response(500, json={"message": f"Could not find file '{target}'.", "description": ""})
            entries.append(self._entry(path, folder))
        return httpx.Response(200, json=entries)

    def _entry(self, path: str, folder: str) -> Row:
        name = os.path.basename(path)
        stem = os.path.splitext(name)[0]
        item, episodes = self._read(stem)
        quality = read_quality(self._kind, stem)
        entry: Row = {
            "id": zlib.crc32(os.fsencode(path)) & 0x7FFFFFFF, "path": path,
            "relativePath": os.path.relpath(path, folder) if path != folder else name, "name": stem,
            "size": os.stat(path).st_size, "quality": quality, "qualityWeight": weight_of(quality),
            "languages": _ENGLISH, "customFormats": [], "customFormatScore": 0, "indexerFlags": 0,
            "rejections": [{"reason": one, "type": "permanent"} for one in self._against(item, episodes, quality)],
        }  # fmt: skip
        if self._kind == "sonarr":
            entry["releaseType"] = "multiEpisode" if len(episodes) > 1 else "singleEpisode"
        if item is not None:
            entry["series" if self._kind == "sonarr" else "movie"] = item
        if episodes:
            entry |= {"seasonNumber": episodes[0]["seasonNumber"], "episodes": episodes}
        return entry

    def _read(self, stem: str) -> tuple[Row | None, Sequence[Row]]:
        """What a file's name says it is: the film, or the series and those of its episodes that it names."""
        columns = columns_of(stem)
        wanted = _folded(columns.title)
        rows = [one for one in self._known.items.values() if wanted and wanted in map(_folded, _titles_of(one))]
        if self._kind == "radarr":
            rows = [one for one in rows if columns.year in (None, one["year"])]
        item = rows[0] if len(rows) == 1 else None
        said = episodes_of(stem) if item is not None and self._kind == "sonarr" else None
        if item is None or said is None:
            return item, ()
        return item, [
            one
            for one in self._known.episodes.get(item["id"], [])
            if one["seasonNumber"] == said.season and one["episodeNumber"] in said.episodes
        ]

    def _against(self, item: Row | None, episodes: Sequence[Row], quality: Row) -> Iterator[str]:
        if item is None:
            yield f"Unknown {'Series' if self._kind == 'sonarr' else 'Movie'}"
            return
        if self._kind == "sonarr" and not episodes:
            yield "Invalid season or episode"
        for record in self._held(item["id"], [one["id"] for one in episodes]):
            if weight_of(quality) < weight_of(record["quality"]):
                what = "episode file(s)" if self._kind == "sonarr" else "movie file"
                old, new = record["quality"]["quality"]["name"], quality["quality"]["name"]
                yield f"Not an upgrade for existing {what}. Existing quality: {old}. New Quality {new}."

    def judged(self, files: Sequence[Row]) -> httpx.Response:
        """Files with what they are given for, as a judgement answers them."""
        answers = []
        for one in files:
            item = self._known.items.get(one.get(self._owner, 0))
            episodes = self._episodes(one.get("episodeIds", ()))
            rejections = [
                {"reason": text, "type": "permanent"} for text in self._against(item, episodes, one["quality"])
            ]
            shown = {name: value for name, value in one.items() if name != "episodeIds"}
            answers.append({**shown, **({"episodes": episodes} if episodes else {}), "rejections": rejections})
        return httpx.Response(200, json=answers)

    def _episodes(self, ids: Sequence[int]) -> list[Row]:
        return [one for rows in self._known.episodes.values() for one in rows if one["id"] in ids]

    def _held(self, item: int, episodes: Sequence[int]) -> list[Row]:
        """The records of these episodes, or of the film."""
        files = self._known.files.get(item, [])
        if self._kind == "radarr":
            return files[:1]
        ids = {one["episodeFileId"] for one in self._episodes(episodes) if one["episodeFileId"]}
        return [one for one in files if one["id"] in ids]

    # Importing it

    def run(self, body: Row, at: float) -> str:
        """Imports the files of a command; what it says."""
        files = body.get("files", [])
        for one in files:
            item = self._known.items.get(one.get(self._owner, 0))
            if item is not None and os.path.exists(one["path"]):
                with contextlib.suppress(OSError):
                    self._bring(item, one, str(body.get("importMode")), at)
        return f"Manually imported {len(files)} files"

    def _bring(self, item: Row, one: Row, mode: str, at: float) -> None:
        ids = one.get("episodeIds", [])
        episodes = self._episodes(ids)
        folder = Path(item["path"])
        if episodes:
            folder /= f"Season {episodes[0]['seasonNumber']:02}"
        source, target = Path(one["path"]), folder / os.path.basename(one["path"])
        for record in self._held(item["id"], ids):
            Path(record["path"]).unlink(missing_ok=True)
            self._known.files[item["id"]].remove(record)
        if os.path.lexists(target):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():
            target.symlink_to(os.readlink(source))
        else:
            shutil.copyfile(source, target)
        if mode == "move":
            source.unlink()
        done = {
            "id": 700_000_000 + len(self._done) + 1, "item": item["id"], "ids": ids, "path": str(target),
            "dropped": str(source), "quality": one["quality"], "languages": one["languages"], "at": at,
            "scene": one.get("folderName", ""), "group": one.get("releaseGroup", ""),
        }  # fmt: skip
        self._done.append(done)
        self._record(done)

    def _record(self, done: Row) -> None:
        """Puts an import on record, when its file is still there."""
        if not os.path.lexists(done["path"]) or done["item"] not in self._known.items:
            return
        item, path = done["item"], done["path"]
        files = self._known.files.setdefault(item, [])
        files[:] = [one for one in files if one not in self._held(item, done["ids"])]
        size = os.stat(path).st_size if os.path.exists(path) else 0
        episodes = self._episodes(done["ids"])
        record = file_of(done["id"], self._owner, item, path, size)
        record |= {"quality": done["quality"], "languages": done["languages"], "dateAdded": date_of(int(done["at"]))}
        record |= {"relativePath": os.path.relpath(path, self._known.items[item]["path"]), "sceneName": done["scene"]}
        if episodes:
            record["seasonNumber"] = episodes[0]["seasonNumber"]
        files.append(record)
        for one in episodes:
            one |= {"hasFile": True, "episodeFileId": done["id"]}

    def rescan(self, item: int) -> None:
        """Drops the records of files that were imported and are gone."""
        ids = {done["id"] for done in self._done if done["item"] == item and not os.path.lexists(done["path"])}
        files = self._known.files.get(item, [])
        files[:] = [one for one in files if one["id"] not in ids]
        for one in self._known.episodes.get(item, []):
            if one["episodeFileId"] in ids:
                one |= {"hasFile": False, "episodeFileId": 0}

    def lines(self) -> list[Row]:
        """The lines of history of what was imported, the newest first."""
        return [
            {
                "id": done["id"] * 10 + place, self._owner: done["item"], **({"episodeId": one} if one else {}),
                "eventType": "downloadFolderImported", "date": date_of(int(done["at"])),
                "sourceTitle": os.path.splitext(os.path.basename(done["dropped"]))[0],
                "data": {"fileId": str(done["id"]), "droppedPath": done["dropped"], "importedPath": done["path"]},
            }
            for done in reversed(self._done)
            for place, one in enumerate(done["ids"] or [0])
        ]  # fmt: skip


def _videos(folder: str) -> list[str]:
    if not os.path.isdir(folder):
        return [folder] if os.path.lexists(folder) else []
    found = [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names]
    return sorted(one for one in found if one.lower().endswith(VIDEOS))


def _titles_of(row: Row) -> list[str]:
    return [row["title"], row.get("originalTitle", ""), *(one["title"] for one in row["alternateTitles"])]


def _folded(title: str) -> str:
    return "".join(letter for letter in fold(title) if letter.isalnum())
