"""The catalogs are asked where there is no Sonarr or Radarr, and TMDB's seasons are brought to TVDB's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from mediatui.acquire.mapping.aim import aim_at
from mediatui.acquire.mapping.find import TargetFinder
from mediatui.acquire.mapping.release_name import read_name
from mediatui.model.arr_items import ArrEpisode, ArrItem, ArrSeason
from mediatui.model.errors import UsageError
from mediatui.model.target import read_target
from mediatui.services.catalogs import Catalogs
from mediatui.settings import load_settings
from mediatui.store.arr.items import store_item
from mediatui.store.database import Database
from tests.fakes.arr import FakeArr
from tests.fakes.catalogs import TMDB_KEY, TVDB_KEY, FakeTmdb, FakeTvdb, SimEpisode, SimTitle
from tests.worlds.arr_client import client

NOW = 1_795_000_000.0
TITLES = {"en": "Part"}


def season(number: int, begin: str, count: int = 10, shifted: int = 0) -> tuple[SimEpisode, ...]:
    """A season shown weekly; the last ``shifted`` episodes a day later."""
    first = date.fromisoformat(begin)
    return tuple(
        SimEpisode(number, at + 1, (first + timedelta(weeks=at, days=int(at >= count - shifted))).isoformat(), TITLES)
        for at in range(count)
    )


TMDB = (
    SimTitle("series", {"en": "Baker's Yard"}, 2021, tmdb=9100, episodes=season(3, "2024-09-03")),
    SimTitle("film", {"en": "Dune"}, 2021, tmdb=438631, imdb=1160419),
    SimTitle("film", {"en": "Dune"}, 1984, tmdb=841),
)
TVDB = (
    SimTitle(
        "series", {"en": "Foundation"}, 2021, tvdb=366972,
        episodes=(*season(1, "2021-09-24"), *season(2, "2023-07-14")),
    ),
)  # fmt: skip


class World:
    """An archive, and catalogs with a key or without."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db, self.folder = db, folder
        self.tmdb, self.tvdb = FakeTmdb(TMDB), FakeTvdb(TVDB)

    def finder(self, *, tmdb: bool = True, tvdb: bool = True) -> TargetFinder:
        given = {"metadata.tmdb_key": TMDB_KEY if tmdb else "", "metadata.tvdb_key": TVDB_KEY if tvdb else ""}
        settings = load_settings(self.folder / "c.toml", environ={}, folder=self.folder, overrides=given)
        catalogs = Catalogs(settings, self.tmdb.transport(), self.tvdb.transport())

        def refuse(name: str) -> None:
            raise AssertionError(f"{name} was asked")

        return TargetFinder(self.db, settings.services, refuse, NOW, catalogs)  # type: ignore[arg-type]

    async def hold_the_yard(self, shifted: int = 0) -> None:
        """Sonarr has the series with fifteen seasons, the last of which TMDB calls the third of another one."""
        days = [one for at in range(1, 15) for one in season(at, f"{2009 + at}-09-07")]
        days += season(15, "2024-09-03", shifted=shifted)
        episodes = [
            ArrEpisode("sonarr", 7, at, one.season, one.number, 1000 + at, air_date=one.air_date)
            for at, one in enumerate(days, 1)
        ]
        seasons = tuple(ArrSeason(at, True, 10, 0) for at in range(1, 16))
        item = ArrItem(
            "sonarr", 7, "series", "The Baker's Yard", "bakersyard", 9100, 81900, year=2010, seasons=seasons,
        )  # fmt: skip
        await self.db.write(store_item, item, episodes)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    db = await Database.open(tmp_path / "archive.db")
    yield World(db, tmp_path)
    await db.close()


async def test_without_a_service_the_catalogs_are_asked_each_title_once(world: World) -> None:
    names = ["Dune.2021.1080p.BluRay", "Dune.1080p", "Foundation.S02E03.1080p", "Foundation.S09.1080p"]
    told = [
        f"{one.chosen.shown} {one.chosen.points}" if one.chosen else one.why_asked
        for one in await world.finder().map_releases([read_name(name) for name in names])
    ]
    assert told == [
        "Dune (2021) 90", "two fit: Dune (1984) 70, Dune (2021) 70", "Foundation (2021) S02E03 78",
        "Foundation (2021) S09 fits with 55 points only",
    ]  # fmt: skip
    assert sum(path.startswith("search/movie") and "language=fr" in path for path in world.tmdb.asked) == 1
    before = len(world.tmdb.asked), len(world.tvdb.asked)
    await world.finder().map_releases([read_name(name) for name in names])
    assert (len(world.tmdb.asked), len(world.tvdb.asked)) == before


async def test_a_season_of_tmdb_is_stored_by_the_numbers_of_tvdb(world: World) -> None:
    await world.hold_the_yard()
    found = await world.finder(tvdb=False).find(read_target("tmdb:9100:S03"))
    assert found.mapped.target.text == "tvdb:81900:S15"
    assert (found.said, found.elsewhere) == ("season 3 at TMDB is season 15 at Sonarr", 3)
    one = await world.finder(tvdb=False).find(read_target("tmdb:9100:S03E02"))
    assert one.mapped.target.text == "tvdb:81900:S15E02"
    assert one.mapped.target.air_dates == ("2024-09-10",)


async def test_a_release_whose_season_fits_only_one_of_the_two_asks(world: World) -> None:
    await world.hold_the_yard()
    names = ["The.Bakers.Yard.S15.1080p", "Bakers.Yard.S03.1080p"]
    fits, asks = await aim_at(world.finder(), [read_target("tmdb:9100:S03")], [read_name(name) for name in names])
    assert [one.target.text for one in fits.targets] == ["tvdb:81900:S15"]
    assert fits.targets[0].reasons == ("named by you", "season 3 at TMDB is season 15 at Sonarr")
    assert not asks.targets
    assert asks.asks == "season 3 at TMDB is season 15 at Sonarr, and its name may mean either"
    assert [one.shown for one in asks.candidates] == ["The Baker's Yard (2010) S15", "The Baker's Yard (2010) S03"]


async def test_days_that_differ_or_are_not_known_are_asked_about(world: World) -> None:
    await world.hold_the_yard(shifted=4)
    with pytest.raises(UsageError, match="6 of 10 days are those of season 15") as caught:
        await world.finder().find(read_target("tmdb:9100:S03"))
    assert "tvdb:81900:S03" in caught.value.sentence
    with pytest.raises(UsageError, match="TMDB has no key here"):
        await world.finder(tmdb=False).find(read_target("tmdb:9100:S03"))


async def test_the_catalogs_are_asked_for_what_a_service_does_not_find(world: World) -> None:
    radarr = FakeArr("radarr")
    settings = load_settings(
        world.folder / "c.toml", environ={}, folder=world.folder,
        overrides={"radarr.enabled": True, "radarr.url": "http://radarr.invalid", "radarr.api_key": "0" * 32,
                   "metadata.tmdb_key": TMDB_KEY},
    )  # fmt: skip
    catalogs = Catalogs(settings, world.tmdb.transport(), world.tvdb.transport())
    finder = TargetFinder(world.db, settings.services, lambda name: client(radarr, "radarr"), NOW, catalogs)
    (mapping,) = await finder.map_releases([read_name("Dune.2021.1080p.BluRay")])
    assert [one.shown for one in mapping.candidates] == ["Dune (2021)", "Dune (1984)"]
    assert [path for _, path in radarr.seen] == ["/api/v3/movie/lookup?term=Dune"]
    assert not finder.notes


async def test_a_collection_is_for_each_of_its_films(world: World) -> None:
    typed = [read_target("tmdb:438631"), read_target("film:Dune (1984)")]
    (aim,) = await aim_at(world.finder(), typed, [read_name("Dune.Collection.1984-2021.1080p")])
    assert [one.target.text for one in aim.targets] == ["tmdb:438631", "tmdb:841"]


async def test_where_nobody_can_be_asked_it_says_who_would_know(world: World) -> None:
    finder = TargetFinder(world.db, [], lambda name: pytest.fail(f"{name} was asked"), NOW)
    (mapping,) = await finder.map_releases([read_name("Dune.2021.1080p.BluRay")])
    assert mapping.why_asked == "nothing fits; Sonarr, Radarr or TMDB (,) look it up"
