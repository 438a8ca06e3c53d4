"""Names of files that come from outside, as names that may be given to a file here."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 255
"""The bytes a name may have on the usual file systems."""
_LONGEST_ENDING: Final = 16
_REORDERING: Final = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)))
"""Characters that make a name read as another one."""


def safe_file_name(text: str, otherwise: str = "file") -> str:
    """``text`` as the name of one file: separators, control characters and what cannot be encoded become ``_``, and it
    is cut to 255 bytes before its ending. A name that would mean a folder is ``otherwise``."""
    name = "".join("_" if _is_unsafe(char) else char for char in unicodedata.normalize("NFC", text)).strip()
    if not name.strip(". "):
        return otherwise
    return shortened(name)


def shortened(name: str, ending: str = "") -> str:
    """``name`` with ``ending`` behind it, cut to 255 bytes: without one of its own before the dot of its last part."""
    if not ending:
        stem, dot, last = name.rpartition(".")
        if not stem or len(dot + last) > _LONGEST_ENDING:
            stem, ending = name, ""
        else:
            ending = dot + last
    else:
        stem = name
    room = LONGEST - len(ending.encode("utf-8", "surrogateescape"))
    encoded = stem.encode("utf-8", "surrogateescape")
    if len(encoded) <= room:
        return stem + ending
    odd = any("\udc80" <= char <= "\udcff" for char in stem)  # bytes that are no UTF-8 stay what they are
    return encoded[:room].decode("utf-8", "surrogateescape" if odd else "ignore") + ending


def _is_unsafe(char: str) -> bool:
    return char in "/\\" or char in _REORDERING or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")
