"""Reading untrusted TOML: errors are explained, in bounded time."""

from __future__ import annotations

import re
import tomllib
from typing import Final

from mediatui.model.text import printable

MOST_BYTES: Final = 1024 * 1024
_QUOTING: Final = 'Put texts in quotes, for example: theme = "nord".'
_LONG_KEY: Final = re.compile(r"(?<![\w-])(?:[\"']?[\w-]+[\"']?[ \t]{0,3}\.[ \t]{0,3}){32}")
"""A key of at least 32 parts: the time to read it grows with the square of their number."""


class BadToml(ValueError):
    """The text cannot be read as settings; ``what`` says why, to be put after "The config file", and ``hint`` gives the
    remedy."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def parse_toml(content: bytes) -> dict[str, object]:
    """The table in ``content``. Raises BadToml, and nothing else, for any bytes."""
    if len(content) > MOST_BYTES:
        raise BadToml(f"is longer than {MOST_BYTES:,} bytes, more than settings take")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadToml("is not UTF-8 text") from None
    long = _LONG_KEY.search(text)
    if long is not None:
        line = text.count("\n", 0, long.start()) + 1
        raise BadToml(f"is nested too deeply (at line {line}); a key is a section and a name")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadToml("is nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        raise BadToml(f"is not valid TOML: {printable(str(error))}", _QUOTING) from None
    except (ValueError, OverflowError):  # Python reads no number of more than 4,300 digits
        raise BadToml(f"holds a number with too many digits{_where(text)}") from None


def _where(text: str) -> str:
    found = re.search(r"\d{4300}", text.replace("_", ""))
    return "" if found is None else f" (at line {text.replace('_', '').count(chr(10), 0, found.start()) + 1})"
