"""fix-bad-links on real trees: which links are pointed elsewhere, and which are only listed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from mediatui.store.library.media import Media
from tests.worlds.maintenance import MaintenanceWorld

TOOL = "fix-bad-links"
SEASON = "Series/Foundation (2001)/S01"


def in_a_world(tmp_path: Path, test: Callable[[MaintenanceWorld], Awaitable[None]]) -> None:
    async def go() -> None:
        async with MaintenanceWorld(tmp_path) as world:
            await test(world)

    asyncio.run(go())


def episode(world: MaintenanceWorld, number: int, leads_to: str, *, show: str = "Foundation", season: int = 1) -> Path:
    """The link of an episode, which leads to a file of the view ``all``; the file is made when it is missing."""
    return world.episode(show, season, number, target=leads_to)


def leads_to(link: Path) -> str:
    return os.path.basename(os.readlink(link))


def outcomes(world: MaintenanceWorld) -> dict[str, object]:
    found = world.report(TOOL).counts["outcomes"]
    assert isinstance(found, dict)
    return found


def test_links_that_share_a_file_are_pointed_at_their_own_and_undo_restores_the_tree(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        links = [episode(world, number, f"{SEASON}/Foundation.S01E01.mkv") for number in range(1, 6)]
        for number in range(2, 6):
            world.file(f"{SEASON}/Foundation.S01E{number:02d}.mkv")
        before = world.snapshot()
        done = await world.mend(TOOL)
        assert done.outcomes == {"done"}
        assert outcomes(world) == {"already right": 1, "fixed": 4}
        assert [leads_to(link) for link in links] == [f"Foundation.S01E{number:02d}.mkv" for number in range(1, 6)]
        assert (await world.undo()).outcomes == {"done"}
        assert world.snapshot() == before

    in_a_world(tmp_path, test)


def test_a_chain_of_wrong_links_is_mended_from_its_free_end(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        for number in range(1, 7):
            world.file(f"{SEASON}/Foundation.S01E{number:02d}.mkv")
        links = [episode(world, number, f"{SEASON}/Foundation.S01E{number - 1:02d}.mkv") for number in range(2, 7)]
        for number in range(7, 13):  # most of the season is right, so it is no other numbering
            episode(world, number, f"{SEASON}/Foundation.S01E{number:02d}.mkv")
        await world.mend(TOOL)
        assert outcomes(world) == {"already right": 6, "fixed": 5}
        assert [leads_to(link) for link in links] == [f"Foundation.S01E{number:02d}.mkv" for number in range(2, 7)]

    in_a_world(tmp_path, test)


def test_links_that_were_exchanged_are_mended_together(tmp_path: Path) -> None:
    """Two in a pair, three in a ring; one whose file a right link uses stays as it is."""

    async def test(world: MaintenanceWorld) -> None:
        for number in range(1, 9):
            world.file(f"{SEASON}/Foundation.S01E{number:02d}.mkv")
        wrong = {1: 2, 2: 1, 3: 4, 4: 5, 5: 3}
        links = {says: episode(world, says, f"{SEASON}/Foundation.S01E{its:02d}.mkv") for says, its in wrong.items()}
        before = world.snapshot()
        await world.mend(TOOL)
        assert outcomes(world) == {"fixed": 5}
        assert all(leads_to(link) == f"Foundation.S01E{says:02d}.mkv" for says, link in links.items())
        await world.undo()
        assert world.snapshot() == before

    in_a_world(tmp_path, test)


def test_a_season_the_release_counts_otherwise_stays_and_is_told(tmp_path: Path) -> None:
    """Off by a season, by an episode, and by both; each beside the files that have the library's own numbers."""

    async def test(world: MaintenanceWorld) -> None:
        for number in (1, 2, 3, 4):
            episode(world, number, f"Yank.S13.1080p/Yank.S13E0{number}.mkv", show="Yank", season=14)
            world.file(f"Yank.S14.1080p/Yank.S14E0{number}.mkv")
            episode(world, number, f"Calm.S01.1080p/Calm.S01E0{number + 1}.mkv", show="Calm")
            world.file("Calm.S01.1080p/Calm.S01E01.mkv")
            episode(world, number, f"Long.S01.1080p/Long.S01E{number + 24}.mkv", show="Long", season=2)
            world.file(f"Long.S02.1080p/Long.S02E0{number}.mkv")
        odd = episode(world, 5, "Yank.S13.1080p/Yank.S13E09.mkv", show="Yank", season=14)
        before = world.snapshot()
        done = await world.mend(TOOL)
        assert not done.steps
        assert outcomes(world) == {"numbered otherwise in the release": 12, "ambiguous": 1}
        assert world.found(TOOL, "ambiguous") == [odd.name]
        assert "most links of its season are off by the same" in world.findings(TOOL)[0].reason
        assert world.snapshot() == before

    in_a_world(tmp_path, test)


def test_a_wrong_link_among_right_ones_is_mended_however_it_is_off(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        for number in (1, 2, 3, 4):
            world.file(f"{SEASON}/Foundation.S01E0{number}.mkv")
        targets = {1: 1, 2: 2, 3: 1, 4: 4}
        links = [episode(world, says, f"{SEASON}/Foundation.S01E0{its}.mkv") for says, its in targets.items()]
        await world.mend(TOOL)
        assert outcomes(world) == {"already right": 3, "fixed": 1}
        assert [leads_to(link) for link in links] == [f"Foundation.S01E0{number}.mkv" for number in (1, 2, 3, 4)]

    in_a_world(tmp_path, test)


def test_what_sonarr_has_on_record_of_a_file_proves_its_link_right(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        records: list[dict[str, Any]] = [
            {"release_names": ("Foundation.S01E05",)},
            {"release_names": ("Foundation.S01/foundation s01e05.mkv",)},
            {"scene_season": 1, "scene_episodes": (5,)},
            {"release_names": ("Foundation.S01E06",), "scene_season": 2, "scene_episodes": (5,)},
            {},
        ]
        for season, record in enumerate(records, 1):  # one link a season: no season is off as a whole
            link = episode(world, 2, f"R{season}/S0{season}/Foundation.S01E05.mkv", season=season)
            world.file(f"R{season}/S0{season}/Foundation.S0{season}E02.mkv")
            known = Media("episode", "Foundation", 2001, season, 2, link_path=bytes(link), source="sonarr", **record)
            await world.media(known)
        await world.run(TOOL)
        proven = world.findings(TOOL, "numbered otherwise in the release")
        assert sorted(one.path.split(b"Saison ")[1][:2] for one in proven) == [b"01", b"02", b"03"]
        assert all("Sonarr" in one.reason for one in proven)
        assert not any(one.steps for one in proven)

    in_a_world(tmp_path, test)


def test_a_half_or_another_cut_of_the_right_number_is_listed_and_not_taken(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        episode(world, 2, f"{SEASON}/Foundation.S01E01.mkv")
        episode(world, 3, f"{SEASON}/Foundation.S01E01.mkv")
        world.file(f"{SEASON}/Foundation.S01E02a.mkv")
        world.file(f"{SEASON}/Foundation.S01E03.Extended.1080p.mkv")
        await world.run(TOOL)
        assert outcomes(world) == {"ambiguous": 2}
        assert not world.plan_for(TOOL).steps
        assert "the other half (a)" in "".join(one.reason for one in world.findings(TOOL))

    in_a_world(tmp_path, test)


def test_a_single_link_to_another_episode_is_found(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        link = episode(world, 2, f"{SEASON}/Foundation.S01E021.mkv")
        world.file(f"{SEASON}/Foundation.S01E02.mkv")
        await world.mend(TOOL)
        assert leads_to(link) == "Foundation.S01E02.mkv"

    in_a_world(tmp_path, test)


def test_a_file_of_several_episodes_is_right_for_each_of_them(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        for number in (1, 2, 3):
            episode(world, number, f"{SEASON}/Foundation.S01E01-E03.mkv")
        world.file(f"{SEASON}/Foundation.S01E02.mkv")
        await world.run(TOOL)
        assert outcomes(world) == {"already right": 3}
        assert not world.plan_for(TOOL).steps

    in_a_world(tmp_path, test)


def test_the_right_file_is_found_in_another_release_of_the_series(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        link = episode(world, 1, "Foundation.S01.1080p/Foundation.S01E01.mkv", season=2)
        world.file("Foundation.S02.1080p/Foundation.S02E01.mkv")
        world.file("The.Expanse.S02.1080p/The.Expanse.S02E01.mkv")
        await world.mend(TOOL)
        assert leads_to(link) == "Foundation.S02E01.mkv"

    in_a_world(tmp_path, test)


def test_a_file_of_another_series_is_never_taken(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        episode(world, 2, "The.Expanse.S01.1080p/The.Expanse.S01E05.mkv")
        world.file("The.Expanse.S01.1080p/The.Expanse.S01E02.mkv")
        world.file("Foundation.and.Earth.S01.1080p/Foundation.and.Earth.S01E02.mkv")
        await world.run(TOOL)
        assert outcomes(world) == {"not found": 1}

    in_a_world(tmp_path, test)


def test_only_their_years_distinguish_two_series_of_one_title(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        old = world.episode("Galactica", 1, 2, year=1978, target="Galactica.1978.S01/Galactica.1978.S01E01.mkv")
        world.episode("Galactica", 1, 5, year=2004, target="Galactica.S01E05.mkv")
        world.file("Galactica.S01E02.mkv")
        world.file("Galactica.1978.S01/Galactica.1978.S01E02.mkv")
        new = world.episode("Galactica", 1, 3, year=2004, target="Galactica.S01E04.mkv")
        world.file("Galactica.S01E03.mkv")
        await world.mend(TOOL)
        assert leads_to(old) == "Galactica.1978.S01E02.mkv"
        assert leads_to(new) == "Galactica.S01E04.mkv"  # no year: it may be of either
        assert outcomes(world) == {"already right": 1, "fixed": 1, "not found": 1}

    in_a_world(tmp_path, test)


def test_several_files_that_could_be_it_are_listed_and_not_chosen_between(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        episode(world, 2, f"{SEASON}/Foundation.S01E01.mkv")
        world.file(f"{SEASON}/Foundation.S01E02.1080p.mkv")
        world.file(f"{SEASON}/Foundation.S01E02.2160p.mkv")
        await world.run(TOOL)
        assert outcomes(world) == {"ambiguous": 1}
        (finding,) = world.findings(TOOL, "ambiguous")
        assert len(finding.facts["candidates"]) == 2  # type: ignore[arg-type]
        assert not finding.steps

    in_a_world(tmp_path, test)


def test_a_sample_is_no_episode(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        link = episode(world, 2, f"{SEASON}/Foundation.S01E01.mkv")
        world.file(f"{SEASON}/Sample/foundation.s01e02.mkv")
        world.file(f"{SEASON}/foundation.s01e02.sample.mkv")
        await world.run(TOOL)
        assert outcomes(world) == {"not found": 1}
        world.file(f"{SEASON}/Foundation.S01E02.mkv")
        await world.mend(TOOL)
        assert leads_to(link) == "Foundation.S01E02.mkv"

    in_a_world(tmp_path, test)


def test_one_file_shown_in_two_views_of_a_mount_is_one(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        link = episode(world, 2, "Foundation.S01.1080p/Foundation.S01E01.mkv")
        world.file("Foundation.S01.1080p/Foundation.S01E02.mkv")
        world.file(world.mount / "shows" / "Foundation.S01.1080p" / "Foundation.S01E02.mkv")
        await world.mend(TOOL)
        assert os.readlink(link) == str(world.view / "Foundation.S01.1080p" / "Foundation.S01E02.mkv")

    in_a_world(tmp_path, test)


def test_a_file_that_another_link_uses_is_not_taken(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        episode(world, 2, f"{SEASON}/Foundation.S01E01.mkv")
        world.file(f"{SEASON}/Foundation.S01E02.mkv")
        world.link("Docs/kept.mkv", world.view / SEASON / "Foundation.S01E02.mkv")
        await world.run(TOOL)
        assert outcomes(world) == {"not found": 1}
        assert "kept.mkv" in world.findings(TOOL)[0].reason

    in_a_world(tmp_path, test)


def test_links_without_numbers_that_share_a_file_are_listed_and_films_are_not(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        file = world.file("Foundation.Special.mkv")
        for name in ("One", "Two"):
            world.link(f"Séries/Drama/Foundation (2001)/{name}.mkv", file)
        world.link("Séries/Drama/Foundation (2001)/Three.mkv", world.file("Three.mkv"))
        world.movie("Dune", 2021, genre="Action")
        world.movie("Dune", 2021, genre="Sci-Fi")
        await world.run(TOOL)
        assert world.found(TOOL) == ["One.mkv", "Two.mkv"]
        assert outcomes(world) == {"no episode": 2}

    in_a_world(tmp_path, test)


def test_a_link_that_was_changed_since_is_skipped_with_the_reason(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        links = [episode(world, number, f"{SEASON}/Foundation.S01E01.mkv") for number in (1, 2, 3)]
        for number in (2, 3):
            world.file(f"{SEASON}/Foundation.S01E{number:02d}.mkv")
        await world.run(TOOL)
        links[1].unlink()
        links[1].symlink_to(world.view / SEASON / "Foundation.S01E02.mkv")
        before = world.snapshot()
        done = await world.apply(world.plan_for(TOOL))
        assert sorted(outcome for outcome, _ in done.steps) == ["done", "skipped"]
        assert ("skipped", "it points elsewhere now") in done.steps
        await world.undo()
        assert world.snapshot() == before

    in_a_world(tmp_path, test)


def test_links_on_a_mount_that_is_away_are_left_alone(tmp_path: Path) -> None:
    async def test(world: MaintenanceWorld) -> None:
        episode(world, 2, f"{SEASON}/Foundation.S01E01.mkv")
        world.file(world.storage / "Foundation.S01E02.mkv")
        world.unmount()
        await world.run(TOOL)
        assert world.findings(TOOL) == []

    in_a_world(tmp_path, test)
