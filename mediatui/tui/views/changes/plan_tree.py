"""The changes of a plan as a tree, before and after: rows made from the lines that are seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mediatui.model.plan import Step, library_changes
from mediatui.model.text import printable
from mediatui.model.tree_diff import ChangeKind, DiffLine, TreeDiff, tree_diff
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.rows import Row

COLUMNS: tuple[AnyColumn, ...] = (Column("Before and after", cut="name", least=30), Column("Does", stays=True))
INDENT = "  "
WORDS: Mapping[str, tuple[str, str]] = {
    "": ("", "quiet"),
    "-": ("- goes", "broken"),
    "+": ("+ comes", "ok"),
    "→": ("→ moves", "attention"),
    "~": ("~ points", "working"),
}
TOTALS: Mapping[ChangeKind, str] = {"relink": "relinked", "move": "moved", "remove": "removed", "add": "made"}


def make_tree(steps: Sequence[Step]) -> TreeDiff:
    """The tree of what steps change in the library; for a thread, it may take a second for a hundred thousand."""
    return tree_diff(library_changes(steps))


def tree_line(line: DiffLine) -> str:
    """A line as text, its folders as indents, its sign before it."""
    return printable(f"{INDENT * line.depth}{f'{line.sign} ' if line.sign else ''}{line.text}")


def totals_of(tree: TreeDiff) -> str:
    """How many changes of each kind there are."""
    return ", ".join(f"{tree.totals[kind]:,} {word}" for kind, word in TOTALS.items() if tree.totals.get(kind))


class TreeRows:
    """A RowSource over a TreeDiff: its lines are made when they are drawn."""

    def __init__(self) -> None:
        self._tree = tree_diff(())

    def take(self, tree: TreeDiff) -> None:
        """Another tree from now on; the list has to be notified (``RowList.source_changed``)."""
        self._tree = tree

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self._tree)

    def row(self, position: int) -> Row | None:
        """The line at a position."""
        if not 0 <= position < len(self._tree):
            return None
        line = self._tree[position]
        word, tone = WORDS[line.sign]
        return Row(position, (INDENT * line.depth + printable(line.text), word), tone)

    def key_at(self, position: int) -> int | None:
        """The key at a position: the position itself."""
        return position if 0 <= position < len(self._tree) else None

    def position_of(self, key: int) -> int | None:
        """The position of a key."""
        return self.key_at(key)

    def keys(self) -> Iterable[int]:
        """Every key, in order."""
        return range(len(self._tree))
