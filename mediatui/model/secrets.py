"""The secrets of this run (tokens, API keys, passwords), and the one place that masks them in text.

Each is registered when the settings are read or a client is made. From then on it is masked in every error
(``model.errors``), in everything printed or shown (``model.text``), and in the log (``services.redaction``).
"""

from __future__ import annotations

import re

MASK = "********"
SHORTEST = 4
"""A shorter text (characters) is never treated as a secret."""
WORD = 8
"""A shorter secret (characters) may be an ordinary piece of text: it is masked only where it is a whole word."""
_ENCODINGS = ("%", "\\", "&#")

_known: dict[str, re.Pattern[str]] = {}
"""The longest first: of a secret that holds another nothing is left over."""


def keep_secret(value: str) -> None:
    """Registers a secret: from now on ``mask_secrets`` masks ``value``."""
    global _known
    if len(value) >= SHORTEST and value not in _known:
        # a new dictionary: another thread may be masking
        _known = dict(sorted({**_known, value: _pattern(value)}.items(), key=lambda known: -len(known[0])))


def mask_secrets(text: str) -> str:
    """``text`` with the known secrets masked, written plainly or encoded as in an address (``%41``), JSON (``\\u0041``)
    or HTML (``&#65;``)."""
    for value, pattern in _known.items():
        if value in text or any(mark in text for mark in _ENCODINGS):
            text = pattern.sub(MASK, text)
    return text


def _pattern(value: str) -> re.Pattern[str]:
    found = "".join(f"(?:{_written(char)})" for char in value)
    return re.compile(found if len(value) >= WORD else rf"(?<!\w){found}(?!\w)")


def _written(char: str) -> str:
    """The ways to write a character, as alternatives of a pattern."""
    import json  # imported late: every command imports this module, and most have no secret

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
