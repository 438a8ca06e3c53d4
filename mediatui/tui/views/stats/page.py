"""A page of pieces of text, some of which can be gone to and opened: what stands where, and what is next to what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from rich.cells import cell_len

Direction = Literal["up", "down", "left", "right"]
Part = tuple[str, str]
"""A text and what it means (``tui.theme.MEANINGS``; empty: nothing in particular)."""
GAP: Final = 3
"""Cells between two columns of blocks."""
NEAR: Final = 12
"""Where nothing is level with an item, what is so many lines higher or lower is beside it too."""


@dataclass(frozen=True, slots=True)
class Opens:
    """What enter does on an item: it lists a ``query``, goes to a ``view``, or does an ``action`` of the app."""

    query: str = ""
    view: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text on one line, from a cell on; ``item`` is the number of the item it belongs to, -1 for none."""

    x: int
    text: str
    meaning: str = ""
    item: int = -1


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be gone to: its name, which stays the same when figures change, what enter does, its place,
    and a note that its block shows while the cursor is on it."""

    name: str
    opens: Opens
    x: int
    y: int
    width: int
    height: int = 1
    note: tuple[Part, ...] = ()
    note_line: int = -1
    section: int = 0

    @property
    def right(self) -> int:
        """The first cell behind it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first line below it."""
        return self.y + self.height


@dataclass(slots=True)
class Block:
    """Lines of a given width that stay together, and the items on them."""

    width: int
    lines: list[list[Piece]] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    def line(self, *parts: Part, name: str = "", opens: Opens | None = None, x: int = 0) -> None:
        """Adds a line of parts; with ``opens`` all of it is an item."""
        item = -1
        if opens is not None:
            item = len(self.items)
            self.items.append(Item(name, opens, 0, len(self.lines), self.width))
        pieces: list[Piece] = []
        for text, meaning in parts:
            pieces.append(Piece(x, text, meaning, item))
            x += cell_len(text)
        self.lines.append(pieces)

    def ends(self, left: Sequence[Part], right: Sequence[Part]) -> list[Part]:
        """Parts at both ends of a line."""
        room = self.width - sum(cell_len(text) for text, _ in (*left, *right))
        return [*left, (" " * max(1, room), ""), *right]


@dataclass(frozen=True, slots=True)
class Page:
    """Pieces by line, from left to right, and the items among them."""

    width: int
    lines: tuple[tuple[Piece, ...], ...]
    items: tuple[Item, ...]

    def item_at(self, x: int, y: int) -> int | None:
        """The number of the item at a cell."""
        found = (
            number for number, item in enumerate(self.items) if item.x <= x < item.right and item.y <= y < item.bottom
        )
        return next(found, None)

    def named(self, name: str) -> int | None:
        """The number of the item of that name."""
        return next((number for number, item in enumerate(self.items) if item.name == name), None)

    def next_to(self, number: int, direction: Direction, goal: int) -> int | None:
        """The item one comes to from another; going up and down keeps to the cell ``goal`` where that can be."""
        here = self.items[number]
        others = [(at, item) for at, item in enumerate(self.items) if at != number]
        if direction in ("up", "down"):
            down = direction == "down"
            ahead = [(at, item) for at, item in others if (item.y >= here.bottom if down else item.bottom <= here.y)]
            same = [(at, item) for at, item in ahead if item.x <= goal < item.right]
            ahead = same or ahead
            return min(
                ahead, key=lambda one: (abs(one[1].y - here.y), _away(one[1], goal), one[1].x), default=(None, here)
            )[0]
        right = direction == "right"
        beside = [(at, item) for at, item in others if (item.x >= here.right if right else item.right <= here.x)]
        level = [(at, item) for at, item in beside if item.y < here.bottom and here.y < item.bottom]
        if level:
            return min(level, key=lambda one: (abs(one[1].x - here.x), one[1].y))[0]
        near = [(at, item) for at, item in beside if abs(item.y - here.y) <= NEAR]
        return min(near, key=lambda one: (abs(one[1].y - here.y), abs(one[1].x - here.x)), default=(None, here))[0]

    def in_section(self, number: int, by: int) -> int:
        """The first item of the section so many further on."""
        sections = list(dict.fromkeys(item.section for item in self.items))
        at = sections.index(self.items[number].section)
        wanted = sections[(at + by) % len(sections)]
        return next(at for at, item in enumerate(self.items) if item.section == wanted)


def _away(item: Item, x: int) -> int:
    return max(0, item.x - x, x - item.right + 1)


class Sheet:
    """A page being laid out."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._lines: list[list[Piece]] = []
        self._items: list[Item] = []
        self._section = 0

    @property
    def height(self) -> int:
        """How many lines it has so far."""
        return len(self._lines)

    def place(self, block: Block, x: int, y: int) -> None:
        """Puts a block somewhere."""
        first = len(self._items)
        self._items += [
            replace(
                item, x=item.x + x, y=item.y + y, section=self._section,
                note_line=-1 if item.note_line < 0 else item.note_line + y,
            )
            for item in block.items
        ]  # fmt: skip
        self._section += 1
        while len(self._lines) < y + len(block.lines):
            self._lines.append([])
        for at, pieces in enumerate(block.lines, y):
            self._lines[at] += [
                replace(piece, x=piece.x + x, item=piece.item if piece.item < 0 else piece.item + first)
                for piece in pieces
            ]

    def page(self) -> Page:
        """What was laid out."""
        lines = tuple(tuple(sorted(line, key=lambda piece: piece.x)) for line in self._lines)
        return Page(self._width, lines, tuple(self._items))
