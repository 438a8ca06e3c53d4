"""Tables of headless commands: aligned, fitted to the terminal, streamed."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from mediatui.commands.columns import Column
from mediatui.commands.table import MEASURED_ROWS, NARROWEST, write_table
from mediatui.model.cells import cell_width, cut_middle
from tests.worlds.any_text import any_text

COLUMNS: tuple[Column[tuple[str, str, str]], ...] = (
    Column("Name", headless=lambda row: row[0], cut="name"),
    Column("Size", headless=lambda row: row[1], right=True),
    Column("Status", headless=lambda row: row[2]),
)


def written(rows: list[tuple[str, str, str]], width: int | None) -> list[str]:
    lines: list[str] = []
    assert write_table(lines.append, COLUMNS, rows, width) == len(rows)
    return lines


def test_columns_line_up_also_with_wide_characters() -> None:
    lines = written([("千と千尋", "61.0 GB", "ok"), ("a", "5 B", "dead")], None)
    assert lines == ["Name         Size  Status", "千と千尋  61.0 GB  ok", "a             5 B  dead"]


def test_only_the_elastic_column_gives_way_to_the_terminal() -> None:
    lines = written([("Foundation.S01.MULTi.1080p.ATVP.WEB-DL", "45.5 GB", "downloaded")], 50)
    assert all(cell_width(line) <= 50 for line in lines)
    assert "…" in lines[1]
    assert lines[1].endswith("45.5 GB  downloaded")


def test_without_a_terminal_nothing_is_cut() -> None:
    name = "x" * 300
    assert name in written([(name, "1", "ok")], None)[1]


def test_on_a_tiny_terminal_a_name_keeps_a_readable_rest() -> None:
    assert NARROWEST <= len(written([("x" * 300, "1", "ok")], 5)[1]) < 40


def test_a_table_without_rows_is_nothing() -> None:
    assert written([], 80) == []


def test_escape_codes_in_a_cell_do_not_reach_the_line() -> None:
    assert written([("a\x1b[31m\nb", "1", "ok")], None)[1] == "a[31m b     1  ok"


def test_rows_are_written_as_they_come_once_the_widths_are_known() -> None:
    lines: list[str] = []
    seen: list[int] = []

    def rows() -> Iterator[tuple[str, str, str]]:
        for number in range(MEASURED_ROWS + 50):
            seen.append(len(lines))
            yield str(number), "1", "ok"

    assert write_table(lines.append, COLUMNS, rows(), None) == MEASURED_ROWS + 50
    assert seen[MEASURED_ROWS - 1] == 0
    assert seen[MEASURED_ROWS + 1] == MEASURED_ROWS + 2


@given(any_text(without="…", max_size=60), st.integers(0, 40))
def test_cut_text_always_fits_and_keeps_both_ends(text: str, cells: int) -> None:
    cut = cut_middle(text, cells)
    assert cell_width(cut) <= cells
    if cut != text and cells > 1:
        head, _, tail = cut.partition("…")
        assert text.startswith(head)
        assert text.endswith(tail)
