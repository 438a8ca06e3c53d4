"""Earlier scans on the screen: what each found, what changed between two, once more, away, to a file."""

from __future__ import annotations

import json
from pathlib import Path

from tests.worlds.screen import Open, Screen, ends, scanned, well


async def two_scans(screen: Screen, library: Path) -> None:
    """A scan, one link more that is dead, one that is well again, one that is gone; another scan; the history."""
    mount = library.parent / "mount" / "all"
    await scanned(screen)
    (mount / "Film.1" / "Film.1.mkv").unlink()
    (mount / "Film.3" / "Film.3.mkv").write_bytes(b"video" * 1000)
    (library / "Films" / "Film.5.mkv").unlink()
    await scanned(screen)
    await screen.press("H")
    await screen.until(lambda: "2 scans stored" in screen.text())


async def test_the_history_of_scans(open_app: Open, library: Path, tmp_path: Path) -> None:
    async with open_app(well(12), size=(150, 30)) as screen:
        await two_scans(screen, library)
        await are_listed_newest_first_with_what_they_found(screen)
        await fit_a_small_screen(screen)
        await are_compared(screen)
        await are_written_to_a_file_for_programs_and_for_people(screen, library, tmp_path)
        await are_forgotten_after_a_yes_and_their_links_stay(screen, library)


async def are_listed_newest_first_with_what_they_found(screen: Screen) -> None:
    newest, oldest = (line for line in screen.text().splitlines() if "basic" in line)
    assert newest.startswith("▌")
    assert "1 broken" in newest
    assert "2 broken" in oldest
    await screen.press("j", "enter")
    await screen.until(lambda: screen.text().count("✗ broken") == 2)
    assert "Films/Film.3.mkv" in screen.text()
    assert "No such file or directory" in screen.text()
    await screen.press("h")
    await screen.until(lambda: "2 scans stored" in screen.text())
    await screen.press("h")
    await screen.until(lambda: "Wrong" in screen.text())
    await screen.press("H", "g")
    await screen.until(lambda: "2 scans stored" in screen.text())


async def fit_a_small_screen(screen: Screen) -> None:
    await screen.pilot.resize_terminal(80, 24)
    await screen.settle()
    assert "done" in screen.line("1 broken")
    await screen.press("enter")
    await screen.until(lambda: "✗ broken" in screen.text())
    await screen.press("h")
    await screen.until(lambda: "2 scans stored" in screen.text())
    await screen.pilot.resize_terminal(150, 30)
    await screen.settle()


async def are_compared(screen: Screen) -> None:
    await screen.press("c")
    await screen.until(lambda: "scan 2 since scan 1: 1 newly broken, 1 mended, 1 gone" in screen.text())
    assert "✗ broken" in screen.line("Film.1.mkv")
    assert "✓ mended" in screen.line("Film.3.mkv")
    assert "– gone" in screen.line("Film.5.mkv")
    await screen.press("h", "G", "c")
    await screen.until(lambda: "No scan before of the same folders" in screen.text())
    await screen.press("g")


async def are_written_to_a_file_for_programs_and_for_people(screen: Screen, library: Path, folder: Path) -> None:
    for form in ("json", "text"):
        await screen.press("x", form[0])
        screen.app.prompt._input.value = f"{folder / form}"
        await screen.press("enter")
        await screen.until(lambda form=form: (folder / form).is_file())  # type: ignore[misc]
    first, finding = (json.loads(line) for line in (folder / "json").read_text().splitlines())
    assert (first["type"], first["id"], first["counts"]) == ("scan", 2, {"ok": 10, "broken": 1})
    assert finding["path"] == str(library / "Films" / "Film.1.mkv")
    assert finding["reason"] == "No such file or directory"
    text = (folder / "text").read_text()
    assert "11 links: 1 broken" in text
    assert str(library / "Films" / "Film.1.mkv") in text
    await screen.press("x", "j")
    screen.app.prompt._input.value = f"{folder / 'json' / 'below'}"
    await screen.press("enter")
    await screen.until(lambda: "cannot be written" in screen.text())


async def are_forgotten_after_a_yes_and_their_links_stay(screen: Screen, library: Path) -> None:
    await screen.press("d")
    assert "Forget scan 2" in screen.text()
    await screen.press("n")
    assert "2 scans stored" in screen.text()
    await screen.press("d", "y")
    await screen.until(lambda: "1 scan stored" in screen.text())
    assert "Scan 2 is forgotten" in screen.text()
    assert len(list((library / "Films").iterdir())) == 7


async def test_what_was_done_after_a_scan_stands_beside_it(open_app: Open, library: Path) -> None:
    async with open_app(well(12), size=(150, 30)) as screen:
        await scanned(screen)
        await screen.press("A", "G", "tab")
        await screen.until(lambda: "Film.3.mkv" in screen.text())
        await screen.press("a", "d")
        await screen.until(lambda: "Remove 2 links" in screen.text())
        await screen.press("y")
        await ends(screen)
        await screen.press("4", "H")
        await screen.until(lambda: "2 removed" in screen.text())


async def test_a_scan_runs_again_over_the_same_folders(open_app: Open, library: Path) -> None:
    async with open_app(well(12), size=(150, 30)) as screen:
        await screen.press("4")
        await screen.until(lambda: "never scanned" in screen.text())
        await screen.press("G", "S", "enter")
        await ends(screen)
        await screen.press("H")
        await screen.until(lambda: "1 scan stored" in screen.text())
        await screen.press("S")
        await ends(screen)
        await screen.until(lambda: "of a part" in screen.text())
        await screen.press("H")
        await screen.until(lambda: "2 scans stored" in screen.text())
        assert all("Films" in line and "Docs" not in line for line in screen.text().splitlines() if " basic " in line)
