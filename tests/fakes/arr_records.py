"""What a fake Sonarr or Radarr knows: items, episodes, records of files, history and queue, and how they look as JSON.

Paths in here are *theirs*; ``ours`` turns one into a path of this machine. An item row holds what is stored; what a
server works out when asked (``statistics``, ``hasFile``, ``rootFolderPath``) is added by ``item_json``.
"""

from __future__ import annotations

import ntpath
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.fakes.arr_qualities import Kind, Row, named
from tests.fakes.arr_rows import AIRED, ENGLISH, alternate_title, media_info, number, plain_item, queue_row

_NUMBERS: Final = re.compile(r"S(\d{1,2})((?:-?E\d{1,3})+)", re.IGNORECASE)
_GROUP: Final = re.compile(r"-([A-Za-z0-9]+)$")


def now() -> str:
    """This moment as they write it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Records:
    """The tables of one server. ``theirs`` and ``ours`` turn paths into each other."""

    def __init__(self, kind: Kind, theirs: Callable[[str], str], ours: Callable[[str], str]) -> None:
        self.kind: Kind = kind
        self.theirs = theirs
        self._ours = ours
        self.items: dict[int, Row] = {}
        self.files: dict[int, Row] = {}
        self.history: list[Row] = []
        self.queue: list[Row] = []
        self.roots: list[str] = []
        self.profiles: dict[int, str] = {1: "Any"}
        self.tags: dict[int, str] = {}
        self.owner = "seriesId" if kind == "sonarr" else "movieId"
        self.extras: list[Row] = []
        self._episodes: dict[int, dict[tuple[int, int], Row]] = {}
        self._reads: dict[str, list[tuple[int, int]]] = {}
        self._last_item = 0
        self._last_file: dict[int, int] = {}

    # Making them

    def hold(self, title: str, folder: Path | str, files: Sequence[Path | str] = (), **facts: object) -> int:
        """An item with these files, each on record. ``facts`` are fields of the item that differ from the usual.

        Ids are easy to foresee: the items are 1, 2 and on; the files of item 3 are 3001, 3002 and on, its episodes
        301, 302 and on, in the order given, in season 1 unless the name says ``S02E05``.
        """
        item = self._last_item = max(self._last_item, *self.items, 0) + 1
        path = self.theirs(str(folder))
        self.items[item] = self.plain(item, title, path, **facts)
        if not any(_is_below(path, root) for root in self.roots):
            self.roots.append(parent_of(path))
        for place, file in enumerate(files, 1):
            self.has_file(item, file, 1000 * item + place, episodes=self._numbers(str(file)) or [(1, place)])
        return item

    def plain(self, item: int, title: str, path: str, **facts: object) -> Row:
        """The row of an item as it is at first, but for these facts. ``alternateTitles`` may be titles alone; they
        become rows as each of them writes them."""
        row = {**plain_item(self.kind, item, title, path), **facts}
        titles = row["alternateTitles"]
        assert isinstance(titles, list)
        row["alternateTitles"] = [
            alternate_title(self.kind, item, other, place) if isinstance(other, str) else other
            for place, other in enumerate(titles, 1)
        ]
        return row

    def has_file(self, item: int, file: Path | str, file_id: int = 0, episodes: Sequence[tuple[int, int]] = ()) -> int:
        """Puts a file of an item on record, as an import of a known release does; at Sonarr for these episodes
        (season, number), which are made when they are not there."""
        path = self.theirs(str(file))
        self._reads[path] = list(episodes)
        stem = posixpath.splitext(posixpath.basename(path.replace("\\", "/")))[0]
        record = self.new_record(item, path, file_id, {"sceneName": stem, "releaseGroup": "GRP"})
        if self.kind == "sonarr":
            self.use(record, [self.episode(item, season, episode) for season, episode in episodes])
        return number(record["id"])

    def episode(self, item: int, season: int, episode: int, **facts: object) -> Row:
        """The episode of a series, made when it is not there."""
        mine = self._episodes.setdefault(item, {})
        if (season, episode) in mine:
            return mine[season, episode]
        row: Row = {
            "seriesId": item, "tvdbId": 71_000_000 + 1000 * item + len(mine), "episodeFileId": 0,
            "seasonNumber": season, "episodeNumber": episode, "title": f"Part {episode}",
            "airDate": AIRED[:10], "airDateUtc": AIRED, "runtime": 42, "overview": "", "hasFile": False,
            "monitored": True, "unverifiedSceneNumbering": False, "id": 100 * item + len(mine) + 1, **facts,
        }  # fmt: skip
        mine[season, episode] = row
        seasons = self.items[item]["seasons"]
        assert isinstance(seasons, list)
        if all(one["seasonNumber"] != season for one in seasons):
            seasons.append({"seasonNumber": season, "monitored": True})
        return row

    def new_record(self, item: int, path: str, file_id: int = 0, known: Row | None = None) -> Row:
        """A record of a file of an item; what is ``known`` of its release is what a rescan would not find out."""
        file_id = file_id or self._last_file.get(item, 1000 * item) + 1
        self._last_file[item] = max(file_id, self._last_file.get(item, 0))
        folder = str(self.items[item]["path"])
        stem = posixpath.splitext(posixpath.basename(path.replace("\\", "/")))[0]
        group = _GROUP.search(stem)
        movie = self.kind == "radarr"
        self.files[file_id] = {
            self.owner: item,
            **({} if movie else {"seasonNumber": next((one for one, _ in self.episodes_in(path)), 1)}),
            "relativePath": path[len(folder) + 1 :] if _is_below(path, folder) else path,
            "size": self.size(path), "dateAdded": now(),
            **({"releaseGroup": group[1]} if group else {}),
            **({"edition": ""} if movie else {}), "mediaInfo": media_info(number(self.items[item]["runtime"])),
            **(known or {}), "languages": ENGLISH, "quality": quality(self.kind),
            "customFormats": [], "customFormatScore": 0, "indexerFlags": 0,
            **({} if movie else {"releaseType": "singleEpisode"}), "qualityCutoffNotMet": False, "id": file_id,
        }  # fmt: skip
        return self.files[file_id]

    def use(self, record: Row, episodes: Iterable[Row]) -> None:
        """Makes a record the file of these episodes, or of its film."""
        for row in episodes:
            row |= {"episodeFileId": record["id"], "hasFile": True}
        if self.kind == "radarr":
            self.items[number(record[self.owner])]["movieFileId"] = record["id"]

    # Reading them

    def ours(self, path: str) -> str:
        """A path of this machine for one of theirs."""
        return self._ours(path)

    def size(self, path: str) -> int:
        """The size of the file a path leads to; 0 when it leads nowhere."""
        try:
            return os.stat(self.ours(path)).st_size
        except OSError:
            return 0

    @property
    def episodes(self) -> list[Row]:
        """Every episode of every series."""
        return [row for rows in self._episodes.values() for row in rows.values()]

    def files_of(self, item: int) -> list[Row]:
        """The file records of an item, oldest first."""
        return [row for row in self.files.values() if row[self.owner] == item]

    def file_of(self, item: int) -> Row | None:
        """The record a film goes by: the one that was imported last, else its first."""
        files = self.files_of(item)
        named = self.items[item].get("movieFileId")
        return next((row for row in files if row["id"] == named), files[0] if files else None)

    def sharing(self, record: Row) -> list[Row]:
        """The episodes a file record holds."""
        return [row for row in self.episodes if row["episodeFileId"] == record["id"]]

    def episodes_of(self, item: int) -> list[Row]:
        """The episodes of a series."""
        return list(self._episodes.get(item, {}).values())

    def path_of(self, record: Row) -> str:
        """Where a record's file is, now that its item is where it is."""
        return join(str(self.items[number(record[self.owner])]["path"]), str(record["relativePath"]))

    def episodes_in(self, path: str) -> list[tuple[int, int]]:
        """Season and number of what a file's name says it holds; what was imported from it is remembered."""
        return self._reads.get(path) or self._numbers(path)

    @staticmethod
    def _numbers(path: str) -> list[tuple[int, int]]:
        found = _NUMBERS.search(posixpath.basename(path.replace("\\", "/")))
        return [(int(found[1]), int(one)) for one in re.findall(r"\d+", found[2])] if found else []

    def root_of(self, path: str) -> str:
        """The root folder an item belongs to: the innermost that holds it, else the folder it is in."""
        return max((root for root in self.roots if _is_below(path, root)), key=len, default=parent_of(path))

    # Changing them

    def forget(self, item: int) -> None:
        """Drops an item and all that was known of it."""
        del self.items[item]
        self._episodes.pop(item, None)
        for record in self.files_of(item):
            del self.files[number(record["id"])]

    def take(self, item: int, path: str) -> None:
        """Takes on a file a rescan found: a new record that knows nothing of the release, and no line of history."""
        record = self.new_record(item, path)
        if self.kind == "sonarr":
            self.use(record, [self.episode(item, *one) for one in self.episodes_in(path)])

    def drop(self, record: Row, reason: str) -> list[Row]:
        """Drops a file record, and writes why; the rows (episodes, or the film) that lost their file."""
        del self.files[number(record["id"])]
        item = number(record[self.owner])
        if self.kind == "radarr":
            lost = [] if self.files_of(item) else [self.items[item]]
            self.note("movieFileDeleted", item, self.path_of(record), self._about(record, reason))
            return lost
        lost = [row for row in self.episodes_of(item) if row["episodeFileId"] == record["id"]]
        for row in lost:
            row |= {"episodeFileId": 0, "hasFile": False}
            self.note("episodeFileDeleted", item, self.path_of(record), self._about(record, reason), number(row["id"]))
        return lost

    @staticmethod
    def _about(record: Row, reason: str) -> Row:
        """What the history keeps of a record that is dropped."""
        kind = str(record.get("releaseType", ""))
        return {
            "reason": reason, "releaseGroup": record.get("releaseGroup"), "size": str(record["size"]),
            "indexerFlags": str(record["indexerFlags"]),
            **({"releaseType": kind[:1].upper() + kind[1:]} if kind else {}),
        }  # fmt: skip

    # What lies beside the files

    def add_extra(self, record: Row, path: str) -> None:
        """Notes a file that belongs to a file record."""
        folder, extension = str(self.items[number(record[self.owner])]["path"]), posixpath.splitext(path)[1]
        relative = path[len(folder) + 1 :]
        if any((one[self.owner], one["relativePath"]) == (record[self.owner], relative) for one in self.extras):
            return
        subtitle = extension in (".srt", ".ass", ".ssa", ".sub", ".idx", ".vtt", ".sup", ".smi")
        tags = [tag for tag in ("forced", "sdh", "cc", "hi", "default") if f".{tag}." in path]
        row: Row = {self.owner: record[self.owner], "movieFileId": record["id"], "relativePath": relative}
        row |= {"extension": extension, **({"languageTags": tags} if subtitle else {})}
        kind = "subtitle" if subtitle else "metadata" if extension in (".jpg", ".png") else "other"
        self.extras.append({**row, "type": kind, "id": len(self.extras) + 1})

    def extras_of(self, item: int) -> list[Row]:
        """What lies beside the files of an item."""
        return [row for row in self.extras if row[self.owner] == item]

    def extra_path(self, extra: Row) -> str:
        """Where such a file is, as they write it."""
        return join(str(self.items[number(extra[self.owner])]["path"]), str(extra["relativePath"]))

    def forget_missing_extras(self, item: int) -> None:
        """Drops those of an item that are no longer there."""
        gone = [one for one in self.extras_of(item) if not os.path.lexists(self.ours(self.extra_path(one)))]
        self.extras = [one for one in self.extras if one not in gone]

    def queued(self, one: int, title: str, row_id: int) -> Row:
        """A row of the queue of an episode or film, before anything is said of how it goes."""
        episode = next((row for row in self.episodes if row["id"] == one), None) if self.kind == "sonarr" else None
        return queue_row(self.kind, episode, one, title, now(), row_id)

    def note(self, event: str, item: int, title: str, data: Row, episode: int = 0, download: str = "") -> Row:
        """Writes a line of history."""
        row: Row = {
            **({"episodeId": episode} if episode else {}), self.owner: item, "sourceTitle": title,
            "languages": ENGLISH, "quality": quality(self.kind), "customFormats": [], "customFormatScore": 0,
            "qualityCutoffNotMet": False, "date": now(), **({"downloadId": download} if download else {}),
            "eventType": event, "data": data, "id": len(self.history) + 1,
        }  # fmt: skip
        self.history.append(row)
        return row

    # As JSON

    def items_json(self, rows: Iterable[Row]) -> list[Row]:
        """Several items as the server answers them, also those of a large library."""
        files: dict[object, list[Row]] = {}
        for record in self.files.values():
            files.setdefault(record[self.owner], []).append(record)
        return [self.item_json(row, files.get(row["id"], [])) for row in rows]

    def item_json(self, row: Row, files: Sequence[Row] | None = None) -> Row:
        """A series or film as the server answers it; ``files`` are its records when they are at hand."""
        shown = {**row, "rootFolderPath": self.root_of(str(row["path"]))}
        files = self.files_of(number(row["id"])) if files is None else files
        size = sum(number(file["size"]) for file in files)
        groups = sorted({str(file["releaseGroup"]) for file in files if file.get("releaseGroup")})
        if self.kind == "radarr":
            file, listed = self.file_of(number(row["id"])), files[-1] if files else None
            shown |= {"folderName": row["path"], "hasFile": bool(file), "sizeOnDisk": size}
            shown["movieFileId"] = file["id"] if file else 0
            if listed:
                one = self.file_json(listed)
                shown["movieFile"] = {name: one[name] for name in one if not name.startswith("customFormat")}
            shown["statistics"] = {"movieFileCount": min(len(files), 1), "sizeOnDisk": size, "releaseGroups": groups}
            return shown
        episodes = self.episodes_of(number(row["id"]))
        seasons = row["seasons"]
        assert isinstance(seasons, list)
        shown["seasons"] = [{**one, "statistics": self._counts(episodes, one["seasonNumber"])} for one in seasons]
        shown["statistics"] = {"seasonCount": len(seasons), **self._counts(episodes)}
        return shown | {"previousAiring": AIRED}

    def _counts(self, episodes: Sequence[Row], season: int | None = None) -> Row:
        rows = [row for row in episodes if season in (None, row["seasonNumber"])]
        ids = {number(row["episodeFileId"]) for row in rows if row["hasFile"]}
        files = [self.files[one] for one in ids if one in self.files]
        counted = [row for row in rows if row["hasFile"] or row["monitored"]]
        have = sum(bool(row["hasFile"]) for row in counted)
        return {
            "episodeFileCount": have, "episodeCount": len(counted), "totalEpisodeCount": len(rows),
            "sizeOnDisk": sum(number(file["size"]) for file in files),
            "releaseGroups": sorted({str(file["releaseGroup"]) for file in files if file.get("releaseGroup")}),
            "percentOfEpisodes": 100 * have / len(counted) if counted else 0,
        }  # fmt: skip

    def file_json(self, record: Row) -> Row:
        """A file record as the server answers it."""
        return {**record, "path": self.path_of(record)}


def quality(kind: Kind) -> Row:
    """WEBDL-1080p, as each of them writes it."""
    return named(kind, "WEBDL-1080p")


def join(folder: str, relative: str) -> str:
    """A path below a folder of theirs, by the rules of the system the folder is of."""
    return ntpath.join(folder, relative) if "\\" in folder else posixpath.join(folder, relative)


def parent_of(path: str) -> str:
    """The folder above a path of theirs."""
    return ntpath.dirname(path) if "\\" in path else posixpath.dirname(path)


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/\\") + ("\\" if "\\" in folder else "/"))
