"""What a view of a mount shows of an entry. These calls may hang, so the functions here run in the helper process."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence

DEEPEST = 3
MOST_FILES = 10_000
"""A torrent has fewer files; what has more is no folder of one."""
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
Shown = tuple[bytes, int]
"""The path of a file below the view, and its size in bytes."""


def shown_files(view: bytes, names: Sequence[bytes]) -> Mapping[bytes, Sequence[Shown]]:
    """The files below a view under each of these names that is there: of a folder those in it, of a file itself. Raises
    OSError when one cannot be read."""
    found: dict[bytes, Sequence[Shown]] = {}
    for name in names:
        path = os.path.join(view, name)
        try:
            seen = os.stat(path)
        except OSError as error:
            if error.errno in _NOT_THERE:
                continue
            raise
        if stat.S_ISREG(seen.st_mode):
            found[name] = [(name, seen.st_size)]
        elif stat.S_ISDIR(seen.st_mode):
            found[name] = list(_below(path, name, DEEPEST))[:MOST_FILES]
    return found


def _below(folder: bytes, name: bytes, deeper: int) -> Iterator[Shown]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = os.path.join(name, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if deeper:
                    yield from _below(entry.path, path, deeper - 1)
            elif entry.is_file(follow_symlinks=False):
                yield path, entry.stat(follow_symlinks=False).st_size


def folders_of(mount: bytes) -> Sequence[bytes]:
    """The names of the folders directly below a mount; raises OSError."""
    with os.scandir(mount) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))


def why_unusable(folder: bytes) -> str:
    """Why a folder cannot be that of staging, as what follows its path; empty when it can."""
    try:
        seen = os.stat(folder)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if not stat.S_ISDIR(seen.st_mode):
        return "is not a folder"
    return "" if os.access(folder, os.W_OK | os.X_OK) else "may not be written in"
