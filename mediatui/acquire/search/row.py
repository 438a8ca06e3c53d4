"""A release with all that is known of it, as lists show it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from mediatui.acquire.search.badges import known_of
from mediatui.acquire.search.parsed import columns_in
from mediatui.acquire.search.score import order, score
from mediatui.acquire.search.wanted import Wanted
from mediatui.model.badges import Known
from mediatui.model.preferred import Preferred
from mediatui.model.release import Release
from mediatui.names.release_columns import ReleaseColumns


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release, what its name says, what is known of it here, and its points."""

    release: Release
    columns: ReleaseColumns
    known: Known
    score: int

    @property
    def order(self) -> tuple[float, ...]:
        """What rows are sorted by, the best first."""
        return order(self.release, self.score)


def rows_of(
    connection: sqlite3.Connection, releases: Sequence[Release], wanted: Wanted, preferred: Preferred
) -> list[ReleaseRow]:
    """The rows of releases, in their order. No request is made."""
    names = [columns_in(release) for release in releases]
    return [
        ReleaseRow(release, columns, known, score(release, columns, wanted, preferred))
        for release, columns, known in zip(
            releases, names, known_of(connection, releases, names, wanted.ids), strict=True
        )
    ]


def as_json(row: ReleaseRow) -> dict[str, object]:
    """The fields of a release for a program; times are epoch seconds."""
    release, columns, known = row.release, row.columns, row.known
    first = release.first
    return {
        "id": release.name, "search": release.search, "title": first.title, "indexer": first.indexer,
        "size": first.size, "seeders": first.seeders, "leechers": first.leechers, "grabs": first.grabs,
        "files": first.files, "published_at": first.published_at, "protocol": first.protocol,
        "hash": first.hash or None, "categories": first.categories, "flags": first.flags,
        "related": release.related, "score": row.score, "badge": known.badge, "here": known.here or None,
        "of": known.of or None,
        "markers": known.markers, "refused_at": known.refused_at,
        "name": columns.title, "year": columns.year, "seasons": columns.seasons,
        "episodes": columns.episodes, "absolute": columns.absolute, "date": columns.date or None,
        "kind": columns.kind, "resolution": columns.resolution or None, "source": columns.source or None,
        "codec": columns.codec or None, "hdr": columns.hdr, "audio": columns.audio,
        "channels": columns.channels or None, "languages": columns.languages, "release_flags": columns.flags,
        "group": columns.group or None,
        "tmdb_id": first.tmdb_id or None, "tvdb_id": first.tvdb_id or None, "imdb_id": first.imdb_id or None,
        "also": [
            {"indexer": one.indexer, "title": one.title, "size": one.size, "seeders": one.seeders, "hash": one.hash}
            for one in release.also
        ],
        "first_seen_at": release.first_seen_at, "seen_at": release.seen_at,
    }  # fmt: skip
