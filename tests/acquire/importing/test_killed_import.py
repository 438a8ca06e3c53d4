"""An import that is cut off anywhere ends, with the next one, as one that was not: every link once, nothing in staging.
From the cut on nothing is stored any more, as after a kill -9."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from mediatui.acquire.importing.job import ImportDue
from mediatui.changes.undo import plan_undo
from mediatui.store.changes.journal import unfinished_batches
from mediatui.store.library.media import Media
from tests.worlds.account import AccountWorld
from tests.worlds.cut_off import cut_off
from tests.worlds.importing import FERN, IMPORT, SALT, Importing
from tests.worlds.staging import film, pack
from tests.worlds.transfers import hash_of, states

KILLS = 12
FILM, SEASON = film(hash_of(1)), pack(hash_of(2), count=2)
AGAIN = film(hash_of(3), "Old.Film.2001.1080p")
KNOWN = (
    Media("film", "Fern Valley", 2019, tmdb_id=7, genres=("Drama",), source="radarr", service_id=1),
    Media("episode", "Salt Road", 2018, 1, 1, tvdb_id=9, genres=("Drama",), source="sonarr", service_id=1),
)


@asynccontextmanager
async def world_in(folder: Path) -> AsyncIterator[Importing]:
    """A film, a season, and a film whose link in the library is dead, in staging."""
    folder.mkdir()
    world = await AccountWorld(folder, [FILM, SEASON, AGAIN]).open()
    try:
        await world.sync(mode="fast")
        at = Importing(world, folder)
        await at.know(*KNOWN)
        at.library_link("Films/Action/Old Film (2001).mkv", "Gone/gone.mkv")
        old = FERN.__class__("film", "Old Film", 2001)
        await at.stage({FILM: FERN, SEASON: SALT, AGAIN: old})
        yield at
    finally:
        await world.close()


async def settled(at: Importing) -> tuple[object, ...]:
    """What library, staging, transfers, archive and journal come to once nothing goes on by itself any more."""
    await at.run(later=60)
    await at.run(later=60)
    left: Any = at.world.plan(unfinished_batches)  # type: ignore[arg-type]  # it reads as a plan does
    links = at.world.rows("SELECT count(*), sum(state = 'ok') FROM library_links")
    return at.tree(), at.folders(), at.links(), states(at.world), links, left


@pytest.mark.slow
async def test_an_import_that_is_cut_off_ends_as_one_that_was_not(tmp_path: Path) -> None:
    async with world_in(tmp_path / "whole") as at:
        before = at.tree(), at.folders(), at.links()
        with cut_off(0) as commits:
            await at.world.runner.start(IMPORT, ImportDue()).wait()
        expected = await settled(at)
        assert expected[3] == [("done", "none", "")] * 3
        assert expected[2] == {}
        undone = await at.world.apply(at.world.plan(plan_undo))
        assert undone.finished.error is None
        assert (at.tree(), at.folders(), at.links()) == before
    for number in range(KILLS):
        after = 1 + (commits.count - 1) * number // KILLS
        async with world_in(tmp_path / f"{number}") as at:
            with cut_off(after):
                await at.world.runner.start(IMPORT, ImportDue()).wait()
            assert await settled(at) == expected, f"cut off after {after} of {commits.count}"
