"""Folders that Sonarr and Radarr manage: the path they hold of a folder changes along with it, or it stays."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from mediatui.changes.steps.moves import ArrPath, MovePath
from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.model.plan import Plan
from mediatui.runtime.jobs import Job
from tests.fakes.arr import BROKEN, KEY, FakeArr
from tests.fakes.sockets import on_socket
from tests.worlds.killed_batch import kill_at
from tests.worlds.library import run
from tests.worlds.managed import ManagedWorld, managed, state, without_paths

UNMONITOR = {"sonarr": "autoUnmonitorPreviouslyDownloadedEpisodes", "radarr": "autoUnmonitorPreviouslyDownloadedMovies"}


def services() -> tuple[FakeArr, FakeArr]:
    sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
    for fake in (sonarr, radarr):
        fake.settings[UNMONITOR[fake.kind]] = True
    return sonarr, radarr


@pytest.mark.slow
async def test_folders_move_into_ranges_together_with_the_paths_services_hold_and_back(tmp_path: Path) -> None:

    sonarr, radarr = services()
    async with ManagedWorld(tmp_path, [sonarr, radarr]) as world:
        managed(sonarr, radarr, world)
        before, tree = state(sonarr, radarr), world.snapshot()
        ran = await world.run("cleanup", max_per_dir=3)
        assert ran.finished.outcome == "done", ran.finished
        plan = world.plan_for("cleanup")
        assert plan.counts == {"move_path": 11, "arr_path": 11}
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


def asked(fake: FakeArr, *paths: str) -> int:
    """How often a service was asked for these lists."""
    return sum(method == "GET" and path in [f"/api/v3/{one}" for one in paths] for method, path in fake.seen)


@asynccontextmanager
async def shelf(tmp_path: Path, *titles: str, **settings: object) -> AsyncIterator[tuple[ManagedWorld, FakeArr]]:
    """A Sonarr that manages these series, with nothing else in the library."""
    sonarr = services()[0]
    async with ManagedWorld(tmp_path, [sonarr], **settings) as world:
        sonarr.root(world.tv)
        for title in titles:
            sonarr.hold(title, *world.show(title))
        yield world, sonarr


THREE = ("Amber", "Brass", "Cold")


async def ranges(world: ManagedWorld) -> Plan:
    """The plan to divide series into ranges of two."""
    ran = await world.run("cleanup", only=("oversized",), max_per_dir=2)
    assert ran.finished.outcome == "done", ran.finished
    return world.plan_for("cleanup")


async def test_a_cleanup_asks_each_service_for_items_and_roots_once(tmp_path: Path) -> None:
    async with shelf(tmp_path, *THREE) as (world, sonarr):
        await world.run("cleanup", max_per_dir=2)
        assert (asked(sonarr, "series"), asked(sonarr, "rootfolder")) == (1, 1)


async def test_the_object_is_put_as_it_was_read_with_the_new_path_alone(tmp_path: Path) -> None:
    """What a PUT leaves out Radarr wipes."""

    async with shelf(tmp_path, *THREE) as (world, sonarr):
        sonarr.records.items[1]["fieldOfALaterVersion"] = {"kept": [1, None, "é"]}
        whole = sonarr.item(1)
        await world.apply(await ranges(world))
        method, path, body = next(write for write in sonarr.writes if write[1] == "series/1")
        assert (method, path) == ("PUT", "series/1")
        assert body == {**whole, "path": sonarr.item(1)["path"]}
        assert any(path == "/api/v3/series/1?moveFiles=false" for _, path in sonarr.seen)


@pytest.mark.slow
async def test_a_category_changes_with_its_root_folder_and_the_emptied_root_stays(tmp_path: Path) -> None:

    sonarr = services()[0]
    async with ManagedWorld(tmp_path, [sonarr], roots=[str(tmp_path / "library")]) as world:
        comedy, drama = (world.series / name for name in ("Comedy", "Drama"))
        for place in (comedy, drama):
            place.mkdir()
            sonarr.root(place)
        item = sonarr.hold("Harbor", *world.show("Harbor", below="Séries/Comedy"), genres=["Drama"])
        sonarr.hold("Kestrel", *world.show("Kestrel", below="Séries/Drama"), genres=["Drama"])
        before, tree = state(sonarr), world.snapshot()
        ran = await world.run("cleanup", only=("misplaced", "empty"))
        assert ran.finished.counts["kept"] == {"root_folder": 1}
        assert "kept: a root folder of Sonarr" in ran.finished.summary
        done = await world.apply(world.plan_for("cleanup"))
        assert done.outcomes == {"done"}, done.steps
        row = sonarr.item(item)
        assert (row["path"], row["rootFolderPath"]) == (str(drama / "Harbor"), str(drama))
        assert without_paths(state(sonarr)) == without_paths(before)
        assert comedy.is_dir()
        undone = await world.undo()
        assert undone.outcomes == {"done"}, undone.steps
        assert (state(sonarr), world.snapshot()) == (before, tree)


async def test_a_root_folder_that_does_not_read_back_leaves_the_folder_where_it_was(tmp_path: Path) -> None:

    sonarr = services()[0]
    async with ManagedWorld(tmp_path, [sonarr], roots=[str(tmp_path / "library")]) as world:
        for name in ("Comedy", "Drama"):
            (world.series / name).mkdir()
            sonarr.root(world.series / name)
        sonarr.hold("Harbor", *world.show("Harbor", below="Séries/Comedy"), genres=["Drama"])
        before, tree = state(sonarr), world.snapshot()
        await world.run("cleanup", only=("misplaced",))
        comedy = str(world.series / "Comedy")
        sonarr.records.root_of = lambda path: comedy  # type: ignore[method-assign]
        done = await world.apply(world.plan_for("cleanup"))
        assert done.outcomes == {"failed", "skipped"}, done.steps  # there is nothing to report
        assert (state(sonarr), world.snapshot()) == (before, tree)
        assert sonarr.commands == []


async def test_what_no_service_knows_moves_alone_and_the_plan_says_who_knows_what(tmp_path: Path) -> None:

    async with shelf(tmp_path, *THREE) as (world, sonarr):
        for title in ("Ash", "Birch", "Cedar"):
            world.movie_folder(title)
        plan = await ranges(world)
        changed = {step.path for step in plan.steps if isinstance(step, ArrPath)}
        assert changed == {str(world.tv / one) for one in THREE}
        assert plan.counts == {"move_path": 6, "arr_path": 3}
        assert plan.says[:2] == (
            f"Sonarr knows 3 series in {world.tv}.", f"No service knows anything in {world.movies}."
        )  # fmt: skip
        assert (await world.apply(plan)).outcomes == {"done"}
        assert {path for _, path, _ in sonarr.writes} == {"series/1", "series/2", "series/3"}


async def test_without_a_service_the_plan_says_once_that_it_cannot_know(tmp_path: Path) -> None:
    async with ManagedWorld(tmp_path) as world:
        for title in THREE:
            world.show(title)
        plan = await ranges(world)
        assert plan.counts == {"move_path": 3}
        assert plan.says[0] == ("No Sonarr or Radarr is configured: whether a folder is one of theirs cannot be known.")


class Odd:
    """A service whose answers to changes of a path are lost, refused, or not what they did."""

    def __init__(self, fake: FakeArr, what: str) -> None:
        self.fake, self.what = fake, what

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method != "PUT" or "/series/2" not in request.url.path or not self.what:
            return self.fake(request)  # type: ignore[return-value]
        if self.what == "done and cut":
            self.fake(request)
        if "cut" in self.what:
            raise httpx.RemoteProtocolError("peer closed connection")
        if self.what == "keeps the old path":
            return httpx.Response(202, json=self.fake.item(2))
        return httpx.Response(int(self.what), json=[{"propertyName": "Path", "errorMessage": "no"}])


@pytest.mark.slow
@pytest.mark.parametrize("what", ["500", "400", "cut", "keeps the old path"])
async def test_a_change_that_fails_takes_the_folder_back_and_the_rest_goes_on(tmp_path: Path, what: str) -> None:

    async with shelf(tmp_path, *THREE) as (world, sonarr):
        odd = Odd(sonarr, what)
        world.services["sonarr"] = odd
        before, tree = state(sonarr), world.snapshot()
        done = await world.apply(await ranges(world))
        assert done.finished.exit_code == 1
        assert [outcome for outcome, _ in done.steps].count("failed") == 2, done.steps
        assert any("its folder is back where it was" in why for _, why in done.steps)
        assert (world.tv / "Brass").is_dir()
        after = state(sonarr)
        assert after["sonarr Brass"] == before["sonarr Brass"]
        assert without_paths(after) == without_paths(before)
        assert ("RescanSeries", 2) not in sonarr.commands
        assert not any(f"/{one}" in str(sonarr.item(2)["path"]) for one in ("Amber", "Cold"))

        odd.what = ""
        again = await world.retry(1)
        assert again.outcomes == {"done"}, again.steps
        assert without_paths(state(sonarr)) == without_paths(before)
        assert not (world.tv / "Brass").exists()
        assert (await world.undo(1)).outcomes == {"done"}
        assert (state(sonarr), world.snapshot()) == (before, tree)


async def test_a_lost_answer_is_read_back_before_anything_is_concluded(tmp_path: Path) -> None:
    async with shelf(tmp_path, *THREE) as (world, sonarr):
        world.services["sonarr"] = Odd(sonarr, "done and cut")
        before = state(sonarr)
        assert (await world.apply(await ranges(world))).outcomes == {"done"}
        assert without_paths(state(sonarr)) == without_paths(before)


def test_a_change_nobody_can_read_back_is_carried_on_with_before_any_rescan(tmp_path: Path) -> None:
    async def go() -> None:
        async with shelf(tmp_path, *THREE) as (world, sonarr):
            down = False

            def answer(request: httpx.Request) -> object:
                nonlocal down
                if down and "series/2" in request.url.path:
                    raise httpx.ConnectError("refused")
                answered = sonarr(request)
                down = down or (request.method == "PUT" and "series/2" in request.url.path)
                return answered

            world.services["sonarr"] = answer
            before = state(sonarr)
            done = await world.apply(await ranges(world))
            assert [outcome for outcome, _ in done.steps].count("failed") == 1, done.steps
            assert ("RescanSeries", 2) not in sonarr.commands
            world.services["sonarr"] = sonarr
            assert (await world.retry(1)).outcomes == {"done"}
            assert without_paths(state(sonarr)) == without_paths(before)

    run(go())


async def test_a_service_that_is_away_leaves_every_folder_where_it_is(tmp_path: Path) -> None:
    async with shelf(tmp_path, *THREE) as (world, sonarr):
        sonarr.fail(BROKEN)
        (world.tv / "Empty").mkdir()
        await world.run("cleanup", max_per_dir=2)
        assert world.plan_for("cleanup").steps == ()
        assert any("Sonarr cannot be asked" in one.reason for one in world.findings("cleanup", "oversized"))
        assert any("Sonarr cannot be asked" in one.reason for one in world.findings("cleanup", "empty"))

        sonarr.well()
        plan, tree = await ranges(world), world.snapshot()
        sonarr.fail(BROKEN)
        done = await world.apply(plan)
        assert done.finished.exit_code == 1
        assert "done" not in done.outcomes
        assert world.snapshot() == tree
        sonarr.well()
        assert (await world.retry(1)).outcomes == {"done"}


async def test_what_a_service_took_on_since_the_plan_stays(tmp_path: Path) -> None:
    async with shelf(tmp_path, *THREE) as (world, sonarr):
        (world.tv / "Empty").mkdir()
        world.show("Alone")
        await world.run("cleanup", max_per_dir=2)
        plan, tree = world.plan_for("cleanup"), world.snapshot()
        sonarr.root(world.tv / "Empty")
        sonarr.hold("Alone", world.tv / "Alone")
        sonarr.records.items[1]["path"] = "/elsewhere/Amber"
        moves = [step for step in plan.steps if not isinstance(step, ArrPath) or step.item == 1]
        done = await world.apply(
            Plan("cleanup", "x", tuple(one for one in moves if _about(one, "Alone", "Amber", "Empty")))
        )
        assert "done" not in done.outcomes, done.steps
        whys = " ".join(why for _, why in done.steps)
        assert "it is a root folder of Sonarr" in whys
        assert "it is the folder of Alone in Sonarr, whose path there does not change in this batch" in whys
        assert world.snapshot() == tree


def _about(step: object, *names: str) -> bool:
    return os.path.basename(step.path) in names  # type: ignore[attr-defined]


@pytest.mark.parametrize("mapped", [True, False])
def test_a_service_that_sees_the_library_elsewhere(tmp_path: Path, mapped: bool) -> None:
    """With a path map its paths change in its own words; without one it is not certain whose the folders are."""

    async def go() -> None:
        tv = tmp_path / "library" / "tv"
        sonarr = FakeArr(
            "sonarr",
            theirs=lambda path: path.replace(str(tv), "/data/tv"),
            ours=lambda path: path.replace("/data/tv", str(tv)),
        )
        pairs = [{"ours": str(tv), "theirs": "/data/tv"}] if mapped else []
        async with ManagedWorld(tmp_path, [sonarr], **{"sonarr.path_map": pairs}) as world:
            sonarr.root(tv)
            for title in THREE:
                sonarr.hold(title, *world.show(title))
            before = state(sonarr)
            plan = await ranges(world)
            if not mapped:
                assert plan.steps == ()
                (finding,) = world.findings("cleanup", "oversized")
                assert "it may be the folder of Amber in Sonarr, which lies at /data/tv/Amber there" in finding.reason
                return
            assert (await world.apply(plan)).outcomes == {"done"}
            assert {str(row["path"])[:9] for row in sonarr.records.items.values()} == {"/data/tv/"}
            assert without_paths(state(sonarr)) == without_paths(before)

    run(go())


async def test_a_plain_library_is_not_divided_by_itself(tmp_path: Path) -> None:

    titles = [f"{letter}{other} show" for letter in "abcdefghijk" for other in "aeiou"]
    async with ManagedWorld(tmp_path) as world:
        for title in titles:
            (world.tv / title / "Season 1").mkdir(parents=True)
            world.link(world.tv / title / "Season 1" / f"{title} - S01E01.mkv", world.file("files/one.mkv"))
        ran = await world.run("cleanup")
        assert world.plan_for("cleanup").steps == ()
        skipped = ran.finished.counts["not_looked_for"]
        assert isinstance(skipped, dict)
        assert set(skipped) == {"misplaced", "oversized"}
        assert "library.max_per_dir" in skipped["oversized"]
        assert "oversized was not looked for" in ran.finished.summary
        await world.run("cleanup", max_per_dir=50)
        assert world.plan_for("cleanup").counts == {"move_path": 55}


async def test_the_setting_divides_a_plain_library(tmp_path: Path) -> None:

    async with ManagedWorld(tmp_path, max_per_dir=2) as world:
        for title in THREE:
            world.show(title)
        ran = await world.run("cleanup")
        assert world.plan_for("cleanup").counts == {"move_path": 3}
        assert set(ran.finished.counts["not_looked_for"]) == {"misplaced"}  # type: ignore[call-overload]


async def test_a_link_does_not_leave_the_folder_of_its_item_by_itself(tmp_path: Path) -> None:
    async with shelf(tmp_path, "Amber") as (world, sonarr):
        loose = world.link(world.tv / "Amber" / "Brass (2001).mkv", world.file("files/x.mkv"))
        (world.tv / "Amber" / "Brass (2001)").mkdir()
        sonarr.hold("Brass", world.tv / "Amber" / "Brass (2001)")
        await world.run("fix-symlinks")
        assert world.plan_for("fix-symlinks").steps == ()
        (finding,) = world.findings("fix-symlinks", "leaf")
        assert "it lies in the folder of Amber in Sonarr, and does not leave it by itself" in finding.reason
        assert loose.is_symlink()


@pytest.mark.parametrize("away", [False, True])
async def test_a_dead_link_that_is_a_managed_folder_stays_and_one_that_is_a_file_goes(
    tmp_path: Path, away: bool
) -> None:
    async with shelf(tmp_path, "Amber") as (world, sonarr):
        gone = [world.mount / "files" / "Brass", world.mount / "files" / "Amber - S01E03.mkv"]
        paths = [world.tv / "Brass", world.tv / "Amber" / "Season 1" / "Amber - S01E03.mkv"]
        for path, target in zip(paths, gone, strict=True):
            path.symlink_to(target)
        sonarr.hold("Brass", world.tv / "Brass")
        steps = [
            UnlinkSymlink(what=path.name, path=str(path), target=str(target), state="broken")
            for path, target in zip(paths, gone, strict=True)
        ]
        if away:
            world.services["sonarr"] = lambda request: httpx.Response(502)
        done = await world.apply(Plan("scan", "Remove 2 links", tuple(steps), looked_at=100))
        assert [os.path.islink(path) for path in paths] == [True, False]
        outcome, reason = done.steps[0]
        assert outcome == ("failed" if away else "skipped")
        why = "Sonarr cannot be asked" if away else "it stays: it is the folder of Brass in Sonarr"
        assert why in reason


async def test_a_folder_two_services_share_stays(tmp_path: Path) -> None:
    sonarr, radarr = services()
    async with ManagedWorld(tmp_path, [sonarr, radarr]) as world:
        for title in THREE:
            sonarr.hold(title, *world.show(title))
        radarr.hold("Amber", world.tv / "Amber")
        plan = await ranges(world)
        moved = {step.path for step in plan.steps if isinstance(step, MovePath)}
        assert moved == {str(world.tv / one) for one in THREE[1:]}
        assert any("Sonarr and Radarr share it" in one.reason for one in world.findings("cleanup", "oversized"))


@contextlib.contextmanager
def on_a_socket(folder: Path) -> Iterator[tuple[FakeArr, ManagedWorld, dict[str, object]]]:
    """A Sonarr that a process of its own can ask, three series of it, and the settings to find it by."""
    sonarr = services()[0]
    with on_socket(sonarr) as address:
        settings: dict[str, object] = {"sonarr.enabled": True, "sonarr.url": address, "sonarr.api_key": KEY}
        settings["roots"] = [str(folder / "library" / name) for name in ("tv", "movies")]
        world = ManagedWorld(folder, **settings)
        sonarr.root(world.tv)
        for title in THREE:
            sonarr.hold(title, *world.show(title))
        yield sonarr, world, settings


Point = tuple[int, int, bool]
"""Lines begun, lines ended, and whether what comes then is done (``kill_at``)."""


@pytest.mark.process
@pytest.mark.usefixtures("analyses_in_thread")
@pytest.mark.parametrize(
    ("doing", "undoing"),
    [
        ([(1, 0, False), (3, 3, False)], (1, 0, True)),
        ([(2, 1, True)], (2, 1, False)),
        ([(6, 5, True)], (4, 3, True)),
    ],
)
def test_killed_at_any_point_a_batch_and_its_undo_are_carried_on_with_the_paths_of_the_folders(
    tmp_path: Path, doing: list[Point], undoing: Point
) -> None:
    async def begin() -> int:
        async with ManagedWorld(tmp_path, **settings) as world:
            return await world.store(await ranges(world))

    async def carry_on(batch: int) -> None:
        async with ManagedWorld(tmp_path, **settings) as world:
            finished = await world.start(batch).wait()
            assert finished.outcome == "done", finished.summary

    async def begin_undo() -> int:
        async with ManagedWorld(tmp_path, **settings) as world:
            return await world.store(world.undo_plan())

    def kill(batch: int, points: list[Point]) -> None:
        for opened, closed, acted in points:
            assert kill_at(world, batch, opened, closed, settings, acted=acted) == (opened, closed)

    with on_a_socket(tmp_path) as (sonarr, world, settings):
        before, tree = state(sonarr), world.snapshot()
        batch = asyncio.run(begin())
        kill(batch, doing)
        asyncio.run(carry_on(batch))
        assert without_paths(state(sonarr)) == without_paths(before)
        assert state(sonarr) != before
        for row in sonarr.records.items.values():
            assert os.path.isdir(str(row["path"]))
        undo = asyncio.run(begin_undo())
        kill(undo, [undoing])
        asyncio.run(carry_on(undo))
        assert (state(sonarr), world.snapshot()) == (before, tree)


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_a_stop_never_comes_between_a_folder_and_its_path(tmp_path: Path, method: str) -> None:
    async with shelf(tmp_path, *THREE) as (world, sonarr):
        jobs: list[Job] = []

        def answer(request: httpx.Request) -> object:
            if jobs and request.method == method and request.url.path.endswith("/series/1"):
                jobs.pop().cancel()
            return sonarr(request)

        world.services["sonarr"] = answer
        before = state(sonarr)
        batch = await world.store(await ranges(world))
        job = world.start(batch)
        jobs.append(job)
        assert (await job.wait()).outcome == "cancelled"
        assert all(os.path.isdir(str(row["path"])) for row in sonarr.records.items.values())
        assert (await world.start(batch).wait()).outcome == "done"
        assert without_paths(state(sonarr)) == without_paths(before)
        assert all(os.path.isdir(str(row["path"])) for row in sonarr.records.items.values())
