"""The app over a real archive and a simulated account, driven by Textual's pilot."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from textual.events import Key
from textual.pilot import Pilot

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

NOW = 1_790_000_000


class Screen:
    """What the tests do with the app: keys in, text out."""

    def __init__(self, app: MediatuiApp, pilot: Pilot[int], service: SimulatedService) -> None:
        self.app = app
        self.pilot = pilot
        self.service = service
        self.unexpected: list[BaseException] = []
        """Errors of workers that nobody foresaw; a test fails when there are any at its end."""

    def text(self) -> str:
        """What is on the screen, line by line."""
        width, height = self.app.size
        lines = self.app.screen._compositor.render_strips()[:height]
        return "\n".join("".join(segment.text for segment in line)[:width].rstrip() for line in lines)

    def line(self, holding: str) -> str:
        """The first line that holds a text."""
        return next(line for line in self.text().splitlines() if holding in line)

    async def press(self, *keys: str) -> None:
        """Presses keys and waits until the screen followed."""
        await self.pilot.press(*keys)
        await self.settle()

    def burst(self, *keys: str) -> None:
        """Keys that have all arrived before the first is looked at, as over a slow line."""
        characters = {"slash": "/", "space": " "}
        for key in keys:
            self.app.post_message(Key(key, characters.get(key, key if len(key) == 1 else None)))

    async def type(self, text: str) -> None:
        """Types text, key by key."""
        names = {" ": "space", ":": "colon", "/": "slash", ">": "greater_than_sign", "-": "minus", ".": "full_stop"}
        names |= {'"': "quotation_mark", "(": "left_parenthesis", ",": "comma", "_": "underscore"}
        await self.press(*(names.get(char, char) for char in text))

    async def settle(self, seconds: float = 0.05) -> None:
        """Waits until workers had their turn."""
        await self.pilot.pause(seconds)
        await self.pilot.pause()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until something holds, and is drawn; fails with what the screen shows when it never does."""
        for _ in range(200):
            if holds():
                await self.pilot.pause()
                return
            await self.pilot.pause(0.02)
        pytest.fail(f"never came true; the screen shows:\n{self.text()}")


Open = Callable[..., AbstractAsyncContextManager[Screen]]


@pytest.fixture
def open_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens the app: ``async with open_app(torrents, size=(80, 24)) as screen``.

    The archive already holds ``torrents`` but for ``unseen`` of the newest; the account holds them all.
    """
    monkeypatch.setenv("MEDIATUI_REALDEBRID__TOKEN", "TESTTOKEN123")
    monkeypatch.setenv("MEDIATUI_REALDEBRID__BASE_URL", "http://simulated.invalid/rest/1.0")
    monkeypatch.setenv("MEDIATUI_REALDEBRID__WINDOW_S", "1")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    @contextlib.asynccontextmanager
    async def open_it(
        torrents: list[SimTorrent] | None = None,
        *,
        size: tuple[int, int] = (80, 24),
        unseen: int = 0,
        latency_s: float = 0.0,
        first: str = "torrents",
    ) -> AsyncIterator[Screen]:
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
        app = MediatuiApp(workspace, first)
        async with app.run_test(size=size) as pilot:
            screen = Screen(app, pilot, service)
            await screen.until(lambda: workspace._runner is not None)
            await screen.settle(0.1)
            tell = app.job_monitor.report_failure

            def keep(error: BaseException) -> None:
                if not isinstance(error, MediatuiError):
                    screen.unexpected.append(error)
                tell(error)

            monkeypatch.setattr(app.job_monitor, "report_failure", keep)
            yield screen
            assert not screen.unexpected

    return open_it
