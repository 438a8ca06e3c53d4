"""A mount that is slow, or held up by reads that its service refuses, is not dead."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.commands.job_kinds import MAINTAIN
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.store.library.held_up import held_up_mounts
from tests.fakes.webdav import WebDav
from tests.worlds.mount import MountWorld, film, torrents
from tests.worlds.rclone_mount import RcloneMount

pytestmark = pytest.mark.real

FILMS = 14


@pytest.fixture
def service() -> Iterator[WebDav]:
    """A service of a few films."""
    with WebDav(torrents(FILMS, 0)) as service:
        yield service


async def test_reads_that_are_refused_hold_up_neither_the_mount_nor_later_scans(
    tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    """Two films answer 503. rclone asks for each again and again, and slows down all it does for that; so
    nothing else is read until such a read has ended, and the two are named, no other one. It takes as long as
    rclone's pacer takes (up to 2 s a request), which no option shortens."""
    debrid.unmount()
    assert not debrid.mount("--low-level-retries", "2", "--timeout", "60s")
    async with MountWorld(tmp_path, service, debrid, mount_timeout_s=1) as world:
        bad = {os.fsencode(f"{film(number)}.mkv") for number in (2, 3)}
        service.status("|".join(re.escape(os.fsdecode(name)) for name in bad), 503, "GET")
        done = await world.look(read_first_kb=True)
        states = world.states()
        assert {name for name, state in states.items() if state != "ok"} == bad
        assert {*states.values()} <= {"ok", "unknown", "io_error"}
        assert "2 could not be read" in done.finished.summary
        assert done.finished.counts["could_not_be_read"] == 2
        assert await world.db.read(held_up_mounts, world.runner._make_context(0).clock())  # type: ignore[arg-type]
        again = await world.look()
        assert [line for line in again.said().splitlines() if not line.startswith("It takes about")] == []
        assert Counter(world.states().values()) == {"ok": FILMS}


@pytest.mark.parametrize("tool", ["scan", "integrity"])
async def test_a_mount_that_is_slow_and_answers_is_judged_as_ever(
    tmp_path: Path, service: WebDav, debrid: RcloneMount, tool: str
) -> None:
    """Each list takes two fifths of the time limit, as 2 s of 5."""
    debrid.unmount()
    service.delay(".", 0.4, "PROPFIND")
    assert not debrid.mount("--dir-cache-time", "60s")
    async with MountWorld(tmp_path, service, debrid, mount_timeout_s=1) as world:
        if tool == "scan":
            done = await world.look()
            assert done.said() == ""
            assert Counter(world.states().values()) == {"ok": FILMS}
        else:
            finished = await world.runner.start(MAINTAIN, ToolOptions(tool)).wait()
            assert (finished.outcome, finished.counts["findings"], finished.counts["unknown"]) == ("done", 0, 0)
