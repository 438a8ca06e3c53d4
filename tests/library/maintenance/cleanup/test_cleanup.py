"""Cleanup puts the library in order category by category, and undo brings every byte of the tree back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.store.library.media import Media
from tests.worlds.cleanup import below, film, folders, mended_and_undone, reasons, series
from tests.worlds.maintenance import MaintenanceWorld

# broken


async def test_a_dead_link_gets_the_file_that_is_surely_its_own_and_the_others_are_kept(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        moved = world.movie("Alien", missing=True)
        new = world.file("elsewhere/Alien (2001).mkv")
        lost = world.movie("Never Seen Again", missing=True)
        episode = world.episode("Show", 1, 2, missing=True)
        world.file("Series/Show (2001)/S01/Show.S01E03.mkv")

        await world.run("cleanup", only=("broken",))

        found = {one.path: one for one in world.findings("cleanup", "broken")}
        assert set(found) == {os.fsencode(path) for path in (moved, lost, episode)}
        assert [path for path, one in found.items() if one.steps] == [os.fsencode(moved)]
        assert all("it is kept" in found[os.fsencode(path)].reason for path in (lost, episode))
        before = world.snapshot()
        await world.apply(world.plan_for("cleanup"))
        assert os.readlink(moved) == str(new)
        assert lost.is_symlink()
        await world.undo()
        assert world.snapshot() == before


async def test_dead_links_go_only_when_that_is_asked_for_alone(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        dead = world.movie("Never Seen Again", missing=True)
        world.movie("Alien")
        refused = await world.run("cleanup", remove_unrepaired=True)
        assert "--only broken" in refused.finished.summary

        after = await mended_and_undone(world, "broken", changes=1, remove_unrepaired=True)

        assert below(world, dead) not in after


async def test_nothing_is_dead_while_its_mount_is_away(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        for number in range(3):
            world.movie(f"Film {number}")
        world.link("Films/Action/Again (2001).mkv", world.view / "Films/Film 0 (2001)/Film 0 (2001).mkv")
        await world.scan()
        world.unmount()

        ran = await world.run("cleanup")

        assert "unknown" in ran.said()
        assert world.findings("cleanup") == []
        assert ran.finished.counts["unknown_targets"] == 4


# misplaced


async def test_what_leads_to_no_file_is_named_in_the_wrong_folder_and_stays(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        folders(world, "Action", "Comédie")
        dead, folder = world.movie("Alien", genre="Comédie", missing=True), world.root / "Films/Comédie/Loose (2001)"
        world.link(folder / "Loose (2001).mkv", "/nowhere/Loose.mkv")
        await world.media(film("Alien", "Action", number=1), film("Loose", "Action", number=2))
        await world.run("cleanup", only=("misplaced",))
        found = {os.fsdecode(one.path): one for one in world.findings("cleanup", "misplaced")}
        assert set(found) == {str(dead), str(folder)}
        assert all(one.steps == () and "it stays while it leads to no file" in one.reason for one in found.values())


async def test_a_film_moves_to_the_first_of_its_genres_that_has_a_folder(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        folders(world, "Action", "Science-Fiction", "Comédie", "Disney")
        world.movie("Alien", genre="Comédie")
        world.movie("Loose", genre=".")
        world.movie("Right By Its Second", genre="Comédie")
        world.movie("Bambi", genre="Disney")
        world.movie("Nobody Knows", genre="Comédie")
        world.movie("No Folder For It", genre="Comédie")
        await world.media(
            film("Alien", "Horror", "Science Fiction", "Action", number=1),
            film("Loose", "Comedy", number=2),
            film("Right By Its Second", "Action", "Comedy", number=3),
            film("Bambi", "Action", number=4),
            film("No Folder For It", "Western", number=5),
        )

        after = await mended_and_undone(world, "misplaced", changes=2)

        assert after == {
            "Films/Science-Fiction/Alien (2001).mkv",
            "Films/Comédie/Loose (2001).mkv",
            "Films/Comédie/Right By Its Second (2001).mkv",
            "Films/Disney/Bambi (2001).mkv",
            "Films/Comédie/Nobody Knows (2001).mkv",
            "Films/Comédie/No Folder For It (2001).mkv",
        }
        assert world.report("cleanup").counts["unknown"] == 1


async def test_a_series_moves_as_a_whole_and_an_anime_goes_to_the_animes(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        (world.series / "Animes" / "A-M").mkdir(parents=True)
        (world.series / "Animes" / "N-Z").mkdir()
        for episode in (1, 2, 3):
            world.episode("Naruto", 1, episode, kind="Drame")
            world.episode("Right", 1, episode, kind="Drame")
        await world.media(
            series("Naruto", "Animation", number=1, series_type="anime"),
            series("Right", "Drama", number=2),
        )

        after = await mended_and_undone(world, "misplaced", changes=1)

        assert sum("Animes/N-Z/Naruto (2001)/Saison 01/" in link for link in after) == 3
        assert sum("Drame/Right (2001)/Saison 01/" in link for link in after) == 3


async def test_letters_are_read_from_names_alone(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        folders(world, "Action/A-Ci", "Action/Cj-Z")
        for title in ("The Alien", "Brazil", "Amour"):
            world.movie(title, genre="Action/A-Ci")
        for title in ("Zorro", "Dune", "Éden"):
            world.movie(title, genre="Action/Cj-Z")
        world.movie("L'Œuvre", genre="Action/A-Ci")
        world.movie("Citizen", genre="Action")
        world.movie("2012", genre="Action")
        world.link("Films/Action/A-Ci/zzz.what.is.this.mkv", world.file("what.mkv"))

        after = await mended_and_undone(world, "misplaced", changes=2)

        assert "Films/Action/Cj-Z/L'Œuvre (2001).mkv" in after
        assert "Films/Action/A-Ci/Citizen (2001).mkv" in after
        assert "Films/Action/2012 (2001).mkv" in after
        assert "Films/Action/A-Ci/zzz.what.is.this.mkv" in after


async def test_of_two_films_of_one_title_and_year_either_genre_is_right(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        folders(world, "Action", "Drame", "Comédie")
        world.movie("Twins", genre="Drame")
        world.movie("Pair", genre="Comédie")
        await world.media(
            film("Twins", "Action", number=1), film("Twins", "Drama", number=2),
            film("Pair", "Action", number=3), film("Pair", "Drama", number=4),
        )  # fmt: skip

        await world.run("cleanup", only=("misplaced",))

        assert world.findings("cleanup") == []


async def test_a_film_folder_without_a_year_is_known_by_its_link_or_its_only_title(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        folders(world, "Action", "Drame")
        known = world.link("Films/Drame/Heat/Heat.mkv", world.file("heat.mkv"))
        world.link("Films/Drame/Solaris/Solaris.mkv", world.file("solaris.mkv"))
        world.link("Films/Drame/Remade/Remade.mkv", world.file("remade.mkv"))
        await world.media(
            Media("film", "Heat", 1995, genres=("Action",), source="radarr", link_path=os.fsencode(known)),
            film("Solaris", "Action", number=2, year=1972),
            film("Remade", "Action", number=3, year=1972),
            film("Remade", "Action", number=4, year=2002),
        )

        after = await mended_and_undone(world, "misplaced", changes=2)

        assert after == {
            "Films/Action/Heat/Heat.mkv",
            "Films/Action/Solaris/Solaris.mkv",
            "Films/Drame/Remade/Remade.mkv",
        }


async def test_a_relative_link_is_made_absolute_before_it_moves_and_a_folder_that_relies_on_its_place_stays(
    tmp_path: Path,
) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        folders(world, "Action", "Drame")
        real = world.file("alien.mkv")
        world.link("Films/Drame/Alien (2001).mkv", os.path.relpath(real, world.films / "Drame"))
        inside = world.films / "Drame" / "Heat (2001)"
        world.link(inside / "Heat (2001).mkv", os.path.relpath(real, inside))
        world.link("Films/Drame/Chain (2001).mkv", real)
        world.link("Films/Action/to chain.mkv", world.films / "Drame" / "Chain (2001).mkv")
        world.link("Films/Drame/Side (2001).mkv", real)
        (world.films / "Drame" / "Side (2001).nfo").write_text("beside it")
        await world.media(*(film(title, "Action") for title in ("Alien", "Heat", "Chain", "Side")))

        after = await mended_and_undone(world, "misplaced", changes=2)

        assert "Films/Action/Alien (2001).mkv" in after
        assert {"Films/Drame/Heat (2001)/Heat (2001).mkv", "Films/Drame/Chain (2001).mkv"} <= after
        said = " / ".join(reasons(world, "misplaced"))
        assert "a link in it is relative and leads out of it" in said
        assert "other links lead through it" in said
        assert "real files of its name lie beside it" in said


async def test_a_name_in_the_way_is_said_at_once_and_one_that_appears_later_is_skipped(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        folders(world, "Action", "Drame")
        world.movie("Taken", genre="Drame")
        (world.films / "Action" / "Taken (2001).mkv").write_bytes(b"mine")
        late = world.movie("Late", genre="Drame")
        free = world.movie("Free", genre="Drame")
        await world.media(*(film(title, "Action") for title in ("Taken", "Late", "Free")))
        await world.run("cleanup", only=("misplaced",))
        assert any("something of that name is there already" in reason for reason in reasons(world, "misplaced"))
        plan = world.plan_for("cleanup")
        assert len(plan.steps) == 2
        (world.films / "Action" / late.name).write_bytes(b"mine too")
        before = world.snapshot()

        ran = await world.apply(plan)

        assert ran.steps.count(("skipped", "something of that name is there already")) == 1
        assert ran.steps.count(("done", "")) == 1
        assert late.is_symlink()
        assert not free.exists()
        await world.undo()
        assert world.snapshot() == before


# duplicates


async def test_of_links_to_one_file_in_one_folder_the_most_complete_name_stays(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        file = world.file("alien.mkv")
        for name in ("Alien.mkv", "Alien (1979).mkv", "Alien (1979) 1080p.mkv"):
            world.link(f"Films/Horreur/{name}", file)
        world.link("Films/Horreur/through.mkv", os.path.relpath(file, world.films / "Horreur"))
        world.link("Films/Action/Alien (1979).mkv", file)
        world.link("Séries/Drame/Show/Saison 01/Show - S01E01.mkv", world.file("two.mkv"))
        world.link("Séries/Drame/Show/Saison 01/Show - S01E02.mkv", world.file("two.mkv"))

        after = await mended_and_undone(world, "duplicates", changes=3)

        assert after == {
            "Films/Horreur/Alien (1979) 1080p.mkv",
            "Films/Action/Alien (1979).mkv",
            "Séries/Drame/Show/Saison 01/Show - S01E01.mkv",
            "Séries/Drame/Show/Saison 01/Show - S01E02.mkv",
        }
        assert world.report("cleanup").counts["in_several_folders"] == 1


async def test_links_to_an_unreachable_or_an_empty_file_are_judged_as_removals_judge_them(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        small = world.file("small.mkv", b"")
        world.link("Films/Drame/Small.mkv", small)
        kept = world.link("Films/Drame/Small (2001).mkv", small)
        world.link("Films/Drame/Chain.mkv", kept)  # leads to the same file through the other

        after = await mended_and_undone(world, "duplicates", changes=2)

        assert after == {"Films/Drame/Small (2001).mkv"}


async def test_a_library_that_was_never_scanned_can_be_rid_of_a_few_duplicates_without_typing_a_number(
    tmp_path: Path,
) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        for number in range(20):
            world.movie(f"Film {number}")
        world.link("Films/Action/Film 1.mkv", world.view / "Films/Film 1 (2001)/Film 1 (2001).mkv")
        await world.run("cleanup", only=("duplicates",))

        ran = await world.apply(world.plan_for("cleanup"), allowed=None)

        assert ran.steps == [("done", "")]


async def test_links_of_two_films_that_lead_to_one_file_are_listed_and_both_stay(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("Copper", 1961)
        file = world.view / "Films/Copper (1961)/Copper (1961).mkv"
        wrong = world.link("Films/Action/A Much Longer Title (2020).mkv", file)
        again = world.link("Films/Action/Kestrel.mkv", world.view / "Films/Kestrel (2001)/Kestrel (2001).mkv")
        world.movie("Kestrel", 2001)

        await world.run("cleanup", only=("duplicates",))

        assert [os.fsencode(step.path) for step in world.plan_for("cleanup").steps] == [os.fsencode(again)]
        reasons = [one.reason for one in world.findings("cleanup") if not one.steps]
        assert len(reasons) == 1
        assert "other years" in reasons[0]
        assert wrong.is_symlink()


async def test_links_of_halves_parts_and_cuts_are_no_duplicates_though_they_lead_to_one_file(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        file, season = world.file("two.mkv"), "Séries/Drame/Show (2001)/Saison 01/Show (2001) - "
        kept = [
            *(f"{season}S01E02{half}.mkv" for half in ("a - One", "b - Two")),
            *(f"{season}S01E03 - Long {part}.mkv" for part in ("Part 1", "pt II")),
            *(f"{season}2024-01-0{day}.mkv" for day in (5, 8)),
            *(f"Films/Drame/Copper (1961)/Copper (1961){part}.mkv" for part in ("-cd1", "-cd2")),
            *(f"Films/Drame/Salt (1962) {{edition-{cut}}}.mkv" for cut in ("Extended", "Uncut")),
        ]
        for name in kept:
            world.link(name, file)
        again = world.link(f"{season}S01E02a.mkv", file)

        await world.run("cleanup", only=("duplicates",))

        assert [os.fsencode(step.path) for step in world.plan_for("cleanup").steps] == [os.fsencode(again)]


# oversized


@pytest.mark.slow
async def test_a_folder_that_holds_too_much_is_divided_and_nothing_else_is(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        for number in range(8):
            world.movie(f"{chr(97 + number).upper()} film", genre="Action")
            world.episode(f"{chr(97 + number).upper()} show", 1, 1)
        for number in range(1, 13):
            world.episode("Long", 1, number, kind="Autre")
            world.link(f"Séries/Autre/Loose (2001)/Loose (2001) - S01E{number:02d}.mkv", world.file(f"{number}"))
        folders(world, *(f"Genre {number}" for number in range(8)))

        after = await mended_and_undone(world, "oversized", changes=16, max_per_dir=5)

        assert all(link.split("/")[2][1] == "-" for link in after if "/Action/" in link or "/Drama/" in link)
        assert sum("Autre/Long (2001)/Saison 01/" in link for link in after) == 12
        assert sum("Autre/Loose (2001)/Loose" in link for link in after) == 12
        assert {one.path for one in world.findings("cleanup")} == set()


async def test_range_folders_that_are_there_are_kept_and_names_in_the_way_are_said(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        folders(world, "Action/A-C", "Action/D-Z")
        for title in ("Alien", "Brazil", "Casino"):
            world.movie(title, genre="Action/A-C")
        for letter in "ABDEFG":
            world.movie(f"{letter}x one", genre="Action")
        (world.films / "Action" / "D-Z" / "Dx one (2001).mkv").write_bytes(b"mine")

        after = await mended_and_undone(world, "oversized", changes=5, max_per_dir=5)

        assert "Films/Action/Dx one (2001).mkv" in after
        assert sum(link.startswith("Films/Action/D-Z/") for link in after) == 3
        assert sum(link.startswith("Films/Action/A-C/") for link in after) == 5


@pytest.mark.slow
async def test_names_that_are_not_utf_8_are_divided_like_others(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        for number in range(12):
            name = b"%c film \xff\xfe (2001).mkv" % (97 + number)
            world.link(b"Films/Action/" + name, world.file(b"all/" + name))
        await mended_and_undone(world, "oversized", changes=12, max_per_dir=5)


async def test_the_same_target_in_the_folder_of_a_second_genre_is_counted_and_stays(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        folders(world, "Action", "Drame")
        for title in ("Alien", "Heat"):
            world.movie(title, genre="Drame")
        world.link("Films/Action/Alien (2001).mkv", world.view / "Films/Alien (2001)/Alien (2001).mkv")
        await world.media(film("Alien", "Action"), film("Heat", "Action"))
        await world.run("cleanup", only=("misplaced",))
        assert [os.path.basename(one.path) for one in world.findings("cleanup", "misplaced")] == [b"Heat (2001).mkv"]
        assert world.report("cleanup").counts["second_genre"] == 1
