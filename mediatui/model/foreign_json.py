"""JSON from outside, read so that nothing in it can do more harm than to be wrong."""

from __future__ import annotations

import json
import math
from typing import Final

LONGEST_NUMBER: Final = 400
"""A whole number of more digits is read as infinite: every place that takes a number refuses that or brings it within
reach, and Python itself refuses to read more than 4,300 digits."""


def _whole(text: str) -> int | float:
    if len(text) <= LONGEST_NUMBER:
        return int(text)
    return -math.inf if text.startswith("-") else math.inf


DECODER: Final = json.JSONDecoder(parse_int=_whole)
"""Reads one value; raises ValueError, or RecursionError for one that is nested too deeply."""


def parse_json(data: str | bytes) -> object:
    """The value in ``data`` (bytes: UTF-8, UTF-16 or UTF-32). Raises ValueError, and nothing else, whatever it is."""
    try:
        return json.loads(data, parse_int=_whole)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def without_surrogates(text: str) -> str:
    """``text`` with each half of a surrogate pair, which fits neither a database nor an address, replaced."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
