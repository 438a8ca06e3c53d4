"""Asking Sonarr and Radarr for another release: the dead link goes, they look, and just what is missing is searched."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from mediatui.library.links.search_again import dead_links_at, plan_search_again
from mediatui.model.errors import UsageError
from mediatui.model.plan import Plan
from mediatui.services.errors import BadAnswer, Refused
from tests.fakes.arr import HANG, LOGIN_PAGE, FakeArr
from tests.worlds.arr import ArrWorld


async def ask(world: ArrWorld, *words: str | Path) -> Plan:
    """The plan for links as the last scan left them."""
    links = await world.db.read(dead_links_at, [str(word) for word in words])
    return await plan_search_again(world.settings, links, world.connect_arr)


def kinds(plan: Plan) -> Sequence[str]:
    return [step.KIND for step in plan.steps]


async def stock(world: ArrWorld, sonarr: FakeArr, radarr: FakeArr) -> tuple[list[Path], Path]:
    """A series with two dead episodes of three and a film that is dead, all held; scanned."""
    series, (film,) = world.show("Dark", episodes=3, missing=2), world.film("Heat", missing=1)
    sonarr.hold("Dark", world.series / "Dark", series)
    radarr.hold("Heat", world.films / "Heat", [film])
    await world.scan()
    return series, film


async def test_links_go_first_then_they_look_then_they_search(tmp_path: Path) -> None:
    sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr, "radarr": radarr}) as world:
        series, film = await stock(world, sonarr, radarr)
        before = world.links()
        plan = await ask(world, series[1], series[2], film)
        assert kinds(plan) == ["unlink_symlink"] * 3 + ["arr_rescan", "arr_search"] * 2
        assert plan.lane == "library"
        assert [step.KIND for step in plan.not_undoable] == ["arr_rescan", "arr_search"] * 2
        assert sonarr.commands == radarr.commands == []
        assert world.links() == before

        done = await world.apply(plan)
        assert done.outcomes == {"done"}
        assert len(done.steps) == len(plan.steps)
        assert sonarr.commands == [("RescanSeries", 1), ("EpisodeSearch", [102, 103])]
        assert radarr.commands == [("RescanMovie", 1), ("MoviesSearch", [1])]
        assert set(world.links()) == set(before) - {os.fsencode(path) for path in (*series[1:], film)}

        await world.undo()
        assert world.links() == before
        assert sonarr.commands[2:] == [("RescanSeries", 1)]
        assert radarr.commands[2:] == [("RescanMovie", 1)]


async def test_a_folder_stands_for_the_dead_links_in_it(tmp_path: Path) -> None:
    sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr, "radarr": radarr}) as world:
        series, _ = await stock(world, sonarr, radarr)
        plan = await ask(world, world.series / "Dark", series[1])
        assert [step.what for step in plan.steps] == [
            *(str(path) for path in series[1:]),
            "Sonarr: Dark",
            "Sonarr: Dark, 2 episodes",
        ]
        with pytest.raises(UsageError, match="No scan has found a dead link at"):
            await ask(world, tmp_path / "elsewhere")


async def test_what_cannot_be_asked_for_is_left_alone_and_said(tmp_path: Path) -> None:
    sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr, "radarr": radarr}) as world:
        (unknown,) = world.dead("unknown.mkv")
        (other,) = world.show("Other", missing=1)
        series, film = await stock(world, sonarr, radarr)
        await world.scan()
        plan = await ask(world, os.fsdecode(unknown), other, series[0])
        assert plan.steps == ()
        assert dict(plan.notes) == {
            os.fsdecode(unknown): "Radarr does not know it",
            str(other): "Sonarr does not know it",
            str(series[0]): "it is ok: that is not removed",
        }
        assert os.path.islink(film)


async def test_a_service_that_fails_leaves_what_only_it_may_know(tmp_path: Path) -> None:
    sonarr, radarr = FakeArr("sonarr", key="f" * 32), FakeArr("radarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr, "radarr": radarr}) as world:
        series, film = await stock(world, sonarr, radarr)
        plan = await ask(world, series[1], film)
        assert kinds(plan) == ["unlink_symlink", "arr_rescan", "arr_search"]
        ((what, why),) = plan.notes
        assert what == str(series[1])
        assert "Sonarr does not accept the API key" in why
        with pytest.raises(Refused, match="Sonarr does not accept the API key"):
            await ask(world, series[1])
        sonarr.fail(LOGIN_PAGE)
        with pytest.raises(BadAnswer, match="web page"):
            await ask(world, series[1])


async def test_a_link_that_came_back_meanwhile_is_neither_removed_nor_searched(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        series, _ = await stock(world, sonarr, FakeArr("radarr"))
        plan = await ask(world, series[1])
        Path(os.readlink(series[1])).write_bytes(b"v" * 2048)
        done = await world.apply(plan)
        assert [outcome for outcome, _ in done.steps] == ["skipped", "done", "skipped"]
        assert sonarr.commands == [("RescanSeries", 1)]
        assert series[1].exists()


async def test_without_a_service_a_search_is_refused(tmp_path: Path) -> None:
    async with ArrWorld(tmp_path, {}) as world:
        dead = [os.fsdecode(path) for path in world.dead("a.mkv")]
        await world.scan()
        with pytest.raises(UsageError, match="Neither Sonarr nor Radarr is enabled"):
            await ask(world, *dead)


async def test_a_service_is_asked_only_for_what_can_be_its_own(tmp_path: Path) -> None:
    """Of series only Sonarr is asked; Radarr hangs and nobody waits for it."""

    sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr, "radarr": radarr}) as world:
        series, _ = await stock(world, sonarr, radarr)
        radarr.fail(HANG)
        assert kinds(await ask(world, series[1])) == ["unlink_symlink", "arr_rescan", "arr_search"]
        # Where folders say nothing, a name that names an episode does.
        (world.root / "Comedy").mkdir()
        link = world.root / "Comedy" / "Dark.S01E07.mkv"
        link.symlink_to(world.view / "gone.mkv")
        await world.scan()
        assert dict((await ask(world, link)).notes) == {str(link): "Sonarr does not know it"}
        assert radarr.seen == []


async def test_services_are_not_asked_about_links_that_are_not_theirs(tmp_path: Path) -> None:

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        _, film = await stock(world, sonarr, FakeArr("radarr"))
        plan = await ask(world, film)
        assert dict(plan.notes) == {str(film): "by its folders it belongs to no enabled service"}
        assert sonarr.seen == []


@pytest.mark.slow
async def test_a_dead_link_without_a_record_is_asked_for_by_its_name(tmp_path: Path) -> None:
    """After ask and undo, or never seen alive: its record is gone, the link is there."""

    sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr, "radarr": radarr}) as world:
        series, film = await stock(world, sonarr, radarr)
        await world.apply(await ask(world, series[1], film))
        await world.undo()
        await world.scan()
        assert len(sonarr.records.files) == 2
        sonarr.bodies.clear()
        radarr.bodies.clear()
        plan = await ask(world, series[1], film)
        assert [step.what for step in plan.steps if step.KIND == "arr_search"] == [
            "Sonarr: Dark, 1 episode",
            "Radarr: Heat",
        ]
        assert (await world.apply(plan)).finished.outcome == "done"
        assert sonarr.commands == [("RescanSeries", 1), ("EpisodeSearch", [102])]
        assert radarr.commands == [("RescanMovie", 1), ("MoviesSearch", [1])]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Dark.S01E02.mkv", "has no file at this path, and does not monitor S01E02"),
        ("Dark.S01E01.mkv", "has no file at this path: it has another one of S01E01"),
        ("Dark.S01E99.mkv", "has no file at this path, and no S01E99"),
        ("Dark.the.one.mkv", "has no file at this path, and its name has no episode number"),
    ],
)
async def test_a_dead_link_without_a_record_that_nobody_misses_stays(tmp_path: Path, name: str, why: str) -> None:
    """Only what is monitored and missing is asked for by name."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        sonarr.hold("Dark", world.series / "Dark", [world.series / "Dark" / "other.S01E01.mkv"])
        sonarr.records.episode(1, 1, 2, monitored=False)
        link = world.series / "Dark" / name
        link.parent.mkdir()
        link.symlink_to(world.view / "gone.mkv")
        await world.scan()
        plan = await ask(world, link)
        assert plan.steps == ()
        assert dict(plan.notes) == {str(link): f"Sonarr knows Dark, but {why}"}


async def test_what_is_not_monitored_may_be_asked_for_and_it_is_said(tmp_path: Path) -> None:
    """A person asks for just this one."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        series, _ = await stock(world, sonarr, FakeArr("radarr"))
        sonarr.records.episode(1, 1, 2)["monitored"] = False
        plan = await ask(world, series[1], series[2])
        assert plan.steps[-1].risk == "1 of them is not monitored"
        await world.apply(plan)
        assert sonarr.commands[-1] == ("EpisodeSearch", [102, 103])
        assert sonarr.records.episode(1, 1, 2)["monitored"] is False


async def test_a_service_that_sees_the_library_elsewhere_is_named(tmp_path: Path) -> None:
    """Path map missing."""

    sonarr = FakeArr("sonarr", theirs=lambda path: path.replace(str(tmp_path), "/data"))
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        (link,) = world.show("Dark", missing=1)
        sonarr.hold("Dark", link.parent, [link])
        await world.scan()
        ((what, why),) = (await ask(world, link)).notes
        assert what == str(link)
        assert why == "Sonarr has no root folder in the library: is sonarr.path_map right?"


OLD, NEW = "Dark.S01E02.720p.WEB-OLD", "Dark.S01E02.1080p.WEB-NEW"


async def grabbed(world: ArrWorld, sonarr: FakeArr) -> Path:
    """A dead link whose release Sonarr had grabbed (case A-29)."""
    series = world.show("Dark", episodes=2, missing=1)
    sonarr.hold("Dark", world.series / "Dark", series)
    world.film("Enough", files=40)
    sonarr.records.note("grabbed", 1, OLD, {"torrentInfoHash": "A" * 40}, 102, "A" * 40)
    sonarr.records.note("downloadFolderImported", 1, OLD, {}, 102, "A" * 40)
    await world.scan()
    return series[1]


async def test_what_they_had_grabbed_is_blocklisted_and_then_searched_once(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        link = await grabbed(world, sonarr)
        sonarr.finds[102] = NEW
        plan = await ask(world, link)
        assert kinds(plan) == ["arr_blocklist", "unlink_when_blocked", "arr_rescan", "arr_search"]
        assert sonarr.failing.marked == []
        done = await world.apply(plan)
        assert done.outcomes == {"done"}
        assert sonarr.failing.marked == [1]
        assert sonarr.commands == [("RescanSeries", 1), ("EpisodeSearch", [102])]
        assert not os.path.lexists(link)
        await world.undo()
        assert os.path.islink(link)


async def test_what_did_not_come_on_the_blocklist_keeps_its_link_and_is_not_searched(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        link = await grabbed(world, sonarr)
        sonarr.failing.blocks = False
        for times in (1, 2):
            done = await world.apply(await ask(world, link))
            assert done.finished.exit_code == 1
            assert [outcome for outcome, _ in done.steps] == ["failed", "skipped", "skipped", "skipped"]
            assert done.steps[0][1] == "Sonarr did not blocklist it: a search would bring the same; the link stays"
            assert (sonarr.commands, sonarr.failing.marked) == ([], [1] * times)
            assert os.path.islink(link)


async def test_what_comes_on_the_blocklist_at_a_retry_is_searched_then(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        link = await grabbed(world, sonarr)
        sonarr.failing.blocks = False
        await world.apply(await ask(world, link))
        sonarr.failing.blocks = True
        done = await world.retry(1)
        assert done.outcomes == {"done"}
        assert sonarr.commands == [("RescanSeries", 1), ("EpisodeSearch", [102])]
        assert not os.path.lexists(link)


async def test_their_own_search_for_what_failed_is_waited_for(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        link = await grabbed(world, sonarr)
        sonarr.failing.searches = True
        sonarr.finds[102] = NEW
        done = await world.apply(await ask(world, link))
        assert done.outcomes == {"done"}
        assert sonarr.commands == [("RescanSeries", 1)]
        assert len(sonarr.records.queue) == 1


async def test_a_link_that_came_back_is_not_marked(tmp_path: Path) -> None:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        link = await grabbed(world, sonarr)
        plan = await ask(world, link)
        Path(os.readlink(link)).write_bytes(b"v" * 2048)
        done = await world.apply(plan)
        assert {outcome for outcome, _ in done.steps} == {"skipped"}
        assert (sonarr.commands, sonarr.failing.marked) == ([], [])
