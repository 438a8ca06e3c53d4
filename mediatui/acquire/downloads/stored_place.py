"""Where a file that is imported is kept: in the folder of real files that the settings say, under its own name."""

from __future__ import annotations

import os
from collections.abc import Collection

from mediatui.acquire.importing.names import title_folder
from mediatui.model.path import is_within
from mediatui.model.target import Target
from mediatui.names.seasons import season_of_folder
from mediatui.settings import Settings
from mediatui.settings.places import configured_mounts, imported_storage


def is_kept_already(settings: Settings, path: bytes) -> bool:
    """Whether a file lies where links lead to already: on a mount, or among the real files."""
    return any(is_within(path, mount.path) for mount in configured_mounts(settings))


def stored_place(settings: Settings, path: bytes, target: Target, taken: Collection[bytes]) -> bytes:
    """The path a file is kept at: below the title of what it is of, in its folder of a season where it lies in one.
    ``taken`` are paths that others get; a number sets it apart from those and from what is there. Its own path where it
    lies among the real files already; empty without ``importing.storage``. Blocks for a moment."""
    if is_kept_already(settings, path):
        return path
    storage = imported_storage(settings)
    if storage is None or not target.title:
        return b""
    folder = os.path.join(storage, os.fsencode(title_folder(target.title, target.year)))
    above = os.path.basename(os.path.dirname(path))
    if target.kind == "series" and season_of_folder(os.fsdecode(above)) is not None:
        folder = os.path.join(folder, above)
    stem, ending = os.path.splitext(os.path.basename(path))
    number, place = 1, os.path.join(folder, stem + ending)
    while place in taken or os.path.lexists(place):
        number += 1
        place = os.path.join(folder, stem + b" (%d)" % number + ending)
    return place
