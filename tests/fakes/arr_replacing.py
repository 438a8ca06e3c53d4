"""What a fake Sonarr or Radarr does when a release has failed: its blocklist, and the search that follows."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from tests.fakes.arr_answers import Switches, missing, ok, paged, with_message
from tests.fakes.arr_commands import Commands
from tests.fakes.arr_qualities import Row
from tests.fakes.arr_records import Records, now
from tests.fakes.arr_rows import number

NO_GRAB = "Unable to mark download as failed, history item was not grabbed and has no download ID"


@dataclass
class Failing:
    """``blocks``: whether what is marked as failed comes on the blocklist; ``searches``: whether it searches by itself
    then. ``blocked`` is the blocklist, ``marked`` the lines of history that were marked."""

    blocks: bool = True
    searches: bool = False
    blocked: list[Row] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)


class ReplacingApi:
    """The endpoints about releases that failed."""

    def __init__(self, records: Records, commands: Commands, switches: Switches, failing: Failing) -> None:
        self._records, self._commands, self._switches, self.failing = records, commands, switches, failing

    def mark_failed(self, request: httpx.Request, event: int) -> httpx.Response:
        row = next((one for one in self._records.history if one["id"] == event), None)
        if row is None:
            return missing("EpisodeHistory" if self._records.kind == "sonarr" else "MovieHistory", event)
        sonarr, grabbed = self._records.kind == "sonarr", row["eventType"] == "grabbed"
        if not grabbed and not (sonarr and self._switches.released):
            return with_message(400, NO_GRAB)
        self.failing.marked.append(event)
        one = number(row["episodeId" if sonarr else "movieId"])
        if self.failing.blocks and grabbed:
            of: Row = {"seriesId": row["seriesId"], "episodeIds": [one]} if sonarr else {"movieId": one}
            blocked: Row = {
                **of, "sourceTitle": row["sourceTitle"], "languages": row["languages"], "quality": row["quality"],
                "customFormats": [], "date": now(), "protocol": "torrent", "indexer": "GoodDirect",
                "message": "Manually marked as failed", **self._whole(row), "id": len(self.failing.blocked) + 1,
            }  # fmt: skip
            self.failing.blocked.insert(0, blocked)
        if self.failing.searches or not grabbed:  # the released line searches, though nothing is blocked
            name, of_ids = ("EpisodeSearch", "episodeIds") if sonarr else ("MoviesSearch", "movieIds")
            self._commands.send(name, {of_ids: [one]})
        return httpx.Response(200)

    def _whole(self, row: Row) -> Row:
        sonarr = self._records.kind == "sonarr"
        item = self._records.items[number(row["seriesId" if sonarr else "movieId"])]
        return {"series" if sonarr else "movie": self._records.item_json(item)}

    def blocklist(self, request: httpx.Request, _: int) -> httpx.Response:
        return paged(request, self.failing.blocked, "date")

    def clients(self, request: httpx.Request, _: int) -> httpx.Response:
        return ok(
            {
                "downloadClientWorkingFolders": "_UNPACK_|_FAILED_", "enableCompletedDownloadHandling": True,
                "autoRedownloadFailed": self.failing.searches,
                "autoRedownloadFailedFromInteractiveSearch": self.failing.searches, "id": 1,
            }
        )  # fmt: skip
