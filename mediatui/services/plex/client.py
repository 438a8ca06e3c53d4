"""A Plex server as a media server (``services.media_server``). Numbers are points of NOTES.md."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from mediatui.model.media_server import ServerItem, ServerLibrary, ServerName, ServerUser, Watched
from mediatui.model.path_map import holds
from mediatui.model.text import printable
from mediatui.services.errors import BadAnswer, NotFound, Permanent, Refused
from mediatui.services.plex.home import PlexHome
from mediatui.services.plex.http import START_S, TITLE, PlexHttp, plex_address, plex_token
from mediatui.services.plex.records import (
    first_row,
    read_item,
    read_items,
    read_machine,
    read_refreshing,
    read_sections,
    read_total,
    read_watched,
)

if TYPE_CHECKING:
    from mediatui.settings import Settings

PAGE: Final = 200
"""Rows of a page of items (4)."""
TYPES: Final = {"films": 1, "series": 4}
"""What of a section has files: films, episodes."""
LIBRARY: Final = "com.plexapp.plugins.library"


class Plex:
    """One server. Every call raises ServiceError when it fails or refuses; ``close`` it when done."""

    name: ServerName = "plex"
    keeps_place = False
    looks_at_all = False
    lists_changes = False

    def __init__(
        self,
        url: str,
        token: SecretStr,
        *,
        timeout_s: float = 30.0,
        retry_pause_s: float = 0.5,
        start_s: float = START_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """See ``PlexHttp``. Raises UsageError for an invalid address or token."""
        self._address, self._token = plex_address(url), plex_token(token)
        self._timeout_s, self._retry_pause_s, self._start_s = timeout_s, retry_pause_s, start_s
        self._transport = transport
        self._own = self._client(self._token)
        self._home = PlexHome(self._token, retry_pause_s=retry_pause_s, transport=transport)
        self._of_users: dict[str, PlexHttp] | None = None

    async def close(self) -> None:
        """Closes connections."""
        for http in (self._own, *(self._of_users or {}).values()):
            await http.close()
        await self._home.close()

    def on_wait(self, say: Callable[[str], None]) -> None:
        """Has ``say`` called with a text for people while a call waits for Plex to start up."""
        self._own.on_wait = say

    async def about(self) -> str:
        """See MediaServer; read with the token."""
        return f"{TITLE} {(await self._machine())[1]}".strip()

    async def libraries(self) -> Sequence[ServerLibrary]:
        """See MediaServer."""
        return read_sections(await self._own.container("library/sections", "library/sections"))

    async def looks_after_s(self) -> float:
        """See MediaServer."""
        return 0.0

    async def is_scanning(self) -> bool:
        """See MediaServer."""
        return read_refreshing(await self._own.container("library/sections", "library/sections"))

    async def report(self, folder: str, library: ServerLibrary) -> None:
        """See MediaServer. Raises Permanent for a folder outside the library: of that Plex would say nothing (3)."""
        if not any(holds(place, folder) for place in library.locations):
            raise Permanent(f"{TITLE} has no folder of {printable(library.title)} that holds {printable(folder)}.")
        path = quote(os.fsencode(folder), safe="")
        await self._own.get(
            f"library/sections/{quote(library.key, safe='')}/refresh?path={path}",
            "library/sections/{key}/refresh", f"the section {printable(library.title)}",
        )  # fmt: skip

    async def read_anew(self, item: ServerItem) -> bool:
        """See MediaServer: not asked of Plex."""
        return False

    async def items(self, library: ServerLibrary, since: float | None = None) -> AsyncIterator[Sequence[ServerItem]]:
        """See MediaServer: films and episodes, all of them whatever ``since`` is."""
        kind = TYPES.get(library.kind)
        start, total = 0, 0 if kind is None else 1
        while start < total:
            page = await self._own.container(
                f"library/sections/{quote(library.key, safe='')}/all", "library/sections/{key}/all",
                f"the section {printable(library.title)}", {"type": kind or 0}, (start, PAGE),
            )  # fmt: skip
            size, total = read_total(page)
            yield read_items(page, library.key)
            start = start + size if size else total

    async def item(self, item_id: str) -> ServerItem | None:
        """See MediaServer."""
        row = await self._row(self._own, item_id)
        found = None if row is None else read_item(row)
        return found if found is not None and found.id == item_id else None

    async def users(self) -> Sequence[ServerUser]:
        """See MediaServer: those of the home, the owner first, known or not what they have seen. Asks plex.tv (6)."""
        return [user for user, _ in await self._home.users()]

    async def watched(self, user: ServerUser, item: ServerItem) -> Watched | None:
        """See MediaServer."""
        http = await self._as(user)
        if http is None:
            return None
        try:
            row = await self._row(http, item.id)
        except Refused:
            return None
        return None if row is None else read_watched(row)

    async def seen_by(self, user: ServerUser) -> Mapping[str, Watched] | None:
        """See MediaServer: not asked of Plex."""
        return None

    async def set_watched(self, user: ServerUser, item: ServerItem, watched: Watched) -> None:
        """See MediaServer; the place cannot be set (7). Raises Permanent for a user whose token cannot be had."""
        http = await self._as(user)
        if http is None:
            raise Permanent(f"{TITLE} does not let {printable(user.name)} be marked: its token cannot be had.")
        row = await self._row(http, item.id)
        if row is None:
            raise NotFound(f"{TITLE} does not know {printable(item.title)}.")
        if read_watched(row).played != watched.played:
            act = "scrobble" if watched.played else "unscrobble"
            await http.get(f":/{act}", f":/{act}", "this item", {"key": item.id, "identifier": LIBRARY})

    async def _machine(self) -> tuple[str, str]:
        container = await self._own.container("", "")
        try:
            return read_machine(container)
        except ValueError as error:
            raise BadAnswer(f"plex.url does not lead to {TITLE} ({error}).", "Check plex.url.") from error

    async def _row(self, http: PlexHttp, item_id: str) -> Mapping[str, object] | None:
        """An item as it is answered; None when it is gone (5)."""
        path = f"library/metadata/{quote(item_id, safe='')}"
        try:
            return first_row(await http.container(path, "library/metadata/{key}", "this item"))
        except NotFound:
            return None

    async def _as(self, user: ServerUser) -> PlexHttp | None:
        """What asks with the token of a user; None where that cannot be had (6)."""
        if user.is_admin:
            return self._own
        if self._of_users is None:
            pins = {one.id: has_pin for one, has_pin in await self._home.users()}
            tokens = await self._home.tokens((await self._machine())[0])
            self._of_users = {one: self._client(token) for one, token in tokens.items() if not pins.get(one, True)}
        return self._of_users.get(user.id)

    def _client(self, token: str) -> PlexHttp:
        return PlexHttp(
            self._address, token, timeout_s=self._timeout_s, retry_pause_s=self._retry_pause_s, start_s=self._start_s,
            transport=self._transport,
        )  # fmt: skip


def configured_plex(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None, start_s: float | None = None
) -> Plex:
    """A client of the configured Plex; raises UsageError when its address or token is invalid."""
    section = settings.plex
    return Plex(section.url, section.token, start_s=START_S if start_s is None else start_s, transport=transport)
