"""The settings screen: what is shown, and every way a value is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from mediatui.settings import load_settings
from tests.worlds.screen import Open, to_setting


async def test_values_stand_in_groups_with_their_default_and_a_refused_one_is_put_right(
    open_app: Open, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    async with open_app(size=(80, 24)) as screen:
        await screen.press("comma")
        assert "TESTTOKEN123" not in screen.text()
        assert "********" in screen.line("Token")
        assert screen.line("▌").split()[1] == "Token"
        for said in ("Account", "Library", "Allowed: a text", "environment variable MEDIATUI_REALDEBRID__TOKEN"):
            assert said in screen.text()
        assert "Requests at once" not in screen.text()  # what matters least stands last
        await to_setting(screen, "realdebrid.max_concurrent")
        assert "max_concurrent" in screen.text().splitlines()[1]
        await screen.press("enter", "backspace", *"99", "enter")
        assert "a whole number from 1 to 32" in screen.text()
        assert screen.app.prompt._input.value == "99"
        assert not file.exists()
        await screen.press("backspace", "backspace", "4", "enter")
        assert "max_concurrent = 4" in file.read_text()
        assert screen.line("Requests at once").split()[4:6] == ["4", "8"]
        assert "config file" in screen.text()
        await screen.press("x")
        assert "max_concurrent" not in file.read_text()
        await screen.press("escape")
        assert "Account" in screen.text()
        await screen.press("t")
        await screen.until(lambda: "Real-Debrid: " in screen.text())
        assert "premium days" in screen.text()
        await screen.press("escape", "escape")
        assert "Added↓" in screen.text()


async def test_a_switch_and_a_choice_are_changed_without_typing(open_app: Open, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    async with open_app(size=(100, 30)) as screen:
        await screen.press("comma")
        await to_setting(screen, "ui.vim_keys")
        await screen.press("space")
        assert "vim_keys = false" in file.read_text()
        assert " off " in screen.line("h j k l")
        await to_setting(screen, "log.level")
        await screen.press("enter", "w")
        assert 'level = "warning"' in file.read_text()
        await screen.press("enter", "escape")
        assert 'level = "warning"' in file.read_text()
        await to_setting(screen, "scan.playable_days")
        await screen.press("space", "backspace", "enter")
        assert "A value is missing" in screen.text()
        await screen.press("escape")
        assert load_settings(file, environ={}, folder=tmp_path).scan.playable_days == 7


async def test_themes_are_shown_while_the_cursor_moves_and_the_one_taken_is_kept(
    open_app: Open, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    async with open_app(size=(80, 24)) as screen:
        await screen.press("comma")
        await to_setting(screen, "ui.theme")
        await screen.press("enter", "down")
        await screen.until(lambda: screen.app.theme == "ansi-dark")
        assert "ui.theme" in screen.text()  # the list leaves room for what it shows
        await screen.press("escape")
        await screen.until(lambda: screen.app.theme == "mediatui")
        assert not file.exists()
        await screen.press("enter", "down", "down", "enter")
        await screen.until(lambda: screen.app.theme == "ansi-light")
        assert 'theme = "ansi-light"' in file.read_text()
        assert "ansi-light" in screen.line("Theme")


async def test_a_list_is_changed_entry_by_entry(open_app: Open, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    one, two = tmp_path / "one", tmp_path / "two"

    def roots() -> list[str]:
        return [str(root) for root in load_settings(file, environ={}, folder=tmp_path).library.roots]

    async with open_app(size=(240, 30)) as screen:
        await screen.press("comma")
        await to_setting(screen, "library.roots")
        await screen.press("a", *"films", "enter")
        assert "an absolute path" in " ".join(screen.text().split())
        assert screen.app.prompt._input.value == "films"
        screen.app.prompt._input.value = str(one)
        await screen.press("enter", "a")
        screen.app.prompt._input.value = str(two)
        await screen.press("enter")
        assert roots() == [str(one), str(two)]
        assert str(two) in next(line for line in screen.text().splitlines() if line.split()[:1] == ["2"])
        await screen.press("j", "j", "K")
        assert roots() == [str(two), str(one)]
        await screen.press("x")
        assert len(roots()) == 1
        await to_setting(screen, "sonarr.path_map")
        await screen.press("a")
        for path in (str(one), "/tv"):
            screen.app.prompt._input.value = path
            await screen.press("enter")
        (pair,) = load_settings(file, environ={}, folder=tmp_path).arr("sonarr").path_map
        assert (pair.ours, pair.theirs) == (one, "/tv")
        await to_setting(screen, "play.player")
        await screen.press("enter")
        screen.app.prompt._input.value = "mpv --title='a b' {url}"
        await screen.press("enter")
        assert load_settings(file, environ={}, folder=tmp_path).play.player == ["mpv", "--title=a b", "{url}"]


async def test_what_the_environment_sets_is_said_to_come_first(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIATUI_LOG__BACKUPS", "5")
    async with open_app(size=(80, 24)) as screen:
        await screen.press("comma")
        await to_setting(screen, "log.backups")
        await screen.press("enter", "backspace", "7", "enter")
        assert "comes first" in screen.text()
        assert "backups = 7" in (tmp_path / "config.toml").read_text()
        assert "5" in screen.line("Older files kept")
        await screen.press("x", "x")
        assert "is not set in the config file" in screen.text()


async def test_nothing_breaks_without_a_row_nor_with_a_file_that_is_wrong(open_app: Open, tmp_path: Path) -> None:
    async with open_app(size=(80, 24)) as screen:
        await screen.press("comma", "slash", *"nonesuch", "enter")
        assert "Nothing matches /nonesuch" in screen.text()
        await screen.press("t", "e", "a", "x", "K", "space", "escape")
        assert "Account" in screen.text()
        await screen.press("escape")
        (tmp_path / "config.toml").write_text("[ui]\ntheme = 3\n")
        await screen.press("comma")
        await screen.until(lambda: "ui.theme = 3 is not allowed" in screen.text())
        await screen.press("j", "t")
        await screen.until(lambda: "ui.theme = 3 is not allowed" in screen.text())
        await screen.press("G", "g", "k", "space", "escape")
