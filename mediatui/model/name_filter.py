"""The service's filter of names: parts of release names for which it refuses an add or a link
(services/realdebrid/NOTES.md 16).

The list was measured by others in 2026 and may change. A match is a warning before a torrent is removed, never a
verdict by itself.
"""

from __future__ import annotations

import re
from typing import Final

FILTERED: Final = (
    "WEB-DL",
    "WEBRip",
    "BDRip",
    "HDRip",
    "DVDRip",
    "WEB.x264",
    "WEB.h264",
    "HDTV.x264",
    "HDTV.XviD",
    "BluRay.x264",
    "BluRay.DTS",
)
_PATTERN = re.compile("|".join(map(re.escape, FILTERED)), re.IGNORECASE)


def filtered_part(name: str) -> str:
    """The part of ``name`` that the service's filter matches; empty when there is none."""
    found = _PATTERN.search(name)
    return found[0] if found else ""
