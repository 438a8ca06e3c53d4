"""Names cut to a width: what tells them apart stays, and the width is kept."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.model.cells import cell_width
from mediatui.names.landmarks import landmarks
from mediatui.names.shortened import shorten, shorten_path
from tests.worlds.any_text import any_text

EPISODE = "Station.Eleven.MiniSerie.S01E03.MULTi.1080p.WEBRip.x265-PSA"
WORDS = st.sampled_from(["Station", "Eleven", "千と千尋の神隠し", "Les", "Été", "of", "A", "1917", "하늘", "x" * 30])
NUMBERS = st.sampled_from(["S01E03", "S01E03E04", "S02", "1x07", "2001", "Saison 2", "S01-S03", "2024.03.09"])
TAGS = st.lists(st.sampled_from(["MULTi", "FRENCH", "WEB-DL", "DDP5.1", "REMUX", "HDR10", "H264"]), max_size=5)
RESOLUTION = st.sampled_from(["1080p", "720p", "2160p", "4K", "576i"])


@st.composite
def releases(draw: st.DrawFn) -> tuple[str, str, str]:
    """A name, what numbers it, and its resolution."""
    title = ".".join(draw(st.lists(WORDS, min_size=1, max_size=6)))
    number, resolution = draw(NUMBERS), draw(RESOLUTION)
    parts = [title, number, *draw(TAGS), resolution, *draw(TAGS)]
    ending = draw(st.sampled_from(["-PSA", ".mkv", "-a.very.long.group.name", ""]))
    return unicodedata.normalize("NFC", ".".join(parts) + ending), number, resolution


@given(releases(), st.integers(0, 120), st.integers(0, 40))
def test_a_cut_name_keeps_what_tells_it_apart(release: tuple[str, str, str], cells: int, shared: int) -> None:
    name, number, resolution = release
    cut = shorten(name, cells, shared)
    assert cell_width(cut) <= cells
    assert cut == name or "…" in cut or not cells
    marks = {name[start:end] for start, end in landmarks(name)[:2]}
    if marks == {number, resolution} and cells >= len(number) + len(resolution) + 3:
        assert number in cut
        assert resolution in cut


@given(any_text(max_size=300), st.integers(0, 90), st.integers(0, 300))
def test_whatever_a_name_holds_it_is_as_narrow_as_asked(name: str, cells: int, shared: int) -> None:
    assert cell_width(shorten(name, cells, shared)) <= cells
    assert cell_width(shorten_path(name, cells, min(shared, len(name)))) <= cells


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        (EPISODE, ["S01E03", "1080p"]),
        ("Show.Name.2019.S01E02.720p.WEB-GRP", ["S01E02", "720p", "2019"]),
        ("Foundation.S02.MULTi.1080p.WEB.H264-FW", ["S02", "1080p"]),
        ("Les.Enfants.du.Rivage.1978.FRENCH.720p.HDTV", ["1978", "720p"]),
        ("2012.2009.1080p.BluRay", ["2009", "1080p"]),
        ("[Group] Some Show - 133 [1080p].mkv", ["133", "1080p"]),
        ("The.Show.2024.03.09.1080p.WEB", ["2024.03.09", "1080p"]),
        ("The Office - Saison 2 FRENCH", ["Saison 2"]),
        ("Show.S01-S03.COMPLETE.2160p", ["S01-S03", "2160p"]),
        ("no numbers at all", []),
    ],
)
def test_what_tells_a_name_apart(name: str, marks: list[str]) -> None:
    assert [name[start:end] for start, end in landmarks(name)] == marks


@pytest.mark.parametrize(
    ("cells", "cut"),
    [
        (59, EPISODE),
        (48, "Station.Eleven.MiniSerie.S01E03.MULTi.1080p…-PSA"),
        (31, "Station.Eleve…S01E03…1080p…-PSA"),
        (16, "St…S01E03…1080p…"),
    ],
)
def test_the_name_is_cut_where_it_says_least(cells: int, cut: str) -> None:
    assert shorten(EPISODE, cells) == cut


def test_a_beginning_that_all_share_gives_way_first() -> None:
    assert shorten(EPISODE, 45, len("Station.Eleven.MiniSerie.")) == "Station.…S01E03.MULTi.1080p.WEBRip.x265-PSA"
    assert shorten(EPISODE, 80, len("Station.Eleven.MiniSerie.")) == EPISODE


def test_of_a_path_the_file_stays_and_its_folders_give_way() -> None:
    path = "Animes/Deep Archive (2019)/Season 02/Deep Archive - S02E01 - Sans retour.mkv"
    assert shorten_path(path, 42) == "…/Deep Archive - S02E01 - Sans retour.mkv"
    assert shorten_path(path, 70) == "…/Deep Archive - S02E01 - Sans retour.mkv"
    assert (
        shorten_path("Animes/Deep Archive/Season 02/Sans retour.mkv", 40) == "…/Deep Archive/Season 02/Sans retour.mkv"
    )
    assert shorten_path(path, 76, len("Animes/")) == path
    assert (
        shorten_path(path, 71, len("Animes/"))
        == "…/Deep Archive (2019)/Season 02/Deep Archive - S02E01 - Sans retour.mkv"
    )
    assert "S02E01" in shorten_path(path, 20)


def test_the_indent_of_a_tree_stays() -> None:
    assert shorten("    " + EPISODE, 48).startswith("    Station.")
