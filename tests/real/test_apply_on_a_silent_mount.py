"""A mount that falls silent while a batch is applied: the first late answer ends it, the rest is pending."""

from __future__ import annotations

import os
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from mediatui.library.links.unlink import plan_unlink
from mediatui.runtime.events import FoundRow
from mediatui.store.database import open_reader
from tests.fakes.webdav import WebDav
from tests.worlds.mount import DEAD, MountWorld, dead_links
from tests.worlds.rclone_mount import RcloneMount

pytestmark = pytest.mark.real


async def apply_until_silent(world: MountWorld, batch: int, debrid: RcloneMount) -> tuple[int, str, float]:
    """Applies a batch while rclone freezes at its third step: exit code, message, and how long it took from then on."""
    frozen = 0.0

    def watch(job: object, event: object) -> None:
        nonlocal frozen
        done = sum(isinstance(one, FoundRow) and one.type == "step" for one in world.events)
        if done == 3 and not frozen:
            frozen = time.monotonic()
            debrid.freeze()

    stop = world.runner.observe(watch)
    finished = await world.start(batch).wait()
    stop()
    return finished.exit_code or 0, str(finished.error), time.monotonic() - frozen


@pytest.mark.parametrize("way", ["frozen", "dead"])
async def test_the_first_late_answer_trips_the_guard_and_the_rest_is_pending(
    tmp_path: Path, service: WebDav, debrid: RcloneMount, way: str
) -> None:
    """Exit 4 within seconds, the rest pending, resume carries on where it stopped."""
    async with MountWorld(tmp_path, service, debrid, mount_timeout_s=1) as world:
        links = dead_links(world)
        await world.look()
        with closing(open_reader(world.database)) as connection, connection:
            plan = plan_unlink(connection, [os.fsencode(world.root)])
        assert len(plan.steps) == DEAD
        batch = await world.store(plan)
        if way == "dead":
            debrid.freeze = debrid.kill  # type: ignore[method-assign]
        code, said, took = await apply_until_silent(world, batch, debrid)
        assert code == 4
        assert "pending" in said
        assert took < 10
        outcomes = Counter(one for (one,) in world.rows("SELECT outcome FROM plan_steps WHERE batch = ?", batch))
        assert outcomes == {"done": 3, "planned": DEAD - 3}
        assert sum(os.path.lexists(link) for link in links) == DEAD - 3
        debrid.remount() if way == "dead" else debrid.thaw()
        debrid.forget()
        finished = await world.start(batch).wait()
        assert finished.outcome == "done", finished
        assert not any(os.path.lexists(link) for link in links)
        undone = await world.undo(batch)
        assert undone.outcomes == {"done"}
        assert all(map(os.path.lexists, links))
