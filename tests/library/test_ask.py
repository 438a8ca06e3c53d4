"""Asking Sonarr and Radarr for another release: the dead link goes, they look, and just what is missing is searched."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from mediatui.library.ask import asked_links, plan_ask
from mediatui.model.errors import UsageError
from mediatui.model.plan import Plan
from mediatui.services.errors import BadAnswer, Refused
from tests.changes.arr_world import ArrWorld
from tests.fakes.arr import FakeArr
from tests.library.library_world import run


async def ask(world: ArrWorld, *words: str | Path) -> Plan:
    """The plan for links as the last scan left them."""
    links = await world.db.read(asked_links, [str(word) for word in words])
    return await plan_ask(world.settings, links, world.connect_arr)


def kinds(plan: Plan) -> Sequence[str]:
    return [step.KIND for step in plan.steps]


async def stock(world: ArrWorld, sonarr: FakeArr, radarr: FakeArr) -> tuple[list[Path], Path]:
    """A series with two dead episodes of three and a film that is dead, all held; scanned."""
    series, (film,) = world.film("Dark", files=3, missing=2), world.film("Heat", missing=1)
    sonarr.hold("Dark", world.films / "Dark", series)
    radarr.hold("Heat", world.films / "Heat", [film])
    await world.scan()
    return series, film


def test_links_go_first_then_they_look_then_they_search(tmp_path: Path) -> None:
    async def go() -> None:
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

    run(go())


def test_a_folder_stands_for_the_dead_links_in_it(tmp_path: Path) -> None:
    async def go() -> None:
        sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
        async with ArrWorld(tmp_path, {"sonarr": sonarr, "radarr": radarr}) as world:
            series, _ = await stock(world, sonarr, radarr)
            plan = await ask(world, world.films / "Dark", series[1])
            assert [step.what for step in plan.steps] == [
                *(str(path) for path in series[1:]),
                "Sonarr: Dark",
                "Sonarr: Dark, 2 episodes",
            ]
            with pytest.raises(UsageError, match="No scan has found a dead link at"):
                await ask(world, tmp_path / "elsewhere")

    run(go())


def test_what_cannot_be_asked_for_is_left_alone_and_said(tmp_path: Path) -> None:
    async def go() -> None:
        sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
        async with ArrWorld(tmp_path, {"sonarr": sonarr, "radarr": radarr}) as world:
            (unknown,) = world.dead("unknown.mkv")
            series, film = await stock(world, sonarr, radarr)
            del sonarr.records.files[1002]
            plan = await ask(world, os.fsdecode(unknown), series[0], series[1])
            assert plan.steps == ()
            assert dict(plan.notes) == {
                os.fsdecode(unknown): "neither Sonarr nor Radarr knows it",
                str(series[0]): "it is ok: that is not removed",
                str(series[1]): "Sonarr knows Dark, but has no file at this path",
            }
            assert os.path.islink(film)

    run(go())


def test_a_service_that_fails_leaves_what_only_it_may_know(tmp_path: Path) -> None:
    async def go() -> None:
        radarr = FakeArr("radarr")
        answers = {"sonarr": lambda request: httpx.Response(401), "radarr": radarr}
        async with ArrWorld(tmp_path, answers) as world:  # type: ignore[arg-type]
            series, film = await stock(world, FakeArr("sonarr"), radarr)
            plan = await ask(world, series[1], film)
            assert kinds(plan) == ["unlink_symlink", "arr_rescan", "arr_search"]
            ((what, why),) = plan.notes
            assert what == str(series[1])
            assert "Sonarr does not accept the API key" in why
            with pytest.raises(Refused, match="Sonarr does not accept the API key"):
                await ask(world, series[1])
            world._answers = {"sonarr": lambda request: httpx.Response(200, html="<html>"), "radarr": radarr}
            with pytest.raises(BadAnswer, match="web page"):
                await ask(world, series[1])

    run(go())


def test_a_link_that_came_back_meanwhile_is_neither_removed_nor_searched(tmp_path: Path) -> None:
    async def go() -> None:
        sonarr = FakeArr("sonarr")
        async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
            series, _ = await stock(world, sonarr, FakeArr("radarr"))
            plan = await ask(world, series[1])
            for link in series:
                Path(os.readlink(link)).write_bytes(b"v" * 2048)
            done = await world.apply(plan)
            assert [outcome for outcome, _ in done.steps] == ["skipped", "done", "skipped"]
            assert sonarr.commands == [("RescanSeries", 1)]
            assert series[1].exists()

    run(go())


def test_without_a_service_there_is_nobody_to_ask(tmp_path: Path) -> None:
    async def go() -> None:
        async with ArrWorld(tmp_path, {}) as world:
            dead = [os.fsdecode(path) for path in world.dead("a.mkv")]
            await world.scan()
            with pytest.raises(UsageError, match="Neither Sonarr nor Radarr is enabled"):
                await ask(world, *dead)

    run(go())
