"""Titles that several series or films share, so that a title alone does not identify one of them."""

from __future__ import annotations

import os
from collections.abc import Collection
from functools import cached_property

from mediatui.library.maintenance.known_titles import KnownTitles
from mediatui.library.maintenance.repair_links.wanted import Wanted
from mediatui.library.maintenance.snapshot import LibrarySnapshot
from mediatui.names.parsed import library_title
from mediatui.names.titles import fold_title, title_key
from mediatui.store.library.media import iterate_media


class AmbiguousTitles:
    """The ambiguous titles of a library, each set computed when it is first needed. An alternative title is ambiguous
    too where anything else in the library is called so."""

    def __init__(self, snapshot: LibrarySnapshot, known_titles: KnownTitles) -> None:
        self._snapshot = snapshot
        self._known = known_titles

    def of_several_series(self, wanted: Wanted, titles: Collection[str], year: int | None) -> bool:
        """Whether several series have one of these titles (folded), by which a file of this ``year`` was found; of
        those the file gives no year for, any."""
        if year is None and any(len(self._years_of_folders.get(title_key(title), ())) > 1 for title in titles):
            return True
        alternative = set(titles).isdisjoint(wanted.titles)
        if alternative and any(title_key(title) in self._years_of_folders for title in titles):
            return True
        years = self._years_of_others(wanted, titles)
        return bool(years) if year is None else not years.isdisjoint((None, year))

    def of_several_films(self, wanted: Wanted, titles: Collection[str], year: int | None) -> bool:
        """Whether several films of the wanted year, or of the ``year`` of the file, have one of these titles
        (folded)."""
        if any((title, wanted.year) in self._films for title in titles):
            return True
        either = {wanted.year, year} - {None}
        alternative = set(titles).isdisjoint(wanted.titles)
        if alternative and any((title_key(title), its) in self._films_by_name for title in titles for its in either):
            return True
        return not self._years_of_others(wanted, titles).isdisjoint(either)

    def _years_of_others(self, wanted: Wanted, titles: Collection[str]) -> set[int | None]:
        own = wanted.also.item
        return {year for title in titles for year in self._known.years_of_others(wanted.kind, title, own, wanted.year)}

    @cached_property
    def _years_of_folders(self) -> dict[str, set[int]]:
        """The years of the folders of each title."""
        years: dict[str, set[int]] = {}
        for folder in self._snapshot.tree.folders:
            if own := library_title(os.fsdecode(os.path.basename(folder))):
                years.setdefault(title_key(own[0]), set()).add(own[1])
        return years

    @cached_property
    def _films(self) -> frozenset[tuple[str, int]]:
        """The folded titles and years of which several films are known, by their ids."""
        ids: dict[tuple[str, int], set[int]] = {}
        for media in iterate_media(self._snapshot.connection, "film"):
            if media.tmdb_id is not None and media.year is not None:
                for title in filter(None, (media.title, media.original_title)):
                    ids.setdefault((fold_title(title), media.year), set()).add(media.tmdb_id)
        return frozenset(film for film, film_ids in ids.items() if len(film_ids) > 1)

    @cached_property
    def _films_by_name(self) -> frozenset[tuple[str, int]]:
        """The titles and years of the films that no service knows."""
        media = iterate_media(self._snapshot.connection, "film")
        return frozenset((title_key(one.title), one.year) for one in media if one.source == "tree" and one.year)
