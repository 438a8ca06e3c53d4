"""Planning additions by the settings of a service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mediatui.acquire.adding import Adder, Addition, HowToAdd, known_at, said_of, steps_to_add
from mediatui.acquire.grab import with_additions
from mediatui.changes.steps.arr_add import AddFilm, AddSeries, need_of, why_not_added
from mediatui.changes.steps.begin_transfer import SendTransfer
from mediatui.library.refresh import RefreshOptions, refresh
from mediatui.model.errors import UsageError
from mediatui.model.plan import Plan, StoredStep
from mediatui.model.target import Target
from mediatui.store.database import Database
from tests.worlds.services import ServicesWorld

SERIES = Target("series", "Harbor Lights", 2019, tvdb_id=900_001, season=2)
FILM = Target("film", "Quiet Harbor", 2014, tmdb_id=800_001)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    db = await Database.open(tmp_path / "archive.db")
    yield db
    await db.close()


def world_of(db: Database, folder: Path, **settings: object) -> ServicesWorld:
    """A Sonarr and a Radarr with a root folder, a quality profile and a tag each."""
    world = ServicesWorld(db, folder, **settings)
    for fake in world.fakes.values():
        (folder / fake.kind).mkdir(exist_ok=True)
        fake.root(folder / fake.kind)
        fake.records.tags[5] = "vu"
    return world


def test_a_series_that_several_seasons_need_is_added_once_and_said_once() -> None:
    lane = AddSeries(what="Lane", service="anime", title="Lane", year=2018, profile=1, root="/tv", tvdb_id=71)
    seasons = [Addition("anime", 0, (replace(lane, seasons=(at,)),), ("full",), "HD", need_of(lane)) for at in (2, 1)]
    sends = [SendTransfer(what=each, hash=each * 40, targets="t") for each in "abc"]
    found = with_additions(Plan("grab", "Send", tuple(sends)), {"a" * 40: seasons[:1], "b" * 40: seasons[1:]})
    assert found.steps[0] == replace(lane, seasons=(1, 2))
    assert [step.needs for step in found.steps if isinstance(step, SendTransfer)] == [("anime:71",), ("anime:71",), ()]
    assert found.says == ("full.", "Sonarr (anime): Lane is added, S01, S02 monitored, HD, in /tv.")


async def test_the_only_profile_and_root_folder_need_no_setting(db: Database, tmp_path: Path) -> None:
    world = world_of(db, tmp_path)
    found = await steps_to_add(world.settings, world.connect, SERIES)
    root = str(tmp_path / "sonarr")
    assert (found.service, found.service_id, found.need) == ("sonarr", 0, "sonarr:900001")
    assert found.steps == (
        AddSeries(
            what="Harbor Lights (2019)", service="sonarr", title="Harbor Lights", year=2019, profile=1, root=root,
            tvdb_id=900_001, seasons=(2,),
        ),
    )  # fmt: skip
    assert found.says == ()
    said = f"Sonarr: Harbor Lights (2019) is added, S02 monitored, Any, in {root}"
    assert said_of(found.steps[0], found.profile) == said
    film = await steps_to_add(world.settings, world.connect, FILM)
    assert film.steps == (
        AddFilm(
            what="Quiet Harbor (2014)", service="radarr", title="Quiet Harbor", year=2014, profile=1,
            root=str(tmp_path / "radarr"), tmdb_id=800_001,
        ),
    )  # fmt: skip


async def test_the_settings_of_the_service_count_and_what_is_said_before_them(db: Database, tmp_path: Path) -> None:
    other = tmp_path / "anime"
    other.mkdir()
    world = world_of(
        db, tmp_path,
        **{
            "sonarr.quality_profile": "hd", "sonarr.root_folder": f"{other}/", "sonarr.tags": ["VU"],
            "sonarr.monitor": "none", "sonarr.series_type": "anime", "sonarr.season_folder": False,
        },
    )  # fmt: skip
    world.sonarr.root(other)
    world.sonarr.records.profiles |= {2: "HD", 3: "UHD"}
    adder = Adder(world.settings, world.connect)
    (step,) = (await adder.steps_to_add(SERIES)).steps
    assert isinstance(step, AddSeries)
    assert (step.profile, step.root, step.tags, step.monitor) == (2, str(other), (5,), "none")
    assert (step.series_type, step.season_folder) == ("anime", False)
    how = HowToAdd("UHD", str(tmp_path / "sonarr"), (), "all", "daily")
    (step,) = (await adder.steps_to_add(SERIES, how=how)).steps
    assert isinstance(step, AddSeries)
    assert (step.profile, step.root, step.tags, step.monitor) == (3, str(tmp_path / "sonarr"), (), "all")
    assert step.series_type == "daily"
    await adder.close()
    asked = [
        path for _, path in world.sonarr.seen if "rootfolder" in path or "qualityprofile" in path or "/tag" in path
    ]
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sonarr.quality_profile": "nope"}, "Sonarr has no quality profile nope. There are: Any and HD."),
        (
            {},
            "Sonarr has several quality profiles, and none is chosen. There are: Any and HD. Set sonarr.quality",
        ),
        ({"sonarr.quality_profile": "HD", "sonarr.root_folder": "/x"}, "Sonarr has no root folder /x. There is: "),
        ({"sonarr.quality_profile": "HD", "sonarr.tags": ["new"]}, "Sonarr has no tag new. There is: vu."),
    ],
)
async def test_settings_that_do_not_fit_the_service_name_what_there_is(
    db: Database, tmp_path: Path, settings: dict[str, object], message: str
) -> None:
    world = world_of(db, tmp_path, **settings)
    world.sonarr.records.profiles[2] = "HD"
    with pytest.raises(UsageError) as raised:
        await steps_to_add(world.settings, world.connect, SERIES)
    assert raised.value.sentence.startswith(message)


async def test_what_is_there_needs_nothing_and_what_is_not_found_is_an_error(db: Database, tmp_path: Path) -> None:
    world = world_of(db, tmp_path)
    item = world.sonarr.hold("Harbor Lights", "/tv/Harbor Lights", tvdbId=900_001)
    found = await steps_to_add(world.settings, world.connect, SERIES)
    assert (found.steps, found.service_id, found.need) == ((), item, "")
    with pytest.raises(UsageError, match="Radarr does not find"):
        await steps_to_add(world.settings, world.connect, Target("film", "No Such", 2000, tmdb_id=1))
    with pytest.raises(UsageError, match="without an id at TVDB"):
        await steps_to_add(world.settings, world.connect, Target("series", "No Id"))


async def test_the_room_of_a_root_folder_is_said(db: Database, tmp_path: Path) -> None:
    world = world_of(db, tmp_path)
    says = (await steps_to_add(world.settings, world.connect, FILM, how=HowToAdd(size=2**50))).says
    assert any("free for 1.1 PB (links take none)" in one for one in says)
    world.radarr.mount_hangs = True
    says = (await steps_to_add(world.settings, world.connect, FILM)).says
    assert any("a mount may hang where it runs" in one for one in says)


async def test_which_service_takes_it(db: Database, tmp_path: Path) -> None:
    world = world_of(db, tmp_path)
    with pytest.raises(UsageError, match="Radarr takes no series"):
        await steps_to_add(world.settings, world.connect, SERIES, "radarr")
    off = world_of(db, tmp_path, **{"radarr.enabled": False})
    with pytest.raises(UsageError, match="No Radarr is enabled"):
        await steps_to_add(off.settings, off.connect, FILM)


async def test_the_copy_says_what_a_service_has(db: Database, tmp_path: Path) -> None:
    world = world_of(db, tmp_path)
    world.radarr.hold("Quiet Harbor", "/films/Quiet Harbor", tmdbId=800_001)
    assert await db.read(known_at, FILM, "radarr") is None
    async for _ in refresh(world.context(), RefreshOptions()):
        pass
    known = await db.read(known_at, FILM, "radarr")
    assert known is not None
    assert known.service_id == 1


async def test_what_needs_an_addition_that_failed_is_not_sent(db: Database, tmp_path: Path) -> None:
    world = world_of(db, tmp_path)
    found = await steps_to_add(world.settings, world.connect, SERIES)
    outcomes: Any = ("done", "skipped", "failed", "planned")
    said = [why_not_added([StoredStep(1, found.steps[0], outcome)], found.need) for outcome in outcomes]
    assert said == ["", "", *["Harbor Lights (2019) was not added, so nothing is sent for it"] * 2]
    assert why_not_added([StoredStep(1, found.steps[0], "failed")], "radarr:900001") == ""
