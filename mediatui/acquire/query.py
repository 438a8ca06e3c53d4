"""Choosing transfers by a text: words of the name or of what it is for, and fields."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from mediatui.model.completion import Completion
from mediatui.model.errors import UsageError
from mediatui.model.stuck import GROUPS, Stuck
from mediatui.model.target import MappedTarget, shown_targets
from mediatui.model.text import fold, printable
from mediatui.model.transfer import ROUTES, HoldKind, State, Transfer
from mediatui.model.transfer_errors import CHOICES, TROUBLES

_STATES: Final = tuple(state.value.replace(" ", "-") for state in State)
_ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "state": (*_STATES, "open", "ended"),
    "hold": tuple(kind.value for kind in HoldKind),
    "route": ROUTES,
    "code": (*TROUBLES, *CHOICES),
    "waits": tuple(group for group in GROUPS),
    "for": (),
    "hash": (),
    "id": (),
}
"""The fields and what they may be asked for; none: anything."""
_NOTES: Final[Mapping[tuple[str, str], str]] = {("waits", group): words for group, words in GROUPS.items()}
Row = tuple[Transfer, Stuck, Sequence[MappedTarget]]
"""A transfer, why it is where it is, and what it is for."""
FOR_NOTHING: Final = "none"
"""The value of ``for`` that asks for transfers without a film or series."""


def chosen(words: Iterable[str], rows: Iterable[Row]) -> list[Row]:
    """The rows that all words fit, of transfers that have not ended unless a word asks for others. Raises UsageError
    for a field or value that is none."""
    tests = [_test(word) for word in _split(words)]
    asks_for_ended = any(fields & {"state", "id", "hash"} for fields, _ in tests)
    return [row for row in rows if (asks_for_ended or row[0].ended_at is None) and all(fits(row) for _, fits in tests)]


def fault_of(text: str) -> str:
    """Why a text chooses no transfers; empty when it does."""
    try:
        chosen([text], ())
    except UsageError as error:
        return error.sentence
    return ""


def completions(text: str) -> list[Completion]:
    """How a text could go on: with a field, or with a value of the one that was begun."""
    before, blank, last = text.rpartition(" ")
    begun = f"{before}{blank}{'-' * last.startswith('-')}"
    field, colon, value = last.removeprefix("-").partition(":")
    if not colon:
        fields = (name for name in _ALLOWED if name.startswith(field))
        return [Completion(f"{begun}{name}:", f"{name}:", ", ".join(_ALLOWED[name][:4])) for name in fields]
    values = (name for name in _ALLOWED.get(field, ()) if name.startswith(value))
    return [Completion(f"{begun}{field}:{name} ", name, _NOTES.get((field, name), "")) for name in values]


def _split(words: Iterable[str]) -> list[str]:
    text = " ".join(words)
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _test(word: str) -> tuple[set[str], Callable[[Row], bool]]:
    negated = word.startswith("-") and len(word) > 1
    text = word[1:] if negated else word
    field, colon, value = text.partition(":")
    if not colon:
        wanted = fold(text)
        return set(), lambda row: (wanted in _words_of(row)) != negated
    if field not in _ALLOWED:
        raise UsageError(f'Unknown field "{printable(field)}".', f"Fields: {', '.join(_ALLOWED)}.")
    allowed = _ALLOWED[field]
    if allowed and value not in allowed:
        raise UsageError(f'"{printable(value)}" is nothing {field} can be.', f"Allowed: {', '.join(allowed)}.")
    return {field}, lambda row: _fits(field, value, row) != negated


def _words_of(row: Row) -> str:
    transfer, _, targets = row
    return fold(f"{transfer.name} {transfer.hash} {shown_targets(targets) if targets else ''}")


def _is_for(value: str, targets: Sequence[MappedTarget]) -> bool:
    """Whether a transfer is for what is asked: words of its title, or an id as targets are typed."""
    if not targets or value == FOR_NOTHING:
        return not targets and value == FOR_NOTHING
    texts = [f"{one.target.text}:".lower() for one in targets]
    return fold(value) in fold(shown_targets(targets)) or any(one.startswith(f"{value.lower()}:") for one in texts)


def _fits(field: str, value: str, row: Row) -> bool:
    one, stuck, targets = row
    match field:
        case "state":
            if value in ("open", "ended"):
                return (one.ended_at is None) == (value == "open")
            return one.state.value.replace(" ", "-") == value
        case "hold":
            return one.hold.kind == value
        case "route":
            return one.route == value
        case "code":
            return one.hold.code == value
        case "waits":
            return stuck.group == value
        case "for":
            return _is_for(value, targets)
        case "hash":
            return one.hash.startswith(value.lower())
        case _:
            return str(one.id) == value
