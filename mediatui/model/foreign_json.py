"""JSON from outside, read so that hostile content can cause nothing worse than a ValueError."""

from __future__ import annotations

import json
import math
from typing import Final

LONGEST_NUMBER: Final = 4_300
"""Python refuses to read a whole number of more digits. Such a number is read as infinite, which every user of a number
rejects or limits."""


def _whole(text: str) -> int | float:
    if len(text) <= LONGEST_NUMBER:
        return int(text)
    return -math.inf if text.startswith("-") else math.inf


_PLAIN: Final = json.JSONDecoder()
_WARY: Final = json.JSONDecoder(parse_int=_whole)


def parse_at(text: str, at: int) -> tuple[object, int]:
    """The value that begins at ``at``, and where it ends; raises JSONDecodeError, or RecursionError for one that is
    nested too deeply."""
    try:
        return _PLAIN.raw_decode(text, at)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a number is too long
        return _WARY.raw_decode(text, at)


def parse_json(data: str | bytes) -> object:
    """The value in ``data`` (bytes: UTF-8, UTF-16 or UTF-32). Raises ValueError, and nothing else, whatever it is."""
    try:
        try:
            return json.loads(data)
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise
        except ValueError:
            return json.loads(data, parse_int=_whole)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def without_surrogates(text: str) -> str:
    """``text`` with every lone surrogate replaced: neither a database nor an address can hold one."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
