"""Links that lead to folders. It may hang with a mount, so it is called in the helper process."""

from __future__ import annotations

import os
from collections.abc import Sequence


def links_to_folders(folder: bytes, endings: Sequence[bytes]) -> list[bytes]:
    """The links below ``folder`` that lead to a folder, by path. One whose name ends like a file (``endings``, in small
    letters with the dot) is not followed: on a mount that takes its time. Raises OSError."""
    ends = tuple(endings)
    found: list[bytes] = []
    folders = [folder]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_symlink():
                    if not entry.name.lower().endswith(ends) and os.path.isdir(entry.path):
                        found.append(entry.path)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return sorted(found)
