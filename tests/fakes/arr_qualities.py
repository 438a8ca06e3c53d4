"""The qualities a Sonarr and a Radarr know, worst first, and what a name says of one."""

from __future__ import annotations

import re
from typing import Final, Literal

Kind = Literal["sonarr", "radarr"]
Row = dict[str, object]

_SONARR: Final = """0 Unknown unknown 0|1 SDTV television 480|
12 WEBRip-480p webRip 480+8 WEBDL-480p web 480|2 DVD dvd 480|
13 Bluray-480p bluray 480|22 Bluray-576p bluray 576|4 HDTV-720p television 720|9 HDTV-1080p television 1080|
10 Raw-HD televisionRaw 1080|14 WEBRip-720p webRip 720+5 WEBDL-720p web 720|6 Bluray-720p bluray 720|
15 WEBRip-1080p webRip 1080+3 WEBDL-1080p web 1080|7 Bluray-1080p bluray 1080|20 Bluray-1080p_Remux blurayRaw 1080|
16 HDTV-2160p television 2160|17 WEBRip-2160p webRip 2160+18 WEBDL-2160p web 2160|19 Bluray-2160p bluray 2160|
21 Bluray-2160p_Remux blurayRaw 2160"""
_RADARR: Final = """0 Unknown unknown 0|24 WORKPRINT workprint 0|25 CAM cam 0|26 TELESYNC telesync 0|
27 TELECINE telecine 0|29 REGIONAL dvd 480 regional|
28 DVDSCR dvd 480 screener|1 SDTV tv 480|2 DVD dvd 0|23 DVD-R dvd 480 remux|
12 WEBRip-480p webrip 480+8 WEBDL-480p webdl 480|
20 Bluray-480p bluray 480|21 Bluray-576p bluray 576|4 HDTV-720p tv 720|
14 WEBRip-720p webrip 720+5 WEBDL-720p webdl 720|6 Bluray-720p bluray 720|9 HDTV-1080p tv 1080|
15 WEBRip-1080p webrip 1080+3 WEBDL-1080p webdl 1080|7 Bluray-1080p bluray 1080|30 Remux-1080p bluray 1080 remux|
16 HDTV-2160p tv 2160|17 WEBRip-2160p webrip 2160+18 WEBDL-2160p webdl 2160|19 Bluray-2160p bluray 2160|
31 Remux-2160p bluray 2160 remux|22 BR-DISK bluray 1080 brdisk|10 Raw-HD tv 1080 rawhd"""
_RESOLUTION: Final = re.compile(r"\b(480|576|720|1080|2160)[pi]\b", re.IGNORECASE)
_REVISION: Final = re.compile(r"\b(proper|repack|rerip)(\d?)\b", re.IGNORECASE)
_SOURCES: Final = (
    (re.compile(r"\bremux\b", re.IGNORECASE), "Remux"),
    (re.compile(r"\b(?:blu-?ray|bdrip|brrip)\b", re.IGNORECASE), "Bluray"),
    (re.compile(r"\bweb-?rip\b", re.IGNORECASE), "WEBRip"),
    (re.compile(r"\bweb(?:-?dl)?\b", re.IGNORECASE), "WEBDL"),
    (re.compile(r"\bhdtv\b", re.IGNORECASE), "HDTV"),
    (re.compile(r"\bdvd", re.IGNORECASE), "DVD"),
)


def _groups(kind: Kind) -> list[list[Row]]:
    """The qualities, worst first; such as count for the same stand together."""
    found: list[list[Row]] = []
    for group in (_SONARR if kind == "sonarr" else _RADARR).replace("\n", "").split("|"):
        found.append([])
        for one in group.split("+"):
            number, name, source, resolution, *modifier = one.split()
            row: Row = {"id": int(number), "name": name.replace("_", " "), "source": source}
            row["resolution"] = int(resolution)
            if kind == "radarr":
                row["modifier"] = modifier[0] if modifier else "none"
            found[-1].append(row)
    return found


GROUPS: Final[dict[Kind, list[list[Row]]]] = {"sonarr": _groups("sonarr"), "radarr": _groups("radarr")}


def named(kind: Kind, name: str, version: int = 1) -> Row:
    """A quality by its name, as it stands in a record."""
    row = next(one for group in GROUPS[kind] for one in group if one["name"] == name)
    return {"quality": dict(row), "revision": {"version": version, "real": 0, "isRepack": False}}


def whole(kind: Kind, quality: Row) -> Row:
    """A quality in full, of which a client may tell the id alone."""
    held, revision = quality["quality"], quality.get("revision")
    assert isinstance(held, dict)
    row = next((one for group in GROUPS[kind] for one in group if one["id"] == held["id"]), held)
    given = revision if isinstance(revision, dict) else {}
    return {"quality": dict(row), "revision": {"version": 1, "real": 0, "isRepack": False, **given}}


def weight(kind: Kind, quality: Row) -> int:
    """Its place among all, as an entry of an import tells it; the unknown one is 2."""
    held = quality["quality"]
    assert isinstance(held, dict)
    return next(
        (place for place, group in enumerate(GROUPS[kind], 2) if any(one["id"] == held["id"] for one in group)), 2
    )


def version_of(quality: Row) -> int:
    """Its revision: 2 and more for what was made anew."""
    revision = quality["revision"]
    assert isinstance(revision, dict)
    version = revision["version"]
    assert isinstance(version, int)
    return version


def read_from(kind: Kind, name: str) -> Row:
    """What a name says of the quality; a resolution alone is taken for one from the web (Sonarr: from television)."""
    resolution = _RESOLUTION.search(name)
    source = next((word for pattern, word in _SOURCES if pattern.search(name)), "")
    known = {str(one["name"]) for group in GROUPS[kind] for one in group}
    size = f"{resolution[1]}p" if resolution else "1080p" if source in ("Bluray", "Remux") else "480p"
    if not source and not resolution:
        return named(kind, "HDTV-720p" if kind == "sonarr" else "WEBDL-720p")
    if source == "Remux":
        chosen = f"Bluray-{size} Remux" if kind == "sonarr" else f"Remux-{size}"
    elif source == "DVD":
        chosen = "DVD"
    else:
        chosen = f"{source or ('HDTV' if kind == 'sonarr' else 'WEBDL')}-{size}"
    chosen = chosen if chosen in known else "SDTV"
    again = _REVISION.search(name)
    return named(kind, chosen, int(again[2] or 2) if again else 1)


def profile_items(kind: Kind) -> list[Row]:
    """The qualities of a profile that allows all of them but the unknown one."""
    items: list[Row] = []
    for place, group in enumerate(GROUPS[kind]):
        rows: list[Row] = [{"quality": dict(one), "items": [], "allowed": one["id"] != 0} for one in group]
        if len(rows) == 1:
            items += rows
        else:
            resolution = group[0]["resolution"]
            items.append({"name": f"WEB {resolution}p", "items": rows, "allowed": True, "id": 1000 + place})
    return items
