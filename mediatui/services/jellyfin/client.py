"""A Jellyfin as a media server (``services.media_server``). Numbers are points of NOTES.md."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

import httpx
from pydantic import SecretStr

from mediatui.model.errors import UsageError
from mediatui.model.media_server import ServerItem, ServerLibrary, ServerName, ServerUser, Watched
from mediatui.model.path_map import read_folder
from mediatui.model.text import printable
from mediatui.services.errors import BadAnswer, NotFound, StartingUp
from mediatui.services.http import Param
from mediatui.services.jellyfin.http import PORT, START_S, TITLE, JellyfinHttp
from mediatui.services.jellyfin.records import (
    TICKS,
    TYPES,
    JellyfinStatus,
    read_delay,
    read_item,
    read_libraries,
    read_page,
    read_scanning,
    read_seen,
    read_status,
    read_users,
    read_watched,
)
from mediatui.services.redaction import excerpt

if TYPE_CHECKING:
    from mediatui.settings import Settings

log = logging.getLogger(__name__)

PAGE: Final = 200
"""Rows of a page of items."""
Record = TypeVar("Record")


class Jellyfin:
    """One Jellyfin. Every call raises ServiceError when it fails or refuses; ``close`` it when done."""

    name: ServerName = "jellyfin"
    keeps_place = True
    looks_at_all = True
    lists_changes = True

    def __init__(
        self,
        url: str,
        api_key: SecretStr,
        user: str = "",
        *,
        timeout_s: float = 30.0,
        retry_pause_s: float = 0.5,
        start_s: float = START_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``user`` is the name of the user whose eyes are used (4), empty for the first administrator; the rest as in
        ``JellyfinHttp``. Raises UsageError for an invalid address or key."""
        self._user = user
        self._user_id = ""
        self._http = JellyfinHttp(
            url, api_key, timeout_s=timeout_s, retry_pause_s=retry_pause_s, start_s=start_s, transport=transport
        )

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    def on_wait(self, say: Callable[[str], None]) -> None:
        """Has ``say`` called with a text for people while a call waits for Jellyfin to start up."""
        self._http.on_wait = say

    async def about(self) -> str:
        """See MediaServer. Raises UsageError when ``jellyfin.user`` is none of its users."""
        status = await self.status()
        if self._user:
            await self.own_user()
        return f"{TITLE} {status.version}"

    async def status(self) -> JellyfinStatus:
        """Which program answers. Raises StartingUp while it starts, BadAnswer when it is not Jellyfin."""
        status = await self._read("System/Info", read_status, "a status")
        if not status.is_up:
            raise StartingUp(f"{TITLE} is starting up.", "Try again in a minute.")
        if not status.product.startswith(TITLE):
            raise BadAnswer(
                f"jellyfin.url leads to {excerpt(status.product) or 'another program'}, not to {TITLE}.",
                f"Check the port in jellyfin.url ({TITLE} listens on {PORT}, unless changed).",
            )
        return status

    async def libraries(self) -> Sequence[ServerLibrary]:
        """See MediaServer. An administrator's key is needed (2)."""
        return await self._read("Library/VirtualFolders", read_libraries, "a list of libraries")

    async def looks_after_s(self) -> float:
        """See MediaServer (7)."""
        return await self._read("System/Configuration", read_delay, "a configuration")

    async def is_scanning(self) -> bool:
        """See MediaServer."""
        return await self._read("ScheduledTasks", read_scanning, "a list of tasks")

    async def report(self, folder: str, library: ServerLibrary) -> None:
        """See MediaServer. The answer says nothing (6)."""
        path = "Library/Media/Updated"
        await self._http.send("POST", path, path, body={"Updates": [{"Path": folder, "UpdateType": "Created"}]})

    async def read_anew(self, item: ServerItem) -> bool:
        """See MediaServer (9)."""
        await self._http.send(
            "POST", f"Items/{item.id}/Refresh", "Items/{id}/Refresh", "this item",
            params={"metadataRefreshMode": "FullRefresh", "imageRefreshMode": "Default"},
        )  # fmt: skip
        return True

    async def items(self, library: ServerLibrary, since: float | None = None) -> AsyncIterator[Sequence[ServerItem]]:
        """See MediaServer. Rows that lie in no folder of the library are left out (5)."""
        kinds = TYPES[library.kind]
        asked: dict[str, Param] = {
            "userId": await self._own_user(), "parentId": library.key, "recursive": True, "includeItemTypes": kinds,
            "fields": "Path,ProviderIds", "sortBy": "SortName", "limit": PAGE,
        }  # fmt: skip
        if since is not None:
            asked["minDateLastSaved"] = datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        places = [folder for location in library.locations if (folder := read_folder(location)) is not None]
        async for rows in self._pages("Items", asked):
            found = [item for row in rows if (item := read_item(row, library.key, kinds)) is not None]
            kept = [item for item in found if any(_is_within(item.path, place.key) for place in places)]
            odd = sum(isinstance(row, dict) and row.get("Type") not in kinds.split(",") for row in rows)
            if left_out := odd + len(found) - len(kept):
                log.warning("%s listed %d items that were not asked for; they are left out", TITLE, left_out)
            yield kept

    async def _pages(self, path: str, asked: Mapping[str, Param]) -> AsyncIterator[list[object]]:
        """The rows of a list, a page at a time."""
        start, total = 0, 1
        while start < total:
            page = await self._http.get(path, path, **asked, startIndex=start)
            rows, total = _parsed(read_page, page, "a page of items")
            yield rows
            start += len(rows) or total

    async def item(self, item_id: str) -> ServerItem | None:
        """See MediaServer."""
        try:
            row = await self._http.get(f"Items/{item_id}", "Items/{id}", "this item", userId=await self._own_user())
        except NotFound:
            return None
        found = read_item(row)
        return found if found is not None and found.id == item_id else None

    async def users(self) -> Sequence[ServerUser]:
        """See MediaServer; administrators first."""
        return await self._read("Users", read_users, "a list of users")

    async def watched(self, user: ServerUser, item: ServerItem) -> Watched | None:
        """See MediaServer."""
        path, what = f"UserItems/{item.id}/UserData", "UserItems/{id}/UserData"
        try:
            return _parsed(read_watched, await self._http.get(path, what, "this item", userId=user.id), "a state")
        except NotFound:
            return None

    async def seen_by(self, user: ServerUser) -> Mapping[str, Watched] | None:
        """See MediaServer: what is played, what is a favourite, and what was begun; a row that is none of it was not
        asked for (5)."""
        found: dict[str, Watched] = {}
        about: dict[str, Param] = {"userId": user.id, "includeItemTypes": "Movie,Episode", "limit": PAGE}
        whole: dict[str, Param] = {**about, "recursive": True, "sortBy": "SortName"}
        lists: tuple[tuple[str, dict[str, Param]], ...] = (
            ("Items", {**whole, "isPlayed": True}), ("Items", {**whole, "isFavorite": True}),
            ("UserItems/Resume", about),
        )  # fmt: skip
        for path, asked in lists:
            async for rows in self._pages(path, asked):
                for item_id, watched in map(read_seen, rows):
                    if item_id and watched is not None and not watched.is_nothing:
                        found[item_id] = watched
        return found

    async def set_watched(self, user: ServerUser, item: ServerItem, watched: Watched) -> None:
        """See MediaServer. The mark comes first: taking it off takes the place too."""
        path, what = f"UserPlayedItems/{item.id}", "UserPlayedItems/{id}"
        at = None if watched.played_at is None else datetime.fromtimestamp(watched.played_at, UTC)
        date = "" if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
        if watched.played:
            asked = {"userId": user.id, **({"datePlayed": date} if date else {})}
            await self._http.send("POST", path, what, "this item", params=asked)
        else:
            await self._http.send("DELETE", path, what, "this item", params={"userId": user.id})
        path, what = f"UserFavoriteItems/{item.id}", "UserFavoriteItems/{id}"
        await self._http.send(
            "POST" if watched.favourite else "DELETE", path, what, "this item", params={"userId": user.id}
        )
        if watched.position_s or watched.plays > 1:
            body = {"PlaybackPositionTicks": int(watched.position_s * TICKS), "PlayCount": watched.plays,
                    **({"LastPlayedDate": date} if date else {})}  # fmt: skip
            path, what = f"UserItems/{item.id}/UserData", "UserItems/{id}/UserData"
            await self._http.send("POST", path, what, "this item", body=body, params={"userId": user.id})

    async def sees(self, path: str, *, is_file: bool) -> bool:
        """Whether the server has a file or a folder at a path of its own; a link that dangles counts as a file."""
        try:
            where = "Environment/ValidatePath"
            await self._http.send("POST", where, where, "this path", body={"Path": path, "IsFile": is_file})
        except NotFound:
            return False
        return True

    async def own_user(self) -> ServerUser:
        """The user whose eyes are used: that of ``jellyfin.user``, else the first administrator. Raises UsageError
        where there is none."""
        users = await self.users()
        if self._user:
            for user in users:
                if self._user.casefold() == user.name.casefold() or self._user == user.id:
                    return user
            names = ", ".join(printable(user.name) for user in users) or "none"
            raise UsageError(f"{TITLE} has no user {printable(self._user)}.", f"jellyfin.user is one of: {names}.")
        if not users or not users[0].is_admin:
            raise UsageError(f"{TITLE} shows no administrator.", "Name a user in jellyfin.user.")
        return users[0]

    async def _own_user(self) -> str:
        self._user_id = self._user_id or (await self.own_user()).id
        return self._user_id

    async def _read(self, path: str, read: Callable[[object], Record], what: str) -> Record:
        return _parsed(read, await self._http.get(path, path), what)


def _parsed(read: Callable[[object], Record], value: object, what: str) -> Record:
    try:
        return read(value)
    except ValueError as error:
        raise BadAnswer(f"{TITLE} sent {what} that cannot be read ({error}).") from error


def _is_within(path: str, place: tuple[str, ...]) -> bool:
    folder = read_folder(path)
    return folder is not None and folder.key[: len(place)] == place


def configured_jellyfin(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None, start_s: float | None = None
) -> Jellyfin:
    """A client of the configured Jellyfin; raises UsageError when its address or key is invalid."""
    section = settings.jellyfin
    return Jellyfin(
        section.url, section.api_key, section.user, start_s=START_S if start_s is None else start_s, transport=transport
    )
