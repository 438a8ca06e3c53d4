"""The library as it is now, for importing: its folders and links by their names, and what is known of films and series.
No target is looked at but those of links that are already there for what is imported."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mediatui.acquire.importing.catalog_facts import CatalogFacts, Key, key_of
from mediatui.library.maintenance.cleanup.known_genres import Genres, KnownGenres
from mediatui.library.maintenance.cleanup.layout import Layout
from mediatui.library.maintenance.library_paths import LibraryPaths
from mediatui.library.maintenance.planned_tree import PlannedFolder, PlannedLink, PlannedTree
from mediatui.library.maintenance.reporter import Reporter
from mediatui.library.maintenance.snapshot import LibrarySnapshot, judge_link, read_names
from mediatui.library.maintenance.storage import Storage
from mediatui.model.link import REMOVABLE
from mediatui.model.target import Target
from mediatui.names.claims import is_extra
from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.genres import spread
from mediatui.names.parsed import library_title
from mediatui.names.seasons import season_of_folder
from mediatui.names.titles import fold_title, title_key
from mediatui.store.library.media import Media, iterate_media

_Named = tuple[str, int | None]
"""A title, the same for all ways to write it, and a year."""


@dataclass(slots=True)
class _KnownMedia:
    """The media table of films, or of series: by ids at TMDB and TVDB, and by title and year."""

    by_id: dict[tuple[str, int], list[Media]] = field(default_factory=dict)
    called: dict[_Named, list[Media]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Media]) -> _KnownMedia:
        """The rows of a kind."""
        found = cls()
        for one in rows:
            for name, number in (("tmdb", one.tmdb_id), ("tvdb", one.tvdb_id)):
                if number:
                    found.by_id.setdefault((name, number), []).append(one)
            for key in {_named_by(title, one.year) for title in (one.title, one.original_title) if title}:
                found.called.setdefault(key, []).append(one)
        return found

    def of_ids(self, target: Target) -> list[Media]:
        """The rows with one of the ids of a target, each once."""
        some = (*self.by_id.get(("tvdb", target.tvdb_id), ()), *self.by_id.get(("tmdb", target.tmdb_id), ()))
        return list({id(one): one for one in some}.values())


def _named_by(title: str, year: int | None) -> _Named:
    return title_key(title), year


@dataclass(slots=True)
class LibraryNow:
    """What importing has to know of the library. Made and used off the event loop."""

    places: LibraryPaths
    tree: PlannedTree
    layout: Layout
    genres: KnownGenres
    snapshot: LibrarySnapshot
    catalog: Mapping[Key, CatalogFacts] = field(default_factory=dict)
    """What TMDB and TVDB say of films and series."""
    _media: dict[str, _KnownMedia] = field(default_factory=dict)
    _films: dict[_Named, list[PlannedLink]] | None = None
    _folders: dict[str, dict[_Named, list[PlannedFolder]]] = field(default_factory=dict)

    @classmethod
    def read(
        cls, places: LibraryPaths, connection: sqlite3.Connection, catalog: Mapping[Key, CatalogFacts] | None = None
    ) -> LibraryNow:
        """Reads the names in the roots and the media table. Blocks."""
        silent = Reporter(lambda kind, content: None)
        snapshot = LibrarySnapshot(places, connection, silent)
        known = KnownGenres(snapshot)
        tree = PlannedTree(read_names(places, silent), (*places.mounts, *places.storage))
        words = known.words | {word for one in (catalog or {}).values() for word in _spread(one.genres)}
        return cls(places, tree, Layout(words), known, snapshot, catalog or {})

    def genres_of(self, target: Target, name: str) -> frozenset[Genres]:
        """The genres known of a film or series: those of its id, else those of its name."""
        kind = _kind(target)
        by_id = {genres for one in self.known(target) for genres in [one.genres] if genres}
        if by_id:
            given = self.genres.of_folder(PlannedFolder(os.fsencode(_named(next(iter(self.known(target)))))), kind)
            if given.genres:
                return given.genres
        by_name = self.genres.of_folder(PlannedFolder(os.fsencode(name)), kind).genres
        said = _spread(self.facts_of(target).genres)
        return by_name or (frozenset({said}) if said else frozenset())

    def facts_of(self, target: Target) -> CatalogFacts:
        """What TMDB or TVDB says of a film or series."""
        return self.catalog.get(key_of(target), CatalogFacts())

    def completed(self, target: Target) -> Target:
        """The same with a title and a year where it had only ids."""
        facts = self.facts_of(target)
        return target if target.title else replace(target, title=facts.title, year=facts.year)

    def named(self, target: Target) -> tuple[str, int | None]:
        """Title and year of what is new in the library: in the wanted language where a catalog said them."""
        facts = self.facts_of(target)
        return facts.title or target.title, (facts.year or target.year) if facts.title else target.year

    def known(self, target: Target) -> list[Media]:
        """What the media table has of a film or series: by an id that both have, else by title and year."""
        rows = self._known_media(_kind(target))
        ids = [one for one in rows.of_ids(target) if _has_id(one, target)]
        return ids or rows.called.get(_named_by(target.title, target.year), [])

    def _known_media(self, kind: str) -> _KnownMedia:
        if kind not in self._media:
            self._media[kind] = _KnownMedia.of(iterate_media(self.snapshot.connection, kind))
        return self._media[kind]

    def may_be(self, target: Target) -> str:
        """The name of a link that may be of a film or series: its title is the same, and its year is not known. Empty
        when there is none, or it is known which is which by an id."""
        kind = _kind(target)
        if any(_has_id(one, target) for one in self.known(target)):
            return ""
        rows = self._known_media(kind).called.get(_named_by(target.title, None), [])
        found = next((one for one in rows if one.link_path and not one.tmdb_id and not one.tvdb_id), None)
        return "" if found is None or found.link_path is None else os.fsdecode(os.path.basename(found.link_path))

    # What is there already

    def series_folders(self, target: Target) -> list[PlannedFolder]:
        """The folders that a series has, the fullest first: those with a link that is known by its id or by title and
        year, else those that are called so."""
        found: dict[PlannedFolder, None] = {}
        for one in self.known(target):
            folder = self._title_folder(one.link_path) if one.link_path else None
            if folder is not None:
                found[folder] = None
        if not found:
            found = dict.fromkeys(self._folders_called(target))
        return sorted(found, key=lambda folder: (-sum(1 for _ in folder.all_links()), folder.path))

    def film_folder(self, target: Target) -> PlannedFolder | None:
        """A folder of its own that a film has, by its name; None when it has none."""
        return next(iter(sorted(self._folders_called(target), key=lambda folder: folder.path)), None)

    def links_of_film(self, target: Target) -> list[PlannedLink]:
        """The links of a film, in the order of their paths."""
        titles = {fold_title(target.title)} if target.title else set()
        found = {link.path: link for one in self.known(target) if (link := self._link(one.link_path)) is not None}
        found |= {link.path: link for link in self._film_links().get(_named_by(target.title, target.year), ())}
        return [
            link for path, link in sorted(found.items())
            if not is_extra(os.fsdecode(link.name), os.fsdecode(link.folder.name.rpartition(b"/")[2]), titles)
            and link.name.lower().endswith(self.places.video_endings)
        ]  # fmt: skip

    def episodes_in(self, folder: PlannedFolder) -> list[tuple[PlannedLink, EpisodeNumbers]]:
        """The links below the folder of a series that have numbers."""
        found = []
        for link in folder.all_links():
            above = [os.fsdecode(one.name.rpartition(b"/")[2]) for one in (link.folder.parent, link.folder) if one]
            numbers = episodes_of(os.fsdecode(link.name), above)
            if numbers is not None and link.name.lower().endswith(self.places.video_endings):
                found.append((link, numbers))
        return found

    def state_of(self, link: PlannedLink) -> str:
        """The state of a link now, by views and witnesses too: ``broken`` only for what is known to be gone."""
        seen = judge_link(link.path, self.places, Storage((), reader=self.places.reader()))
        if seen.state not in REMOVABLE:
            return seen.state
        verdicts = self.snapshot.link_judge.judge([(seen.path, seen.target, seen.pointed, seen.state)])
        return verdicts.get(seen.path, (seen.state, ""))[0]

    # Folders of seasons

    def season_folders(self, folder: PlannedFolder) -> dict[int, list[PlannedFolder]]:
        """The folders of seasons in the folder of a series, the fullest first."""
        found: dict[int, list[PlannedFolder]] = {}
        for inner in folder.folders.values():
            season = season_of_folder(os.fsdecode(inner.name))
            if season is not None and not inner.hidden:
                found.setdefault(season, []).append(inner)
        for folders in found.values():
            folders.sort(key=lambda one: (-len(one.links), one.path))
        return found

    def names_of_seasons(self, category: PlannedFolder | None, most: int = 50) -> list[str]:
        """What folders of seasons of the series in a category are called."""
        names: list[str] = []
        series = 0
        for folder in category.all_folders() if category is not None else ():
            if self.layout.role(folder) == "title":
                names += [os.fsdecode(one.name) for some in self.season_folders(folder).values() for one in some]
                series += 1
                if series >= most:
                    break
        return names

    def _film_links(self) -> dict[_Named, list[PlannedLink]]:
        """The links of films by title and year, as their names or those of their folders say."""
        if self._films is None:
            self._films = {}
            for folder in self._folders_of_kind("film"):
                of_folder = library_title(os.fsdecode(folder.name.rpartition(b"/")[2]))
                for link in folder.links.values():
                    own = library_title(os.fsdecode(link.name)) or of_folder
                    if own is not None and own[1] is not None:
                        self._films.setdefault(_named_by(*own), []).append(link)
        return self._films

    def _folders_of_kind(self, kind: str) -> Iterator[PlannedFolder]:
        return (folder for folder in self.tree.all_folders() if not folder.hidden and self.layout.kind(folder) == kind)

    def _folders_called(self, target: Target) -> list[PlannedFolder]:
        kind = _kind(target)
        if kind not in self._folders:
            by_name = self._folders[kind] = {}
            for folder in self._folders_of_kind(kind):
                own = library_title(os.fsdecode(folder.name.rpartition(b"/")[2]))
                if own is not None and own[1] is not None and self.layout.role(folder) == "title":
                    by_name.setdefault(_named_by(*own), []).append(folder)
        return self._folders[kind].get(_named_by(target.title, target.year), [])

    def _title_folder(self, path: bytes) -> PlannedFolder | None:
        """The folder of the title that a link lies in."""
        folder = self.tree.folder(os.path.dirname(path))
        while folder is not None and self.layout.role(folder) != "title":
            folder = folder.parent
        return folder

    def _link(self, path: bytes | None) -> PlannedLink | None:
        folder = self.tree.folder(os.path.dirname(path)) if path else None
        return None if folder is None or path is None else folder.links.get(os.path.basename(path))


def titled(folder: PlannedFolder, target: Target) -> tuple[str, int | None]:
    """Title and year for the names in a folder: its own, else those of the target."""
    return library_title(os.fsdecode(folder.name.rpartition(b"/")[2])) or (target.title, target.year)


def _spread(genres: Sequence[str]) -> Genres:
    return tuple(dict.fromkeys(part for word in genres for part in spread(word)))


def _kind(target: Target) -> str:
    return "film" if target.kind == "film" else "episode"


def _named(media: Media) -> str:
    return f"{media.title} ({media.year})" if media.year else media.title


def _has_id(media: Media, target: Target) -> bool:
    pairs: Sequence[tuple[int | None, int]] = [(media.tmdb_id, target.tmdb_id)]
    if target.kind == "series":
        pairs = [(media.tvdb_id, target.tvdb_id), *pairs]
    known = [(own, its) for own, its in pairs if own and its]
    return bool(known) and known[0][0] == known[0][1]
