"""Changing, in the question, how a film is added to Radarr before a release is sent for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.arr import KEY, FakeArr
from tests.fakes.sockets import on_socket
from tests.worlds.screen import Open, Screen, well

FILM = "magnet:?xt=urn:btih:" + "ab" * 20 + "&dn=Quiet.Harbor.2014.1080p.BluRay"


def drawn(screen: Screen) -> str:
    return " ".join(screen.text().split())


async def test_the_parts_of_an_addition_are_walked_and_changed(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    radarr = FakeArr("radarr")
    radarr.world[800_001] = ("Quiet Harbor", 2014)
    radarr.records.profiles |= {4: "HD-1080p"}
    for name in ("films", "more"):
        (tmp_path / name).mkdir()
        radarr.root(tmp_path / name)
    with on_socket(radarr) as address:
        facts = {"ENABLED": "true", "URL": address, "API_KEY": KEY, "QUALITY_PROFILE": "Any"}
        for name, value in {**facts, "ROOT_FOLDER": f"{tmp_path}/films"}.items():
            monkeypatch.setenv(f"MEDIATUI_RADARR__{name}", value)
        async with open_app(well(2), size=(100, 24)) as screen:
            await screen.press("8", "plus")
            await screen.type(FILM)
            await screen.press("enter")
            await screen.until(lambda: f"Quiet Harbor (2014) is added, Any, in {tmp_path}/films. For" in drawn(screen))
            assert "tab change" in drawn(screen)
            await screen.press("tab")
            await screen.until(lambda: "▌quality profile Any" in drawn(screen))
            await screen.press("space", "tab", "space", "down", "space")
            assert "quality profile HD-1080p" in drawn(screen)
            assert "▌monitored no" in drawn(screen)
            await screen.press("enter")
            said = f"Quiet Harbor (2014) is added, HD-1080p, in {tmp_path}/more, not monitored. For"
            await screen.until(lambda: said in drawn(screen))
            await screen.press("p")
            await screen.until(lambda: "add film" in drawn(screen))
            await screen.press("y")
            await screen.until(lambda: "tab change" in drawn(screen))
            await screen.press("tab")
            await screen.until(lambda: "▌quality profile HD-1080p" in drawn(screen))
            await screen.press("tab", "tab", "space", "enter")
            await screen.until(lambda: f"HD-1080p, in {tmp_path}/more. For" in drawn(screen))
            await screen.press("y")
            await screen.until(lambda: "2 done" in drawn(screen))
            (film,) = radarr.records.items.values()
            assert (film["qualityProfileId"], film["monitored"]) == (4, True)
            assert film["path"] == f"{tmp_path}/more/Quiet Harbor (2014)"
