"""The app in a test: what is pressed, what is seen, and what the account and the library behind it hold."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import Key
from textual.pilot import Pilot

from mediatui.demo.seed import SimTorrent, make_torrents
from mediatui.demo.service import SimulatedService
from mediatui.tui.app import MediatuiApp
from tests.worlds.drawing import draw
from tests.worlds.maintenance import MaintenanceWorld
from tests.worlds.stillness import until_still

NOW = 1_790_000_000
NEVER_S = 30.0


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

    async def settle(self) -> None:
        """Waits until nothing is left to happen by itself, and is drawn."""
        await until_still()
        draw(self.app)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until something holds, and is drawn; fails with what the screen shows when it never does."""
        end = time.monotonic() + NEVER_S
        while not holds():
            if time.monotonic() > end:
                pytest.fail(f"never came true; the screen shows:\n{self.text()}")
            await asyncio.sleep(0.002)
            await until_still()
        await self.settle()


Open = Callable[..., AbstractAsyncContextManager[Screen]]


def well(count: int) -> list[SimTorrent]:
    """Torrents with nothing wrong, named Film.1 and so on, newest first."""
    base = make_torrents(1, now=NOW)[0]
    return [
        replace(
            base, id=f"F{number:012d}", hash=f"{number:040x}", filename=f"Film.{number}",
            original_filename=f"Film.{number}", added_at=NOW - number * 60.0, shape="film", file_count=1, skipped=0,
            status="downloaded", progress=100.0,
        )
        for number in range(1, count + 1)
    ]  # fmt: skip


def broken(torrent: SimTorrent, status: str = "error") -> SimTorrent:
    return replace(torrent, status=status, progress=0.0, ended_at=None)


async def ends(screen: Screen) -> None:
    """Waits until no job runs."""
    await screen.until(lambda: not screen.app.workspace.runner.running and screen.app.workspace.runner.jobs != [])
    await screen.settle()


async def scanned(screen: Screen) -> None:
    """Scans the whole library."""
    await screen.press("4")
    await screen.until(lambda: "Films" in screen.text())
    if "Wrong" not in screen.text() or screen.app.screen.focused.id != "folder-list":  # type: ignore[union-attr]
        await screen.press("h", "h")
    await screen.press("a", "S", "enter")
    await ends(screen)
    await screen.until(lambda: "last scan" in screen.text() and "just now (basic)" in screen.text())


async def at_films(screen: Screen) -> None:
    """Scans all, and goes to the links of the folder Films."""
    await scanned(screen)
    await screen.press("A", "G", "tab")
    await screen.until(lambda: "Film.3.mkv" in screen.text())


TOOLS = ["integrity", "cleanup", "repair-links", "fix-bad-links", "fix-symlinks", "link-movies"]


def doubled(world: MaintenanceWorld) -> Path:
    """A second link to a film in the same folder."""
    return world.link("Films/Action/Dune (2021) - again.mkv", os.readlink(world.films / "Action" / "Dune (2021).mkv"))


def dead_series(world: MaintenanceWorld, title: str = "Foundation", episodes: int = 3) -> list[Path]:
    """Dead links of one season, whose files are in a folder of another name now."""
    links = []
    for episode in range(1, episodes + 1):
        name = f"{title}.S01E{episode:02d}.mkv"
        links.append(world.episode(title, 1, episode, target=f"{title}.Old/{name}", missing=True))
        world.file(f"{title}.S01.1080p/{name}")
    return links


async def run_tool(screen: Screen, tool: str) -> None:
    """Opens the screen, goes to a tool and runs it to its end."""
    await screen.press("5")
    await screen.until(lambda: "Link movies" in screen.text())
    await screen.press("g", *("j" * ([1, 3, 5, 6, 7, 8][TOOLS.index(tool)])))
    await screen.press("S")
    await ends(screen)
    await screen.until(lambda: "running" not in screen.text())
    await screen.settle()


async def to_setting(screen: Screen, name: str) -> None:
    """On the settings screen, has only the settings shown whose dotted names begin so, the cursor on the first."""
    await screen.press("slash")
    screen.app.prompt._input.value = name
    await screen.press("enter")
    assert name in screen.text()
