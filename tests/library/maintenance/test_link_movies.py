"""link-movies on real trees: which file each film is said to be, and what is never guessed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from mediatui.changes.steps.media import SetMediaFile
from mediatui.store.library.media import Media
from tests.worlds.maintenance import MaintenanceWorld

TOOL = "link-movies"


def in_a_world(tmp_path: Path, test: Callable[[MaintenanceWorld], Awaitable[None]]) -> None:
    async def go() -> None:
        async with MaintenanceWorld(tmp_path) as world:
            await test(world)

    asyncio.run(go())


def film(title: str, year: int | None = 2021, **facts: object) -> Media:
    return Media("film", title, year, **{"source": "radarr", **facts})  # type: ignore[arg-type]


def files(world: MaintenanceWorld) -> dict[str, str | None]:
    """The file each film is said to be, by title; both without folders."""
    return {row.title: os.path.basename(os.fsdecode(row.file_path)) if row.file_path else None for row in world.known()}


def outcomes(world: MaintenanceWorld) -> dict[str, object]:
    found = world.report(TOOL).counts["outcomes"]
    assert isinstance(found, dict)
    return found


def test_films_are_linked_by_link_and_by_storage_and_undo_restores_what_was_noted(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.movie("Dune", 2021)
        world.movie("Le Fabuleux Destin d'Amélie Poulain", 2001)
        world.movie("Alien", 1979)
        world.file("Heat.1995.1080p.BluRay.x264/Heat.1995.1080p.BluRay.x264.mkv")
        old = os.fsencode(world.view / "gone" / "Dune.mkv")
        here = os.fsencode(world.view / "Films/Alien (1979)/Alien (1979).mkv")
        await world.media(
            film("Dune", file_path=old), film("Amelie", 2001, original_title="Le fabuleux destin d’Amelie Poulain"),
            film("Heat", 1995), film("Alien", 1979, file_path=here), film("Nowhere", 1999),
        )  # fmt: skip
        before, known = world.snapshot(), world.known()
        done = await world.mend(TOOL)
        assert done.outcomes == {"done"}
        assert outcomes(world) == {
            "linked by link": 2, "linked by storage": 1, "already linked": 1, "without a file": 1,
        }  # fmt: skip
        assert files(world) == {
            "Dune": "Dune (2021).mkv",
            "Amelie": "Le Fabuleux Destin d'Amélie Poulain (2001).mkv",
            "Heat": "Heat.1995.1080p.BluRay.x264.mkv",
            "Alien": "Alien (1979).mkv",
            "Nowhere": None,
        }
        assert (await world.undo()).outcomes == {"done"}
        assert world.known() == known
        assert world.snapshot() == before

    in_a_world(tmp_path, test)


def test_the_file_is_the_one_at_the_end_of_a_chain_of_links(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        real = world.file("real.mkv")
        os.symlink(real, world.view / "between.mkv")
        world.link("Films/Dune (2021).mkv", world.view / "between.mkv")
        await world.media(film("Dune"))
        await world.mend(TOOL)
        assert [row.file_path for row in world.known()] == [os.fsencode(os.path.realpath(real))]

    in_a_world(tmp_path, test)


def test_one_film_in_two_genres_is_one(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.movie("Dune", 2021, genre="Action")
        world.movie("Dune", 2021, genre="Sci-Fi")
        await world.media(film("Dune"))
        await world.mend(TOOL)
        assert outcomes(world) == {"linked by link": 1}

    in_a_world(tmp_path, test)


@pytest.mark.parametrize("linked", [False, True], ids=["on storage", "by link"])
def test_two_films_of_one_title_and_year_are_listed_and_not_guessed(tmp_path: Path, linked: bool) -> None:
    async def test(world: MaintenanceWorld) -> None:
        if linked:
            world.movie("Dune", 2021)
        else:
            world.file("Dune.2021.1080p/Dune.2021.1080p.mkv")
        await world.media(film("Dune", tmdb_id=1), film("DUNE", tmdb_id=2))
        await world.run(TOOL)
        assert set(outcomes(world)) == {"ambiguous"}
        assert not world.plan_for(TOOL).steps

    in_a_world(tmp_path, test)


def test_a_known_link_distinguishes_two_films_of_one_title(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        own = world.movie("Dune", 2021, genre="Action", target="a.mkv")
        world.movie("Dune", 2021, genre="Drama", target="b.mkv")
        await world.media(film("Dune", tmdb_id=1, link_path=os.fsencode(own)), film("Dune ", tmdb_id=2))
        await world.mend(TOOL)
        assert outcomes(world) == {"linked by link": 1, "ambiguous": 1}
        assert files(world) == {"Dune": "a.mkv", "Dune ": None}

    in_a_world(tmp_path, test)


def test_two_files_of_one_film_are_listed_and_not_guessed(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.movie("Dune", 2021, genre="Action", target="Dune.4K.mkv")
        world.movie("Dune", 2021, genre="Drama", target="Dune.1080p.mkv")
        world.file("Heat.1995.2160p/Heat.1995.2160p.mkv")
        world.file("Heat.1995.1080p/Heat.1995.1080p.mkv")
        world.file("Heat.1995.1080p/Heat.1995.1080p.sample.mkv")
        await world.media(film("Dune"), film("Heat", 1995))
        await world.run(TOOL)
        assert outcomes(world) == {"ambiguous": 2}
        assert [len(one.facts["candidates"]) for one in world.findings(TOOL)] == [2, 2]  # type: ignore[arg-type]
        assert not world.plan_for(TOOL).steps

    in_a_world(tmp_path, test)


def test_another_year_or_title_is_another_film(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.movie("Dune", 1984)
        world.movie("Blade Runner 2049", 2017)
        world.file("Dune.Part.Two.2024/Dune.Part.Two.2024.mkv")
        world.file("Dune.2021.S01E01/Dune.2021.S01E01.mkv")
        await world.media(film("Dune", 2021), film("Blade Runner", 2017), film("Dune Part One", 2024))
        await world.run(TOOL)
        assert outcomes(world) == {"not in the library": 2, "without a file": 3}

    in_a_world(tmp_path, test)


def test_a_folder_that_holds_another_film_too_does_not_name_its_files(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.file("Heat.1995.1080p/title_t00.mkv")
        world.file("Heat.1995.1080p/heat-1995-sample.mkv")
        world.file("Ronin.1998.1080p/title_t00.mkv")
        world.file("Ronin.1998.1080p/Dark.City.1998.1080p.mkv")
        await world.media(film("Heat", 1995), film("Ronin", 1998))
        await world.mend(TOOL)
        assert files(world) == {"Heat": "title_t00.mkv", "Ronin": None}

    in_a_world(tmp_path, test)


def test_links_that_lead_nowhere_or_have_no_title_are_listed(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.movie("Dune", 2021, missing=True)
        world.movie("Heat", 1995, missing=True)
        world.link("Films/Action/vacances.mkv", world.file("vacances.mkv"))
        world.link("Films/Action/Dune (2021).srt", world.file("Dune.srt"))
        world.episode("Dune", 1, 1, year=2021)
        world.file("Heat.1995.1080p/Heat.1995.1080p.mkv")
        await world.media(film("Dune"), film("Heat", 1995))
        await world.mend(TOOL)
        assert outcomes(world) == {"no live target": 1, "linked by storage": 1, "name not understood": 1}
        assert world.found(TOOL, "name not understood") == ["vacances.mkv"]

    in_a_world(tmp_path, test)


def test_while_a_mount_is_away_what_is_noted_stays(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.movie("Dune", 2021)
        world.movie("Heat", 1995)
        world.file(world.storage / "Heat.1995.mkv")
        noted = os.fsencode(world.view / "Films/Dune (2021)/Dune (2021).mkv")
        await world.media(film("Dune", file_path=noted), film("Heat", 1995))
        world.unmount()
        await world.run(TOOL)
        assert outcomes(world) == {"already linked": 1, "no live target": 1}
        assert not world.plan_for(TOOL).steps

    in_a_world(tmp_path, test)


def test_what_has_changed_since_is_skipped_with_the_reason(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.movie("Dune", 2021)
        heat = world.movie("Heat", 1995)
        world.movie("Alien", 1979)
        await world.media(film("Dune"), film("Heat", 1995), film("Alien", 1979))
        await world.run(TOOL)
        plan = world.plan_for(TOOL)
        assert [type(step) for step in plan.steps] == [SetMediaFile] * 3
        assert plan.lane == "library"
        os.unlink(os.readlink(heat))
        async with world.db.transaction() as connection:
            await connection.execute("UPDATE media SET file_path = ? WHERE title = 'Alien'", (b"/elsewhere.mkv",))
        done = await world.apply(plan)
        assert done.steps == [
            ("done", ""),
            ("skipped", "the file is not there any more"),
            ("skipped", "what the library has on record of it has changed"),
        ]
        assert files(world) == {"Dune": "Dune (2021).mkv", "Heat": None, "Alien": "elsewhere.mkv"}
        await world.undo()
        assert files(world) == {"Dune": None, "Heat": None, "Alien": "elsewhere.mkv"}

    in_a_world(tmp_path, test)


def test_a_step_that_a_killed_run_had_done_counts_as_done_and_is_not_done_twice(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.movie("Dune", 2021)
        await world.media(film("Dune"))
        await world.run(TOOL)
        batch = await world.store(world.plan_for(TOOL))
        await world.start(batch).wait()
        async with world.db.transaction() as connection:  # as it is when killed right after the step
            await connection.execute("UPDATE plan_steps SET outcome = 'acting' WHERE batch = ?", (batch,))
            await connection.execute("UPDATE batches SET state = 'running' WHERE batch = ?", (batch,))
        finished = await world.start(batch).wait()
        assert finished.counts["done"] == 1
        assert len(world.journal(batch)) == 1
        await world.undo(batch)
        assert files(world) == {"Dune": None}

    in_a_world(tmp_path, test)


def test_a_library_that_knows_no_film_says_so(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        world.movie("Dune", 2021)
        ran = await world.run(TOOL)
        assert "knows no film yet" in ran.said()
        assert outcomes(world) == {"not in the library": 1}

    in_a_world(tmp_path, test)
