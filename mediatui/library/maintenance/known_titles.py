"""What series and films are called by Sonarr and Radarr: their alternative titles, and which titles several share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from mediatui.names.alternative_titles import names_it
from mediatui.names.titles import FOLDING, fold_title, title_key
from mediatui.store.library.media import Media
from mediatui.store.library.titles import (
    OTHER_NUMBERS,
    KnownTitle,
    titles_of_item,
    titles_of_key,
    titles_of_other_rules,
)

Item = tuple[object, ...]
"""What identifies a series or film (``KnownTitle.item``)."""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The other ``titles``, folded, of a series or film, ``item``; None where it is not known, then this is false."""

    item: Item | None = None
    titles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.item is not None


NO_ALTERNATIVES: Final = Alternatives()


@dataclass(slots=True)
class KnownTitles:
    """Looks titles up in the archive, each once."""

    connection: sqlite3.Connection
    _owners: dict[tuple[str, str], list[KnownTitle]] = field(default_factory=dict)
    _items: dict[tuple[str, int], list[KnownTitle]] = field(default_factory=dict)
    _alternatives: dict[tuple[str, int, int | None], Alternatives] = field(default_factory=dict)
    _of_other_rules: dict[tuple[str, str], list[KnownTitle]] | None = None

    def of_media(self, media: Media | None, season: int | None = None) -> Alternatives:
        """The alternative titles of what a service has on record; for an episode those for its season."""
        if media is None or media.service_id is None:
            return NO_ALTERNATIVES
        return self._of_item(media.source, media.service_id, season)

    def of_title(self, kind: str, titles: Iterable[str], year: int | None, season: int | None = None) -> Alternatives:
        """The alternative titles of the one series or film with one of these main titles (folded), and this year."""
        found = [
            row
            for title in titles
            for row in self._rows(kind, title)
            if row.role != "alternative" and row.year is not None and row.year == year
        ]
        if len({row.item for row in found}) != 1:
            return NO_ALTERNATIVES
        return self._of_item(found[0].source, found[0].service_id, season)

    def of_any_title(self, kind: str, title: str, year: int | None, season: int | None = None) -> Alternatives:
        """All other titles of the one series or film that has ``title`` (folded) in any role, and the year if one is
        given."""
        rows = [row for row in self._rows(kind, title) if row.season != OTHER_NUMBERS and year in (None, row.year)]
        if len({row.item for row in rows}) != 1:
            return NO_ALTERNATIVES
        also = self._of_item(rows[0].source, rows[0].service_id, season).titles
        others = (*map(fold_title, self._mains(rows[0])), *also)
        return Alternatives(rows[0].item, tuple(other for other in others if other != title))

    def items_called(self, kind: str, title: str, year: int) -> list[tuple[str, int]]:
        """The services and ids of the series or films that have this title (folded) and year, by an alternative title
        for all seasons too."""
        return [
            (row.source, row.service_id)
            for row in self._rows(kind, title)
            if row.year == year and (row.role != "alternative" or _is_usable(row, self._mains(row), None))
        ]

    def years_of_others(self, kind: str, title: str, own: Item | None, year: int | None) -> Sequence[int | None]:
        """The years of the other series or films with this title (folded) in any role: others than ``own``, or, where
        that is not known, than one that fits the year."""
        years = {row.item: row.year for row in self._rows(kind, title)}
        if own is None:
            fitting = (item for item, its in years.items() if None in (its, year) or abs((its or 0) - (year or 0)) <= 1)
            own = next(fitting, None)
        return [its for item, its in years.items() if item != own]

    def _of_item(self, source: str, service_id: int, season: int | None) -> Alternatives:
        key = source, service_id, season
        if key not in self._alternatives:
            rows = self._rows_of(source, service_id)
            usable = (fold_title(row.title) for row in rows if _is_usable(row, self._mains(row), season))
            self._alternatives[key] = (
                Alternatives(rows[0].item, tuple(dict.fromkeys(usable))) if rows else NO_ALTERNATIVES
            )
        return self._alternatives[key]

    def _mains(self, row: KnownTitle) -> list[str]:
        rows = self._rows_of(row.source, row.service_id)
        return [other.title for other in rows if other.role != "alternative"]

    def _rows_of(self, source: str, service_id: int) -> list[KnownTitle]:
        key = source, service_id
        if key not in self._items:
            self._items[key] = titles_of_item(self.connection, source, service_id)
        return self._items[key]

    def _rows(self, kind: str, title: str) -> list[KnownTitle]:
        """The titles of all series or films that are written like ``title`` (folded)."""
        sought = kind, title_key(title)
        if sought not in self._owners:
            if self._of_other_rules is None:
                self._of_other_rules = {}
                for row in titles_of_other_rules(self.connection, FOLDING):
                    self._of_other_rules.setdefault((row.kind, title_key(row.title)), []).append(row)
            stored = titles_of_key(self.connection, *sought, FOLDING)
            self._owners[sought] = [*stored, *self._of_other_rules.get(sought, ())]
        return self._owners[sought]


def _is_usable(row: KnownTitle, mains: Sequence[str], season: int | None) -> bool:
    """Whether a title is an alternative one that identifies the series or film of these main titles in a season."""
    return (
        row.role == "alternative"
        and row.season in (None, season)
        and names_it(row.title, mains, of_series=row.kind == "series", of_season=row.season is not None)
    )
