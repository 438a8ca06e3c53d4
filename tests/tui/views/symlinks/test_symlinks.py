"""The symlink scanner on the screen, over a real tree of links."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from tests.worlds.screen import Open, Screen, ends, scanned, well


async def test_folders_are_counted_before_they_are_scanned_sorted_and_picked_by_size(
    open_app: Open, library: Path
) -> None:
    (library / ".hidden").mkdir()
    (library / "Films" / ".hidden").mkdir()
    (library / "Films" / ".hidden" / "link").symlink_to("nowhere")
    for number in range(100):
        (library / "Docs" / f"more {number}").symlink_to("nowhere")
    async with open_app(well(12), size=(150, 30)) as screen:
        await screen.press("4")
        await screen.until(lambda: screen.line("Films").split()[:3] == ["Films", "8", "never"])
        assert screen.line("▌ Docs").split()[1:4] == ["Docs", "104", "never"]
        assert "hidden" not in screen.text()
        await screen.press("o", "l")
        await screen.until(lambda: "Links↓" in screen.text())
        assert screen.text().index("Docs") < screen.text().index("Films")
        await screen.press("O")
        await screen.until(lambda: "Links↑" in screen.text())
        assert screen.text().index("Films") < screen.text().index("Docs")
        await screen.press("number_sign", "m")
        await screen.until(lambda: "●Docs" in screen.text() and "●Films" not in screen.text())
        assert "1 folder, 104 links" in screen.text()
        await screen.press("A", "g", "v", "j", "v")
        assert "2 folders, 112 links" in screen.text()


async def test_a_scan_shows_folders_mount_and_what_is_wrong_with_their_links(open_app: Open, library: Path) -> None:
    async with open_app(well(12), size=(130, 30)) as screen:
        await screen.press("4")
        await screen.until(lambda: "never scanned" in screen.text())
        await screen.until(lambda: "/mount: not checked yet" in screen.text())
        await screen.press("S")
        assert "b  basic  is the target of each link there?" in screen.text()
        await screen.press("escape")
        await scanned(screen)
        await screen.until(lambda: "/mount: alive just now, 1 entry" in screen.text())
        assert screen.line("Films").split()[1:4] == ["Films", "8", "2"] or "8" in screen.line("Films")
        assert "4 Links 2" in screen.text()
        await the_prompt_says_how_long_it_took(screen)
        await screen.press("A", "g", "j", "tab")
        await screen.until(lambda: screen.text().count("✗ broken") == 2)
        assert "Film.3.mkv" in screen.text()
        assert "✓ ok" in screen.line("Film.3.mkv")
        await links_stand_over_the_folders_of_a_narrow_screen(screen)
        (library.parent / "mount").rename(library.parent / "away")
        await scanned(screen)
        await screen.until(lambda: "/mount: not alive at the last" in screen.text())


async def the_prompt_says_how_long_it_took(screen: Screen) -> None:
    await screen.press("S")
    assert re.search(r"b  basic  about \d+s: is the target", screen.text())
    assert screen.line("scan everything, 12 links")
    await screen.press("escape")


async def links_stand_over_the_folders_of_a_narrow_screen(screen: Screen) -> None:
    await screen.press("h")
    await screen.pilot.resize_terminal(80, 24)
    await screen.settle()
    await screen.press("G", "enter")
    await screen.until(lambda: "Film.5.mkv" in screen.text())
    assert "Wrong" not in screen.text()
    await screen.press("h")
    await screen.until(lambda: "Wrong" in screen.text())
    await screen.pilot.resize_terminal(130, 30)
    await screen.settle()


async def test_much_that_breaks_at_once_is_said_to_look_like_a_mount_problem(open_app: Open, library: Path) -> None:
    async with open_app(well(12), size=(130, 30)) as screen:
        await scanned(screen)
        assert "mount problem" not in screen.text()
        for number in (6, 7):
            (library.parent / "mount" / "all" / f"Film.{number}" / f"Film.{number}.mkv").unlink()
        await scanned(screen)
        await screen.until(lambda: "2 of the 12 links in library broke since the scan before" in screen.text())
        await scanned(screen)
        await screen.until(lambda: "2 of the 12 links in library broke since scan 1" in screen.text())
        for number in (6, 7):
            (library.parent / "mount" / "all" / f"Film.{number}" / f"Film.{number}.mkv").write_bytes(b"video" * 1000)
        await scanned(screen)
        await screen.until(lambda: "mount problem" not in screen.text())


async def test_a_view_that_fails_is_told_and_taken_as_it_is_by_its_typed_path(open_app: Open, library: Path) -> None:
    view = library.parent / "mount" / "all"
    async with open_app(well(12), size=(130, 30)) as screen:
        await scanned(screen)
        await screen.press("V")
        await screen.until(lambda: "No view failed" in screen.text())
        shutil.rmtree(view)
        view.mkdir()
        await scanned(screen)
        await screen.until(lambda: "12 links unknown: the view /all held 12 folders, holds 0" in screen.text())
        assert "V: take the view as it is" in screen.text()
        await screen.press("V")
        await screen.until(lambda: "(type its path)" in screen.text())
        await screen.press(*"/elsewhere", "enter")
        await screen.until(lambda: "/elsewhere is no view that failed" in screen.text())
        await screen.press("V", *str(view), "enter")
        await ends(screen)
        await screen.until(lambda: "12 links not on mount: the archive has its torrent" in screen.text())
        assert "links unknown" not in screen.text()


def under_cursor(screen: Screen) -> str:
    """The line of the cursor of the list of links."""
    return next(line for line in screen.text().splitlines() if "▌" in line and ".mkv" in line)


async def test_a_dead_link_is_removed_and_comes_back_by_undo(open_app: Open, library: Path) -> None:
    link = library / "Films" / "Film.3.mkv"
    target = os.readlink(link)
    async with open_app(well(12), size=(130, 30)) as screen:
        await screen.press("4")
        await screen.until(lambda: "never scanned" in screen.text())
        await screen.press("a", "S", "enter")
        await ends(screen)
        await screen.press("A", "j", "tab")
        await screen.until(lambda: "Film.3.mkv" in screen.text())
        await screen.press("g", "d")
        await screen.until(lambda: "Remove 1 link" in screen.text())
        assert "Undoable" in screen.text()
        await screen.press("y")
        assert "Film.5.mkv" in under_cursor(screen), "the next key is not for what is worked on"
        await ends(screen)
        assert not link.is_symlink()
        await screen.until(lambda: "Film.3.mkv" not in screen.text())

        await screen.press("d", "y")
        await ends(screen)
        await screen.until(lambda: "✓ done" in under_cursor(screen))
        assert "Film.5.mkv" in under_cursor(screen), "it stays, nothing else takes its place"
        await screen.press("d")
        assert "Nothing is left to do here" in screen.text()
        await screen.press("u")
        await screen.until(lambda: "Undo batch 2" in screen.text())
        await screen.press("y")
        await ends(screen)
        await screen.until(lambda: "✗ broken" in under_cursor(screen))
        await screen.press("u")
        await screen.until(lambda: "Undo batch 1" in screen.text())
        await screen.press("y")
        await ends(screen)
        assert os.readlink(link) == target


async def test_links_that_are_not_dead_for_sure_are_left_alone(open_app: Open, library: Path) -> None:
    async with open_app(well(12), size=(130, 30)) as screen:
        (library.parent / "mount").rename(library.parent / "away")
        await screen.press("4")
        await screen.until(lambda: "never scanned" in screen.text())
        await screen.press("a", "S", "enter")
        await ends(screen)
        await screen.press("A", "j", "tab")
        await screen.until(lambda: "8 links are neither wrong nor ok: ] lists them" in screen.text())
        await screen.press("right_square_bracket")
        await screen.until(lambda: "unknown 8" in screen.text() and screen.text().count("Film.") >= 8)
        await screen.press("a", "d")
        await screen.until(lambda: "not removed" in screen.text())
        assert len(list((library / "Films").iterdir())) == 8


async def test_the_full_depth_finds_what_does_not_play_and_the_filter_narrows(open_app: Open, library: Path) -> None:
    async with open_app(well(12), size=(130, 30)) as screen:
        await screen.press("4")
        await screen.until(lambda: "never scanned" in screen.text())
        await screen.press("a", "S", "f")
        await ends(screen)
        await screen.press("A", "j", "tab")
        await screen.until(lambda: screen.text().count("! truncated") == 6)
        await screen.press("slash", *"broken", "enter")
        await screen.until(lambda: "! truncated" not in screen.text())
        assert screen.text().count("✗ broken") == 2


async def test_without_a_library_the_screen_says_what_to_set(open_app: Open) -> None:
    async with open_app(well(2)) as screen:
        await screen.press("4")
        await screen.until(lambda: "library.roots" in screen.text())


async def test_the_headings_of_both_panes_stand_on_one_row_and_that_with_the_keyboard_in_the_accent(
    open_app: Open, library: Path
) -> None:
    async with open_app(well(12), size=(130, 30)) as screen:
        await screen.press("4")
        await screen.until(lambda: "Folders · 12 links" in screen.text() and "Docs · " in screen.text())
        assert "Docs · never scanned" in screen.line("Folders · 12 links")
        folders, links = screen.app.query_one("#folder-title"), screen.app.query_one("#link-title")
        accent, other = folders.styles.color, links.styles.color
        assert accent != other
        await screen.press("tab")
        assert (folders.styles.color, links.styles.color) == (other, accent)
