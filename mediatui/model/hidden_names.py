"""Which names are hidden: those that file systems, sync tools and media servers put beside media, and other names that
begin with a dot. Titles begin with dots too (``...And Justice for All``, ``.hack``): a name is hidden only by the rules
of ``standing``, everywhere.

Imports nothing but the standard library: the walker runs as a script of its own (``system.symlinks``).
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping

TYPE_CHECKING = False  # typing takes longer to import than a walker may take to start
if TYPE_CHECKING:
    import re
    from typing import Final, Literal

    Standing = Literal["shown", "hidden", "by content"]
MARKS: Final = (b".", b"@", b"#", b"lost+found")
"""How every name begins that may be hidden."""
SYSTEM_NAMES: Final = frozenset(
    (
        b".stfolder", b".stversions", b".stignore", b".git", b".svn", b".hg", b".plexmatch", b".plexignore",
        b".ds_store", b".appledouble", b".fseventsd", b".spotlight-v100", b".temporaryitems", b".actors", b".nomedia",
        b".recycle", b".snapshot", b".snapshots", b".zfs", b"@eadir", b"#recycle", b"lost+found",
    )
)  # fmt: skip
"""Names that are known to be a system's or a tool's, in lower case."""
SYSTEM_BEGINNINGS: Final = (b".trash", b"._", b".nfs", b".fuse_hidden", b".mediatui-")
"""How other such names begin: trash, companions of macOS, files deleted while open, links that are being replaced."""
VIDEO_ENDINGS: Final = (
    b".mkv", b".mp4", b".m4v", b".avi", b".ts", b".m2ts", b".mov", b".wmv", b".webm", b".mpg", b".mpeg", b".iso",
    b".ogm", b".flv", b".vob", b".divx", b".3gp",
)  # fmt: skip
"""Endings of videos, where the settings are not at hand."""
SHOWN = 5
"""How many names are given in a sentence."""


def is_system_name(name: bytes) -> bool:
    """Whether a name is known to be a system's: it is hidden, whatever it holds."""
    if not name.startswith(MARKS):
        return False
    folded = name.lower()
    return folded in SYSTEM_NAMES or folded.startswith(SYSTEM_BEGINNINGS)


def is_media_name(name: bytes, videos: tuple[bytes, ...] | None = None) -> bool:
    """Whether a name says that it is media: it begins with several dots, ends like a video (one of ``videos``), or has
    a year, a season or an episode in it."""
    if is_system_name(name):
        return False
    return (
        name.startswith(b"..")
        or name.lower().endswith(VIDEO_ENDINGS if videos is None else videos)
        or _numbers().search(name) is not None
    )


def standing(name: bytes, videos: tuple[bytes, ...] | None = None) -> Standing:
    """How a name is treated: ``shown``, ``hidden`` (a system's), or ``by content``: shown when a name below it is that
    of media, otherwise hidden."""
    if not name.startswith(MARKS):
        return "shown"
    if is_system_name(name):
        return "hidden"
    return "shown" if not name.startswith(b".") or is_media_name(name, videos) else "by content"


def sentence_of_left_out(names: Mapping[str, int]) -> str:
    """What was left out because its name is hidden, in a sentence; empty for nothing. ``names`` counts it by name."""
    if not names:
        return ""
    from mediatui.model.human import counted
    from mediatui.model.text import printable

    ordered = sorted(names, key=lambda name: (-names[name], name))
    words = [printable(name) + (f" ({names[name]:,})" if names[name] > 1 else "") for name in ordered[:SHOWN]]
    more = len(ordered) - SHOWN
    rest = f" and {counted(more, 'other name')}" if more > 0 else ""
    return f"Left out, as its name is hidden: {', '.join(words)}{rest}."


def count_names(paths: Iterable[bytes]) -> dict[str, int]:
    """How many of ``paths`` have each name."""
    counts: dict[str, int] = {}
    for path in paths:
        name = os.fsdecode(path.rpartition(b"/")[2])
        counts[name] = counts.get(name, 0) + 1
    return counts


@functools.cache
def _numbers() -> re.Pattern[bytes]:
    """A year, a season or an episode in a name. Compiled when first needed: a walker has to start fast."""
    import re

    return re.compile(
        rb"(?<![0-9])(?:18[89]|19[0-9]|20[0-9])[0-9](?![0-9])"
        rb"|(?<![a-z0-9])s[0-9]{1,4}(?:[ ._-]{0,2}e[0-9]|(?![a-z0-9]))"
        rb"|(?<![a-z0-9])[0-9]{1,2}x[0-9]{2,3}(?![a-z0-9])"
        rb"|(?<![a-z0-9])ep?[ ._]?[0-9]{2,4}(?![a-z0-9])"
        rb"|(?:season|saison|staffel|temporada|stagione|series|livre|book|episode|folge)[ ._-]{1,3}"
        rb"(?:[0-9]{1,4}|[ivx]{1,6})(?![a-z0-9])"
        rb"|^specials?$",
        re.IGNORECASE,
    )
