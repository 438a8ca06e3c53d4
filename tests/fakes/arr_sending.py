"""How a fake Sonarr or Radarr takes a release that is pushed, as the real ones were seen to: a yes is no proof."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import httpx

from tests.fakes.arr_answers import Switches, body_of, empty, failure, ok, refused, with_message
from tests.fakes.arr_qualities import Row
from tests.fakes.arr_records import Records, quality
from tests.fakes.arr_rows import ENGLISH, at_client, number

_EPISODE: Final = re.compile(r"^(?P<title>.+?)[ ._-]+S(?P<season>\d{1,2})(?:E(?P<episode>\d{1,3}))?", re.IGNORECASE)
_FILM: Final = re.compile(r"^(?P<title>.+?)[ ._(]+(?P<year>(?:19|20)\d\d)\b")
_HASH: Final = re.compile(r"urn:btih:([0-9a-fA-F]{40})\b")
_READ: Final[Row] = {
    "age": 0, "ageHours": 4.402103692777778, "ageMinutes": 264.12622157833334, "releaseGroup": "OK", "releaseHash": "",
    "sceneSource": False, "releaseWeight": 0, "customFormats": [], "customFormatScore": 0,
}  # fmt: skip


@dataclass
class Sending:
    """What happens to pushes. ``torrents`` are the hashes behind links, by a part of the address; a link that is not
    among them is dead. ``rejects`` are reasons by the title of a release. ``delays`` holds releases back;
    ``looks_before_row`` is how often the queue is asked before what was sent is in it."""

    torrents: dict[str, str] = field(default_factory=dict)
    rejects: dict[str, list[str]] = field(default_factory=dict)
    delays: bool = False
    looks_before_row: int = 0


class SendingApi:
    """The endpoints that send."""

    def __init__(self, records: Records, switches: Switches, sending: Sending) -> None:
        self._records, self._switches, self._sending = records, switches, sending
        self._sonarr = records.kind == "sonarr"
        self._waiting: list[tuple[int, Row]] = []
        self._held: dict[int, str] = {}

    def push(self, request: httpx.Request, _: int) -> httpx.Response:
        given = body_of(request)
        if wrong := self._wanting(given):
            return refused(*wrong)
        title = str(given["title"])
        match = (_EPISODE if self._sonarr else _FILM).match(title)
        if match is None:
            return refused(failure("Title", "Unable to parse", title))
        item = self._item(match["title"], given)
        ids, why = self._ids(item, match)
        reasons = self._sending.rejects.get(title, []) or ([why] if why else self._recent(item, ids))
        row: Row = {
            "guid": f"PUSH-{given.get('downloadUrl', '')}", "title": title, "indexerId": 0, "size": 0,
            "quality": quality(self._records.kind), "languages": ENGLISH, "approved": not reasons,
            "temporarilyRejected": False, "rejected": bool(reasons), "rejections": reasons,
            "downloadAllowed": bool(item), "protocol": "torrent", "publishDate": given["publishDate"],
            **{name: given[name] for name in ("downloadUrl", "magnetUrl") if given.get(name)},
            **(self._read_episode(item, ids, match) if self._sonarr else self._read_film(item, match)),
        }  # fmt: skip
        if reasons:
            return ok([row])
        if self._sending.delays:
            row |= {"approved": False, "temporarilyRejected": True}
            row["rejections"] = ["Waiting for better quality release"]
            self._hold("delay", title, item, ids, self._hash(given))
            return ok([row])
        info_hash = self._hash(given)
        if info_hash:
            row["infoHash"] = info_hash.upper()
            self._send(title, item, ids, info_hash.upper(), given)
        return ok([row])

    def send_held(self, request: httpx.Request, row_id: int) -> httpx.Response:
        """Sends a row that is held."""
        for row in self._records.queue:
            if row["id"] == row_id and "downloadId" not in row:
                row |= at_client(self._held.get(row_id, f"{row_id:040X}"))
                return ok({})
        return with_message(404, "NotFound")

    def look(self) -> None:
        """The queue is asked: what was sent some looks ago is in it now."""
        self._waiting = [(left - 1, row) for left, row in self._waiting]
        self._records.queue += [row for left, row in self._waiting if left < 0]
        self._waiting = [(left, row) for left, row in self._waiting if left >= 0]

    def _wanting(self, given: Row) -> list[Row]:
        wrong = [empty(field.title()) for field in ("title", "protocol") if not given.get(field)]
        if not given.get("publishDate"):
            wrong.append(empty("PublishDate"))
        if not given.get("downloadUrl") and not given.get("magnetUrl"):
            wrong += [empty("DownloadUrl"), empty("MagnetUrl")]
        return wrong

    def _item(self, title: str, given: Row) -> int:
        """The series or film of a title or of an id; 0 for none."""
        wanted = _folded(title)
        catalog = "tvdbId" if self._sonarr else "tmdbId"
        for item, row in self._records.items.items():
            others = row["alternateTitles"]
            assert isinstance(others, list)
            titles = [str(row["title"]), *(str(one["title"]) for one in others)]
            if wanted in map(_folded, titles) or (given.get(catalog) and row.get(catalog) == given[catalog]):
                return item
        return 0

    def _ids(self, item: int, match: re.Match[str]) -> tuple[list[int], str]:
        """The episodes (or the film) of a release, and why there are none."""
        if not item:
            return [], "Unknown Series" if self._sonarr else "Unknown Movie. Movie title: " + match["title"]
        if not self._sonarr:
            return [item], ""
        season, episode = int(match["season"]), match["episode"]
        ids = [
            number(row["id"])
            for row in self._records.episodes_of(item)
            if row["seasonNumber"] == season and (episode is None or row["episodeNumber"] == int(episode))
        ]
        return ids, "" if ids else "Unable to identify correct episode(s) using release name and scene mappings"

    def _read_episode(self, item: int, ids: list[int], match: re.Match[str]) -> Row:
        """How Sonarr reads the title of a release, and what it takes it for."""
        known = [row for row in self._records.episodes if row["id"] in ids]
        season, numbers = int(match["season"]), [row["episodeNumber"] for row in known]
        shown = ("id", "seasonNumber", "episodeNumber", "title")
        return {
            **_READ, "qualityWeight": 1101, "fullSeason": match["episode"] is None, "seasonNumber": season,
            "seriesTitle": match["title"].replace(".", " "), "episodeNumbers": [int(match["episode"] or 0)],
            "absoluteEpisodeNumbers": [], **({"mappedSeasonNumber": season} if ids else {}),
            "mappedEpisodeNumbers": numbers, "mappedAbsoluteEpisodeNumbers": [],
            **({"mappedSeriesId": item} if item else {}),
            "mappedEpisodeInfo": [{name: row[name] for name in shown} for row in known],
            "tvdbId": 0, "tvRageId": 0, "languageWeight": 0, "episodeRequested": False, "indexerFlags": 0,
            "isDaily": False, "isAbsoluteNumbering": False, "isPossibleSpecialEpisode": False, "special": False,
        }  # fmt: skip

    def _read_film(self, item: int, match: re.Match[str]) -> Row:
        return {
            **_READ, "qualityWeight": 1801, "movieTitles": [match["title"].replace(".", " ")],
            **({"mappedMovieId": item} if item else {}), "tmdbId": 0, "imdbId": 0, "movieRequested": False,
            "edition": "", "indexerFlags": [],
        }  # fmt: skip

    def _recent(self, item: int, ids: list[int]) -> list[str]:
        """What was grabbed lately is not taken again."""
        for row in self._records.history:
            if row["eventType"] == "grabbed" and row.get("episodeId", row.get("movieId")) in ids:
                return ["Recent grab event in history already meets cutoff: WEBDL-1080p v1"]
        return []

    def _hash(self, given: Row) -> str:
        """The hash of what stands behind a push; empty for a link that is dead, or a magnet that is none."""
        if magnet := str(given.get("magnetUrl", "")):
            found = _HASH.search(magnet)
            return found[1] if found else ""
        link = str(given["downloadUrl"])
        return next((one for part, one in self._sending.torrents.items() if part in link), "")

    def _send(self, title: str, item: int, ids: list[int], info_hash: str, given: Row) -> None:
        if self._switches.client_away:
            if self._sonarr and not self._switches.released:  # the others drop it without a word
                self._hold("downloadClientUnavailable", title, item, ids, info_hash)
            return
        known = any(
            row.get("downloadId") == info_hash and row["eventType"] == "downloadFolderImported"
            for row in self._records.history
        )
        for one in ids:
            episode = one if self._sonarr else 0
            data: Row = {"guid": "PUSH-", "releaseSource": "ReleasePush", "torrentInfoHash": info_hash}
            self._records.note("grabbed", item, title, data, episode, info_hash)
        magnet = str(given.get("magnetUrl", ""))
        if known or (magnet and "&tr=" not in magnet):
            return
        rows = [self._records.queued(one, title, self._row_id(one)) | at_client(info_hash) for one in ids]
        self._waiting += [(self._sending.looks_before_row, row) for row in rows]

    def _hold(self, status: str, title: str, item: int, ids: list[int], info_hash: str) -> None:
        for one in ids:
            row = self._records.queued(one, title, self._row_id(one)) | {"size": 0, "sizeleft": 0}
            self._held[number(row["id"])] = info_hash.upper()
            self._records.queue.append(row | {"status": status, "estimatedCompletionTime": "2030-01-01T21:40:00Z"})

    def _row_id(self, one: int) -> int:
        return 800_000_000 + 1000 * len(self._records.queue) + one


def _folded(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", title.casefold())
