"""What an import does on the disk of a fake Sonarr or Radarr, and to its records.

A link stays a link of the same text. What is replaced goes before the new file is placed; whatever keeps that from
being placed, the command says that all went well.
"""

from __future__ import annotations

import os
import posixpath
import shutil
from collections.abc import Callable
from typing import Final

from tests.fakes.arr_disk import Disk, Failed
from tests.fakes.arr_names import Names
from tests.fakes.arr_qualities import Row, whole
from tests.fakes.arr_reading import NotThere, Reading
from tests.fakes.arr_records import Records
from tests.fakes.arr_rows import media_info, number

LATER_S: Final = 2.0
"""So long after an import the subtitles of what was replaced are cleaned away."""
SUBTITLES: Final = (".srt", ".ass", ".ssa", ".sub", ".idx", ".vtt", ".sup", ".smi")


class Skipped(Exception):
    """A file that is passed over; the command says nothing of it."""


class Imports:
    """The imports of one server. ``rescan`` has an item looked at once the command is over, ``later`` puts off an act
    by so many seconds."""

    def __init__(
        self,
        records: Records,
        disk: Disk,
        reading: Reading,
        setting: Callable[[str], object],
        names: Names,
        released: Callable[[], bool],
    ) -> None:
        self._records, self._disk, self._reading = records, disk, reading
        self._setting, self._names, self._released = setting, names, released
        self._sonarr = records.kind == "sonarr"
        self.rescan: Callable[[int], None] = lambda item: None
        self.later: Callable[[float, Callable[[], None]], None] = lambda seconds, act: None

    def run(self, sent: Row, most: int | None = None) -> str:
        """Imports the files of a command (``most`` of them, for one that is cut short); what it says. Raises Failed."""
        given = sent.get("files")
        if not isinstance(given, list):
            raise Failed("System.ArgumentNullException: Value cannot be null. (Parameter 'source')")
        if self._reading.importing.before is not None:
            self._reading.importing.before()
        for one in given[:most]:
            assert isinstance(one, dict)
            try:
                self._one(one, str(sent.get("importMode", "auto")))
            except Skipped:
                continue
        return f"Manually imported {len(given)} files"

    def _one(self, one: Row, mode: str) -> None:
        item = self._records.items.get(number(one.get(self._records.owner)))
        if item is None:
            what = "Series" if self._sonarr else "Movie"
            wanted = number(one.get(self._records.owner))
            raise Failed(f"NzbDrone.Core.Datastore.ModelNotFoundException: {what} with ID {wanted} does not exist")
        episodes = self._episodes(one) if self._sonarr else []
        path = str(one["path"])
        try:
            ours = self._reading.open(path)
        except NotThere as why:
            raise Failed(f"System.IO.FileNotFoundException: {why}\n   at NzbDrone") from why
        if self._sonarr and not episodes:
            if self._released():
                raise Skipped
            raise Failed("NzbDrone.Core.Parser.InvalidSeasonException: Expected one season, but found none")
        folder = self._records.ours(str(item["path"]))
        if ours.startswith(folder + os.sep):
            self._put_on_record(item, path, one, episodes, history=False)
            return
        self._bring(item, path, one, episodes, mode)

    def _episodes(self, one: Row) -> list[Row]:
        given = one.get("episodeIds")
        ids = given if isinstance(given, list) else []
        found = [row for row in self._records.episodes if row["id"] in ids]
        if len(found) != len(ids):
            raise Failed(
                f"System.ApplicationException: Expected query to return {len(ids)} rows but returned {len(found)}"
            )
        return sorted(found, key=lambda row: number(row["episodeNumber"]))

    # One file

    def _bring(self, item: Row, path: str, one: Row, episodes: list[Row], mode: str) -> None:
        item_id = number(item["id"])
        if self._disk.root_trouble(item_id) == "missing":
            raise Skipped
        place = self._names.place(item, path, one.get("quality"), episodes)
        fresh = self._extras_beside(path)
        old = self._replaced(item_id, episodes)
        for record in old:
            if not self._remove(record):
                raise Skipped
        self._put(path, place, self._moves(one, mode), item_id)
        told = one.get("quality") and (self._sonarr or one.get("languages"))
        if not told or self._reading.importing.no_record:
            return
        record = self._put_on_record(item, place, one, episodes, history=True, dropped=path)
        self._bring_extras(record, path, place, fresh, mode)
        if old and self._reading.importing.cleans_fresh_subtitles:
            self.later(LATER_S, lambda: self._clean(old, item_id))

    def _moves(self, one: Row, mode: str) -> bool:
        return mode == "move" or (mode == "auto" and self._tracked(one) is None)

    def _tracked(self, one: Row) -> Row | None:
        given = one.get("downloadId")
        return next((row for row in self._records.queue if given and row.get("downloadId") == given), None)

    def _replaced(self, item: int, episodes: list[Row]) -> list[Row]:
        if not self._sonarr:
            current = self._records.file_of(item)
            return [current] if current else []
        ids = {number(row["episodeFileId"]) for row in episodes}
        return [self._records.files[one] for one in sorted(ids) if one in self._records.files]

    def _remove(self, record: Row) -> bool:
        """Takes away what is replaced, with what lies beside it and belongs to it; whether it could."""
        ours = self._records.ours(self._records.path_of(record))
        if self._setting("recycleBin") and os.path.islink(ours) and not self._reading.sees(ours):
            return False
        if os.path.lexists(ours):
            self._disk.take_away(record)
        self._disk.take_extras_away(record)
        self._records.drop(record, "Upgrade")
        return True

    def _put(self, path: str, place: str, moves: bool, item: int) -> None:
        source, target = self._records.ours(path), self._records.ours(place)
        if os.path.lexists(target):
            self.rescan(item)
            raise Skipped
        if moves and self._reading.importing.cannot_move:
            raise Skipped
        try:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.islink(source):
                os.symlink(self._text(path, moves), target)
            else:
                _copy(source, target, moves or bool(self._setting("copyUsingHardlinks")))
            if moves:
                os.unlink(source)
        except OSError as error:
            raise Skipped from error

    def _text(self, path: str, moves: bool) -> str:
        """What a copy of a link says: the same, but for a relative one, which is joined to where it was."""
        text = os.readlink(self._records.ours(path))
        return text if os.path.isabs(text) or moves else f"{posixpath.dirname(path)}/{text}"

    def _put_on_record(
        self, item: Row, place: str, one: Row, episodes: list[Row], *, history: bool, dropped: str = ""
    ) -> Row:
        scene = str(one.get("folderName") or "")
        known: Row = {**({"sceneName": scene} if scene else {}), "releaseGroup": str(one.get("releaseGroup") or "")}
        record = self._records.new_record(number(item["id"]), place, known=known)
        if not record["releaseGroup"]:
            del record["releaseGroup"]
        record |= {name: one[name] for name in ("languages", "indexerFlags") if one.get(name) is not None}
        if isinstance(given := one.get("quality"), dict):
            record["quality"] = whole(self._records.kind, given)
        record["mediaInfo"] = media_info(self._reading.minutes_of(posixpath.basename(dropped or place), item))
        if self._sonarr:
            record |= {"seasonNumber": episodes[0]["seasonNumber"], "releaseType": one.get("releaseType", "unknown")}
        elif dropped:
            record["originalFilePath"] = "/".join(dropped.split("/")[-2:])
        self._records.use(record, episodes)
        if history:
            self._note(record, episodes, dropped, scene, one)
        return record

    def _note(self, record: Row, episodes: list[Row], dropped: str, scene: str, one: Row) -> None:
        title = scene or posixpath.splitext(posixpath.basename(dropped))[0]
        tracked = self._tracked(one)
        data: Row = {
            "fileId": str(record["id"]), "droppedPath": dropped, "importedPath": self._records.path_of(record),
            "downloadClient": tracked["downloadClient"] if tracked else None,
            "downloadClientName": tracked["downloadClient"] if tracked else None,
            "releaseGroup": record.get("releaseGroup"), "customFormatScore": "0", "size": str(record["size"]),
            "indexerFlags": str(record["indexerFlags"]),
        }  # fmt: skip
        if self._sonarr:
            kind = str(record["releaseType"])
            data["releaseType"] = kind[:1].upper() + kind[1:]
        download = str(one.get("downloadId")) if tracked else ""
        for episode in [number(row["id"]) for row in episodes] or [0]:
            line = self._records.note(
                "downloadFolderImported", number(record[self._records.owner]), title, data, episode, download
            )
            line |= {"quality": record["quality"], "languages": record["languages"]}

    # What lies beside

    def _extras_beside(self, path: str) -> list[str]:
        """Subtitles of a video: beside it under its name, or in ``Subs``."""
        if not self._setting("importExtraFiles"):
            return []
        wanted = {f".{one.strip().lstrip('.')}" for one in str(self._setting("extraFileExtensions")).split(",")}
        stem, folder = posixpath.splitext(posixpath.basename(path))[0], self._records.ours(posixpath.dirname(path))
        found: list[str] = []
        for where in (folder, os.path.join(folder, "Subs")):
            for name in sorted(os.listdir(where)) if os.path.isdir(where) else []:
                if os.path.splitext(name)[1] in wanted and (name.startswith(stem + ".") or where != folder):
                    found.append(os.path.join(where, name))
        return found

    def _bring_extras(self, record: Row, path: str, place: str, extras: list[str], mode: str) -> None:
        stem = posixpath.splitext(posixpath.basename(path))[0]
        for source in extras:
            name = os.path.basename(source)
            rest = name[len(stem) :] if name.startswith(stem + ".") else f".{name}"
            target = posixpath.splitext(place)[0] + rest
            if os.path.lexists(self._records.ours(target)):
                continue
            if os.path.islink(source):
                os.symlink(os.readlink(source), self._records.ours(target))
            else:
                shutil.copyfile(source, self._records.ours(target))
            if mode == "move":
                os.unlink(source)
            self._records.add_extra(record, target)

    def _clean(self, old: list[Row], item: int) -> None:
        """Takes away every subtitle of the name of what was replaced, fresh ones too."""
        for record in old:
            ours = self._records.ours(self._records.path_of(record))
            stem, folder = os.path.splitext(os.path.basename(ours))[0], os.path.dirname(ours)
            for name in os.listdir(folder) if os.path.isdir(folder) else []:
                if name.startswith(stem + ".") and os.path.splitext(name)[1] in SUBTITLES:
                    os.unlink(os.path.join(folder, name))
        self._records.forget_missing_extras(item)


def _copy(source: str, target: str, hard: bool) -> None:
    if hard:
        try:
            os.link(source, target)
        except OSError:
            hard = False
    if not hard:
        shutil.copyfile(source, target)
