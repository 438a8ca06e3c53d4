"""What Sonarr and Radarr hear after links were changed: of just those series and films, and never what fails us."""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath

import httpx
import pytest

from mediatui.changes.notify import notified_services
from tests.fakes.arr import BROKEN, HANG, LOGIN_PAGE, Failure, FakeArr
from tests.worlds.arr import ArrWorld, ends, has_file, of_services, plan, shows
from tests.worlds.library import run

SEARCH = {"sonarr.after_change": "search", "radarr.after_change": "search"}


NOTIFIED = "Sonarr is notified of what changed; of removed files it forgets release group and revision."


@pytest.mark.parametrize("after", ["rescan", "search"])
async def test_just_the_series_of_removed_links_are_rescanned_and_just_their_episodes_searched(
    tmp_path: Path, after: str
) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **{"sonarr.after_change": after}) as world:
        shows(world, sonarr)
        sonarr.hold("Untouched", world.series / "Untouched")
        await world.scan()
        assert notified_services(world.settings, world.plan()) == NOTIFIED
        assert sonarr.seen == []
        done = await world.apply(world.plan())

        assert done.finished.outcome == "done"
        rescans = [("RescanSeries", 1), ("RescanSeries", 2)]
        searches = [("EpisodeSearch", [102, 103]), ("EpisodeSearch", [202])]
        assert sonarr.commands == rescans + searches * (after == "search")
        assert sonarr.lists() == 1
        assert of_services(done)[0] == ("arr_find", "done", "2 series")
        assert ends(done) == [("done", "")] * 2 + [("done", "asked, nothing found")] * 2 * (after == "search")
        assert has_file(sonarr) == {101: True, 102: False, 103: False, 201: True, 202: False}
        lines = [line for line in world.journal() if line.kind.startswith("tell")]
        assert [line.outcome for line in lines] == ["told"] * len(sonarr.commands)


def test_nothing_is_said_when_nobody_wants_to_hear(tmp_path: Path) -> None:
    async def go(**settings: object) -> None:
        sonarr = FakeArr("sonarr")
        folder = tmp_path / "-".join(settings)
        folder.mkdir()
        async with ArrWorld(folder, {"sonarr": sonarr}, **settings) as world:
            shows(world, sonarr)
            await world.scan()
            assert notified_services(world.settings, world.plan()) == ""
            done = await world.apply(world.plan())
            assert done.outcomes == {"done"}
            assert sonarr.seen == []

    run(go(**{"sonarr.after_change": "none"}))
    run(go(**{"sonarr.enabled": False}))


async def test_a_service_is_asked_only_for_what_can_be_its_own(tmp_path: Path) -> None:
    """Radarr hangs, and nobody waits for it on behalf of a series."""

    sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
    radarr.fail(HANG)
    async with ArrWorld(tmp_path, {"sonarr": sonarr, "radarr": radarr}) as world:
        shows(world, sonarr)
        await world.scan()
        assert notified_services(world.settings, world.plan()) == NOTIFIED
        done = await world.apply(world.plan())
        assert done.finished.outcome == "done"
        assert radarr.seen == []


async def test_each_service_counts_only_its_own_paths(tmp_path: Path) -> None:
    """33 of 42 paths it does not know, because each was asked for the other's."""

    sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr, "radarr": radarr}, **SEARCH) as world:
        shows(world, sonarr)
        (film,) = world.film("Heat", missing=1)
        radarr.hold("Heat", world.films / "Heat", [film])
        world.dead("unknown.mkv")
        world.show("Nobody's", missing=1)
        await world.scan()
        done = await world.apply(world.plan())

        assert (
            "arr_find",
            "done",
            "2 series; it does not know 1 of 4 changed paths in its root folders",
        ) in of_services(done)
        assert (
            "arr_find",
            "done",
            "1 film; it does not know 1 of 2 changed paths in its root folders",
        ) in of_services(done)
        assert radarr.commands == [("RescanMovie", 1), ("MoviesSearch", [1])]


def theirs(path: str) -> str:
    """A path as a container sees it."""
    return path.replace("/library/Series", "/data/tv", 1)


async def test_a_batch_no_service_knows_any_path_of_ends_with_1_and_can_be_told_again(tmp_path: Path) -> None:
    """A path map is missing or wrong, as in containers."""

    sonarr = FakeArr("sonarr", theirs=lambda path: "/data" + path, ours=lambda path: path.removeprefix("/data"))
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        shows(world, sonarr)
        await world.scan()
        done = await world.apply(world.plan())
        assert (done.finished.outcome, done.finished.exit_code) == ("partial", 1)
        why = "Sonarr knows none of 3 changed paths, and no other service does: is sonarr.path_map right?"
        assert of_services(done) == [("arr_find", "failed", why)]
        assert sonarr.commands == []
    mapped = {"sonarr.path_map": [{"ours": str(tmp_path), "theirs": "/data" + str(tmp_path)}]}
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **mapped) as world:
        again = await world.retry(1)
        assert again.finished.outcome == "done"
        assert sonarr.commands == [("RescanSeries", 1), ("RescanSeries", 2)]


async def test_one_service_that_knows_the_paths_is_enough(tmp_path: Path) -> None:
    """With two of a kind: only a batch that nobody knows is a sign of a wrong path map."""

    one, other = FakeArr("sonarr"), FakeArr("sonarr")
    other.root(tmp_path / "library" / "Series")
    async with ArrWorld(tmp_path, {"other": other, "tv": one}) as world:
        shows(world, one)
        await world.scan()
        done = await world.apply(world.plan())
        assert done.finished.outcome == "done"
        assert ("arr_find", "skipped", "Sonarr (other) knows none of 3 changed paths") in of_services(done)


async def test_folders_nobody_gave_a_service_to_manage_are_no_sign_of_a_wrong_path_map(tmp_path: Path) -> None:
    """Of two roots Sonarr manages one."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        sonarr.hold("Elsewhere", world.root / "Kids Series" / "Elsewhere")
        (dead,) = world.show("Mine", missing=1)
        world.film("Enough", files=10)
        await world.scan()
        done = await world.apply(plan(dead))
        assert done.finished.outcome == "done"
        assert of_services(done) == [
            ("arr_find", "skipped", "none of the changed paths lies in a root folder of Sonarr")
        ]


async def test_undo_has_the_series_looked_at_again_and_searches_nothing(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **SEARCH) as world:
        shows(world, sonarr)
        before = world.links()
        await world.scan()
        await world.apply(world.plan())
        sonarr.bodies.clear()
        undo = world.undo_plan()
        assert {what for what, _ in undo.notes} == {
            "Sonarr: Dark",
            "Sonarr: Fargo",
            "Sonarr: Dark, 2 episodes",
            "Sonarr: Fargo, 1 episode",
        }
        undone = await world.apply(undo)

        assert undone.finished.outcome == "done"
        assert world.links() == before
        assert sorted(sonarr.commands) == [("RescanSeries", 1), ("RescanSeries", 2)]
        with pytest.raises(Exception, match="nothing to undo"):
            world.undo_plan()


async def test_an_undo_that_fails_can_be_tried_again_though_the_service_was_told(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        first, second = shows(world, sonarr)
        await world.scan()
        await world.apply(world.plan())
        moved = world.folder / "aside"
        os.rename(world.series / "Fargo", moved)
        (world.series / "Fargo").touch()
        undone = await world.undo()
        assert undone.outcomes == {"done", "failed"}
        (world.series / "Fargo").unlink()
        os.rename(moved, world.series / "Fargo")
        assert {step.path for step in world.undo_plan().steps} == {str(second[1])}  # type: ignore[attr-defined]
        assert os.path.islink(first[2])


async def test_paths_of_windows(tmp_path: Path) -> None:
    root = tmp_path / "library" / "Series"

    def windows(path: str) -> str:
        return str(PureWindowsPath("D:\\TV") / os.path.relpath(path, root))

    def here(path: str) -> str:
        return str(root / path[len("D:\\TV\\") :].replace("\\", "/"))

    sonarr = FakeArr("sonarr", theirs=windows, ours=here)
    mapped = [{"ours": str(root), "theirs": "d:/tv/"}]
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **{"sonarr.path_map": mapped, **SEARCH}) as world:
        shows(world, sonarr)
        await world.scan()
        assert (await world.apply(world.plan())).finished.outcome == "done"
        assert sonarr.commands[0] == ("RescanSeries", 1)
        assert ("EpisodeSearch", [102, 103]) in sonarr.commands


async def test_a_path_map_that_cannot_be_one_fails_the_telling_only(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    mapped = [{"ours": str(tmp_path), "theirs": "tv"}]
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **{"sonarr.path_map": mapped}) as world:
        shows(world, sonarr)
        await world.scan()
        done = await world.apply(world.plan())
        assert len(world.links()) == 42
        ((kind, outcome, reason),) = of_services(done)
        assert (kind, outcome) == ("arr_find", "failed")
        assert '"tv" in a path map is not an absolute path' in reason
        assert sonarr.bodies == []


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        (httpx.Response(401), "Sonarr does not accept the API key"),
        (LOGIN_PAGE, "a web page answers instead of the API of Sonarr"),
        (httpx.Response(429), "asks to slow down"),
        (BROKEN, "Sonarr failed"),
    ],
)
async def test_a_service_that_fails_is_a_failed_step_and_nobody_elses(
    tmp_path: Path, failure: Failure, says: str
) -> None:
    sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr, "radarr": radarr}) as world:
        (film,), (episode,) = world.film("Heat", missing=1), world.show("Dark", missing=1)
        world.film("Enough", files=40)
        radarr.hold("Heat", world.films / "Heat", [film])
        sonarr.hold("Dark", world.series / "Dark", [episode])
        sonarr.fail(failure)
        await world.scan()
        done = await world.apply(world.plan())

        assert not os.path.lexists(film)
        assert (done.finished.outcome, done.finished.exit_code) == ("partial", 1)
        assert [(kind, outcome) for kind, outcome, _ in of_services(done)] == [
            ("arr_find", "failed"),
            ("arr_find", "done"),
            ("arr_rescan", "done"),
        ]
        assert says in of_services(done)[0][2]

        sonarr.well()
        again = await world.retry(1)
        assert again.finished.outcome == "done"
        assert sonarr.commands == [("RescanSeries", 1)]
        assert len(radarr.commands) == 1
