"""Sonarr and Radarr on the settings screen: tested as configured, found on this machine, saved after a yes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mediatui.settings import all_keys
from tests.services.test_arr_detect import KEY, PING, Pages, config, listening, written
from tests.tui.conftest import Open, Screen

STATUS = {"/api/v3/system/status": json.dumps({"appName": "Sonarr", "instanceName": "Attic", "version": "4.0.9"})}


async def to_setting(screen: Screen, name: str) -> None:
    """Puts the cursor on a setting."""
    await screen.press("g", *(["j"] * list(all_keys()).index(name)))
    assert screen.line(name).lstrip().startswith("▌")


async def test_the_service_of_the_section_is_tested(open_app: Open, tmp_path: Path) -> None:
    async with listening(STATUS) as port, open_app(size=(110, 60)) as screen:
        (tmp_path / "config.toml").write_text(f'[sonarr]\nurl = "http://127.0.0.1:{port}"\napi_key = "{KEY}"\n')
        screen.app.workspace.reload_settings()
        await screen.press("comma")
        await to_setting(screen, "sonarr.url")
        await screen.press("t")
        await screen.until(lambda: "sonarr ok: Attic 4.0.9 answers" in screen.text())
        await to_setting(screen, "radarr.url")
        await screen.press("t")
        await screen.until(lambda: "radarr problem" in screen.text())
        assert KEY not in screen.text()


async def test_what_is_found_is_saved_after_a_yes_only(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    file = tmp_path / "config.toml"
    pages = Pages({**PING, **STATUS})
    async with listening(pages) as port, open_app(size=(120, 60)) as screen:
        written(tmp_path / "home" / ".config" / "Sonarr", config(port=port))
        await screen.press("comma", "f")
        question = f"Sonarr at http://127.0.0.1:{port}"
        for _ in range(5):  # there may be real ones on this machine
            await screen.until(lambda: "Save it" in screen.text())
            if question in screen.text():
                break
            await screen.press("n", "f")
        assert question in screen.text()
        assert "with its key" in " ".join(screen.text().split())
        await screen.press("n")
        assert not file.exists()
        for _ in range(5):
            await screen.press("f")
            await screen.until(lambda: "Save it" in screen.text() or "That was all" in screen.text())
            if question in screen.text():
                break
            await screen.press("n")
        await screen.press("y")
        await screen.until(lambda: "sonarr ok: Attic 4.0.9 answers" in screen.text())
        assert KEY not in screen.text()
        text = file.read_text()
        assert f'url = "http://127.0.0.1:{port}"' in text
        assert f'api_key = "{KEY}"' in text
        assert "enabled = true" in text
        assert file.stat().st_mode & 0o077 == 0


async def test_without_its_key_a_service_is_not_enabled(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    async with listening(PING) as port, open_app(size=(120, 60)) as screen:
        written(tmp_path / "home" / ".config" / "Sonarr", config(key="", port=port))
        await screen.press("comma")
        for _ in range(5):
            await screen.press("f")
            await screen.until(lambda: "Save it" in screen.text())
            if f"127.0.0.1:{port}" in screen.text():
                break
            await screen.press("n")
        assert "its key has to be typed" in " ".join(screen.text().split())
        await screen.press("y")
        await screen.until(lambda: "Type its key into sonarr.api_key" in screen.text())
        assert "enabled" not in (tmp_path / "config.toml").read_text()
