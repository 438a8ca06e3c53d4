"""Titles that several series or films of the library share, so that a title alone does not identify one of them."""

from __future__ import annotations

import os
from functools import cached_property

from mediatui.library.maintenance.snapshot import LibrarySnapshot
from mediatui.names.parsed import library_title
from mediatui.names.titles import fold_title
from mediatui.store.library.media import iterate_media


class AmbiguousTitles:
    """The ambiguous titles of a library, each set computed when it is first needed."""

    def __init__(self, snapshot: LibrarySnapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def series(self) -> frozenset[str]:
        """The folded titles that several folders of the library have, with different years."""
        years: dict[str, set[int]] = {}
        for folder in self._snapshot.tree.folders:
            if own := library_title(os.fsdecode(os.path.basename(folder))):
                years.setdefault(fold_title(own[0]), set()).add(own[1])
        return frozenset(title for title, title_years in years.items() if len(title_years) > 1)

    @cached_property
    def films(self) -> frozenset[tuple[str, int]]:
        """The folded titles and years of which several films are known, by their ids."""
        ids: dict[tuple[str, int], set[int]] = {}
        for media in iterate_media(self._snapshot.connection, "film"):
            if media.tmdb_id is not None and media.year is not None:
                for title in filter(None, (media.title, media.original_title)):
                    ids.setdefault((fold_title(title), media.year), set()).add(media.tmdb_id)
        return frozenset(film for film, film_ids in ids.items() if len(film_ids) > 1)
