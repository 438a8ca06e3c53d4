"""A row source for what is all there at once: problems, steps of a plan, files, batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mediatui.tui.widgets.rows import Row, worked_on


class FixedRows:
    """Rows as given; see RowSource."""

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self.take(rows)

    def take(self, rows: Sequence[Row]) -> None:
        """Other rows from now on; the list has to be notified (``RowList.source_changed``)."""
        self._rows = list(rows)
        self._positions = {row.key: position for position, row in enumerate(self._rows)}

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def row(self, position: int) -> Row | None:
        """The row at a position."""
        return self._rows[position] if 0 <= position < len(self._rows) else None

    def key_at(self, position: int) -> int | None:
        """The key at a position."""
        return self._rows[position].key if 0 <= position < len(self._rows) else None

    def position_of(self, key: int) -> int | None:
        """The position of a key."""
        return self._positions.get(key)

    def keys(self) -> Iterable[int]:
        """Every key, in order; those of headings are not marked."""
        return [row.key for row in self._rows if not row.heading]


class WorkedRows(FixedRows):
    """Rows of things that may be being worked on: ``doing`` says by key what is done with one, or nothing."""

    def __init__(self, doing: Callable[[int], str]) -> None:
        super().__init__()
        self._doing = doing

    def row(self, position: int) -> Row | None:
        """The row at a position, as it is now."""
        row = super().row(position)
        return None if row is None else worked_on(row, self._doing(row.key))
