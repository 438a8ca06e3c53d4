"""The users of a Plex home, which plex.tv knows (NOTES.md, 6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import httpx

from mediatui.model.foreign_json import parse_json
from mediatui.model.media_server import ServerUser
from mediatui.model.secrets import keep_secret
from mediatui.services.arr.refusals import ArrAddress
from mediatui.services.errors import BadAnswer
from mediatui.services.plex.answers import read_xml
from mediatui.services.plex.http import PlexHttp
from mediatui.services.plex.records import read_tokens, read_users

PLEX_TV: Final = ArrAddress("plex.tv", "plex", "https://plex.tv", "/api", 443)


class PlexHome:
    """The home that the owner of a token belongs to; ``close`` it when done."""

    def __init__(
        self, token: str, *, retry_pause_s: float = 0.5, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = PlexHttp(PLEX_TV, token, retry_pause_s=retry_pause_s, start_s=0.0, transport=transport)

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def users(self) -> Sequence[tuple[ServerUser, bool]]:
        """Each user, the owner first, and whether a PIN protects it. Raises ServiceError."""
        answer = await self._http.get("api/v2/home/users", "api/v2/home/users")
        try:
            found = list(read_users(parse_json(answer.body)))
        except ValueError as error:
            raise BadAnswer(f"plex.tv sent users that cannot be read ({error}).") from error
        return sorted(found, key=lambda one: not one[0].is_admin)

    async def tokens(self, machine: str) -> dict[str, str]:
        """The tokens with which a server answers for its users, by their ids; each is a secret. Raises ServiceError."""
        path = f"api/servers/{machine}/shared_servers"
        answer = await self._http.get(path, "api/servers/{machine}/shared_servers")
        try:
            found = read_tokens(read_xml(answer.body)[1])
        except ValueError as error:
            raise BadAnswer(f"plex.tv sent an answer that cannot be read ({error}).") from error
        for token in found.values():
            keep_secret(token)
        return {user: token for user, token in found.items() if token.isascii() and token.isprintable()}
