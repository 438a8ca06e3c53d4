"""Paths to try other programs with: a link of a folder that leads to a file. These calls may hang with a mount, so they
are made in the helper process."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import Final

MOST_ENTRIES: Final = 5_000
"""So many entries are looked at before it is given up."""
MOST_TARGETS: Final = 20
"""So many targets are asked for before it is given up: they lie on a mount."""


def sample_link(folder: bytes) -> tuple[bytes, bytes] | None:
    """The first link below ``folder`` (by name) whose absolute target is there, with that target; None when there is
    none, or none was found soon."""
    tried = 0
    for path in _links(folder):
        target = _target_of(path)
        if os.path.isabs(target):
            if os.path.isfile(target):
                return path, target
            tried += 1
            if tried >= MOST_TARGETS:
                break
    return None


def sub_folders(folder: bytes) -> list[bytes]:
    """The folders directly in one, by name; links are none. Empty for one that cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []


def describe_path(path: bytes) -> tuple[bool, bytes]:
    """Whether a path is something else than a folder, and the text of its target when it is a link. Raises OSError when
    there is nothing."""
    mode = os.lstat(path).st_mode
    return not stat.S_ISDIR(mode), _target_of(path) if stat.S_ISLNK(mode) else b""


def size_of(path: bytes) -> int:
    """The size of a file in bytes. Raises OSError."""
    return os.stat(path).st_size


def _target_of(path: bytes) -> bytes:
    """The text of a link; empty when it cannot be read."""
    try:
        return os.readlink(path)
    except OSError:
        return b""


def _links(folder: bytes) -> Iterator[bytes]:
    """The links below a folder, by name, of the first entries."""
    seen, folders = 0, [folder]
    while folders and seen < MOST_ENTRIES:
        below: list[bytes] = []
        try:
            with os.scandir(folders.pop()) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in found:
            seen += 1
            if entry.is_symlink():
                yield entry.path
            elif entry.is_dir(follow_symlinks=False):
                below.append(entry.path)
        folders += reversed(below)
