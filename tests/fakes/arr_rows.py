"""How the rows of a Sonarr and a Radarr look when nothing is known of them yet: items, titles, media, queue."""

from __future__ import annotations

import re
from typing import Final

from tests.fakes.arr_qualities import Kind, Row, named

ENGLISH: Final = [{"id": 1, "name": "English"}]
AIRED: Final = "2019-03-05T02:00:00Z"
SIZE: Final = 2_000_000_000
"""The size of what is downloaded."""
_RATINGS: Final = {
    name: {"votes": 401, "value": value, "type": kind}
    for name, value, kind in (
        ("imdb", 7.1, "user"), ("tmdb", 6.8, "user"), ("metacritic", 64, "critic"), ("rottenTomatoes", 78, "critic"),
        ("trakt", 7.5, "user"),
    )
}  # fmt: skip


def number(value: object) -> int:
    """A whole number out of a row; 0 for what is none."""
    return value if isinstance(value, int) else 0


def plain_item(kind: Kind, item: int, title: str, path: str) -> Row:
    """The row of an item as it is at first."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")
    both: Row = {
        "title": title, "sortTitle": title.casefold(), "overview": "", "images": [], "originalLanguage": ENGLISH[0],
        "year": 0, "path": path, "qualityProfileId": 1, "monitored": True, "runtime": 42,
        "cleanTitle": slug.replace("-", ""), "genres": ["Drama"], "tags": [], "added": AIRED, "id": item,
    }  # fmt: skip
    if kind == "radarr":
        return {
            **both, "originalTitle": title, "alternateTitles": [], "secondaryYearSourceId": 0, "status": "released",
            "website": "", "youTubeTrailerId": "", "studio": "", "minimumAvailability": "released",
            "isAvailable": True, "tmdbId": 800_000 + item, "imdbId": f"tt98{item:05}", "titleSlug": str(800_000 + item),
            "keywords": [], "popularity": 12.5, "ratings": _RATINGS, "certification": "PG-13",
        }  # fmt: skip
    return {
        **both, "alternateTitles": [], "status": "ended", "ended": True, "network": "Coastline", "airTime": "21:00",
        "seasons": [], "seasonFolder": True, "monitorNewItems": "all", "useSceneNumbering": False,
        "tvdbId": 900_000 + item, "tvRageId": 500_000 + item, "tvMazeId": 600_000 + item, "tmdbId": 700_000 + item,
        "firstAired": AIRED, "lastAired": AIRED, "seriesType": "standard", "imdbId": f"tt99{item:05}",
        "titleSlug": slug, "certification": "TV-14", "ratings": {"votes": 121, "value": 7.4}, "languageProfileId": 1,
    }  # fmt: skip


def alternate_title(kind: Kind, item: int, title: str, place: int) -> Row:
    """An alternative title, as each of them writes it; at Sonarr one for all seasons."""
    if kind == "radarr":
        return {"sourceType": "tmdb", "movieMetadataId": item, "title": title, "id": 100 * item + place}
    return {"title": title, "seasonNumber": -1, "sceneSeasonNumber": -1}


def media_info(minutes: float) -> Row:
    """What their probe says of a video of this length."""
    hours, rest = divmod(int(minutes * 60), 3600)
    clock = f"{rest // 60:02}:{rest % 60:02}"
    return {
        "audioBitrate": 0, "audioChannels": 2.0, "audioCodec": "AAC", "audioLanguages": "eng",
        "audioStreamCount": 1, "videoBitDepth": 8, "videoBitrate": 0, "videoCodec": "h264", "videoFps": 1.0,
        "videoDynamicRange": "", "videoDynamicRangeType": "", "resolution": "1920x1080",
        "runTime": f"{hours}:{clock}" if hours else clock, "scanType": "Progressive", "subtitles": "",
    }  # fmt: skip


def queue_row(kind: Kind, episode: Row | None, one: int, title: str, added: str, row_id: int) -> Row:
    """A row of the queue: of an episode, or of the film with this id."""
    of: Row = {"movieId": one}
    if kind == "sonarr":
        of = {name: episode[name] for name in ("seriesId", "seasonNumber")} if episode else {"seriesId": one}
        of |= {"episodeId": one} if episode else {}
    return {
        **of, "languages": ENGLISH, "quality": named(kind, "WEBDL-1080p"), "customFormats": [],
        "customFormatScore": 0, "size": SIZE, "title": title, "added": added,
        "estimatedCompletionTime": added, "protocol": "torrent", "downloadClientHasPostImportCategory": False,
        **({"episodeHasFile": bool(episode and episode["hasFile"])} if kind == "sonarr" else {}),
        "sizeleft": SIZE, "timeleft": "00:10:00", "id": row_id,
    }  # fmt: skip


def at_client(download: str) -> Row:
    """What a row of the queue says while its client downloads it."""
    return {
        "status": "downloading", "trackedDownloadStatus": "ok", "trackedDownloadState": "downloading",
        "statusMessages": [], "downloadId": download, "downloadClient": "box", "outputPath": "/downloads",
    }  # fmt: skip
