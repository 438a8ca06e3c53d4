"""The plan of the demo's link library: files, links, folders, and known media.

``Films/<Genre>/[range]/Title (Year).mkv`` and ``Séries/<Type>/Title (Year)/Saison 01/Title (Year) - S01E02 - ….mkv``
point at the files of the simulated account's torrents on the mount. The same account gives the same plan.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from mediatui.demo.seed import SimTorrent
from mediatui.library.maintenance.cleanup.ranges import parse_range, place_key

VIEW = "__all__"
MOST_FILMS = 850
DEAD_FILMS = 8
DEAD_SEASONS = 2
"""How many films and seasons are linked to torrents with dead links, whose files are gone."""
SPOILED = 0.012
"""The share of damaged or missing files."""
RANGES: Final = ("0-9", "A-C", "D-G", "H-M", "N-P", "Q-Z")
GENRES: Final[Mapping[str, tuple[str, ...]]] = {
    "Action": ("Action", "Adventure"),
    "Animation": ("Animation", "Family"),
    "Comédie": ("Comedy",),
    "Drame": ("Drama",),
    "Science-Fiction": ("Science Fiction",),
    "Thriller": ("Thriller", "Crime"),
}
"""The folders of films, with the genres of their films in the words of the services."""
_FLAT: Final = {"Drame": 72, "Animation": 28}
"""The folders that are not divided into ranges, and how many films are in them: one is too full."""
_DIVIDED: Final = tuple(genre for genre in GENRES if genre not in _FLAT)
TYPES: Final[Mapping[str, tuple[str, ...]]] = {"Drame": ("Drama",), "Comédie": ("Comedy",), "Animes": ("Anime",)}
_EPISODES: Final = (
    "Le départ", "Night Train", "The Letter", "Un long silence", "Low Tide", "Les voisins", "Second Sight", "L'orage",
    "Open House", "The Ledger", "Sans retour", "Homecoming", "Le procès", "Last Light",
)  # fmt: skip
_FILM: Final = re.compile(r"(.+)\.((?:19|20)\d\d)(?=\.[A-Z]|\.\d{3,4}p)")
_SEASON: Final = re.compile(r"(.+?)\.S\d\d\.")


class Folders(NamedTuple):
    """Where the demo's library is: the root of links, the mount of torrents, the folder of real files."""

    root: Path
    mount: Path
    storage: Path


class File(NamedTuple):
    """A file to be made: its bytes, and ``whole`` or what happened to it (``empty``, ``cut``, ``page``, ``pipe``)."""

    size: int
    state: str = "whole"


@dataclass(slots=True)
class Shown:
    """A film or an episode: its link, the file the link leads to, and whether the library knows it."""

    title: str
    year: int
    link: str
    file: str
    genres: tuple[str, ...]
    season: int | None = None
    episode: int | None = None
    known: bool = True

    @property
    def name(self) -> str:
        """``Title (Year)``."""
        return f"{self.title} ({self.year})"


@dataclass(slots=True)
class Season:
    """A season's folder in the library, that of its torrent on the mount, and its episodes in order."""

    folder: str
    torrent: str
    episodes: list[Shown]


@dataclass(slots=True)
class LibraryPlan:
    """Everything to be made, by path: ``files``, ``links`` with the text of their targets, empty ``folders``. ``films``
    and ``seasons`` are those without a fault so far; ``shown`` is everything that has a link."""

    places: Folders
    files: dict[str, File] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    films: list[Shown] = field(default_factory=list)
    seasons: list[Season] = field(default_factory=list)

    def show(self, shown: Shown) -> None:
        """Adds a film or an episode with its link."""
        self.links[shown.link] = shown.file
        self.shown.append(shown)

    def forget(self, shown: Shown) -> None:
        """Removes the link of a film or an episode, and its row."""
        del self.links[shown.link]
        self.shown.remove(shown)

    def relink(self, shown: Shown, target: str) -> None:
        """Points a link elsewhere; the library still knows its old file."""
        self.links[shown.link] = target

    def move(self, shown: Shown, folder: str) -> None:
        """Puts a link into another folder of the library."""
        target = self.links.pop(shown.link)
        shown.link = f"{folder}/{shown.link.rpartition('/')[2]}"
        self.links[shown.link] = target


def is_linkable(torrent: SimTorrent) -> bool:
    """Whether the library links to the files of this kind of torrent."""
    name = torrent.filename
    return (
        torrent.status == "downloaded" and torrent.shape in ("film", "season")
        and name == torrent.original_filename and "/" not in name and 0 < len(name.strip()) < 120
    )  # fmt: skip


def selected_files(torrent: SimTorrent) -> list[tuple[str, int]]:
    """Names and bytes of the files in the folder of a torrent on the mount."""
    return [(file.path.lstrip("/").replace("/", "_"), file.bytes) for file in torrent.files() if file.selected]


def plan_links(places: Folders, torrents: Sequence[SimTorrent]) -> LibraryPlan:
    """Plans the links to torrents, each film and each season once, torrents with dead links first."""
    plan = LibraryPlan(places)
    linkable = [torrent for torrent in torrents if is_linkable(torrent)]
    dead = [torrent for torrent in linkable if torrent.link_code is not None]
    alive = [torrent for torrent in linkable if torrent.link_code is None]
    films = _Films(plan)
    seen: set[str] = set()
    for shape, most in (("film", DEAD_FILMS), ("season", DEAD_SEASONS)):
        for torrent in [candidate for candidate in dead if candidate.shape == shape][:most]:
            _add(plan, films, torrent, seen)
    for torrent in alive:
        _add(plan, films, torrent, seen)
    return plan


def spare_torrents(torrents: Iterable[SimTorrent]) -> Iterator[SimTorrent]:
    """The torrents that could be linked and are not, since an earlier one of the same film or season is."""
    seen: set[str] = set()
    hashes: set[str] = set()
    for torrent in torrents:
        found = (_FILM if torrent.shape == "film" else _SEASON).match(torrent.filename)
        if found is None or torrent.link_code is not None or not is_linkable(torrent):
            continue
        if found[0] in seen and torrent.hash not in hashes:
            yield torrent
        seen.add(found[0])
        hashes.add(torrent.hash)


def _add(plan: LibraryPlan, films: _Films, torrent: SimTorrent, seen: set[str]) -> None:
    found = (_FILM if torrent.shape == "film" else _SEASON).match(torrent.filename)
    if found is None or found[0] in seen:
        return
    title = found[1].replace(".", " ")
    if torrent.shape == "season":
        seen.add(found[0])
        _add_season(plan, title, torrent)
    elif films.add(title, int(found[2]), torrent):
        seen.add(found[0])


class _Films:
    """Puts films into the folders of their genres, up to the limit of each."""

    def __init__(self, plan: LibraryPlan) -> None:
        self._plan = plan
        self._left = dict(_FLAT)
        self._count = 0

    def add(self, title: str, year: int, torrent: SimTorrent) -> bool:
        """Adds a film, unless there are enough."""
        if self._count == MOST_FILMS:
            return False
        self._count += 1
        genre = self._genre(title, year)
        name = f"{title} ({year}).mkv"
        folder = f"{self._plan.places.root}/Films/{genre}{range_of(genre, name)}"
        ((file, size),) = selected_files(torrent)
        path = f"{self._plan.places.mount}/{VIEW}/{torrent.filename}/{file}"
        film = Shown(title, year, f"{folder}/{name}", path, GENRES[genre])
        self._plan.show(film)
        if torrent.link_code is None:
            self._plan.files[path] = File(size)
            self._plan.films.append(film)
        return True

    def _genre(self, title: str, year: int) -> str:
        number = zlib.crc32(f"{title} {year}".encode())
        for genre, left in self._left.items():
            if left and number % 4 == 0:
                self._left[genre] -= 1
                return genre
        return _DIVIDED[number // 4 % len(_DIVIDED)]


def range_of(genre: str, name: str) -> str:
    """The range folder a film of a genre lies in, with a slash before it; empty for none."""
    key = place_key(name)
    ranges = RANGES if genre not in _FLAT else ("A-C",) if genre == "Animation" else ()
    return next((f"/{label}" for label in ranges if (span := parse_range(label)) is not None and key in span), "")


def _add_season(plan: LibraryPlan, title: str, torrent: SimTorrent) -> None:
    number = zlib.crc32(title.encode())
    kind = list(TYPES)[number % len(TYPES)]
    year = 1990 + number % 34
    series = f"{plan.places.root}/Séries/{kind}/{title} ({year})"
    season = Season(f"{series}/Saison {torrent.season:02d}", f"{plan.places.mount}/{VIEW}/{torrent.filename}", [])
    for at, (file, size) in enumerate(selected_files(torrent), 1):
        name = f"{title} ({year}) - S{torrent.season:02d}E{at:02d} - {_EPISODES[(number + at) % len(_EPISODES)]}.mkv"
        path = f"{season.torrent}/{file}"
        episode = Shown(title, year, f"{season.folder}/{name}", path, TYPES[kind], torrent.season, at)
        plan.show(episode)
        season.episodes.append(episode)
        if torrent.link_code is None:
            plan.files[path] = File(size)
    if torrent.link_code is None:
        plan.seasons.append(season)


def spoil(plan: LibraryPlan, shown: Iterable[Shown], chance: random.Random) -> None:
    """Damages some files: gone, empty, cut, replaced by another file or by something that is no file."""
    for item in shown:
        if chance.random() >= SPOILED or (file := plan.files.get(item.file)) is None:
            continue
        state = chance.choice(("gone", "gone", "empty", "pipe", "cut", "page"))
        if state == "gone":
            del plan.files[item.file]
        else:
            plan.files[item.file] = file._replace(state=state)
