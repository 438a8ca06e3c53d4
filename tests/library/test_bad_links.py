"""fix-bad-links on real trees: which links are pointed elsewhere, and which are only listed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.library.library_world import Run
from tests.library.maintenance_world import MaintenanceWorld

TOOL = "fix-bad-links"
SEASON = "Series/Foundation (2001)/S01"


def in_a_world(tmp_path: Path, test: Callable[[MaintenanceWorld], Awaitable[None]]) -> None:
    async def go() -> None:
        async with MaintenanceWorld(tmp_path) as world:
            await test(world)

    asyncio.run(go())


def episode(world: MaintenanceWorld, number: int, leads_to: str, *, show: str = "Foundation", season: int = 1) -> Path:
    """The link of an episode, which leads to a file of the view ``all``; the file is made when it is missing."""
    return world.episode(show, season, number, target=leads_to)


def leads_to(link: Path) -> str:
    return os.path.basename(os.readlink(link))


def outcomes(world: MaintenanceWorld) -> dict[str, object]:
    found = world.report(TOOL).counts["outcomes"]
    assert isinstance(found, dict)
    return found


def test_links_that_share_a_file_are_pointed_at_their_own_and_undo_restores_the_tree(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        links = [episode(world, number, f"{SEASON}/Foundation.S01E01.mkv") for number in range(1, 6)]
        for number in range(2, 6):
            world.file(f"{SEASON}/Foundation.S01E{number:02d}.mkv")
        before = world.snapshot()
        done = await world.mend(TOOL)
        assert done.outcomes == {"done"}
        assert outcomes(world) == {"already right": 1, "fixed": 4}
        assert [leads_to(link) for link in links] == [f"Foundation.S01E{number:02d}.mkv" for number in range(1, 6)]
        assert (await world.undo()).outcomes == {"done"}
        assert world.snapshot() == before

    in_a_world(tmp_path, test)
