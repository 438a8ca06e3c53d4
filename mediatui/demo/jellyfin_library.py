"""What a simulated Jellyfin knows of its libraries: made of real folders of links when it looks, as by a real one.

A look removes what dangles, but for a film that is alone in its folder. A file is read once: a link that dangled when
it was first seen is not read by a later look, unless the file's time of change differs.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

ItemType = Literal["Movie", "Series", "Season", "Episode"]
LibraryType = Literal["movies", "tvshows"]
_VIDEOS: Final = (".mkv", ".mp4", ".avi")
_NUMBERS: Final = re.compile(r"[Ss](\d{1,2})[Ee](\d{1,3})")
_SEASON: Final = re.compile(r"(?:season|saison)\s*(\d+)|(specials)", re.IGNORECASE)
_IDS: Final = re.compile(r"\[(tmdb|tvdb)id-(\d+)\]")
_YEAR: Final = re.compile(r"\((\d{4})\)")


@dataclass(slots=True)
class SimItem:
    """A film, a series, a season or an episode, by the server's path. ``is_read``: its file was opened."""

    type: ItemType
    path: str
    saved_at: float
    is_read: bool = True
    mtime: float = 0.0
    links: list[str] = field(default_factory=list)
    """The links of its versions, the first its path."""
    series: str = ""
    """The path of its series."""

    @property
    def id(self) -> str:
        """Made of type and path: the same path is the same id."""
        text = f"{self.type}{self.path}".encode("utf-8", "surrogateescape")
        return hashlib.md5(text, usedforsecurity=False).hexdigest()

    @property
    def name(self) -> str:
        """The name of its folder, or of its file."""
        named = os.path.dirname(self.path) if self.type == "Movie" else self.path
        return os.path.basename(named).removesuffix(".mkv")

    @property
    def ids(self) -> dict[str, str]:
        """Its ids in catalogs, by its folder's name."""
        return {name.capitalize(): number for name, number in _IDS.findall(self.name)} if (
            self.type in ("Movie", "Series")) else {}  # fmt: skip

    @property
    def year(self) -> int | None:
        """The year in its name."""
        match = _YEAR.search(self.path)
        return int(match[1]) if match else None

    @property
    def numbers(self) -> tuple[int, int]:
        """Season and episode."""
        match = _NUMBERS.search(os.path.basename(self.path))
        return (int(match[1]), int(match[2])) if match else (0, 0)

    @property
    def key(self) -> str:
        """What a user's state is kept by: an id of a catalog, else its own id with hyphens."""
        series = _IDS.search(os.path.basename(self.series))
        if self.type == "Episode" and series:
            return "{}{:03}{:03}".format(series[2], *self.numbers)
        found = next(iter(self.ids.values()), "")
        own = self.id
        return found or f"{own[:8]}-{own[8:12]}-{own[12:16]}-{own[16:20]}-{own[20:]}"


@dataclass(slots=True)
class SimLibrary:
    """A library with its folders, as the server sees them."""

    name: str
    type: LibraryType
    locations: list[str]
    items: dict[str, SimItem] = field(default_factory=dict)
    """By path."""

    @property
    def id(self) -> str:
        """Its id."""
        return hashlib.md5(f"library {self.name}".encode(), usedforsecurity=False).hexdigest()

    def holds(self, path: str) -> bool:
        """Whether a path lies in one of its folders, or is one."""
        return any(path == place or path.startswith(place + "/") for place in self.locations)


class Looker:
    """Looks at the folders of libraries. ``to_ours`` makes a path of this machine of one of the server's."""

    def __init__(self, to_ours: Callable[[str], str], clock: Callable[[], float]) -> None:
        self._to_ours = to_ours
        self._clock = clock
        self.looks: list[str] = []
        """Every path that was looked at, recursively."""

    def nearest(self, library: SimLibrary, path: str) -> str:
        """The path of the nearest item a library knows at or above a path; empty where only the library itself is."""
        while library.holds(path) and path not in library.locations:
            if path in library.items:
                return path
            film = next((one.path for one in library.items.values() if one.type == "Movie"
                         and os.path.dirname(one.path) == path and path not in library.locations), "")  # fmt: skip
            if film:
                return film
            path = os.path.dirname(path)
        return ""

    def look(self, library: SimLibrary, at: str = "", *, reads: bool = True, anew: bool = False) -> None:
        """Refreshes an item, or all of a library; with ``reads`` off new files are not opened, ``anew`` opens known
        ones again."""
        for place in [at] if at else library.locations:
            item = library.items.get(at)
            scope = os.path.dirname(at) if item is not None and item.type == "Movie" else place
            if item is not None and item.type == "Movie" and scope in library.locations:
                scope = at
            self.looks.append(scope)
            ours = self._to_ours(scope)
            if not at and not (os.path.isdir(ours) and os.listdir(ours)):
                continue  # a folder that is missing or empty is passed over
            for gone in [one for one in library.items if (one == scope or one.startswith(scope + "/"))]:
                if not os.path.lexists(self._to_ours(gone)):
                    del library.items[gone]
            if library.type == "movies":
                self._films(library, scope, reads, anew)
            else:
                self._episodes(library, place, scope, reads, anew)

    def _films(self, library: SimLibrary, scope: str, reads: bool, anew: bool) -> None:
        for folder, names in self._folders(scope):
            alone = len(names) == 1 and folder not in library.locations
            stem = os.path.basename(folder)
            versions = len(names) > 1 and all(name.startswith(stem) for name in names)
            for number, name in enumerate(names):
                path = f"{folder}/{name}"
                if versions and number:
                    first = library.items.get(f"{folder}/{names[0]}")
                    if first is not None:
                        first.links.append(path)
                    library.items.pop(path, None)
                    continue
                self._file(library, "Movie", path, reads, anew, stays=alone)

    def _episodes(self, library: SimLibrary, place: str, scope: str, reads: bool, anew: bool) -> None:
        location = next(one for one in library.locations if scope == one or scope.startswith(one + "/"))
        for folder, names in self._folders(scope):
            inner = folder.removeprefix(location).strip("/").split("/")
            if not names or not inner[0]:
                continue
            series = f"{location}/{inner[0]}"
            self._folder(library, "Series", series, series)
            if len(inner) > 1 and _SEASON.search(inner[1]):
                self._folder(library, "Season", f"{series}/{inner[1]}", series)
            for name in names:
                if _NUMBERS.search(name):
                    self._file(library, "Episode", f"{folder}/{name}", reads, anew, stays=False, series=series)

    def _folder(self, library: SimLibrary, kind: ItemType, path: str, series: str) -> None:
        if path not in library.items:
            library.items[path] = SimItem(kind, path, self._clock(), series=series)

    def _file(
        self, library: SimLibrary, kind: ItemType, path: str, reads: bool, anew: bool, *, stays: bool, series: str = ""
    ) -> None:
        known = library.items.get(path)
        mtime, size = 0.0, -1
        with contextlib.suppress(OSError):
            at = os.stat(self._to_ours(path))
            mtime, size = at.st_mtime, at.st_size
        if size < 0 and not stays:
            library.items.pop(path, None)
            return
        if known is None:
            is_read = reads and size > 0
            library.items[path] = SimItem(kind, path, self._clock(), is_read, mtime, [path], series)
            return
        known.links = [path]
        if size > 0 and (anew or mtime != known.mtime):
            known.is_read, known.mtime, known.saved_at = True, mtime, self._clock()

    def _folders(self, scope: str) -> Iterator[tuple[str, list[str]]]:
        """The folders from a path downwards with the videos in each; a path of a file is that file alone."""
        ours = self._to_ours(scope)
        if not os.path.isdir(ours):
            yield os.path.dirname(scope), [os.path.basename(scope)] if os.path.lexists(ours) else []
            return
        for folder, inner, names in os.walk(ours):
            inner.sort()
            shown = scope + folder.removeprefix(ours)
            yield shown, sorted(name for name in names if name.endswith(_VIDEOS) and "-trailer" not in name)
