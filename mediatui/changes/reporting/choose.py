"""Which folders a media server is told of: few, each once, so that it looks at little. Pure.

Plex looks at the folder that is named. Jellyfin looks at the nearest item it knows at or above it: that of a known
film, season or series, else at everything in a folder of its library, which is asked of it every five minutes at most
(``services/jellyfin/NOTES.md``, 7).
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mediatui.changes.reporting.look import Looked
from mediatui.changes.servers.places import ServerPlaces
from mediatui.model.media_server import ServerLibrary
from mediatui.model.path import folders_above
from mediatui.store.servers.items import KnownItem

WHOLE_EVERY_S: Final = 300.0
"""How long apart two reports are at least that make a server look at all of a library."""


@dataclass(frozen=True, slots=True)
class Told:
    """A folder to name to a library (as the server sees it), and what is reported by that. ``whole`` is the folder of
    the library that is looked at as a whole; empty where only an item is."""

    folder: str
    library: ServerLibrary
    looked: tuple[Looked, ...]
    whole: str = ""


@dataclass(slots=True)
class Chosen:
    """What is told now, what waits until when (epoch seconds), and what no library shows."""

    told: list[Told] = field(default_factory=list)
    later: list[tuple[Told, float]] = field(default_factory=list)
    nowhere: list[Looked] = field(default_factory=list)


class KnownTree:
    """What a server knows, by our paths: its items, and the folders of its films."""

    def __init__(self, items: Mapping[bytes, KnownItem]) -> None:
        self.items = items
        self._films: dict[bytes, KnownItem] = {
            os.path.dirname(path): one for path, one in items.items() if one.kind == "film"
        }

    def nearest(self, folder: bytes, location: bytes) -> bytes:
        """The nearest folder at or above one that is an item or holds a film, in a folder of a library; empty where
        there is none."""
        for one in (folder, *folders_above(folder)):
            if one == location:
                break
            if one in self.items or one in self._films:
                return one
        return b""


def choose_folders(
    looked: Sequence[Looked], places: ServerPlaces, known: KnownTree | None, *, now: float,
    last_whole: Mapping[str, float], busy: Mapping[str, float],
) -> Chosen:  # fmt: skip
    """What to tell a server. ``known`` is what one knows that looks at the nearest item; None for one that looks where
    it is told. ``last_whole`` is when folders of libraries were last looked at as a whole, ``busy`` the folders whose
    reports were not read back yet, and when they are."""
    chosen = Chosen()
    groups: dict[tuple[str, str, str], list[tuple[Looked, bytes]]] = defaultdict(list)
    libraries: dict[str, ServerLibrary] = {}
    for one in looked:
        folder = _folder(one, gone=known is not None)
        holding = places.holding(places.theirs(folder))
        if not holding:
            chosen.nowhere.append(one)
        for library, location in holding if known is None else holding[:1]:
            libraries[library.key] = library
            groups[library.key, location, _unit(folder, library, location, places, known)].append((one, folder))
    for (key, location, unit), members in groups.items():
        common = os.path.commonpath([folder for _, folder in members])
        told = Told(places.theirs(common), libraries[key], tuple(one for one, _ in members), "" if unit else location)
        until = 0.0
        if told.whole and known is not None:
            until = last_whole.get(location, 0.0) + WHOLE_EVERY_S
        until = max(until, busy.get(told.folder, 0.0))
        if until > now:
            chosen.later.append((told, until))
        else:
            chosen.told.append(told)
    return chosen


def _folder(one: Looked, *, gone: bool) -> bytes:
    """The folder of ours that a change is about; of what went with its folder that folder, or where only what is there
    may be named the nearest that is."""
    folder = one.report.place if one.is_folder else one.nearest
    if one.gone and gone:
        folder = one.gone
    while not is_utf8(folder):
        folder = os.path.dirname(folder)
    return folder


def is_utf8(path: bytes) -> bool:
    """Whether a server can be told of a path: one that is no UTF-8 it knows by another name, or not at all."""
    try:
        path.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unit(folder: bytes, library: ServerLibrary, location: str, places: ServerPlaces, known: KnownTree | None) -> str:
    """What is told of together: a folder, a series; empty for what makes a server look at all of a location."""
    theirs = places.theirs(folder)
    if known is None:
        return theirs
    ours = places.ours(location)
    nearest = b"" if ours is None else known.nearest(folder, ours)
    if not nearest or library.kind != "series":
        return os.fsdecode(nearest)
    below = theirs[len(location) :].strip("/\\").replace("\\", "/")
    return below.partition("/")[0]
