"""What the library knows: from Radarr and Sonarr, else from names in the tree; and kept right when links move."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest

from mediatui.changes.steps.moves import MovePath
from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.model.plan import Plan, Step
from mediatui.model.text import printable
from mediatui.store.library.media import Media
from tests.fakes.arr import BROKEN, FakeArr
from tests.worlds.arr import ArrWorld
from tests.worlds.maintenance import MaintenanceWorld


class ServedLibrary(MaintenanceWorld, ArrWorld):
    """A library of films and series that a Radarr and a Sonarr hold."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.radarr, self.sonarr = FakeArr("radarr"), FakeArr("sonarr")
        fakes = {"radarr": self.radarr, "sonarr": self.sonarr}
        quiet = {"radarr.after_change": "none", "sonarr.after_change": "none"}
        super().__init__(folder, **{"fakes": fakes, **quiet, **settings})

    async def __aenter__(self) -> ServedLibrary:
        await super().__aenter__()
        return self

    def radarr_film(self, title: str, year: int, path: str | Path | None = None, **facts: object) -> int:
        """A film of Radarr; with a path it has a file there."""
        return self.radarr.hold(title, f"/films/{title}", [] if path is None else [path], year=year, **facts)

    def sonarr_file(self, series: int, path: str | Path, season: int, *episodes: int) -> None:
        """A file of a series, and its episodes."""
        self.sonarr.records.has_file(series, path, episodes=[(season, episode) for episode in episodes])

    def the(self, title: str) -> Media:
        (found,) = [media for media in self.known() if media.title == title]
        return found


def plan(*steps: Step) -> Plan:
    return Plan("cleanup", "Test", steps)


def move(path: Path | bytes, new: Path | bytes, target: bytes = b"") -> MovePath:
    given = os.fsdecode(path)
    return MovePath(what=printable(given), path=given, new_path=os.fsdecode(new), target=os.fsdecode(target))


def by_name(world: MaintenanceWorld) -> dict[str, Media]:
    return {os.path.basename(os.fsdecode(media.link_path or b"")): media for media in world.known()}


async def test_without_services_every_link_of_a_film_or_an_episode_is_known_by_its_names(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        film = world.movie("Léon", 1994)
        episode = world.episode("The Show", 1, 2, year=2019)
        double = world.link("Séries/Drama/The Show (2019)/Saison 01/S01E03E04.mkv", os.readlink(episode))
        world.link("Music/Song.mkv", os.readlink(film))
        await world.run("integrity")
        known = by_name(world)
        assert len(known) == 3
        one = known[film.name]
        assert (one.kind, one.title, one.year, one.source) == ("film", "Léon", 1994, "tree")
        assert (one.link_path, one.file_path) == (os.fsencode(film), os.fsencode(os.readlink(film)))
        two = known[episode.name]
        assert (two.kind, two.title, two.year, two.season, two.episodes) == ("episode", "The Show", 2019, 1, (2,))
        assert known[double.name].episodes == (3, 4)


async def test_a_second_run_changes_no_row(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("A Film")
        world.movie("No.Year.In.This.Name", 0)
        world.link("Films/Action/Some.Film.1999.1080p.BluRay.mkv", world.file("x.mkv"))
        world.episode("A Show", 1, 2)
        await world.run("integrity")
        before = world.known()
        ran = await world.run("integrity")
        assert world.known() == before
        assert len(before) == ran.finished.counts["known"] == 4


@pytest.mark.parametrize(
    ("link", "title", "year", "season", "episodes"),
    [
        ("Films/Drama/A-F/The Film (2001)/whatever.mkv", "The Film", 2001, None, ()),
        ("Films/Drama/The.Film.2001.1080p.mkv", "The Film", 2001, None, ()),
        ("Films/Drama/The Film/The Film.mkv", "The Film", None, None, ()),
        ("Films/2012 (2009).mkv", "2012", 2009, None, ()),
        ("Séries/Drama/A-F/The Show (2001)/Season 2/05 - Title.mkv", "The Show", 2001, 2, (5,)),
        ("Séries/The Show (2001)/Specials/S00E01.mkv", "The Show", 2001, 0, (1,)),
        ("Séries/Drama/The Show/Saison 01/S01E02.mkv", "The Show", None, 1, (2,)),
        ("Séries/Drama/The Show (2001)/Saison 01/Making of.mkv", "The Show", 2001, None, ()),
        ("Séries/The.Show.S01E02.mkv", "The Show", None, 1, (2,)),
    ],
)
async def test_title_year_and_numbers_come_from_the_nearest_name_that_has_them(
    tmp_path: Path, link: str, title: str, year: int | None, season: int | None, episodes: tuple[int, ...]
) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.link(link, world.file("one.mkv"))
        ran = await world.run("integrity")
        (one,) = world.known()
        assert (one.title, one.year, one.season, one.episodes) == (title, year, season, episodes)
        assert ran.finished.counts["without_year"] == (year is None)
        assert ran.finished.counts["without_numbers"] == (link.startswith("S") and not episodes)


async def test_two_films_of_one_title_and_year_are_two_items(tmp_path: Path) -> None:
    async with ServedLibrary(tmp_path) as world:
        one = world.movie("The Same", genre="Action")
        two = world.movie("The Same", genre="Drama", target="Films/Other/Other.mkv")
        world.radarr_film("The Same", 2001, one, tmdbId=1)
        world.radarr_film("The Same", 2001, two, tmdbId=2)
        await world.run("integrity")
        assert {media.tmdb_id: media.link_path for media in world.known()} == {
            1: os.fsencode(one), 2: os.fsencode(two),
        }  # fmt: skip
        assert world.findings("integrity") == []


async def test_the_record_of_a_service_goes_before_names(tmp_path: Path) -> None:
    async with ServedLibrary(tmp_path) as world:
        film = world.movie("Wrong Title", 1990)
        episode = world.episode("Wrong Show", 1, 2)
        world.radarr_film("Right", 1991, film, tmdbId=603, originalTitle="Juste", genres=["Drama"])
        facts = {"tvdbId": 71, "tmdbId": 72, "seriesType": "anime", "genres": ["Animation"]}
        world.sonarr.hold("Right Show", "/tv/Right Show", year=2020, **facts)
        world.sonarr_file(1, episode, 3, 5, 4)
        await world.run("integrity")
        known = by_name(world)
        one, two = known[film.name], known[episode.name]
        assert (one.title, one.year, one.tmdb_id, one.original_title) == ("Right", 1991, 603, "Juste")
        assert (one.genres, one.source) == (("Drama",), "radarr")
        assert one.file_path == os.fsencode(os.readlink(film))
        assert (two.title, two.season, two.episodes, two.tvdb_id, two.tmdb_id) == ("Right Show", 3, (4, 5), 71, 72)
        assert (two.series_type, two.genres, two.source) == ("anime", ("Animation",), "sonarr")
        assert len(known) == len(world.known()) == 2


async def test_what_was_read_from_names_gives_way_to_a_service(tmp_path: Path) -> None:
    async with ServedLibrary(tmp_path) as world:
        film = world.movie("A Film")
        await world.run("integrity")
        assert [media.source for media in world.known()] == ["tree"]
        world.radarr_film("A Film", 2001, film, tmdbId=9)
        await world.run("integrity")
        assert [(media.source, media.tmdb_id) for media in world.known()] == [("radarr", 9)]


async def test_a_film_without_a_file_is_known_and_no_ghost(tmp_path: Path) -> None:
    async with ServedLibrary(tmp_path) as world:
        world.radarr_film("Wanted", 2030)
        await world.run("integrity")
        assert world.the("Wanted").file_path is None
        assert world.findings("integrity") == []


async def test_paths_of_a_service_are_mapped_to_ours(tmp_path: Path) -> None:
    mapping = [{"ours": str(tmp_path / "library" / "Films"), "theirs": "/movies"}]
    async with ServedLibrary(tmp_path, **{"radarr.path_map": mapping}) as world:
        film = world.movie("A Film")
        world.radarr_film("A Film", 2001, "/movies/Action/A Film (2001).mkv")
        world.radarr_film("Lost", 2001, "/movies/Action/Lost (2001).mkv")
        await world.run("integrity")
        assert world.the("A Film").link_path == os.fsencode(film)
        (ghost,) = world.findings("integrity")
        assert ghost.path == os.fsencode(world.films / "Action" / "Lost (2001).mkv")
        assert "Radarr" in ghost.reason


async def test_a_path_of_a_service_that_leads_nowhere_known_is_unknown(tmp_path: Path) -> None:
    async with ServedLibrary(tmp_path) as world:
        world.radarr_film("A Film", 2001, "/movies/A Film.mkv")
        world.radarr_film("Windows", 2001, "D:\\Films\\Windows.mkv")
        ran = await world.run("integrity")
        assert world.findings("integrity") == []
        assert ran.finished.counts["unknown"] == 2


async def test_a_real_file_in_the_tree_that_a_service_holds_is_there(tmp_path: Path) -> None:
    async with ServedLibrary(tmp_path) as world:
        real = world.films / "Real (2001).mkv"
        real.write_bytes(b"v")
        world.radarr_film("Real", 2001, real)
        await world.run("integrity")
        assert world.findings("integrity") == []


FAILURES = {
    "refused": httpx.ConnectError("refused"),
    "broken": BROKEN,
    "empty": httpx.Response(200, json=[]),
    "half": httpx.Response(200, json=[{"id": -1}]),
}


@pytest.mark.parametrize("fails", FAILURES)
async def test_a_service_that_fails_is_a_warning_and_what_it_reported_stays(tmp_path: Path, fails: str) -> None:
    async with ServedLibrary(tmp_path) as world:
        film = world.movie("A Film")
        world.radarr_film("A Film", 2001, film, tmdbId=9)
        for folder in ("/tv/A Show", "/tv/A Show 2"):
            world.sonarr.hold("A Show", folder, year=1)
        world.sonarr_file(1, world.episode("A Show", 1, 1), 1, 1)
        await world.run("integrity")
        before = world.known()
        assert len(before) == 2

        for fake in (world.radarr, world.sonarr):
            fake.fail(FAILURES[fails])
        if fails == "half":
            world.sonarr.well()
            world.sonarr.fail(BROKEN, only="episode")
        ran = await world.run("integrity")
        assert ran.finished.outcome == "done", ran.finished
        assert world.known() == before
        assert [line.split()[0] for line in ran.said().splitlines()] == ["Radarr", "Sonarr"]
        assert ran.said().count("reported before stays in use") == 2


async def test_what_a_service_no_longer_holds_is_known_by_its_names_again(tmp_path: Path) -> None:
    async with ServedLibrary(tmp_path) as world:
        film = world.movie("A Film")
        world.radarr_film("A Film", 2001, film)
        world.radarr_film("Other", 2001)
        await world.run("integrity")
        world.radarr.records.forget(1)
        await world.run("integrity")
        assert [(media.title, media.source) for media in world.known()] == [("Other", "radarr"), ("A Film", "tree")]


async def test_an_item_follows_its_link_though_the_service_does_not_know_of_the_move(tmp_path: Path) -> None:
    async with ServedLibrary(tmp_path) as world:
        film = world.movie("A Film")
        world.radarr_film("A Film", 2001, film, tmdbId=9)
        await world.run("integrity")
        moved = world.films / "Drama" / film.name
        ran = await world.apply(plan(move(film, moved, os.fsencode(os.readlink(film)))))
        assert ran.outcomes == {"done"}
        for _ in range(2):
            one = world.the("A Film")
            assert (one.link_path, one.tmdb_id) == (os.fsencode(moved), 9)
            assert one.file_path == os.fsencode(os.readlink(moved))
            await world.run("integrity")
        assert world.findings("integrity") == []

        await world.undo()
        await world.run("integrity")
        assert world.the("A Film").link_path == os.fsencode(film)
        assert world.findings("integrity") == []


async def test_an_item_is_where_the_service_says_by_now(tmp_path: Path) -> None:
    async with ServedLibrary(tmp_path) as world:
        film = world.movie("A Film")
        world.radarr_film("A Film", 2001, film)
        await world.run("integrity")
        number = world.the("A Film").id
        renamed = film.with_name("A Film (2001) 1080p.mkv")
        film.rename(renamed)
        world.radarr.records.files.clear()
        world.radarr.records.has_file(1, renamed)
        await world.run("integrity")
        one = world.the("A Film")
        assert (one.id, one.link_path, one.source) == (number, os.fsencode(renamed), "radarr")
        assert world.findings("integrity") == []


async def test_a_path_in_another_form_of_unicode_is_the_same_link(tmp_path: Path) -> None:
    async with ServedLibrary(tmp_path) as world:
        decomposed = world.movie("Le\u0301on")
        world.radarr_film("Léon", 2001, world.films / "Action" / "L\u00e9on (2001).mkv")
        await world.run("integrity")
        (one,) = world.known()
        assert (one.link_path, one.source) == (os.fsencode(decomposed), "radarr")
        assert world.findings("integrity") == []


@pytest.mark.parametrize("name", [b"A Show (2001)", "Café (2001)".encode(), b"Caf\xe9 (2001)"])
async def test_items_follow_a_folder_that_is_moved_and_come_back_with_it(tmp_path: Path, name: bytes) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        old = os.path.join(os.fsencode(world.series), b"Drama", name)
        links = [
            world.link(old + b"/Saison 01/" + name + b" - S01E0%d - x.mkv" % number, world.file(b"%d.mkv" % number))
            for number in (1, 2)
        ]
        beside = world.link(old + b" Plus/S01E01.mkv", world.file("beside.mkv"))
        await world.run("integrity")
        before = world.known()
        new = os.path.join(os.fsencode(world.series), b"Com\xe9die", name)
        assert (await world.apply(plan(move(old, new)))).outcomes == {"done"}
        moved = {os.fsencode(link).replace(old + b"/", new + b"/") for link in links} | {os.fsencode(beside)}
        assert {media.link_path for media in world.known()} == moved
        await world.run("integrity")
        assert [media.id for media in world.known()] == [media.id for media in before]
        assert world.findings("integrity", "ghost") == []
        await world.undo()
        assert world.known() == before


async def test_the_file_of_an_item_follows_its_link(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        film = world.movie("A Film")
        relative = os.path.relpath(os.readlink(film), film.parent)
        film.unlink()
        film.symlink_to(relative)
        await world.run("integrity")
        before = world.known()
        other = world.file("Films/Other/Other.mkv")
        step = RelinkSymlink(what="A Film", path=str(film), target=relative, new_target=str(other))
        assert (await world.apply(plan(step))).outcomes == {"done"}
        assert [media.file_path for media in world.known()] == [os.fsencode(other)]
        await world.undo()
        assert world.known() == before


async def test_a_root_that_is_none_any_more_takes_its_items_along(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("A Film")
        await world.media(Media("film", "Elsewhere", 1999, link_path=b"/elsewhere/Films/Elsewhere (1999).mkv"))
        await world.run("integrity")
        assert [media.title for media in world.known()] == ["A Film"]


async def test_ids_that_a_name_does_not_have_are_kept(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        film = world.movie("A Film")
        await world.media(Media("film", "A Film", 2001, tmdb_id=5, tvdb_id=6, link_path=os.fsencode(film)))
        await world.run("integrity")
        (one,) = world.known()
        assert (one.tmdb_id, one.tvdb_id, one.file_path) == (5, 6, os.fsencode(os.readlink(film)))
