"""What lies in staging: looked at with ``lstat`` alone, so that no mount is asked."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass

MOST = 20_000
"""So many things are listed at most."""


@dataclass(frozen=True, slots=True)
class StagedEntry:
    """A link, with the text of its target, or something else (``target`` empty) below staging; ``changed_at`` in epoch
    seconds."""

    path: bytes
    target: bytes
    changed_at: float


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
                elif stat.S_ISLNK(seen.st_mode):
                    yield StagedEntry(entry.path, os.readlink(entry.path), seen.st_mtime)
                else:
                    yield StagedEntry(entry.path, b"", seen.st_mtime)
        if is_empty and current != folder:
            yield StagedEntry(current, b"", os.lstat(current).st_mtime)
