"""Scans of a library on a FUSE mount that falls silent, or fails: nothing ever waits for it."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from mediatui.commands.job_kinds import SCAN
from mediatui.library.scan.job import ScanOptions
from mediatui.model.link import REMOVABLE
from mediatui.runtime.events import FoundRow, Phase
from tests.fakes.fuse_mount import OPENDIR, FuseMount
from tests.worlds.library import LibraryWorld, Run


async def scan(world: LibraryWorld, **options: object) -> Run:
    world.events.clear()
    finished = await world.runner.start(SCAN, ScanOptions(**options)).wait()  # type: ignore[arg-type]
    return Run(finished, list(world.events))


TREE = {
    "all": {f"T{number}": {f"{one}.mkv": 5000 for one in range(5)} for number in range(40)},
    ".mounted": 1,
    "good.mkv": 5000,
}


def fuse_world(tmp_path: Path) -> LibraryWorld:
    """A library whose links lead to the FUSE mount ``fuse``: 200 good ones and 40 broken."""
    fuse = tmp_path / "fuse"
    world = LibraryWorld(tmp_path, mounts=[{"path": str(fuse)}], workers=4, mount_timeout_s=1)
    for number in range(40):
        (world.films / f"T{number}").mkdir()
        for one in range(6):
            (world.films / f"T{number}" / f"{number} {one}.mkv").symlink_to(fuse / "all" / f"T{number}" / f"{one}.mkv")
    return world


@pytest.mark.process
async def test_targets_on_a_network_mount_are_judged_by_folder(tmp_path: Path) -> None:
    with FuseMount(tmp_path / "fuse", TREE) as mount:
        async with fuse_world(tmp_path) as world:
            mount.asked()
            await scan(world)
            assert Counter(world.states().values()) == {"ok": 200, "broken": 40}
            assert mount.asked()[OPENDIR] < 60


@pytest.mark.process
async def test_a_mount_that_falls_silent_before_the_scan_holds_nothing(tmp_path: Path) -> None:
    with FuseMount(tmp_path / "fuse", TREE) as mount:
        async with fuse_world(tmp_path) as world:
            (tmp_path / "library" / "Films" / "local").symlink_to(tmp_path / "library" / "Films")
            await scan(world)
            mount.silence()
            began = time.monotonic()
            await scan(world)
            assert time.monotonic() - began < 30
            assert Counter(world.states().values()) == {"unknown": 240, "ok": 1}
            assert world.plan().steps == ()


@pytest.mark.process
@pytest.mark.parametrize("cancels", [True, False])
async def test_a_mount_that_falls_silent_during_the_scan_holds_neither_the_scan_nor_its_cancelling(
    tmp_path: Path, cancels: bool
) -> None:
    with FuseMount(tmp_path / "fuse", TREE) as mount:
        async with fuse_world(tmp_path) as world:
            silent = threading.Event()

            def watch(job: object, event: object) -> None:
                if isinstance(event, Phase) and event.name == "looking at targets on mounts":
                    mount.silence()
                    silent.set()

            world.runner.observe(watch)
            job = world.start_scan()
            while not silent.is_set():
                await asyncio.sleep(0.01)
            began = time.monotonic()
            if cancels:
                await asyncio.sleep(0.3)
                job.cancel()
            finished = await job.wait()
            assert time.monotonic() - began < (2.5 if cancels else 40)
            assert finished.outcome == ("cancelled" if cancels else "done")
            assert not {*world.states().values()} & {*REMOVABLE}
            assert len(world.states()) == 240


@pytest.mark.process
async def test_a_library_root_that_never_answers_is_reported(tmp_path: Path) -> None:
    with FuseMount(tmp_path / "fuse", {"library": {"Films": {}}}) as mount:
        async with LibraryWorld(tmp_path, roots=[str(tmp_path / "fuse" / "library")], mount_timeout_s=1) as world:
            mount.silence()
            done = await scan(world)
            assert "does not answer" in str(done.finished.error)


@pytest.mark.process
async def test_files_whose_first_kb_cannot_be_read_are_io_errors_only_when_that_is_wanted(tmp_path: Path) -> None:
    with FuseMount(tmp_path / "fuse", TREE) as mount:
        async with fuse_world(tmp_path) as world:
            (world.films / "folder").symlink_to(mount.folder / "all")
            mount.fail_reads()
            await scan(world)
            assert Counter(world.states().values()) == {"ok": 201, "broken": 40}
            done = await scan(world, read_first_kb=True)
            assert Counter(world.states().values()) == {"io_error": 200, "broken": 40, "ok": 1}
            assert done.finished.counts["states"] == {"io_error": 200, "broken": 40, "ok": 1}
            found = [event.row["reason"] for event in done.events if isinstance(event, FoundRow)]
            assert found.count(os.strerror(errno.EIO)) == 200
            assert len(world.plan().steps) == 40


@pytest.mark.process
async def test_reading_first_bytes_gives_up_on_a_mount_that_falls_silent(tmp_path: Path) -> None:
    with FuseMount(tmp_path / "fuse", TREE) as mount:
        async with fuse_world(tmp_path) as world:

            def watch(job: object, event: object) -> None:
                if isinstance(event, Phase) and event.name == "reading first bytes":
                    mount.silence()

            world.runner.observe(watch)
            done = await scan(world, read_first_kb=True)
            states = Counter(world.states().values())
            assert states["unreachable"] + states["unknown"] == 200
            assert states["unreachable"] <= 8
            assert done.finished.outcome == "done"
