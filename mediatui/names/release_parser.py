"""The parser of release names, shared by the modules that read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_SEASON_OF_A_YEAR = re.compile(r"(?<![^\W_])[sS]((?:19|20)[0-9]{2})(?![^\W_]|[ ._-]{0,3}[eE][0-9])")


def release_parser() -> Callable[[str], Mapping[str, object]]:
    """The parser of ``parsett``: from a name, never a path, to its parts (``title``, ``year``, ``seasons``, …), about
    0.7 ms a name. Imported only when it is needed: its rules take a tenth of a second to compile.

    Its time grows with the square of the length: cut long names first.
    """
    from PTT import parse_title  # type: ignore[import-untyped]  # the library ships no types

    def parse(name: str) -> Mapping[str, object]:
        found: Mapping[str, object] = parse_title(name)
        if (match := _SEASON_OF_A_YEAR.search(name)) is not None:  # taken apart by the library: S20E14
            return {**found, "seasons": [int(match[1])], "episodes": []}
        return found

    return parse


def part_text(value: object) -> str:
    """A part of a name as text, empty where there is none."""
    return "" if value is None else str(value).strip()


def part_numbers(value: object) -> tuple[int, ...]:
    """A part of a name as numbers, ascending, each once; empty where there is none."""
    numbers = value if isinstance(value, list) else []
    return tuple(sorted({number for number in numbers if isinstance(number, int)}))
