"""Which files of a mount are those of an entry of the account: by name and exact size, all that are wanted or none.

The service replaces some characters of a name, rclone none; how a name is spelt otherwise (capitals, composed letters)
is left out of the comparison. Pure.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

REPLACED: Final = '|"\\?*:<>'
"""The characters that the service shows as an underscore."""
_AS_SHOWN: Final = str.maketrans(dict.fromkeys(REPLACED, "_"))


def as_shown(name: str) -> str:
    """A name as the service shows it on a mount."""
    return name.translate(_AS_SHOWN)


def comparable(name: str) -> str:
    """What two spellings of a name on a mount have in common."""
    return unicodedata.normalize("NFC", as_shown(name)).casefold()


def is_one_segment(name: str) -> bool:
    """Whether a name from outside is one segment of a path, and nothing else."""
    return name not in ("", ".", "..") and not any(mark in name for mark in "/\0\n\r")


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file of an entry: its path in the torrent (begins with ``/``) and its exact size in bytes."""

    path: str
    size: int

    @property
    def segments(self) -> tuple[str, ...]:
        """The names on its path, the last one its own."""
        return tuple(self.path.strip("/").split("/"))


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file of a mount: its path below the view, and its size in bytes."""

    path: bytes
    size: int

    @property
    def segments(self) -> tuple[str, ...]:
        """The names on its path, the last one its own."""
        return tuple(os.fsdecode(self.path).split("/"))


@dataclass(frozen=True, slots=True)
class Fit:
    """What a view shows of an entry. ``found`` are its files by their paths in the torrent, all that are wanted or
    none; else ``missing`` are those it does not show, ``resized`` those it shows with another size (and that size), in
    the folder ``folder`` (below the view), and ``doubled`` are the places of one that fits in several. ``hostile`` is a
    name that is no name of a file."""

    found: Mapping[str, bytes] = field(default_factory=dict)
    missing: Sequence[str] = ()
    resized: Mapping[str, int] = field(default_factory=dict)
    folder: bytes = b""
    doubled: Sequence[bytes] = ()
    hostile: str = ""


def candidate_names(filename: str, original: str = "", wanted: Sequence[WantedFile] = ()) -> list[str]:
    """The names under which an entry may stand in a view, in the order of preference: its own, that of the torrent, and
    each without its last extension (a film of one file is often shown in a folder of that name); then the name of its
    file, where it is one."""
    names = [name for name in (filename, original) if name]
    names += [os.path.splitext(name)[0] for name in names]
    names += [file.segments[-1] for file in wanted if len(wanted) == 1]
    return [name for name in dict.fromkeys(map(as_shown, names)) if is_one_segment(name)]


def hostile_name(wanted: Iterable[WantedFile], *names: str) -> str:
    """The first of the names of an entry that is no segment of a path; empty when all are."""
    every = [*(name for name in names if name), *(part for file in wanted for part in file.segments)]
    return next((name for name in every if not is_one_segment(name)), "")


def fit_files(wanted: Sequence[WantedFile], candidates: Sequence[Sequence[ShownFile]]) -> Fit:
    """The files of an entry among what its ``candidates`` hold, each the files of one folder, or one file that stands
    alone in the view."""
    fits = [_fit(wanted, shown) for shown in candidates if shown]
    whole = [fit for fit in fits if fit.found]
    places = list(dict.fromkeys(tuple(fit.found.values()) for fit in whole))
    if len(places) > 1:
        return Fit(doubled=[place[0] for place in places])
    if whole:
        return whole[0]
    if doubled := next((fit for fit in fits if fit.doubled), None):
        return doubled
    best = min(fits, key=lambda fit: (len(fit.missing), len(fit.resized)), default=None)
    return best if best is not None else Fit(missing=[file.path for file in wanted])


def _fit(wanted: Sequence[WantedFile], shown: Sequence[ShownFile]) -> Fit:
    by_name: dict[str, list[ShownFile]] = {}
    for file in shown:
        by_name.setdefault(comparable(file.segments[-1]), []).append(file)
    found: dict[str, bytes] = {}
    missing: list[str] = []
    resized: dict[str, int] = {}
    for one in wanted:
        named = by_name.get(comparable(one.segments[-1]), [])
        fitting = _nearest(one, [file for file in named if file.size == one.size])
        if len(fitting) > 1:
            return Fit(doubled=[file.path for file in fitting])
        if fitting and fitting[0].path not in found.values():
            found[one.path] = fitting[0].path
        elif named and not fitting:
            resized[one.path] = named[0].size
        else:
            missing.append(one.path)
    if not missing and not resized:
        return Fit(found=found)
    return Fit(missing=missing, resized=resized, folder=os.path.dirname(shown[0].path))


def _nearest(one: WantedFile, files: Sequence[ShownFile]) -> Sequence[ShownFile]:
    """Those of some files whose folders are named most like those of a wanted one."""
    if len(files) < 2:
        return files
    depths = [_same_tail(one.segments, file.segments) for file in files]
    return [file for file, depth in zip(files, depths, strict=True) if depth == max(depths)]


def _same_tail(one: Sequence[str], other: Sequence[str]) -> int:
    same = 0
    for mine, theirs in zip(reversed(one), reversed(other), strict=False):
        if comparable(mine) != comparable(theirs):
            break
        same += 1
    return same
