"""How a query that is being typed could go on: fields, and the values of the one that was begun."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final, get_args

from mediatui.archive.query.values import FIELDS
from mediatui.model.completion import Completion
from mediatui.model.human import counted
from mediatui.model.problems import CLASSES
from mediatui.model.query_tree import Flag, Health
from mediatui.model.release_words import NOT_NAMED, values_of
from mediatui.model.torrent import STATUS_GROUPS, STATUSES
from mediatui.store.torrents.classes import class_counts
from mediatui.store.torrents.statistics import read_hosts, read_statuses

_BEGUN: Final = re.compile(r"(?:.*[\s(])?[-!]*", re.DOTALL)
"""What stands before the term that is being typed."""
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_ALTERNATIVES: Final = ("status", "class", "res", "source", "lang", "health", "is", "ext")
"""Fields that take several values, parted by ``|`` or a comma."""
_CLASSES: Final = tuple(name.replace(" ", "-") for name in CLASSES)
_TIMES: Final = ("<1d", "<7d", "<30d", "<1y", ">1y")
_EXAMPLES: Final[Mapping[str, Sequence[str]]] = {
    "status": (*STATUS_GROUPS, *STATUSES, "unknown", *_CLASSES),
    "class": ("problem", *_CLASSES),
    "size": (">10gb", ">50gb", "<700mb", "1gb..2gb"),
    "added": _TIMES, "changed": _TIMES, "gone": _TIMES,
    "progress": ("<100", "0", "50..99"),
    "links": ("0", ">1", "2..5"),
    "res": (*values_of("resolution"), NOT_NAMED),
    "source": (*values_of("source"), NOT_NAMED),
    "lang": (*values_of("language"), NOT_NAMED),
    "ext": ("mkv", "mp4", "avi", "iso", "rar", "zip", "srt"),
    "health": get_args(Health),
    "is": get_args(Flag),
    "linked": ("yes", "no"),
    "details": ("yes", "no"),
}  # fmt: skip
"""The values of the fields that have few, and examples for the others."""

Counts = Mapping[str, Mapping[str, int]]
"""For each field, how many torrents have which value."""


def read_counts(connection: sqlite3.Connection) -> Counts:
    """How many torrents have which status, class and host."""
    statuses, _ = read_statuses(connection)
    classes = {name.replace(" ", "-"): count for name, count in class_counts(connection).items()}
    return {
        "status": {**classes, **{share.name: share.count for share in statuses}},
        "class": classes,
        "host": {share.name: share.count for share in read_hosts(connection) if share.name},
    }


def completions(text: str, counts: Counts) -> list[Completion]:
    """How the query could go on behind ``text``: the fields that begin like its last term, or the values of the field
    that was begun. ``counts`` says which values there are."""
    if _QUOTED.sub("", text).count('"'):
        return []
    begun = _BEGUN.match(text)
    before = begun[0] if begun else ""
    field, colon, value = text[len(before) :].partition(":")
    if not colon:
        return [
            Completion(f"{before}{name}:", f"{name}:", allowed)
            for name, (_, allowed) in FIELDS.items()
            if name.startswith(field.lower())
        ]
    field = field.lower()
    earlier, typed = _last_alternative(value) if field in _ALTERNATIVES else ("", value)
    return [
        Completion(f"{before}{field}:{earlier}{name}", name, note)
        for name, note in _values(field, typed.lower(), counts.get(field, {}))
    ]


def _last_alternative(value: str) -> tuple[str, str]:
    """The alternatives of a value up to the last, and that one."""
    at = max(value.rfind("|"), value.rfind(",")) + 1
    return value[:at], value[at:]


def _values(field: str, typed: str, counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """The values of a field that begin as typed, with how many torrents have each: first those that some have."""
    known = [*dict.fromkeys((*_EXAMPLES.get(field, ()), *sorted(counts)))]
    fitting = [name for name in known if name.startswith(typed)]
    groups = STATUS_GROUPS if field == "status" else ("problem",) if field == "class" else ()
    held = [name for name in fitting if not counts or counts.get(name) or name in groups]
    return [(name, counted(counts[name], "torrent") if counts.get(name) else "") for name in held or fitting]
