"""The values of the query language that every list reads alike: choices, sizes, numbers, ages and dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from mediatui.model.query_tree import QueryError, quoted

Part = TypeVar("Part")

LARGEST: Final = 2**63 - 1
"""The largest number SQLite keeps as an integer."""

_KILO = {"k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_SIZE = re.compile(r"([0-9]{1,15}(?:\.([0-9]{1,9}))?)\s*(?:([kmgtp])(i?)b?|b)?", re.IGNORECASE)
_NUMBER = re.compile(r"([0-9]{1,15}(?:\.([0-9]{1,9}))?)\s*%?")
_AGE = re.compile(r"([0-9]{1,6})\s*(min|h|d|w|mo|y)", re.IGNORECASE)
_AGE_UNITS = {"min": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "mo": 30 * 86_400, "y": 365 * 86_400}
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_COMPARED = re.compile(r"(>=|<=|>|<|=)?\s*(.*)", re.DOTALL)


class BadValue(Exception):
    """The field does not allow the value; an argument, if given, says why."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number between two bounds (None: no bound; ``open``: the bound itself is outside). Of an ``age`` they are
    seconds before now, else of a time epoch seconds."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    age: bool = False

    def hold(self, number: float) -> bool:
        """Whether a number is between the bounds."""
        if self.low is not None and (number < self.low or (self.low_open and number == self.low)):
            return False
        return self.high is None or number < self.high or (not self.high_open and number == self.high)


Fields = Mapping[str, tuple[Callable[[str], Part], str]]
"""What reads the value of a field, and what it allows in words."""


def read_field(fields: Fields[Part], field: str, value: str, position: int) -> Part:
    """What ``field:value`` found at ``position`` means. Raises QueryError for an unknown field or a bad value."""
    known = fields.get(field)
    if known is None:
        raise QueryError(
            f"Unknown field {quoted(field)} at position {position + 1}.",
            f"Fields: {', '.join(fields)}. To search for the text itself, put it in quotes.",
            position,
        )
    read, allowed = known
    try:
        if not value.strip():
            raise BadValue
        return read(value.strip())
    except BadValue as error:
        why = f": {error}" if str(error) else ""
        what = f"Bad value {quoted(value)} for {field}" if value.strip() else f"No value for {field}"
        raise QueryError(f"{what} at position {position + 1}{why}.", f"{field} takes {allowed}.", position) from None


def choices_of(value: str) -> list[str]:
    """The alternatives of a value: ``error|dead`` and ``error,dead`` mean either."""
    choices = [choice.strip() for choice in re.split(r"[|,]", value)]
    if not all(choices):
        raise BadValue
    return choices


def read_bounds(value: str, number: Callable[[str], tuple[float, float]]) -> Bounds:
    """A comparison, a closed range ``a..b``, or a bare number.

    ``number`` returns a number and the step of its last digit: a bare ``10gb`` is 10 GB up to, not including, 11 GB,
    and ``1.5gb`` up to 1.6 GB, just as a bare ``2025`` is the whole year.
    """
    if ".." in value:
        first, _, last = value.partition("..")
        low = number(first.strip())[0] if first.strip() else None
        high = number(last.strip())[0] if last.strip() else None
        if low is None and high is None:
            raise BadValue
        if low is not None and high is not None and low > high:
            raise BadValue("the range is the wrong way round")
        return Bounds(low, high)
    sign, given = _split_sign(value)
    found, fineness = number(given)
    if sign in (">", ">="):
        return Bounds(low=found, low_open=sign == ">")
    if sign in ("<", "<="):
        return Bounds(high=found, high_open=sign == "<")
    if sign == "=":
        return Bounds(found, found)
    return Bounds(found, found + fineness, high_open=True)


def _split_sign(value: str) -> tuple[str, str]:
    match = _COMPARED.fullmatch(value)
    return (match[1] or "", match[2]) if match else ("", value)


def read_bytes(text: str) -> tuple[int, int]:
    match = _SIZE.fullmatch(text)
    if match is None or (match[2] and not match[3]):
        raise BadValue
    unit = 1
    if match[3]:
        unit = (1024 if match[4] else 1000) ** _KILO[match[3].lower()]
    fineness = max(1, round(unit / 10 ** len(match[2] or "")))
    return min(round(float(match[1]) * unit), LARGEST - fineness), fineness


def read_number(text: str) -> tuple[float, float]:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise BadValue
    number = float(match[1])
    return number, 10.0 ** -len(match[2] or "")


def read_time(value: str) -> Bounds:
    """Ages (``<7d`` is newer than seven days) and dates in the local time zone, alone, compared or as a range."""
    if ".." in value:
        first, _, last = (part.strip() for part in value.partition(".."))
        if not first and not last:
            raise BadValue
        if _AGE.fullmatch(first or last) and (not first or not last or _AGE.fullmatch(last)):
            ages = sorted(_age(part) for part in (first, last) if part)
            if len(ages) == 2:
                return Bounds(ages[0], ages[1], age=True)
            return Bounds(low=ages[0], age=True) if first else Bounds(high=ages[0], age=True)
        start = _dates(first)[0] if first else None
        end = _dates(last)[1] if last else None
        if start is not None and end is not None and start >= end:
            raise BadValue("the range is the wrong way round")
        return Bounds(start, end, high_open=True)
    sign, given = _split_sign(value)
    if _AGE.fullmatch(given):
        age = _age(given)
        if sign in (">", ">="):
            return Bounds(low=age, low_open=sign == ">", age=True)
        return Bounds(high=age, high_open=sign == "<", age=True)
    start, end = _dates(given)
    if sign == ">":
        return Bounds(low=end)
    if sign == ">=":
        return Bounds(low=start)
    if sign == "<":
        return Bounds(high=start, high_open=True)
    if sign == "<=":
        return Bounds(high=end, high_open=True)
    return Bounds(start, end, high_open=True)


def _age(text: str) -> int:
    match = _AGE.fullmatch(text)
    if match is None:
        raise BadValue
    return int(match[1]) * _AGE_UNITS[match[2].lower()]


def _dates(text: str) -> tuple[int, int]:
    """First second of a year, month or day, and of the one after it (local time, epoch seconds)."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise BadValue
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    try:
        start = datetime(year, month, day)
        if match[3]:
            end = start + timedelta(days=1)
        elif match[2]:
            end = datetime(year + month // 12, month % 12 + 1, 1)
        else:
            end = datetime(year + 1, 1, 1)
        return int(start.timestamp()), int(end.timestamp())
    except (ValueError, OverflowError, OSError):
        raise BadValue("no such date") from None


TIMES: Final = "an age such as <7d, >30d (min, h, d, w, mo, y) or dates such as 2025, >=2025-01-31, 2025-01..2025-03"
