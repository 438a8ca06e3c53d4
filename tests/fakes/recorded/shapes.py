"""The shape of an answer: names and types, and nothing of what it says.

A shape is a word ("string", "integer", "number", "boolean", "null"), a list of one shape, or an object: shapes by name,
with a ``?`` behind a name that is not always there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, reduce
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
Shape = Any


@cache
def table_of(kind: str) -> Mapping[str, Any]:
    """What is known of a service: ``kinds`` are shapes by their names, ``statuses`` those of answers by theirs."""
    table: Mapping[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text("utf-8"))
    return table


def shape_of(value: object) -> Shape:
    """The shape of a value out of JSON."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if isinstance(value, int) else "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return [merged(map(shape_of, value))] if value else []
    return {name: shape_of(one) for name, one in value.items()} if isinstance(value, dict) else "null"


def merged(shapes: Iterable[Shape]) -> Shape:
    """The shape several values have in common: what one of them lacks is not always there."""
    return reduce(_both, shapes)


def _both(one: Shape, other: Shape) -> Shape:
    if isinstance(one, dict) and isinstance(other, dict):
        names = dict.fromkeys(name.rstrip("?") for name in (*one, *other))
        return {
            name if name in one and name in other else f"{name}?": _both(*found) if len(found) > 1 else found[0]
            for name in names
            if (found := [shape[key] for shape in (one, other) for key in (name, f"{name}?") if key in shape])
        }
    if isinstance(one, list) and isinstance(other, list):
        return [_both(one[0], other[0])] if one and other else one or other
    if {one, other} == {"integer", "number"} if isinstance(one, str) and isinstance(other, str) else False:
        return "number"
    return other if one == "null" else one


def differences(known: Shape, seen: Shape, at: str = "") -> Iterator[str]:
    """What a seen shape has that the known one has not, and what it lacks, each with its place."""
    if "null" in (known, seen) or known == [] or seen == []:
        return
    if isinstance(known, dict) and isinstance(seen, dict):
        names = {name.rstrip("?"): name for name in known}
        for name in sorted(seen):
            if (bare := name.rstrip("?")) not in names:
                yield f"{at}.{bare} is invented"
            else:
                yield from differences(known[names[bare]], seen[name], f"{at}.{bare}")
        for name in known:
            if not name.endswith("?") and name not in seen:
                yield f"{at}.{name} is not there"
    elif isinstance(known, list) and isinstance(seen, list):
        yield from differences(known[0], seen[0], f"{at}[]")
    elif known != seen and {known, seen} != {"integer", "number"} if isinstance(known, str) else True:
        yield f"{at} is {seen if isinstance(seen, str) else 'of another form'}, not {known}"
