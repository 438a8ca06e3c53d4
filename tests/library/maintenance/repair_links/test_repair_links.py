"""repair-links on real trees: which file is proposed, which is only offered, and what is never taken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.store.library.media import Media
from tests.worlds.library import Run
from tests.worlds.maintenance import MaintenanceWorld

COPPER = "Séries/Copper (2003)/Saison 01/Copper (2003) - S01E01.mkv"


def proposals(world: MaintenanceWorld) -> dict[str, str]:
    """The new target of each link that is to be changed, by the link's name, both without folders."""
    plan = world.plan_for("repair-links")
    return {os.path.basename(step.path): os.path.basename(step.new_target) for step in plan.steps}  # type: ignore[attr-defined]


def scores(world: MaintenanceWorld) -> dict[str, list[tuple[str, int]]]:
    """The candidates of each dead link and their scores, best first."""
    return {
        os.path.basename(os.fsdecode(one.path)): [
            (os.path.basename(str(its["path"])), int(str(its["score"])))
            for its in one.facts["candidates"]  # type: ignore[attr-defined]
        ]
        for one in world.findings("repair-links")
    }


async def test_a_file_of_the_same_name_in_another_folder_is_proposed_and_undo_restores_the_tree(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.episode("Foundation", 1, 2, target="Old.Folder/Foundation.S01E02.mkv", missing=True)
        world.movie("Dune", 2021, missing=True)
        world.file("New.Folder/Foundation.S01E02.mkv")
        world.file("Dune.2021.MULTi.1080p/Dune.2021.MULTi.1080p.mkv")
        before = world.snapshot()
        done = await world.mend("repair-links")
        assert done.outcomes == {"done"}
        assert all(os.path.exists(path) for path in world.links())
        assert (await world.undo()).outcomes == {"done"}
        assert world.snapshot() == before


@pytest.mark.parametrize(
    "other",
    [
        "Foundation.S01E03.mkv",
        "Foundation.S02E02.mkv",
        "Foundation.S01E021.mkv",
        "Foundation.S01E02E03.mkv",
        "Foundation.mkv",
        "Foundation.102.mkv",
    ],
)
async def test_an_episode_is_never_pointed_at_a_file_of_other_numbers(tmp_path: Path, other: str) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.episode("Foundation", 1, 2, target="Foundation/gone.mkv", missing=True)
        world.file(f"Foundation/{other}")
        await world.run("repair-links", min_score=50)
        assert proposals(world) == {}
        assert [one.category for one in world.findings("repair-links")] == ["no candidate"]


async def test_the_same_episode_of_another_show_is_never_taken_unasked(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.episode("CSI Miami", 1, 2, missing=True)
        world.episode("Kestrel", 1, 1, target="gone/01.mkv", missing=True)
        world.file("CSI.Vegas/CSI.Vegas.S01E02.mkv")
        world.file("Another Show/Season 1/01.mkv")
        await world.run("repair-links")
        assert proposals(world) == {}
        assert max(score for found in scores(world).values() for _, score in found) < 90


async def test_a_remake_is_offered_and_never_proposed(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("Dune", 2021, missing=True)
        world.file("Dune.1984.1080p/Dune.1984.1080p.mkv")
        await world.run("repair-links")
        assert proposals(world) == {}
        assert scores(world) == {"Dune (2021).mkv": [("Dune.1984.1080p.mkv", 80)]}


@pytest.mark.parametrize(
    ("link", "old", "file"),
    [
        ("Films/Dune (2021).mkv", "a/Dune (2021)/Dune.mkv", "b/Dune (1984)/Dune.mkv"),
        (COPPER, "a/Copper S01E01.mkv", "Copper (1978)/Season 1/Copper S01E01.mkv"),
        (COPPER, "a/x.mkv", "b/Copper.1978.S01E01.mkv"),
    ],
)  # fmt: skip
async def test_a_remake_is_not_taken_though_its_file_has_the_very_name(
    tmp_path: Path, link: str, old: str, file: str
) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.link(link, world.view / old)
        world.file(file)
        await world.run("repair-links")
        assert proposals(world) == {}
        assert [score for found in scores(world).values() for _, score in found] == [80]


@pytest.mark.parametrize(
    ("title", "file"),
    [
        ("Harbour Island US", "Harbour.Island.UK.S01E01.mkv"),
        ("Teachers", "Teacher.S01E01.mkv"),
        ("Copper Matter", "Copper.Matters.S01E01.mkv"),
    ],
)
async def test_a_title_that_is_nearly_the_same_is_offered_and_never_taken_unasked(
    tmp_path: Path, title: str, file: str
) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.episode(title, 1, 1, target="new/x.mkv", missing=True)
        world.file(f"new/{file}")
        await world.run("repair-links")
        assert proposals(world) == {}
        assert list(scores(world).values()) == [[(file, 89)]]


@pytest.mark.parametrize(
    ("title", "file"),
    [
        ("Spider-Man Nights", "Spiderman.Nights.S01E01.mkv"),
        ("Salt & Copper", "Salt.et.Copper.S01E01.mkv"),
        ("Harbour 1999", "Harbour.1999.S01E01.mkv"),
    ],
)
async def test_another_spelling_of_the_title_is_the_same_title(tmp_path: Path, title: str, file: str) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.episode(title, 1, 1, year=1975, target="gone/x.mkv", missing=True)
        world.file(f"new/{file}")
        await world.run("repair-links")
        assert list(proposals(world).values()) == [file]


async def test_without_a_year_no_file_is_taken_for_one_of_two_series_of_a_title(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.episode("Copper", 1, 1, year=2003, missing=True)
        world.episode("Copper", 1, 2, year=1978)
        world.file("new/Copper.S01E01.720p.mkv")
        await world.run("repair-links")
        assert proposals(world) == {}
        world.file("newer/Copper.2003.S01E01.720p.mkv")
        await world.run("repair-links")
        assert list(proposals(world).values()) == ["Copper.2003.S01E01.720p.mkv"]


@pytest.mark.parametrize(
    "file",
    [
        "Heat.1995/Sample/heat.1995.sample.mkv",
        "Heat.1995/Heat (1995)-trailer.mkv",
        "Heat.1995/Heat.1995.CD2.avi",
    ],
)
async def test_samples_trailers_and_single_discs_are_never_taken_unasked(tmp_path: Path, file: str) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("Heat", 1995, target="gone/x.mkv", missing=True)
        world.file(file)
        await world.run("repair-links")
        assert proposals(world) == {}
        world.file("Heat.1995/Heat.1995.mkv")
        await world.run("repair-links")
        assert proposals(world) == {"Heat (1995).mkv": "Heat.1995.mkv"}


async def test_the_same_name_above_the_old_folder_counts_only_when_it_names_title_and_episode(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.link("Films/Dune (2021).mkv", world.view / "group/Dune (2021)/movie.mkv")
        world.link("Films/Le Voyage (2001).mkv", world.view / "group/x/The.Journey.2001.1080p.mkv")
        world.file("group/movie.mkv")
        world.file("group/The.Journey.2001.1080p.mkv")
        await world.run("repair-links")
        assert proposals(world) == {"Le Voyage (2001).mkv": "The.Journey.2001.1080p.mkv"}


@pytest.mark.parametrize(
    ("title", "year", "file"),
    [
        ("2012", 2009, "2012.2009.1080p.BluRay.mkv"),
        ("1917", 2019, "1917.2019.2160p.mkv"),
        ("Blade Runner 2049", 2017, "Blade.Runner.2049.2017.MULTi.mkv"),
        ("Amélie", 2001, "Amelie.2001.FRENCH.mkv"),
        ("The Matrix", 1999, "Matrix (1999).mkv"),
    ],
)
async def test_a_film_is_known_by_title_and_year(tmp_path: Path, title: str, year: int, file: str) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie(title, year, missing=True)
        world.file(f"somewhere/{file}")
        world.file("else/Another.Film.1999.mkv")
        await world.run("repair-links")
        assert proposals(world) == {f"{title} ({year}).mkv": file}


async def test_the_file_of_the_same_resolution_goes_before_others(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("Dune", 2021, target="x/Dune.2021.2160p.A.mkv", missing=True)
        world.file("y/Dune.2021.1080p.B.mkv")
        world.file("z/Dune.2021.2160p.B.mkv")
        await world.run("repair-links")
        assert proposals(world) == {"Dune (2021).mkv": "Dune.2021.2160p.B.mkv"}


async def test_what_sonarr_says_of_a_link_goes_before_its_name(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        link = world.link("Séries/Drama/Foundation (2021)/odd name.mkv", world.view / "gone.mkv")
        world.file("f/Foundation.S01E02.mkv")
        world.file("f/Foundation.S01E03.mkv")
        row = Media("episode", "Foundation", 2021, 1, 3, link_path=os.fsencode(link), source="sonarr")
        await world.media(row)
        await world.run("repair-links")
        assert proposals(world) == {"odd name.mkv": "Foundation.S01E03.mkv"}


async def test_where_sonarr_and_the_name_differ_nothing_is_taken_unasked(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        link = world.episode("Foundation", 1, 2, year=2021, target="old/Foundation.S01E03.mkv", missing=True)
        world.file("f/Foundation.S01E02.mkv")
        world.file("f/Foundation.S01E03.mkv")
        await world.media(Media("episode", "Foundation", 2021, 1, 3, link_path=os.fsencode(link), source="sonarr"))
        await world.run("repair-links")
        assert proposals(world) == {}
        (finding,) = world.findings("repair-links")
        assert "Sonarr says S01E03, its name S01E02" in finding.reason


async def test_title_and_year_do_not_decide_between_two_known_films_that_share_them(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("Copper", 2004, target="old/x.mkv", missing=True)
        world.movie("Copper", 2004, genre="Drama", target="old/Copper.2004.A.mkv", missing=True)
        world.file("new/Copper.2004.A.mkv")
        await world.media(
            Media("film", "Copper", 2004, tmdb_id=1, source="radarr"),
            Media("film", "Copper", 2004, tmdb_id=2, source="radarr"),
        )
        await world.run("repair-links")
        [step] = world.plan_for("repair-links").steps
        assert "/Drama/" in step.what  # the very name of its old file


async def test_names_are_parsed_once(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("Dune", 2021, missing=True)
        world.file("a/Dune.2021.MULTi.1080p.WEB.x264-GROUP.mkv")
        await world.run("repair-links")
        stored = world.rows("SELECT name, parsed FROM names")
        assert stored
        await world.run("repair-links")
        assert world.rows("SELECT name, parsed FROM names") == stored
        assert proposals(world) != {}


async def test_links_on_a_mount_that_is_away_are_left_alone(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("Dune", 2021)
        (world.storage / "Dune.2021.1080p.mkv").write_bytes(b"x" * 2000)
        world.unmount()
        ran: Run = await world.run("repair-links")
        assert ran.finished.counts["dead"] == 0
        assert ran.finished.counts["unknown"] == 1
        assert world.findings("repair-links") == []
