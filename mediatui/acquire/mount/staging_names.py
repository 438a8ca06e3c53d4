"""What the folder of a transfer in staging is called, and the links in it.

Sonarr and Radarr read nothing out of a folder's name that begins with a number of ours; what ends like an extra, begins
with a dot or ends in a blank they leave out without a word.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

from mediatui.names.parsed import parse_name

LONGEST: Final = 100
"""Bytes of a release's name in the name of its folder."""
_HIDING: Final = re.compile(
    r"[-._ ]*-(?:trailer|other|behindthescenes|deleted|featurette|interview|scene|short)$", re.IGNORECASE
)
_ODD: Final = re.compile(r"[/\x00-\x1f\x7f]")


def folder_name(number: int, release: str) -> str:
    """The folder of a transfer: its number and the name of its release, without odd characters."""
    name = _ODD.sub("_", release).strip(". ")
    short = os.fsencode(name)[:LONGEST].decode("utf-8", "ignore").rstrip(". ")
    return f"{number}-{short or 'transfer'}"


def link_name(shown: str) -> str:
    """The name of a link for the name of a file on the mount."""
    stem, ending = os.path.splitext(shown)
    kept = stem
    while (shorter := _HIDING.sub("", kept)) != kept and shorter:
        kept = shorter
    return f"{kept.lstrip('. ') or '_'}{ending.rstrip()}"


def link_paths(remote: Mapping[str, bytes], seasons: Collection[int]) -> dict[str, bytes]:
    """The path of each link below the folder of its transfer, by the path of its file in the torrent; ``remote`` are
    the files on the mount. A transfer for several ``seasons`` gets a folder for each of them, so that nobody reads the
    name of a pack; links that would have one name get the folders they have in the torrent."""
    names = {path: link_name(os.fsdecode(os.path.basename(place))) for path, place in remote.items()}
    several = len(seasons) > 1
    found = {path: os.path.join(_season(name) if several else "", name) for path, name in names.items()}
    doubled = {place for place, count in Counter(place.casefold() for place in found.values()).items() if count > 1}
    for path, place in found.items():
        if place.casefold() in doubled:
            above = "_".join(part for part in path.strip("/").split("/")[:-1] if part) or "_"
            found[path] = os.path.join(os.path.dirname(place), folder_name(0, above)[2:], os.path.basename(place))
    return {path: os.fsencode(place) for path, place in found.items()}


def _season(name: str) -> str:
    season = parse_name(name).season
    return "" if season is None else f"S{season:02}"
