"""The changes of a plan as a tree, before and after: rows made from the lines that are seen."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Mapping, Sequence

from mediatui.model.plan import Step, library_changes
from mediatui.model.text import printable
from mediatui.model.tree_diff import ChangeKind, DiffLine, TreeDiff, tree_diff
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.rows import Row

COLUMNS: tuple[AnyColumn, ...] = (Column("Before and after", cut="name", least=30), Column("Change", stays=True))
WORDS: Mapping[ChangeKind | None, tuple[str, str]] = {
    None: ("", "quiet"),
    "remove": ("- remove", "broken"),
    "add": ("+ add", "ok"),
    "move": ("→ move", "attention"),
    "relink": ("~ relink", "working"),
}
ARRIVES = ("+ move", "ok")
"""What is said where something is moved to."""
TOTALS: Mapping[ChangeKind, str] = {"relink": "relinked", "move": "moved", "remove": "removed", "add": "added"}


def make_tree(steps: Sequence[Step]) -> TreeDiff:
    """The tree of what steps change in the library; for a thread, it may take a second for a hundred thousand."""
    return tree_diff(library_changes(steps))


def word_of(line: DiffLine) -> tuple[str, str]:
    """What is done, with its sign, and the tone of it."""
    return ARRIVES if line.kind == "move" and line.sign == "+" else WORDS[line.kind]


def totals_of(tree: TreeDiff) -> str:
    """How many changes of each kind there are."""
    return ", ".join(f"{tree.totals[kind]:,} {word}" for kind, word in TOTALS.items() if tree.totals.get(kind))


def guides_of(depths: Sequence[int]) -> array[int]:
    """For each line of a tree the depths, as bits, at which something follows below what it is in: there a guide goes
    on, elsewhere it ends. (Lines deeper than 60 folders are drawn as if nothing followed.)"""
    found = array("q", bytes(8 * len(depths)))
    following = 0
    for at in range(len(depths) - 1, -1, -1):
        depth = min(depths[at], 60)
        found[at] = following & ((2 << depth) - 1)
        following = following & ((1 << depth) - 1) | 1 << depth
    return found


def guide(depth: int, following: int) -> str:
    """The lines drawn before a text so deep."""
    trunks = ("│  " if following >> level & 1 else "   " for level in range(depth))
    return "".join(trunks) + ("├─ " if following >> depth & 1 else "└─ ")


def tree_lines(tree: TreeDiff, most: int) -> Iterable[tuple[str, str]]:
    """The first lines of a tree as texts, each with its sign, and the tone of it."""
    guides = guides_of(tree.depths)
    for at, line in enumerate(tree[:most]):
        word, tone = word_of(line)
        yield f"{guide(line.depth, guides[at])}{word[:1]}{' ' * bool(word)}{printable(line.text)}", tone


def shortened(text: str, folders: Sequence[bytes]) -> str:
    """A text with the paths in it from the folders on: what is above a root or a mount is common to all in it."""
    for folder in folders:
        text = text.replace(f"{os.fsdecode(folder)}/", "")
    return text


class TreeRows:
    """A RowSource over a TreeDiff: its lines are made when they are drawn."""

    def __init__(self) -> None:
        self.take(tree_diff(()), ())

    def take(self, tree: TreeDiff, folders: Sequence[bytes]) -> None:
        """Another tree from now on; the list has to be notified (``RowList.source_changed``). Targets are shown from
        these folders on."""
        self._tree, self._folders = tree, folders
        self._guides = guides_of(tree.depths)

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self._tree)

    def row(self, position: int) -> Row | None:
        """The line at a position."""
        if not 0 <= position < len(self._tree):
            return None
        line = self._tree[position]
        word, tone = word_of(line)
        text = guide(line.depth, self._guides[position]) + printable(shortened(line.text, self._folders))
        return Row(position, (text, word), tone)

    def key_at(self, position: int) -> int | None:
        """The key at a position: the position itself."""
        return position if 0 <= position < len(self._tree) else None

    def position_of(self, key: int) -> int | None:
        """The position of a key."""
        return self.key_at(key)

    def keys(self) -> Iterable[int]:
        """Every key, in order."""
        return range(len(self._tree))
