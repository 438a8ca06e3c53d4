"""A batch that is cut off anywhere: resumed, or left to the runs of transfers, it ends as one that was not, and nothing
is added twice. From the cut on nothing is stored any more, as after a kill -9."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mediatui.changes.apply import ApplyOptions
from mediatui.commands.job_kinds import APPLY
from mediatui.store.changes.journal import store_plan
from tests.worlds.account import AccountWorld, torrent
from tests.worlds.cut_off import cut_off
from tests.worlds.transfers import hash_of, plan, run_pass, states

KILLS = 10
THERE, REFUSED, SLOW = hash_of(1), hash_of(2), hash_of(3)


@asynccontextmanager
async def world_in(folder: Path) -> AsyncIterator[tuple[AccountWorld, int]]:
    """A batch of twelve: one is there already, one is refused for good, one is a magnet without metadata."""
    folder.mkdir()
    world = await AccountWorld(folder, [torrent(hash=THERE)]).open()
    try:
        await world.sync(mode="fast")
        world.behave(REFUSED, refusals=999)
        world.behave(SLOW, converts_for=3)
        async with world.db.transaction() as connection:
            batch = await store_plan(connection, plan(world, *map(hash_of, range(1, 13))), 1.0)
        yield world, batch
    finally:
        await world.close()


async def apply(world: AccountWorld, batch: int, after: int) -> int:
    """Applies a batch, cut off after so many commits (0: never); returns how many there were."""
    with cut_off(after) as commits:
        await world.runner.start(APPLY["account"], ApplyOptions(batch)).wait()
    return commits.count


async def settled(world: AccountWorld) -> tuple[list[tuple[str, str, str]], Counter[str]]:
    """What the transfers and the account come to once nothing goes on by itself any more."""
    for _ in range(4):
        await run_pass(world, later=700)
    return states(world), Counter(info_hash for info_hash, _ in world.on_account().values())


@pytest.mark.slow
@pytest.mark.parametrize("resumes", [True, False])
async def test_a_batch_that_is_cut_off_ends_as_one_that_was_not(tmp_path: Path, resumes: bool) -> None:
    async with world_in(tmp_path / "whole") as (world, batch):
        commits = await apply(world, batch, 0)
        expected = await settled(world)
    assert set(expected[1].values()) == {1}
    for number in range(KILLS):
        after = 1 + (commits - 1) * number // KILLS
        async with world_in(tmp_path / f"{number}") as (world, batch):
            await apply(world, batch, after)
            if not resumes:
                await settled(world)
            await world.carry_on(batch)
            found = await settled(world)
        assert found[1] == expected[1], f"cut off after {after} of {commits}"
        assert sorted(found[0]) == sorted(expected[0]), f"cut off after {after} of {commits}"
