"""Rows of things that are being worked on."""

from __future__ import annotations

from mediatui.tui.widgets.fixed_rows import WorkedRows
from mediatui.tui.widgets.rows import Row


def test_a_row_says_what_is_done_with_it_as_long_as_that_lasts() -> None:
    working = {1: "removing"}
    rows = WorkedRows(lambda key: working.get(key, ""))
    rows.take([Row(1, ("a", "✗ broken"), "broken"), Row(2, ("b", "✗ broken"), "broken")])
    assert rows.row(0) == Row(1, ("a", "… removing"), "working")
    assert rows.row(1) == Row(2, ("b", "✗ broken"), "broken")
    working.clear()
    assert rows.row(0) == Row(1, ("a", "✗ broken"), "broken")
    assert rows.row(2) is None
