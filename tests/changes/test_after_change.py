"""What Sonarr and Radarr hear after links were changed: of just those series and films, and never what fails us."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from pathlib import Path, PureWindowsPath

import httpx
import pytest

from mediatui.changes.arr import who_is_told
from mediatui.model.plan import ArrFind, ArrRescan, ArrSearch, Plan, RelinkSymlink, UnlinkSymlink
from mediatui.store.journal import read_steps
from tests.changes.arr_world import ArrWorld
from tests.fakes.arr import FakeArr
from tests.library.library_world import Run, run


def unlink(path: Path | bytes) -> UnlinkSymlink:
    name = os.fsdecode(path)
    return UnlinkSymlink(what=name, path=name, target=os.readlink(name), state="broken")


def told(done: Run) -> list[tuple[str, str, str]]:
    """Service steps with their outcomes and reasons."""
    return [
        (str(event.row["kind"]), str(event.row["outcome"]), str(event.row["reason"]))
        for event in done.events
        if getattr(event, "type", "") == "step" and str(event.row["kind"]).startswith("arr_")  # type: ignore[union-attr]
    ]


def shows(world: ArrWorld, sonarr: FakeArr) -> tuple[list[Path], list[Path]]:
    """Two series in Sonarr: of the first the last two links of three are dead, of the second the last of two."""
    first, second = world.film("Dark", files=3, missing=2), world.film("Fargo", files=2, missing=1)
    sonarr.hold("Dark", world.films / "Dark", first)
    sonarr.hold("Fargo", world.films / "Fargo", second)
    world.film("Enough", files=40)
    return first, second


@pytest.mark.parametrize("after", ["rescan", "search"])
def test_just_the_series_of_removed_links_are_rescanned_and_just_their_episodes_searched(
    tmp_path: Path, after: str
) -> None:
    async def go() -> None:
        sonarr = FakeArr("sonarr")
        async with ArrWorld(tmp_path, {"sonarr": sonarr}, **{"sonarr.after_change": after}) as world:
            shows(world, sonarr)
            sonarr.hold("Untouched", world.films / "Untouched")
            await world.scan()
            plan = world.plan()
            assert who_is_told(world.settings, plan) == "Sonarr is told what changed."
            assert sonarr.seen == []
            done = await world.apply(plan)

            assert done.finished.outcome == "done"
            rescans = [("RescanSeries", 1), ("RescanSeries", 2)]
            searches = [("EpisodeSearch", [102, 103]), ("EpisodeSearch", [202])]
            assert sonarr.commands == rescans + searches * (after == "search")
            assert sonarr.lists() == 1
            assert told(done)[0] == ("arr_find", "done", "2 series")
            assert set(told(done)[1:]) <= {
                ("arr_rescan", "done", "completed, successful: Scanning Dark"),
                ("arr_rescan", "done", "completed, successful: Scanning Fargo"),
                ("arr_search", "done", "completed, successful: Episode search completed. 0 reports downloaded."),
            }
            assert [line.outcome for line in world.journal() if line.kind.startswith("tell")] == ["told"] * len(
                sonarr.commands
            )

    run(go())


def test_nothing_is_said_when_nobody_wants_to_hear(tmp_path: Path) -> None:
    async def go(**settings: object) -> None:
        sonarr = FakeArr("sonarr")
        folder = tmp_path / "-".join(settings)
        folder.mkdir()
        async with ArrWorld(folder, {"sonarr": sonarr}, **settings) as world:
            shows(world, sonarr)
            await world.scan()
            plan = world.plan()
            assert who_is_told(world.settings, plan) == ""
            done = await world.apply(plan)
            assert done.outcomes == {"done"}
            assert sonarr.seen == []

    run(go(**{"sonarr.after_change": "none"}))
    run(go(**{"sonarr.enabled": False}))


def test_undo_has_the_series_looked_at_again_and_searches_nothing(tmp_path: Path) -> None:
    async def go() -> None:
        sonarr = FakeArr("sonarr")
        async with ArrWorld(tmp_path, {"sonarr": sonarr}, **{"sonarr.after_change": "search"}) as world:
            shows(world, sonarr)
            before = world.links()
            await world.scan()
            await world.apply(world.plan())
            sonarr.bodies.clear()
            plan = world.undo_plan()
            assert {what for what, _ in plan.notes} == {"Sonarr: Dark, 2 episodes", "Sonarr: Fargo, 1 episode"}
            undone = await world.apply(plan)

            assert undone.finished.outcome == "done"
            assert world.links() == before
            assert sorted(sonarr.commands) == [("RescanSeries", 1), ("RescanSeries", 2)]
            with pytest.raises(Exception, match="nothing to undo"):
                world.undo_plan()

    run(go())


def test_an_undo_that_fails_can_be_tried_again_though_the_service_was_told(tmp_path: Path) -> None:
    async def go() -> None:
        sonarr = FakeArr("sonarr")
        async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
            first, second = shows(world, sonarr)
            await world.scan()
            await world.apply(world.plan())
            moved = world.folder / "aside"
            os.rename(world.films / "Fargo", moved)
            (world.films / "Fargo").symlink_to("Fargo")
            undone = await world.undo()
            assert undone.outcomes == {"done", "failed"}
            (world.films / "Fargo").unlink()
            os.rename(moved, world.films / "Fargo")
            assert {step.path for step in world.undo_plan().steps} == {str(second[1])}  # type: ignore[attr-defined]
            assert os.path.islink(first[2])

    run(go())


def test_links_no_service_knows_are_a_note(tmp_path: Path) -> None:
    async def go() -> None:
        sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
        async with ArrWorld(
            tmp_path,
            {"sonarr": sonarr, "radarr": radarr},
            **{"radarr.after_change": "search", "sonarr.after_change": "search"},
        ) as world:
            shows(world, sonarr)
            (link,) = world.film("Heat", missing=1)
            radarr.hold("Heat", world.films / "Heat", [link])
            world.dead("unknown.mkv")
            await world.scan()
            done = await world.apply(world.plan())

            assert done.finished.outcome == "done"
            assert ("arr_find", "done", "2 series; 2 of 5 changed paths it does not know") in told(done)
            assert ("arr_find", "done", "1 film; 4 of 5 changed paths it does not know") in told(done)
            assert radarr.commands == [("RescanMovie", 1), ("MoviesSearch", [1])]

    run(go())


def test_relinked_links_are_told_and_nothing_is_searched(tmp_path: Path) -> None:
    async def go() -> None:
        sonarr = FakeArr("sonarr")
        async with ArrWorld(tmp_path, {"sonarr": sonarr}, **{"sonarr.after_change": "search"}) as world:
            first, _ = shows(world, sonarr)
            Path(os.readlink(first[1])).write_bytes(b"v" * 2048)
            name, target = str(first[2]), os.readlink(first[2])
            step = RelinkSymlink(what=name, path=name, target=target, new_target=os.readlink(first[0]))
            done = await world.apply(Plan("repair", "Relink", (step,)))
            assert done.outcomes == {"done"}
            assert sonarr.commands == [("RescanSeries", 1)]

    run(go())


def test_paths_of_windows(tmp_path: Path) -> None:
    async def go() -> None:
        def theirs(path: str) -> str:
            return str(PureWindowsPath("D:\\TV") / os.path.relpath(path, tmp_path / "library" / "Films")).upper()

        def ours(path: str) -> str:
            films = tmp_path / "library" / "Films"
            return next((str(one) for one in (films, *films.rglob("*")) if theirs(str(one)) == path), "/nowhere")

        sonarr = FakeArr("sonarr", theirs=theirs, ours=ours)
        mapped = [{"ours": str(tmp_path / "library" / "Films"), "theirs": "d:/tv/"}]
        settings = {"sonarr.path_map": mapped, "sonarr.after_change": "search"}
        async with ArrWorld(tmp_path, {"sonarr": sonarr}, **settings) as world:
            shows(world, sonarr)
            await world.scan()
            assert (await world.apply(world.plan())).finished.outcome == "done"
            assert sonarr.commands[0] == ("RescanSeries", 1)
            assert ("EpisodeSearch", [102, 103]) in sonarr.commands

    run(go())


def test_a_path_map_that_cannot_be_one_fails_the_telling_only(tmp_path: Path) -> None:
    async def go() -> None:
        sonarr = FakeArr("sonarr")
        mapped = [{"ours": str(tmp_path), "theirs": "tv"}]
        async with ArrWorld(tmp_path, {"sonarr": sonarr}, **{"sonarr.path_map": mapped}) as world:
            shows(world, sonarr)
            await world.scan()
            done = await world.apply(world.plan())
            assert len(world.links()) == 42
            ((kind, outcome, reason),) = told(done)
            assert (kind, outcome) == ("arr_find", "failed")
            assert '"tv" in a path map is not an absolute path' in reason
            assert sonarr.bodies == []

    run(go())


HTML = httpx.Response(200, html="<!doctype html><title>Log in</title>")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda request: httpx.Response(401), "Sonarr does not accept the API key"),
        (lambda request: HTML, "a web page answers instead of the API of Sonarr"),
        (lambda request: httpx.Response(429), "asks to slow down"),
        (lambda request: httpx.Response(503), "Sonarr failed"),
    ],
)
def test_a_service_that_fails_is_a_failed_step_and_nobody_elses(tmp_path: Path, answer: object, says: str) -> None:
    async def go() -> None:
        sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
        answers = {"sonarr": answer, "radarr": radarr}
        async with ArrWorld(tmp_path, answers) as world:  # type: ignore[arg-type]
            (link,) = world.film("Heat", missing=1)
            world.film("Enough", files=40)
            radarr.hold("Heat", world.films / "Heat", [link])
            await world.scan()
            done = await world.apply(world.plan())

            assert not os.path.lexists(link)
            assert (done.finished.outcome, done.finished.exit_code) == ("partial", 1)
            assert [(kind, outcome) for kind, outcome, _ in told(done)] == [
                ("arr_find", "failed"),
                ("arr_find", "done"),
                ("arr_rescan", "done"),
            ]
            assert says in told(done)[0][2]

            world._answers = {"sonarr": sonarr, "radarr": radarr}
            sonarr.hold("Heat too", world.films / "Heat")
            again = await world.retry(1)
            assert again.finished.outcome == "done"
            assert sonarr.commands == [("RescanSeries", 1)]
            assert len(radarr.commands) == 1

    run(go())


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (("failed", "unknown", "Disk is gone"), "Sonarr ended it as failed, unknown: Disk is gone"),
        (("completed", "unsuccessful", "Failed"), "Sonarr ended it as completed, unsuccessful: Failed"),
        (None, "Sonarr was told, and has not ended it in time (started, unknown"),
    ],
)
def test_a_command_that_fails_or_never_ends(tmp_path: Path, end: tuple[str, str, str] | None, says: str) -> None:
    async def go() -> None:
        sonarr = FakeArr("sonarr")
        sonarr.forced, sonarr.steps = end, 0 if end else None
        async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
            shows(world, sonarr)
            await world.scan()
            done = await world.apply(world.plan())

            assert len(world.links()) == 42
            assert [outcome for _, outcome, _ in told(done)] == ["done", "failed", "failed"]
            assert told(done)[1][2].startswith(says)
            sonarr.forced, sonarr.steps = None, 0
            sonarr.finish()
            again = await world.retry(1)
            assert [outcome for outcome, _ in again.steps] == ["done", "done"]
            # What went on all the while is not begun a second time.
            assert len(sonarr.commands) == (4 if end else 2)

    run(go())


def test_stopping_does_not_wait_for_the_service(tmp_path: Path) -> None:
    async def go() -> None:
        sonarr = FakeArr("sonarr")
        sonarr.steps = None
        async with ArrWorld(tmp_path, {"sonarr": sonarr}, **{"realdebrid.window_s": 60}) as world:
            shows(world, sonarr)
            await world.scan()
            job = world.start(await world.store(world.plan()))
            async with asyncio.timeout(30):
                while not sonarr.bodies:
                    await asyncio.sleep(0.01)
                job.cancel()
                finished = await job.wait()
            assert finished.outcome == "cancelled"
            steps = await world.db.read(read_steps, 1)
            outcomes = {type(stored.step): stored.outcome for stored in reversed(steps)}
            assert (outcomes[ArrFind], outcomes[ArrRescan]) == ("done", "done")
            assert [stored.outcome for stored in steps][-1] == "planned"

    run(go())


def test_what_another_link_stands_in_for_is_not_searched(tmp_path: Path) -> None:
    async def go() -> None:
        sonarr = FakeArr("sonarr")
        async with ArrWorld(tmp_path, {"sonarr": sonarr}, **{"sonarr.after_change": "search"}) as world:
            good, dead = world.film("Dark", files=2, missing=1)
            sonarr.hold("Dark", world.films / "Dark")
            sonarr.records.has_file(1, dead, episodes=[(1, 1), (1, 2)])
            # The rescan finds another file for both of its episodes.
            os.rename(good, good.with_name("Dark.S01E01E02.mkv"))
            done = await world.apply(Plan("scan", "Remove", (unlink(dead),)))
            assert told(done)[-1] == ("arr_search", "skipped", "Sonarr misses nothing of it now")
            assert sonarr.commands == [("RescanSeries", 1)]
            step = (await world.db.read(read_steps, 1))[-1].step
            assert isinstance(step, ArrSearch)
            assert step.ids == (101, 102)

    run(go())


def test_a_batch_killed_before_the_service_heard_tells_it_when_carried_on(tmp_path: Path) -> None:
    async def go() -> None:
        sonarr = FakeArr("sonarr")
        async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
            shows(world, sonarr)
            await world.scan()
            await world.apply(world.plan())
            assert sonarr.commands == [("RescanSeries", 1), ("RescanSeries", 2)]
            # As after a kill -9 in the second rescan: begun, sent, and its end never noted.
            with contextlib.closing(sqlite3.connect(world.database)) as connection, connection:
                connection.execute("UPDATE batches SET state = 'running'")
                connection.execute("UPDATE plan_steps SET outcome = 'acting' WHERE position = 6")
            again = await world.start(1).wait()
            assert again.outcome == "done"
            assert len(sonarr.commands) == 2

    run(go())
