"""The commands of a fake Sonarr or Radarr: how they begin, what they do, how they end."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.fakes.arr_disk import Disk, Failed
from tests.fakes.arr_qualities import Row
from tests.fakes.arr_records import Records, now
from tests.fakes.arr_rows import at_client, number
from tests.fakes.sockets import Hang

KNOWN: Final = {
    "sonarr": {"RescanSeries", "RefreshSeries", "EpisodeSearch", "MoveSeries", "ManualImport", "RenameFiles"},
    "radarr": {"RescanMovie", "RefreshMovie", "MoviesSearch", "MoveMovie", "ManualImport", "RenameFiles"},
}
_ON_DISK: Final = ("Rescan", "RefreshSeries", "RefreshMovie", "Move", "ManualImport", "Rename")
QUIET: Final = {"RefreshMonitoredDownloads", "RssSync", "CheckHealth"}


@dataclass
class Command:
    """One command. ``looks`` are those at it that still find it running."""

    id: int
    name: str
    sent: Row
    looks: int | None
    cancelled: bool = False
    status: str = "queued"
    result: str = "unknown"
    message: str = ""
    exception: str = ""
    queued: str = field(default_factory=now)
    started: str = ""
    ended: str = ""


class Commands:
    """The queue of commands. A command runs when its last look but one is over, and right away without any.

    ``steps`` is how often a look at a new command finds it running first; None: it runs until ``finish``. While
    ``busy`` new commands wait as ``queued``. ``forced`` is an end (status, result, message) new commands come to
    without doing anything. ``finds`` are titles of releases a search finds, by the id of the episode or film.
    """

    def __init__(self, records: Records, disk: Disk) -> None:
        self._records = records
        self._disk = disk
        self.steps: int | None = 0
        self.busy = False
        self.forced: tuple[str, str, str] | None = None
        self.finds: dict[int, str] = {}
        self.all: dict[int, Command] = {}
        self.imports: Callable[[Row, int | None], str] = lambda sent, most: ""
        self.renames: Callable[[Row], str] = lambda sent: ""
        self.end_of_imports: Callable[[], tuple[str, str, str] | None] = lambda: None
        self.words: Callable[[str], str] = lambda text: text
        self._hung: Command | None = None
        self.on_refresh: dict[int, Callable[[], object]] = {}
        """What the first refresh of a new item comes to, by its id."""

    def send(self, name: str, sent: Row) -> Command:
        """A new command, or the one that was sent so before and has not ended."""
        for command in self.all.values():
            if command.status in ("queued", "started") and (command.name, command.sent) == (name, sent):
                return command
        command = Command(900 + len(self.all) + 1, name, sent, self.steps)
        self.all[command.id] = command
        return command

    def begin(self) -> None:
        """Starts what is queued, and ends what has no more looks to go; a server does that on its own time."""
        for command in list(self.all.values()):
            waits = self._hung is not None and command.name.startswith(_ON_DISK)
            if command.status == "queued" and not self.busy and not command.cancelled and not waits:
                command.status, command.started = "started", now()
            if command.status == "started" and command.looks == 0:
                self._run(command)

    def look(self, command_id: int) -> Command | None:
        """The command as it is now, which brings it one look nearer to its end; None for one there never was."""
        command = self.all.get(command_id)
        if command is not None and command.status == "started" and command.looks:
            command.looks -= 1
        return command

    def finish(self) -> None:
        """Ends everything that waits or runs; what hung is tried once more."""
        self.busy, self._hung = False, None
        for command in self.all.values():
            command.looks = 0
        self.begin()

    def restart(self, done: int = 0, forgets: bool = False) -> None:
        """As after a kill: what ran is orphaned, an import after ``done`` of its files; what waited runs now. With
        ``forgets`` what ran is not known any more."""
        self._hung = None
        for command in list(self.all.values()):
            if command.status == "started" and done and command.name == "ManualImport":
                self.imports(command.sent, done)
            if command.status == "started" and forgets:
                del self.all[command.id]
            elif command.status == "started":
                command.status, command.message, command.ended = "orphaned", "", now()
            command.cancelled = False
        self.finish()

    def cancel(self, command: Command) -> bool:
        """Takes back a queued one, which yet runs after the next restart; whether it was not too late."""
        command.cancelled = command.status == "queued"
        return command.cancelled

    def json(self, command: Command) -> Row:
        """A command as the server answers it."""
        shown: Row = {
            "name": command.name, "commandName": re.sub(r"(?<!^)([A-Z])", r" \1", command.name),
            **({"message": command.message} if command.message else {}),
            "body": {
                **command.sent, "sendUpdatesToClient": True, "updateScheduledTask": True, "requiresDiskAccess": False,
                "isExclusive": False, "isLongRunning": False, "name": command.name, "trigger": "manual",
                "suppressMessages": False,
            },
            "priority": "high" if command.name == "ManualImport" else "normal",
            "status": command.status, "result": command.result, "queued": command.queued,
        }  # fmt: skip
        if command.started:
            shown["started"] = command.started
        if command.ended:
            shown |= {"ended": command.ended, "duration": "00:00:00.0142587"}
        if command.exception:
            shown["exception"] = command.exception
        if command.started:
            shown["stateChangeTime"] = command.started
        return {
            **shown,
            "trigger": "manual",
            "sendUpdatesToClient": True,
            "updateScheduledTask": True,
            "id": command.id,
        }

    def _run(self, command: Command) -> None:
        command.ended = now()
        if self.forced:
            command.status, command.result, command.message = self.forced
            return
        try:
            command.message = self.words(self._do(command.name, command.sent))
        except Failed as failed:
            command.status, command.message, command.exception = "failed", self.words("Failed"), str(failed)
        except Hang:
            command.looks, command.ended, self._hung = None, "", command
            return
        else:
            command.status, command.result = "completed", "successful"
        if command.name == "ManualImport" and (end := self.end_of_imports()) is not None:
            command.status, command.result, command.message = end
            command.exception = ""

    def _do(self, name: str, sent: Mapping[str, object]) -> str:
        items = self._records.items
        match name:
            case "RescanSeries" | "RescanMovie":
                # Without its field, or with another, it means every item; and it stops at the first that fails.
                given = sent.get(self._records.owner)
                if given is not None and given not in items:
                    raise Failed("NzbDrone.Core.Datastore.ModelNotFoundException: it does not exist")
                said = [self._disk.rescan(one) for one in ([number(given)] if given is not None else list(items))]
                return next((one for one in reversed(said) if one), "")
            case "RefreshSeries" | "RefreshMovie":
                given = sent.get("seriesIds" if name == "RefreshSeries" else "movieIds")
                for one in given if isinstance(given, list) and given else list(items):
                    self._refresh(number(one))
                return ""
            case "RenameFiles":
                return self.renames(dict(sent))
            case "ManualImport":
                return self.imports(dict(sent), None)
            case "EpisodeSearch":
                found = self._grab(sent.get("episodeIds"))
                return f"Episode search completed. {found} reports downloaded."
            case "MoviesSearch":
                if not isinstance(sent.get("movieIds"), list):
                    raise Failed("System.ArgumentNullException: Value cannot be null. (Parameter 'source')")
                asked = sent["movieIds"]
                assert isinstance(asked, list)
                return f"Completed search for {len(asked)} movies. {self._grab(asked)} reports downloaded."
            case "MoveSeries" | "MoveMovie":
                self._disk.move(str(sent["sourcePath"]), str(sent["destinationPath"]))
                title = items[number(sent[self._records.owner])]["title"]
                return f"{title} moved successfully to {sent['destinationPath']}"
            case _:
                return ""

    def _refresh(self, item: int) -> None:
        """A refresh looks at the disk too, and ends well whatever that came to."""
        self.on_refresh.pop(item, lambda: None)()
        try:
            self._disk.rescan(item)
        except Failed:
            return

    def _grab(self, asked: object) -> int:
        """Sends what a search finds to the client: a line of history and a row in the queue, an episode."""
        found: dict[str, list[int]] = {}
        for one in asked if isinstance(asked, list) else []:
            if one in self.finds:
                found.setdefault(self.finds[one], []).append(one)
        for title, ids in found.items():
            for one in ids:
                self._grabbed(title, one)
        return len(found)

    def _grabbed(self, title: str, one: int) -> None:
        records, sonarr = self._records, self._records.kind == "sonarr"
        episode = next((row for row in records.episodes if row["id"] == one), None) if sonarr else None
        item = number(episode["seriesId"]) if episode else one
        download = f"{abs(hash(title)):040X}"[:40]
        data: Row = {"guid": f"https://indexer.invalid/{title}", "releaseSource": "Search", "size": "2000000000"}
        data["torrentInfoHash"] = download
        records.note("grabbed", item, title, data, one if episode else 0, download)
        row_id = 700_000_000 + len(records.history)
        records.queue.append(records.queued(one, title, row_id) | at_client(download))
