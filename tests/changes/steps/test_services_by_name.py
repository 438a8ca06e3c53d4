"""Several Sonarrs, notified by name: each of what lies below its own root folders, and of nothing else."""

from __future__ import annotations

from pathlib import Path

from mediatui.changes.steps.arr_rescan import ArrRescan
from mediatui.model.plan import Plan
from tests.fakes.arr import FakeArr
from tests.worlds.arr import ArrWorld


async def test_each_is_notified_of_its_own_series_and_asked_for_nothing_else(tmp_path: Path) -> None:
    tv, anime = FakeArr("sonarr"), FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"tv": tv, "anime": anime}) as world:
        dark = world.show("Dark", episodes=2, missing=1)
        inner = world.series / "Anime"
        inner.mkdir()
        world.series, outer = inner, world.series
        mushishi = world.show("Mushishi", episodes=2, missing=1)
        tv.root(outer)
        tv.hold("Dark", dark[0].parent, dark)
        tv.hold("Mushishi too", mushishi[0].parent, mushishi)
        anime.root(inner)
        anime.hold("Mushishi", mushishi[0].parent, mushishi)
        await world.scan()
        done = await world.apply(world.plan())
        assert done.outcomes == {"done"}, done.finished.summary
        assert tv.commands == [("RescanSeries", 1)]
        assert anime.commands == [("RescanSeries", 1)]
        notified = {str(event.row["what"]) for event in done.events if getattr(event, "type", "") == "step"}
        assert {"Sonarr (tv): Dark", "Sonarr (anime): Mushishi"} <= notified


async def test_a_step_of_a_service_that_is_configured_no_more_fails_with_a_sentence(tmp_path: Path) -> None:
    async with ArrWorld(tmp_path, {"tv": FakeArr("sonarr"), "anime": FakeArr("sonarr")}) as world:
        step = ArrRescan(what="Sonarr: Dark", service="sonarr", item=1, title="Dark")
        ended = await world.apply(Plan("ask", "Test", (step,)))
        ((outcome, reason),) = ended.steps
        assert (outcome, ended.finished.exit_code) == ("failed", 1)
        assert reason == ("No Sonarr or Radarr is named sonarr in the settings. There are: tv, anime, radarr.")


async def test_a_step_of_an_old_database_finds_the_only_one_of_its_kind(tmp_path: Path) -> None:
    tv = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"tv": tv}) as world:
        links = world.show("Dark")
        item = tv.hold("Dark", links[0].parent, links)
        paths = tuple(map(str, links))
        step = ArrRescan(what="Sonarr: Dark", service="sonarr", item=item, title="Dark", paths=paths)
        ended = await world.apply(Plan("ask", "Test", (step,)))
        assert ended.outcomes == {"done"}, ended.steps
        assert tv.commands == [("RescanSeries", item)]
