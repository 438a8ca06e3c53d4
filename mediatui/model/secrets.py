"""The secrets of this run (tokens, API keys, passwords), and the one place that takes them out of text.

Each is registered when the settings are read or a client is made. From then on it is taken out of every error when it
is made (``model.errors``), of everything that is printed or shown (``model.text``), and of what is logged
(``services.redaction``).
"""

from __future__ import annotations

import re

MASK = "********"
SHORTEST = 4
"""What is shorter is no secret anybody could keep."""
WORD = 8
"""A shorter secret may be an ordinary piece of text: it is taken out only where it stands as a word of its own."""
_ENCODINGS = ("%", "\\", "&#")

_known: dict[str, re.Pattern[str]] = {}


def keep_secret(value: str) -> None:
    """From now on ``value`` never passes ``mask_secrets``."""
    if len(value) >= SHORTEST and value not in _known:
        _known[value] = _pattern(value)


def mask_secrets(text: str) -> str:
    """``text`` without the secrets that are known, written plainly or as an address (``%41``), JSON (``\\u0041``) or
    HTML (``&#65;``) writes them."""
    for value, pattern in _known.items():
        if value in text or any(mark in text for mark in _ENCODINGS):
            text = pattern.sub(MASK, text)
    return text


def _pattern(value: str) -> re.Pattern[str]:
    found = "".join(f"(?:{_written(char)})" for char in value)
    return re.compile(found if len(value) >= WORD else rf"(?<!\w){found}(?!\w)")


def _written(char: str) -> str:
    """How a character may be written, as alternatives of a pattern."""
    import json  # every command imports this module, and most know no secret

    code = ord(char)
    ways = [re.escape(char), rf"&#0*{code};", rf"&#[xX]0*(?i:{code:x});"]
    ways.append("".join(rf"%(?i:{byte:02x})" for byte in char.encode("utf-8", "surrogatepass")))
    ways.append(r"\\+u" + r"\\+u".join(rf"(?i:{unit:04x})" for unit in _units(char)))
    if len(escaped := json.dumps(char)[1:-1]) == 2:
        ways.append(rf"\\+{re.escape(escaped[1])}")
    return "|".join(ways)


def _units(char: str) -> list[int]:
    """The UTF-16 units of a character, which JSON escapes one by one."""
    units = char.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(units[start : start + 2]) for start in range(0, len(units), 2)]
