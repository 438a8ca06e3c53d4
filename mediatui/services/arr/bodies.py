"""The bodies of what adds to Sonarr and Radarr, sends through them and imports by them, built in this one place.

What they leave out means something: a season that is not listed is monitored, a film without ``monitored`` and
``minimumAvailability`` is looked for at once (reference: their API descriptions, and answers of real ones).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from mediatui.model.arr import ArrKind

Body = dict[str, object]
MOST_FILES: Final = 100
"""So many files are imported by one command at most."""
IMPORT: Final = "ManualImport"
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


def import_entry(
    kind: ArrKind,
    *,
    path: str,
    item: int,
    episodes: Sequence[int],
    quality: Mapping[str, Any],
    languages: Sequence[Mapping[str, Any]],
    folder: str,
    group: str,
    flags: int,
    release_type: str,
) -> Body:
    """A file (their path) of an import: whose it is, and what it is. ``folder`` is the release's name, without which
    the record has no scene name. A command without quality or languages removes the old file and records nothing."""
    of: Body = {"movieId": item} if kind == "radarr" else {"seriesId": item, "episodeIds": [*episodes]}
    known: Body = {"releaseGroup": group} if group else {}
    if kind == "sonarr" and release_type:
        known["releaseType"] = release_type
    return {
        "path": path, "folderName": folder, **of, "quality": dict(quality), "languages": [*map(dict, languages)],
        **known, "indexerFlags": flags,
    }  # fmt: skip


def judge_entry(kind: ArrKind, entry: Body, number: int, season: int | None) -> Body:
    """The same file for a judgement: ``number`` is that of the listing, by which the answer is told apart."""
    known = {name: value for name, value in entry.items() if name != "folderName"}
    return {"id": number, **known, **({"seasonNumber": season} if kind == "sonarr" and season is not None else {})}


def import_body(files: Sequence[Body], mode: Literal["copy", "move"]) -> Body:
    """The import of these files (``import_entry``)."""
    return {"name": IMPORT, "files": [*files], "importMode": mode}


def why_no_import(kind: ArrKind, body: Mapping[str, object]) -> str:
    """Why a body is no import that may be sent; empty when it is one. What they do not refuse means loss: a file
    without quality is moved without a record, of two files of one film the last stays."""
    files = body.get("files")
    if body.get("name") != IMPORT or set(body) != {"name", "files", "importMode"}:
        return "it has other fields"
    if body["importMode"] not in ("copy", "move"):
        return "its mode is none"
    if not isinstance(files, list) or not 0 < len(files) <= MOST_FILES:
        return f"it is of no file, or of more than {MOST_FILES}"
    if why := next((why for one in files if (why := _why_no_entry(kind, one))), ""):
        return why
    films = [one["movieId"] for one in files if kind == "radarr"]
    return "it has two files of one film" if len(films) != len(set(films)) else ""


def _why_no_entry(kind: ArrKind, one: object) -> str:
    if not isinstance(one, dict) or not one.get("path"):
        return "a file has no path"
    if not _is_id(one.get("seriesId" if kind == "sonarr" else "movieId")):
        return "a file is of nothing"
    episodes = one.get("episodeIds")
    if kind == "sonarr" and not (isinstance(episodes, list) and episodes and all(map(_is_id, episodes))):
        return "a file is of no episode"
    quality = one.get("quality")
    inner = quality.get("quality") if isinstance(quality, dict) else None
    if not isinstance(inner, dict) or not isinstance(inner.get("id"), int):
        return "a file has no quality"
    return "" if one.get("languages") else "a file has no language"


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
