"""The media of the demo's library: the rows that Radarr and Sonarr would have reported."""

from __future__ import annotations

import os
import zlib

from mediatui.demo.library_plan import LibraryPlan, Shown
from mediatui.store.library.media import Media


def media_of(plan: LibraryPlan) -> list[Media]:
    """A row for each film and episode that is known, with its file."""
    return [_media_of(shown) for shown in plan.shown if shown.known]


def film_row(title: str, year: int, genres: tuple[str, ...] = (), *, link: str = "", file: str = "") -> Media:
    """The row Radarr would report for a film, which may have neither a link nor a file."""
    number = catalog_id("film", title, year)
    link_path = os.fsencode(link) or None
    return Media(
        "film", title, year, tmdb_id=number, file_path=os.fsencode(file) or None, link_path=link_path,
        genres=genres, source="radarr", service_id=number, reported_path=link_path,
    )  # fmt: skip


def _media_of(shown: Shown) -> Media:
    if shown.episode is None:
        return film_row(shown.title, shown.year, shown.genres, link=shown.link, file=shown.file)
    number, link = catalog_id("series", shown.title, shown.year), os.fsencode(shown.link)
    return Media(
        "episode", shown.title, shown.year, shown.season, shown.episode, tvdb_id=number,
        file_path=os.fsencode(shown.file), link_path=link, genres=shown.genres, source="sonarr", service_id=number,
        series_type="anime" if "Anime" in shown.genres else "standard", reported_path=link,
    )  # fmt: skip


def catalog_id(kind: str, title: str, year: int) -> int:
    """The id of a film or series in a catalog."""
    return 100_000 + zlib.crc32(f"{kind} {title} {year}".encode()) % 900_000
