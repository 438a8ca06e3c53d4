"""The links of the scanner on the screen: by state, whole, pointed elsewhere; and what is read of them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from mediatui.demo.library import write_video
from mediatui.store.library.probes import Probe, store_probes
from mediatui.store.torrents.listing import files_of
from tests.worlds.screen import NOW, Open, Screen, at_films, ends, scanned, well


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"video" * 1000)
    return path


async def test_the_links_of_a_folder(open_app: Open, library: Path) -> None:
    async with open_app(well(12), size=(150, 40)) as screen:
        await at_films(screen)
        await states_stand_above_and_narrow_them(screen)
        await one_is_told_whole(screen, beside=True)
        await its_path_is_copied(screen, library)
        await screen.pilot.resize_terminal(80, 34)
        await screen.settle()
        await one_is_told_whole(screen, beside=False)
        await screen.pilot.resize_terminal(130, 30)
        await screen.settle()
        await a_typed_path_has_to_be_a_file_on_a_mount(screen, library)


async def states_stand_above_and_narrow_them(screen: Screen) -> None:
    assert "wrong 2   broken 2   ok 6" in screen.text()
    await screen.press("right_square_bracket", "right_square_bracket")
    await screen.until(lambda: "Film.8.mkv" in screen.text() and "Film.3.mkv" not in screen.text())
    await screen.press("left_square_bracket")
    await screen.until(lambda: screen.text().count("✗ broken") == 2 and "Film.1.mkv" not in screen.text())
    await screen.press("left_square_bracket")


async def one_is_told_whole(screen: Screen, *, beside: bool) -> None:
    """Beside the list or below it, and there in its place once they have the keyboard."""
    await screen.press("g", "enter")
    await screen.until(lambda: "what helps" in screen.text() and "wrong 2" in screen.text())
    assert screen.app.screen.focused.id == "link-list"  # type: ignore[union-attr]
    await screen.press("tab")
    await screen.until(lambda: "what helps" in screen.text() and "the torrent" in screen.text())
    shown = screen.text()
    assert "No such file or directory" in shown
    assert "remove the link, never its target" in shown
    assert ("wrong 2" in shown) == beside
    assert "since" in shown
    await screen.press("h", "h")
    await screen.until(lambda: "what helps" not in screen.text() and "wrong 2" in screen.text())


async def its_path_is_copied(screen: Screen, library: Path) -> None:
    await screen.press("g", "y", "p")
    await screen.until(lambda: "1 path sent to the clipboard of the terminal: /" in screen.text())
    assert screen.app.clipboard == str(library / "Films" / "Film.3.mkv")
    await screen.press("j", "k", "j")
    assert "1 path sent to the clipboard" in screen.text(), "moving is no action"
    await screen.press("A", "k")
    await screen.until(lambda: "→" in screen.text().splitlines()[-2])


async def a_typed_path_has_to_be_a_file_on_a_mount(screen: Screen, library: Path) -> None:
    outside = put(library.parent / "elsewhere" / "film.mkv")
    inside = library.parent / "mount" / "all" / "Film.1" / "Film.1.mkv"
    await screen.press("g", "L")
    await screen.until(lambda: "where is" in screen.text())
    for text, said in (("/nowhere/x.mkv", "There is no file"), (str(outside), "Not below a mount")):
        await typed(screen, text)
        await screen.until(lambda said=said: said in " ".join(screen.text().split()))  # type: ignore[misc]
    await typed(screen, str(inside))
    await screen.until(lambda: "Point 1 link elsewhere" in screen.text())
    await screen.press("y")
    await ends(screen)
    assert os.readlink(library / "Films" / "Film.3.mkv") == str(inside)


async def test_what_was_changed_on_a_link_is_told_with_it(open_app: Open, library: Path) -> None:
    async with open_app(well(12), size=(150, 40)) as screen:
        await at_films(screen)
        await screen.press("g", "d")
        await screen.until(lambda: "Remove 1 link" in screen.text())
        await screen.press("y")
        await ends(screen)
        await screen.press("u")
        await screen.until(lambda: "Undo batch 1" in screen.text())
        await screen.press("y")
        await ends(screen)
        await scanned(screen)
        await screen.press("A", "G", "tab", "g", "enter")
        await screen.until(lambda: "unlink symlink: done, undone" in screen.text())


async def test_what_ffprobe_told_of_a_file_is_shown_for_that_file_only(open_app: Open, library: Path) -> None:
    file = library.parent / "mount" / "all" / "Film.1" / "Film.1.mkv"
    seen = file.stat()
    facts = {"duration_s": 5400.0, "video": "hevc", "width": 1920, "height": 1080, "audio": ["eac3", "aac"]}
    probe = Probe(os.fsencode(file), seen.st_size, seen.st_mtime_ns, "playable", "", facts)
    async with open_app(well(12), size=(150, 40)) as screen:
        await at_films(screen)
        async with screen.app.workspace.db.transaction() as connection:
            await store_probes(connection, [probe], NOW)
        await screen.press("right_square_bracket", "right_square_bracket", "g", "enter")
        await screen.until(lambda: "1h30m" in screen.text())
        assert "hevc 1920×1080" in screen.text()
        assert "eac3, aac" in screen.text()
        file.write_bytes(b"other" * 3000)
        await screen.press("j", "k")
        await screen.until(lambda: "hevc" not in screen.text())


async def test_one_link_and_those_of_many_that_are_sure_are_pointed_elsewhere(open_app: Open, library: Path) -> None:
    link = library / "Films" / "Film.3.mkv"
    before = os.readlink(link)
    elsewhere = put(library.parent / "mount" / "movies" / "Film.3" / "Film.3.mkv")
    async with open_app(well(12), size=(130, 30)) as screen:
        await at_films(screen)
        await screen.press("g", "L")
        await screen.until(lambda: "same name and size" in screen.text())
        assert "where is Film.3.mkv to point?" in screen.text()
        await screen.press("enter")
        await screen.until(lambda: "Point 1 link elsewhere" in screen.text())
        assert "Undoable" in screen.text()
        await screen.press("y")
        await ends(screen)
        assert os.readlink(link) == str(elsewhere)
        await screen.until(lambda: "Film.3.mkv" not in screen.text())
        await screen.press("u")
        await screen.until(lambda: "Undo batch 1" in screen.text())
        await screen.press("y")
        await ends(screen)
        assert os.readlink(link) == before

        await screen.until(lambda: "Film.3.mkv" in screen.text())
        await screen.press("a", "L")
        await screen.until(lambda: "Point 1 link elsewhere" in screen.text())
        await screen.press("y")
        await ends(screen)
        assert os.readlink(link) == str(elsewhere)
        assert "/all/" in os.readlink(library / "Films" / "Film.5.mkv")


async def typed(screen: Screen, text: str) -> None:
    """Types a path in the place of the one that is proposed."""
    await screen.press("e")
    screen.app.prompt._input.value = text
    await screen.press("enter")


async def test_when_too_much_broke_at_once_the_number_is_typed_however_few_were_chosen(
    open_app: Open, library: Path
) -> None:
    async with open_app(well(12), size=(150, 30)) as screen:
        await at_films(screen)
        for number in (1, 2, 4):
            (library.parent / "mount" / "all" / f"Film.{number}" / f"Film.{number}.mkv").unlink()
        await scanned(screen)
        await screen.until(lambda: "this looks like a mount problem" in screen.text())
        await screen.press("A", "G", "tab", "g", "d")
        await screen.until(lambda: "Remove 1 link" in screen.text())
        await screen.press("y", "enter")
        assert os.path.islink(library / "Films" / "Film.1.mkv")
        await screen.until(lambda: "Nothing was done" in screen.text())
        await screen.press("d")
        await screen.until(lambda: "Remove 1 link" in screen.text())
        await screen.press("1", "enter")
        await ends(screen)
        assert not os.path.lexists(library / "Films" / "Film.1.mkv")


async def test_links_on_a_mount_that_is_away_are_not_pointed_elsewhere(open_app: Open, library: Path) -> None:
    mount = library.parent / "mount"
    async with open_app(well(12), size=(150, 30)) as screen:
        mount.rename(library.parent / "away")
        mount.mkdir()
        await scanned(screen)
        await screen.press("A", "G", "tab")
        await screen.until(lambda: "8 links are neither wrong nor ok: ] lists them" in screen.text())
        await screen.press("right_square_bracket")
        await screen.until(lambda: "unknown 8" in screen.text() and screen.text().count("Film.") >= 8)
        (library.parent / "away").rename(library.parent / "mount")
        await screen.press("a", "L")
        await screen.until(lambda: "By their mount it is not known" in screen.text())


async def test_a_link_plays_its_own_file_or_that_of_its_torrent(open_app: Open, library: Path) -> None:
    async with open_app([replace(film, size=5000) for film in well(12)], size=(150, 40)) as screen:
        await screen.press("4")
        await screen.until(lambda: "Films" in screen.text())
        await screen.press("w")
        assert "Choose links first" in screen.text()
        await at_films(screen)
        await screen.press("w")  # its target is gone
        await screen.until(lambda: "Address sent to the clipboard" in screen.text())
        assert screen.app.clipboard.endswith("/Film.3.mkv")

        await screen.press("m")
        await screen.until(lambda: "media of Film.3.mkv" in screen.text() and "h264" in screen.text())
        assert "what helps" in screen.text()
        await screen.press("escape", "W")
        assert "fetch 1 file, 5.0 kB to: " in screen.text()
        screen.app.prompt._input.value = str(library.parent / "fetched")
        await screen.press("enter")
        await screen.until(lambda: "download done: 1 file (5.0 kB)" in screen.text())
        assert os.listdir(library.parent / "fetched") == ["Film.3.mkv"]

        await screen.press("right_square_bracket", "right_square_bracket")
        await screen.until(lambda: "Film.8.mkv" in screen.text())
        asked = screen.service.count("/unrestrict/link")
        await screen.press("g", "w")
        await screen.until(lambda: screen.app.clipboard == str(library / "Films" / "Film.1.mkv"))
        assert screen.service.count("/unrestrict/link") == asked


async def test_a_dead_link_is_replaced_by_a_file_that_opens_and_by_no_other(open_app: Open, library: Path) -> None:
    link = library / "Films" / "Film.3.mkv"
    before = os.readlink(link)
    elsewhere = library.parent / "mount" / "movies" / "Film.3" / "Film.3.mkv"
    elsewhere.parent.mkdir(parents=True)
    async with open_app(well(12), size=(130, 30)) as screen:
        await at_films(screen)
        size = files_of(screen.app.workspace.reader, "F000000000003")[0].bytes
        elsewhere.touch()
        os.truncate(elsewhere, size)
        await screen.press("g", "E")
        await screen.until(lambda: "Replace 1 dead link?" in screen.text())
        await screen.press("y")
        await ends(screen)
        assert os.readlink(link) == before
        write_video(elsewhere, size)
        await screen.press("g", "E")
        await screen.until(lambda: "Replace 1 dead link?" in screen.text())
        await screen.press("y")
        await ends(screen)
        assert os.readlink(link) == str(elsewhere)
