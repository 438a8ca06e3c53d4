"""``a`` marks rows, never the headings between them."""

from __future__ import annotations

from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.rows import Row


def test_headings_have_no_key_to_mark() -> None:
    rows = FixedRows([Row(-1, ("Repair",), heading=True), Row(1, ("one",)), Row(-2, ("Cleanup",), heading=True)])
    assert list(rows.keys()) == [1]
    assert (rows.count, rows.key_at(0), rows.position_of(-2)) == (3, -1, 2)
