"""Charts of characters: bars, columns and curves, each drawn once, as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_DOTS: Final = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
"""The bits of the dots of a braille sign: left and right, each from the bottom up."""
_BRAILLE: Final = 0x2800


def bar(value: float, largest: float, width: int) -> str:
    """A line of at most ``width`` cells, to half a cell; any value above 0 is at least half a cell long."""
    if largest <= 0 or value <= 0 or width <= 0:
        return ""
    halves = max(1, round(2 * width * min(1.0, value / largest)))
    return "━" * (halves // 2) + "╸" * (halves % 2)


def columns(values: Sequence[float], height: int, largest: float | None = None) -> list[str]:
    """Columns of one cell each, in eighths of a cell, as ``height`` lines from the top; any value above 0 is seen."""
    largest = max(values, default=0) if largest is None else largest
    eighths = [max(1, round(value / largest * height * 8)) if largest > 0 and value > 0 else 0 for value in values]
    return ["".join(BLOCKS[max(0, min(8, one - row * 8))] for one in eighths) for row in range(height - 1, -1, -1)]


def area(values: Sequence[float], width: int, height: int) -> list[str]:
    """The area below a curve through ``values``, in dots (two a cell across, four up), as ``height`` lines of ``width``
    cells from the top."""
    largest = max(values, default=0)
    if largest <= 0 or width <= 0:
        return [" " * width] * height
    dots = [max(1, round(_at(values, at / max(1, 2 * width - 1)) / largest * 4 * height)) for at in range(2 * width)]
    lines: list[str] = []
    for row in range(height - 1, -1, -1):
        cells = (
            sum(
                _DOTS[side][dot]
                for side in (0, 1)
                for dot in range(4)
                if dots[2 * at + side] > 4 * row + dot
            )
            for at in range(width)
        )  # fmt: skip
        lines.append("".join(chr(_BRAILLE + cell) if cell else " " for cell in cells))
    return lines


def _at(values: Sequence[float], share: float) -> float:
    """The value so far along the curve, from 0 to 1, between its points on a straight line."""
    place = share * (len(values) - 1)
    before = int(place)
    after = min(before + 1, len(values) - 1)
    return values[before] + (values[after] - values[before]) * (place - before)
