"""The qualities that the simulated Sonarr and Radarr know, and what a name says of one."""

from __future__ import annotations

import re
from typing import Any, Final

from mediatui.model.arr import ArrKind
from mediatui.names.quality import quality_of

Row = dict[str, Any]
_UNKNOWN: Final = (0, "Unknown", "unknown", 0)
_QUALITIES: Final = (
    _UNKNOWN, (1, "SDTV", "television", 480), (8, "WEBDL-480p", "web", 480), (2, "DVD", "dvd", 480),
    (4, "HDTV-720p", "television", 720), (9, "HDTV-1080p", "television", 1080), (5, "WEBDL-720p", "web", 720),
    (6, "Bluray-720p", "bluray", 720), (3, "WEBDL-1080p", "web", 1080), (7, "Bluray-1080p", "bluray", 1080),
    (16, "HDTV-2160p", "television", 2160), (18, "WEBDL-2160p", "web", 2160), (19, "Bluray-2160p", "bluray", 2160),
)  # fmt: skip
"""Number, name, source and lines of each, the worst first."""
_SOURCES: Final = {"remux": "Bluray", "Blu-ray": "Bluray", "WEB-DL": "WEBDL", "WEB": "WEBDL", "HDTV": "HDTV"}
_RADARR: Final = {"web": "webdl", "television": "tv"}
_AGAIN: Final = re.compile(r"\b(?:proper|repack|rerip)\b", re.IGNORECASE)


def _row(kind: ArrKind, quality: tuple[int, str, str, int]) -> Row:
    number, name, source, lines = quality
    row: Row = {"id": number, "name": name, "source": source, "resolution": lines}
    return row if kind == "sonarr" else {**row, "source": _RADARR.get(source, source), "modifier": "none"}


def read_quality(kind: ArrKind, name: str) -> Row:
    """The quality a name says, as they write it; the unknown one for a name without any."""
    said = quality_of(name)
    source = _SOURCES.get(said.shown[1], "WEBDL" if kind == "radarr" else "HDTV")
    wanted = f"{source}-{said.resolution}p" if said.shown[1] != "DVD" else "DVD"
    found = next((one for one in _QUALITIES if one[1] == wanted), _UNKNOWN)
    version = 2 if _AGAIN.search(name) else 1
    return {"quality": _row(kind, found), "revision": {"version": version, "real": 0, "isRepack": False}}


def weight_of(quality: Row) -> int:
    """The place of a quality among all, the worst first."""
    number = quality["quality"]["id"]
    return next((place for place, one in enumerate(_QUALITIES, 2) if one[0] == number), 2)


def profile(kind: ArrKind, number: int, name: str) -> Row:
    """A quality profile that takes all but the unknown quality."""
    items = [{"quality": _row(kind, one), "items": [], "allowed": one != _UNKNOWN} for one in _QUALITIES]
    return {"id": number, "name": name, "upgradeAllowed": True, "cutoff": 19, "items": items}
