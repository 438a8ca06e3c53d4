"""A simulated Jellyfin, which answers as a real one was recorded, its silence included: it looks at real folders of
links, some time after a report, passes over what it does not understand, and knows neither paths nor ids of catalogs to
search by."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import httpx

from mediatui.demo.jellyfin_library import Looker, SimItem, SimLibrary

VERSION: Final = "10.11.11"
SERVER: Final = "0" * 32
TICKS: Final = 10_000_000
RUNTIME: Final = 2400 * TICKS
TASK: Final = "7738148ffcd07979c7ceb148e06b3aed"
_PUBLIC: Final = {
    "LocalAddress": "http://jellyfin:8096", "ServerName": "mediaserver", "Version": VERSION,
    "ProductName": "Jellyfin Server", "OperatingSystem": "", "Id": SERVER, "StartupWizardCompleted": True,
}  # fmt: skip
_FOR_ADMINISTRATORS: Final = re.compile(
    r"/(Library/(VirtualFolders|Refresh)|ScheduledTasks|Environment/|Items/\w+/Refresh)"
)


@dataclass(slots=True)
class SimUser:
    """A user; an empty list of ``libraries`` is all."""

    name: str
    id: str
    is_admin: bool = False
    libraries: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SimSeen:
    """What a user has seen of one item."""

    played: bool = False
    ticks: int = 0
    plays: int = 0
    at: str = ""
    favourite: bool = False


class SimulatedJellyfin:
    """See the module. ``delay_s`` after the last report of a path it looks; ``starting`` is how many requests it still
    answers as one that is starting; ``clock`` gives epoch seconds; an empty ``key`` is any."""

    def __init__(
        self,
        libraries: Sequence[SimLibrary],
        users: Sequence[SimUser],
        *,
        key: str,
        to_ours: Callable[[str], str] = str,
        clock: Callable[[], float] = time.time,
        delay_s: float = 60.0,
    ) -> None:
        self.libraries = list(libraries)
        self.users = list(users)
        self.key = key
        self.user_keys: dict[str, str] = {}
        """Keys of users, with the ids of those."""
        self.clock = clock
        self.delay_s = delay_s
        self.starting = 0
        self.scanning = False
        self.seen: dict[tuple[str, str], SimSeen] = {}
        """By user and key of an item."""
        self.reported: list[str] = []
        self.scans = 0
        self._due: dict[str, float] = {}
        self._to_ours = to_ours
        self.looker = Looker(to_ours, clock)
        self._stale: list[SimItem] = []
        self.scan()

    def scan(self) -> None:
        """Looks at everything."""
        for library in self.libraries:
            self.looker.look(library)
        self._stale = list(self._items())

    def transport(self) -> httpx.AsyncBaseTransport:
        """A transport for a client."""
        return httpx.MockTransport(self)

    def item_at(self, path: str) -> SimItem | None:
        """What it knows by a path."""
        return next((one.items[path] for one in self.libraries if path in one.items), None)

    def look_if_due(self) -> None:
        """Does the looks whose time has come: one for paths beside each other, one each for others."""
        due = [path for path, at in self._due.items() if at <= self.clock()]
        looks: dict[tuple[str, str, str], SimLibrary] = {}
        for path in due:
            del self._due[path]
            for library in self.libraries:
                if library.holds(path):
                    looks[library.name, self.looker.nearest(library, path), os.path.dirname(path)] = library
        for (_, nearest, _), library in looks.items():
            self.looker.look(library, nearest)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request."""
        path = request.url.path
        if self.starting > 0:
            self.starting -= 1
            if path == "/System/Info/Public":
                return _ok({name[:1].lower() + name[1:]: one for name, one in _PUBLIC.items()} | {
                    "startupWizardCompleted": False})  # fmt: skip
            return httpx.Response(
                503, headers={"content-type": "text/html", "retry-after": "005"}, text="<html></html>"
            )
        if path == "/System/Info/Public":
            return _ok(_PUBLIC)
        given = re.match(r'MediaBrowser Token="([^"]*)"', request.headers.get("authorization", ""))
        if given is None or (self.key and given[1] not in (self.key, *self.user_keys)):
            return httpx.Response(401)
        if given[1] in self.user_keys and _FOR_ADMINISTRATORS.match(path):
            return httpx.Response(403)
        self.look_if_due()
        return self._answer(request, path.strip("/").split("/"))

    def _answer(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        match request.method, parts:
            case "GET", ["System", "Info"]:
                return _ok({**_PUBLIC, "HasPendingRestart": False, "IsShuttingDown": False})
            case "GET", ["System", "Configuration"]:
                return _ok({"LibraryMonitorDelay": int(self.delay_s), "EnableLegacyAuthorization": True})
            case "GET", ["Users"]:
                return _ok([_user_row(user, self.libraries) for user in self.users])
            case "GET", ["Library", "VirtualFolders"]:
                return _ok([_library_row(library) for library in self.libraries])
            case "GET", ["ScheduledTasks"]:
                state = "Running" if self.scanning else "Idle"
                return _ok([{"Name": "Scan Media Library", "State": state, "Id": TASK, "Key": "RefreshLibrary"}])
            case "GET", ["Items"]:
                return self._page(request.url.params)
            case "GET", ["Items", number]:
                return self._one(number, request.url.params)
            case "POST", ["Items", number, "Refresh"]:
                return self._refresh(number, request.url.params)
            case "POST", ["Library", "Media", "Updated"]:
                return self._updated(request)
            case _, ["Library", "Media", "Updated"]:
                return httpx.Response(405, headers={"allow": "POST"})
            case "POST", ["Library", "Refresh"]:
                self.scans += 1
                self.scan()
                return httpx.Response(204)
            case "POST", ["Environment", "ValidatePath"]:
                asked = json.loads(request.content)["Path"]
                return httpx.Response(204) if os.path.lexists(self._to_ours(asked)) else _problem()
            case "GET", ["UserItems", "Resume"]:
                return self._page(request.url.params, begun=True)
            case _, ["UserPlayedItems" | "UserItems" | "UserFavoriteItems", number, *_]:
                return self._state(request, parts[0], number)
        return httpx.Response(404)

    # Items

    def _items(self) -> Iterable[SimItem]:
        return (item for library in self.libraries for item in library.items.values())

    def _page(self, asked: httpx.QueryParams, *, begun: bool = False) -> httpx.Response:
        user = asked.get("userId")
        if user is not None and not re.fullmatch("[0-9a-f]{32}", user):
            return _wrong("userId", user)
        if user is not None and self._user(user) is None:
            return _text(404)
        if user is None and "isPlayed" in asked:
            return _text(500)
        rows = self._chosen(asked, user)
        wanted = {
            "played": asked.get("isPlayed"),
            "favourite": asked.get("isFavorite"),
            "ticks": "true" if begun else None,
        }
        for name in (one for one, given in wanted.items() if given == "true"):
            rows = [one for one in rows if getattr(self.seen.get((user or "", one.key), SimSeen()), name)]
        start, limit = int(asked.get("startIndex", "0")), int(asked.get("limit", "100"))
        page = [self._row(item, asked.get("fields", "").split(","), user) for item in rows[start : start + limit]]
        total = len(page) if asked.get("enableTotalRecordCount") == "false" else len(rows)
        return _ok({"Items": page, "TotalRecordCount": total, "StartIndex": start})

    def _chosen(self, asked: httpx.QueryParams, user: str | None) -> list[SimItem]:
        """The items that are asked for; without a user those of the last scan."""
        rows: Iterable[SimItem] = self._stale if user is None else self._items()
        if user is not None and not ({"parentId", "ids"} & set(asked)):
            rows = [one for one in rows if self._may_see(user, one)]
        if parent := asked.get("parentId"):
            inside = next((set(one.items) for one in self.libraries if one.id == parent), None)
            if inside is None:
                above = next((one.path for one in self._items() if one.id == parent), "/nowhere")
                inside = {one.path for one in self._items() if one.path.startswith(above + "/")}
            rows = [one for one in rows if one.path in inside]
        if ids := asked.get("ids"):
            rows = [one for one in rows if one.id in ids.split(",")]
        types = [one for one in asked.get("includeItemTypes", "").split(",") if one]
        if types and all(one in ("Movie", "Series", "Season", "Episode") for one in types):
            rows = [one for one in rows if one.type in types]
        if since := asked.get("minDateLastSaved"):
            rows = [one for one in rows if one.saved_at >= datetime.fromisoformat(since).timestamp()]
        return sorted(rows, key=lambda one: one.path)

    def _one(self, number: str, asked: httpx.QueryParams) -> httpx.Response:
        if not re.fullmatch("[0-9a-f]{32}", number):
            return _wrong("itemId", number)
        user = asked.get("userId")
        if user is None:
            return _text(400)
        item = self._by_id(number)
        if item is None or not self._may_see(user, item):
            return _problem()
        return _ok(self._row(item, ["Path", "ProviderIds", "MediaSources", "DateCreated"], user))

    def _row(self, item: SimItem, fields: Sequence[str], user: str | None) -> dict[str, object]:
        is_file = item.type in ("Movie", "Episode")
        row: dict[str, object] = {
            "Name": item.name, "ServerId": SERVER, "Id": item.id, "IsFolder": not is_file, "Type": item.type,
            "LocationType": "FileSystem", "MediaType": "Video" if is_file else "Unknown", "ChannelId": None,
        }  # fmt: skip
        if item.year:
            row["ProductionYear"] = item.year
        if is_file and item.is_read:
            row |= {"RunTimeTicks": RUNTIME, "Container": "mkv"}
        if item.type == "Episode":
            row |= dict(zip(("ParentIndexNumber", "IndexNumber"), item.numbers, strict=True))
            row |= {"SeriesName": os.path.basename(item.series)}
        if "Path" in fields:
            row["Path"] = item.path
        if "ProviderIds" in fields:
            row["ProviderIds"] = item.ids
        if "DateCreated" in fields:
            row["DateCreated"] = _moment(item.mtime)
        if "MediaSources" in fields and is_file:
            row["MediaSources"] = [{"Path": self._behind(link), "Protocol": "File"} for link in item.links]
        if user is not None:
            row["UserData"] = self._seen_row(user, item)
        return row

    def _behind(self, link: str) -> str:
        """What a link leads to; of one that dangles, the link."""
        ours = self._to_ours(link)
        return os.path.realpath(ours) if os.path.exists(ours) else link

    def _refresh(self, number: str, asked: httpx.QueryParams) -> httpx.Response:
        mode = asked.get("metadataRefreshMode", "None")
        for library in self.libraries:
            if library.id == number:
                self.looker.look(library, reads=mode != "None")
                return httpx.Response(204)
            for path, item in list(library.items.items()):
                if item.id == number:
                    self.looker.look(library, path, reads=mode != "None", anew=mode == "FullRefresh")
                    return httpx.Response(204)
        return _problem()

    def _updated(self, request: httpx.Request) -> httpx.Response:
        if "json" not in request.headers.get("content-type", ""):
            return _problem(415, "Unsupported Media Type")
        body = json.loads(request.content)
        for update in body.get("Updates", []) if isinstance(body, dict) else []:
            path = update.get("Path", "")
            if not path:
                return _problem(400, "Bad Request")
            self.reported.append(path)
            near = [one for one in self._due if one == path or os.path.dirname(one) == os.path.dirname(path)
                    or one.startswith(path + "/") or path.startswith(one + "/")]  # fmt: skip
            self._due |= dict.fromkeys((*near, path), self.clock() + self.delay_s)
        return httpx.Response(204)

    # Users

    def _user(self, number: str) -> SimUser | None:
        return next((user for user in self.users if user.id == number), None)

    def _may_see(self, number: str, item: SimItem) -> bool:
        user = self._user(number)
        library = next((one for one in self.libraries if item.path in one.items), None)
        return user is not None and (not user.libraries or (library is not None and library.name in user.libraries))

    def _by_id(self, number: str) -> SimItem | None:
        return next((one for one in self._items() if one.id == number), None)

    def _state(self, request: httpx.Request, what: str, number: str) -> httpx.Response:
        user, item = request.url.params.get("userId"), self._by_id(number)
        if user is None:
            return _text(400)
        if item is None or not self._may_see(user, item):
            return _problem()
        if request.method == "GET":
            return _ok(self._seen_row(user, item))
        inside = [item]
        if item.type in ("Series", "Season"):
            inside = [one for one in self._items() if one.type == "Episode" and one.path.startswith(item.path + "/")]
        for one in inside:
            self._set(request, what, self.seen.setdefault((user, one.key), SimSeen()))
        return _ok(self._seen_row(user, item))

    def _set(self, request: httpx.Request, what: str, seen: SimSeen) -> None:
        if what == "UserFavoriteItems":
            seen.favourite = request.method == "POST"
        elif what == "UserItems":
            body = json.loads(request.content)
            seen.ticks = body.get("PlaybackPositionTicks", seen.ticks)
            seen.plays = body.get("PlayCount", seen.plays)
            seen.at = _with_fraction(body["LastPlayedDate"]) if body.get("LastPlayedDate") else seen.at
        elif request.method == "POST":
            at = request.url.params.get("datePlayed")
            seen.played, seen.ticks, seen.plays = True, 0, max(seen.plays, 1)
            seen.at = _with_fraction(at) if at else _moment(self.clock())
        else:
            seen.played, seen.ticks, seen.plays, seen.at = False, 0, 0, ""

    def _seen_row(self, user: str, item: SimItem) -> dict[str, object]:
        base = {"IsFavorite": False, "Key": item.key, "ItemId": item.id}
        if item.type in ("Series", "Season"):
            below = [one for one in self._items() if one.type == "Episode" and one.path.startswith(item.path + "/")]
            left = sum(not self.seen.get((user, one.key), SimSeen()).played for one in below)
            return {**base, "UnplayedItemCount": left, "PlaybackPositionTicks": 0, "PlayCount": 0, "Played": not left}
        seen = self.seen.get((user, item.key), SimSeen())
        row: dict[str, object] = {
            **base, "IsFavorite": seen.favourite, "PlaybackPositionTicks": seen.ticks, "PlayCount": seen.plays,
            "Played": seen.played,
        }  # fmt: skip
        if seen.at:
            row["LastPlayedDate"] = seen.at
        if seen.ticks:
            row["PlayedPercentage"] = 100 * seen.ticks / RUNTIME
        return row


def _user_row(user: SimUser, libraries: Sequence[SimLibrary]) -> dict[str, object]:
    folders = [one.id for one in libraries if one.name in user.libraries]
    policy = {"IsAdministrator": user.is_admin, "EnableAllFolders": not user.libraries, "EnabledFolders": folders}
    return {"Name": user.name, "ServerId": SERVER, "Id": user.id, "HasPassword": True, "Policy": policy}


def _library_row(library: SimLibrary) -> dict[str, object]:
    return {
        "Name": library.name, "Locations": library.locations, "CollectionType": library.type, "ItemId": library.id,
        "LibraryOptions": {"Enabled": True, "EnableRealtimeMonitor": False}, "RefreshStatus": "Idle",
    }  # fmt: skip


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def _with_fraction(text: str) -> str:
    return text.removesuffix("Z") + ".0000000Z" if "." not in text else text


def _ok(answer: Mapping[str, object] | Sequence[object], status: int = 200) -> httpx.Response:
    headers = {"content-type": "application/json; charset=utf-8"}
    return httpx.Response(status, content=json.dumps(answer).encode(), headers=headers)


def _problem(status: int = 404, title: str = "Not Found") -> httpx.Response:
    return _ok({"type": "https://tools.ietf.org/html/rfc9110#section-15.5.5", "title": title, "status": status}, status)


def _wrong(field_name: str, given: str) -> httpx.Response:
    problem = {"title": "One or more validation errors occurred.", "status": 400}
    return _ok({**problem, "errors": {field_name: [f"The value '{given}' is not valid."]}}, 400)


def _text(status: int) -> httpx.Response:
    return httpx.Response(status, headers={"content-type": "text/plain"}, text="Error processing request.")
