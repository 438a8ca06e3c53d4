"""What is mapped: the name of a release, what it says, and the ids its indexer gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mediatui.model.release import FoundRelease
from mediatui.model.target import Target
from mediatui.names.bare_numbers import bare_number, without_number
from mediatui.names.release_columns import ReleaseColumns, columns_of
from mediatui.names.titles import fold_title


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read the title of a name, folded: with the year behind it, or with the year or a number as part of it.
    An ``exact`` one counts only for a title that is equal; ``number`` is one without marks."""

    folded: str
    year: int | None
    exact: bool = False
    number: int | None = None


@dataclass(frozen=True)
class ReleaseName:
    """A name and its columns; the ids are 0 where none is given. ``searched`` is what was searched for when it was
    found."""

    name: str
    columns: ReleaseColumns
    tmdb_id: int = 0
    tvdb_id: int = 0
    imdb_id: int = 0
    searched: Target | None = None

    @cached_property
    def readings(self) -> Sequence[Reading]:
        """The ways to read its title, the likeliest first."""
        columns = self.columns
        folded = fold_title(columns.title)
        found = [Reading(folded, columns.year, number=bare_number(self.name, columns))] if folded else []
        if columns.year is not None:
            found.append(Reading(fold_title(f"{columns.title} {columns.year}"), None, exact=True))
        elif (shorter := without_number(columns)) is not None:
            found.append(Reading(fold_title(shorter[0]), None, exact=True, number=shorter[1]))
        return found

    @property
    def titles(self) -> Sequence[str]:
        """The titles it may have, as they are written, to look it up by."""
        columns = self.columns
        shorter = without_number(columns)
        found = [columns.title]
        found += [f"{columns.title} {columns.year}"] if columns.year is not None and columns.kind != "film" else []
        found += [shorter[0]] if shorter is not None else []
        return [title for title in found if title]


def read_name(name: str, offer: FoundRelease | None = None, searched: Target | None = None) -> ReleaseName:
    """What the name of a release says, with the ids of the indexer that offers it."""
    columns = columns_of(name)
    if offer is None:
        return ReleaseName(name, columns, searched=searched)
    return ReleaseName(name, columns, offer.tmdb_id, offer.tvdb_id, offer.imdb_id, searched)
