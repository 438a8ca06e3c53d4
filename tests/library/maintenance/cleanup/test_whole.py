"""Cleanup of everything at once: it fits together, and whatever happens to it nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.model.errors import UsageError
from tests.worlds.cleanup import MAX_PER_DIR, film, folders, messy, reasons
from tests.worlds.killed_batch import Moment, kill_in
from tests.worlds.library import run
from tests.worlds.maintenance import MaintenanceWorld, Snapshot
from tests.worlds.volumes import as_root, tmpfs


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
async def test_all_categories_of_one_run_fit_together_and_a_second_run_finds_nothing_to_do(
    tmp_path: Path, seed: int
) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        await messy(world, seed)
        before = world.snapshot()

        ran = await world.mend("cleanup", max_per_dir=MAX_PER_DIR)

        assert ran.outcomes == {"done"}, [step for step in ran.steps if step[0] != "done"]
        found = {one.category for one in world.findings("cleanup")}
        assert found == {"broken", "misplaced", "duplicates", "oversized", "empty"}
        assert not (world.films / "Western").exists()
        assert not (world.films / "Vide").exists()
        await world.run("cleanup", max_per_dir=MAX_PER_DIR)
        assert world.plan_for("cleanup").steps == ()
        undone = await world.undo()
        assert undone.outcomes == {"done"}, undone.steps
        assert world.snapshot() == before


@pytest.mark.parametrize("category", ["broken", "misplaced", "duplicates", "oversized", "empty"])
async def test_each_category_alone_is_reported_and_repaired_alone(tmp_path: Path, category: str) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        await messy(world)
        before = world.snapshot()

        ran = await world.mend("cleanup", only=(category,), max_per_dir=MAX_PER_DIR)

        assert ran.outcomes == {"done"}, ran.steps
        assert {one.category for one in world.findings("cleanup")} == {category}
        await world.undo()
        assert world.snapshot() == before


async def test_findings_come_in_the_order_in_which_they_are_mended_and_an_expired_plan_is_refused(
    tmp_path: Path,
) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        await messy(world)
        await world.run("cleanup", max_per_dir=MAX_PER_DIR)
        order = list(dict.fromkeys(one.category for one in world.findings("cleanup")))
        assert order == ["broken", "misplaced", "duplicates", "oversized", "empty"]
        async with world.db.transaction() as connection:
            await connection.execute("UPDATE reports SET ended_at = ended_at - 3600")
        with pytest.raises(UsageError, match="older than"):
            world.plan_for("cleanup")


@pytest.mark.slow
async def test_links_and_folders_renamed_between_plan_and_apply_are_skipped_and_nothing_is_lost(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        await messy(world)
        await world.run("cleanup", max_per_dir=MAX_PER_DIR)
        plan = world.plan_for("cleanup")
        targets = sorted(world.links().values())
        shown = [one.path for one in world.findings("cleanup", "misplaced") if one.steps]
        for path in shown[::2]:
            os.rename(path, path + b" renamed")
        before = world.snapshot()

        ran = await world.apply(plan)

        assert ran.outcomes == {"done", "skipped"}
        gone = sum(step.KIND == "unlink_symlink" for step in plan.steps)
        assert len(world.links()) >= len(targets) - gone
        await world.undo()
        assert world.snapshot() == before


@pytest.mark.process
@pytest.mark.usefixtures("analyses_in_thread")
@pytest.mark.parametrize(
    ("share", "moment"),
    [
        (0, "before its line"),
        (0.02, "in its act"),
        (0.3, "after its act"),
        (0.7, "before its act"),
        (1, "after its end"),
    ],
)
def test_killed_in_the_middle_a_cleanup_is_carried_on_or_undone_whole(
    tmp_path: Path, share: float, moment: Moment
) -> None:
    async def prepare(world: MaintenanceWorld) -> tuple[int, int, Snapshot]:
        async with world:
            await messy(world)
            await world.run("cleanup", max_per_dir=MAX_PER_DIR)
            plan = world.plan_for("cleanup")
            return await world.store(plan), max(1, int(len(plan.steps) * share)), world.snapshot()

    async def carry_on(world: MaintenanceWorld, batch: int, before: Snapshot) -> None:
        async with world:
            finished = await world.start(batch).wait()
            assert finished.outcome == "done", finished.summary
            steps = world.rows("SELECT DISTINCT outcome FROM plan_steps WHERE batch = ?", batch)
            assert steps == [("done",)]
            await world.run("cleanup", max_per_dir=MAX_PER_DIR)
            assert world.plan_for("cleanup").steps == ()
            undone = await world.undo(batch)
            assert undone.outcomes == {"done"}, undone.steps
            assert world.snapshot() == before

    world = MaintenanceWorld(tmp_path)
    batch, number, before = run(prepare(world))
    opened, closed = kill_in(world, batch, moment, number)
    assert opened >= number - (moment == "before its line")
    assert closed == number - (moment != "after its end")
    run(carry_on(MaintenanceWorld(tmp_path), batch, before))


@as_root
async def test_another_file_system_inside_the_library_is_seen_when_moves_are_planned(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        folders(world, "Drame")
        with tmpfs(world.films / "Action", "1m"):
            world.movie("Alien", genre="Drame")
            await world.media(film("Alien", "Action"))

            await world.run("cleanup", only=("misplaced",))

            assert "it would go to another file system" in reasons(world, "misplaced")[0]
            assert world.plan_for("cleanup").steps == ()
