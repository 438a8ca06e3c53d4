"""Candidates come from what is known here, then from look-ups: one request a title, kept for a day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mediatui.acquire.mapping.find import TargetFinder
from mediatui.acquire.mapping.rank import Mapping
from mediatui.acquire.mapping.release_name import read_name
from mediatui.changes.reported_titles import changed_titles
from mediatui.library.refresh import episode_of, item_of
from mediatui.model.errors import UsageError
from mediatui.model.release import FoundRelease
from mediatui.model.target import Target, read_target
from mediatui.services.arr.client import Arr
from mediatui.settings import load_settings
from mediatui.store.arr.items import replace_service
from mediatui.store.database import Database
from mediatui.store.library.media import Media, store_media
from mediatui.store.library.titles import change_titles
from mediatui.store.writer import run
from tests.fakes.arr import BROKEN, FakeArr
from tests.worlds.arr_client import client

NOW = 1_795_000_000.0


class World:
    """An archive beside a Sonarr and a Radarr, whose items it knows once they were ``read``."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.sonarr, self.radarr = FakeArr("sonarr"), FakeArr("radarr")
        self.fakes = {"sonarr": self.sonarr, "radarr": self.radarr}
        given = {
            f"{name}.{key}": value
            for name in self.fakes
            for key, value in {"enabled": True, "api_key": "0" * 32}.items()
        }
        given |= {f"{name}.url": f"http://{name}.invalid" for name in self.fakes}
        self.settings = load_settings(folder / "c.toml", environ={}, folder=folder, overrides=given)

    def connect(self, name: str) -> Arr:
        return client(self.fakes[name], self.fakes[name].kind)

    async def read(self) -> None:
        sonarr, radarr = self.connect("sonarr"), self.connect("radarr")
        series, films = await sonarr.series(), await radarr.movies()
        episodes = [episode_of("sonarr", one) for show in series for one in await sonarr.episodes(show.id)]
        titles = [*(await self.db.read(changed_titles, "sonarr", series))[1]]
        titles += (await self.db.read(changed_titles, "radarr", films))[1]
        async with self.db.transaction() as connection:
            await run(connection, replace_service, "sonarr", [item_of("sonarr", one) for one in series], episodes)
            await run(connection, replace_service, "radarr", [item_of("radarr", one) for one in films], [])
            await change_titles(connection, [], titles)
        await sonarr.close()
        await radarr.close()
        for fake in self.fakes.values():
            fake.seen.clear()

    def finder(self, later: float = 0.0) -> TargetFinder:
        return TargetFinder(self.db, self.settings.services, self.connect, NOW + later)

    async def map(self, *names: str, later: float = 0.0, **ids: int) -> list[Mapping]:
        releases = [read_name(name, FoundRelease("g", 1, "alpha", name, **ids)) for name in names]  # type: ignore[arg-type]
        return await self.finder(later).map_releases(releases)

    def asked(self, kind: str) -> list[str]:
        return [path for _, path in self.fakes[kind].seen if "lookup" in path]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    db = await Database.open(tmp_path / "archive.db")
    made = World(db, tmp_path)
    made.sonarr.hold(
        "The Office (US)", "/tv/The Office (US)", tvdbId=73244, year=2005, alternateTitles=["The Office US"]
    )
    for season in (1, 2, 3):
        for episode in (1, 2):
            made.sonarr.records.episode(1, season, episode, absoluteEpisodeNumber=2 * season + episode - 2)
    made.radarr.hold("Dune", "/films/Dune (1984)", tmdbId=841, year=1984)
    await made.read()
    yield made
    await db.close()


def told(mapping: Mapping) -> str:
    if mapping.chosen is not None:
        return f"{mapping.chosen.shown} {mapping.chosen.points}"
    return "? " + " | ".join(f"{one.shown} {one.points}" for one in mapping.candidates)


async def test_what_a_service_has_and_what_it_looks_up_are_compared(world: World) -> None:
    world.sonarr.world[78107] = ("The Office (UK)", 2001)
    world.radarr.world.update({438631: ("Dune", 2021), 841: ("Dune", 1984)})
    office, dune, old = await world.map("The.Office.S03E02.720p", "Dune.2021.1080p", "Dune.1080p")
    assert told(office) == "The Office (US) (2005) S03E02 86"
    assert told(dune) == "Dune (2021) 90"
    assert told(old) == "? Dune (1984) 78 | Dune (2021) 70"
    assert [one.item.service_id for one in old.candidates] == [1, 0]


async def test_fifty_releases_of_ten_titles_ask_ten_look_ups_of_a_service(world: World) -> None:
    names = [f"Show.{letter}{letter}.S{season:02d}.1080p.WEB" for letter in "abcdefghij" for season in range(1, 6)]
    assert len(await world.map(*names)) == 50
    assert len(world.asked("sonarr")) == 10
    assert not world.asked("radarr")
    await world.map(*names, later=3600)
    assert len(world.asked("sonarr")) == 10
    await world.map(*names[:5], later=86_401)
    assert len(world.asked("sonarr")) == 11


async def test_a_kept_look_up_is_what_was_found(world: World) -> None:
    world.radarr.world[438631] = ("Dune", 2021)
    first = await world.map("Dune.2021.1080p")
    assert first == await world.map("Dune.2021.1080p", later=60)


async def test_an_id_that_is_known_here_asks_nobody(world: World) -> None:
    (one,) = await world.map("Anything.S01E01.720p", tvdb_id=73244)
    assert told(one) == "The Office (US) (2005) S01E01 100"
    assert not world.asked("sonarr")


async def test_an_id_of_the_indexer_is_looked_up_by_that(world: World) -> None:
    world.radarr.world[438631] = ("Dune", 2021)
    (one,) = await world.map("Sable.2021.1080p", tmdb_id=438631)
    assert told(one) == "Dune (2021) 100"


async def test_a_service_that_fails_is_said_and_what_is_known_here_counts(world: World) -> None:
    world.radarr.fail(BROKEN, only="lookup")
    finder = world.finder()
    mappings = await finder.map_releases([read_name("Dune.1984.1080p"), read_name("Other.Film.2001.1080p")])
    assert [told(one) for one in mappings] == ["Dune (1984) 98", "? "]
    assert mappings[1].why_asked.startswith("nothing fits; Radarr ")
    assert len(finder.notes) == 1
    assert finder.notes[0].startswith("Radarr looks nothing up: ")


async def test_a_title_that_is_nearly_the_same_is_found_here(world: World) -> None:
    world.sonarr.hold("Foundation", "/tv/Foundation", tvdbId=366972, year=2021)
    world.sonarr.records.episode(2, 1, 1)
    await world.read()
    (one,) = await world.map("Foundatoin.S01E01.1080p")
    assert [candidate.shown for candidate in one.candidates] == ["Foundation (2021) S01E01"]


async def test_files_alone_make_a_candidate_too(world: World) -> None:
    async with world.db.transaction() as connection:
        film = Media("film", "Amélie", 2001, link_path=b"/a", original_title="Le Fabuleux Destin d'Amélie Poulain")
        await store_media(connection, [film.as_row()])
    (one,) = await world.map("Le.Fabuleux.Destin.d.Amelie.Poulain.2001.1080p")
    assert told(one) == "Amélie (2001) 94"


async def test_what_the_name_does_not_say_the_service_reads(world: World) -> None:
    name = "The.Office.S00E07.720p"
    assert told((await world.map(name))[0]).startswith("? ")
    world.sonarr.parses[name] = (1, [(0, 3)])
    assert told((await world.map(name))[0]) == "The Office (US) (2005) S00E03 86"
    (counted,) = await world.map("[Grp] The Office - 05 [1080p]")
    assert told(counted) == "The Office (US) (2005) S03E01 86"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("tvdb:73244:S02", Target("series", "The Office (US)", 2005, 700001, 73244, 0, "sonarr", 1, 2)),
        ("series:the office S02E01", Target("series", "The Office (US)", 2005, 700001, 73244, 0, "sonarr", 1, 2, (1,))),
        ("film:Dune (1984)", Target("film", "Dune", 1984, 841, 0, 0, "radarr", 1)),
        ("tmdb:438631", Target("film", "Dune", 2021, 438631, 0, 0, "radarr", 0)),
    ],
)
async def test_a_typed_target_is_found(world: World, text: str, wanted: Target) -> None:
    world.radarr.world[438631] = ("Dune", 2021)
    found = (await world.finder().find(read_target(text))).mapped
    known = ("kind", "title", "year", "tmdb_id", "tvdb_id", "service", "service_id", "season", "episodes")
    assert [getattr(found.target, name) for name in known] == [getattr(wanted, name) for name in known]
    assert found.score is None


async def test_a_typed_target_that_nobody_knows_or_several_are_is_refused(world: World) -> None:
    with pytest.raises(UsageError, match="know nothing of tvdb:5"):
        await world.finder().find(read_target("tvdb:5"))
    with pytest.raises(UsageError, match="know nothing of Nothing At All"):
        await world.finder().find(read_target("film:Nothing At All"))
    world.radarr.hold("Dune", "/films/Dune (2000)", tmdbId=9, year=2000)
    await world.read()
    with pytest.raises(UsageError, match="Several are of Dune") as caught:
        await world.finder().find(read_target("film:Dune"))
    assert "Dune (1984) is tmdb:841" in caught.value.sentence


async def test_without_services_what_a_person_names_is_taken_as_it_is(world: World) -> None:
    alone = TargetFinder(world.db, (), world.connect, NOW)
    found = await alone.find(read_target("film:My Own Film (2020)"))
    assert (found.item, found.mapped.target) == (None, Target("film", "My Own Film", 2020))
    with pytest.raises(UsageError, match="film or a series is not known"):
        await alone.find(read_target("tt0000001"))
