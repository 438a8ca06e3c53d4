"""The bodies of what adds to Sonarr and Radarr and sends through them, built in this one place.

What they leave out means something: a season that is not listed is monitored, a film without ``monitored`` and
``minimumAvailability`` is looked for at once (reference: their API descriptions, and answers of real ones).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal

Body = dict[str, object]
Monitoring = Literal["this", "none", "all", "future"]
"""What is monitored of a series that is added: the seasons it is added for, nothing, all but specials, what comes."""

FILE_FACTS: Final = ("quality", "releaseGroup", "sceneName")
"""What the record of a file says of the release it is from."""


def series_body(
    *,
    tvdb_id: int,
    title: str,
    profile: int,
    root: str,
    series_type: str,
    season_folder: bool,
    tags: Sequence[int],
    seasons: Collection[int],
    wanted: Collection[int],
    monitor: Monitoring,
) -> Body:
    """A series for Sonarr; ``seasons`` are all it has, of which ``wanted`` are monitored with ``this`` (none: all but
    season 0). Nothing is searched."""
    listed = sorted({*seasons, *wanted})
    regular = {season for season in listed if season > 0}
    on = {"this": set(wanted) or regular, "none": set(), "all": regular, "future": set(listed)}[monitor]
    return {
        "tvdbId": tvdb_id, "title": title, "qualityProfileId": profile, "rootFolderPath": root,
        "seriesType": series_type, "seasonFolder": season_folder, "tags": list(tags), "monitored": True,
        "seasons": [{"seasonNumber": season, "monitored": season in on} for season in listed],
        "addOptions": {
            "monitor": "future" if monitor == "future" else "skip", "searchForMissingEpisodes": False,
            "searchForCutoffUnmetEpisodes": False,
        },
    }  # fmt: skip


def push_body(
    *, title: str, published: str, indexer: str, link: str = "", magnet: str = "", tvdb_id: int = 0, tmdb_id: int = 0
) -> Body:
    """A release for either, by a ``link`` to its torrent or by its ``magnet``; an id maps a title that says nothing to
    the service. ``published`` is ISO 8601."""
    body: Body = {"title": title, "protocol": "torrent", "publishDate": published}
    given = {"downloadUrl": link, "magnetUrl": magnet, "indexer": indexer, "tvdbId": tvdb_id, "tmdbId": tmdb_id}
    return {**body, **{name: value for name, value in given.items() if value}}


def film_body(
    *, tmdb_id: int, title: str, year: int, profile: int, root: str, minimum: str, tags: Sequence[int], monitored: bool
) -> Body:
    """A film for Radarr, alone, without its collection. Nothing is searched."""
    return {
        "tmdbId": tmdb_id, "title": title, "year": year, "qualityProfileId": profile, "rootFolderPath": root,
        "tags": list(tags), "monitored": monitored, "minimumAvailability": minimum,
        "addOptions": {"monitor": "movieOnly", "searchForMovie": False},
    }  # fmt: skip


def corrected_file(record: Mapping[str, object], facts: Mapping[str, object]) -> Body:
    """The whole record of a file, as it was read, with other ``facts`` of its release (``FILE_FACTS``)."""
    return {**record, **{name: value for name, value in facts.items() if name in FILE_FACTS}}
