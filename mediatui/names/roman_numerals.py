"""Numbers that names write in digits or in Roman numerals."""

from __future__ import annotations

from typing import Final

_ROMAN: Final = {
    tens * "x" + ones: 10 * tens + number
    for tens in (0, 1)
    for number, ones in enumerate(("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"))
    if tens or ones
}


def number_of(text: str) -> int | None:
    """The number that a text is, in digits or as a Roman numeral up to XIX; None for any other text."""
    return int(text) if text.isdigit() else _ROMAN.get(text.lower())
