"""Where each file of a transfer goes in the library, and what its link is called.

The folder that a film or series has always wins; a new one goes where cleanup says it belongs. A dead link of the same
film or episode is pointed anew, and stays the only one.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.acquire.importing.assign import Assigned, Question
from mediatui.acquire.importing.library_now import LibraryNow, titled
from mediatui.acquire.importing.names import episode_name, film_name, season_folder, title_folder
from mediatui.acquire.importing.upgrade import is_upgrade
from mediatui.library.maintenance.cleanup.misplaced import in_range
from mediatui.library.maintenance.cleanup.new_title import place_of_new
from mediatui.library.maintenance.cleanup.ranges import place_key
from mediatui.library.maintenance.planned_tree import PlannedFolder, PlannedLink
from mediatui.model.target import Target, number_text
from mediatui.names.quality import quality_of
from mediatui.settings import Settings

DEAD: Final = ("broken", "loop")
TWICE: Final = "two links for the same: Sonarr and Radarr then have two records, or none of this one"
"""What is said of a link beside a live one for the same."""
MISPLACED: Final = "cleanup would move it: it lies loose where its genre or its letters do not belong"
MOST_BYTES: Final = 245
"""Bytes of a name without its ending."""


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A file and the ``path`` of its link. ``before`` is the text of the link that is pointed anew (empty: a new link
    is made); ``is_there`` says that a link there leads to this very file already, ``beside`` that it stands beside a
    live one for the same, ``misplaced`` that it lies loose where cleanup would move it from."""

    assigned: Assigned
    path: bytes
    before: bytes = b""
    is_there: bool = False
    beside: bool = False
    misplaced: bool = False

    @property
    def risk(self) -> str:
        """What is to be known of it."""
        return "; ".join(said for said, holds in ((TWICE, self.beside), (MISPLACED, self.misplaced)) if holds)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the files of a transfer go; ``kept`` are those that are not imported because something is there (by their
    paths, with the reason); ``asks`` is what has to be answered first. ``genres`` are those of what it is for,
    ``other`` is the link that is there for the same, where that is asked about."""

    files: tuple[PlacedFile, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    asks: Question | None = None
    genres: tuple[str, ...] = ()
    other: bytes = b""


@dataclass(frozen=True, slots=True)
class PlaceOptions:
    """``replace`` live links of the same film or episode, or place a link beside them (``both``); ``folder`` is where a
    new film or series is put (empty: where it belongs)."""

    replace: bool = False
    folder: bytes = b""
    both: bool = False


class Placer:
    """Chooses the places of the files of one transfer."""

    def __init__(self, now: LibraryNow, settings: Settings, options: PlaceOptions) -> None:
        self._now = now
        self._settings = settings
        self._options = options
        self._kept: list[tuple[str, str]] = []
        self._asks: Question | None = None
        self._genres: tuple[str, ...] = ()
        self._other = b""
        self._category: PlannedFolder | None = None

    def place(self, assigned: Sequence[Assigned]) -> Placement:
        """Where these files go."""
        placed: list[PlacedFile] = []
        for one in assigned:
            found = self._film(one) if one.season is None else self._episode(one)
            if found is not None:
                placed.append(found)
        if self._asks is None and len({one.path for one in placed}) < len(placed):
            self._asks = Question("files", {"places": [one.assigned.file.path for one in placed]})
        files = tuple(placed) if self._asks is None else ()
        return Placement(files, tuple(self._kept), self._asks, self._genres, self._other)

    def _ask(self, code: str, detail: dict[str, object]) -> None:
        self._asks = self._asks or Question(code, detail)

    # Films

    def _film(self, one: Assigned) -> PlacedFile | None:
        now, target = self._now, one.target
        links = now.links_of_film(target)
        if there := self._to_same_file(links, one):
            return there
        if not one.part and links:
            found = self._over(links, one)
            if found is not None or self._asks is not None or self._is_kept(one):
                return found
        elif links:
            self._ask("import", {"in_library": _shown(links[0])})
            self._other = links[0].path
            return None
        folder = self._film_folder(target, links)
        if folder is None:
            return None
        path, (title, year) = folder
        name = film_name(self._settings.acquire.film_name, title, year, _ending(one), one.part)
        return PlacedFile(one, os.path.join(path, os.fsencode(name)))

    def _film_folder(self, target: Target, links: Sequence[PlannedLink]) -> tuple[bytes, tuple[str, int | None]] | None:
        own = self._now.film_folder(target)
        if own is None and links and self._now.layout.role(links[0].folder) != "title":
            return links[0].folder.path, (target.title, target.year)
        if own is not None:
            return own.path, titled(own, target)
        new = self._new_folder(target)
        if new is not None and self._lie_loose(os.path.dirname(new[0])):
            return os.path.dirname(new[0]), new[1]
        return new

    def _lie_loose(self, path: bytes) -> bool:
        """Whether films lie in a folder as links beside each other, and not each in a folder of its own."""
        folder = self._now.tree.folder(path) or self._category
        if folder is None:
            return False
        own = sum(self._now.layout.role(inner) == "title" for inner in folder.folders.values())
        return len(folder.links) > own

    # Episodes

    def _episode(self, one: Assigned) -> PlacedFile | None:
        now, target = self._now, one.target
        season = one.season or 0
        folders = now.series_folders(target)
        there = [pair for folder in folders for pair in now.episodes_in(folder)]
        same = [link for link, numbers in there if (numbers.season, numbers.episodes) == (season, one.episodes)]
        if found := self._to_same_file(same, one):
            return found
        if same:
            over = self._over(same, one)
            if over is not None or self._asks is not None or self._is_kept(one):
                return over
        for link, numbers in there:
            if numbers.season == season and set(numbers.episodes) & set(one.episodes) and link not in same:
                if now.state_of(link) in DEAD:
                    continue
                bare = sorted(set(numbers.episodes) - set(one.episodes))
                known: dict[str, object] = {"in_library": _shown(link)}
                self._other = link.path
                if bare:
                    known = {"replaces": str(numbers), "bare": number_text(season, bare)}
                self._ask("import", known)
                return None
        place = self._season_folder(target, season, folders)
        if place is None:
            return None
        path, (title, year) = place
        titles = now.facts_of(target).episodes
        name = episode_name(
            self._settings.acquire.episode_name, title, year, season, one.episodes, _ending(one),
            [titles.get((season, episode), "") for episode in one.episodes],
        )  # fmt: skip
        return PlacedFile(one, os.path.join(path, os.fsencode(name)))

    def _season_folder(
        self, target: Target, season: int, folders: Sequence[PlannedFolder]
    ) -> tuple[bytes, tuple[str, int | None]] | None:
        now, template = self._now, self._settings.acquire.season_folder
        with_season = [(folder, now.season_folders(folder)) for folder in folders]
        for folder, seasons in with_season:
            if season in seasons:
                return seasons[season][0].path, titled(folder, target)
        if with_season:
            folder, seasons = with_season[0]
            if not seasons and folder.links:
                return folder.path, titled(folder, target)
            siblings = [os.fsdecode(one.name) for some in seasons.values() for one in some]
            siblings = siblings or now.names_of_seasons(folder.parent)
            name = season_folder(template, season, siblings)
            return os.path.join(folder.path, os.fsencode(name)), titled(folder, target)
        new = self._new_folder(target)
        if new is None:
            return None
        path, title = new
        category = self._category
        name = season_folder(template, season, now.names_of_seasons(category))
        return os.path.join(path, os.fsencode(name)), title

    # Both

    _category: PlannedFolder | None = None

    def _new_folder(self, target: Target) -> tuple[bytes, tuple[str, int | None]] | None:
        """The folder of a film or series that has none yet."""
        title, year = self._now.named(target)
        if not title or not year:
            self._ask("place", {"why": "its title and year are not known"})
            return None
        name = title_folder(title, year)
        genres = self._now.genres_of(target, name)
        self._genres = min(genres) if genres else ()
        if self._options.folder:
            self._category = self._now.tree.folder(self._options.folder)
            return os.path.join(self._options.folder, os.fsencode(name)), (title, year)
        if maybe := self._now.may_be(target):
            self._ask("place", {"why": f"{maybe} may be of the same: its year is not known"})
            return None
        kind = "film" if target.kind == "film" else "episode"
        belongs = place_of_new(self._now.tree, self._now.layout, kind, name, genres)
        if not belongs.folder:
            self._ask("place", {"why": belongs.why})
            return None
        self._category = belongs.category
        return os.path.join(belongs.folder, os.fsencode(name)), (title, year)

    def _to_same_file(self, links: Sequence[PlannedLink], one: Assigned) -> PlacedFile | None:
        link = next((link for link in links if link.target == one.file.remote), None)
        return None if link is None else PlacedFile(one, link.path, is_there=True)

    def _over(self, links: Sequence[PlannedLink], one: Assigned) -> PlacedFile | None:
        """The link for the same that is pointed anew: a dead one where none is alive, a live one only when that is
        asked for, or what comes is better. None when it is left as it is, or somebody has to answer."""
        states = {link.path: self._now.state_of(link) for link in links}
        alive = [link for link in links if states[link.path] not in DEAD]
        if not alive:
            return self._anew(links[0], one)
        self._other = alive[0].path
        if self._options.both:
            return self._beside(alive[0], one)
        if self._options.replace or self._is_better(alive, one):
            return self._anew(alive[0], one)
        return None

    def _is_better(self, alive: Sequence[PlannedLink], one: Assigned) -> bool:
        """Whether a file replaces live links unasked because it is better; else it is kept out, or asked about."""
        existing = self._settings.importing.existing
        shown = _shown(alive[0])
        if existing == "skip":
            self._kept.append((one.file.path, f"{shown} is there"))
            return False
        if existing == "upgrade" and len(alive) == 1:
            better = is_upgrade(os.fsencode(one.file.path), alive[0].pointed)
            if better is False:
                self._kept.append((one.file.path, f"better here: {shown}"))
            if better is not None:
                return better
        self._ask("import", {"in_library": shown})
        return False

    def _beside(self, link: PlannedLink, one: Assigned) -> PlacedFile | None:
        """A link beside a live one for the same, which its resolution tells apart."""
        resolution = quality_of(os.path.splitext(one.file.path.rpartition("/")[2])[0]).resolution
        stem = os.path.splitext(link.name)[0] + b" [%dp]" % resolution
        path = os.path.join(link.folder.path, stem + os.fsencode(_ending(one)))
        if not resolution or link.folder.holds(os.path.basename(path)) or len(stem) > MOST_BYTES:
            self._ask("import", {"in_library": _shown(link)})
            return None
        return PlacedFile(one, path, beside=True, misplaced=self._is_astray(link.folder, one))

    def _anew(self, link: PlannedLink, one: Assigned) -> PlacedFile:
        astray = self._is_astray(link.folder, one)
        return PlacedFile(one, link.path, before=link.target, misplaced=astray)

    def _is_astray(self, folder: PlannedFolder, one: Assigned) -> bool:
        """Whether a film lies loose in a folder that is none of its genres or letters, and another one is."""
        layout, category = self._now.layout, folder
        while layout.role(category) == "range" and category.parent is not None:
            category = category.parent
        title, year = self._now.named(one.target)
        if one.season is not None or layout.role(category) != "genre" or not title or not year:
            return False
        name = title_folder(title, year)
        genres = self._now.genres_of(one.target, name)
        if layout.genres(category) & {word for some in genres for word in some}:
            span = layout.span(folder)
            inside = folder if span is not None and place_key(name) in span else category
            return in_range(inside, name, layout) != folder.path
        return bool(place_of_new(self._now.tree, layout, "film", name, genres).folder)

    def _is_kept(self, one: Assigned) -> bool:
        return any(path == one.file.path for path, _ in self._kept)


def _ending(one: Assigned) -> str:
    return os.path.splitext(os.fsdecode(os.path.basename(one.file.link)))[1].rstrip()


def _shown(link: PlannedLink) -> str:
    return os.fsdecode(link.name)
