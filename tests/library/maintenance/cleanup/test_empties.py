"""Cleanup removes folders that are empty for sure, and no others."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.worlds.cleanup import folders, mended_and_undone
from tests.worlds.maintenance import MaintenanceWorld


async def test_empty_folders_go_from_the_inside_out_and_what_only_looks_empty_stays(tmp_path: Path) -> None:
    disk = tmp_path / "library" / "Films" / "Disk"
    disk.mkdir(parents=True)
    async with MaintenanceWorld(tmp_path, storage=[str(tmp_path / "storage"), str(disk)]) as world:
        folders(world, "Gone/deep/deeper", "Gone/other", "Kept/hidden", "Marked/.stfolder", "Link")
        (world.films / "Kept" / "hidden" / ".nomedia").touch()
        world.link("Films/Link/dead.mkv", world.view / "nothing")
        os.chmod(world.films / "Gone" / "deep", 0o2755)

        await mended_and_undone(world, "empty", changes=4)

        assert (world.films / "Marked" / ".stfolder").is_dir()
        assert world.series.is_dir()
        assert disk.is_dir()


async def test_a_root_is_never_empty(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    async with MaintenanceWorld(
        tmp_path,
        roots=[str(tmp_path / "library"), str(tmp_path / "more"), str(tmp_path / "library" / "Films" / "in")],
    ) as world:
        folders(world, "in", "out")

        await world.run("cleanup")

        assert world.found("cleanup") == ["out"]


@pytest.mark.process
async def test_an_empty_folder_that_something_is_mounted_on_stays(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        folders(world, "Disk", "Empty")
        disk = world.films / "Disk"
        mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", disk], capture_output=True, check=False)
        if mounted.returncode:
            pytest.skip("nothing can be mounted here")
        try:
            await world.run("cleanup")
            assert world.found("cleanup") == ["Empty"]
        finally:
            subprocess.run(["umount", disk], check=True)


async def test_nothing_is_proposed_about_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        await _hole(world)


async def _hole(world: MaintenanceWorld) -> None:
    folders(world, "Action/Hole", "Empty")
    os.chmod(world.films / "Action" / "Hole", 0)
    if os.access(world.films / "Action" / "Hole", os.R_OK):
        pytest.skip("root may read everything")
    try:
        ran = await world.run("cleanup")
        assert "could not be read" in ran.said()
        assert world.found("cleanup") == ["Empty"]
        assert ran.finished.counts["unread_folders"] == 1
    finally:
        os.chmod(world.films / "Action" / "Hole", 0o755)
