"""What the screens remember between starts: the file, and a start after another."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from mediatui.runtime.paths import find_paths
from mediatui.tui.remembered import LONGEST, RememberedScreens
from tests.worlds.screen import Open


async def test_what_is_remembered_is_there_at_the_next_start_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "screen.json"
    first = RememberedScreens(file)
    assert (first.front, first.unread) == ("", "")
    first.remember("stats", {"torrents": {"sort": "size", "reverse": False, "details": None}, "stats": {}})
    await first.write()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(json.loads(file.read_text())["screens"]) == ["torrents"]

    second = RememberedScreens(file)
    held = second.of("torrents")
    assert second.front == "stats"
    assert held.word("sort", ("name", "size"), "name") == "size"
    assert held.word("sort", ("name",), "name") == "name"
    assert (held.flag("reverse"), held.flag("details"), held.flag("sort")) == (False, None, None)
    assert (held.text("sort"), held.text("reverse")) == ("size", "")


async def test_a_screen_that_was_not_opened_stays_as_it_was_remembered_and_nothing_new_is_not_written(
    tmp_path: Path,
) -> None:
    file = tmp_path / "screen.json"
    screens = RememberedScreens(file)
    name = os.fsdecode(b"S\xe9ries")
    screens.remember("symlinks", {"symlinks": {"folder": name}})
    await screens.write()
    before = file.stat().st_mtime_ns, file.stat().st_ino

    screens = RememberedScreens(file)
    screens.remember("symlinks", {})
    await screens.write()
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before
    assert RememberedScreens(file).of("symlinks").text("folder") == name


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", '{"version": 2, "screens": {}}', '{"version": 1, "screens": []}', "\0",
        "é".encode("latin-1"), "[" * 50_000, '{"version": 1, "screens": {}}' + " " * LONGEST,
    ],
)  # fmt: skip
def test_a_file_that_is_damaged_is_left_unread_and_the_log_is_told(tmp_path: Path, text: str | bytes) -> None:
    file = tmp_path / "screen.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    screens = RememberedScreens(file)
    assert str(file) in screens.unread
    assert (screens.front, screens.of("torrents").values) == ("", {})


def test_values_of_another_kind_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "screen.json"
    held = {"version": 1, "front": 7, "screens": {"torrents": {"sort": 3, "chip": "is:gone"}, "stats": [], "log": None}}
    file.write_text(json.dumps(held))
    screens = RememberedScreens(file)
    assert (screens.front, screens.unread) == ("", "")
    assert screens.of("torrents").values == {"chip": "is:gone"}
    assert screens.of("stats").values == {}


async def test_a_folder_or_a_pipe_in_the_place_of_the_file_is_neither_read_nor_an_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        assert "not a file" in RememberedScreens(tmp_path / name).unread
    screens = RememberedScreens(tmp_path / "folder")
    screens.remember("stats", {})
    await screens.write()
    assert "was not written" in caplog.text


def test_the_demo_remembers_for_itself(tmp_path: Path) -> None:
    assert find_paths(demo=True, environ={}).screen_file != find_paths(environ={}).screen_file


async def test_the_next_start_is_as_the_last_one_was_left_but_for_what_a_command_says(
    open_app: Open, library: Path, tmp_path: Path
) -> None:
    file = tmp_path / "state" / "screen.json"
    async with open_app(size=(120, 40), remembered=RememberedScreens(file)) as screen:
        await screen.press("o", "s", "right_square_bracket", "enter", "slash", *"e", "enter")
        await screen.press("4")
        await screen.until(lambda: "Films" in screen.text())
        await screen.press("G", "k", "o", "l", "comma")
    async with open_app(size=(120, 40), remembered=RememberedScreens(file)) as screen:
        await screen.until(lambda: "Films" in screen.text())
        assert "Links↓" in screen.text()
        assert "▌ Docs" in screen.text()
        await screen.press("1")
        assert "Size↓" in screen.text()
        assert screen.app.view.wanted == "class:ok"  # type: ignore[union-attr]
        await screen.until(lambda: bool(screen.app.query_one("#detail").display))
    async with open_app(size=(120, 40), line="torrents --sort name", remembered=RememberedScreens(file)) as screen:
        await screen.until(lambda: "Name↑" in screen.text())
        assert screen.app.view.wanted == ""  # type: ignore[union-attr]
