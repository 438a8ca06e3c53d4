"""Looks up the genres of films and series that the library knows: by link, by file, by title and year."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from mediatui.library.maintenance.known_titles import KnownTitles
from mediatui.library.maintenance.planned_tree import PlannedFolder, PlannedLink
from mediatui.library.maintenance.snapshot import LibrarySnapshot
from mediatui.names.genres import spread
from mediatui.names.parsed import known_names, library_title
from mediatui.names.titles import fold_title
from mediatui.store.library.media import Media, iterate_media

Genres = tuple[str, ...]
"""The genres of one film or series, the most specific first."""


@dataclass(frozen=True, slots=True)
class GenresOfOne:
    """What is known of a link or folder: ``known`` says whether a service knows it, ``genres`` holds those of each film
    or series that it may be (several where two share title and year), without those that have none."""

    known: bool
    genres: frozenset[Genres] = frozenset()


UNKNOWN = GenresOfOne(False)


class KnownGenres:
    """Genres from the media table. Rows made from a link's own name have none and are left out; where Sonarr takes a
    series for an anime, that is its first genre."""

    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._snapshot = snapshot
        self._titles: dict[str, tuple[str, int | None]] = {}
        self._by_link: dict[bytes, Genres] = {}
        self._by_file: dict[bytes, set[Genres]] = {}
        self._by_title: dict[tuple[str, str, int | None], set[Genres]] = {}
        self._years: dict[tuple[str, str], set[int | None]] = {}
        self._of_item: dict[tuple[str, int], Genres] = {}
        self._known_titles = KnownTitles(snapshot.connection)
        self._spread: dict[Genres, Genres] = {}
        for media in iterate_media(snapshot.connection):  # not kept: 100,000 of them are 50 MB
            self._add(media)
        self.words = frozenset(word for genres in self._spread.values() for word in genres)

    def _add(self, media: Media) -> None:
        if media.source == "tree" and not media.genres:
            return  # known by its own name alone
        given = ("anime", *media.genres) if media.series_type == "anime" else media.genres
        genres = self._spread.get(given)
        if genres is None:
            genres = tuple(dict.fromkeys(part for word in given for part in spread(word)))
            self._spread[given] = genres
        if media.service_id is not None:
            self._of_item[media.source, media.service_id] = genres
        if media.link_path:
            self._by_link[media.link_path] = genres
        if media.file_path:
            self._by_file.setdefault(media.file_path, set()).add(genres)
        for title in {media.title, media.original_title or ""} - {""}:
            folded = fold_title(title)
            self._by_title.setdefault((media.kind, folded, media.year), set()).add(genres)
            self._years.setdefault((media.kind, folded), set()).add(media.year)

    def read(self, names: Iterable[bytes]) -> None:
        """Parses names that are not in the library's own form, all at once. Names that are not passed here are later
        read only in that form."""
        if self._by_title:
            odd = [name for name in map(os.fsdecode, names) if library_title(name) is None]
            found = known_names(self._snapshot.connection, odd)
            self._titles |= {name: (parsed.full_title, parsed.year) for name, parsed in found.parsed.items()}
            if found.fresh:
                self._snapshot.reporter.store("names", found.fresh)

    def of_link(self, link: PlannedLink, kind: str) -> GenresOfOne:
        """What is known of a link: by its path, else by the file it leads to, else by its name."""
        return self._genres_of([link], os.fsdecode(link.name), kind)

    def of_folder(self, folder: PlannedFolder, kind: str) -> GenresOfOne:
        """What is known of a title's folder: by the links in it, else by its name."""
        return self._genres_of(folder.all_links(), os.fsdecode(folder.name), kind)

    def _genres_of(self, links: Iterable[PlannedLink], name: str, kind: str) -> GenresOfOne:
        found: set[Genres] = set()
        for link in links:
            found |= self._by_file.get(link.pointed, set())
            if (genres := self._by_link.get(link.path)) is not None:
                found.add(genres)
        if with_genres := frozenset(found) - {()}:
            return GenresOfOne(True, with_genres)
        by_name = self._by_name(name, kind)
        return GenresOfOne(True, by_name.genres) if found else by_name

    def _by_name(self, name: str, kind: str) -> GenresOfOne:
        title, year = library_title(name) or self._titles.get(name, ("", None))
        folded = fold_title(title)
        years = self._years.get((kind, folded), set())
        if year is None and len(years) == 1:
            (year,) = years  # the only one of that title
        found = self._by_title.get((kind, folded, year), set()) | self._by_alternative(kind, folded, year)
        return GenresOfOne(True, frozenset(found) - {()}) if found else UNKNOWN

    def _by_alternative(self, kind: str, title: str, year: int | None) -> set[Genres]:
        """The genres of the films or series that a service knows by this title and year, if only as another one."""
        if year is None:
            return set()
        called = self._known_titles.items_called("film" if kind == "film" else "series", title, year)
        return {self._of_item[item] for item in called if item in self._of_item}
