"""A mount that lies in another one: when the inner one dies, only what is on it is unknown."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.commands.job_kinds import MAINTAIN
from mediatui.library.maintenance.tools import ToolOptions
from tests.fakes.webdav import WebDav
from tests.worlds.mount import EPISODES, MountWorld, torrents
from tests.worlds.rclone_mount import RcloneMount

pytestmark = pytest.mark.real

FILMS, SHOWS = 12, 6


@pytest.fixture
def service() -> Iterator[WebDav]:
    """A smaller service."""
    with WebDav(torrents(FILMS, SHOWS)) as service:
        yield service


@pytest.fixture
def debrid(tmp_path: Path, service: WebDav) -> Iterator[RcloneMount]:
    """A mount at ``mounts/debrid``."""
    with RcloneMount(tmp_path / "mounts" / "debrid", service.url) as mount:
        yield mount


@pytest.mark.parametrize("way", ["kill", "freeze"])
async def test_only_what_the_inner_mount_holds_is_unknown(
    tmp_path: Path, service: WebDav, debrid: RcloneMount, way: str
) -> None:
    """The folder above both is what is configured; on the local disk beside the mount are files, too."""
    outer = tmp_path / "mounts"
    async with MountWorld(tmp_path, service, debrid, mounts=[{"path": str(outer)}], mount_timeout_s=1) as world:
        for number in range(8):
            (outer / f"{number}").mkdir()
            (outer / f"{number}" / "local.mkv").write_bytes(b"v" * 5000)
            (world.films / f"local {number}.mkv").symlink_to(outer / f"{number}" / "local.mkv")
        links = FILMS + SHOWS * EPISODES
        await world.look()
        assert Counter(world.states().values()) == {"ok": links + 8}
        debrid.kill() if way == "kill" else debrid.freeze()
        done = await world.look(depth="full")
        states = Counter(world.states().values())
        assert states["unknown"] + states["unreachable"] == links
        assert {state for name, state in world.states().items() if name.startswith(b"local")} == {"not media"}
        assert f"{os.fspath(debrid.folder)} was left alone" in done.said()
        finished = await world.runner.start(MAINTAIN, ToolOptions("integrity")).wait()
        assert (finished.outcome, finished.counts["unknown"]) == ("done", links), finished
        assert finished.counts["findings"] == 0
