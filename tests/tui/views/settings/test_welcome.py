"""The first start: a token tested before it is kept, a code in its place, the demo."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from mediatui.settings.login import LoginFile
from tests.worlds.screen import Open


async def test_a_token_is_tested_before_it_is_kept_and_what_to_do_is_said_there(open_app: Open, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[realdebrid]\nbase_url = "http://simulated.invalid/rest/1.0"\n')
    async with open_app([], first="welcome") as screen:
        assert "https://real-debrid.com/apitoken" in screen.text()
        words = set(screen.text().splitlines()[-1].split())
        assert {"^l", "^t", "^o", "f1", "^q", "^p"} < words
        await screen.type("two words")
        await screen.press("enter")
        await screen.until(lambda: "✗" in screen.text())
        assert "a blank at character 4 of 9" in screen.text()
        assert "two words" not in screen.text()
        await screen.press("ctrl+t")
        assert "two words" in screen.text()
        field = screen.app.query_one("#welcome-token", Input)
        field.value = "WRONGTOKEN1"
        await screen.press("enter")
        await screen.until(lambda: "Paste another one into the field" in " ".join(screen.text().split()))
        assert "does not accept the token" in screen.text()
        assert "config set" not in screen.text()
        assert "token" not in file.read_text()
        field.value = "TESTTOKEN123"
        await screen.press("enter")
        await screen.until(lambda: "sync done" in screen.text())
        assert 'token = "TESTTOKEN123"' in file.read_text()


async def test_a_code_logs_in_and_can_be_left_and_asked_for_again(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEDIATUI_REALDEBRID__TOKEN")
    file = LoginFile(tmp_path / "config.toml")
    async with open_app(first="welcome") as screen:
        await screen.press("ctrl+l")
        await screen.until(lambda: "Open  https://real-debrid.com/device" in screen.text())
        assert "The code holds about 30 min" in screen.text()
        first = screen.line("Type  ").split()[-1]
        await screen.press("y")
        assert first in screen.text().splitlines()[-2]
        await screen.press("escape")
        assert "Paste your private API token" in screen.text()
        await screen.press("ctrl+l")
        await screen.until(lambda: "Type  " in screen.text())
        assert screen.line("Type  ").split()[-1] != first
        await screen.press("escape", "ctrl+l")
        await screen.until(lambda: "Type  " in screen.text())
        assert not file.path.exists()
        screen.service.login.type_in()
        await screen.until(lambda: "sync done" in screen.text())
        login = file.read()
        assert login is not None
        assert screen.service.login.is_given(login.access_token)
        screen.service.login.end(login.access_token)
        await screen.press("s", "enter")
        await screen.until(lambda: "The login of this device has" in screen.text())
        assert ":login" in screen.text()
    async with open_app(first="welcome") as screen:
        assert "has ended. Press ctrl+l to log in again" in " ".join(screen.text().split())
        await screen.press("ctrl+o")
        await screen.until(lambda: screen.app.return_value == 100)


async def test_a_code_that_expires_is_said_and_enter_asks_for_another(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEDIATUI_REALDEBRID__TOKEN")
    async with open_app(first="welcome") as screen:
        screen.service.login.code_lasts_s = 1
        screen.service.login.interval = 60  # one second, as the test's window is one
        await screen.press("ctrl+l")
        await screen.until(lambda: "was not typed in while it lasted" in screen.text())
        old = screen.line("Type  ")
        screen.service.login.code_lasts_s = 1800
        await screen.press("enter")
        await screen.until(lambda: "Waiting for you there" in screen.text())
        assert screen.line("Type  ") != old
