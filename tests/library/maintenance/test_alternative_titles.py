"""Alternative titles of Sonarr and Radarr: where they find a file, and where they must not."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.changes.reported_titles import changed_titles
from mediatui.library.maintenance.repair_links import tool as repair_links
from mediatui.library.maintenance.tools import MIN_SCORE, ToolOptions
from mediatui.services.arr.records import AlternateTitle, Movie, Series
from mediatui.store.database import open_reader
from mediatui.store.library.titles import COLUMNS, KnownTitle, titles_of_source
from tests.fakes.arr import BROKEN, FakeArr
from tests.worlds.arr import ArrWorld
from tests.worlds.imagined import empty_archive, findings_of
from tests.worlds.maintenance import MaintenanceWorld


class TitledWorld(MaintenanceWorld, ArrWorld):
    """A library that a Sonarr and a Radarr hold."""

    def __init__(self, folder: Path) -> None:
        self.sonarr, self.radarr = FakeArr("sonarr"), FakeArr("radarr")
        super().__init__(folder, fakes={"sonarr": self.sonarr, "radarr": self.radarr})

    async def __aenter__(self) -> TitledWorld:
        await super().__aenter__()
        self.sonarr.root(self.series)
        self.radarr.root(self.films)
        return self

    def series_of(self, title: str, also: Sequence[object] = (), *, season: int = 1, year: int = 2017) -> Path:
        """The dead link of an episode of a series that Sonarr holds."""
        link = self.episode(title, season, 2, year=year, target=f"gone/{title}.mkv", missing=True)
        facts = {"year": year, "tvdbId": 500 + len(self.sonarr.records.items), "alternateTitles": list(also)}
        self.sonarr.hold(title, link.parent.parent, [link], **facts)
        return link

    def film_of(self, title: str, also: Sequence[object] = (), *, year: int = 2014, linked: bool = True) -> Path:
        """The dead link of a film that Radarr holds; without ``linked`` a film that Radarr has no file of."""
        link = self.movie(title, year, target=f"gone/{title}.mkv", missing=True) if linked else self.films / "none.mkv"
        facts = {"year": year, "tmdbId": 700 + len(self.radarr.records.items), "alternateTitles": list(also)}
        self.radarr.hold(title, self.films / f"{title} ({year})", [link] if linked else [], **facts)
        return link

    async def taken(self, link: Path) -> str:
        """The file repair-links points a link at unasked, without its folder; else why it points it at none."""
        await self.run("integrity")
        await self.run("repair-links", min_score=MIN_SCORE)
        (finding,) = [one for one in self.findings("repair-links") if one.path == os.fsencode(link)]
        if not finding.steps:
            return finding.reason
        return os.path.basename(finding.steps[0].new_target)  # type: ignore[attr-defined]

    def titles(self, source: str) -> list[tuple[str, str, int | None]]:
        """What is stored of the titles of a service: title, role, season."""
        with contextlib.closing(open_reader(self.database)) as connection:
            return [(one.title, one.role, one.season) for one in titles_of_source(connection, source)]


LA_CASA = "La.Casa.de.Papel.S01E02.1080p.mkv"


async def test_an_episode_named_by_an_alternative_title_is_taken_and_the_reason_says_so(tmp_path: Path) -> None:
    async with TitledWorld(tmp_path) as world:
        link = world.series_of("Money Heist", ["La Casa de Papel", "Haus des Geldes"])
        world.file(f"La.Casa.de.Papel.S01/{LA_CASA}")
        world.file("Haus.des.Geldes.S01/Haus.des.Geldes.S01E03.mkv")
        assert "What Sonarr knows was not read yet" in str((await world.run("repair-links")).events)
        assert await world.taken(link) == LA_CASA
        (finding,) = world.findings("repair-links")
        assert "an alternative title, same episode S01E02" in finding.reason


@pytest.mark.parametrize("other", ["its title", "its alternative title", "a folder of the library", "the file says"])
async def test_a_title_that_another_series_has_too_is_only_offered(tmp_path: Path, other: str) -> None:
    async with TitledWorld(tmp_path) as world:
        link = world.series_of("Money Heist", ["La Casa de Papel"])
        if other == "its title":
            world.sonarr.hold("La Casa de Papel", world.series / "Casa", [], year=2001)
        elif other == "its alternative title":
            world.sonarr.hold("Casa", world.series / "Casa", [], year=2001, alternateTitles=["La Casa De Papel"])
        elif other == "a folder of the library":
            world.episode("La Casa de Papel", 3, 1, year=2001)
        name = "La.Casa.de.Papel.2001.S01E02.mkv" if other == "the file says" else LA_CASA
        world.file(f"La.Casa.de.Papel.S01/{name}")
        said = await world.taken(link)
        assert "several series of this title" in said or "another year (2001)" in said


async def test_what_is_the_alternative_title_of_another_series_needs_a_year(tmp_path: Path) -> None:
    async with TitledWorld(tmp_path) as world:
        link = world.series_of("La Casa de Papel", year=2001)
        world.sonarr.hold("Money Heist", world.series / "Heist", [], year=2017, alternateTitles=["La Casa de Papel"])
        file = world.file(f"La.Casa.de.Papel.S01/{LA_CASA}")
        assert "several series of this title" in await world.taken(link)
        file.unlink()
        world.file("La.Casa.de.Papel.S01/La.Casa.de.Papel.2001.S01E02.mkv")
        assert await world.taken(link) == "La.Casa.de.Papel.2001.S01E02.mkv"


@pytest.mark.parametrize(
    ("season_number", "scene_season_number", "season", "is_taken"),
    [
        (2, -1, 2, True),
        (2, 2, 2, True),
        (-1, 2, 2, True),
        (2, -1, 1, False),  # the title is that of another season
        (2, 1, 1, False),  # S01E02 of the title is S02E02 of the series
        (2, 1, 2, False),
    ],
)
async def test_the_title_of_a_season_is_that_of_no_other(
    tmp_path: Path, season_number: int, scene_season_number: int, season: int, is_taken: bool
) -> None:
    async with TitledWorld(tmp_path) as world:
        also = {"title": "Moon Girl", "seasonNumber": season_number, "sceneSeasonNumber": scene_season_number}
        link = world.series_of("Lantern Girl", [also], season=season)
        name = f"Moon.Girl.S{season:02}E02.mkv"
        world.file(f"Moon.Girl.S{season:02}/{name}")
        assert (await world.taken(link) == name) is is_taken


async def test_a_film_named_by_an_alternative_title_needs_the_very_year(tmp_path: Path) -> None:
    async with TitledWorld(tmp_path) as world:
        also = ["Stiller Hafen", "Quiet Harbor: The Final Cut", "Quiet Harbor Part Two"]
        link = world.film_of("Quiet Harbor", also)
        for name in ("Stiller.Hafen.2015.mkv", "Quiet.Harbor.The.Final.Cut.2014.mkv", "Quiet.Harbor.Part.2.2014.mkv"):
            world.file(f"{name}/{name}")
        assert "another cut" in await world.taken(link)
        world.file("Stiller.Hafen.2014/Stiller.Hafen.2014.1080p.mkv")
        assert await world.taken(link) == "Stiller.Hafen.2014.1080p.mkv"
        world.film_of("Stiller Hafen", year=2014, linked=False)
        assert await world.taken(link) != "Stiller.Hafen.2014.1080p.mkv"
        assert "several films of this title and year are known" in str(world.findings("repair-links")[0].facts)


async def test_a_film_of_the_next_year_is_not_taken_where_another_film_has_its_title(tmp_path: Path) -> None:
    async with TitledWorld(tmp_path) as world:
        link = world.film_of("Stiller Hafen", year=2015)
        world.film_of("Quiet Harbor", ["Stiller Hafen"], year=2014, linked=False)
        world.file("Stiller.Hafen.2014/Stiller.Hafen.2014.1080p.mkv")
        assert "several films of this title and year are known" in await world.taken(link)


async def test_a_typed_title_finds_what_is_called_otherwise_by_one_series(tmp_path: Path) -> None:
    async with TitledWorld(tmp_path) as world:
        link = world.episode("Folder", 1, 2, target="gone/x.mkv", missing=True)
        world.series_of("Money Heist", ["La Casa de Papel"])
        world.file(f"La.Casa.de.Papel.S01/{LA_CASA}")
        await world.run("integrity")
        await world.run("repair-links", link=str(link), title="money heist")
        (finding,) = world.findings("repair-links")
        assert LA_CASA in str(finding.facts["candidates"])


async def test_a_bad_link_is_mended_by_an_alternative_title_only_where_the_title_finds_nothing(tmp_path: Path) -> None:
    async with TitledWorld(tmp_path) as world:
        wrong = "La.Casa.de.Papel.S01/La.Casa.de.Papel.S01E01.mkv"
        link = world.episode("Money Heist", 1, 2, year=2017, target=wrong)
        world.sonarr.hold(
            "Money Heist", link.parent.parent, [link], year=2017, tvdbId=500, alternateTitles=["La Casa de Papel"]
        )
        (record,) = world.sonarr.records.files_of(1)
        record["sceneName"] = ""
        world.file(f"Elsewhere/{LA_CASA}")
        await world.run("fix-bad-links")
        (finding,) = world.findings("fix-bad-links", "fixed")
        assert LA_CASA in finding.reason
        world.file("Elsewhere/Money.Heist.S01E02.mkv")
        await world.run("fix-bad-links")
        (finding,) = world.findings("fix-bad-links", "fixed")
        assert "Money.Heist.S01E02.mkv" in finding.reason
        (world.view / "Elsewhere/Money.Heist.S01E02.mkv").unlink()
        world.sonarr.hold("La Casa de Papel", world.series / "Casa", [], year=2001)
        await world.run("fix-bad-links")
        assert not world.findings("fix-bad-links", "fixed")


async def test_link_movies_knows_films_by_alternative_titles_that_no_other_film_has(tmp_path: Path) -> None:
    async with TitledWorld(tmp_path) as world:
        world.film_of("Quiet Harbor", ["Stiller Hafen"], linked=False)
        world.film_of("Salt", ["Sel"], year=2017, linked=False)
        world.movie("Stiller Hafen", 2014)
        world.file("Sel.2017/Sel.2017.1080p.mkv")
        await world.run("link-movies")
        assert [one.facts["film"] for one in world.findings("link-movies", "linked by link")] == ["Quiet Harbor (2014)"]
        assert [one.facts["film"] for one in world.findings("link-movies", "linked by storage")] == ["Salt (2017)"]
        world.film_of("Sel", year=2017, linked=False)
        await world.run("link-movies")
        assert "Salt (2017)" not in str(world.findings("link-movies", "linked by storage"))


async def test_titles_are_those_of_the_last_report_and_go_with_their_service(tmp_path: Path) -> None:
    async with TitledWorld(tmp_path) as world:
        bound = {"title": "Moon Girl", "seasonNumber": 2, "sceneSeasonNumber": 1}
        world.series_of("Lantern Girl", ["Laterne", bound, {"title": None}, "Lantern Girl"])
        world.film_of("Quiet Harbor", ["Stiller Hafen"])
        await world.run("integrity")
        assert world.titles("sonarr") == [
            ("Lantern Girl", "title", None), ("Laterne", "alternative", None), ("Moon Girl", "alternative", -1),
        ]  # fmt: skip
        assert world.titles("radarr") == [("Quiet Harbor", "title", None), ("Stiller Hafen", "alternative", None)]
        world.sonarr.records.items[1]["alternateTitles"] = [{"title": "Lampion"}]
        world.radarr.fail(BROKEN)
        await world.run("integrity")
        assert world.titles("sonarr") == [("Lantern Girl", "title", None), ("Lampion", "alternative", None)]
        assert len(world.titles("radarr")) == 2
        world.radarr.well()
        world.settings = world.settings.model_copy(
            update={"sonarr": tuple(one.model_copy(update={"name": "tv"}) for one in world.settings.sonarr)}
        )
        world._fakes = {"tv": world.sonarr, "radarr": world.radarr}
        await world.run("integrity")
        assert (len(world.titles("sonarr")), len(world.titles("tv"))) == (0, 2)


# Whatever titles series and films share.

POOL = ("Foundation", "Fundament", "La Casa", "La Casa II", "Casa Nova", "24")
YEARS = (2001, 2002, 2010)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[tuple[Path, sqlite3.Connection]]:
    """An archive to fill, and to read."""
    for reader in empty_archive(tmp_path):
        yield tmp_path / "mediatui.db", reader


def know(path: Path, reader: sqlite3.Connection, items: Sequence[Series | Movie]) -> None:
    """Has the archive hold the titles of these alone."""
    gone, new = changed_titles(reader, "a", items)
    with contextlib.closing(sqlite3.connect(path)) as writer, writer:
        writer.executemany("DELETE FROM known_titles WHERE id = ?", [(number,) for number in gone])
        marks = ", ".join("?" * len(KnownTitle._fields))
        writer.executemany(f"INSERT INTO known_titles ({COLUMNS}) VALUES ({marks})", new)


titled = st.tuples(st.sampled_from(POOL), st.lists(st.sampled_from(POOL), max_size=3, unique=True))


@given(
    named=st.lists(titled, min_size=2, max_size=3),
    file_title=st.sampled_from(POOL),
    file_year=st.sampled_from((None, *YEARS)),
    are_films=st.booleans(),
)
def test_nothing_is_taken_that_may_be_of_another(
    archive: tuple[Path, sqlite3.Connection],
    named: list[tuple[str, list[str]]],
    file_title: str,
    file_year: int | None,
    are_films: bool,
) -> None:
    """Each title of a series or film is one that it is called by; a file may be of all that are called so, in its
    year."""
    path, reader = archive
    items: list[Series | Movie] = []
    for number, ((title, others), year) in enumerate(zip(named, YEARS, strict=False), 1):
        also = tuple(AlternateTitle(other) for other in others)
        make = {"id": number, "title": title, "year": year, "alternate_titles": also}
        items.append(Movie(**make, tmdb_id=number) if are_films else Series(**make, tvdb_id=number))  # type: ignore[arg-type]
    know(path, reader, items)
    name = file_title.replace(" ", ".") + (f".{file_year}" if file_year else "") + ("" if are_films else ".S01E02")
    may_be = {
        item.id
        for item in items
        if file_title in {item.title, *(one.title for one in item.alternate_titles)} and file_year in (None, item.year)
    }
    own = items[0]
    shown = f"{own.title} ({own.year})"
    link = f"movies/{shown}/{shown}.mkv" if are_films else f"shows/{shown}/Season 01/{shown} - S01E02.mkv"
    (finding,) = findings_of(
        repair_links.find, ToolOptions("repair-links"), reader, {link: "all/gone/x.mkv"}, [f"all/{name}/{name}.mkv"]
    )
    if finding.steps:
        assert may_be == {own.id} or (not may_be and file_title == own.title)
