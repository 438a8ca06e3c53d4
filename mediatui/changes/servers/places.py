"""Where a media server sees the library: its libraries in use, their folders, and our paths as its own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.model.media_server import ServerLibrary, ServerName
from mediatui.model.path_map import holds
from mediatui.model.path_rules import Translation
from mediatui.settings.places import path_rules

if TYPE_CHECKING:
    from mediatui.settings import Settings


@dataclass(frozen=True, slots=True)
class ServerPlaces:
    """The libraries of a server that are in use, and those that are left alone; how our paths become its own."""

    libraries: tuple[ServerLibrary, ...]
    paths: Translation
    left_alone: tuple[ServerLibrary, ...] = ()

    @classmethod
    def of(cls, settings: Settings, name: ServerName, libraries: Sequence[ServerLibrary]) -> ServerPlaces:
        """Those of the settings: ``libraries`` are all that the server has."""
        section = settings.media_server(name)
        wanted, ignored = ({one.casefold() for one in names} for names in (section.libraries, section.ignore))
        titles = {one.title.casefold() for one in libraries}
        in_use = (wanted or titles) - ignored
        used = tuple(one for one in libraries if one.title.casefold() in in_use)
        return cls(used, path_rules(settings).of(name), tuple(one for one in libraries if one not in used))

    def theirs(self, path: bytes) -> str:
        """Our path as the server sees it."""
        return self.paths.there(os.fsdecode(path)).path

    def ours(self, path: str) -> bytes | None:
        """A path of the server as ours; None for what lies at no path here."""
        found = self.paths.here(path)
        return None if found is None else os.fsencode(found)

    def holding(self, folder: str) -> list[tuple[ServerLibrary, str]]:
        """Every library that shows a folder of the server (it is one of its folders, or lies below one), and that
        folder of it; of several the innermost."""
        found = []
        for library in self.libraries:
            places = [place for place in library.locations if holds(place, folder)]
            if places:
                found.append((library, max(places, key=len)))
        return found

    def is_left_alone(self, folder: str) -> bool:
        """Whether only a library that is left alone shows a folder of the server."""
        return any(holds(place, folder) for one in self.left_alone for place in one.locations)

    def meets(self, root: str) -> bool:
        """Whether a root of ours, or a folder in it, is shown in a library."""
        theirs = self.paths.there(root).path
        return any(holds(theirs, place) or holds(place, theirs) for one in self.libraries for place in one.locations)
