"""The big table alone in an app, over made-up rows: ``python -m tests.bench.table_app 200000``."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from textual.app import ComposeResult

from mediatui.tui.colour_depth import ColouredApp
from mediatui.tui.terminal_input import calm_driver
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row

COLUMNS: tuple[AnyColumn, ...] = (
    Column("Name", cut="name", least=20, sort="name"),
    Column("Size", right=True, rank=1, sort="size"),
    Column("Files", right=True, rank=3),
    Column("Added", right=True, rank=2, sort="added"),
    Column("Status"),
)


class MadeUpRows:
    """Any number of rows, none of them kept."""

    def __init__(self, count: int) -> None:
        self.count = count

    def row(self, position: int) -> Row | None:
        """A row whose name and status follow from its position."""
        if not 0 <= position < self.count:
            return None
        name = f"Some.Show.S{position % 30:02}E{position % 20:02}.MULTi.1080p.WEB-DL.DDP5.1.H264-GROUP{position:06}"
        broken = position % 9 == 0
        word, tone = ("! partial", "attention") if broken else ("✓ ok", "ok")
        return Row(position + 1, (name, f"{position % 60}.4 GB", f"{position % 40}", "12 Nov", word), tone)

    def key_at(self, position: int) -> int | None:
        """Keys are positions from 1."""
        return position + 1 if 0 <= position < self.count else None

    def position_of(self, key: int) -> int | None:
        """The other way round."""
        return key - 1 if 0 < key <= self.count else None

    def keys(self) -> Iterable[int]:
        """Every key."""
        return range(1, self.count + 1)


class TableApp(ColouredApp):
    """Nothing but the table."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, count: int) -> None:
        super().__init__()
        self.driver_class = calm_driver(self.driver_class)
        self.animation_level = "none"
        self.rows = MadeUpRows(count)

    def compose(self) -> ComposeResult:
        yield RowList(COLUMNS, self.rows, id="rows")

    def on_mount(self) -> None:
        self.query_one(RowList).focus()


if __name__ == "__main__":
    TableApp(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000).run()
