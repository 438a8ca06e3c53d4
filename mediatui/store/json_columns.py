"""Columns that hold JSON, as they may look once somebody has edited them by hand."""

from __future__ import annotations

import json


def object_in(text: object) -> dict[str, object]:
    """The object of a column; empty for a text that is none."""
    value = _value(text)
    return value if isinstance(value, dict) else {}


def list_in(text: object) -> list[object]:
    """The list of a column; empty for a text that is none."""
    value = _value(text)
    return value if isinstance(value, list) else []


def _value(text: object) -> object:
    try:
        return json.loads(str(text))
    except (ValueError, RecursionError):
        return None
