"""A Plex with its home at plex.tv: the simulated one of the demo, which minds what it is asked.

    plex = FakePlex()
    plex.section("1", "Films", "movie", "/data/Films")
    film = plex.file("1", "/data/Films/SF/Dust Road (2001).mkv")
    Plex("http://plex.invalid", SecretStr(TOKEN), transport=plex.transport())

``refreshed`` are the sections and folders it was told of: of ``finds`` it takes what lies below that folder then. A
folder outside a section's locations does nothing, and is answered alike. ``xml`` has it answer in XML.
``PLEX_SHAPES`` says which fields its answers have; the fake and the client are both held to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Final

import httpx

from mediatui.demo.plex import MACHINE as MACHINE
from mediatui.demo.plex import PlexUser as User
from mediatui.demo.plex import SimSection as Section
from mediatui.demo.plex import SimulatedPlex, as_xml
from tests.fakes.shapes import Shape

TOKEN: Final = "Qz9fakePlexTokenXy12"
MOST_ROWS: Final = 200
_ITEM: Final = {
    "Metadata[].ratingKey": (str,), "Metadata[].type": (str,), "Metadata[].title": (str,),
    "Metadata[].Media[].Part[].file": (str,), "Metadata[].Media[].Part[].size": (int,),
}  # fmt: skip
PLEX_SHAPES: Final[Mapping[str, Shape]] = {
    "GET ": {"machineIdentifier": (str,), "version": (str,)},
    "GET library/sections": {
        "Directory[].key": (str,), "Directory[].type": (str,), "Directory[].title": (str,),
        "Directory[].refreshing": (bool,), "Directory[].Location[].path": (str,),
    },
    "GET library/sections/{key}/all": {"size": (int,), "totalSize": (int,), **_ITEM},
    "GET library/metadata/{key}": {
        **_ITEM, "Metadata[].viewCount": (int,), "Metadata[].viewOffset": (int,), "Metadata[].lastViewedAt": (int,),
    },
    "plex.tv GET api/v2/home/users": {
        "users[].id": (int,), "users[].title": (str,), "users[].admin": (bool,), "users[].protected": (bool,),
    },
    "plex.tv GET api/servers/{machine}/shared_servers": {
        "SharedServer[].userID": (str,), "SharedServer[].accessToken": (str,),
    },
}  # fmt: skip
"""The fields of each answer, below its MediaContainer where it has one, and their types; each is read by the client."""


class FakePlex(SimulatedPlex):
    """See the module."""

    def __init__(self) -> None:
        super().__init__([User(1, "ann", admin=True, token=TOKEN)], self._found_below)
        self.refreshed: list[tuple[str, str]] = []
        self.finds: set[str] = set()
        """Files that lie there, and are taken when a folder of theirs is refreshed."""
        self.asked: list[httpx.Request] = []
        self.lies: deque[httpx.Response] = deque()
        """Answers that come before the true ones."""
        self.xml = False

    def transport(self) -> httpx.AsyncBaseTransport:
        """A transport for a client."""
        return httpx.MockTransport(self)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        token, asked = request.headers.get("x-plex-token", ""), request.url.params
        assert not token or token not in str(request.url), "the token is in the address"
        assert {"x-plex-client-identifier", "x-plex-product"} <= set(request.headers)
        assert int(request.headers.get("x-plex-container-size", 0)) <= MOST_ROWS
        assert "identifier" not in asked or asked["identifier"] == "com.plexapp.plugins.library"
        if self.lies:
            return self.lies.popleft()
        if request.url.path.endswith("/refresh"):
            self.refreshed.append((request.url.path.split("/")[-2], asked["path"]))
        return super().__call__(request)

    def look(self, section: Section, path: str) -> None:
        """Takes what was found below a folder; what is there already stays."""
        kept = dict(section.files)
        super().look(section, path)
        section.files.update(kept)

    def answer(self, container: Mapping[str, Any]) -> httpx.Response:
        """An answer, in XML where that is switched on."""
        return as_xml(container) if self.xml else super().answer(container)

    def _found_below(self, path: str) -> Iterable[str]:
        return [found for found in sorted(self.finds) if found.startswith(f"{path}/")]
