"""Takes the titles of series and films over from what Sonarr or Radarr reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from mediatui.names.titles import FOLDING, title_key
from mediatui.services.arr.records import AlternateTitle, Movie, Series
from mediatui.store.library.titles import OTHER_NUMBERS, KnownTitle, ReportedTitle, titles_of_source


def changed_titles(
    connection: sqlite3.Connection, source: str, items: Sequence[Series | Movie]
) -> tuple[list[int], list[KnownTitle]]:
    """What differs from the stored titles of a service: the numbers of the rows that are gone, and the new titles. Keys
    are made of those alone: a large library has 100,000 titles."""
    stored = titles_of_source(connection, source)
    reported = dict.fromkeys(title for item in items for title in _reported(source, item))
    current = {title for title in reported if title in stored and stored[title][1] == FOLDING}
    gone = [number for title, (number, _) in stored.items() if title not in current]
    return gone, [_known(title) for title in reported if title not in current]


def titles_of(source: str, item: Series | Movie) -> list[KnownTitle]:
    """The titles of one series or film."""
    return [_known(title) for title in dict.fromkeys(_reported(source, item))]


def _known(title: ReportedTitle) -> KnownTitle:
    return KnownTitle(*title, title_key(title.title), FOLDING)


def _reported(source: str, item: Series | Movie) -> Iterator[ReportedTitle]:
    """The titles of a series or film."""
    kind, catalog_id = ("film", item.tmdb_id) if isinstance(item, Movie) else ("series", item.tvdb_id)
    mains = {item.title: "title"}
    if isinstance(item, Movie):
        mains.setdefault(item.original_title, "original")
    named: list[tuple[str, str, int | None]] = [(title, role, None) for title, role in mains.items()]
    named += (
        (other.title, "alternative", _season_of(other)) for other in item.alternate_titles if other.title not in mains
    )
    for title, role, season in named:
        if title:
            yield ReportedTitle(
                source, item.id, kind, catalog_id or None, item.year or None, title, role, season
            )  # fmt: skip


def _season_of(title: AlternateTitle) -> int | None:
    """The season a title is for, None for all. Releases that count another season than Sonarr have other numbers."""
    seasons = {number for number in (title.season_number, title.scene_season_number) if number >= 0}
    return None if not seasons else seasons.pop() if len(seasons) == 1 else OTHER_NUMBERS
