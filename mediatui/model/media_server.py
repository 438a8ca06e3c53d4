"""What is known of a media server (Plex, Jellyfin): its libraries, items, users, and what a user has seen. Paths are as
the server sees them; ours are made of them by path rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

ServerName = Literal["plex", "jellyfin"]
SERVER_TITLES: Final[Mapping[ServerName, str]] = {"plex": "Plex", "jellyfin": "Jellyfin"}
ServerKind = Literal["film", "series", "season", "episode"]
LibraryKind = Literal["films", "series", "other"]


def server_of(section: str) -> ServerName | None:
    """The media server of a section of the settings; None for another section."""
    return next((name for name in SERVER_TITLES if name == section), None)


@dataclass(frozen=True, slots=True)
class ServerLibrary:
    """A library (Plex: a section) with its number or id, its title, what it holds, and its folders."""

    key: str
    title: str
    kind: LibraryKind
    locations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServerItem:
    """A film, a series, a season or an episode. ``path`` is its file, or its folder; ``files`` are all files of it
    where it has several versions (at Jellyfin what the links lead to). ``is_read``: the server has opened the file
    and knows how long it is."""

    id: str
    kind: ServerKind
    title: str
    path: str
    library: str = ""
    files: tuple[str, ...] = ()
    is_read: bool = True
    dated_at: float | None = None
    """When its file was last changed, as the server has read it (epoch seconds); None where it does not say."""


@dataclass(frozen=True, slots=True)
class ServerUser:
    """A person who has an account at the server."""

    id: str
    name: str
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """What a user has seen of one item: whether it is marked as played, the place reached in it (seconds; 0: none), how
    often it was played, and when last (epoch seconds); whether it is a favourite."""

    played: bool = False
    position_s: float = 0.0
    plays: int = 0
    played_at: float | None = None
    favourite: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to keep."""
        return not self.played and not self.position_s and not self.favourite
