"""Films that share a folder with others."""

from __future__ import annotations

import os
from collections.abc import Sequence


def films_that_share(folder: bytes, endings: Sequence[bytes]) -> int:
    """How many videos below ``folder`` lie in a folder with another one; ``endings`` are those of videos, in small
    letters with the dot. Links to folders are not followed. Blocks."""
    ends, count = tuple(endings), 0
    for _, _, names in os.walk(folder):
        videos = sum(name.lower().endswith(ends) for name in names)
        count += videos if videos > 1 else 0
    return count
