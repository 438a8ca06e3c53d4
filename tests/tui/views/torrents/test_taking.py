"""Taking torrents elsewhere: which ones are written and copied, in which order, and what is said of it."""

from __future__ import annotations

from pathlib import Path

from mediatui.store.torrents.listing import torrents_by_id
from mediatui.tui.views.torrents.taking import copied_lines
from tests.worlds.archive import Archive
from tests.worlds.screen import Open, Screen, broken, well


async def write(screen: Screen, kind: str, file: Path) -> None:
    """Exports to a file, up to the question whether it is to be replaced."""
    await screen.press("x", kind)
    screen.app.prompt._input.value = f"{file}"
    await screen.press("enter")


async def test_what_is_marked_is_exported_else_all_that_is_shown_in_the_order_of_the_list(
    open_app: Open, tmp_path: Path
) -> None:
    file = tmp_path / "films.txt"
    async with open_app(well(12), size=(120, 30)) as screen:

        def names() -> list[str]:
            return [line.rpartition("&dn=")[2] for line in file.read_text().splitlines()]

        await screen.press("slash", *"film.1", "enter", "G")
        await write(screen, "m", file)
        await screen.until(lambda: f"4 torrents exported to {file}." in screen.text())
        assert names() == ["Film.1", "Film.10", "Film.11", "Film.12"]
        assert file.stat().st_mode & 0o777 == 0o600

        await screen.press("G", "space", "g", "space")
        await write(screen, "m", file)
        await screen.until(lambda: "is there already" in screen.text())
        await screen.press("n")
        assert len(names()) == 4
        await write(screen, "m", file)
        await screen.until(lambda: "is there already" in screen.text())
        await screen.press("y")
        await screen.until(lambda: "2 torrents exported" in screen.text())
        assert names() == ["Film.1", "Film.12"]

        await screen.press("y", "n")
        await screen.until(lambda: "2 names sent to the clipboard of the terminal." in screen.text())
        assert screen.app.clipboard == "Film.1\nFilm.12"


async def test_on_problems_folded_classes_are_exported_too(open_app: Open, tmp_path: Path) -> None:
    file = tmp_path / "problems.txt"
    account = well(5)
    account[1], account[3] = broken(account[1]), broken(account[3], "virus")
    async with open_app(account) as screen:
        await screen.press("2")
        await screen.until(lambda: "virus" in screen.text())
        assert "Film.4" not in screen.text()
        await write(screen, "c", file)
        await screen.until(lambda: "2 torrents exported" in screen.text())
        assert [line.split(",")[2] for line in file.read_text().splitlines()[1:]] == ["Film.2", "Film.4"]


def test_what_is_copied_keeps_the_order_and_leaves_out_what_is_not_known(archive: Archive) -> None:
    first = archive.add("First", hash="a" * 40, links=["https://x/1", "https://x/2"])
    second = archive.add("Second", hash="")
    keys = [torrent.key for torrent in torrents_by_id(archive.reader, [second, first])]
    assert copied_lines(archive.reader, keys, "name") == ["Second", "First"]
    assert copied_lines(archive.reader, keys, "hash") == ["a" * 40]
    assert copied_lines(archive.reader, keys, "links") == ["https://x/1", "https://x/2"]
