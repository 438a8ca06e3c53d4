"""What a token, an API key or a password may look like, so that a wrong paste is refused before it is stored."""

from __future__ import annotations

import re
from typing import Final

TOKEN_PAGE: Final = "https://real-debrid.com/apitoken"
"""Where an account shows its private token."""
TOKEN_CHARACTERS: Final = re.compile(r"[A-Za-z0-9_\-.~+/=]*")
"""What may stand in a bearer token (RFC 6750, section 2.1)."""
_BLANKS: Final = "".join(map(chr, range(33))) + "\x7f\u00a0\u200b\ufeff"
LEAST_TOKEN: Final = 20
"""Characters. Real-Debrid's have 52; a much shorter text is half a paste."""


def without_blanks(text: str) -> str:
    """The secret without the blanks and control characters that a paste or a pipe leaves at its ends."""
    return text.strip(_BLANKS)


def wrong_character(text: str, allowed: re.Pattern[str] = TOKEN_CHARACTERS) -> str:
    """Names the first character that no token has by its kind and its place, without showing the text around it; empty
    when there is none."""
    match = allowed.match(text)
    place = match.end() if match else 0
    if place == len(text):
        return ""
    return f"{_kind_of(text[place])} at character {place + 1:,} of {len(text):,}"


def wrong_secret(field: str, text: str, *, of_real_debrid: bool) -> str:
    """Why ``text`` cannot be the secret of a setting called ``field``, in words that do not show it; empty when it can.

    Passwords may be anything that stands on one line. A token of Real-Debrid itself also has a least length.
    """
    if field == "token":
        fault = wrong_character(text)
        if not fault and of_real_debrid and len(text) < LEAST_TOKEN:
            return f"has {len(text):,} characters; a token of Real-Debrid has 52 (letters and digits)"
        return fault and f"has {fault}; a token is letters, digits and - _ . ~ + / = only"
    if field.endswith("_key"):
        fault = wrong_character(text, _PRINTABLE_ASCII)
        return fault and f"has {fault}; an API key is letters, digits and signs without blanks"
    fault = wrong_character(text, _ONE_LINE)
    return fault and f"has {fault}; it has to stand on one line"


_PRINTABLE_ASCII: Final = re.compile(r"[!-~]*")
_ONE_LINE: Final = re.compile(r"[^\x00-\x1f\x7f]*")


def _kind_of(char: str) -> str:
    if char in "\r\n":
        return "a line break"
    if char in " \t\u00a0":
        return "a blank"
    if ord(char) < 32 or ord(char) == 127:
        return "a control character"
    return "a sign that does not belong there" if char.isascii() else "a letter or sign that is not ASCII"
