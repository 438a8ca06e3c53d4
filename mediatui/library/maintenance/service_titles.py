"""Takes the titles of series and films over from what Sonarr or Radarr reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from mediatui.names.titles import FOLDING, title_key
from mediatui.services.arr.records import AlternateTitle, Movie, Series
from mediatui.store.library.titles import OTHER_NUMBERS, KnownTitle, titles_of_source


def changed_titles(
    connection: sqlite3.Connection, source: str, items: Sequence[Series | Movie]
) -> tuple[list[int], list[KnownTitle]]:
    """What differs from the stored titles of a service: the numbers of the rows that are gone, and the new titles. Keys
    are made of those alone: a large library has 100,000 titles."""
    rows = titles_of_source(connection, source)
    stored = {row._replace(key="", folding=0): (row.folding, number) for row, number in rows.items()}
    reported = dict.fromkeys(title for item in items for title in _titles_of(source, item))
    current = {title for title in reported if title in stored and stored[title][0] == FOLDING}
    gone = [number for title, (_, number) in stored.items() if title not in current]
    new = [title._replace(key=title_key(title.title), folding=FOLDING) for title in reported if title not in current]
    return gone, new


def _titles_of(source: str, item: Series | Movie) -> Iterator[KnownTitle]:
    """The titles of a series or film, still without their keys."""
    kind, catalog_id = ("film", item.tmdb_id) if isinstance(item, Movie) else ("series", item.tvdb_id)
    plain = KnownTitle(
        source, item.id, kind, catalog_id or None, item.year or None, item.title, "", 0, "title", None
    )  # fmt: skip
    named = [plain]
    if isinstance(item, Movie) and item.original_title != item.title:
        named.append(plain._replace(title=item.original_title, role="original"))
    mains = {one.title for one in named}
    named += (
        plain._replace(title=other.title, role="alternative", season=_season_of(other))
        for other in item.alternate_titles
        if other.title not in mains
    )
    yield from (one for one in named if one.title)


def _season_of(title: AlternateTitle) -> int | None:
    """The season a title is for, None for all. Releases that count another season than Sonarr have other numbers."""
    seasons = {number for number in (title.season_number, title.scene_season_number) if number >= 0}
    return None if not seasons else seasons.pop() if len(seasons) == 1 else OTHER_NUMBERS
