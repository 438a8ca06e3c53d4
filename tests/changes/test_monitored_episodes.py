"""What Sonarr monitors of a link that moves within its series."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.arr import FakeArr
from tests.worlds.managed import ManagedWorld


def marks(*services: FakeArr) -> list[tuple[object, object]]:
    episodes = [(one["id"], one["monitored"]) for fake in services for one in fake.records.episodes]
    return episodes + [(fake.kind, row["monitored"]) for fake in services for row in fake.records.items.values()]


async def test_a_link_that_moves_within_its_series_stays_monitored(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    sonarr.settings["autoUnmonitorPreviouslyDownloadedEpisodes"] = True
    async with ManagedWorld(tmp_path, [sonarr]) as world:
        folder = world.tv / "Amber"
        (folder / "Season 1").mkdir(parents=True)
        link = world.link(folder / "Amber - S01E01.mkv", world.file("files/x.mkv"))
        sonarr.hold("Amber", folder, [link])
        before = marks(sonarr)
        await world.run("fix-symlinks")
        plan = world.plan_for("fix-symlinks")
        assert "Sonarr makes a new record of it" in plan.steps[0].risk
        done = await world.apply(plan)
        assert done.finished.outcome == "done", done.steps
        assert (folder / "Season 1" / link.name).is_symlink()
        assert marks(sonarr) == before
        undone = await world.undo()
        assert undone.finished.outcome == "done", undone.steps
        assert marks(sonarr) == before
