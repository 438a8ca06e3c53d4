"""Whether the place is free that Sonarr or Radarr would put a file at.

They remove the old file before they place the new one, and say that it went well either way: where the new name is
taken by something they have no record of, neither is there afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.model.arr_import import SentFile
from mediatui.model.hidden_names import VIDEO_ENDINGS
from mediatui.model.path_map import read_folder
from mediatui.names.claims import is_extra
from mediatui.names.episode_numbers import episodes_of
from mediatui.services.errors import ServiceError
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.services.arr.library import ArrLibrary

MOST_FOLDERS: Final = 40
"""So many folders of an item are asked for where we do not see them ourselves."""
_HELPER_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class NameThere:
    """A name in the folder of an item: the folders below it, and the name."""

    folders: tuple[str, ...]
    name: str

    @property
    def is_video(self) -> bool:
        """Whether it ends like a video."""
        return os.fsencode(self.name).lower().endswith(VIDEO_ENDINGS)


async def read_names(library: ArrLibrary, folder: str) -> tuple[NameThere, ...]:
    """The names in the folder of an item (their path), by our own eyes, else as the service lists them. Raises
    ServiceError where neither can look."""
    ours = library.path_map.to_ours(folder)
    try:
        if (seen := await in_thread(lambda: ask(walk_names, os.fsencode(ours), seconds=_HELPER_S))) is not None:
            return tuple(NameThere(tuple(folders), name) for folders, name in seen)
    except (TimedOut, OSError):
        pass
    return await _listed(library, folder)


async def _listed(library: ArrLibrary, folder: str) -> tuple[NameThere, ...]:
    found: list[NameThere] = []
    waiting: list[tuple[str, ...]] = [()]
    looked = 0
    root = read_folder(folder)
    while waiting and root is not None:
        folders = waiting.pop()
        looked += 1
        if looked > MOST_FOLDERS:
            raise ServiceError(f"{folder} has more than {MOST_FOLDERS} folders, which are not seen from here.")
        listing = await library.arr.entries_in(root.with_parts(folders))
        waiting += [(*folders, one.name) for one in listing.directories]
        found += [NameThere(folders, one.name) for one in listing.files]
    return tuple(found)


def walk_names(folder: bytes) -> list[tuple[list[str], str]] | None:
    """The names below a folder, each with the folders it lies in; None where neither the folder nor the one above is
    there. To be called in the helper process. May hang."""
    if not os.path.isdir(folder):
        return [] if os.path.isdir(os.path.dirname(folder)) else None
    found = []
    for where, inside, names in os.walk(folder):
        names += [name for name in inside if os.path.islink(os.path.join(where, name))]
        below = os.fsdecode(os.path.relpath(where, folder))
        folders = [] if below == "." else below.split("/")
        found += [(folders, os.fsdecode(name)) for name in names]
    return found


async def read_folders(library: ArrLibrary, folder: str) -> list[str]:
    """The folders right in the folder of an item (their path), as we see them (our paths); none where we do not."""
    ours = library.path_map.to_ours(folder)
    try:
        return [
            os.fsdecode(one) for one in await in_thread(lambda: ask(folders_in, os.fsencode(ours), seconds=_HELPER_S))
        ]
    except (TimedOut, OSError):
        return []


def folders_in(folder: bytes) -> list[bytes]:
    """The folders right in a folder; none where that is not there. To be called in the helper process. May hang."""
    if not os.path.isdir(folder):
        return []
    return [entry.path for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]


def taken_by(
    files: Sequence[SentFile], names: Sequence[NameThere], recorded: Collection[tuple[str, ...]], *, renames: bool
) -> str:
    """The name in the folder of an item that is in the way of one of these files, in no record; empty for none.
    ``recorded`` are the records' paths below that folder. Of a service that ``renames``, the new name is not known: any
    video is in the way that is of the same episode (or the film)."""
    unrecorded = [one for one in names if (*one.folders, one.name) not in recorded]
    for sent in files:
        own = _key(os.path.basename(str(sent.entry.get("path", "")).replace("\\", "/")))
        for there in unrecorded:
            if _key(there.name) == own or (renames and _is_same(sent, there)):
                return there.name
    return ""


def _key(name: str) -> str:
    """A name without what a service cleans out of it."""
    stem, ending = os.path.splitext(name)
    return "".join(letter for letter in stem.casefold() if letter.isalnum()) + ending.lower()


def _is_same(sent: SentFile, there: NameThere) -> bool:
    if not there.is_video:
        return False
    if sent.season is None:
        return not any(is_extra(there.name, folder) for folder in there.folders or ("",))
    numbers = episodes_of(there.name, list(there.folders))
    return numbers is not None and numbers.season == sent.season and bool({*numbers.episodes} & {*sent.episodes})


def recorded_below(folder: str, paths: Iterable[str]) -> set[tuple[str, ...]]:
    """The paths of records (theirs) below the folder of an item, as their names."""
    found = set()
    above = read_folder(folder)
    for path in paths:
        place = read_folder(path)
        if place is not None and above is not None and place.key[: len(above.key)] == above.key:
            found.add(place.parts[len(above.parts) :])
    return found
