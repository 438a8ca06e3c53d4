"""fix-symlinks on real trees: relative links, and links beside the folder that should hold them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from mediatui.store.library.media import Media
from tests.worlds.maintenance import MaintenanceWorld

TOOL = "fix-symlinks"
SHOW = "Séries/Drama/Show (2010)"


def in_a_world(tmp_path: Path, test: Callable[[MaintenanceWorld], Awaitable[None]]) -> None:
    async def go() -> None:
        async with MaintenanceWorld(tmp_path) as world:
            await test(world)

    asyncio.run(go())


def relative(world: MaintenanceWorld, path: str, target: Path) -> Path:
    """A link whose target text is relative."""
    return world.link(path, os.path.relpath(target, (world.root / path).parent))


def reasons(world: MaintenanceWorld) -> dict[str, str]:
    return {os.path.basename(os.fsdecode(one.path)): one.reason for one in world.findings(TOOL)}


def test_relative_links_become_absolute_and_lead_where_they_led(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        alive = relative(world, "Films/Action/Dune (2021).mkv", world.file("Dune.mkv"))
        dead = relative(world, "Films/Action/Heat (1995).mkv", world.view / "gone.mkv")
        world.movie("Alien", 1979)
        ends = {path: os.path.realpath(path) for path in (alive, dead)}
        before = world.snapshot()
        done = await world.mend(TOOL)
        assert done.outcomes == {"done"}
        assert world.found(TOOL, "relative") == ["Dune (2021).mkv", "Heat (1995).mkv"]
        assert os.readlink(alive) == str(world.view / "Dune.mkv")
        assert {path: os.path.realpath(path) for path in ends} == ends
        assert all(os.path.isabs(target) for target in world.links().values())
        assert (await world.undo()).outcomes == {"done"}
        assert world.snapshot() == before

    in_a_world(tmp_path, test)


def test_a_target_behind_a_folder_that_is_a_symlink_is_followed_as_the_system_does(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.file("deep/inner/keep.mkv")
        right = world.file("deep/Dune.mkv")
        os.symlink(world.view / "deep" / "inner", world.view / "short")
        link = relative(world, "Films/Dune (2021).mkv", world.view / "x.mkv")
        text = os.readlink(link).removesuffix("x.mkv") + "short/../Dune.mkv"
        link.unlink()
        os.symlink(text, link)
        world.file("Dune.mkv")  # where the text alone would lead
        assert os.path.samefile(link, right)
        await world.mend(TOOL)
        assert os.readlink(link) == str(right)

    in_a_world(tmp_path, test)


def test_what_needs_a_mount_that_is_away_stays_as_it_is(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        relative(world, "Films/Dune (2021).mkv", world.file("Dune.mkv"))
        world.unmount()
        before = world.snapshot()
        await world.run(TOOL)
        assert not world.plan_for(TOOL).steps
        assert "unknown" in reasons(world)["Dune (2021).mkv"]
        assert world.snapshot() == before

    in_a_world(tmp_path, test)


def test_an_episode_beside_its_season_moves_into_it_with_what_is_known_of_it(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.episode("Show", 1, 1, year=2010)
        world.episode("Show", 2, 1, year=2010)
        file = world.file("Show.S01E02.mkv")
        beside = world.link(f"{SHOW}/Show (2010) - S01E02.mkv", file)
        above = world.link("Séries/Drama/Show (2010) - S02E03.mkv", world.file("Show.S02E03.mkv"))
        world.link(f"{SHOW}/Show (2010) - S03E01.mkv", world.file("Show.S03E01.mkv"))
        world.link(f"{SHOW}/Show (2010) - Bonus.mkv", world.file("Bonus.mkv"))
        await world.media(Media("episode", "Show", 2010, 1, 2, file_path=os.fsencode(file),
                                link_path=os.fsencode(beside)))  # fmt: skip
        before = world.snapshot()
        done = await world.mend(TOOL)
        assert done.outcomes == {"done"}
        assert world.found(TOOL) == [beside.name, above.name]
        moved = world.root / SHOW / "Saison 01" / beside.name
        assert os.readlink(moved) == str(file)
        assert (world.root / SHOW / "Saison 02" / above.name).is_symlink()
        assert [row.link_path for row in world.known("episode")] == [os.fsencode(moved)]
        assert (await world.undo()).outcomes == {"done"}
        assert world.snapshot() == before
        assert [row.link_path for row in world.known("episode")] == [os.fsencode(beside)]

    in_a_world(tmp_path, test)


def test_a_relative_link_beside_its_season_becomes_absolute_and_moves(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.episode("Show", 1, 1, year=2010)
        link = relative(world, f"{SHOW}/Show (2010) - S01E02.mkv", world.file("Show.S01E02.mkv"))
        before = world.snapshot()
        done = await world.mend(TOOL)
        assert [outcome for outcome, _ in done.steps] == ["done", "done"]
        assert os.readlink(world.root / SHOW / "Saison 01" / link.name) == str(world.view / "Show.S01E02.mkv")
        assert (await world.undo()).outcomes == {"done"}
        assert world.snapshot() == before

    in_a_world(tmp_path, test)


def test_a_name_in_the_way_is_listed_and_nothing_is_overwritten(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.link(f"{SHOW}/Saison 01/Show (2010) - S01E02.mkv", world.file("one.mkv"))
        world.link(f"{SHOW}/Show (2010) - S01E02.mkv", world.file("two.mkv"))
        world.link(f"{SHOW}/Show (2010) - S01E03.mkv", world.file("three.mkv"))
        world.link("Séries/Drama/Show (2010) - S01E03.mkv", world.file("four.mkv"))
        before = world.snapshot()
        await world.run(TOOL)
        plan = world.plan_for(TOOL)
        assert "is there already" in reasons(world)["Show (2010) - S01E02.mkv"]
        assert len(plan.steps) == 1  # the two S01E03 would get one name
        assert len(plan.notes) == 2
        (world.root / SHOW / "Saison 01" / "Show (2010) - S01E03.mkv").touch()  # since the analysis
        between = world.snapshot()
        done = await world.apply(plan)
        assert done.outcomes == {"skipped"}
        assert "there already" in done.steps[0][1]
        assert world.snapshot() == between != before

    in_a_world(tmp_path, test)


def test_two_folders_of_one_season_are_not_chosen_between(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.link(f"{SHOW}/Saison 01/Show (2010) - S01E01.mkv", world.file("one.mkv"))
        world.link(f"{SHOW}/Season 1/Show (2010) - S01E05.mkv", world.file("five.mkv"))
        world.link(f"{SHOW}/Show (2010) - S01E02.mkv", world.file("two.mkv"))
        await world.run(TOOL)
        assert not world.plan_for(TOOL).steps
        assert "nothing is guessed" in reasons(world)["Show (2010) - S01E02.mkv"]

    in_a_world(tmp_path, test)


@pytest.mark.parametrize("folder", ["A-C", "Dune (1984)", "Dune Part Two (2021)"])
def test_a_film_beside_folders_that_are_not_its_own_stays(tmp_path: Path, folder: str) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.link(f"Films/{folder}/Alien (1979).mkv", world.file("Alien.mkv"))
        world.link("Films/Dune (2021).mkv", world.file("Dune.mkv"))
        await world.run(TOOL)
        assert world.findings(TOOL) == []

    in_a_world(tmp_path, test)


def test_a_film_beside_the_folder_of_its_title_and_year_moves_into_it(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.link("Films/Dune (2021)/Dune (2021) - 4K.mkv", world.file("Dune.4K.mkv"))
        link = world.link("Films/Dune (2021).mkv", world.file("Dune.mkv"))
        before = world.snapshot()
        assert (await world.mend(TOOL)).outcomes == {"done"}
        assert (world.films / "Dune (2021)" / link.name).is_symlink()
        assert (await world.undo()).outcomes == {"done"}
        assert world.snapshot() == before

    in_a_world(tmp_path, test)


def test_names_that_are_not_utf8_move_too(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.link(f"{SHOW}/Saison 01/Show (2010) - S01E01.mkv", world.file("one.mkv"))
        os.symlink(world.file("two.mkv"), os.fsencode(world.root / SHOW) + b"/Show S01E02 caf\xe9.mkv")
        before = world.snapshot()
        assert (await world.mend(TOOL)).outcomes == {"done"}
        assert os.path.islink(os.fsencode(world.root / SHOW) + b"/Saison 01/Show S01E02 caf\xe9.mkv")
        assert (await world.undo()).outcomes == {"done"}
        assert world.snapshot() == before

    in_a_world(tmp_path, test)
