"""The folders a library is divided into: those directly in a root, and those in these."""

from __future__ import annotations

import os
from collections.abc import Sequence

MOST = 500
"""More are no categories."""


def category_folders(roots: Sequence[bytes]) -> Sequence[bytes]:
    """The folders of the first two levels below some roots, without hidden ones and those of titles (``Name (Year)``),
    in the order of their paths. What cannot be read is left out."""
    found: list[bytes] = []
    for root in roots:
        for first in _folders_in(root):
            found += [first, *_folders_in(first)]
    return found[:MOST]


def _folders_in(folder: bytes) -> list[bytes]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.path for entry in entries
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(b".")
                and not entry.name.endswith(b")")
            )  # fmt: skip
    except OSError:
        return []
