"""Every repair tool killed in the middle of its changes: carried on to its end, and undone to the tree that was."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatui.store.library.media import Media
from tests.worlds.killed_batch import Moment, kill_in
from tests.worlds.maintenance import MaintenanceWorld, Snapshot

ITEMS = 4


async def dead_links(world: MaintenanceWorld) -> None:
    """Films and episodes whose files stand in other folders now."""
    world.file("Films/Neighbour/beside.nfo")  # a view that holds nothing could not be judged
    for number in range(ITEMS // 2):
        world.movie("Dune", 1980 + number, missing=True)
        world.file(f"new/Dune.{1980 + number}.1080p.mkv")
        world.episode("Kestrel", 1, number + 1, target=f"old/Kestrel.S01E{number + 1:02d}.mkv", missing=True)
        world.file(f"new/Kestrel.S01E{number + 1:02d}.mkv")


async def wrong_episodes(world: MaintenanceWorld) -> None:
    """Every episode of a season but the first leads to the file of the first."""
    for number in range(1, ITEMS + 2):
        world.file(f"Kestrel.S01/Kestrel.S01E{number:02d}.mkv")
        world.episode("Kestrel", 1, number, target="Kestrel.S01/Kestrel.S01E01.mkv")


async def relative_and_stray(world: MaintenanceWorld) -> None:
    """Relative links, and links beside the season folder they belong in."""
    for number in range(1, ITEMS + 1):
        file = world.file(f"Kestrel.S01/Kestrel.S01E{number:02d}.mkv")
        beside = f"Séries/Drama/Kestrel (2001)/Kestrel (2001) - S01E{number:02d} - x.mkv"
        where = os.path.dirname(world.root / beside)
        world.link(beside, os.path.relpath(file, where))
    (world.series / "Drama" / "Kestrel (2001)" / "Saison 01").mkdir()


async def films_without_file(world: MaintenanceWorld) -> None:
    """Known films whose file nobody noted."""
    for number in range(ITEMS):
        world.movie("Dune", 1980 + number)
        await world.media(Media("film", "Dune", 1980 + number, source="radarr", service_id=number + 1))


Prepare = Callable[[MaintenanceWorld], object]


@pytest.mark.process
@pytest.mark.usefixtures("analyses_in_thread")
@pytest.mark.parametrize(
    ("tool", "prepare", "number", "moment"),
    [
        ("repair-links", dead_links, 1, "before its act"),
        ("repair-links", dead_links, 3, "in its act"),
        ("fix-bad-links", wrong_episodes, 1, "in its act"),
        ("fix-bad-links", wrong_episodes, 4, "after its act"),
        ("fix-symlinks", relative_and_stray, 1, "after its act"),
        ("fix-symlinks", relative_and_stray, 5, "before its act"),
        ("link-movies", films_without_file, 2, "before its act"),
        ("link-movies", films_without_file, 3, "after its end"),
    ],
)
def test_killed_in_the_middle_a_tool_is_carried_on_and_undone(
    tmp_path: Path, tool: str, prepare: Prepare, number: int, moment: Moment
) -> None:
    def known(world: MaintenanceWorld) -> list[tuple[object, ...]]:
        return world.rows("SELECT title, year, file_path FROM media ORDER BY title, year")

    async def begin(world: MaintenanceWorld) -> tuple[int, Snapshot, list[tuple[object, ...]]]:
        async with world:
            await prepare(world)  # type: ignore[misc]
            await world.run(tool)
            plan = world.plan_for(tool)
            assert len(plan.steps) >= ITEMS
            return await world.store(plan), world.snapshot(), known(world)

    async def carry_on(world: MaintenanceWorld, batch: int, before: Snapshot, media: list[tuple[object, ...]]) -> None:
        async with world:
            finished = await world.start(batch).wait()
            assert finished.outcome == "done", finished.summary
            assert world.rows("SELECT DISTINCT outcome FROM plan_steps WHERE batch = ?", batch) == [("done",)]
            await world.run(tool)
            assert world.plan_for(tool).steps == ()
            assert (world.snapshot(), known(world)) != (before, media)
            undone = await world.undo(batch)
            assert undone.outcomes == {"done"}, undone.steps
            assert world.snapshot() == before
            assert known(world) == media

    batch, before, media = asyncio.run(begin(MaintenanceWorld(tmp_path)))
    opened, closed = kill_in(MaintenanceWorld(tmp_path), batch, moment, number)
    ended = number - (tool == "link-movies" or moment != "after its end")
    assert (opened, closed) == (ended if tool == "link-movies" else number, ended)
    asyncio.run(carry_on(MaintenanceWorld(tmp_path), batch, before, media))
