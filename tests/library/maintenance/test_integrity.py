"""integrity: ghosts, orphans and broken links, and that nothing which is away counts as any of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.store.library.media import Media
from tests.worlds.maintenance import MaintenanceWorld


async def test_a_library_in_order_has_no_findings(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("A Film")
        world.episode("A Show", 1, 2)
        before = world.snapshot()
        ran = await world.run("integrity")
        assert ran.finished.outcome == "done", ran.finished
        assert world.findings("integrity") == []
        assert ran.finished.counts["links"] == 2
        assert world.snapshot() == before


async def test_an_item_whose_file_is_gone_is_a_ghost(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        gone = os.fsencode(world.view / "Films" / "Gone.mkv")
        await world.media(
            Media("film", "Gone", 1999, file_path=gone, tmdb_id=7, source="radarr", service_id=1),
            Media("film", "There", 1999, file_path=os.fsencode(world.file("Films/There.mkv"))),
            Media("film", "Wanted", 1999, source="radarr", service_id=2),
        )
        await world.run("integrity")
        (ghost,) = world.findings("integrity", "ghost")
        assert (ghost.path, ghost.facts["title"], ghost.facts["tmdb_id"]) == (gone, "Gone", 7)
        assert "Radarr" in ghost.reason


async def test_an_item_whose_torrent_the_account_still_has_is_unknown_when_the_view_does_not_show_it(
    tmp_path: Path,
) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("Other")
        world.torrent("T1", "Held.2001", [("/Held.2001.mkv", 9)])
        held, gone = (os.fsencode(world.view / name / f"{name}.mkv") for name in ("Held.2001", "Gone.2001"))
        await world.media(
            Media("film", "Held", 2001, file_path=held, source="radarr", service_id=1),
            Media("film", "Gone", 2001, file_path=gone, source="radarr", service_id=2),
        )
        ran = await world.run("integrity")
        assert [ghost.path for ghost in world.findings("integrity", "ghost")] == [gone]
        assert ran.finished.counts["unknown"] == 1


async def test_a_film_whose_file_goes_between_two_runs_is_a_ghost_and_its_link_is_broken(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        link = world.movie("A Film")
        await world.run("integrity")
        Path(os.readlink(link)).unlink()
        await world.run("integrity")
        assert world.found("integrity", "ghost") == world.found("integrity", "broken") == ["A Film (2001).mkv"]


async def test_a_dead_link_never_seen_alive_is_only_broken(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("A Film", missing=True)
        ran = await world.run("integrity")
        assert ran.finished.counts["categories"] == {"broken": 1}


async def test_an_item_whose_link_was_removed_by_hand_is_a_ghost_whose_file_is_still_there(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        link = world.movie("A Film")
        await world.run("integrity")
        link.unlink()
        await world.run("integrity")
        (ghost,) = world.findings("integrity")
        assert ghost.category == "ghost"
        assert "its file is still there" in ghost.reason


async def test_an_item_that_another_link_shows_by_now_is_no_ghost(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        link = world.movie("A Film")
        await world.run("integrity")
        moved = world.films / "Drama" / link.name
        moved.parent.mkdir()
        link.rename(moved)
        await world.run("integrity")
        assert world.findings("integrity") == []
        assert [one.link_path for one in world.known()] == [os.fsencode(moved)]


async def test_a_video_nothing_points_at_is_an_orphan_with_its_size(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("A Film")
        world.file("Films/Forgotten/Forgotten.mkv", b"v" * 5000)
        world.file("Films/Forgotten/Forgotten.nfo")
        ran = await world.run("integrity")
        (orphan,) = world.findings("integrity")
        assert orphan.path == os.fsencode(world.view / "Films/Forgotten/Forgotten.mkv")
        assert orphan.facts["size"] == ran.finished.counts["orphan_bytes"] == 5000


async def test_a_file_that_something_known_points_at_is_no_orphan(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("A Film")
        file = world.file("Films/Noted/Noted.mkv")
        await world.media(Media("film", "Noted", 2000, file_path=os.fsencode(file), source="radarr", service_id=3))
        await world.run("integrity")
        assert world.findings("integrity") == []


async def test_a_file_reached_by_a_relative_link_or_a_chain_or_another_name_of_its_folder_is_no_orphan(
    tmp_path: Path,
) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        files = [world.file(f"Films/T{number}/{number}.mkv") for number in range(3)]
        alias = tmp_path / "alias"
        alias.symlink_to(world.mount)
        world.link("Films/A/Zero (2000).mkv", os.path.relpath(files[0], world.films / "A"))
        inner = world.link("Films/A/One (2000).mkv", files[1])
        world.link("Films/B/One (2000).mkv", inner)
        world.link("Films/A/Two (2000).mkv", alias / files[2].relative_to(world.mount))
        await world.run("integrity")
        assert world.findings("integrity") == []


async def test_files_below_a_folder_that_is_linked_as_a_whole_are_no_orphans(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        file = world.file("Series/A Show/S01/01.mkv")
        world.link("Séries/Drama/A Show (2001)", file.parent.parent)
        await world.run("integrity")
        assert world.findings("integrity") == []


async def test_other_trees_of_a_storage_hold_no_orphans(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        (world.storage / "Camera").mkdir()
        (world.storage / "Camera" / "Birthday.mkv").write_bytes(b"v")
        for name in ("Movies", "Séries", "tv_shows"):
            (world.storage / name).mkdir()
            (world.storage / name / f"{name}.mkv").write_bytes(b"v")
        await world.run("integrity")
        assert world.found("integrity", "orphan") == ["Movies.mkv", "Séries.mkv", "tv_shows.mkv"]


async def test_a_storage_named_for_films_counts_as_a_whole(tmp_path: Path) -> None:
    films = tmp_path / "volume" / "Films"
    (films / "Any").mkdir(parents=True)
    (films / "Any" / "Lost (2000).mkv").write_bytes(b"v")
    async with MaintenanceWorld(tmp_path / "home", storage=[str(films)]) as world:
        await world.run("integrity")
        assert world.found("integrity", "orphan") == ["Lost (2000).mkv"]


async def test_a_torrent_shown_in_several_views_is_no_orphan_of_itself(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        for view in ("__all__", "movies"):
            world.file(world.mount / view / "A.Film.2001" / "A.Film.2001.mkv")
            world.file(world.mount / view / "B.Film.2002" / "B.Film.2002.mkv")
        world.link("Films/Action/A Film (2001).mkv", world.mount / "__all__" / "A.Film.2001" / "A.Film.2001.mkv")
        await world.run("integrity")
        (orphan,) = world.findings("integrity")
        assert orphan.path == os.fsencode(world.mount / "__all__" / "B.Film.2002" / "B.Film.2002.mkv")
        assert orphan.facts["also"] == [str(world.mount / "movies" / "B.Film.2002" / "B.Film.2002.mkv")]


async def test_series_with_season_folders_of_one_name_are_not_taken_for_views(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        first = world.file(world.mount / "Show A" / "Season 1" / "01.mkv")
        world.file(world.mount / "Show B" / "Season 1" / "01.mkv")
        other = world.file(world.mount / "Show B" / "Season 1" / "02.mkv")
        world.link("Séries/Drama/Show A (2001)/Saison 01/Show A (2001) - S01E01 - x.mkv", first)
        world.link("Séries/Drama/Show B (2001)/Saison 01/Show B (2001) - S01E02 - x.mkv", other)
        await world.run("integrity")
        assert [one.path for one in world.findings("integrity")] == [
            os.fsencode(world.mount / "Show B" / "Season 1" / "01.mkv")
        ]


async def test_the_torrent_behind_a_broken_link_is_reported(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        (_, dead) = world.film("A.Film.2001", files=2, missing=1)
        world.torrent("TORRENT1", "A.Film.2001", [(dead.name, 2048)])
        await world.scan()
        await world.run("integrity")
        (broken,) = world.findings("integrity", "broken")
        assert (broken.path, broken.facts["torrent_id"]) == (os.fsencode(dead), "TORRENT1")


async def test_links_in_a_circle_are_broken(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.link("Films/A/One (2000).mkv", world.films / "A" / "Two (2000).mkv")
        world.link("Films/A/Two (2000).mkv", world.films / "A" / "One (2000).mkv")
        await world.run("integrity")
        assert [one.reason for one in world.findings("integrity")] == ["it leads in a circle"] * 2


async def test_while_the_mount_is_away_everything_on_it_is_unknown(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("A Film")
        world.movie("Dead", missing=True)
        world.file("Films/Orphan/Orphan.mkv")
        await world.media(
            Media("film", "Known", 2000, file_path=os.fsencode(world.view / "Known.mkv"), source="radarr")
        )
        await world.run("integrity")
        assert len(world.findings("integrity")) == 3
        world.unmount()
        ran = await world.run("integrity")
        assert ran.finished.outcome == "done"
        assert world.findings("integrity") == []
        assert ran.finished.counts["unknown"] == 3
        assert "is unknown" in ran.said()
        world.mount_again()
        await world.run("integrity")
        assert len(world.findings("integrity")) == 3
        assert len(world.known("film")) == 3


async def test_a_root_that_came_up_empty_makes_neither_ghosts_nor_orphans(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("A Film")
        await world.scan()
        await world.run("integrity")
        world.root.rename(tmp_path / "away")
        world.root.mkdir()
        ran = await world.run("integrity")
        assert world.findings("integrity") == []
        assert "is away" in ran.said()


async def test_only_what_is_asked_for_is_listed(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("Dead", missing=True)
        world.file("Films/Orphan/Orphan.mkv")
        await world.run("integrity", only=("orphan",))
        assert world.found("integrity") == ["Orphan.mkv"]


@pytest.mark.parametrize("name", [b"Caf\xe9 (2001).mkv", "Élan (2001).mkv".encode(), b"New\nLine (2001).mkv"])
async def test_odd_names_are_listed_as_they_are(tmp_path: Path, name: bytes) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.link(b"Films/Action/" + name, os.path.join(os.fsencode(world.view), b"gone", name))
        orphan = world.file(b"Films/Orphan/" + name)
        ran = await world.run("integrity")
        assert ran.finished.outcome == "done", ran.finished
        found = {one.category: one.path for one in world.findings("integrity")}
        assert found == {
            "broken": os.path.join(os.fsencode(world.films), b"Action", name), "orphan": os.fsencode(orphan),
        }  # fmt: skip
