"""What a row list shows: a row, and where rows come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Row:
    """A row to draw: its key, one text a column, and what it says in its last column of how it is (``tone``: ok,
    working, attention, broken, quiet, or nothing); ``also`` are other columns, by number, with what they say. A
    ``heading`` is drawn as one; where rows can be marked its key is negative. The list makes the texts safe for a
    terminal."""

    key: int
    cells: tuple[str, ...]
    tone: str = ""
    heading: bool = False
    also: tuple[tuple[int, str], ...] = ()


def worked_on(row: Row, doing: str) -> Row:
    """A row that says in its last column what is being done with it; as it is when that is empty."""
    return replace(row, cells=(*row.cells[:-1], f"… {doing}"), tone="working") if doing else row


class RowSource(Protocol):
    """Where rows come from. All calls are made on the event loop and must be fast.

    Rows may change at any time; ``RowList.source_changed`` then has to be called.
    """

    @property
    def count(self) -> int:
        """How many rows there are."""
        ...

    def row(self, position: int) -> Row | None:
        """The row at a position from 0; None when it is not there."""
        ...

    def key_at(self, position: int) -> int | None:
        """The key at a position."""
        ...

    def position_of(self, key: int) -> int | None:
        """The position of a key; None when it is not among the rows."""
        ...

    def keys(self) -> Iterable[int]:
        """Every key, in order."""
        ...
