"""Lines of the detail pane in its width: broken where they part, files on one line each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from mediatui.model.text import printable
from mediatui.tui.widgets.pane_lines import Entry, PaneLine, fit_lines
from tests.worlds.any_text import any_text


def shown(lines: list[PaneLine], width: int) -> list[str]:
    return [line.plain for line in fit_lines(lines, width)]


def test_a_path_is_broken_behind_its_folders_and_stays_below_the_text() -> None:
    path = "/demo/library/Séries/Deep Archive (2009)/Saison 02/Deep Archive - S02E01.mkv"
    assert shown([Content(f"target    {path}")], 40) == [
        "target    /demo/library/Séries/Deep",
        "          Archive (2009)/Saison 02/Deep",
        "          Archive - S02E01.mkv",
    ]
    assert shown([Content("one line")], 40) == ["one line"]
    assert shown([Content("a sentence without a label is broken")], 20) == ["a sentence without a", "label is broken"]


def test_files_take_one_line_each_and_their_sizes_line_up() -> None:
    files: list[PaneLine] = [
        Entry("✓ ", "Station.Eleven.S01E01.1080p.WEBRip.x265-PSA.mkv", "2.1 GB", "4QPQ5LPIFMDC7"),
        Entry("· ", "sample.mkv", "10.5 MB"),
        Entry("▾ ", "Extras"),
    ]
    assert shown(files, 80) == [
        "✓ Station.Eleven.S01E01.1080p.WEBRip.x265-PSA.mkv   2.1 GB  4QPQ5LPIFMDC7",
        "· sample.mkv                                       10.5 MB",
        "▾ Extras",
    ]
    assert shown(files, 44) == [
        "✓ Station.Eleven.S01E01.1080p…A.mkv   2.1 GB",
        "· sample.mkv                         10.5 MB",
        "▾ Extras",
    ]


LINES = st.one_of(
    any_text(max_size=90).map(lambda text: Content(printable(text, empty=""))),
    st.builds(lambda name, size: Entry("✓ ", printable(name), size, "id"), any_text(max_size=90), st.just("1.0 GB")),
)


@given(st.lists(LINES, max_size=5), st.integers(20, 80))
def test_no_line_is_wider_than_the_pane(lines: list[PaneLine], width: int) -> None:
    assert all(cell_len(line) <= width for line in shown(lines, width))
