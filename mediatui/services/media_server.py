"""What a media server can be asked, the same for Plex and Jellyfin: its libraries and items, a report of a folder, and
what its users have seen.

Every call raises ServiceError when it fails or refuses (StartingUp while the server starts). No answer is a proof: what
was reported or set is read back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from mediatui.model.media_server import ServerItem, ServerLibrary, ServerName, ServerUser, Watched


class MediaServer(Protocol):
    """One media server; ``close`` it when done."""

    name: ServerName
    keeps_place: bool
    """Whether the place a user has reached in an item, and whether it is a favourite, can be set."""
    looks_at_all: bool
    """Whether a new film or series makes it look at its whole library."""
    lists_changes: bool
    """Whether ``items`` can leave out what did not change."""

    async def close(self) -> None:
        """Closes connections."""
        ...

    async def about(self) -> str:
        """What it is called and its version, as ``Jellyfin 10.11.11``. Raises BadAnswer when it is another program."""
        ...

    async def libraries(self) -> Sequence[ServerLibrary]:
        """Its libraries of films and series, and the others."""
        ...

    async def looks_after_s(self) -> float:
        """How many seconds after a report it looks (0: at once)."""
        ...

    async def is_scanning(self) -> bool:
        """Whether it is reading whole libraries now: what it lists may lack items until that ends."""
        ...

    async def report(self, folder: str, library: ServerLibrary) -> None:
        """Reports that something below ``folder`` changed. The folder exists, and lies in a location of the library or
        is one; whoever calls has seen to that."""
        ...

    async def read_anew(self, item: ServerItem) -> bool:
        """Has it open the file of an item again; False where it cannot be asked that."""
        ...

    def items(self, library: ServerLibrary, since: float | None = None) -> AsyncIterator[Sequence[ServerItem]]:
        """Films and series or episodes of a library that have a path, a page (at most 200) at a time; with ``since``
        (epoch seconds) those added or changed from then on, where the server can tell, else all."""
        ...

    async def item(self, item_id: str) -> ServerItem | None:
        """One item; None when the server does not have it (any more)."""
        ...

    async def users(self) -> Sequence[ServerUser]:
        """The users whose watch state can be read."""
        ...

    async def watched(self, user: ServerUser, item: ServerItem) -> Watched | None:
        """What a user has seen of an item; None when it cannot be known (the user may not see it)."""
        ...

    async def seen_by(self, user: ServerUser) -> Mapping[str, Watched] | None:
        """What a user has seen of all films and episodes, by the ids of these; None where only one item after the other
        can be asked about."""
        ...

    async def set_watched(self, user: ServerUser, item: ServerItem, watched: Watched) -> None:
        """Sets what a user has seen of an item: played or not, and the place where ``keeps_place``. Setting it twice is
        the same as setting it once."""
        ...
