"""Which columns a list shows and how wide they are: by what its rows hold."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from mediatui.commands.columns import shown_on_screen
from mediatui.commands.finding_columns import FINDING_COLUMNS
from mediatui.commands.journal_columns import JOURNAL_COLUMNS
from mediatui.commands.problem_columns import PROBLEM_COLUMNS
from mediatui.commands.step_columns import STEP_COLUMNS
from mediatui.commands.torrent_columns import TORRENT_COLUMNS
from mediatui.library.maintenance.tools import TOOLS
from mediatui.model.text import printable
from mediatui.tui.views.changes.plan import STATES
from mediatui.tui.views.symlinks.links import LINKS, SIGNS
from mediatui.tui.widgets.columns import AnyColumn, Column, Layout, Seen, fit, join
from tests.worlds.any_text import any_text

COLUMNS: tuple[AnyColumn, ...] = (
    Column("Name", cut="name", least=20),
    Column("Size", right=True, rank=1),
    Column("Files", right=True, rank=3, spare=True),
    Column("Why", cut="end", least=10, rank=2, spare=True),
    Column("Status"),
)
EPISODES = [f"Station.Eleven.S01E{number:02}.1080p.WEBRip.x265-PSA" for number in range(9)]
ROWS = [(name, f"{number}.0 GB", f"{number}", f"reason {number}", "ok") for number, name in enumerate(EPISODES)]


def layout_of(columns: Sequence[AnyColumn], rows: Sequence[Sequence[str]], width: int) -> Layout:
    seen = Seen(columns)
    for row in rows:
        seen.add(row)
    return seen.lay_out(width)


def titles(columns: Sequence[AnyColumn], layout: Layout) -> list[str]:
    return [columns[at].title for at in layout.indexes]


def test_columns_that_say_nothing_are_left_out() -> None:
    rows = [(*row[:2], "", *row[3:]) for row in ROWS]
    assert titles(COLUMNS, layout_of(COLUMNS, rows, 120)) == ["Name", "Size", "Why"]  # no files, all ok
    assert titles(COLUMNS, layout_of(COLUMNS, rows[:2], 120)) == ["Name", "Size", "Why", "Status"]  # two may agree
    assert titles(COLUMNS, layout_of(COLUMNS, [*rows, (*rows[0][:4], "virus")], 120)) == [
        "Name",
        "Size",
        "Why",
        "Status",
    ]


def test_the_name_stops_at_its_longest_and_comes_first() -> None:
    assert layout_of(COLUMNS, ROWS, 200).widths == (len(EPISODES[0]), 6, 5, 8)
    assert titles(COLUMNS, layout_of(COLUMNS, ROWS, 60)) == ["Name", "Size"]  # spare ones go before it is cut
    assert layout_of(COLUMNS, ROWS, 40).widths == (32, 6)


def test_the_column_that_rows_are_sorted_by_stays_as_long_as_it_can() -> None:
    seen = Seen(COLUMNS)
    for row in ROWS:
        seen.add((*row[:2], "7", *row[3:]))
    assert titles(COLUMNS, seen.lay_out(60)) == ["Name", "Size"]
    assert titles(COLUMNS, seen.lay_out(60, "Files")) == ["Name", "Size", "Files"]
    assert titles(COLUMNS, seen.lay_out(29, "Files")) == ["Name", "Files"]


def test_a_column_that_keeps_its_rank_goes_no_sooner_because_all_rows_are_alike() -> None:
    keeps, stays = ((*COLUMNS[:4], Column("Here", rank=1, **how)) for how in ({"keeps": True}, {"stays": True}))
    assert titles(keeps, layout_of(keeps, ROWS, 60)) == ["Name", "Size", "Here"]
    assert titles(stays, layout_of(stays, ROWS, 60)) == ["Name", "Size"]


def test_what_every_row_begins_with_is_known_to_the_word() -> None:
    assert layout_of(COLUMNS, ROWS, 40).shared == (len("Station.Eleven."), 0)
    paths: tuple[AnyColumn, ...] = (Column("Link", cut="path"),)
    rows = [(f"/library/Shows/Dark/Dark S01E0{number}.mkv",) for number in range(4)]
    assert layout_of(paths, rows, 30).shared == (len("/library/Shows/Dark/"),)
    assert join(rows[0], paths, layout_of(paths, rows, 22)) == ["…/Dark S01E00.mkv"]
    assert join(rows[0], paths, layout_of(paths, rows, 200)) == [rows[0][0]]
    rows.append(("/library/Shows/Dark/Season 01/A very long name.mkv",))
    assert join(rows[0], paths, layout_of(paths, rows, 40)) == ["…/Dark S01E00.mkv".ljust(32)]  # all or none


@given(
    st.lists(st.tuples(*[any_text(max_size=40).map(lambda text: printable(text, empty=""))] * 5), max_size=8),
    st.integers(1, 250),
)
def test_no_column_is_wider_than_what_it_holds_and_no_line_than_the_list(
    rows: list[tuple[str, ...]], width: int
) -> None:
    layout = layout_of(COLUMNS, rows, width)
    for at, cells in zip(layout.indexes, layout.widths, strict=True):
        assert cells <= max(len(COLUMNS[at].title), *(cell_len(row[at]) for row in rows), 0)
    assert 0 in layout.indexes
    ranks = [COLUMNS[at].rank for at in layout.indexes]
    assert layout.width <= width or (not any(ranks) and layout.widths[0] == 1)
    for row in rows:
        assert [cell_len(text) for text in join(row, COLUMNS, layout)] == list(layout.widths)


STATUSES = {
    "torrents": (TORRENT_COLUMNS, ["? needs selection", "! likely blocked", "↓ downloading", "✓ ok", "! magnet error"]),
    "problems": (PROBLEM_COLUMNS, ["the service flagged it as a virus"]),
    "links": (LINKS, [word for word, _ in SIGNS.values()]),
    "findings": (FINDING_COLUMNS, [f"→ {name}" for tool in TOOLS.values() for name in tool.categories]),
    "steps": (STEP_COLUMNS, [word for word, _ in STATES.values()]),
    "journal": (JOURNAL_COLUMNS, ["cancelled, 12,345 left", "partly taken back", "running"]),
}


@pytest.mark.parametrize("name", STATUSES)
def test_no_status_is_ever_cut_at_80(name: str) -> None:
    declared, words = STATUSES[name]
    columns = declared if name == "links" else shown_on_screen(declared)
    sizes = ["999.9 GB", "1.0 kB"]
    rows = []
    for number, word in enumerate(words * 2):
        cells = [f"A long text that needs more room than there is, number {number}, and more" for _ in columns]
        for at, column in enumerate(columns):
            if column.cut == "never":
                cells[at] = word if at == len(columns) - 1 else sizes[number % 2]
        rows.append(cells)
    layout = layout_of(columns, rows, 78)
    assert columns[-1].cut != "never" or len(columns) - 1 in layout.indexes
    for row in rows:
        for at, text in zip(layout.indexes, join(row, columns, layout), strict=True):
            assert columns[at].cut != "never" or text.strip() == row[at]


@given(any_text(max_size=60), st.integers(1, 40), st.booleans(), st.sampled_from(["never", "end", "name", "path"]))
def test_a_cell_is_exactly_as_wide_as_its_column(text: str, width: int, right: bool, cut: str) -> None:
    assert cell_len(fit(printable(text, empty=""), width, cut, right)) == width  # type: ignore[arg-type]
