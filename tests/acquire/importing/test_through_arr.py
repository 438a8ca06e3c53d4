"""From staging into the library through Sonarr and Radarr."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from mediatui.changes.undo import plan_undo
from tests.fakes.arr import FakeArr
from tests.worlds.account import MakeWorld
from tests.worlds.arr_importing import ArrImporting, series_target
from tests.worlds.staging import pack
from tests.worlds.transfers import hash_of, history, states, synced

SEASON = pack(hash_of(2))
DONE, STAGED = ("done", "none", ""), ("staged", "none", "")
Make = Callable[..., Awaitable[ArrImporting]]


@pytest.fixture
def sonarr_with(account_of: MakeWorld, tmp_path: Path) -> Make:
    """A season of three is staged for a series that Sonarr has with these files."""

    async def make(
        there: dict[int, str] | None = None, *, torrent: Any = SEASON, before: Any = None, **settings: object
    ) -> ArrImporting:
        world = await synced(account_of, [torrent])
        at = ArrImporting(world, tmp_path, FakeArr("sonarr"), **settings)
        item = at.keeps("Salt Road", there)
        for number in range(1, torrent.file_count + 1):
            at.sonarr.records.episode(item, 3, number)
        await at.stage({torrent: series_target("Salt Road", item)})
        if before is not None:
            before(at)
        at.sonarr.seen.clear()
        return at

    return make


async def test_a_season_is_imported_by_one_command_that_names_each_file(sonarr_with: Make) -> None:
    at = await sonarr_with()
    run = await at.run()
    assert states(at.world) == [DONE], at.detail()
    (sent,) = at.sent()
    assert [(one["seriesId"], one["episodeIds"]) for one in sent["files"]] == [(1, [101]), (1, [102]), (1, [103])]
    assert sent["importMode"] == "copy"
    assert all(one["folderName"] == SEASON.filename for one in sent["files"])
    assert sorted(at.texts().values()) == [f"Salt.Road.S03E0{number}.mkv" for number in (1, 2, 3)]
    assert at.links() == {}
    assert run.finished.summary == "1 transfer imported."
    assert "imported by Sonarr" in history(at.world)[-2].why


async def test_an_undo_takes_the_links_away_again(sonarr_with: Make) -> None:
    at = await sonarr_with()
    await at.run()
    undone = await at.world.apply(at.world.plan(plan_undo))
    assert undone.finished.error is None
    assert at.tree() == {}
    assert states(at.world) == [("staged", "paused", "")]
    assert at.sonarr.records.files == {}
