"""What lies in staging as a tree of two levels: the folder of each transfer, and what it holds."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mediatui.acquire.mount.staged import StagedItem
from mediatui.commands.columns import screen_cells, shown_on_screen
from mediatui.commands.staging_columns import STAGING_COLUMNS, ShownStaged
from mediatui.model.text import fold
from mediatui.model.transfer import Transfer
from mediatui.tui.widgets.rows import Row

COLUMNS: Final = shown_on_screen(STAGING_COLUMNS)
OPEN, SHUT, INSIDE = "▾ ", "▸ ", "    "
MOST_OPEN: Final = 30
"""Folders are open by themselves where no more than this lies in staging."""
CHIPS: Final = (("", "all"), ("going", "of transfers"), ("left", "left over"), ("nobody", "no transfer's"))
"""The names of the chips, and their words."""


@dataclass(frozen=True, slots=True)
class Node:
    """A row: its path, whether it is a folder, and what lies at it or below it."""

    path: bytes
    is_folder: bool
    items: Sequence[StagedItem]

    @property
    def owners(self) -> Sequence[Transfer]:
        """The transfers whose it is, in the order of their numbers."""
        found = {item.owner.id: item.owner for item in self.items if item.owner is not None}
        return [found[number] for number in sorted(found)]

    @property
    def is_strange(self) -> bool:
        """Whether some of it is no transfer's."""
        return any(item.owner is None for item in self.items)


def fits(item: StagedItem, chip: str, words: str) -> bool:
    """Whether something is listed under a chip and a filter of words."""
    owner = item.owner
    of_chip = {
        "going": owner is not None and owner.ended_at is None, "left": item.is_leftover, "nobody": owner is None,
    }.get(chip, True)  # fmt: skip
    text = fold(f"{item.below} {'' if owner is None else owner.name}")
    return of_chip and all(word in text for word in fold(words).split())


@dataclass(slots=True)
class StagingTree:
    """The rows of what lies in staging, each with a number that stays its own; folders can be shut."""

    nodes: dict[int, Node] = field(default_factory=dict)
    _numbers: dict[bytes, int] = field(default_factory=dict)
    _turned: set[bytes] = field(default_factory=set)

    def turn(self, path: bytes) -> None:
        """Opens a folder that is shut, or shuts it."""
        self._turned ^= {path}

    def rows(self, folder: bytes, items: Sequence[StagedItem], now: float) -> list[Row]:
        """The rows of these things, in the order of their paths."""
        groups: dict[bytes, list[StagedItem]] = {}
        for item in items:
            groups.setdefault(os.fsencode(item.below).partition(b"/")[0], []).append(item)
        self.nodes = {}
        opened = len(items) <= MOST_OPEN
        return [row for name, group in groups.items() for row in self._of_top(folder, name, group, opened, now)]

    def _of_top(
        self, folder: bytes, name: bytes, group: Sequence[StagedItem], opened: bool, now: float
    ) -> Iterator[Row]:
        path = os.path.join(folder, name)
        if len(group) == 1 and group[0].entry.path == path:
            yield self._row(Node(path, False, group), ShownStaged(os.fsdecode(name), group, now))
            return
        is_open = opened != (path in self._turned)
        shown = ShownStaged(f"{OPEN if is_open else SHUT}{os.fsdecode(name)}", group, now)
        yield self._row(Node(path, True, group), shown)
        if is_open:
            for item in group:
                below = os.fsdecode(item.entry.path[len(path) + 1 :])
                yield self._row(Node(item.entry.path, False, (item,)), ShownStaged(f"{INSIDE}{below}", (item,), now))

    def _row(self, node: Node, shown: ShownStaged) -> Row:
        number = self._numbers.setdefault(node.path, len(self._numbers) + 1)
        self.nodes[number] = node
        return Row(number, screen_cells(COLUMNS, shown), tone=_tone(node.items))

    def chosen(self, keys: Collection[int]) -> list[Node]:
        """The nodes of these rows; what lies in a folder that is chosen too is part of that."""
        found = [self.nodes[key] for key in keys if key in self.nodes]
        folders = {node.path for node in found if node.is_folder}
        return [node for node in found if node.is_folder or os.path.dirname(node.path) not in folders]


def _tone(items: Sequence[StagedItem]) -> str:
    return "attention" if any(item.is_leftover for item in items) else ""


def chip_counts(items: Sequence[StagedItem], words: str) -> Mapping[str, int]:
    """How many things each chip would list within a filter."""
    return {name: sum(fits(item, name, words) for item in items) for name, _ in CHIPS}
