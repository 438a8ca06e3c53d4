"""The app over a real archive and a simulated account, driven by Textual's pilot."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mediatui.commands.parse import read_line
from mediatui.commands.workspace import Workspace
from mediatui.demo.account import SimulatedAccount
from mediatui.demo.seed import SimTorrent, make_torrents
from mediatui.demo.service import SimulatedService
from mediatui.demo.transport import SimulatedTransport
from mediatui.model.errors import MediatuiError
from mediatui.runtime.invocation import Invocation
from mediatui.runtime.paths import find_paths
from mediatui.services.realdebrid.schemas import read_detail
from mediatui.store.database import Database
from mediatui.store.facts import WHOLE_LIST, store_fact
from mediatui.store.torrents.rows import store_details
from mediatui.tui.app import MediatuiApp
from mediatui.tui.remembered import RememberedScreens
from tests.worlds.drawing import draw_at_rest, parse_once
from tests.worlds.home import without_display
from tests.worlds.library import SENTINEL
from tests.worlds.maintenance import MaintenanceWorld
from tests.worlds.screen import NOW, Open, Screen
from tests.worlds.stillness import watch


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pilot waits until nothing is left to happen, instead of until the process rests."""
    watch(monkeypatch)
    parse_once(monkeypatch)


@pytest.fixture
def open_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens the app: ``async with open_app(torrents, size=(80, 24)) as screen``.

    The archive already holds ``torrents`` but for ``unseen`` of the newest; the account holds them all. ``line`` is the
    command the app is opened with, ``remembered`` what the screens remember (nothing). Frames between two states at
    rest are drawn only where ``frames`` is true.
    """
    monkeypatch.setenv("MEDIATUI_REALDEBRID__TOKEN", "TESTTOKEN123")
    monkeypatch.setenv("MEDIATUI_REALDEBRID__BASE_URL", "http://simulated.invalid/rest/1.0")
    monkeypatch.setenv("MEDIATUI_REALDEBRID__WINDOW_S", "1")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    without_display(monkeypatch)

    @contextlib.asynccontextmanager
    async def open_it(
        torrents: list[SimTorrent] | None = None,
        *,
        size: tuple[int, int] = (80, 24),
        unseen: int = 0,
        latency_s: float = 0.0,
        first: str = "",
        line: str = "",
        remembered: RememberedScreens | None = None,
        frames: bool = False,
    ) -> AsyncIterator[Screen]:
        if not frames:
            draw_at_rest(monkeypatch)
        account = SimulatedAccount(make_torrents(60, now=NOW) if torrents is None else torrents, frozen=True)
        service = SimulatedService(account, token="TESTTOKEN123", window_s=1)
        paths = find_paths(data_dir=tmp_path / "data", config=tmp_path / "config.toml")
        paths.data_dir.mkdir(exist_ok=True)
        db = await Database.open(paths.database)
        details = [read_detail(info) for info in account.details_of_all()][unseen:]
        async with db.transaction() as connection:
            await store_details(connection, details, NOW)
            await store_fact(connection, WHOLE_LIST, {"total": 0, "first_id": "", "active": 0}, NOW)
        await db.close()
        workspace = Workspace(Invocation("", paths), transport=SimulatedTransport(service, latency_s=latency_s))
        app = MediatuiApp(workspace, first, read_line(line) if line else None, remembered)
        async with app.run_test(size=size) as pilot:
            screen = Screen(app, pilot, service)
            await screen.until(lambda: workspace._runner is not None)
            await screen.settle()
            tell = app.job_monitor.report_failure

            def keep(error: BaseException) -> None:
                if not isinstance(error, MediatuiError):
                    screen.unexpected.append(error)
                tell(error)

            monkeypatch.setattr(app.job_monitor, "report_failure", keep)
            yield screen
            assert not screen.unexpected

    return open_it


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twelve links in two folders, two of them dead, and the mount they point into; configured."""
    root, mount = tmp_path / "library", tmp_path / "mount"
    for number in range(1, 13):
        folder = root / ("Films" if number <= 8 else "Docs")
        target = mount / "all" / f"Film.{number}" / f"Film.{number}.mkv"
        folder.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(parents=True)
        target.write_bytes(b"video" * 1000)
        (folder / target.name).symlink_to(target)
    for number in (3, 5):
        (mount / "all" / f"Film.{number}" / f"Film.{number}.mkv").unlink()
    monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(root)]))
    monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps([str(mount)]))
    return root


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MaintenanceWorld:
    """A library with two good films and one folder with nothing in it; configured for the app."""
    world = MaintenanceWorld(tmp_path / "world")
    monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(world.root)]))
    monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps([{"path": str(world.mount), "sentinel": SENTINEL}]))
    monkeypatch.setenv("MEDIATUI_LIBRARY__STORAGE", json.dumps([str(world.storage)]))
    world.movie("Dune", 2021)
    world.movie("Alien", 1979)
    (world.films / "Empty").mkdir()
    return world
