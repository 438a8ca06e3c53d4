"""Where a name says its resolution."""

from __future__ import annotations

import re
from typing import Final

RESOLUTION: Final = re.compile(
    r"(?<![^\W_])(2160|1440|1080|720|576|480|360)[pi](?![^\W_])|(?<![^\W_])(4k|uhd)(?![^\W_])", re.I
)
"""A height in the first group, ``4k`` or ``uhd`` in the second."""
