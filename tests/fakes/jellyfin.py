"""A Jellyfin with its key: the simulated one of the demo, over folders of real links, which minds what it is asked.

    jellyfin = FakeJellyfin(tmp_path)
    jellyfin.add_film("Heat (1995)")            # tmp_path/Films/Heat (1995)/Heat (1995).mkv, a link into tmp_path/mount
    jellyfin.scan()

``JELLYFIN_SHAPES`` are the fields a real one was seen to send; fake and client are both held to it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from mediatui.demo.jellyfin import SimulatedJellyfin, SimUser
from mediatui.demo.jellyfin_library import SimLibrary
from mediatui.model.path_map import PathMap

KEY: Final = "0123456789abcdef0123456789abcdef"
ADMIN: Final = "60196f2849584e8f98d65ab120755447"
ANN: Final = "3e5edacc502746d4b5f67e73fab05073"
BOB: Final = "3484112c049c4db0906f4f7176f88e9b"
KNOWN: Final = {
    "/Items": {"userId", "parentId", "ids", "recursive", "includeItemTypes", "fields", "startIndex", "limit", "sortBy",
               "minDateLastSaved", "enableTotalRecordCount", "isPlayed", "isFavorite"},
    "/UserItems/Resume": {"userId", "includeItemTypes", "startIndex", "limit"},
    "/Items/{id}": {"userId"},
    "/Items/{id}/Refresh": {"metadataRefreshMode", "imageRefreshMode"},
    "/UserItems/{id}/UserData": {"userId"},
    "/UserPlayedItems/{id}": {"userId", "datePlayed"},
    "/UserFavoriteItems/{id}": {"userId"},
}  # fmt: skip
"""The parameters of its calls that are of use; others are passed over."""


class FakeJellyfin(SimulatedJellyfin):
    """See the module. ``strict``: no call without a user, with an unknown parameter, or that must never be made."""

    def __init__(self, folder: Path, *, theirs: str = "/media", strict: bool = True, **more: Any) -> None:
        self.folder, self.theirs, self.strict = folder, theirs, strict
        self.calls: list[tuple[str, str]] = []
        """Method and path of every request, ids replaced."""
        for name in ("Films", "Shows", "mount"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        libraries = [
            SimLibrary("Films", "movies", [f"{theirs}/Films"]), SimLibrary("Shows", "tvshows", [f"{theirs}/Shows"]),
        ]  # fmt: skip
        users = [SimUser("admin", ADMIN, is_admin=True), SimUser("ann", ANN), SimUser("bob", BOB)]
        to_ours = PathMap([(str(folder), theirs)]).to_ours
        super().__init__(libraries, users, key=KEY, to_ours=to_ours, **more)

    def add_film(self, name: str, file: str = "", *, size: int = 10, mtime: float = 0.0) -> Path:
        """Places a link to a file on the mount; returns its path."""
        return self._add(self.folder / "Films" / name / f"{file or name}.mkv", size, mtime)

    def add_episode(self, series: str, season: int, episode: int, *, tag: str = "", mtime: float = 0.0) -> Path:
        """The same for an episode."""
        folder = self.folder / "Shows" / series / f"Season {season:02}"
        return self._add(folder / f"{series} - S{season:02}E{episode:02}{tag}.mkv", 10, mtime)

    def _add(self, link: Path, size: int, mtime: float) -> Path:
        target = self.folder / "mount" / link.name
        target.write_bytes(b"x" * size)
        if mtime:
            os.utime(target, (mtime, mtime))
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
        return link

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = "/".join("{id}" if len(part) == 32 else part for part in request.url.path.split("/"))
        self.calls.append((request.method, path))
        if self.strict:
            allowed = KNOWN.get(path, set())
            assert set(request.url.params) <= allowed, f"unknown parameters of {path}: {request.url.params}"
            assert "userId" not in allowed or "userId" in request.url.params, f"{path} without a user"
            assert (request.method, path) not in (("POST", "/Library/Refresh"), ("DELETE", "/Items/{id}"))
            assert not path.endswith("/Refresh") or "metadataRefreshMode" in request.url.params
            assert self.key not in str(request.url)
        return super().__call__(request)


_TEXT, _NUMBER, _BOOL = (str,), (int,), (bool,)
_SEEN: Final = {
    "PlaybackPositionTicks": _NUMBER, "PlayCount": _NUMBER, "IsFavorite": _BOOL, "Played": _BOOL, "Key": _TEXT,
    "ItemId": _TEXT, "LastPlayedDate": _TEXT, "PlayedPercentage": (float, int), "UnplayedItemCount": _NUMBER,
}  # fmt: skip
_ITEM: Final = {
    "Name": _TEXT, "ServerId": _TEXT, "Id": _TEXT, "IsFolder": _BOOL, "Type": _TEXT, "LocationType": _TEXT,
    "MediaType": _TEXT, "ChannelId": (type(None),), "ProductionYear": _NUMBER, "RunTimeTicks": _NUMBER,
    "Container": _TEXT, "ParentIndexNumber": _NUMBER, "IndexNumber": _NUMBER, "SeriesName": _TEXT, "Path": _TEXT,
    "ProviderIds.*": _TEXT, "DateCreated": _TEXT, "MediaSources[].Path": _TEXT, "MediaSources[].Protocol": _TEXT,
    **{f"UserData.{name}": types for name, types in _SEEN.items()},
}  # fmt: skip
_ABOUT: Final = {
    "LocalAddress": _TEXT, "ServerName": _TEXT, "Version": _TEXT, "ProductName": _TEXT, "OperatingSystem": _TEXT,
    "Id": _TEXT, "StartupWizardCompleted": _BOOL,
}  # fmt: skip

JELLYFIN_SHAPES: Final[Mapping[str, Mapping[str, tuple[type, ...]]]] = {
    "GET /System/Info/Public": _ABOUT,
    "GET /System/Info": {**_ABOUT, "HasPendingRestart": _BOOL, "IsShuttingDown": _BOOL},
    "GET /System/Configuration": {"LibraryMonitorDelay": _NUMBER, "EnableLegacyAuthorization": _BOOL},
    "GET /Users": {
        "[].Name": _TEXT, "[].ServerId": _TEXT, "[].Id": _TEXT, "[].HasPassword": _BOOL,
        "[].Policy.IsAdministrator": _BOOL, "[].Policy.EnableAllFolders": _BOOL, "[].Policy.EnabledFolders[]": _TEXT,
    },
    "GET /Library/VirtualFolders": {
        "[].Name": _TEXT, "[].Locations[]": _TEXT, "[].CollectionType": _TEXT, "[].ItemId": _TEXT,
        "[].LibraryOptions.Enabled": _BOOL, "[].LibraryOptions.EnableRealtimeMonitor": _BOOL, "[].RefreshStatus": _TEXT,
    },
    "GET /ScheduledTasks": {"[].Name": _TEXT, "[].State": _TEXT, "[].Id": _TEXT, "[].Key": _TEXT},
    "GET /Items": {
        "TotalRecordCount": _NUMBER, "StartIndex": _NUMBER, **{f"Items[].{name}": one for name, one in _ITEM.items()},
    },
    "GET /Items/{id}": _ITEM,
    "GET /UserItems/{id}/UserData": _SEEN,
    "POST /UserItems/{id}/UserData": _SEEN,
    "POST /UserPlayedItems/{id}": _SEEN,
    "DELETE /UserPlayedItems/{id}": _SEEN,
}  # fmt: skip
"""The fields of each answer and their types: ``[]`` is each element of a list, ``*`` any name. Any may be absent."""


def wrong_fields(value: object, shape: Mapping[str, tuple[type, ...]], place: str = "") -> list[str]:
    """The places of what a shape does not know, or has as another type."""
    if isinstance(value, dict):
        return [one for name, inner in value.items()
                for one in wrong_fields(inner, shape, f"{place}.{name}" if place else name)]  # fmt: skip
    if isinstance(value, list):
        return [one for inner in value for one in wrong_fields(inner, shape, f"{place}[]")]
    types = shape.get(place) or shape.get(f"{place.rpartition('.')[0]}.*")
    return [] if types is not None and type(value) in types else [f"{place}: {type(value).__name__}"]
