"""The fields of the query language: the values each allows, and the leaf for a value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, get_args

from mediatui.model.problems import CLASSES, PROBLEMS
from mediatui.model.query_tree import (
    Age,
    ClassIn,
    Detailed,
    FileLike,
    Flag,
    HashPrefix,
    Health,
    HealthIn,
    HostLike,
    IdPrefix,
    Is,
    Linked,
    Node,
    Not,
    NumberColumn,
    Or,
    QueryError,
    Range,
    Says,
    StatusIn,
    TimeColumn,
    quoted,
)
from mediatui.model.release_words import NOT_NAMED, ReleaseFact, value_meant, values_of
from mediatui.model.torrent import STATUS_GROUPS, STATUSES

LARGEST: Final = 2**63 - 1
"""The largest number SQLite keeps as an integer."""

_KILO = {"k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_SIZE = re.compile(r"([0-9]{1,15}(?:\.([0-9]{1,9}))?)\s*(?:([kmgtp])(i?)b?|b)?", re.IGNORECASE)
_NUMBER = re.compile(r"([0-9]{1,15}(?:\.([0-9]{1,9}))?)\s*%?")
_AGE = re.compile(r"([0-9]{1,6})\s*(min|h|d|w|mo|y)", re.IGNORECASE)
_AGE_UNITS = {"min": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "mo": 30 * 86_400, "y": 365 * 86_400}
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_COMPARED = re.compile(r"(>=|<=|>|<|=)?\s*(.*)", re.DOTALL)


class _Bad(Exception):
    """The field does not allow the value; an argument, if given, says why."""


def read_value(field: str, value: str, position: int) -> Node:
    """The node of ``field:value`` found at ``position``. Raises QueryError for an unknown field or a bad value."""
    known = FIELDS.get(field)
    if known is None:
        raise QueryError(
            f"Unknown field {quoted(field)} at position {position + 1}.",
            f"Fields: {', '.join(FIELDS)}. To search for the text itself, put it in quotes.",
            position,
        )
    read, allowed = known
    try:
        if not value.strip():
            raise _Bad
        return read(value.strip())
    except _Bad as error:
        why = f": {error}" if str(error) else ""
        what = f"Bad value {quoted(value)} for {field}" if value.strip() else f"No value for {field}"
        raise QueryError(f"{what} at position {position + 1}{why}.", f"{field} takes {allowed}.", position) from None


def _choices(value: str) -> list[str]:
    """The alternatives of a value: ``error|dead`` and ``error,dead`` mean either."""
    choices = [choice.strip() for choice in re.split(r"[|,]", value)]
    if not all(choices):
        raise _Bad
    return choices


def _any_of(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def _status(value: str) -> Node:
    statuses: set[str] = set()
    unknown = False
    for choice in _choices(value.lower()):
        if choice == "unknown":
            unknown = True
        elif choice in STATUS_GROUPS:
            statuses.update(STATUS_GROUPS[choice])
        elif choice in STATUSES:
            statuses.add(choice)
        else:
            raise _Bad
    return StatusIn(frozenset(statuses), unknown)


def _class(value: str) -> Node:
    """Classes by name (a blank may be written as - or _), or the group ``problem``."""
    wanted: set[str] = set()
    for choice in _choices(value.lower()):
        name = re.sub(r"[-_]", " ", choice)
        if name == "problem":
            wanted.update(PROBLEMS)
        elif name in CLASSES:
            wanted.add(name)
        else:
            raise _Bad
    return ClassIn(frozenset(wanted))


def _says(fact: ReleaseFact, value: str) -> Node:
    """What names say of the release: any of these values, each by itself or by one of its words."""
    meant = [value_meant(fact, choice) for choice in _choices(value)]
    if None in meant:
        raise _Bad
    return _any_of([Says(fact, one) for one in dict.fromkeys(meant) if one is not None])


def _health(value: str) -> Node:
    allowed: tuple[Health, ...] = get_args(Health)
    choices = _choices(value.lower())
    if any(choice not in allowed for choice in choices):
        raise _Bad
    return HealthIn(frozenset(verdict for verdict in allowed if verdict in choices))


def _is(value: str) -> Node:
    flags: tuple[Flag, ...] = get_args(Flag)
    choices = _choices(value.lower())
    if any(choice not in flags for choice in choices):
        raise _Bad
    return _any_of([Is(flag) for flag in flags if flag in choices])


def _linked(value: str) -> Node:
    if value.lower() not in ("yes", "no"):
        raise _Bad
    return Is("unlinked") if value.lower() == "no" else Linked()


def _details(value: str) -> Node:
    if value.lower() not in ("yes", "no"):
        raise _Bad
    return Detailed() if value.lower() == "yes" else Not(Detailed())


def _hash(value: str) -> Node:
    if not re.fullmatch(r"[0-9a-fA-F]{1,40}", value):
        raise _Bad
    return HashPrefix(value.lower())


def _file(value: str) -> Node:
    """A glob has ``*`` or ``?`` and covers a path from the start of one of its parts; other text is a substring."""
    value = unicodedata.normalize("NFC", value)
    escaped = re.sub(r"([\\%_])", r"\\\1", value)
    if "*" not in value and "?" not in value:
        return FileLike(f"%{escaped}%")
    pattern = escaped.replace("*", "%").replace("?", "_")
    if not value.startswith(("*", "/")):
        pattern = f"%/{pattern}"
    return FileLike(pattern)


def _extension(value: str) -> Node:
    nodes: list[Node] = []
    for choice in _choices(value):
        extension = choice.lstrip("*").lstrip(".")
        if not extension or "/" in extension or "*" in extension:
            raise _Bad
        escaped = re.sub(r"([\\%_])", r"\\\1", unicodedata.normalize("NFC", extension))
        nodes.append(FileLike(f"%.{escaped}"))
    return _any_of(nodes)


def _compared(column: NumberColumn, value: str, number: Callable[[str], tuple[float, float]]) -> Node:
    """A comparison, a closed range ``a..b``, or a bare number.

    ``number`` returns a number and the step of its last digit: a bare ``10gb`` is 10 GB up to, not including, 11 GB,
    and ``1.5gb`` up to 1.6 GB, just as a bare ``2025`` is the whole year.
    """
    if ".." in value:
        first, _, last = value.partition("..")
        low = number(first.strip())[0] if first.strip() else None
        high = number(last.strip())[0] if last.strip() else None
        if low is None and high is None:
            raise _Bad
        if low is not None and high is not None and low > high:
            raise _Bad("the range is the wrong way round")
        return Range(column, low, high)
    sign, given = _split_sign(value)
    found, fineness = number(given)
    if sign in (">", ">="):
        return Range(column, low=found, low_open=sign == ">")
    if sign in ("<", "<="):
        return Range(column, high=found, high_open=sign == "<")
    if sign == "=":
        return Range(column, found, found)
    return Range(column, found, found + fineness, high_open=True)


def _split_sign(value: str) -> tuple[str, str]:
    match = _COMPARED.fullmatch(value)
    return (match[1] or "", match[2]) if match else ("", value)


def _bytes(text: str) -> tuple[int, int]:
    match = _SIZE.fullmatch(text)
    if match is None or (match[2] and not match[3]):
        raise _Bad
    unit = 1
    if match[3]:
        unit = (1024 if match[4] else 1000) ** _KILO[match[3].lower()]
    fineness = max(1, round(unit / 10 ** len(match[2] or "")))
    return min(round(float(match[1]) * unit), LARGEST - fineness), fineness


def _number(text: str) -> tuple[float, float]:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise _Bad
    number = float(match[1])
    return number, 10.0 ** -len(match[2] or "")


def _time(column: TimeColumn, value: str) -> Node:
    """Ages (``<7d`` is newer than seven days) and dates in the local time zone, alone, compared or as a range."""
    if ".." in value:
        first, _, last = (part.strip() for part in value.partition(".."))
        if not first and not last:
            raise _Bad
        if _AGE.fullmatch(first or last) and (not first or not last or _AGE.fullmatch(last)):
            ages = sorted(_age(part) for part in (first, last) if part)
            if len(ages) == 2:
                return Age(ages[0], ages[1], column=column)
            return Age(low=ages[0], column=column) if first else Age(high=ages[0], column=column)
        start = _dates(first)[0] if first else None
        end = _dates(last)[1] if last else None
        if start is not None and end is not None and start >= end:
            raise _Bad("the range is the wrong way round")
        return Range(column, start, end, high_open=True)
    sign, given = _split_sign(value)
    if _AGE.fullmatch(given):
        age = _age(given)
        if sign in (">", ">="):
            return Age(low=age, low_open=sign == ">", column=column)
        return Age(high=age, high_open=sign == "<", column=column)
    start, end = _dates(given)
    if sign == ">":
        return Range(column, low=end)
    if sign == ">=":
        return Range(column, low=start)
    if sign == "<":
        return Range(column, high=start, high_open=True)
    if sign == "<=":
        return Range(column, high=end, high_open=True)
    return Range(column, start, end, high_open=True)


def _age(text: str) -> int:
    match = _AGE.fullmatch(text)
    if match is None:
        raise _Bad
    return int(match[1]) * _AGE_UNITS[match[2].lower()]


def _dates(text: str) -> tuple[int, int]:
    """First second of a year, month or day, and of the one after it (local time, epoch seconds)."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise _Bad
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
        raise _Bad("no such date") from None


_TIMES: Final = "an age such as <7d, >30d (min, h, d, w, mo, y) or dates such as 2025, >=2025-01-31, 2025-01..2025-03"
FIELDS: Final[dict[str, tuple[Callable[[str], Node], str]]] = {
    "status": (_status, f"{', '.join((*STATUS_GROUPS, *STATUSES))}, unknown"),
    "class": (_class, f"problem, {', '.join(name.replace(' ', '-') for name in CLASSES)}"),
    "size": (
        lambda value: _compared("bytes", value, _bytes),
        "a size such as >10gb, <=700mb, 1gb..2gb, 4.7gib",
    ),
    "added": (lambda value: _time("added_at", value), _TIMES),
    "changed": (lambda value: _time("changed_at", value), _TIMES),
    "gone": (lambda value: _time("gone_at", value), _TIMES),
    "res": (lambda value: _says("resolution", value), ", ".join((*values_of("resolution"), NOT_NAMED))),
    "source": (lambda value: _says("source", value), ", ".join((*values_of("source"), NOT_NAMED))),
    "lang": (lambda value: _says("language", value), ", ".join((*values_of("language"), NOT_NAMED))),
    "progress": (lambda value: _compared("progress", value, _number), "a percentage such as <100, 50..99, 0"),
    "host": (lambda value: HostLike(value), "a part of the host's name"),
    "hash": (_hash, "the first hex digits of an info-hash"),
    "id": (lambda value: IdPrefix(value), "the first characters of a torrent id"),
    "file": (_file, "a glob such as *.rar or a part of a path"),
    "ext": (_extension, "a file extension such as mkv"),
    "links": (lambda value: _compared("links_count", value, _number), "a number such as 0, >1, 2..5"),
    "health": (_health, ", ".join(get_args(Health))),
    "is": (_is, ", ".join(get_args(Flag))),
    "linked": (_linked, "yes, no"),
    "details": (_details, "yes, no"),
}
