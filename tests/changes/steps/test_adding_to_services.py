"""Adding series to Sonarr and films to Radarr, and taking that back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mediatui.changes.steps.arr_add import AddFilm, AddSeries
from mediatui.model.target import MappedTarget, Target
from mediatui.services.arr.bodies import film_body, series_body
from mediatui.store.arr.items import episodes_of, find_item, items_of_id
from mediatui.store.database import Database
from mediatui.store.library.titles import titles_of_item
from mediatui.store.transfers.change import NewTransfer, create
from mediatui.store.transfers.targets import set_targets
from tests.fakes.arr import BROKEN, CUT
from tests.worlds.services import ServicesWorld

SERIES: dict[str, Any] = {"what": "Harbor Lights (2019)", "service": "sonarr", "title": "Harbor Lights", "year": 2019}
FILM: dict[str, Any] = {"what": "Quiet Harbor (2014)", "service": "radarr", "title": "Quiet Harbor", "year": 2014}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[ServicesWorld]:
    """A Sonarr and a Radarr with a root folder each."""
    db = await Database.open(tmp_path / "archive.db")
    world = ServicesWorld(db, tmp_path)
    for fake, name in ((world.sonarr, "tv"), (world.radarr, "films")):
        (tmp_path / name).mkdir()
        fake.root(tmp_path / name)
    yield world
    await db.close()


def series(world: ServicesWorld, **facts: Any) -> AddSeries:
    given = {"profile": 1, "root": world.sonarr.records.roots[0], "tvdb_id": 900_001, "seasons": (2,), **facts}
    return AddSeries(**SERIES, **given)


def film(world: ServicesWorld, **facts: Any) -> AddFilm:
    return AddFilm(**FILM, **{"profile": 1, "root": world.radarr.records.roots[0], "tmdb_id": 800_001, **facts})


def sent(world: ServicesWorld, kind: str = "sonarr") -> list[Any]:
    """The bodies of what was added."""
    path = "series" if kind == "sonarr" else "movie"
    return [body for method, where, body in world.fakes[kind].writes if (method, where) == ("POST", path)]


async def test_a_series_is_added_whole_and_known_when_the_step_has_ended(world: ServicesWorld) -> None:
    world.sonarr.steps = 2  # the episodes come with the end of the refresh
    applied = await world.apply(series(world))
    assert applied.steps == [("done", "added to Sonarr: 12 episodes, S02 monitored")]
    (body,) = sent(world)
    assert (body["title"], body["qualityProfileId"], body["seasonFolder"]) == ("Harbor Lights", 1, True)
    assert body["addOptions"]["monitor"] == "skip"
    assert body["addOptions"]["searchForMissingEpisodes"] is False
    assert body["seasons"] == [{"seasonNumber": 1, "monitored": False}, {"seasonNumber": 2, "monitored": True}]
    (known,) = await world.db.read(lambda connection: items_of_id(connection, "series", tvdb=900_001))
    assert (known.service, known.episodes) == ("sonarr", 12)
    monitored = {one.season: one.monitored for one in await world.db.read(episodes_of, "sonarr", known.service_id)}
    assert monitored == {1: False, 2: True}
    titles = await world.db.read(titles_of_item, "sonarr", known.service_id)
    assert "Hafenlichter" in {one.title for one in titles}
    assert world.sonarr.commands == []


async def test_a_film_is_added_alone_and_as_wanted(world: ServicesWorld) -> None:
    applied = await world.apply(film(world, monitored=False, minimum_availability="inCinemas"))
    assert applied.steps == [("done", "added to Radarr, not monitored")]
    (body,) = sent(world, "radarr")
    assert (body["monitored"], body["minimumAvailability"]) == (False, "inCinemas")
    assert body["addOptions"] == {"monitor": "movieOnly", "searchForMovie": False}
    assert world.radarr.records.items[1]["minimumAvailability"] == "inCinemas"


@pytest.mark.parametrize(
    ("monitor", "wanted", "how", "on"),
    [
        ("this", {2}, "skip", {2}),
        ("this", {2, 5}, "skip", {2, 5}),
        ("this", {0}, "skip", {0}),
        ("this", set(), "skip", {1, 2}),
        ("none", {2}, "skip", set()),
        ("all", {2}, "skip", {1, 2}),
        ("future", {2}, "future", {0, 1, 2}),
    ],
)
def test_every_season_is_said(monitor: Any, wanted: set[int], how: str, on: set[int]) -> None:
    body: Any = series_body(
        tvdb_id=7, title="T", profile=1, root="/tv", series_type="standard", season_folder=True, tags=(),
        seasons=(0, 1, 2), wanted=wanted, monitor=monitor,
    )  # fmt: skip
    assert body["addOptions"]["monitor"] == how
    assert body["monitored"] is True
    assert {row["seasonNumber"] for row in body["seasons"]} == {0, 1, 2} | wanted
    listed = {row["seasonNumber"] for row in body["seasons"] if row["monitored"]}
    assert listed == (on | wanted if monitor == "future" else on)


def test_a_film_always_says_whether_it_is_monitored_and_from_when() -> None:
    body = film_body(
        tmdb_id=1, title="T", year=2000, profile=1, root="/f", minimum="released", tags=[7], monitored=True
    )
    assert (body["monitored"], body["minimumAvailability"], body["tags"]) == (True, "released", [7])


async def test_what_is_there_already_is_left_as_it_is(world: ServicesWorld) -> None:
    item = world.sonarr.hold("Harbor Lights", "/tv/Harbor Lights", tvdbId=900_001, monitored=False)
    applied = await world.apply(series(world))
    assert applied.steps == [("skipped", "Sonarr has it already")]
    assert sent(world) == []
    known = await world.db.read(find_item, "sonarr", item)
    assert known is not None
    assert not known.monitored


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"profile": 9}, "Sonarr has no quality profile 9 any more"),
        ({"root": "/nowhere"}, "Sonarr has no root folder /nowhere any more"),
        ({"tags": (3,)}, "Sonarr has no tag 3 any more"),
        ({"tvdb_id": 999_999}, "Sonarr finds no series 999999 of TVDB."),
    ],
)
async def test_what_the_service_does_not_have_is_not_added(world: ServicesWorld, facts: Any, why: str) -> None:
    applied = await world.apply(series(world, **facts))
    assert applied.steps == [("failed", why)]
    assert sent(world) == []
    assert await world.lines(applied.batch) == []


async def test_a_root_folder_that_cannot_be_reached_takes_nothing(world: ServicesWorld, tmp_path: Path) -> None:
    (tmp_path / "tv").rmdir()
    ((ended, why),) = (await world.apply(series(world))).steps
    assert ended == "failed"
    assert why.startswith("Sonarr cannot reach its root folder")


async def test_every_message_of_a_refusal_is_shown(world: ServicesWorld) -> None:
    messages = [{"errorMessage": "'Path' must not be empty."}, {"errorMessage": "Quality Profile does not exist"}]
    world.sonarr.next_failure["add_item"] = httpx.Response(400, json=messages)
    ((ended, why),) = (await world.apply(series(world))).steps
    assert ended == "failed"
    assert "'Path' must not be empty; Quality Profile does not exist" in why
    errors = {"title": "One or more", "errors": {"$.minimumAvailability": ["The JSON value could not be converted"]}}
    world.radarr.next_failure["add_item"] = httpx.Response(400, json=errors)
    ((_, why),) = (await world.apply(film(world))).steps
    assert "The JSON value could not be converted" in why


@pytest.mark.parametrize("failure", [CUT, BROKEN])
@pytest.mark.parametrize("taken", [True, False])
async def test_an_answer_that_is_lost_is_looked_for_and_nothing_is_added_twice(
    world: ServicesWorld, failure: Any, taken: bool
) -> None:
    world.sonarr.next_failure["add_item"], world.sonarr.takes_all_the_same = failure, taken
    applied = await world.apply(series(world))
    assert applied.steps[0][0] == ("done" if taken else "failed")
    assert len(sent(world)) == 1
    again = await world.apply(batch=applied.batch)
    assert again.steps == ([] if taken else [("done", "added to Sonarr: 12 episodes, S02 monitored")])
    assert len(world.sonarr.records.items) == 1


async def test_a_run_that_ended_after_it_had_sent_goes_on_from_there(world: ServicesWorld) -> None:
    applied = await world.apply(series(world))
    batch = await world.store(series(world))
    line = (await world.lines(applied.batch))[0]
    async with world.db.transaction() as connection:
        await connection.execute(
            "INSERT INTO journal (batch, seq, at, kind, what, before, after, position) "
            "SELECT ?, (SELECT max(seq) + 1 FROM journal), at, kind, what, before, '{}', 1 FROM journal WHERE seq = ?",
            (batch, line.seq),
        )
    assert (await world.apply(batch=batch)).steps[0][0] == "done"
    assert len(sent(world)) == 1
    assert [one.after.get("item") for one in await world.lines(batch)] == [1]


@pytest.mark.parametrize("kind", ["sonarr", "radarr"])
async def test_undo_removes_what_was_added_and_never_a_file(world: ServicesWorld, kind: str, tmp_path: Path) -> None:
    applied = await world.apply(series(world) if kind == "sonarr" else film(world))
    folder = Path(str(world.fakes[kind].records.items[1]["path"]))
    folder.mkdir()
    (folder / "left.txt").touch()
    undone = await world.undo(applied.batch)
    assert undone.steps == [("done", f"removed from {kind.title()}; its folder is as it was")]
    assert world.fakes[kind].records.items == {}
    assert (folder / "left.txt").exists()
    assert [
        path for method, path in world.fakes[kind].seen if method == "DELETE" and "deleteFiles=false" not in path
    ] == []
    assert await world.db.read(find_item, kind, 1) is None


async def test_undo_leaves_what_has_got_a_file_since(world: ServicesWorld) -> None:
    applied = await world.apply(film(world))
    world.radarr.records.has_file(1, f"{world.radarr.records.items[1]['path']}/Quiet Harbor.mkv")
    assert (await world.undo(applied.batch)).steps == [("failed", "Radarr has a file of it by now: it stays")]
    assert list(world.radarr.records.items) == [1]


async def test_undo_leaves_what_a_transfer_is_under_way_for(world: ServicesWorld) -> None:
    applied = await world.apply(series(world))
    target = MappedTarget(Target("series", "Harbor Lights", tvdb_id=900_001, service="sonarr", season=2))
    number = await world.db.write(create, NewTransfer("debrid", "a" * 40), "user", now=1.0)
    await world.db.write(set_targets, number, [target])
    assert (await world.undo(applied.batch)).steps == [("failed", "transfer 1 is under way for it: it stays")]
    assert list(world.sonarr.records.items) == [1]
