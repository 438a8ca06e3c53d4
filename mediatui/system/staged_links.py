"""What lies in staging: looked at with ``lstat`` alone, so that no mount is asked."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

MOST: Final = 20_000
"""So many things are listed at most."""
EntryKind = Literal["link", "file", "folder", "other"]


@dataclass(frozen=True, slots=True)
class StagedEntry:
    """A link, with the text of its target, or something else (``target`` empty) below staging; ``changed_at`` in epoch
    seconds, ``stamp`` the same in nanoseconds, ``size`` in bytes (of a file alone). A ``folder`` is one that holds
    nothing."""

    path: bytes
    target: bytes
    changed_at: float
    kind: EntryKind = "link"
    size: int = 0
    stamp: int = 0


def staged_entries(folder: bytes) -> list[StagedEntry]:
    """Everything below a folder but folders that hold something; raises OSError when it cannot be read."""
    found = sorted(_below(folder), key=lambda entry: entry.path)
    return found[:MOST]


def _below(folder: bytes) -> Iterator[StagedEntry]:
    pending = [folder]
    while pending:
        current = pending.pop()
        is_empty = True
        with os.scandir(current) as entries:
            for entry in entries:
                is_empty = False
                seen = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(seen.st_mode):
                    pending.append(entry.path)
                else:
                    yield _entry(entry.path, seen)
        if is_empty and current != folder:
            yield _entry(current, os.lstat(current))


def _entry(path: bytes, seen: os.stat_result) -> StagedEntry:
    """What lies at a path, as it was seen."""
    at, stamp = seen.st_mtime, seen.st_mtime_ns
    if stat.S_ISLNK(seen.st_mode):
        return StagedEntry(path, os.readlink(path), at, "link", 0, stamp)
    if stat.S_ISREG(seen.st_mode):
        return StagedEntry(path, b"", at, "file", seen.st_size, stamp)
    return StagedEntry(path, b"", at, "folder" if stat.S_ISDIR(seen.st_mode) else "other", 0, stamp)


def room_in(folder: bytes) -> tuple[int, bool]:
    """The bytes that are free for us where a folder is, and whether it has room for another name; raises OSError."""
    seen = os.statvfs(folder)
    return seen.f_bavail * seen.f_frsize, seen.f_files == 0 or seen.f_favail > 0
