"""The fields of the query language: the values each allows, and the leaf for a value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
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
    Range,
    Says,
    StatusIn,
    TimeColumn,
)
from mediatui.model.query_values import (
    TIMES,
    BadValue,
    Bounds,
    choices_of,
    read_bounds,
    read_bytes,
    read_field,
    read_number,
    read_time,
)
from mediatui.model.release_words import NOT_NAMED, ReleaseFact, value_meant, values_of
from mediatui.model.torrent import STATUS_GROUPS, STATUSES


def read_value(field: str, value: str, position: int) -> Node:
    """The node of ``field:value`` found at ``position``. Raises QueryError for an unknown field or a bad value."""
    return read_field(FIELDS, field, value, position)


def _any_of(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def _status(value: str) -> Node:
    """Statuses as the service has them and their groups; where it has none of a name, the class of that name: lists
    show classes in the place of statuses."""
    statuses: set[str] = set()
    classes: set[str] = set()
    unknown = False
    for choice in choices_of(value.lower()):
        if choice == "unknown":
            unknown = True
        elif choice in STATUS_GROUPS:
            statuses.update(STATUS_GROUPS[choice])
        elif choice in STATUSES:
            statuses.add(choice)
        else:
            classes.add(_class_of(choice))
    node = StatusIn(frozenset(statuses), unknown)
    if not classes:
        return node
    return _any_of([*([node] if statuses or unknown else []), ClassIn(frozenset(classes))])


def _class_of(choice: str) -> str:
    """The class of a name, in which a blank may be written as - or _."""
    name = re.sub(r"[-_]", " ", choice)
    if name not in CLASSES:
        raise BadValue
    return name


def _class(value: str) -> Node:
    """Classes by name, or the group ``problem``."""
    wanted: set[str] = set()
    for choice in choices_of(value.lower()):
        wanted.update(PROBLEMS if choice == "problem" else {_class_of(choice)})
    return ClassIn(frozenset(wanted))


def _says(fact: ReleaseFact, value: str) -> Node:
    """What names say of the release: any of these values, each by itself or by one of its words."""
    meant = [value_meant(fact, choice) for choice in choices_of(value)]
    if None in meant:
        raise BadValue
    return _any_of([Says(fact, one) for one in dict.fromkeys(meant) if one is not None])


def _health(value: str) -> Node:
    allowed: tuple[Health, ...] = get_args(Health)
    choices = choices_of(value.lower())
    if any(choice not in allowed for choice in choices):
        raise BadValue
    return HealthIn(frozenset(verdict for verdict in allowed if verdict in choices))


def _is(value: str) -> Node:
    flags: tuple[Flag, ...] = get_args(Flag)
    choices = choices_of(value.lower())
    if any(choice not in flags for choice in choices):
        raise BadValue
    return _any_of([Is(flag) for flag in flags if flag in choices])


def _linked(value: str) -> Node:
    if value.lower() not in ("yes", "no"):
        raise BadValue
    return Is("unlinked") if value.lower() == "no" else Linked()


def _details(value: str) -> Node:
    if value.lower() not in ("yes", "no"):
        raise BadValue
    return Detailed() if value.lower() == "yes" else Not(Detailed())


def _hash(value: str) -> Node:
    if not re.fullmatch(r"[0-9a-fA-F]{1,40}", value):
        raise BadValue
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
    for choice in choices_of(value):
        extension = choice.lstrip("*").lstrip(".")
        if not extension or "/" in extension or "*" in extension:
            raise BadValue
        escaped = re.sub(r"([\\%_])", r"\\\1", unicodedata.normalize("NFC", extension))
        nodes.append(FileLike(f"%.{escaped}"))
    return _any_of(nodes)


def _range(column: NumberColumn, bounds: Bounds) -> Node:
    return Range(column, bounds.low, bounds.high, low_open=bounds.low_open, high_open=bounds.high_open)


def _numbers(column: NumberColumn, value: str) -> Node:
    return _range(column, read_bounds(value, read_number))


def _time(column: TimeColumn, value: str) -> Node:
    """Ages (``<7d`` is newer than seven days) and dates."""
    bounds = read_time(value)
    if not bounds.age:
        return _range(column, bounds)
    low = None if bounds.low is None else int(bounds.low)
    high = None if bounds.high is None else int(bounds.high)
    return Age(low, high, low_open=bounds.low_open, high_open=bounds.high_open, column=column)


FIELDS: Final[dict[str, tuple[Callable[[str], Node], str]]] = {
    "status": (_status, f"{', '.join((*STATUS_GROUPS, *STATUSES))}, unknown, or a class"),
    "class": (_class, f"problem, {', '.join(name.replace(' ', '-') for name in CLASSES)}"),
    "size": (
        lambda value: _range("bytes", read_bounds(value, read_bytes)),
        "a size such as >10gb, <=700mb, 1gb..2gb, 4.7gib",
    ),
    "added": (lambda value: _time("added_at", value), TIMES),
    "changed": (lambda value: _time("changed_at", value), TIMES),
    "gone": (lambda value: _time("gone_at", value), TIMES),
    "res": (lambda value: _says("resolution", value), ", ".join((*values_of("resolution"), NOT_NAMED))),
    "source": (lambda value: _says("source", value), ", ".join((*values_of("source"), NOT_NAMED))),
    "lang": (lambda value: _says("language", value), ", ".join((*values_of("language"), NOT_NAMED))),
    "progress": (
        lambda value: _range("progress", read_bounds(value, read_number)),
        "a percentage such as <100, 50..99, 0",
    ),
    "host": (lambda value: HostLike(value), "a part of the host's name"),
    "hash": (_hash, "the first hex digits of an info-hash"),
    "id": (lambda value: IdPrefix(value), "the first characters of a torrent id"),
    "file": (_file, "a glob such as *.rar or a part of a path"),
    "ext": (_extension, "a file extension such as mkv"),
    "links": (lambda value: _numbers("links_count", value), "a number such as 0, >1, 2..5"),
    "health": (_health, ", ".join(get_args(Health))),
    "is": (_is, ", ".join(get_args(Flag))),
    "linked": (_linked, "yes, no"),
    "details": (_details, "yes, no"),
}
