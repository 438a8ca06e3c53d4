"""A Prowlarr: its indexers, the rows they find, and how it keeps silent about those that fail.

    prowlarr = FakeProwlarr()
    prowlarr.indexers[1] = ["Some.Release.1080p"]     # titles it finds, whatever is asked
    prowlarr.indexers[2] = None                       # one that fails

The first search of an indexer that fails is answered as if it had found nothing; from then on it is paused.
"""

from __future__ import annotations

from typing import Final

import httpx

from tests.fakes.arr import KEY
from tests.fakes.arr_answers import ok, with_message

UNAVAILABLE: Final = "Search failed due to all selected indexers being unavailable"


class FakeProwlarr:
    """See the module."""

    def __init__(self) -> None:
        self.indexers: dict[int, list[str] | None] = {}
        self.paused: set[int] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request."""
        if request.headers.get("x-api-key") != KEY:
            return httpx.Response(401)
        match request.url.path.removeprefix("/api/v1/"):
            case "system/status":
                return ok({"appName": "Prowlarr", "instanceName": "Prowlarr", "version": "10.0.0.28349", "urlBase": ""})
            case "indexer":
                return ok([self._indexer(number) for number in self.indexers])
            case "indexerstatus":
                return ok([self._pause(number) for number in sorted(self.paused)])
            case "search":
                return self._search(request)
            case _:
                return httpx.Response(404)

    def _indexer(self, number: int) -> dict[str, object]:
        about = {"protocol": "torrent", "privacy": "private", "supportsSearch": True, "implementation": "Torznab"}
        return {**about, "name": f"Indexer {number}", "enable": True, "priority": 25, "id": number}

    def _pause(self, number: int) -> dict[str, object]:
        when = {"disabledTill": "2026-11-26T16:18:24Z", "mostRecentFailure": "2026-11-26T16:17:24Z"}
        return {"indexerId": number, **when, "initialFailure": "2026-11-26T16:17:24Z"}

    def _search(self, request: httpx.Request) -> httpx.Response:
        given = request.url.params.get_list("indexerIds")
        if wrong := [one for one in given if not one.isdecimal()]:
            problem = {"title": "One or more validation errors occurred.", "status": 400}
            return ok({**problem, "errors": {"indexerIds": [f"The value '{wrong[0]}' is not valid."]}}, 400)
        asked = [int(one) for one in given] or list(self.indexers)
        able = [one for one in asked if one in self.indexers and one not in self.paused]
        if given and not able:
            return with_message(400, UNAVAILABLE)
        rows = [self._row(one, title) for one in able for title in self.indexers[one] or ()]
        self.paused.update(one for one in able if self.indexers[one] is None)
        return ok(rows)

    def _row(self, indexer: int, title: str) -> dict[str, object]:
        link = f"http://prowlarr.invalid/{indexer}/download?apikey={KEY}&link=LINK&file={title}"
        return {
            "guid": f"https://indexer.invalid/{title}", "age": 1, "ageHours": 24.5, "ageMinutes": 1470.0,
            "size": 2_147_483_648, "files": 0, "grabs": 11, "indexerId": indexer, "indexer": f"Indexer {indexer}",
            "title": title, "sortTitle": title.lower(), "imdbId": 0, "tmdbId": 0, "tvdbId": 0, "tvMazeId": 0,
            "publishDate": "2026-11-24T21:29:11Z", "downloadUrl": link, "indexerFlags": [],
            "categories": [{"id": 5040, "name": "TV/HD", "subCategories": []}], "infoHash": "", "seeders": 25,
            "leechers": 4, "protocol": "torrent", "fileName": f"{title}.torrent",
        }  # fmt: skip
