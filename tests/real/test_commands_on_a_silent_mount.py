"""Every command ends in seconds, and says why, while rclone does not answer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from mediatui.commands.job_kinds import MAINTAIN
from mediatui.library.maintenance.stored_findings import iterate_findings
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.runtime.events import Phase
from mediatui.store.database import open_reader
from mediatui.store.library.reports import newest_report
from tests.fakes.webdav import WebDav
from tests.worlds.library import Run
from tests.worlds.mount import MountWorld
from tests.worlds.rclone_mount import RcloneMount

pytestmark = pytest.mark.real


async def test_the_doctor_says_within_the_time_limit_what_does_not_answer(
    tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    """The mount, a storage and a root on a frozen mount; all are asked at the same time."""
    places = {"storage": [str(debrid.folder / "shows")], "roots": [str(tmp_path / "library"), str(debrid.folder / "x")]}
    async with MountWorld(tmp_path, service, debrid, mount_timeout_s=1, **places) as world:
        debrid.freeze()
        began = time.monotonic()
        said = await world.command("doctor", "--exit-code")
        assert time.monotonic() - began < 10
        assert said.code == 5
        assert f"{debrid.folder} did not list within 1 seconds" in said.out
        assert f"{debrid.folder / 'shows'} did not answer within 1 seconds" in said.out
        assert f"{debrid.folder / 'x'} did not answer within 1 seconds" in said.out
        assert f"{tmp_path / 'library'} is there" in said.out


async def run_tool(world: MountWorld, tool: str) -> str:
    """What a tool says, which must come to its end within seconds and judge nothing that is on the mount."""
    began = time.monotonic()
    job = world.runner.start(MAINTAIN, ToolOptions(tool))
    finished = await job.wait()
    assert finished.outcome == "done", finished
    assert time.monotonic() - began < 10
    with contextlib.closing(open_reader(world.database)) as connection:
        report = newest_report(connection, tool)
        assert report is not None
        found = [stored.finding for stored in iterate_findings(connection, report.id, None)]
    judged = {os.path.basename(one.path) for one in found if one.steps or one.category in ("broken", "ghost", "orphan")}
    assert judged <= {b"dead.mkv"}
    return Run(finished, list(job.events)).said()


async def test_every_tool_goes_on_without_a_mount_that_hangs(
    tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    """Each waits for the mount once, for the shortest time limit there is."""
    async with MountWorld(tmp_path, service, debrid, mount_timeout_s=1) as world:
        (world.films / "dead.mkv").symlink_to(world.films / "nowhere.mkv")
        debrid.freeze()
        for tool in ("repair-links", "fix-bad-links", "fix-symlinks", "link-movies"):
            assert "did not list within 1 seconds" in await run_tool(world, tool)


@pytest.mark.parametrize("tool", ["cleanup", "integrity"])
async def test_a_mount_that_falls_silent_while_a_tool_reads_is_left_alone(
    tmp_path: Path, service: WebDav, debrid: RcloneMount, tool: str
) -> None:
    async with MountWorld(tmp_path, service, debrid, mount_timeout_s=1) as world:
        (world.films / "dead.mkv").symlink_to(world.films / "nowhere.mkv")

        def watch(job: object, event: object) -> None:
            if isinstance(event, Phase) and event.name == "indexing storage files":
                debrid.freeze()

        world.runner.observe(watch)
        assert f"{debrid.folder} was left alone (did not answer in time)" in await run_tool(world, tool)


@pytest.mark.parametrize("way", ["ctrl-c", "kill"])
async def test_a_command_that_waits_for_a_mount_can_be_ended_at_any_moment(
    tmp_path: Path, service: WebDav, debrid: RcloneMount, way: str
) -> None:
    """Helper processes that hang are not waited for."""
    async with MountWorld(tmp_path, service, debrid, mount_timeout_s=60) as world:
        debrid.freeze()
        process = await world.begin("integrity")
        while not world.rows("SELECT 1 FROM jobs"):
            await asyncio.sleep(0.05)
        began = time.monotonic()
        process.send_signal(signal.SIGINT if way == "ctrl-c" else signal.SIGKILL)
        async with asyncio.timeout(20):
            await process.wait()
        assert time.monotonic() - began < 3
