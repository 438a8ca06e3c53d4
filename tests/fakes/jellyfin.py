"""A Jellyfin: who it is, and the films it shows, page by page.

jellyfin = FakeJellyfin()
jellyfin.films = ["/media/Films/Heat (1995)/Heat (1995).mkv"]
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import Final

import httpx

from tests.fakes.arr import KEY
from tests.fakes.arr_answers import PROBLEM, ok

USER: Final = "3e5edacc502746d4b5f67e73fab05073"
ABOUT: Final = {
    "LocalAddress": "http://jellyfin:8096", "ServerName": "mediaserver", "Version": "10.11.11",
    "ProductName": "Jellyfin Server", "OperatingSystem": "", "Id": "0" * 32, "StartupWizardCompleted": True,
}  # fmt: skip


class FakeJellyfin:
    """See the module."""

    def __init__(self) -> None:
        self.films: list[str] = []
        self.reported: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request."""
        path = request.url.path
        if path == "/System/Info/Public":
            return ok(ABOUT)
        if f'Token="{KEY}"' not in request.headers.get("authorization", ""):
            return httpx.Response(401)
        match request.method, path:
            case "GET", "/System/Info":
                return ok({**ABOUT, "HasPendingRestart": False, "IsShuttingDown": False})
            case "GET", "/Users":
                return ok([{"Name": "ann", "Id": USER, "Policy": {"IsAdministrator": True, "EnableAllFolders": True}}])
            case "GET", "/Library/VirtualFolders":
                folders = sorted({os.path.dirname(os.path.dirname(film)) for film in self.films})
                return ok([{"Name": "Films", "Locations": folders, "CollectionType": "movies", "ItemId": "1" * 32}])
            case "GET", "/Items":
                return self._page(request)
            case "POST", "/Library/Media/Updated":
                self.reported.append(request.content.decode())
                return httpx.Response(204)
            case _, "/Library/Media/Updated":
                return httpx.Response(405, headers={"allow": "POST"})
        return self._one(path.removeprefix("/Items/")) if path.startswith("/Items/") else httpx.Response(404)

    def _page(self, request: httpx.Request) -> httpx.Response:
        """A page of films; parameters it does not know are passed over, a path among them."""
        asked = request.url.params
        start, limit = int(asked.get("startIndex", "0")), int(asked.get("limit", "100"))
        rows = [self._item(film) for film in sorted(self.films)][start : start + limit]
        total = len(rows) if asked.get("enableTotalRecordCount") == "false" else len(self.films)
        return ok({"Items": rows, "TotalRecordCount": total, "StartIndex": start})

    def _one(self, given: str) -> httpx.Response:
        if not re.fullmatch("[0-9a-f]{32}", given):
            problem = {"title": "One or more validation errors occurred.", "status": 400}
            return ok({**problem, "errors": {"itemId": [f"The value '{given}' is not valid."]}}, 400)
        found = [film for film in self.films if _id(film) == given]
        return ok(self._item(found[0]) if found else PROBLEM, 200 if found else 404)

    def _item(self, film: str) -> dict[str, object]:
        name = os.path.basename(os.path.dirname(film))
        return {
            "Name": name, "ServerId": ABOUT["Id"], "Id": _id(film), "Container": "mkv", "Path": film,
            "RunTimeTicks": 4_001_280_000, "ProviderIds": {}, "IsFolder": False, "Type": "Movie",
            "LocationType": "FileSystem", "MediaType": "Video",
        }  # fmt: skip


def _id(path: str) -> str:
    """The id of an item is made from its path: the same path is the same id."""
    return hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()
