"""The torrent list as a person meets it."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from mediatui.demo.direct import content
from mediatui.demo.names import HOSTILE
from mediatui.demo.seed import SimTorrent, make_torrents
from mediatui.model.human import size_text
from mediatui.runtime.events import Phase, Progress
from mediatui.runtime.jobs import Job
from mediatui.tui.views.torrents.view import TorrentsView
from mediatui.tui.widgets.job_line import job_parts
from mediatui.tui.widgets.row_list import RowList
from tests.worlds.screen import NOW, Open, Screen, broken, well


def named(*names: str, **more: object) -> list[SimTorrent]:
    """Finished torrents with these names, newest first."""
    made = make_torrents(200, now=NOW)
    plain = [torrent for torrent in made if torrent.status == "downloaded" and torrent.shape == "film"]
    return [
        dataclasses.replace(torrent, filename=name, original_filename=name, **more)
        for torrent, name in zip(plain, names, strict=False)
    ]


def rows(screen: Screen) -> RowList:
    return screen.app.query_one("#torrent-list", RowList)


async def test_three_torrents_at_80_columns(open_app: Open) -> None:
    async with open_app(named("Alpha.2001", "Beta.2002", "Gamma.2003")) as screen:
        lines = screen.text().splitlines()
        assert "1 Torrents  2 Problems 0" in lines[0]
        assert "all 3" in lines[1]
        assert "problem 0" in lines[1]
        assert lines[2].split() == ["Name", "Size", "Added↓"]  # all of them ok, of one file each
        assert [line[2:12].strip() for line in lines[3:6]] == ["Alpha.2001", "Beta.2002", "Gamma.2003"]
        assert lines[3].startswith("▌")
        assert "/ filter" in lines[-1]
        await copying_shows_the_value_and_sends_it_to_the_terminal(screen)
        await a_filter_by_links_says_that_nobody_has_looked_yet(screen)
        await a_wrong_query_is_said_and_the_last_good_rows_stay(screen)
        await marks_survive_a_filter_and_are_counted(screen)


async def copying_shows_the_value_and_sends_it_to_the_terminal(screen: Screen) -> None:
    await screen.press("y", "n")
    assert "1 name sent to the clipboard of the terminal: Alpha.2001" in screen.text()
    assert screen.app.clipboard == "Alpha.2001"


async def a_filter_by_links_says_that_nobody_has_looked_yet(screen: Screen) -> None:
    await screen.press("slash")
    await screen.type("linked:no")
    await screen.until(lambda: "Scan first" in screen.text() and "Alpha" not in screen.text())
    await screen.press("escape", "escape")
    await screen.until(lambda: "Alpha" in screen.text())


async def a_wrong_query_is_said_and_the_last_good_rows_stay(screen: Screen) -> None:
    await screen.press("slash")
    await screen.type("a")
    await screen.until(lambda: "3 torrents" in screen.text())
    await screen.type(" no:")
    await screen.until(lambda: "✗" in screen.text())
    before = rows(screen)._source.count
    await screen.type("1")
    await screen.settle()
    assert "✗" in screen.text()
    assert rows(screen)._source.count == before
    await screen.press(*["backspace"] * len(" no:1"))
    await screen.until(lambda: "3 torrents" in screen.text())
    await screen.press("escape", "escape", "g")


async def marks_survive_a_filter_and_are_counted(screen: Screen) -> None:
    await screen.press("space", "space")
    assert "2 marked" in screen.text()
    await screen.press("slash")
    await screen.type("gamma")
    await screen.press("enter")
    assert "2 marked" in screen.text()
    await screen.press("i")
    assert "3 marked" in screen.text()
    await screen.press("A")
    assert "marked" not in screen.text().splitlines()[-2]
    await screen.press("escape")
    await screen.until(lambda: "Alpha" in screen.text())
    await screen.press("a")
    assert "3 marked" in screen.text()
    assert len(rows(screen).targets()) == 3


async def test_sixty_torrents_at_several_sizes(open_app: Open) -> None:
    async with open_app() as screen:
        await moving_past_the_edge_jumps_half_a_page(screen)
        await details_open_and_cost_no_request(screen, beside=False)
        await the_size_of_all_marked_rows_is_that_of_the_list(screen)
        await screen.pilot.resize_terminal(120, 24)
        await screen.settle()
        await screen.pilot.resize_terminal(140, 40)
        await screen.settle()
        heading = screen.text().splitlines()[2].split()
        assert heading[:5] == ["Name", "1-35", "of", "60", "Size"]
        assert heading[5:] == ["Files", "Links", "%", "Added↓", "Status"]
        await details_open_and_cost_no_request(screen, beside=True)
        await screen.press("ctrl+r")
        await screen.until(lambda: "1 refreshed" in screen.text())
        assert [path.startswith("/torrents/info/") for _, _, path, _ in screen.service.log] == [True]


async def moving_past_the_edge_jumps_half_a_page(screen: Screen) -> None:
    table = rows(screen)
    height = table.size.height - 1
    await screen.press(*["j"] * height)
    assert table.cursor == height
    assert round(table.scroll_offset.y) == height - height // 2
    await screen.press("G")
    assert table.cursor == 59
    await screen.press("g")
    assert (table.cursor, round(table.scroll_offset.y)) == (0, 0)


async def details_open_and_cost_no_request(screen: Screen, *, beside: bool) -> None:
    """Beside the list or below it, which keeps the keyboard; in its place there once they have it."""
    table = rows(screen)
    detail = screen.app.query_one("#detail")
    await screen.press("enter")
    assert (detail.display, table.display, table.has_focus) == (True, True, True)
    assert "tab details" in screen.text()
    at = table.cursor
    await screen.press("j")
    assert table.cursor == at + 1
    name = screen.line("▌").split()[1][:12]
    await screen.until(lambda: screen.text().count(name) >= 2)
    await screen.press("l")
    assert (detail.has_focus, table.display) == (True, beside)
    assert re.search(r"\d files?, \d+ selected", screen.text())
    assert "hash" in screen.text()
    assert "tab list" in screen.text()
    assert screen.service.log == []
    await screen.press("tab")
    assert (detail.display, table.display, table.has_focus) == (True, True, True)
    await screen.press("tab", "escape", "escape")
    assert (detail.display, table.has_focus) == (False, True)
    await screen.press("k")


async def the_size_of_all_marked_rows_is_that_of_the_list(screen: Screen) -> None:
    await screen.press("a")
    await screen.until(lambda: "60 marked" in screen.text())
    assert f"60 marked, {size_text(rows(screen)._source.bytes)}" in screen.text()
    await screen.press("A")


async def test_hostile_names_are_shown_as_text_in_straight_columns(open_app: Open) -> None:
    async with open_app(named(*HOSTILE), size=(100, 30)) as screen:
        text = screen.text()
        assert "[b]bold[/b]" in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert text.count("(no name)") == 2
        await screen.press("enter")
        assert "[b]bold[/b] [@click=app.quit]press me[/] 1080p" in screen.text()


async def test_the_filter_works_while_typing_and_escape_brings_all_back(open_app: Open) -> None:
    async with open_app(named("Alpha.2001", "Beta.2002", "Été.2003")) as screen:
        await screen.press("slash")
        await screen.type("ete")
        await screen.until(lambda: "Alpha" not in screen.text())
        assert "Été.2003" in screen.text()
        assert "1 torrent," in screen.text()
        await screen.press("enter", "backspace")
        await screen.until(lambda: "Alpha" in screen.text())


async def test_chips_filter_by_state_with_live_counts(open_app: Open) -> None:
    torrents = named("Alpha.2001", "Beta.2002")
    torrents[1] = dataclasses.replace(torrents[1], status="error", progress=3.0, ended_at=None)
    async with open_app(torrents) as screen:
        assert "problem 1" in screen.text()
        await screen.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        await screen.until(lambda: "Alpha" not in screen.text())
        assert "! error" in screen.line("Beta.2002")


async def test_the_cursor_stays_on_its_row_when_a_new_torrent_comes(open_app: Open) -> None:
    async with open_app(make_torrents(30, now=NOW), unseen=1) as screen:
        await screen.press("j", "j")
        key = rows(screen).cursor_key
        await screen.press("s", "enter")
        await screen.until(lambda: "sync done" in screen.text() and "all 30" in screen.text())
        await screen.until(lambda: rows(screen)._source.count == 30)
        assert rows(screen).cursor_key == key
        assert rows(screen).cursor == 3


async def test_sorting_by_name_and_back(open_app: Open) -> None:
    async with open_app(named("Gamma.2003", "Alpha.2001", "Beta.2002")) as screen:
        await screen.press("o", "n")
        await screen.until(lambda: "Name↑" in screen.text())
        shown = [line for line in screen.text().splitlines() if ".200" in line]
        assert [name in line for name, line in zip(("Alpha", "Beta", "Gamma"), shown, strict=True)] == [True] * 3
        await screen.press("O")
        await screen.until(lambda: "Name↓" in screen.text())


async def test_an_empty_archive_says_what_fills_it(open_app: Open) -> None:
    async with open_app([]) as screen:
        assert "The archive is empty." in screen.text()
        assert "s fills it" in screen.text()


async def test_the_same_query_gives_the_same_rows_as_the_headless_one(open_app: Open) -> None:
    from mediatui.archive.query.parse import parse
    from mediatui.store.conditions import torrents_matching
    from mediatui.store.torrents.listing import list_torrents

    async with open_app(make_torrents(300, now=NOW)) as screen:
        view = screen.app.query_one(TorrentsView)
        for query in ("1080p -x265", "status:active", "size:>10gb OR is:incomplete", "file:*E03*"):
            view.open_query(query)
            condition = torrents_matching(parse(query))
            wanted = [torrent.key for torrent in list_torrents(screen.app.workspace.reader, condition)]
            await screen.until(lambda wanted=wanted: list(rows(screen)._source.keys()) == wanted)
            assert wanted


async def test_w_copies_the_address_and_m_shows_the_media(open_app: Open) -> None:
    show = dataclasses.replace(well(1)[0], filename="Show", original_filename="Show", shape="season", file_count=2)
    async with open_app([show, *well(3)[1:]], size=(150, 40)) as screen:
        await screen.press("j", "w")
        await screen.until(lambda: "Address sent to the clipboard" in screen.text())
        assert "Over SSH without a display" in screen.text()
        assert screen.app.clipboard.endswith("/Film.2.mkv")

        await screen.press("k", "w")
        await screen.until(lambda: "play file" in screen.text())
        assert "2 Show.S01E02.mkv" in screen.text()
        await screen.press("2")
        await screen.until(lambda: screen.app.clipboard.endswith("/Show.S01E02.mkv"))

        await screen.press("m", "enter")
        await screen.until(lambda: "media of Show.S01E01.mkv" in screen.text())
        assert "h264, 1920×1080" in screen.text()
        assert "full.m3u8" in screen.text()
        await screen.press("j")
        await screen.until(lambda: "media of" not in screen.text())


async def test_w_says_why_there_is_nothing_to_play(open_app: Open) -> None:
    async with open_app([broken(well(1)[0])], size=(120, 24)) as screen:
        await screen.press("w")
        await screen.until(lambda: "No link of Film.1 is known" in screen.text())
        assert screen.service.written() == []


async def test_a_file_is_fetched_as_a_job(open_app: Open, tmp_path: Path) -> None:
    film = dataclasses.replace(well(1)[0], size=50_000)
    async with open_app([film], size=(120, 24)) as screen:
        await screen.app.run_command(f"download {film.id} -o {tmp_path / 'films'}")
        await screen.until(lambda: "download done: 1 file (50.0 kB)" in screen.text())
        assert (tmp_path / "films" / "Film.1.mkv").read_bytes() == content(0, 50_000)
        await screen.app.run_command(f"download {film.id}")
        await screen.until(lambda: "Missing option" in screen.text())


def test_the_job_line_counts_bytes_as_sizes() -> None:
    job = Job(1, "download", "download", "download")
    job.phase, job.progress = Phase("fetching Film.mkv"), Progress(1_500_000, 3_000_000, rate=500_000.0, unit="bytes")
    text = "".join(part for part, _ in job_parts(job, None, "1/200 · 0/8 at once", 120))
    assert "fetching Film.mkv 1.5 MB/3.0 MB · 500.0 kB/s · 1/200 · 0/8 at once" in text


def test_where_room_is_short_the_job_line_leaves_out_the_budget_before_rate_and_time() -> None:
    job = Job(1, "sync", "account", "sync")
    job.phase, job.progress = Phase("fetching details"), Progress(1_234, 4_233, rate=3.3, eta_s=900)

    def line(width: int) -> str:
        return "".join(part for part, _ in job_parts(job, None, "128/200 · 8/8 at once", width))

    assert "fetching details 1,234/4,233 · 3.3/s · 15m00s left · 128/200 · 8/8 at once" in line(100)
    assert "3.3/s · 15m00s left · 128/200 " in line(80)
    assert "15m00s left" in line(68)
    assert "128" not in line(68)


async def test_big_w_asks_for_a_folder_and_keeps_it(open_app: Open, tmp_path: Path) -> None:
    films = [dataclasses.replace(film, size=50_000) for film in well(3)]
    folder = tmp_path / "films"
    async with open_app([broken(films[0]), *films[1:]], size=(120, 24)) as screen:
        await screen.press("W")
        assert "No link of Film.1 is known" in screen.text()
        await screen.press("j", "W")
        assert "fetch 1 file, 50.0 kB to: ~" in screen.text()
        screen.app.prompt._input.value = str(folder)
        await screen.press("enter")
        await screen.until(lambda: "download done: 1 file (50.0 kB)" in screen.text())

        await screen.press("a", "W")
        assert f"fetch 2 torrents, 100.0 kB to: {folder}"[:70] in screen.text()
        await screen.press("enter")
        await screen.until(lambda: len(list(folder.iterdir())) == 2 and not screen.app.workspace.runner.running)
        assert sorted(path.name for path in folder.iterdir()) == ["Film.2.mkv", "Film.3.mkv"]


async def test_problems_are_played_too_and_classes_are_not(open_app: Open) -> None:
    partial = dataclasses.replace(well(1)[0], filename="Show", original_filename="Show", shape="partial", file_count=3)
    async with open_app([partial], size=(120, 24)) as screen:
        await screen.press("2")
        await screen.until(lambda: "Show" in screen.text())
        await screen.press("g", "w")
        assert "go to it, or mark several" in screen.text()
        await screen.press("n", "w")
        await screen.until(lambda: screen.app.clipboard.endswith("/Show.S01E01.mkv"))
        await screen.press("m")
        await screen.until(lambda: "media of Show.S01E01.mkv" in screen.text())
        await screen.press("escape")
        assert "fewer links than files" in screen.text()
