"""The line of tabs: which fit, and where they stand."""

from __future__ import annotations

import pytest

from mediatui.tui.switcher import TABS
from mediatui.tui.widgets.tabs import fit_tabs, short_number

COUNTS = {"problems": 121, "symlinks": 84}
FEW = tuple(tab for tab in TABS if tab.name not in ("search", "transfers"))


def test_tabs_that_fit_eighty_cells_stay_where_they_are() -> None:
    rows = {fit_tabs(FEW, COUNTS, tab.name, 80) for tab in FEW}
    assert len(rows) == 1
    (row,) = rows
    assert "  ".join(row.texts) == "1 Torrents  2 Problems 121  3 Stats  4 Links 84  5 Tidy  6 Journal  0 Log  ,  ?"
    assert (row.gap, row.more) == (2, False)
    many = fit_tabs(FEW, {"problems": 12_345, "symlinks": 104_233}, "torrents", 80)
    assert " ".join(many.texts[1:4:2]) == "2 Problems 12k 4 Links 104k"
    assert not many.more


@pytest.mark.parametrize("width", [30, 60, 80, 99])
def test_where_they_do_not_fit_the_row_scrolls_no_further_than_it_must(width: int) -> None:
    first = 0
    for tab in (*TABS, *reversed(TABS)):
        row = fit_tabs(TABS, COUNTS, tab.name, width, first)
        shown = [one.name for one in TABS[row.first : row.last]]
        assert tab.name in shown
        assert sum(len(text) + row.gap for text in row.texts[row.first : row.last]) <= width
        kept = fit_tabs(TABS, COUNTS, shown[0], width, row.first)
        assert kept == row, "a tab in sight moves nothing"
        first = row.first
    assert first == 0


def test_a_count_takes_four_characters_at_most() -> None:
    assert [*map(short_number, (0, 999, 1000, 1999, 9999, 10_000, 999_999, 3_000_000))] == [
        "0", "999", "1.0k", "1.9k", "9.9k", "10k", "999k", "3M",
    ]  # fmt: skip
