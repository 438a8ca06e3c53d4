"""Every command ends in seconds, and says why, while rclone does not answer."""

from __future__ import annotations

import time
from pathlib import Path

from tests.real.mount_world import MountWorld
from tests.real.rclone_mount import RcloneMount
from tests.real.webdav import WebDav


async def test_the_doctor_says_within_the_time_limit_what_does_not_answer(
    tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    """real.md F7: the mount, a storage and a root on a frozen mount; all are asked at the same time."""
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
