"""The name by which Sonarr and Radarr know the release that a file is from."""

from __future__ import annotations

import re
from typing import Final

from mediatui.names.release_columns import columns_of

_VIDEO: Final = re.compile(r"\.(?:mkv|mp4|avi|m4v|ts|m2ts|mov|wmv)$", re.IGNORECASE)


def scene_name(release: str, file: str) -> str:
    """The name of the release, or that of the ``file`` (a path) where the release holds more than one: then only that
    says which episode or film it is."""
    own = _VIDEO.sub("", file.rpartition("/")[2])
    whole = _VIDEO.sub("", release)
    if columns_of(whole).kind in ("pack", "collection") and columns_of(own).kind in ("episode", "film"):
        return own
    return whole
