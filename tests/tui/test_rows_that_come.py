"""A key typed behind one that changes the rows is meant for the rows that come, however long they take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import cast

import pytest

from mediatui.commands.workspace import Workspace
from mediatui.tui.views.symlinks.view import SymlinksView
from mediatui.tui.views.torrents.rows import TorrentRows
from tests.worlds.maintenance import MaintenanceWorld
from tests.worlds.screen import Open, Screen, run_tool, scanned, well

SLOW_S = 0.4


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes every read take its time from now on."""

    def begin(seconds: float = SLOW_S) -> None:
        read, show = Workspace.read, TorrentRows.show

        async def slow_read(*args: object, **kwargs: object) -> object:
            await asyncio.sleep(seconds)
            return await read(*args, **kwargs)  # type: ignore[arg-type]

        async def slow_show(*args: object, **kwargs: object) -> bool:
            await asyncio.sleep(seconds)
            return await show(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(Workspace, "read", slow_read)
        monkeypatch.setattr(TorrentRows, "show", slow_show)

    return begin


async def marked(screen: Screen) -> str:
    """The line that is marked, once there is one."""
    await screen.until(lambda: "●" in screen.text())
    return screen.line("●")


async def test_torrents_behind_a_filter_and_a_sort(open_app: Open, slow: Callable[..., None]) -> None:
    async with open_app(well(9)) as screen:
        names = [line.split("Film.")[1].split()[0] for line in screen.text().splitlines() if "Film." in line]
        names = [f"Film.{name}" for name in names]
        slow()
        last = names[-1]
        screen.burst("slash", *last[-6:].lower(), "enter", "space")
        assert last in await marked(screen)
        await screen.press("A", "backspace")
        await screen.until(lambda: names[0] in screen.text())
        screen.burst("O", "g", "space")
        assert last in await marked(screen)


async def test_findings_behind_a_filter_a_category_and_another_tool(
    open_app: Open,
    world: MaintenanceWorld,
    slow: Callable[..., None],
) -> None:
    for number in range(3):
        world.movie(f"Lost {number}", 1990 + number, missing=True)
    async with open_app(well(1), size=(140, 30)) as screen:
        await run_tool(screen, "cleanup")
        await screen.press("tab")
        await screen.until(lambda: "Lost 2 (1992).mkv" in screen.text())
        slow()
        screen.burst("slash", *"lost", "space", "2", "enter", "space")
        assert "Lost 2 (1992).mkv" in await marked(screen)
        await screen.press("A", "backspace")
        await screen.until(lambda: "Lost 0" in screen.text())
        screen.burst("right_square_bracket", "right_square_bracket", "space")
        assert "Empty" in await marked(screen)


async def test_the_cursor_does_not_wait_for_what_follows_it(
    open_app: Open,
    library: object,
    slow: Callable[..., None],
) -> None:
    async with open_app(well(12), size=(140, 30)) as screen:
        await scanned(screen)
        await screen.press("A", "g")
        folders = cast(SymlinksView, screen.app.view)._folders.list
        slow(1.0)
        screen.burst("j")
        await asyncio.sleep(0.25)  # the links of that folder are being read now
        screen.burst("k")
        until = time.monotonic() + 0.6
        while folders.cursor != 0 and time.monotonic() < until:
            await asyncio.sleep(0.01)
        assert folders.cursor == 0


async def test_links_behind_another_folder(open_app: Open, library: object, slow: Callable[..., None]) -> None:
    async with open_app(well(12), size=(140, 30)) as screen:
        await scanned(screen)
        await screen.press("A", "g", "j")  # Docs has nothing wrong, Films has two
        await screen.until(lambda: "Film.3.mkv" in screen.text())
        await screen.press("k")
        await screen.until(lambda: "Film.3.mkv" not in screen.text())
        slow()
        screen.burst("j", "tab", "j", "space")
        assert "Film.5.mkv" in await marked(screen)
