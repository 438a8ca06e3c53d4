"""fix-symlinks --rebase: links follow a mount that moved, proven, and back again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.commands.maintain import options_of
from mediatui.commands.parse import read_line
from mediatui.model.errors import UsageError
from mediatui.store.library.links import set_torrents
from tests.worlds.library import VIDEO
from tests.worlds.maintenance import MaintenanceWorld

OLD = "/mnt/old"


def moved_library(tmp_path: Path, films: int = 12) -> MaintenanceWorld:
    """A library whose links lead to where the mount was; its files are on ``mount`` now."""
    world = MaintenanceWorld(tmp_path)
    for number in range(films):
        world.file(f"Film {number}/film {number}.mkv")
        world.link(f"Films/film {number}.mkv", f"{OLD}/all/Film {number}/film {number}.mkv")
    world.link("Films/older.mkv", f"{OLD}er/all/Film 1/film 1.mkv")
    return world


async def test_a_scan_says_that_the_mount_moved_and_the_command_that_follows_it(tmp_path: Path) -> None:
    async with moved_library(tmp_path) as world:
        done = await world.scan()
        assert done.finished.counts["states"] == {"outside": 13}
        assert f"fix-symlinks --rebase {OLD} {world.mount}" in done.said()


async def test_nothing_is_offered_where_too_few_are_there(tmp_path: Path) -> None:
    async with moved_library(tmp_path) as world:
        for number in range(5):
            os.unlink(world.view / f"Film {number}" / f"film {number}.mkv")
        assert "--rebase" not in (await world.scan()).said()


@pytest.mark.slow
async def test_links_follow_where_their_target_is_and_undo_points_them_back(tmp_path: Path) -> None:
    async with moved_library(tmp_path) as world:
        os.unlink(world.view / "Film 3" / "film 3.mkv")
        await world.scan()
        world.torrent("A", "Film 4", [("film 4.mkv", len(VIDEO) + 1)])
        async with world.db.transaction() as connection:
            await set_torrents(connection, [(os.fsencode(world.films / "film 4.mkv"), "A")])
        before = world.links()
        ran = await world.mend("fix-symlinks", rebase=(OLD, str(world.mount)))
        assert ran.outcomes == {"done"}
        assert world.found("fix-symlinks", "not there") == ["film 3.mkv", "film 4.mkv"]
        assert len(world.found("fix-symlinks", "moved")) == 10
        now = world.links()
        for path, text in before.items():
            stays = path.endswith((b"film 3.mkv", b"film 4.mkv", b"older.mkv"))
            moved = os.fsencode(world.mount) + text[len(OLD) :]
            assert now[path] == (text if stays else moved)
        assert (await world.undo()).outcomes == {"done"}
        assert world.links() == before


async def test_what_changed_since_the_plan_is_not_pointed_there(tmp_path: Path) -> None:
    async with moved_library(tmp_path, films=2) as world:
        await world.run("fix-symlinks", rebase=(OLD, str(world.mount)))
        plan = world.plan_for("fix-symlinks")
        (world.view / "Film 1" / "film 1.mkv").write_bytes(b"other")
        ran = await world.apply(plan)
        assert sorted(outcome for outcome, _ in ran.steps) == ["done", "skipped"]


async def test_a_place_on_no_mount_is_refused(tmp_path: Path) -> None:
    async with moved_library(tmp_path, films=1) as world:
        ran = await world.run("fix-symlinks", rebase=(OLD, "/mnt/elsewhere"))
        assert ran.finished.exit_code == 2
        assert "is on no mount that is configured" in str(ran.finished.error)


def test_it_is_typed_on_the_screen_as_on_the_command_line() -> None:
    typed = read_line("fix-symlinks --rebase /mnt/old '/mnt/the new one'")
    assert options_of("fix-symlinks", typed.options).rebase == ("/mnt/old", "/mnt/the new one")
    for line, said in (
        ("fix-symlinks --rebase /mnt/old", "requires 2 arguments"), ("cleanup --rebase /a /b", "does not take"),
        ("fix-symlinks --rebase old /b", "two absolute paths"), ("fix-symlinks --rebase /a /a/", "two different"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=said):
            options_of("fix-symlinks", read_line(line).options)
