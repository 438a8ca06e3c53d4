"""Where a media server sees the library: its libraries in use, their folders, and our paths as its own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.model.media_server import ServerLibrary, ServerName
from mediatui.model.path_map import PathMap, read_folder

if TYPE_CHECKING:
    from mediatui.settings import Settings


@dataclass(frozen=True, slots=True)
class ServerPlaces:
    """The libraries of a server that are in use, and how our paths become its own."""

    libraries: tuple[ServerLibrary, ...]
    paths: PathMap

    @classmethod
    def of(cls, settings: Settings, name: ServerName, libraries: Sequence[ServerLibrary]) -> ServerPlaces:
        """Those of the settings: ``libraries`` are all that the server has."""
        section = settings.media_server(name)
        wanted, ignored = ({one.casefold() for one in names} for names in (section.libraries, section.ignore))
        used = [one for one in libraries if not wanted or one.title.casefold() in wanted]
        return cls(tuple(one for one in used if one.title.casefold() not in ignored), PathMap())

    def theirs(self, path: bytes) -> str:
        """Our path as the server sees it."""
        return self.paths.to_theirs(os.fsdecode(path))

    def ours(self, path: str) -> bytes:
        """A path of the server as ours."""
        return os.fsencode(self.paths.to_ours(path))

    def holding(self, folder: str) -> list[ServerLibrary]:
        """Every library one of whose folders a folder of the server is, or lies below."""
        return [one for one in self.libraries if any(is_within(folder, place) for place in one.locations)]

    def meets(self, root: str) -> bool:
        """Whether a root of ours, or a folder in it, is shown in a library."""
        theirs = self.paths.to_theirs(root)
        return any(is_within(place, theirs) or is_within(theirs, place)
                   for one in self.libraries for place in one.locations)  # fmt: skip


def is_within(path: str, folder: str) -> bool:
    """Whether an absolute path is a folder or lies below it, by their names."""
    inner, outer = read_folder(path), read_folder(folder)
    return inner is not None and outer is not None and inner.key[: len(outer.key)] == outer.key
