"""What the Sonarr and the Radarr of the demo know: the films and series of its library, and some that it lacks."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from mediatui.demo.arr_qualities import read_quality
from mediatui.demo.catalogs import SimTitle
from mediatui.model.arr import ArrKind
from mediatui.store.database import open_reader
from mediatui.store.library.media import Media, iterate_media

Row = dict[str, Any]
DAY_S: Final = 86_400
_WEEK_S: Final = 7 * DAY_S
HAVE_OF: Final[Mapping[int, Mapping[int, int]]] = {366_972: {1: 10, 2: 6}}
"""Of series that the library lacks: how many episodes of a season are there all the same, by the id at TVDB."""
NOT_MONITORED: Final = frozenset({78_107})
"""The ids of what the library lacks and nothing waits for."""
TO_BE_ADDED: Final = frozenset({603, 294_002})
"""The ids of what the services lack too."""


@dataclass(slots=True)
class Known:
    """What a service knows: its items, episodes and files, by their ids."""

    items: dict[int, Row] = field(default_factory=dict)
    episodes: dict[int, list[Row]] = field(default_factory=dict)
    files: dict[int, list[Row]] = field(default_factory=dict)


def root_of(kind: ArrKind, library: Path) -> str:
    """The root folder of a service."""
    return str(library / ("Séries" if kind == "sonarr" else "Films"))


def read_known(kind: ArrKind, database: Path, library: Path, famous: Sequence[SimTitle], now: float) -> Known:
    """What a service knows of the library of the demo, and of some titles that it lacks."""
    with contextlib.closing(open_reader(database)) as connection:
        media = [one for one in iterate_media(connection) if one.source == kind and one.service_id]
    known = Known()
    if kind == "radarr":
        for one in media:
            _add_film(known, library, one)
    else:
        by_series: dict[int, list[Media]] = {}
        for one in media:
            by_series.setdefault(one.service_id or 0, []).append(one)
        for number, episodes in by_series.items():
            _add_series(known, number, episodes, now)
    for title in famous:
        item = title.tmdb if kind == "radarr" else title.tvdb
        if title.kind == ("film" if kind == "radarr" else "series") and item not in TO_BE_ADDED:
            add_title(known, kind, title, root_of(kind, library), now)
    return known


def add_title(known: Known, kind: ArrKind, title: SimTitle, root: str, now: float, facts: Row | None = None) -> Row:
    """Adds a film or series that the catalogs know; ``facts`` are those that an addition says of it."""
    item = title.tmdb if kind == "radarr" else title.tvdb
    row = {**_item(kind, item, title.name, title.year, title.tmdb, title.tvdb), "imdbId": f"tt{title.imdb:07d}"}
    others = [*title.titles.values(), *title.aliases]
    row["alternateTitles"] = [_other(kind, one) for one in dict.fromkeys(others) if one != title.name]
    row |= {"path": f"{root}/{title.name} ({title.year})".replace(":", " -"), "monitored": item not in NOT_MONITORED}
    row |= {name: value for name, value in (facts or {}).items() if name not in ("addOptions", "rootFolderPath")}
    known.items[item] = row
    if kind == "sonarr":
        wanted = {one["seasonNumber"]: bool(one["monitored"]) for one in (facts or {}).get("seasons", ())}
        have = {} if facts else HAVE_OF.get(item, {})
        episodes = [
            _episode(
                item, one.season, one.number, _moment(one.air_date), one.titles.get("en", ""), one.absolute,
                file=item * 100 if one.number <= have.get(one.season, 0) else 0,
                monitored=wanted.get(one.season, True) if facts else row["monitored"],
            )
            for one in title.episodes
        ]  # fmt: skip
        known.episodes[item] = episodes
        row["seasons"] = _seasons(episodes, wanted or None)
    return row


def _add_film(known: Known, library: Path, media: Media) -> None:
    item = media.service_id or 0
    row = _item("radarr", item, media.title, media.year or 0, media.tmdb_id or item, 0)
    row |= {"genres": list(media.genres), "path": f"{root_of('radarr', library)}/{media.title} ({media.year})"}
    known.items[item] = row
    if media.reported_path is not None:
        path = os.fsdecode(media.reported_path)
        row["path"] = os.path.splitext(path)[0]  # beside the file: films of a genre share its folder
        known.files[item] = [file_of(item * 10, "movieId", item, path, _size(path))]


def _add_series(known: Known, number: int, media: Sequence[Media], now: float) -> None:
    """A series with the episodes it has; of some one more has aired that is missing, of others one is to come."""
    first = media[0]
    row = _item("sonarr", number, first.title, first.year or 0, first.tmdb_id or 0, first.tvdb_id or number)
    paths = [os.fsdecode(one.reported_path) for one in media if one.reported_path is not None]
    row |= {"genres": list(first.genres), "seriesType": first.series_type or "standard"}
    row |= {"path": os.path.dirname(os.path.dirname(paths[0])) if paths else f"/nowhere/{number}"}
    known.items[number] = row
    files, episodes = [], []
    for at, one in enumerate(sorted(media, key=lambda one: (one.season or 0, one.episode or 0)), 1):
        path = os.fsdecode(one.reported_path or b"")
        file_id = number * 1000 + at
        files.append({**file_of(file_id, "seriesId", number, path, _size(path)), "seasonNumber": one.season or 0})
        episodes += [
            _episode(number, one.season or 0, episode, _aired(row["year"], one.season or 1, episode), file=file_id)
            for episode in one.episodes
        ]
    last = max(episodes, key=lambda one: (one["seasonNumber"], one["episodeNumber"]))
    season, episode = last["seasonNumber"], last["episodeNumber"]
    if number % 3 == 0:
        episodes.append(_episode(number, season, episode + 1, _aired(row["year"], season, episode + 1)))
    elif number % 3 == 1:
        episodes.append(_episode(number, season, episode + 1, int(now) + 30 * DAY_S))
    known.files[number], known.episodes[number] = files, episodes
    row["seasons"] = _seasons(episodes, None)


def _item(kind: ArrKind, item: int, title: str, year: int, tmdb: int, tvdb: int) -> Row:
    row: Row = {
        "id": item, "title": title, "sortTitle": title.casefold(), "year": year, "tmdbId": tmdb, "monitored": True,
        "alternateTitles": [], "genres": [], "tags": [], "qualityProfileId": 1, "status": "released",
        "added": "2026-01-02T03:04:05Z",
    }  # fmt: skip
    if kind == "radarr":
        return {**row, "originalTitle": title, "minimumAvailability": "released"}
    return {**row, "tvdbId": tvdb, "seriesType": "standard", "seasonFolder": True, "status": "continuing"}


def _other(kind: ArrKind, title: str) -> Row:
    return {"title": title} if kind == "radarr" else {"title": title, "seasonNumber": -1, "sceneSeasonNumber": -1}


def _episode(
    series: int, season: int, number: int, aired: int | None, title: str = "", absolute: int | None = None,
    *, file: int = 0, monitored: bool = True,
) -> Row:  # fmt: skip
    when = {} if aired is None else {"airDate": date_of(aired)[:10], "airDateUtc": date_of(aired)}
    numbers = {} if absolute is None else {"absoluteEpisodeNumber": absolute}
    item = series * 10_000 + season * 100 + number
    return {
        "id": item, "seriesId": series, "tvdbId": item,
        "seasonNumber": season, "episodeNumber": number, "title": title or f"Chapter {number}", **when, **numbers,
        "monitored": monitored, "hasFile": bool(file), "episodeFileId": file,
    }  # fmt: skip


def _seasons(episodes: Iterable[Row], wanted: Mapping[int, bool] | None) -> list[Row]:
    numbers = sorted({one["seasonNumber"] for one in episodes} | set(wanted or ()))
    return [{"seasonNumber": one, "monitored": True if wanted is None else wanted.get(one, True)} for one in numbers]


def counts_of(episodes: Sequence[Row], season: int | None = None) -> Row:
    """The statistics of a series, or of one of its seasons."""
    own = [one for one in episodes if season in (None, one["seasonNumber"])]
    have = sum(one["hasFile"] for one in own)
    return {"episodeFileCount": have, "episodeCount": len(own), "totalEpisodeCount": len(own), "sizeOnDisk": 0}


def file_of(file_id: int, owner: str, item: int, path: str, size: int) -> Row:
    """A file on record: of the film or series ``item``, whose id stands under ``owner``. What its name does not say is
    WEB-DL in 1080p."""
    kind: ArrKind = "radarr" if owner == "movieId" else "sonarr"
    quality = read_quality(kind, os.path.basename(path))
    if not quality["quality"]["id"]:
        quality = read_quality(kind, "1080p.WEB-DL")
    return {
        "id": file_id, owner: item, "path": path, "relativePath": os.path.basename(path), "size": size,
        "dateAdded": "2026-01-02T03:04:05Z", "quality": quality, "languages": [{"id": 1, "name": "English"}],
    }  # fmt: skip


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0


def _aired(year: int, season: int, number: int) -> int:
    """When an episode of a season aired: one a week from September on, a season a year; long ago in any case."""
    begin = datetime(min(max(year, 1970) + season - 1, 2020), 9, 3, 20, tzinfo=UTC)
    return int(begin.timestamp()) + (number - 1) * _WEEK_S


def _moment(day: str) -> int | None:
    return int(datetime.fromisoformat(f"{day}T20:00:00+00:00").timestamp()) if day else None


def date_of(at: int) -> str:
    """A moment as they write it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
