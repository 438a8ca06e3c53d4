"""A fetch that is cut off anywhere ends, with the next one, as one that was not: every link once, nothing else. From
the cut on nothing is stored any more, as after a kill -9."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from mediatui.store.changes.journal import unfinished_batches
from tests.worlds.account import AccountWorld
from tests.worlds.cut_off import cut_off
from tests.worlds.staging import Staging, film, pack
from tests.worlds.transfers import hash_of, run_pass, states

KILLS = 10
FERN, SALT = film(hash_of(1)), pack(hash_of(2), count=2)
LATE = film(hash_of(3), "Late.Film.2020")


@asynccontextmanager
async def world_in(folder: Path) -> AsyncIterator[Staging]:
    """A film and a season that the mount shows, and a film it does not."""
    folder.mkdir()
    world = await AccountWorld(folder, [FERN, SALT, LATE]).open()
    try:
        await world.sync(mode="fast")
        at = Staging(world, folder)
        await at.grab(FERN, SALT, LATE)
        at.show(FERN)
        at.show(SALT)
        yield at
    finally:
        await world.close()


async def fetch(at: Staging, after: int) -> int:
    """Fetches, cut off after so many commits (0: never); returns how many there were."""
    with cut_off(after) as commits:
        await at.start().wait()
    return commits.count


async def settled(at: Staging) -> tuple[dict[str, str], list[tuple[str, str, str]], list[object]]:
    """What staging, the transfers and the journal come to once nothing goes on by itself any more."""
    await run_pass(at.world)
    await at.fetch(later=60)
    left: Any = at.world.plan(unfinished_batches)  # type: ignore[arg-type]  # it reads as a plan does
    mount = str(at.mount)
    return {path: text.replace(mount, "M") for path, text in at.links().items()}, states(at.world), left


@pytest.mark.slow
async def test_a_fetch_that_is_cut_off_ends_as_one_that_was_not(tmp_path: Path) -> None:
    async with world_in(tmp_path / "whole") as at:
        commits = await fetch(at, 0)
        expected = await settled(at)
    assert [state for state, _, _ in expected[1]] == ["staged", "staged", "ready"]
    assert len([text for text in expected[0].values() if text]) == 3
    for number in range(KILLS):
        after = 1 + (commits - 1) * number // KILLS
        async with world_in(tmp_path / f"{number}") as at:
            await fetch(at, after)
            assert await settled(at) == expected, f"cut off after {after} of {commits}"
