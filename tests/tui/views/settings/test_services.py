"""Sonarr and Radarr on the settings screen: tested as configured, found on this machine, saved after a yes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mediatui.services.catalogs import Catalogs
from tests.fakes.arr import KEY as FAKE_KEY
from tests.fakes.arr import FakeArr
from tests.fakes.catalogs import TMDB_KEY, FakeTmdb
from tests.fakes.pages import KEY, PING, Pages, config, listening, written
from tests.fakes.prowlarr import FakeProwlarr
from tests.fakes.sockets import on_socket
from tests.worlds.screen import Open, Screen, to_setting

STATUS = {
    "/api/v3/rootfolder": "[]",
    "/api/v3/system/status": json.dumps({"appName": "Sonarr", "instanceName": "Attic", "version": "4.0.9"}),
}


async def test_the_service_of_the_section_is_tested(open_app: Open, tmp_path: Path) -> None:
    async with listening(STATUS) as port, open_app(size=(110, 60)) as screen:
        (tmp_path / "config.toml").write_text(f'[sonarr]\nurl = "http://127.0.0.1:{port}"\napi_key = "{KEY}"\n')
        screen.app.workspace.reload_settings()
        await screen.press("comma")
        await to_setting(screen, "sonarr.url")
        await screen.press("t")
        await screen.until(lambda: "sonarr ok: Attic 4.0.9 answers" in screen.text())
        assert "But it is off: space on “In use” turns it on." in screen.text()
        await to_setting(screen, "sonarr.enabled")
        await screen.press("space", "t")
        await screen.until(lambda: "all is well. Tab goes to the answers" in screen.text())
        await to_setting(screen, "radarr.url")
        await screen.press("t")
        await screen.until(lambda: "radarr problem" in screen.text())
        assert KEY not in screen.text()


async def test_prowlarr_is_tested_before_it_is_in_use(open_app: Open, tmp_path: Path) -> None:
    prowlarr = FakeProwlarr()
    prowlarr.add(1)
    with on_socket(prowlarr) as address:
        async with open_app(size=(110, 60)) as screen:
            (tmp_path / "config.toml").write_text(f'[prowlarr]\nurl = "{address}"\napi_key = "{FAKE_KEY}"\n')
            screen.app.workspace.reload_settings()
            await screen.press("comma")
            await to_setting(screen, "prowlarr.url")
            await screen.press("t")
            await screen.until(lambda: "prowlarr ok: Prowlarr" in screen.text())
            assert "Prowlarr: all is well" in screen.text()
            assert FAKE_KEY not in screen.text()


async def test_paths_and_mounts_are_tested_from_their_own_settings(open_app: Open) -> None:
    async with open_app(size=(110, 60)) as screen:
        await screen.press("comma")
        for key, said in (
            ("paths.rules", "Nothing here has paths"),
            ("library.mount_cache_min", "No network mount is in use"),
        ):
            await to_setting(screen, key)
            await screen.press("t")
            await screen.until(lambda said=said: said in screen.text())  # type: ignore[misc]


async def test_catalogs_are_tested_from_their_section(open_app: Open, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(
        "mediatui.commands.connect_catalogs.make_catalogs",
        lambda settings, invocation: Catalogs(settings, FakeTmdb().transport()),
    )
    async with open_app(size=(110, 60)) as screen:
        await screen.press("comma")
        await to_setting(screen, "metadata.languages")
        await screen.press("t")
        await screen.until(lambda: "Neither TMDB nor TVDB has a key here." in screen.text())
        (tmp_path / "config.toml").write_text(f'[metadata]\ntmdb_key = "{TMDB_KEY}"\n')
        screen.app.workspace.reload_settings()
        await screen.press("t")
        await screen.until(lambda: "tmdb ok: TMDB accepts the key" in screen.text())
        assert "TMDB: all is well" in screen.text()
        assert TMDB_KEY not in screen.text()


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


def holding(folder: Path, theirs: str) -> FakeArr:
    """A Sonarr that sees the series of a folder below ``theirs``."""
    sonarr = FakeArr(
        "sonarr",
        theirs=lambda path: path.replace(str(folder), theirs),
        ours=lambda path: path.replace(theirs, str(folder)),
    )
    for name in ("Dark", "Fargo"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        sonarr.hold(name, folder / name)
    return sonarr


async def next_question(screen: Screen, holding: str) -> None:
    """Presses f until the question is one that holds this; there may be real services on this machine."""
    for _ in range(8):
        await screen.press("f")
        await screen.until(lambda: "[y/N]" in screen.text() or "That was all" in screen.text())
        if holding in " ".join(screen.text().split()):
            return
        if "[y/N]" in screen.text():
            await screen.press("n")
    raise AssertionError(screen.text())


async def test_the_answers_of_a_test_are_whole_at_80_columns(open_app: Open, tmp_path: Path) -> None:
    """Answers of ``t`` cut after three lines; none of its root folders meets the library."""
    folder = tmp_path / "library" / "tv"
    other = FakeArr("radarr")
    other.hold("Heat", "/somewhere/else/entirely/that/has/a/long/name/so/that/the/line/has/to/be/wrapped/films/Heat")
    with on_socket(holding(folder, "/data/tv")) as first, on_socket(other) as second:
        async with open_app(size=(80, 24)) as screen:
            (tmp_path / "config.toml").write_text(
                f'[library]\nroots = ["{folder}"]\n'
                f'[sonarr]\nurl = "{first}"\napi_key = "{FAKE_KEY}"\nenabled = true\n'
                f'[radarr]\nurl = "{second}"\napi_key = "{FAKE_KEY}"\nenabled = true\n'
            )
            screen.app.workspace.reload_settings()
            await screen.press("comma")
            await to_setting(screen, "library.roots")
            await screen.press("t")
            await screen.until(lambda: "Tab goes to the answers" in screen.text())
            await screen.press("tab", "g")
            seen = screen.text()
            for _ in range(20):
                await screen.press("j")
                seen += screen.text()
            seen = "".join(seen.split())
            assert "noneofitsrootfolders(/data/tv)isinthelibrary" in seen
            assert "mediatuiconfigsetsonarr.path_map" in seen
            assert "sayinradarr.path_map" in seen or "saysoinradarr.path_map" in seen
            await screen.press("escape")
            assert "sonarr warning" not in screen.text()
            assert "library.roots" in screen.text()


async def test_a_path_map_that_is_missing_is_offered_and_saved_after_a_yes(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``f`` offers the map."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    folder = tmp_path / "library" / "tv"
    with on_socket(holding(folder, "/data/tv")) as address:
        async with open_app(size=(80, 24)) as screen:
            (tmp_path / "config.toml").write_text(
                f'# mine\n[library]\nroots = ["{folder}"]\n'
                f'[sonarr]\nurl = "{address}"\napi_key = "{FAKE_KEY}"\nenabled = true\n'
            )
            screen.app.workspace.reload_settings()
            await screen.press("comma")
            await next_question(screen, "Save that path map?")
            assert "(2 of 2 folders are found so)" in " ".join(screen.text().split())
            await screen.press("y")
            await screen.until(lambda: "Sonarr: all is well" in screen.text())
            (pair,) = screen.app.workspace.settings.arr("sonarr").path_map
            assert (str(pair.ours), pair.theirs) == (str(folder.parent), "/data")
            assert "# mine" in (tmp_path / "config.toml").read_text()


async def test_what_is_found_says_what_it_replaces_or_stands_beside(
    open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``f`` says that it replaces what is configured; of several none is replaced."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    file = tmp_path / "config.toml"
    async with listening(Pages({**PING, **STATUS})) as port, open_app(size=(80, 24)) as screen:
        written(tmp_path / "home" / ".config" / "Sonarr", config(port=port))
        file.write_text('[sonarr]\nurl = "http://old.invalid"\napi_key = "another"\nenabled = true\n')
        screen.app.workspace.reload_settings()
        await screen.press("comma")
        await next_question(screen, f"127.0.0.1:{port}")
        assert "(it replaces http://old.invalid)" in " ".join(screen.text().split())
        await screen.press("n")
        file.write_text(file.read_text().replace("[sonarr]", '[[sonarr]]\nname = "tv"\n[[sonarr]]\nname = "anime"'))
        screen.app.workspace.reload_settings()
        await screen.press("escape", "comma")
        await next_question(screen, f"127.0.0.1:{port}")
        assert "beside Sonarr (tv) and Sonarr (anime), as Sonarr (sonarr-2)" in " ".join(screen.text().split())
        await screen.press("y")
        await screen.until(
            lambda: "sonarr-2" in file.read_text() and "enabled" in file.read_text().split("sonarr-2")[1]
        )
        assert 'url = "http://old.invalid"' in file.read_text()


async def test_each_of_several_services_has_its_own_rows_and_is_tested_alone(open_app: Open, tmp_path: Path) -> None:
    with on_socket(FakeArr("sonarr")) as address:
        async with open_app(size=(100, 60)) as screen:
            (tmp_path / "config.toml").write_text(
                f'[[sonarr]]\nname = "tv"\n[[sonarr]]\nname = "anime"\nurl = "{address}"\napi_key = "{FAKE_KEY}"\n'
            )
            screen.app.workspace.reload_settings()
            await screen.press("comma")
            await to_setting(screen, "sonarr.anime.url")
            assert "t tests Sonarr (anime)." in screen.text()
            await screen.press("t")
            await screen.until(lambda: "anime ok: Sonarr" in screen.text())
            assert "Sonarr (anime): all is well" in screen.text()
            assert "tv problem" not in screen.text()
            await screen.press("x")
            assert screen.app.workspace.settings.arr("anime").url == ""
