"""Where paths lie, by their text alone: absolute, normalized, without a slash at their end."""

from __future__ import annotations

import os
from collections.abc import Iterator


def is_below(path: bytes, folder: bytes) -> bool:
    """Whether a path lies in a folder, at any depth."""
    return path.startswith(folder + b"/")


def is_within(path: bytes, folder: bytes) -> bool:
    """Whether a path is a folder or lies in it."""
    return path == folder or path.startswith(folder + b"/")


def folders_above(path: bytes) -> Iterator[bytes]:
    """The folders a path lies in, the nearest first."""
    while (folder := os.path.dirname(path)) != path:
        yield folder
        path = folder
