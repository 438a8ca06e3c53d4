"""Which fields of an answer a fake sends and a client reads, to hold both to one table.

A place is written ``data[].name``: ``[]`` is each element of a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Shape = Mapping[str, tuple[type, ...]]
"""The fields of an answer and their types."""


class WatchedFields(dict[str, Any]):
    """An object of an answer that notes which of its fields are read."""

    def __init__(self, value: Mapping[str, Any], place: str, read: set[str]) -> None:
        super().__init__({name: watch_fields(one, f"{place}{name}", read) for name, one in value.items()})
        self._place, self._read = place, read

    def get(self, name: str, default: Any = None) -> Any:  # type: ignore[override]
        self._read.add(f"{self._place}{name}")
        return super().get(name, default)

    def items(self) -> Any:
        self._read.add(f"{self._place}*")
        return super().items()


def watch_fields(value: Any, place: str, read: set[str]) -> Any:
    """An answer that adds the places which are read of it to ``read``."""
    if isinstance(value, dict):
        return WatchedFields(value, f"{place}." if place else "", read)
    if isinstance(value, list):
        return [watch_fields(one, f"{place}[]", read) for one in value]
    return value


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, type]]:
    """The fields of an answer and the types of their values; empty lists and objects have none."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, f"{place}.{name}".lstrip("."))
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, f"{place}[]")
    else:
        yield place, type(value)


def is_within(field: str, shape: set[str]) -> bool:
    """Whether a field is in a shape, or is an object or a list that has fields there."""
    return field in shape or any(one.startswith((f"{field}.", f"{field}[]")) for one in shape)
