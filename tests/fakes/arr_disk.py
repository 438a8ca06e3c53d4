"""What a fake Sonarr or Radarr does on disk: rescans, and the removal of a file of its own.

By reference: a look at an item's folder drops the records of files that are gone and takes on those that are new; then
it reads the size of each recorded file, and ends there, as failed, at the first link that leads nowhere.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Final

from tests.fakes.arr_qualities import Row
from tests.fakes.arr_records import Records, join
from tests.fakes.arr_rows import number

VIDEOS: Final = (".mkv", ".mp4", ".avi", ".m4v", ".ts", ".wmv", ".mov", ".mpg")
NOT_FOUND: Final = "System.IO.FileNotFoundException: Could not find file '{0}'.\nFile name: '{0}'\n   at ReadSize()"
NO_FOLDER: Final = "System.IO.DirectoryNotFoundException: Could not find a part of the path '{0}'.\n   at List()"
_LEFT_OUT: Final = ("-trailer", "-other", "-deleted", "-featurette", "-interview", "-scene", "-short")
_LEFT_OUT_FOLDERS: Final = {"extras", "featurettes", "samples", "sample", "trailers", "shorts", "other", "@eadir"}


class Failed(Exception):
    """A command that ends as failed; what its ``exception`` says."""


class Disk:
    """The folders of one server's items. ``setting`` gives a value of its media management."""

    def __init__(self, records: Records, setting: Callable[[str], object]) -> None:
        self._records = records
        self._setting = setting
        self.sees: Callable[[str], bool] = os.path.exists
        """Whether there is something at a path of ours, through links, for the server."""

    def root_trouble(self, item: int) -> str:
        """Why the root folder of an item keeps it from being looked at: "missing", "empty", or "" when it does not."""
        root = self._records.ours(self._records.root_of(str(self._records.items[item]["path"])))
        if not os.path.isdir(root):
            return "missing"
        return "" if os.listdir(root) else "empty"

    def rescan(self, item: int) -> str:
        """Looks at an item's folder; what the command says of it, "" when it did not look. Raises Failed."""
        row = self._records.items[item]
        folder = self._records.ours(str(row["path"]))
        there = os.path.isdir(folder)
        if not there and self.root_trouble(item):
            return ""
        sonarr = self._records.kind == "sonarr"
        said = f"{'Scanning' if sonarr else 'Scanning disk for'} {row['title']}"
        seen = dict(self._videos(str(row["path"]), folder))
        lost = self._drop_missing(item, seen)
        self._take_new(item, seen)
        self._unmonitor([one for one in lost if not self._has_file(one)])
        if there:
            self._read_sizes(item)
            self._remove_if_empty(folder)
            if not sonarr and not os.path.isdir(folder):
                raise Failed(NO_FOLDER.format(row["path"]))
            self._take_extras(item)
        return said

    def delete(self, record: Row) -> tuple[int, str]:
        """Removes a file of theirs and its record: (0, "") when it did, else the status and what is wrong."""
        item = number(record[self._records.owner])
        trouble, root = self.root_trouble(item), self._records.root_of(str(self._records.items[item]["path"]))
        sonarr = self._records.kind == "sonarr"
        if trouble:
            whose = "Series'" if sonarr else "Movie's"
            end = "doesn't exist." if trouble == "missing" else "is empty."
            if trouble == "empty" and not sonarr:
                end += " Rescan will not update movies as a failsafe."
            return 409, f"{whose} root folder ({root}) {end}"
        path = self._records.ours(self._records.path_of(record))
        if os.path.islink(path) and not self.sees(path) and self._setting("recycleBin"):
            return 500, f"Unable to delete {'episode' if sonarr else 'movie'} file"
        if os.path.lexists(path):
            self.take_away(record)
        self.take_extras_away(record)
        self._unmonitor(self._records.drop(record, "Manual"))
        self._remove_if_empty(self._records.ours(str(self._records.items[item]["path"])))
        return 0, ""

    def take_away(self, record: Row) -> None:
        """Removes the file of a record: to the recycle bin, below the name of its item, or for good."""
        self._take(number(record[self._records.owner]), self._records.path_of(record))

    def take_extras_away(self, record: Row) -> None:
        """Removes what lies beside a file and belongs to it."""
        item = number(record[self._records.owner])
        for extra in self._records.extras_of(item):
            path = self._records.extra_path(extra)
            if extra["movieFileId"] == record["id"] and os.path.lexists(self._records.ours(path)):
                self._take(item, path)
        self._records.forget_missing_extras(item)

    def _take(self, item: int, path: str) -> None:
        ours, bin_folder = self._records.ours(path), self._setting("recycleBin")
        if not bin_folder:
            os.unlink(ours)
            return
        folder = str(self._records.items[item]["path"])
        kept = self._records.ours(join(join(str(bin_folder), os.path.basename(folder)), path[len(folder) + 1 :]))
        stem, extension = os.path.splitext(kept)
        count = 1
        while os.path.lexists(kept):
            count += 1
            kept = f"{stem}_{count}{extension}"
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        shutil.move(ours, kept)

    def move(self, source: str, destination: str) -> None:
        """Moves an item's folder, when it is there."""
        if os.path.isdir(self._records.ours(source)):
            os.makedirs(os.path.dirname(self._records.ours(destination)), exist_ok=True)
            shutil.move(self._records.ours(source), self._records.ours(destination))

    def _videos(self, path: str, folder: str) -> Iterator[tuple[str, str]]:
        """Each video below a folder: their path, and ours. A link that leads nowhere is one of them, and links to
        directories are followed; a name that is not UTF-8 is none they can open."""
        for where, folders, names in os.walk(folder, followlinks=True):
            folders[:] = sorted(one for one in folders if one[0] != "." and one.lower() not in _LEFT_OUT_FOLDERS)
            for name in sorted(names):
                stem, extension = os.path.splitext(name.lower())
                if extension in VIDEOS and not stem.endswith(_LEFT_OUT) and _is_utf8(name):
                    ours = os.path.join(where, name)
                    yield join(path, os.path.relpath(ours, folder)), ours

    def _take_extras(self, item: int) -> None:
        """Takes on what lies beside the files: at Radarr all of the film's folder, at Sonarr what shares a name."""
        self._records.forget_missing_extras(item)
        files = self._records.files_of(item)
        for record in files if self._records.kind == "sonarr" else files[:1]:
            path = self._records.path_of(record)
            folder, stem = os.path.dirname(path), os.path.splitext(os.path.basename(path))[0]
            ours = self._records.ours(folder)
            for name in sorted(os.listdir(ours)) if os.path.isdir(ours) else []:
                first, extension = os.path.splitext(name.lower())
                shares = name.startswith(stem + ".") or self._records.kind == "radarr"
                if (
                    shares
                    and extension not in VIDEOS
                    and not first.endswith(_LEFT_OUT)
                    and not os.path.isdir(os.path.join(ours, name))
                ):
                    self._records.add_extra(record, join(folder, name))

    def _drop_missing(self, item: int, seen: dict[str, str]) -> list[Row]:
        lost: list[Row] = []
        for record in self._records.files_of(item):
            path = self._records.path_of(record)
            if path not in seen and not os.path.lexists(self._records.ours(path)):
                lost += self._records.drop(record, "MissingFromDisk")
        return lost

    def _take_new(self, item: int, seen: dict[str, str]) -> None:
        known = {self._records.path_of(record) for record in self._records.files_of(item)}
        for path, ours in seen.items():
            if path not in known and self.sees(ours) and self._wanted(item, path):
                self._records.take(item, path)

    def _wanted(self, item: int, path: str) -> bool:
        """Whether what a new file holds has none; a second file of a film becomes a second record."""
        if self._records.kind == "radarr":
            return True
        numbers = self._records.episodes_in(path)
        return bool(numbers) and not all(self._records.episode(item, *one)["hasFile"] for one in numbers)

    def _read_sizes(self, item: int) -> None:
        for record in self._records.files_of(item):
            path = self._records.ours(self._records.path_of(record))
            if os.path.islink(path) and not self.sees(path):
                raise Failed(NOT_FOUND.format(self._records.theirs(os.readlink(path))))
            record["size"] = self._records.size(self._records.path_of(record))

    def _remove_if_empty(self, folder: str) -> None:
        """With ``deleteEmptyFolders`` an item's folder without a file in it goes, and each such folder below it."""
        if not self._setting("deleteEmptyFolders") or not os.path.isdir(folder):
            return
        for where, folders, names in os.walk(folder, topdown=False):
            if not names and not any(os.path.isdir(os.path.join(where, one)) for one in folders):
                os.rmdir(where)

    def _unmonitor(self, rows: list[Row]) -> None:
        """What lost its file is not looked for again, when the user wanted that."""
        for row in rows:
            if self._setting("autoUnmonitorPreviouslyDownloaded"):
                row["monitored"] = False

    def _has_file(self, row: Row) -> bool:
        if self._records.kind == "sonarr":
            return bool(row["hasFile"])
        return bool(self._records.files_of(number(row["id"])))


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
