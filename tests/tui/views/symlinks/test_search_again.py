"""Asking Sonarr for another release from the list of links."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.services.arr import client as arr_module
from tests.fakes.arr import HANG, KEY, FakeArr
from tests.fakes.sockets import on_socket
from tests.worlds.screen import Open, at_films, ends, well


async def test_a_dead_link_is_asked_for_anew_after_a_yes(
    open_app: Open, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = library / "Films"
    radarr = FakeArr("radarr")
    radarr.hold("Film 3", films, [films / "Film.3.mkv"])
    radarr._disk._take_new = lambda item, seen: None  # type: ignore[method-assign]  # the others there are not its own
    with on_socket(radarr) as address:
        for name, value in {"ENABLED": "true", "URL": address, "API_KEY": KEY}.items():
            monkeypatch.setenv(f"MEDIATUI_RADARR__{name}", value)
        async with open_app(well(12), size=(150, 30)) as screen:
            await at_films(screen)
            await screen.press("g", "F")
            await screen.until(lambda: "Ask for another release of 1 link" in screen.text())
            assert "2 not undoable" in screen.text()
            assert "1 rescan, 1 search" in screen.text()
            assert {method for method, _ in radarr.seen} == {"GET"}
            await screen.press("y")
            await ends(screen)
            assert not os.path.lexists(films / "Film.3.mkv")
            assert radarr.commands == [("RescanMovie", 1), ("MoviesSearch", [1])]
            await screen.until(lambda: "2 done, 1 asked, nothing found" in screen.text())
            await screen.press("u")
            await screen.until(lambda: "Radarr is notified of what changed. Undoable." in screen.text())


async def test_without_a_service_it_is_said_and_s_syncs_as_everywhere(open_app: Open, library: Path) -> None:
    async with open_app(well(12), size=(150, 30)) as screen:
        await at_films(screen)
        await screen.press("g", "F")
        await screen.until(lambda: "Neither Sonarr nor Radarr is enabled" in screen.text())
        await screen.press("s")
        await screen.until(lambda: "smart" in screen.text())


async def test_asking_a_service_that_does_not_answer_is_said_and_can_be_stopped(
    open_app: Open, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arr_module, "PATIENCE_S", 0.05)
    radarr = FakeArr("radarr")
    radarr.fail(HANG)
    with on_socket(radarr) as address:
        for name, value in {"ENABLED": "true", "URL": address, "API_KEY": KEY}.items():
            monkeypatch.setenv(f"MEDIATUI_RADARR__{name}", value)
        async with open_app(well(12), size=(80, 24)) as screen:
            await at_films(screen)
            await screen.press("g", "F")
            await screen.until(lambda: "waiting for Radarr" in screen.text())
            await screen.press("ctrl+c")
            await screen.until(lambda: "Stopped asking; nothing was changed." in screen.text())
            assert len(list((library / "Films").iterdir())) == 8
