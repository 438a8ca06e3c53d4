"""How a fake Sonarr or Radarr names files, and what a rename does to them."""

from __future__ import annotations

import os
import posixpath
import re

from tests.fakes.arr_disk import Failed
from tests.fakes.arr_qualities import Row
from tests.fakes.arr_records import Records, join
from tests.fakes.arr_rows import number


class Names:
    """The names of one server's files, by its settings of naming."""

    def __init__(self, records: Records, naming: Row) -> None:
        self._records, self._naming = records, naming
        self._sonarr = records.kind == "sonarr"

    @property
    def renames(self) -> bool:
        """Whether it gives files names of its own."""
        return bool(self._naming["renameEpisodes" if self._sonarr else "renameMovies"])

    def place(self, item: Row, path: str, quality: object, episodes: list[Row]) -> str:
        """Where a file goes: in the folder of its film, or of the season of its episodes."""
        folder = str(item["path"])
        if self._sonarr and item["seasonFolder"]:
            season = number(episodes[0]["seasonNumber"])
            form = str(self._naming["seasonFolderFormat" if season else "specialsFolderFormat"])
            folder = join(folder, re.sub(r"\{season(?::(0+))?\}", lambda m: str(season).zfill(len(m[1] or "")), form))
        stem, extension = posixpath.splitext(posixpath.basename(path))
        stem = self._renamed(item, quality, episodes) if self.renames else stem
        return join(folder, _cleaned(stem) + extension)

    def _renamed(self, item: Row, quality: object, episodes: list[Row]) -> str:
        held = quality["quality"] if isinstance(quality, dict) else {}
        words = {
            "Movie Title": item["title"], "Series Title": item["title"], "Release Year": item["year"],
            "Quality Full": held.get("name", ""), "Episode Title": " + ".join(str(row["title"]) for row in episodes),
        }  # fmt: skip
        form = str(self._naming["standardEpisodeFormat" if self._sonarr else "standardMovieFormat"])
        if episodes:
            numbers = "-".join(f"E{number(row['episodeNumber']):02}" for row in episodes)
            form = form.replace("E{episode:00}", numbers)
            form = form.replace("{season:00}", f"{number(episodes[0]['seasonNumber']):02}")
        return re.sub(r"\{([^}]+)\}", lambda match: str(words.get(match[1], "")), form).strip()

    def new_path(self, record: Row) -> str:
        """Where the file of a record would be after a rename."""
        item = self._records.items[number(record[self._records.owner])]
        episodes = self._records.sharing(record) if self._sonarr else []
        if self._sonarr and not episodes:
            return self._records.path_of(record)
        return self.place(item, self._records.path_of(record), record["quality"], episodes)

    def preview(self, item: int) -> list[Row]:
        """What a rename would do; nothing while it does not rename."""
        rows: list[Row] = []
        for record in self._records.files_of(item) if self.renames else []:
            new, old = self.new_path(record), self._records.path_of(record)
            if new == old:
                continue
            folder = str(self._records.items[item]["path"])
            row: Row = {self._records.owner: item}
            if self._sonarr:
                episodes = self._records.sharing(record)
                row |= {"seasonNumber": record["seasonNumber"]}
                row |= {"episodeNumbers": [one["episodeNumber"] for one in episodes], "episodeFileId": record["id"]}
            else:
                row["movieFileId"] = record["id"]
            rows.append({**row, "existingPath": record["relativePath"], "newPath": new[len(folder) + 1 :]})
        return rows

    def rename(self, sent: Row) -> str:
        """Renames files; what the command says. What stands under a new name is deleted, and the old name stays."""
        item = self._records.items.get(number(sent.get(self._records.owner)))
        if item is None:
            raise Failed("NzbDrone.Core.Datastore.ModelNotFoundException: it does not exist")
        given = sent.get("files")
        done = sum(self._rename(self._records.files[number(one)]) for one in (given if isinstance(given, list) else []))
        what = "episode" if self._sonarr else "movie"
        return f"{done} selected {what} files renamed for {item['title']}"

    def _rename(self, record: Row) -> bool:
        old, new = self._records.path_of(record), self.new_path(record)
        source, target = self._records.ours(old), self._records.ours(new)
        if old == new or not os.path.exists(source):
            return False
        if os.path.lexists(target):
            os.unlink(target)
            return False
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.rename(source, target)
        folder = str(self._records.items[number(record[self._records.owner])]["path"])
        data: Row = {"sourcePath": old, "sourceRelativePath": record["relativePath"], "path": new}
        record["relativePath"] = data["relativePath"] = new[len(folder) + 1 :]
        data |= {"size": str(record["size"]), "indexerFlags": "0", "releaseGroup": record.get("releaseGroup")}
        event = "episodeFileRenamed" if self._sonarr else "movieFileRenamed"
        self._records.note(event, number(record[self._records.owner]), old, data)
        return True


def _cleaned(stem: str) -> str:
    """A name without what they replace in one."""
    return re.sub(r'[\\/:*?"<>|]', "", re.sub(r":(?=\s)", " -", stem))
