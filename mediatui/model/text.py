"""Text from outside: how it is made safe for a terminal, and how it is folded for search.

Names are kept in the archive as the service sent them (NFC); everything that prints passes ``printable``.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from typing import Final, TypeVar

from mediatui.model.cells import cut_middle as cut_middle
from mediatui.model.secrets import mask_secrets

# C0, DEL and C1 controls, zero-width characters, bidi marks, embeddings, overrides and isolates,
# line and paragraph separators, the BOM, tag characters, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
# Terminals disagree on the width of what stands before the signs of text, emoji and keycap presentation.
_WIDTH_SIGNS = re.compile("[\ufe0e\ufe0f\u20e3]")
Choice = TypeVar("Choice", bound=str)
_SEPARATORS = re.compile(r"[\s._]+")
APOSTROPHES: Final = "\u2019\u02bc\u2018`\u00b4"
"""What stands for the apostrophe ``'`` in names and in what people type."""
_APOSTROPHES: Final = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))


def printable(text: str, *, empty: str = "(no name)") -> str:
    """``text`` on one line, without secrets and anything a terminal could act on; ``empty`` when nothing is left.

    Tabs and line breaks become one space; other control, zero-width and bidi characters go, and so do the signs that
    change the width of the character before them (U+FE0E, U+FE0F, U+20E3); a byte that was not UTF-8 (a lone surrogate)
    shows as U+FFFD.
    """
    return one_line(text if text.isascii() else _WIDTH_SIGNS.sub("", text), empty=empty)


def one_line(text: str, *, empty: str = "(no name)") -> str:
    """``text`` as ``printable`` has it, with the signs that change widths: for files, which nothing draws."""
    if not (text.isascii() and text.isprintable()):
        text = _UNSAFE.sub(_replacement, text)
    return mask_secrets(text) if text.strip() else empty


def printable_path(path: bytes) -> str:
    """A path as ``printable`` shows it."""
    return printable(os.fsdecode(path))


def _replacement(match: re.Match[str]) -> str:
    char = match.group()
    if char in "\t\n\r\x0b\x0c\x85\u2028\u2029":
        return " "
    return "\ufffd" if "\ud800" <= char <= "\udfff" else ""


def plain_apostrophes(text: str) -> str:
    """``text`` with every apostrophe as ``'``."""
    return text.translate(_APOSTROPHES)


def fold(text: str) -> str:
    """``text`` as search sees it: no case, no accents, one kind of apostrophe, runs of dots, underscores and blanks as
    one space."""
    if not text.isascii() or "`" in text:
        text = plain_apostrophes(text)
        text = _WIDTH_SIGNS.sub("", _UNSAFE.sub(_replacement, text))
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _SEPARATORS.sub(" ", text.casefold()).strip()


def fold_names(filename: str, original: object) -> str:
    """Both names of a torrent as search sees them (a one-file torrent shows its file's name), on a line each."""
    folded = fold(filename)
    if isinstance(original, str) and original and original != filename:
        folded = f"{folded}\n{fold(original)}"
    return folded


def join_words(words: Sequence[str], last: str = "and") -> str:
    """Words as a sentence lists them: ``a``, ``a and b``, ``a, b and c``."""
    return f" {last} ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
