"""The statistics on screen: what is shown of the figures, where the keys go, and that each row opens what it counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.geometry import Region

from mediatui.archive.query.parse import parse
from mediatui.archive.stats import Statistics, collect_statistics
from mediatui.demo.seed import make_torrents
from mediatui.tui.views.stats.board import Board
from mediatui.tui.views.stats.charts import area, bar, columns
from mediatui.tui.views.stats.page import Page
from mediatui.tui.views.stats.sections import stats_page
from tests.worlds.archive import DAY, NOW, Archive
from tests.worlds.screen import Open, Screen, broken, well


def text(page: Page) -> str:
    """A page line by line."""
    lines = []
    for pieces in page.lines:
        line = ""
        for piece in pieces:
            line += " " * (piece.x - cell_len(line)) + piece.text
        lines.append(line.rstrip())
    return "\n".join(lines)


NAMES = (
    "Film.2019.FRENCH.1080p.WEB-DL.x264", "Show.S01.MULTi.2160p.BluRay.REMUX", "千と千尋の神隠し.2001.2160p.BluRay",
    "Old.DVDRip", "[b]bold[/b]\x1b[31m.720p.HDTV", "A.Name",
)  # fmt: skip


def filled(archive: Archive) -> Statistics:
    """The figures of an archive with some of everything."""
    for number in range(60):
        archive.add(
            NAMES[number % len(NAMES)], bytes=(number % 7 + 1) * 9 * 10**9, added_at=NOW - number * 40 * DAY,
            status="error" if number % 9 == 4 else "downloaded", gone_at=NOW - DAY if number == 50 else None,
            host="other.example" if number % 3 else "real-debrid.com", details_at=NOW,
            files=[(f"/a.{name}", 5) for name in ("mkv", "r00", "r01")],
        )  # fmt: skip
    for ago in (30, 4000, 80_000):
        request = {"at": NOW - ago, "service": "rd", "lane": "list", "what": "GET /torrents", "ms": 1200.0}
        archive.insert("requests", request | {"outcome": "slow-down" if ago == 30 else "ok"})
    return collect_statistics(archive.reader, NOW)


def test_a_page_fits_every_screen_and_each_row_opens_a_query(archive: Archive) -> None:
    figures = filled(archive)
    for width in (56, 77, 78, 100, 117, 140, 197):
        page = stats_page(figures, width, 40, 200)
        for pieces in page.lines:
            ends = [0, *(piece.x + cell_len(piece.text) for piece in pieces)]
            assert all(piece.x >= end for piece, end in zip(pieces, ends, strict=False))
            assert max(ends) <= width
        names = [item.name for item in page.items]
        assert len(names) == len(set(names))
        for item in page.items:
            assert 0 <= item.x < item.right <= width
            assert item.bottom <= len(page.lines)
            parse(item.opens.query)
    assert "\x1b" not in text(page)


def test_two_columns_stand_side_by_side_from_120(archive: Archive) -> None:
    figures = filled(archive)

    def beside(width: int) -> bool:
        return any(
            "Worth doing" in line and "Problems" in line
            for line in text(stats_page(figures, width, 40, 200)).splitlines()
        )

    assert (beside(77), beside(117)) == (False, True)


def test_what_says_nothing_is_left_out(archive: Archive) -> None:
    for number in range(12):
        archive.add("Film.1080p.WEB", added_at=NOW - number * 30 * DAY, files=[("/a.mkv", 5)])
    archive.add("Other.720p.WEB", files=[("/a.mkv", 5)])
    shown = text(stats_page(collect_statistics(archive.reader, NOW), 77, 24, 200))
    for heading in ("Source", "Language", "Hosts", "File types", "Requests", "Size"):
        assert f"\n{heading}" not in shown
    assert "\nProblems\nNone." in shown
    assert "1080p  ━" in shown

    for _ in range(11):
        archive.add("Other.720p.WEB")
    shown = text(stats_page(collect_statistics(archive.reader, NOW), 77, 24, 200))
    assert "1080p  " in shown
    assert "━" not in shown, "bars that are all alike"


def test_an_empty_archive_has_a_page(archive: Archive) -> None:
    shown = text(stats_page(collect_statistics(archive.reader, NOW), 77, 24, 200))
    assert "No sync has finished yet" in shown
    assert "0 torrents" in shown
    assert "Growth" not in shown


@given(value=st.floats(0, 1e15), largest=st.floats(0, 1e15), width=st.integers(-1, 60))
def test_a_bar_has_at_most_its_room_and_something_is_never_nothing(value: float, largest: float, width: int) -> None:
    drawn = bar(value, largest, width)
    assert len(drawn) <= max(0, width)
    assert bool(drawn) == (value > 0 and largest > 0 and width > 0)


def test_columns_and_areas_grow_with_their_values() -> None:
    assert columns([0, 1, 8, 16], 2) == ["   █", " ▁██"]
    assert columns([], 2) == ["", ""]
    assert columns([0, 0], 1) == ["  "]
    assert area([0, 4], 2, 1) == ["⣀⣾"]
    assert area([7, 7], 3, 2) == ["⣿⣿⣿", "⣿⣿⣿"]
    assert area([], 3, 2) == area([0], 3, 2) == ["   ", "   "]


def test_arrows_go_to_what_is_beside(archive: Archive) -> None:
    page = stats_page(filled(archive), 117, 40, 200)

    def go(start: str, *directions: str) -> str:
        at = page.named(start)
        assert at is not None
        goal = page.items[at].x + page.items[at].width // 2
        for direction in directions:
            found = page.next_to(at, direction, goal)  # type: ignore[arg-type]
            at = at if found is None else found
            goal = page.items[at].x + page.items[at].width // 2 if direction in ("left", "right") else goal
        return page.items[at].name

    assert go("card total", "right", "right", "left") == "card volume"
    assert go("card total", "left") == go("card total", "up") == "card total"
    assert go("card total", "down", "down", "up") == "card problems"
    months = [item.name for item in page.items if item.name.startswith("month")]
    assert go(months[0], "right") == months[1]
    assert go("card details", "down") in months
    assert go(months[0], "down").startswith("advice")
    first, second = "advice mediatui --headless sync", "share class:error"
    assert go(first, "right") == second
    assert go(second, "left") == first
    assert go(second, "left", "down", "right") == second
    assert page.items[page.in_section(page.named(first) or 0, 1)].name == second


# In the app


async def at_stats(screen: Screen) -> Board:
    await screen.press("3")
    await screen.until(lambda: "service errors" in screen.text())
    board = screen.app.screen.focused
    assert isinstance(board, Board)
    return board


async def test_cards_rows_and_months_open_what_they_count(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    account = well(4)
    account = [broken(account[0]), broken(account[1], "waiting_files_selection"), *account[2:]]
    other = make_torrents(40, now=account[0].added_at)[30]
    async with open_app([*account, other]) as screen:
        board = await at_stats(screen)
        await screen.press("l", "right", "j", "enter")
        await screen.until(lambda: "/status:problem -status:" in screen.text())

        await at_stats(screen)
        await screen.press("j", "h")
        assert board.item is not None
        assert board.item.name == "card library"
        await screen.press("enter")
        await screen.until(lambda: "No library is configured" in screen.text())

        await at_stats(screen)
        await screen.press("g", "tab", "l")
        assert board.item.name.startswith("month ")
        assert f"{board.item.name[6:]}  " in screen.line("Added by month"), "the month under the cursor"
        await screen.press("enter")
        await screen.until(lambda: f"/{board.item.name.replace('month ', 'added:')} " in screen.text())  # type: ignore[union-attr]

        await at_stats(screen)
        at = next(y for y, line in enumerate(screen.text().splitlines()) if "error   " in line)
        await screen.pilot.click(offset=(6, at))
        await screen.until(lambda: "/class:error 1 esc ✕" in screen.text())

        await at_stats(screen)
        await screen.press("g", "tab", "tab", "enter")
        await screen.until(lambda: "smart" in screen.text())  # what is worth doing first: asked before it begins
        await screen.press("escape", "j", "enter")
        await screen.until(lambda: "the service or the archive reports an error" in screen.text())


async def test_only_lines_that_changed_are_drawn_again(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Region] = []
    refresh = Board.refresh

    def note(board: Board, *regions: Region, **options: bool) -> Board:
        drawn.extend(regions)
        return refresh(board, *regions, **options)

    async with open_app(well(4), size=(120, 40)) as screen:
        board = await at_stats(screen)
        await screen.settle()
        monkeypatch.setattr(Board, "refresh", note)
        await screen.press("l")
        assert {region.y for region in drawn} == {1}
        drawn.clear()
        await screen.press("j")
        assert {region.y for region in drawn} == {1, 2}
        drawn.clear()
        await screen.app.view.reload()  # type: ignore[union-attr]
        assert drawn == []
        assert board.item is not None
        name = board.item.name

        await screen.press("s")
        await screen.press("enter")
        await screen.until(lambda: not screen.app.workspace.runner.running)
        await screen.until(lambda: "Requests" in screen.text())
        assert board.item.name == name
        assert 0 < len({region.y for region in drawn}) < 39


async def test_a_long_page_scrolls_to_the_row_one_goes_to(open_app: Open, tmp_path: Path) -> None:
    async with open_app(make_torrents(60, now=NOW), size=(80, 24)) as screen:
        board = await at_stats(screen)
        assert "Biggest" not in screen.text()
        await screen.press("G")
        await screen.until(lambda: round(board.scroll_offset.y) > 0)
        assert "service errors" not in screen.text()
        await screen.press("g")
        await screen.until(lambda: "service errors" in screen.text())
        for _ in range(8):
            await screen.press("pagedown")
        assert round(board.scroll_offset.y) == board.max_scroll_y
        await screen.pilot.resize_terminal(200, 50)
        await screen.until(lambda: "service errors" in screen.text() and "Biggest" in screen.text())
