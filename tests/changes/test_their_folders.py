"""Their folders are theirs (real.md A): what Sonarr and Radarr hold of a folder moves along, or the folder stays."""

from __future__ import annotations

import os
from pathlib import Path

from tests.changes.managed_world import ManagedWorld, managed, state, without_paths
from tests.fakes.arr import FakeArr
from tests.library.library_world import run

UNMONITOR = {"sonarr": "autoUnmonitorPreviouslyDownloadedEpisodes", "radarr": "autoUnmonitorPreviouslyDownloadedMovies"}


def services() -> tuple[FakeArr, FakeArr]:
    sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
    for fake in (sonarr, radarr):
        fake.settings[UNMONITOR[fake.kind]] = True
    return sonarr, radarr


def test_folders_move_into_ranges_together_with_their_path_of_them_and_back(tmp_path: Path) -> None:
    """real.md A1"""

    async def go() -> None:
        sonarr, radarr = services()
        async with ManagedWorld(tmp_path, [sonarr, radarr]) as world:
            managed(sonarr, radarr, world)
            before, tree = state(sonarr, radarr), world.snapshot()
            ran = await world.run("cleanup", max_per_dir=5)
            assert ran.finished.outcome == "done", ran.finished
            plan = world.plan_for("cleanup")
            assert plan.counts == {"move_path": 20, "arr_path": 20}
            assert "Sonarr's path of Harbor Lights changes" in [step.what for step in plan.steps]
            done = await world.apply(plan)
            assert done.outcomes == {"done"}, done.steps
            assert not (world.tv / "Harbor Lights").exists()
            after = state(sonarr, radarr)
            assert without_paths(after) == without_paths(before)
            for fake in (sonarr, radarr):
                for item, row in fake.records.items.items():
                    assert os.path.isdir(str(row["path"])), row["path"]
                    assert all(os.path.exists(path) for path in fake.paths(item))
            assert {name for name, _ in sonarr.commands} == {"RescanSeries"}

            undone = await world.undo()
            assert undone.outcomes == {"done"}, undone.steps
            assert state(sonarr, radarr) == before
            assert world.snapshot() == tree

    run(go())
