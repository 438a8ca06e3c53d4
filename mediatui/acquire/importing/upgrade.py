"""Whether a file is better than the one that is there, by what their names say."""

from __future__ import annotations

import os
import re
from typing import Final

from mediatui.names.quality import quality_of

_REVISION: Final = re.compile(r"(?<![^\W_])(?:proper|repack|rerip|real|v([2-9]))(?![^\W_])", re.IGNORECASE)

Rank = tuple[int, int, int]


def is_upgrade(new: bytes, old: bytes) -> bool | None:
    """Whether the file at ``new`` is strictly better than that at ``old``: by resolution, then source, then revision
    (PROPER, REPACK, v2). Sizes do not count: a bigger file is often only an older codec. None where a name, and that of
    its folder, does not say its resolution."""
    one, other = _rank(new), _rank(old)
    return None if not one[0] or not other[0] else one > other


def _rank(path: bytes) -> Rank:
    """What is compared, by the name of the file, or by that of its folder where its own says nothing."""
    folder, name = os.path.split(os.fsdecode(path))
    stem = os.path.splitext(name)[0]
    quality = quality_of(stem)
    if not quality.resolution:
        stem = folder.rpartition("/")[2]
        quality = quality_of(stem)
    found = [*_REVISION.finditer(stem)]
    revision = max((int(match[1]) if match[1] else 2 for match in found), default=1)
    return quality.resolution, quality.source, revision
