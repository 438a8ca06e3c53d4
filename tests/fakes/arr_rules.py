"""What no request of ours may do to a Sonarr or Radarr: each of these they take without a word, and a file is lost.

A strict fake looks at every request before it answers it. What is broken fails the test that made the request, whatever
the program made of the answer.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator

from tests.fakes.arr_answers import Switches
from tests.fakes.arr_commands import Commands
from tests.fakes.arr_names import Names
from tests.fakes.arr_qualities import Row
from tests.fakes.arr_records import Records
from tests.fakes.arr_rows import number
from tests.fakes.openapi.check import WRONG


class Rules:
    """The rules at one server. ``listings`` is how many of its listings are without an answer."""

    def __init__(self, records: Records, commands: Commands, switches: Switches, names: Names) -> None:
        self._records, self._commands, self._switches, self._names = records, commands, switches, names
        self.listings = 0
        self._roots: set[str] = set()

    def look(self, endpoint: str, body: Row) -> None:
        """Notes what a request breaks."""
        self._roots |= {root for root in self._records.roots if os.path.isdir(self._records.ours(root))}
        WRONG.extend(f"{self._records.kind}: {one}" for one in self._broken(endpoint, body))

    def _broken(self, endpoint: str, body: Row) -> Iterator[str]:
        if endpoint == "cancel":
            yield "a command that was sent is called back: it runs all the same after the next start"
        if endpoint == "importable" and self.listings:
            yield "a second listing is asked for while one is without an answer"
        if endpoint in ("importable", "judge", "push") and self._switches.mount_hangs:
            yield f"{endpoint} is asked while a mount hangs there: there is no end to that"
        if endpoint != "send":
            return
        name = str(body.get("name"))
        if name.startswith(("Rescan", "ManualImport", "Move", "RenameFiles")):
            if self._switches.mount_hangs:
                yield f"{name} while a mount hangs there: there is no end to that"
            for one in _list(body.get("files")) if name == "ManualImport" else [body]:
                if isinstance(one, dict):
                    yield from self._of_root(name, one)
        if name == "ManualImport":
            yield from self._of_import(body)

    def _of_root(self, name: str, one: Row) -> Iterator[str]:
        """A root folder in which nothing is left of all it has files of is that of an absent volume."""
        item = self._records.items.get(number(one.get(self._records.owner)))
        if item is None:
            return
        root = self._records.root_of(str(item["path"]))
        held = [row for row in self._records.items.values() if self._records.files_of(number(row["id"]))]
        below = [row for row in held if self._records.root_of(str(row["path"])) == root]
        if (
            root in self._roots
            and below
            and not any(os.path.isdir(self._records.ours(str(row["path"]))) for row in below)
        ):
            yield f"{name} into a root folder that is empty: an absent volume"

    def _of_import(self, body: Row) -> Iterator[str]:
        rows = [one for one in _list(body.get("files")) if isinstance(one, dict)]
        paths = {str(one["path"]) for one in rows}
        for command in self._commands.all.values():
            if command.name != "ManualImport" or command.status not in ("queued", "started"):
                continue
            theirs = {str(one["path"]) for one in _list(command.sent.get("files")) if isinstance(one, dict)}
            if paths & theirs:
                yield f"a file is sent twice: {sorted(paths & theirs)[0]}"
        for one in rows:
            yield from self._of_file(one, str(body.get("importMode")))

    def _of_file(self, one: Row, mode: str) -> Iterator[str]:
        path = str(one["path"])
        ours = self._records.ours(path)
        item = self._records.items.get(number(one.get(self._records.owner)))
        if os.path.islink(ours) and mode != "copy":
            yield "a link is moved, not copied: where that fails the old file is gone all the same"
        if not os.path.exists(ours):
            yield f"{posixpath.basename(path)} leads nowhere"
        if item is None:
            return
        episodes = [row for row in self._records.episodes if row["id"] in _list(one.get("episodeIds"))]
        if any(row["seriesId"] != item["id"] for row in episodes):
            yield "an episode is of another series"
        for record in self._replaced(item, episodes):
            old = self._records.ours(self._records.path_of(record))
            if os.path.islink(old) and not os.path.exists(old):
                yield f"{os.path.basename(old)} leads nowhere and is to be replaced: it cannot be binned"
        if episodes or self._records.kind == "radarr":
            yield from self._of_place(item, one, episodes)

    def _replaced(self, item: Row, episodes: list[Row]) -> list[Row]:
        if self._records.kind == "radarr":
            current = self._records.file_of(number(item["id"]))
            return [current] if current else []
        ids = {number(row["episodeFileId"]) for row in episodes}
        return [self._records.files[one] for one in ids if one in self._records.files]

    def _of_place(self, item: Row, one: Row, episodes: list[Row]) -> Iterator[str]:
        place = self._names.place(item, str(one["path"]), one.get("quality"), episodes)
        known = {self._records.path_of(record) for record in self._records.files.values()}
        if os.path.lexists(self._records.ours(place)) and place not in known:
            yield f"{posixpath.basename(place)} is taken: the old file goes and nothing comes"


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
